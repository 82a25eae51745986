import type { Direction } from '../../contracts/index.ts';
import { findProtocol, viewOf } from '../../wire/index.ts';
import { datagramIsLittleEndian } from '../byteOrder.ts';
import type { TextDatagram, TextReader } from './textDatagram.ts';

/** A line of a dump: " | 00010  00 00 …  text |" (strace -e read=all -e write=all). The text may begin as one more byte would. */
const DUMP = /^ \| [0-9a-f]{5,} {2}((?:[0-9a-f]{2} {1,2}){1,16})/;
/** Introduces the dump of one buffer of several: " * 28 bytes in buffer 0"; recvmmsg adds the message it belongs to. */
const BUFFER = /^ [*=] (\d+) (bytes in buffer|buffers in vector) (\d+)/;
/** Process and time before a call, in the forms that -f, -Y, -t, -tt, -ttt and -r give them. */
const PREFIX =
  /^(?:\[pid +(\d+)(?:<([^>]*)>)?\] +|(\d+)(?:<([^>]*)>)? +)?(?:(\d{9,}\.\d+|\d{9,}) +|(\d\d):(\d\d):(\d\d)(?:\.(\d+))? +|\d+\.\d+ +)?(?=[a-z<])/;
const SOCKET = /^socket\((?:AF|PF)_NETLINK, [^,]+, NETLINK_(\w+)\) = (\d+)/;
const CALL =
  /^(send|sendto|sendmsg|sendmmsg|write|writev|recv|recvfrom|recvmsg|recvmmsg|read|readv)\((\d+)(?:<([^>]*)>)?/;
/** A buffer that strace did not decode, in the form of -x or -xx. */
const STRING = /"((?:\\x[0-9a-f]{2})+)"(\.\.\.)?/;

const NS_PER_SECOND = 1_000_000_000n;
/** Most file descriptors remembered: text that names more is not a trace. */
const MOST_DESCRIPTORS = 100_000;

interface Descriptor {
  readonly protocol: number;
  /** Netlink address of the socket, null while it is not told. */
  readonly portid: number | null;
}

interface Call {
  readonly descriptor: Descriptor;
  readonly sends: boolean;
  readonly text: string;
  readonly result: number;
  readonly timeNs: bigint;
  readonly process: string;
  /** Dumped buffers, by the message they belong to (recvmmsg and sendmmsg have several). */
  readonly messages: number[][];
}

/**
 * Reads what strace prints of netlink sockets. The bytes come from its dumps (`-e read=all -e write=all`), or from
 * buffers that it prints as hex strings (`-xx`) where it does not decode them; calls of which neither is there are
 * counted in the notes.
 */
export class StraceReader implements TextReader {
  readonly #byDescriptor = new Map<string, Descriptor>();
  /** Protocols of sockets that strace names by inode only. */
  readonly #byInode = new Map<string, Descriptor>();
  readonly #unfinished = new Map<string, string>();
  #call: Call | null = null;
  /** Calls that sent or received on sockets of netlink. */
  #calls = 0;
  #withoutBytes = 0;
  #unknownSockets = 0;

  get notes(): readonly string[] {
    const notes: string[] = [];
    if (this.#calls === 0 && this.#unknownSockets === 0) {
      notes.push('no netlink messages in the trace: strace -f follows the processes that a program starts');
    }
    if (this.#withoutBytes > 0) {
      notes.push(
        `${this.#withoutBytes} netlink calls without bytes: run strace with -e read=all -e write=all to have them`,
      );
    }
    if (this.#unknownSockets > 0) {
      notes.push(`${this.#unknownSockets} calls on sockets that were opened before the trace: add -yy to name them`);
    }
    return notes;
  }

  line(text: string): readonly TextDatagram[] {
    const dump = DUMP.exec(text);
    if (dump !== null) {
      this.#addDump(dump[1]);
      return [];
    }
    const buffer = BUFFER.exec(text);
    if (buffer !== null) {
      // "bytes in buffer" goes on with the same message; "buffers in vector" begins one.
      if (buffer[2] === 'buffers in vector' && Number(buffer[3]) > 0) this.#call?.messages.push([]);
      return [];
    }
    const done = this.end();
    this.#begin(text);
    return done;
  }

  end(): readonly TextDatagram[] {
    const call = this.#call;
    this.#call = null;
    if (call === null) return [];
    if (call.messages.every((bytes) => bytes.length === 0)) {
      const bytes = plainBuffer(call.text);
      if (bytes === null) {
        this.#withoutBytes++;
        return [];
      }
      return [datagramOf(call, bytes, Math.max(bytes.length, call.result))];
    }
    const isOne = call.messages.length === 1;
    return call.messages
      .filter((bytes) => bytes.length > 0)
      .map((bytes) => {
        // A dump shows the whole buffer given; the result tells how much of it was used, or that more had been there.
        const used = isOne ? bytes.slice(0, call.result) : bytes;
        return datagramOf(call, Uint8Array.from(used), isOne ? Math.max(used.length, call.result) : used.length);
      });
  }

  #addDump(digits: string): void {
    const bytes = this.#call?.messages.at(-1);
    if (bytes === undefined) return;
    for (const byte of digits.trim().split(/ +/)) bytes.push(Number.parseInt(byte, 16));
  }

  #begin(line: string): void {
    const prefix = PREFIX.exec(line);
    if (prefix === null) return;
    const pid = prefix[1] ?? prefix[3] ?? '';
    const comm = prefix[2] ?? prefix[4] ?? '';
    let text = line.slice(prefix[0].length);
    if (text.endsWith('<unfinished ...>')) {
      if (this.#unfinished.size < MOST_DESCRIPTORS) this.#unfinished.set(pid, text.slice(0, -16));
      return;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    if (resumed !== null) {
      text = (this.#unfinished.get(pid) ?? '') + text.slice(resumed[0].length);
      this.#unfinished.delete(pid);
    }
    if (this.#learnSocket(text, pid)) return;
    const call = CALL.exec(text);
    if (call === null) return;
    const result = Number(/\) = (-?\d+)[^)]*$/.exec(text)?.[1] ?? -1);
    if (result <= 0 || isPeek(text)) return;
    const descriptor = this.#descriptor(pid, call[2], call[3] ?? '');
    if (descriptor === null) {
      if (text.includes('nlmsg_len=')) this.#unknownSockets++;
      return;
    }
    this.#calls++;
    this.#call = {
      descriptor,
      sends: call[1].startsWith('send') || call[1].startsWith('write'),
      text,
      result: call[1].endsWith('mmsg') ? Number.MAX_SAFE_INTEGER : result,
      timeNs: timeOf(prefix),
      process: [pid, comm].filter((part) => part !== '').join(' '),
      messages: [[]],
    };
  }

  /** Remembers what a socket is: its protocol when it is made, its address when it is told. */
  #learnSocket(text: string, pid: string): boolean {
    const socket = SOCKET.exec(text);
    if (socket !== null) {
      const protocol = findProtocol(`NETLINK_${socket[1]}`);
      if (protocol === undefined) return true;
      this.#remember(pid, socket[2], { protocol: protocol.number, portid: null });
      const inode = /\[(\d+)\]>\s*$/.exec(text);
      if (inode !== null && this.#byInode.size < MOST_DESCRIPTORS) {
        this.#byInode.set(inode[1], { protocol: protocol.number, portid: null });
      }
      return true;
    }
    const name = /^getsockname\((\d+)[^,]*, \{sa_family=AF_NETLINK, nl_pid=(-?\d+)/.exec(text);
    if (name !== null) {
      const known = this.#descriptor(pid, name[1], '');
      if (known !== null) this.#remember(pid, name[1], { ...known, portid: Number(name[2]) >>> 0 });
      return true;
    }
    const closed = /^close\((\d+)/.exec(text);
    if (closed !== null) this.#byDescriptor.delete(`${pid}:${closed[1]}`);
    return closed !== null;
  }

  #remember(pid: string, fd: string, descriptor: Descriptor): void {
    if (this.#byDescriptor.size < MOST_DESCRIPTORS) this.#byDescriptor.set(`${pid}:${fd}`, descriptor);
  }

  /** What a descriptor is: as strace writes it (-yy: NETLINK:[ROUTE:278]; -y: socket:[1336]), or as it was made. */
  #descriptor(pid: string, fd: string, annotation: string): Descriptor | null {
    const named = /^NETLINK:\[(?:([A-Z]\w*):)?(\d+)/.exec(annotation);
    if (named?.[1] !== undefined) {
      const protocol = findProtocol(`NETLINK_${named[1]}`);
      return protocol === undefined ? null : { protocol: protocol.number, portid: Number(named[2]) };
    }
    const known = this.#byDescriptor.get(`${pid}:${fd}`);
    if (known !== undefined) return known;
    const inode = named?.[2] ?? /^socket:\[(\d+)/.exec(annotation)?.[1];
    return inode === undefined ? null : (this.#byInode.get(inode) ?? null);
  }
}

/** Flags stand outside of strings: a payload may hold the word too. */
function isPeek(text: string): boolean {
  return text.includes('MSG_PEEK') && text.replace(/"[^"]*"/g, '').includes('MSG_PEEK');
}

/** Bytes of a buffer printed as one hex string; null when there is none, or strace cut it (-s). */
function plainBuffer(text: string): Uint8Array | null {
  const found = STRING.exec(text);
  // Where strace has decoded the message, a string is only the part that it did not understand.
  if (found === null || text.includes('nlmsg_len=')) return null;
  return Uint8Array.from(found[1].split('\\x').slice(1), (digits) => Number.parseInt(digits, 16));
}

/** Time of a line: since 1970 (-ttt), or since the epoch's first midnight where the text has a time of day only. */
function timeOf(prefix: RegExpExecArray): bigint {
  const [, , , , , epoch, hours, minutes, seconds, fraction] = prefix;
  if (epoch !== undefined) {
    const [whole, part = ''] = epoch.split('.');
    return BigInt(whole) * NS_PER_SECOND + BigInt(part.slice(0, 9).padEnd(9, '0'));
  }
  if (hours === undefined) return 0n;
  const day = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
  return BigInt(day) * NS_PER_SECOND + BigInt((fraction ?? '').slice(0, 9).padEnd(9, '0'));
}

function datagramOf(call: Call, bytes: Uint8Array, originalLength: number): TextDatagram {
  const { descriptor, sends, text } = call;
  const peer = /sa_family=AF_NETLINK, nl_pid=(-?\d+), nl_groups=(0x[0-9a-f]+|0+)/.exec(text);
  const peerPortid = peer === null ? (sends ? 0 : null) : Number(peer[1]) >>> 0;
  const mask = peer === null ? 0 : Number(peer[2]);
  const group = mask === 0 ? 0 : 32 - Math.clz32(mask & -mask);
  return {
    envelope: {
      protocol: descriptor.protocol,
      direction: directionOf(sends, peerPortid, group),
      group: peer === null && !sends ? null : group,
      nsid: null,
      sourcePortid: sends ? descriptor.portid : peerPortid,
      destPortid: sends ? peerPortid : group === 0 ? descriptor.portid : null,
      littleEndian: datagramIsLittleEndian(viewOf(bytes), 0, bytes.length, true),
    },
    timeNs: call.timeNs,
    bytes,
    originalLength,
    process: call.process,
  };
}

function directionOf(sends: boolean, peerPortid: number | null, group: number): Direction {
  if (peerPortid !== null && peerPortid !== 0) return 'user';
  if (sends) return group === 0 ? 'request' : 'user';
  if (group !== 0) return 'notify';
  return peerPortid === null ? 'unknown' : 'reply';
}
