import { decodeText } from './textLines.ts';

export { HexReader } from './hexReader.ts';
export { StraceReader } from './straceReader.ts';
export type { TextDatagram, TextReader } from './textDatagram.ts';
export { LineSplitter } from './textLines.ts';

/** Bytes of a file's beginning that are looked at to tell what it is. */
export const SNIFFED = 1 << 16;

const NETLINK_CALL = /socket\((?:AF|PF)_NETLINK|\d<NETLINK:\[|sa_family=AF_NETLINK|\{nlmsg_len=\d/;
/** What strace prints first when it starts a program, and what it prints of any other call that has returned. */
const PROGRAM_STARTS = /^(?:\[pid +\d+(?:<[^>]*>)?\] +|\d+(?:<[^>]*>)? +)?(?:\d[\d:.]* +)?execve\("/;
const RETURNED_CALL =
  /^(?:\[pid +\d+(?:<[^>]*>)?\] +|\d+(?:<[^>]*>)? +)?(?:\d[\d:.]* +)?[a-z]\w*\(.*\) += (?:-?\d|\?)/gm;
/** So many calls are no coincidence: those of netlink may come late in a trace of a whole program. */
const ENOUGH_CALLS = 4;
const HEX_ROW = /^\s*(?:0x)?0{4,8}:?\s+(?:[0-9a-f]{2}|[0-9a-f]{4})(?:\s+[0-9a-f]{2,4}){3}/im;
const HEX_LINE = /^\s*(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,]*){16,}$/im;

/** What text holds netlink datagrams, by its beginning: strace's output, hex, or neither (null). */
export function textKind(start: Uint8Array): 'strace' | 'hex' | null {
  // UTF-16 and binary files have bytes that text does not.
  if (start.subarray(0, SNIFFED).includes(0)) return null;
  const text = decodeText(start.subarray(0, SNIFFED));
  if (NETLINK_CALL.test(text) || PROGRAM_STARTS.test(text)) return 'strace';
  if ((text.match(RETURNED_CALL)?.length ?? 0) >= ENOUGH_CALLS) return 'strace';
  return HEX_ROW.test(text) || HEX_LINE.test(text) ? 'hex' : null;
}
