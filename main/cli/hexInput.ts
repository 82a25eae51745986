import { readFileSync } from 'node:fs';
import { fromHex } from '../../app/dissect/index.ts';
import { CommandFailure } from './failure.ts';

/** Bytes written in hex as people write them: 0x before, and spaces, colons, commas or \x between. Throws CommandFailure. */
export function parseHex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replace(/0x|\\x|[\s:,]/gi, '');
  const bytes = fromHex(digits);
  if (bytes === null || bytes.length === 0) {
    const wrong = /[^0-9a-f]/i.exec(digits)?.[0];
    throw new CommandFailure(
      wrong !== undefined
        ? `"${wrong}" is no hex digit`
        : digits === ''
          ? 'no bytes given'
          : 'an odd number of hex digits',
    );
  }
  return bytes;
}

/** All of standard input as text. */
export function readStandardInput(): string {
  return readFileSync(0, 'utf8');
}
