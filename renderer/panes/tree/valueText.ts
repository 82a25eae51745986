import type { FieldNode } from '../../../app/contracts/index.ts';
import { HEX } from '../../widgets/hexLayout.ts';

/** A value's text in two tones: what it is, and what only explains it. */
export interface ValueText {
  readonly value: string;
  readonly rest: string;
  /** Bytes that the text leaves out, 0 when it is whole. */
  readonly more: number;
}

/** Raw bytes shown beside a field's value; longer ones are only counted. */
const HINT_BYTES = 8;

/** "RTM_NEWLINK len 1448", "AF_UNSPEC (0)" or "561 [d0]", "1500 bytes": what it is, then what explains it. */
const HEADER = /^([^\s,]+),?\s+(.*)$/;
const EXPLAINED = /^(.*\S)\s+(\([^()]*\)|\[[^[\]]*\])$/;
const MEASURED = /^(-?(?:0x[0-9a-f]+|[\d.,]+))\s+([a-zA-Zµ%].*)$/;

/**
 * Splits a field's text: "1500 bytes" into 1500 and bytes, "AF_UNSPEC (0)" into AF_UNSPEC and (0), a header's after the
 * first word, and takes off the
 * "… 12480 more bytes" that decoders put at the end of what they cut.
 */
export function splitValue(node: FieldNode): ValueText {
  const cut = / ?…\s*([\d,]+) more bytes$/.exec(node.text);
  const text = cut ? node.text.slice(0, cut.index) : node.text;
  const more = cut ? Number(cut[1]!.replaceAll(',', '')) : 0;
  if (node.kind === 'nest') return { value: '', rest: text, more };
  const tail = (node.kind === 'header' ? HEADER.exec(text) : null) ?? EXPLAINED.exec(text) ?? MEASURED.exec(text);
  return tail ? { value: tail[1]!, rest: tail[2]!, more } : { value: text, rest: '', more };
}

/** The raw bytes of a small value as hex, or how many there are. Empty for what has no bytes of its own. */
export function rawHint(node: FieldNode, bytes: Uint8Array): string {
  if (node.kind === 'generated') return '';
  const whole = node.range.end - node.range.start;
  if (node.children.length > 0) return byteCount(whole);
  const { start, end } = node.payload;
  if (end - start > HINT_BYTES) return byteCount(end - start);
  return Array.from(bytes.subarray(start, end), (byte) => HEX[byte]).join(' ');
}

/** "1 byte", "1,448 bytes". */
export function byteCount(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'byte' : 'bytes'}`;
}
