import { plainEnvelope } from '../../app/captureFile/index.ts';
import type { Protocol } from '../../app/wire/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { listFamilies } from '../engine/genlKnowledge.ts';
import { documentOf } from '../engine/memoryDocument.ts';
import { printedMessage } from '../engine/printedMessage.ts';
import { printJson, printTree } from '../engine/printers.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { parseHex, readStandardInput } from './hexInput.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface DecodeCommand {
  /** Hex digits; "" reads standard input. */
  readonly hex: string;
  readonly protocol: Protocol;
  readonly json?: boolean;
}

/** Prints the messages of a datagram given in hex. Families of generic netlink are those of this kernel. */
export async function decode(command: DecodeCommand): Promise<number> {
  const bytes = parseHex(command.hex === '' ? readStandardInput() : command.hex);
  const { number } = command.protocol;
  const decoding = userDecoding();
  const families = number === NETLINK_GENERIC ? await listFamilies(decoding) : null;
  const envelope = plainEnvelope(number, HOST_LITTLE_ENDIAN);
  const document = documentOf(bytes, envelope, decoding, families?.ok ? families.value : []);
  const output = createOutput();
  const printer = command.json ? printJson : printTree;
  for (let row = 0; row < document.store.count; row++) {
    printer(printedMessage(document, row), output.text);
    output.endLine();
  }
  output.flush();
  return 0;
}
