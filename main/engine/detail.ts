import type {
  BytesFormat,
  CommentItem,
  CopyFormat,
  ExpertItem,
  MessageDetail,
  Note,
} from '../../app/contracts/index.ts';
import { toHex } from '../../app/dissect/index.ts';
import type { ExpertList } from '../../app/session/index.ts';
import { protocolByNumber } from '../../app/wire/index.ts';
import type { Document } from './document.ts';
import { printedMessage } from './printedMessage.ts';
import { printed, printJson, printTree, summaryText } from './printers.ts';
import { explainRow } from './refusalOf.ts';
import { speakerNode, speakerOf } from './speakers.ts';

/** Members of a transaction that are listed: a dump may have any number. */
const MAX_MEMBERS = 10_000;

/** Everything about one message; null for a gap and for rows that do not exist. */
export function messageDetail(document: Document, row: number): MessageDetail | null {
  const { store } = document;
  if (!isMessage(document, row)) return null;
  const { tree, notes, summary } = document.dissect(row);
  const speaker = speakerOf(document, row);
  const { protocol, direction, nsid, netns, littleEndian } = store.envelope(row);
  return {
    number: row + 1,
    time: store.timeNs(row).toString(),
    protocol: protocolByNumber(protocol).name,
    direction,
    group: document.groupName(row) ?? '',
    nsid,
    netns,
    type: summary.type,
    summary: summaryText(summary),
    dump: summary.dump || undefined,
    tree: speaker === null ? tree : [...tree, speakerNode(speaker)],
    notes,
    bytes: base64(store.bytes(row)),
    littleEndian,
    comment: store.comment(row),
    explanation: explainRow(document, document.decoding, row),
    transaction: store.members(store.transaction(row), { limit: MAX_MEMBERS }).map((member) => member + 1),
  };
}

/** True for rows that hold a message. */
export function isMessage({ store }: Document, row: number): boolean {
  return Number.isInteger(row) && row >= 0 && row < store.count && !store.isGap(row);
}

/** A message as text to be pasted elsewhere. */
export function copyText(document: Document, row: number, format: CopyFormat): string {
  switch (format) {
    case 'summary':
      return document.lineText(row);
    case 'json':
      return printed(printJson, printedMessage(document, row));
    case 'text':
      return printed(printTree, printedMessage(document, row));
    default:
      return BYTES_FORMATS[format](document.store.bytes(row));
  }
}

/** Bytes as text to be pasted elsewhere. */
export const BYTES_FORMATS: { readonly [format in BytesFormat]: (bytes: Uint8Array) => string } = {
  hex: toHex,
  hexdump: hexDump,
  base64,
  c: cArray,
};

/** The expert's notes with their texts, which their messages yield again. */
export function expertItems(document: Document, experts: ExpertList, first: number, count: number): ExpertItem[] {
  const items: ExpertItem[] = [];
  let row = -1;
  let left: Note[] = [];
  let summary = '';
  for (const entry of experts.list(first, count)) {
    if (entry.row !== row) {
      row = entry.row;
      left = [...document.notes(row)];
      summary = document.lineText(row);
    }
    const at = left.findIndex(({ code }) => code === entry.code);
    const [note] = at < 0 ? [] : left.splice(at, 1);
    if (note !== undefined) items.push({ ...note, number: row + 1, summary });
  }
  return items;
}

/** Messages that have a comment, in their order. */
export function commentItems(
  document: Document,
  first: number,
  count: number,
): { total: number; items: CommentItem[] } {
  const { store } = document;
  const rows = store.commentedRows();
  const items = rows.slice(first, first + count).map((row) => ({
    number: row + 1,
    text: store.comment(row),
    summary: document.lineText(row),
  }));
  return { total: rows.length, items };
}

/** Bytes in base64, the form in which they cross process borders. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const LINE = 16;

/** Offset, hex in two halves and ASCII, 16 bytes in a line, as `hexdump -C` prints it. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE) {
    const line = bytes.subarray(at, at + LINE);
    const digits = Array.from(line, (byte) => byte.toString(16).padStart(2, '0'));
    const halves = `${digits.slice(0, 8).join(' ').padEnd(23)}  ${digits.slice(8).join(' ').padEnd(23)}`;
    const ascii = Array.from(line, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(8, '0')}  ${halves}  |${ascii}|`);
  }
  return lines.join('\n');
}

const C_LINE = 12;

function cArray(bytes: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += C_LINE) {
    const line = bytes.subarray(at, at + C_LINE);
    lines.push(`  ${Array.from(line, (byte) => `0x${byte.toString(16).padStart(2, '0')},`).join(' ')}`);
  }
  return `static const unsigned char message[${bytes.length}] = {\n${lines.join('\n')}\n};`;
}
