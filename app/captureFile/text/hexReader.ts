import { findProtocol, NETLINK_KOBJECT_UEVENT, NETLINK_ROUTE, protocolByNumber, viewOf } from '../../wire/index.ts';
import { datagramIsLittleEndian } from '../byteOrder.ts';
import { COOKED_LENGTH, LINKTYPE_NETLINK, linkLayout, netlinkProtocol } from '../linkTypes.ts';
import { plainEnvelope } from '../reader.ts';
import { type HexRow, hexRow } from './hexRow.ts';
import type { TextDatagram, TextReader } from './textDatagram.ts';

/** A whole datagram in one line: digits with spaces, colons, commas, 0x or \x between. */
const PLAIN = /^\s*(?:(?:0x|\\x)?[0-9a-f]{2}[\s:,]*){16,}$/i;
const TIME = /^(?:(\d{4})-(\d\d)-(\d\d)[ T])?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?\b/;
const DIRECTIVE = /^\s*#\s*protocol[:=]?\s+(\S+)/i;

/** Longest datagram that a dump is read to: what the kernel queues at once is far below. */
const LONGEST = 16 << 20;

interface Dump {
  readonly bytes: number[];
  /** Bytes of the last row: a line with "*" stands for more of the same. */
  row: readonly number[];
  starred: boolean;
  readonly timeNs: bigint;
  /** Nothing but rows stood between it and the dump before. */
  readonly follows: boolean;
}

/**
 * Reads hex dumps: of xxd, hexdump (-C or plain), od -A x -t x1, tcpdump -x, tshark -x, text2pcap's form, and plain hex
 * digits, one datagram a line. A dump with the cooked header of an nlmon device tells its protocol; for others a line
 * "# protocol NAME" does.
 */
export class HexReader implements TextReader {
  readonly #notes = new Set<string>();
  #protocol: number | null;
  #dump: Dump | null = null;
  #previous: readonly number[] | null = null;
  #timeNs = 0n;
  #betweenDumps = true;

  /** @param protocol NETLINK_* number of dumps that do not tell theirs; null: guessed, with a note */
  constructor(protocol: number | null = null) {
    this.#protocol = protocol;
  }

  get notes(): readonly string[] {
    return [...this.#notes];
  }

  line(text: string): readonly TextDatagram[] {
    const row = hexRow(text);
    if (row !== null) {
      const { offset } = row;
      if (offset === 0) {
        const done = this.end();
        this.#begin();
        this.#addRow(row);
        return done;
      }
      if (this.#dump !== null && this.#reaches(this.#dump, offset)) {
        this.#addRow(row);
        return [];
      }
    }
    if (this.#dump !== null && /^\s*\*\s*$/.test(text)) {
      this.#dump.starred = true;
      return [];
    }
    const done = this.end();
    if (text.trim() !== '' && !/^\s*[0-9a-f]{4,8}\s*$/i.test(text)) this.#between(text);
    if (!PLAIN.test(text)) return done;
    const digits = text.replace(/0x|\\x|[\s:,]/gi, '');
    const bytes = Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    return [...done, ...this.#datagram(bytes)];
  }

  end(): readonly TextDatagram[] {
    const dump = this.#dump;
    this.#dump = null;
    if (dump === null) return [];
    const isRepeated =
      dump.follows &&
      this.#previous !== null &&
      this.#previous.length === dump.bytes.length &&
      this.#previous.every((byte, i) => byte === dump.bytes[i]);
    this.#previous = dump.bytes;
    // tcpdump prints what it cannot decode in hex by itself, and once more for -x.
    return isRepeated ? [] : this.#datagram(Uint8Array.from(dump.bytes), dump.timeNs);
  }

  #begin(): void {
    this.#dump = { bytes: [], row: [], starred: false, timeNs: this.#timeNs, follows: !this.#betweenDumps };
    this.#betweenDumps = false;
  }

  /** A line that is no dump: it may tell the time or the protocol of what follows. */
  #between(text: string): void {
    this.#betweenDumps = true;
    const directive = DIRECTIVE.exec(text);
    if (directive !== null) {
      const protocol = findProtocol(directive[1]);
      if (protocol === undefined) this.#notes.add(`"${directive[1]}" is no netlink protocol`);
      else this.#protocol = protocol.number;
      return;
    }
    const time = TIME.exec(text.trim());
    if (time === null) return;
    const [, year = '1970', month = '01', day = '01', hours, minutes, seconds, fraction = ''] = time;
    const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hours), Number(minutes), Number(seconds));
    this.#timeNs = BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  }

  /** Whether a row at `offset` goes on with the dump; a "*" before it stands for rows equal to the last. */
  #reaches(dump: Dump, offset: number): boolean {
    if (dump.starred && offset > dump.bytes.length && offset <= LONGEST && dump.row.length > 0) {
      while (dump.bytes.length < offset) dump.bytes.push(...dump.row.slice(0, offset - dump.bytes.length));
    }
    dump.starred = false;
    return offset === dump.bytes.length && offset < LONGEST;
  }

  #addRow({ bytes }: HexRow): void {
    const dump = this.#dump;
    if (dump === null) return;
    dump.bytes.push(...bytes);
    dump.row = bytes;
  }

  #datagram(all: Uint8Array, timeNs = this.#timeNs): TextDatagram[] {
    if (all.length === 0) return [];
    const view = viewOf(all);
    const cooked = linkLayout(LINKTYPE_NETLINK);
    const told = cooked === undefined ? -1 : netlinkProtocol(cooked, view, 0, all.length);
    const bytes = told < 0 ? all : all.subarray(COOKED_LENGTH);
    const protocol = told >= 0 ? told : (this.#protocol ?? this.#guess(bytes));
    const little = told >= 0 ? viewOf(bytes) : view;
    return [
      {
        envelope: plainEnvelope(protocol, datagramIsLittleEndian(little, 0, bytes.length, true)),
        timeNs,
        bytes,
        originalLength: bytes.length,
        process: '',
      },
    ];
  }

  #guess(bytes: Uint8Array): number {
    const start = String.fromCharCode(...bytes.subarray(0, 16));
    const protocol = /^(libudev\0|[a-z]+@\/)/.test(start) ? NETLINK_KOBJECT_UEVENT : NETLINK_ROUTE;
    const { name } = protocolByNumber(protocol);
    this.#notes.add(`no protocol is told: read as ${name}; a line "# protocol NAME" before the bytes tells it`);
    return protocol;
  }
}
