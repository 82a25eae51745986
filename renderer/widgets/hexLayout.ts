import type { ByteRange, FieldNode } from '../../app/contracts/index.ts';

/** How a byte is tinted: payload has no tint, headers one of four by depth, padding is faint. */
export const PLAIN = 0;
export const PADDING = 255;
/** Tints of headers are 1 to this number. */
export const DEEPEST_TINT = 4;
/** Below this depth a tree is not walked: decoders cap their own recursion long before. */
const DEPTH_LIMIT = 64;

/**
 * Tints for the bytes of a message, from its tree: fixed headers and attribute headers by nesting depth, payload plain.
 * What no field covers is padding.
 * @param tree fields with ranges counted from the first byte
 * @param length bytes in the message
 * @returns one value per byte: PLAIN, 1 to DEEPEST_TINT, or PADDING
 */
export function depthsOf(tree: readonly FieldNode[], length: number): Uint8Array {
  const depths = new Uint8Array(length).fill(PADDING);
  paint(tree, 0, depths);
  return depths;
}

function paint(nodes: readonly FieldNode[], depth: number, depths: Uint8Array): void {
  if (depth > DEPTH_LIMIT) return;
  let headers = 0;
  for (const node of nodes) {
    const { range, payload } = node;
    switch (node.kind) {
      case 'generated':
        continue;
      case 'padding':
        depths.fill(PADDING, range.start, range.end);
        continue;
      case 'header':
        // Headers that follow each other alternate, or two of them would read as one.
        depths.fill(headers++ % 2 === 0 ? 3 : 2, range.start, range.end);
        continue;
      case 'nest':
        if (node.children.length === 0) depths.fill(PLAIN, range.start, range.end);
        depths.fill(tint(depth), range.start, payload.start);
        paint(node.children, depth + 1, depths);
        continue;
      default:
        depths.fill(PLAIN, range.start, range.end);
        if (node.kind === 'attr') depths.fill(tint(depth), range.start, payload.start);
        paint(
          node.children.filter((child) => child.kind === 'attr' || child.kind === 'nest'),
          depth + 1,
          depths,
        );
    }
  }
}

/** Two, three, four, three, four, …: neighbouring depths always differ. */
function tint(depth: number): number {
  return depth < 3 ? depth + 2 : 3 + ((depth + 1) % 2);
}

/** How many lines `length` bytes take; at least one, so that an empty message still has a place for the cursor. */
export function lineCount(length: number, columns: number): number {
  return Math.max(1, Math.ceil(length / columns));
}

/** The part of a range that falls on a line, as columns, or null. */
export function clipToLine(range: ByteRange | null | undefined, lineStart: number, columns: number): ByteRange | null {
  if (!range) return null;
  const start = Math.max(range.start - lineStart, 0);
  const end = Math.min(range.end - lineStart, columns);
  return start < end ? { start, end } : null;
}

/** Offset as it is shown at the left: at least four hexadecimal digits. */
export function offsetLabel(offset: number): string {
  return offset.toString(16).padStart(4, '0');
}

/** A byte as a printable ASCII character, or a middle dot. */
export function asciiOf(byte: number): string {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? '\u00a0' : '·';
}

/** Two hexadecimal digits for every byte value. */
export const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as hexadecimal pairs with spaces between. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => HEX[byte]).join(' ');
}

/**
 * Where the cursor goes for a key.
 * @param length bytes shown; the cursor stays between 0 and length - 1
 * @param pageLines lines that fit in the pane
 * @returns the new offset, or null when the key does not move the cursor
 */
export function moveCursor(
  key: string,
  cursor: number,
  { length, columns, pageLines, ctrl }: { length: number; columns: number; pageLines: number; ctrl: boolean },
): number | null {
  const lineStart = cursor - (cursor % columns);
  const steps: { readonly [key: string]: number } = {
    ArrowLeft: cursor - 1,
    ArrowRight: cursor + 1,
    ArrowUp: cursor - columns,
    ArrowDown: cursor + columns,
    PageUp: cursor - pageLines * columns,
    PageDown: cursor + pageLines * columns,
    Home: ctrl ? 0 : lineStart,
    End: ctrl ? length - 1 : lineStart + columns - 1,
  };
  const target = steps[key];
  if (target === undefined) return null;
  return Math.max(0, Math.min(length - 1, target));
}
