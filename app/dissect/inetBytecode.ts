import { viewOf } from '../wire/index.ts';
import type { BytePart } from './byteFormats.ts';
import { ipText } from './text.ts';

/** How the operand of an instruction is laid out (linux/inet_diag.h, INET_DIAG_BC_*). */
type Operand = 'none' | 'jump' | 'port' | 'host' | 'ifindex' | 'mark' | 'cgroup';

/** Instructions by their code: how each reads, and its operand. */
const CODES: readonly (readonly [text: string, operand: Operand])[] = [
  ['nop', 'none'],
  ['jump', 'jump'],
  ['sport >=', 'port'],
  ['sport <=', 'port'],
  ['dport >=', 'port'],
  ['dport <=', 'port'],
  ['autobound', 'none'],
  ['src =', 'host'],
  ['dst =', 'host'],
  ['dev =', 'ifindex'],
  ['mark =', 'mark'],
  ['sport =', 'port'],
  ['dport =', 'port'],
  ['cgroup =', 'cgroup'],
];

const OP_SIZE = 4;
const AF_INET = 2;
const AF_INET6 = 10;

/**
 * Disassembles INET_DIAG_REQ_BYTECODE, the filter of a socket dump. Each instruction goes on `yes` bytes further when
 * its test holds and `no` bytes further when not; the end of the program accepts, anything beyond it rejects.
 * @returns an entry for each instruction, named by its offset, in the order of the bytes; what cannot be one ends it.
 */
export function bytecodeParts(bytes: Uint8Array, littleEndian: boolean): BytePart[] {
  const view = viewOf(bytes);
  const parts: BytePart[] = [];
  for (let at = 0; at + OP_SIZE <= bytes.length; ) {
    const code = CODES[view.getUint8(at)];
    const yes = view.getUint8(at + 1);
    const no = view.getUint16(at + 2, littleEndian);
    const [text, operand] = code ?? ['?', 'none'];
    const size = operand === 'none' || operand === 'jump' ? OP_SIZE : Math.max(OP_SIZE, yes);
    const end = Math.min(bytes.length, at + size);
    const value = operandText(operand, view, at + OP_SIZE, end, littleEndian);
    const onward = operand === 'jump' ? target(at + no, bytes) : branches(at, yes, no, end, bytes);
    const name = String(at).padStart(3, '0');
    parts.push({
      name,
      type: 'inet_diag_bc_op',
      start: at,
      end,
      text: [text, value, onward].filter(Boolean).join(' '),
    });
    at = end;
  }
  return parts;
}

function target(offset: number, bytes: Uint8Array): string {
  if (offset > bytes.length) return 'reject';
  return offset === bytes.length ? 'accept' : `go to ${String(offset).padStart(3, '0')}`;
}

/** Where the instruction leads; nothing is said of going on with the next one. */
function branches(at: number, yes: number, no: number, next: number, bytes: Uint8Array): string {
  const then = at + yes === next && next < bytes.length ? '' : target(at + yes, bytes);
  const otherwise = at + no === next && next < bytes.length ? '' : `else ${target(at + no, bytes)}`;
  return [then, otherwise].filter(Boolean).join(', ');
}

function operandText(operand: Operand, view: DataView, at: number, end: number, littleEndian: boolean): string {
  const held = end - at;
  switch (operand) {
    case 'port':
      return held >= OP_SIZE ? String(view.getUint16(at + 2, littleEndian)) : '';
    case 'ifindex':
      return held >= 4 ? String(view.getUint32(at, littleEndian)) : '';
    case 'mark':
      if (held < 8) return '';
      return `0x${view.getUint32(at, littleEndian).toString(16)}/0x${view.getUint32(at + 4, littleEndian).toString(16)}`;
    case 'cgroup':
      return held >= 8 ? String(view.getBigUint64(at, littleEndian)) : '';
    case 'host':
      return held >= 8 ? hostText(view, at, end, littleEndian) : '';
    default:
      return '';
  }
}

/** struct inet_diag_hostcond: address with its prefix, and a port unless that is -1 for any. */
function hostText(view: DataView, at: number, end: number, littleEndian: boolean): string {
  const family = view.getUint8(at);
  const prefix = view.getUint8(at + 1);
  const port = view.getInt32(at + 4, littleEndian);
  const width = family === AF_INET6 ? 16 : family === AF_INET ? 4 : 0;
  const stop = Math.min(end, at + 8 + width);
  const address = ipText(new Uint8Array(view.buffer, view.byteOffset + at + 8, stop - at - 8)) ?? '*';
  const shown = prefix === 0 ? '*' : prefix === width * 8 ? address : `${address}/${prefix}`;
  if (port < 0) return shown;
  return shown.includes(':') ? `[${shown}]:${port}` : `${shown}:${port}`;
}
