import type { ByteRange, FieldNode } from '../../../app/contracts/index.ts';

/** What the footer says about selected bytes, piece by piece. */
export interface RangeText {
  /** "0x14". */
  readonly offset: string;
  readonly length: number;
  /** "u32le", "string", "" when the bytes say nothing by themselves. */
  readonly type: string;
  readonly value: string;
}

const TEXT_LIMIT = 48;

/**
 * Reads selected bytes: as the field they are, if they are one, else as an integer in the byte order of the capture.
 * @param node the field with exactly these bytes, if there is one
 */
export function describeRange(
  bytes: Uint8Array,
  range: ByteRange,
  node: FieldNode | null,
  littleEndian: boolean,
): RangeText {
  const offset = `0x${range.start.toString(16)}`;
  const length = range.end - range.start;
  if (node && node.children.length === 0) {
    const type = `${node.type}${byteOrder(bytes, node, littleEndian)}`;
    const value =
      node.value === null || typeof node.value === 'boolean'
        ? ''
        : shorten(node.type === 'string' ? `"${node.value}"` : `${node.value}`);
    return { offset, length, type, value };
  }
  if (node) return { offset, length, type: node.type, value: '' };
  const integer = readUnsigned(bytes, range, littleEndian);
  if (integer === null) return { offset, length, type: '', value: '' };
  const order = length === 1 ? '' : littleEndian ? 'le' : 'be';
  return { offset, length, type: `u${length * 8}${order}`, value: `${integer}` };
}

/** "le" or "be" for integers of several bytes whose order can be told from their value, else "". */
function byteOrder(bytes: Uint8Array, node: FieldNode, littleEndian: boolean): string {
  if (!/^[us](16|32|64)$/.test(node.type)) return '';
  const width = BigInt((node.payload.end - node.payload.start) * 8);
  if (typeof node.value !== 'number' && typeof node.value !== 'string') return '';
  if (!/^-?\d+$/.test(`${node.value}`)) return '';
  const shown = BigInt.asUintN(Number(width), BigInt(node.value));
  if (readUnsigned(bytes, node.payload, littleEndian) === shown) return littleEndian ? 'le' : 'be';
  return readUnsigned(bytes, node.payload, !littleEndian) === shown ? (littleEndian ? 'be' : 'le') : '';
}

/** The bytes as one unsigned integer, null unless they are 1, 2, 4 or 8. */
function readUnsigned(bytes: Uint8Array, { start, end }: ByteRange, littleEndian: boolean): bigint | null {
  const length = end - start;
  if (![1, 2, 4, 8].includes(length) || end > bytes.length) return null;
  let value = 0n;
  for (let at = 0; at < length; at++) {
    const byte = bytes[littleEndian ? end - 1 - at : start + at]!;
    value = (value << 8n) | BigInt(byte);
  }
  return value;
}

function shorten(text: string): string {
  return text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text;
}
