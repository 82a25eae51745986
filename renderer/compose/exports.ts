import type { FieldNode, MessageValue } from '../../app/contracts/index.ts';
import { datagramFor, findProtocol, readU32 } from '../../app/wire/index.ts';
import { cProgram, pythonProgram } from './programs.ts';

/** A request as other programs take it. */
export type CodeFormat = 'c' | 'python' | 'command' | 'json' | 'hex';

/** A request that is to be copied: its bytes, their tree, and where it would be sent. */
export interface CodeSource {
  readonly bytes: Uint8Array;
  readonly tree: readonly FieldNode[];
  /** Null when the request exists as bytes alone. */
  readonly message: MessageValue | null;
  readonly protocol: string;
  /** Its name for comments: RTM_NEWLINK, or a number. */
  readonly title: string;
  /** The operation that `nlscope send` knows it by, null when no spec has it. */
  readonly operation: string | null;
  readonly destPortid?: number;
  readonly groupMask?: number;
  /** Path of the network namespace it goes to, '' for the host's own. */
  readonly netns?: string;
}

/** Titles of the formats, in the order a menu shows them. */
export const CODE_FORMATS: readonly { readonly format: CodeFormat; readonly title: string }[] = [
  { format: 'command', title: 'nlscope command' },
  { format: 'json', title: 'JSON values' },
  { format: 'c', title: 'C program' },
  { format: 'python', title: 'Python script' },
  { format: 'hex', title: 'Hex' },
];

/** The request in a format, ready for the clipboard. JSON needs values; without them it is empty. */
export function exportCode(source: CodeSource, format: CodeFormat): string {
  switch (format) {
    case 'c':
      return cCode(source);
    case 'python':
      return pythonCode(source);
    case 'command':
      return command(source);
    case 'json':
      return source.message === null ? '' : `${JSON.stringify(source.message, null, 2)}\n`;
    case 'hex':
      return `${toHex(source.bytes)}\n`;
  }
}

/** A stretch of bytes with the name of the field they begin. */
export interface NamedBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/** Bytes that a code line holds before it is broken. */
const LINE_BYTES = 12;

/**
 * Cuts bytes where fields begin, so that every line of the code can say what it holds: a netlink or family header is
 * one piece, an attribute without nested ones is one piece, a nest's own header is one.
 */
export function namedBytes(bytes: Uint8Array, tree: readonly FieldNode[]): NamedBytes[] {
  const starts: { start: number; name: string }[] = [];
  collectStarts(tree, '', starts);
  const inside = starts.filter(({ start }) => start < bytes.length);
  const pieces: NamedBytes[] = [];
  let at = 0;
  let name = '';
  for (const next of [...inside, { start: bytes.length, name: '' }]) {
    if (next.start > at) pieces.push({ bytes: bytes.subarray(at, next.start), name });
    if (next.start >= at) ({ start: at, name } = next);
  }
  return pieces;
}

function collectStarts(nodes: readonly FieldNode[], indent: string, starts: { start: number; name: string }[]): void {
  for (const node of nodes) {
    if (node.kind === 'generated' || node.kind === 'padding') continue;
    if (node.range.end <= node.range.start) continue;
    starts.push({ start: node.range.start, name: `${indent}${node.name}` });
    if (node.kind === 'nest') collectStarts(node.children, `${indent}  `, starts);
  }
}

/** What a program has to send, piece by piece: a request goes in the batch that its kind takes, bytes alone as they are. */
function sentBytes({ bytes, tree, message, protocol }: CodeSource): NamedBytes[] {
  const own = namedBytes(bytes, tree);
  const number = findProtocol(protocol)?.number;
  if (message === null || number === undefined || bytes.length < 4) return own;
  // nlmsg_len tells the byte order of the host that the request was written for.
  const datagram = datagramFor(number, bytes, readU32(bytes, 0, true) === bytes.length);
  const [at = 0] = datagram.starts;
  if (at === 0) return own;
  return [
    { name: 'NFNL_MSG_BATCH_BEGIN', bytes: datagram.bytes.subarray(0, at) },
    ...own,
    { name: 'NFNL_MSG_BATCH_END', bytes: datagram.bytes.subarray(at + bytes.length) },
  ];
}

function cCode(source: CodeSource): string {
  const { bytes, title } = source;
  const lines = sentBytes(source).flatMap((piece) =>
    codeLines(
      piece,
      (byte) => `0x${hexByte(byte)}, `,
      (text) => `/* ${text.replaceAll('*/', '* /')} */`,
    ),
  );
  return cProgram(`${oneLine(title)}, ${bytes.length} bytes`, lines, source);
}

function pythonCode(source: CodeSource): string {
  const { bytes, title } = source;
  const lines = sentBytes(source).flatMap((piece) =>
    codeLines(
      piece,
      (byte) => `\\x${hexByte(byte)}`,
      (text) => `# ${text}`,
      ["b'", "'"],
    ),
  );
  return pythonProgram(`${oneLine(title)}, ${bytes.length} bytes`, lines, source);
}

/** Lines of at most LINE_BYTES bytes, the first with a comment that names the field. */
function codeLines(
  { bytes, name }: NamedBytes,
  code: (byte: number) => string,
  comment: (text: string) => string,
  [open, close]: readonly [string, string] = ['', ''],
): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += LINE_BYTES) {
    const part = `    ${open}${[...bytes.subarray(at, at + LINE_BYTES)].map(code).join('').trimEnd()}${close}`;
    lines.push(at === 0 && name !== '' ? `${part}  ${comment(oneLine(name))}` : part);
  }
  return lines;
}

/** `nlscope send …`: values where there are any, so that the line can be read and changed, else bytes. */
function command({ bytes, message, protocol, operation, destPortid, groupMask, netns }: CodeSource): string {
  const words = ['nlscope', 'send', '--protocol', protocol];
  if (message === null || operation === null) words.push('--hex', toHex(bytes));
  else words.push('--op', operation, '--json', JSON.stringify(message));
  if (destPortid) words.push('--portid', String(destPortid));
  if (groupMask) words.push('--groups', `0x${groupMask.toString(16)}`);
  if (netns) words.push('--netns', netns);
  return `${words.map(shellWord).join(' ')}\n`;
}

/** A word as a POSIX shell reads it back unchanged. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** Bytes as hexadecimal digits without spaces. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join('');
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
