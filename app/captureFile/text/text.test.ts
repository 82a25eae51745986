import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { NETLINK_KOBJECT_UEVENT, NETLINK_ROUTE } from '../../wire/index.ts';
import { openCapture } from '../openCapture.ts';
import { memorySource } from '../source.ts';
import { HexReader, LineSplitter, StraceReader, type TextDatagram, type TextReader, textKind } from './index.ts';

const folder = fileURLToPath(new URL('../../../e2e/captures/', import.meta.url));
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const capture = (name: string): Uint8Array => readFileSync(`${folder}${name}.pcap`);

function readAll(reader: TextReader, text: string): TextDatagram[] {
  const splitter = new LineSplitter();
  const lines = [...splitter.push(new TextEncoder().encode(text)), splitter.rest()];
  return [...lines.flatMap((line) => reader.line(line)), ...reader.end()];
}

/** Datagrams of a pcap, as our own reader of captures finds them. */
function framesOf(name: string): { protocol: number; timeNs: bigint; bytes: string }[] {
  const opened = openCapture(memorySource(capture(name)));
  if (!opened.ok) throw new Error(opened.error.message);
  const found: { protocol: number; timeNs: bigint; bytes: string }[] = [];
  const { value: reader } = opened;
  while (reader.next() === 'datagram') {
    const { view, start, length, envelope, timeHigh, timeLow } = reader.frame;
    const bytes = new Uint8Array(view.buffer, view.byteOffset + start, length);
    const timeNs = (BigInt(timeHigh) << 32n) | BigInt(timeLow >>> 0);
    found.push({ protocol: envelope.protocol, timeNs, bytes: hex(bytes) });
  }
  return found;
}

describe('strace', () => {
  const trace = (name: string): string => gunzipSync(readFileSync(`${folder}${name}.strace.gz`)).toString('latin1');

  // The captures were made from these traces by a program of its own.
  it.each(['raw-audit-a', 'raw-uevent-a'])('%s holds the datagrams of its capture', (name) => {
    const reader = new StraceReader();
    const found = readAll(reader, trace(name));
    const tapped = new Set([0, 2, 4, 5, 6, 10, 12, 16]);
    const alike = found
      .filter(({ envelope }) => !tapped.has(envelope.protocol))
      .map(({ envelope, timeNs, bytes }) => ({ protocol: envelope.protocol, timeNs, bytes: hex(bytes) }));
    expect(alike).toEqual(framesOf(name));
    expect(reader.notes).toEqual([]);
  });

  it('tells who spoke to whom', () => {
    const [first, , , fourth] = readAll(new StraceReader(), trace('raw-audit-a'));
    expect(first.process).toBe('280');
    expect(first.envelope).toMatchObject({ direction: 'request', destPortid: 0, sourcePortid: null });
    expect(fourth.envelope).toMatchObject({ direction: 'request', sourcePortid: 280 });
    const events = readAll(new StraceReader(), trace('raw-uevent-a')).filter(
      ({ envelope }) => envelope.protocol === NETLINK_KOBJECT_UEVENT,
    );
    expect(new Set(events.map(({ envelope }) => `${envelope.direction} ${envelope.group}`))).toContain('notify 1');
  });

  it('follows sockets by number, through calls that were interrupted', () => {
    const text = [
      '[pid   7<ip>] 12:00:01.5 socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_ROUTE) = 3',
      '[pid   7<ip>] 12:00:02.25 recvmsg(3,  <unfinished ...>',
      '[pid   8<x>] 12:00:02.5 read(3, "MSG_PEEK", 8) = 8',
      '[pid   7<ip>] 12:00:03.000001 <... recvmsg resumed>{msg_name={sa_family=AF_NETLINK, nl_pid=0, nl_groups=0x80000000}, ' +
        'msg_iov=[{iov_base=[{nlmsg_len=20, nlmsg_type=NLMSG_DONE}], iov_len=32}], msg_flags=0}, 0) = 20',
      ' * 20 bytes in buffer 0',
      ' | 00000  14 00 00 00 03 00 02 00  01 00 00 00 02 00 00 00  ................ |',
      ' | 00010  00 00 00 00                                       ....             |',
    ].join('\n');
    const found = readAll(new StraceReader(), text);
    expect(found.map(({ bytes }) => hex(bytes))).toEqual(['1400000003000200010000000200000000000000']);
    expect(found[0]).toMatchObject({ process: '7 ip', timeNs: 43_203_000_001_000n });
    expect(found[0].envelope).toMatchObject({ protocol: NETLINK_ROUTE, direction: 'notify', group: 32 });
  });

  it('takes no byte from the text beside a row', () => {
    const text = [
      'socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK) = 3',
      'sendto(3, ..., 20, 0, NULL, 0) = 20',
      ' | 00000  14 00 00 00 10 00 00 00  01 00 00 00 00 00 00 00  ce  ed by text.. |',
      ' | 00010  63 65 20 70                                       ce p             |',
    ].join('\n');
    const [datagram] = readAll(new StraceReader(), `${text}\n`);
    expect(hex(datagram?.bytes ?? new Uint8Array())).toBe('1400000010000000010000000000000063652070');
  });

  it('takes buffers printed as hex, and counts calls that have no bytes', () => {
    const reader = new StraceReader();
    const text = [
      'socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK) = 5',
      'sendto(5, "\\x68\\x69", 2, 0, {sa_family=AF_NETLINK, nl_pid=12, nl_groups=00000000}, 12) = 2',
      'sendto(5, [{nlmsg_len=16, nlmsg_type=0x10, nlmsg_flags=NLM_F_REQUEST}], 16, 0, NULL, 0) = 16',
      'recvfrom(9<NETLINK:[0]>, [{nlmsg_len=16}], 16, 0, NULL, NULL) = 16',
    ].join('\n');
    const found = readAll(reader, text);
    expect(found.map(({ bytes, envelope }) => `${hex(bytes)} ${envelope.direction} ${envelope.destPortid}`)).toEqual([
      '6869 user 12',
    ]);
    expect(reader.notes.length).toBe(2);
  });
});

describe('hex dumps', () => {
  const message = framesOf('wg-a')[0];
  const bytes = Buffer.from(message.bytes, 'hex');
  const run = (command: string, args: string[]): string =>
    execFileSync(command, args, { input: bytes, encoding: 'utf8' });

  it.each([
    ['od', ['-A', 'x', '-t', 'x1z']],
    ['od', ['-A', 'x', '-t', 'x1']],
    ['hexdump', ['-C']],
    ['hexdump', []],
  ] as const)('%s %j', (command, args) => {
    const text = `# protocol NETLINK_ROUTE\n${run(command, [...args])}`;
    const reader = new HexReader();
    expect(readAll(reader, text).map(({ bytes: b }) => hex(b))).toEqual([message.bytes]);
    expect(reader.notes).toEqual([]);
    expect(textKind(Buffer.from(text))).toBe('hex');
  });

  it('repeated rows that od and hexdump write as one', () => {
    const zeros = Buffer.concat([bytes, Buffer.alloc(160), Buffer.from('end!')]);
    const text = execFileSync('hexdump', ['-C'], { input: zeros, encoding: 'utf8' });
    expect(text).toContain('*');
    expect(readAll(new HexReader(0), text).map(({ bytes: b }) => hex(b))).toEqual([zeros.toString('hex')]);
  });

  it('tcpdump’s, with its times and cooked headers', () => {
    const text = [
      '2026-11-20 18:18:17.686581 UNSUPPORTED',
      '\t0x0000:  0004 0338 0000 0000 0000 0000 0000 0010  ...8............',
      '\t0x0010:  1000 0000 1000 0500 0100 0000 0000 0000  ................',
      '\t0x0000:  0004 0338 0000 0000 0000 0000 0000 0010',
      '\t0x0010:  1000 0000 1000 0500 0100 0000 0000 0000',
      '2026-11-20 18:18:18.000000 UNSUPPORTED',
      '\t0x0000:  0004 0338 0000 0000 0000 0000 0000 0010  ...8............',
      '\t0x0010:  1000 0000 1000 0500 0100 0000 0000 0000  abcd............',
    ].join('\n');
    const found = readAll(new HexReader(), text);
    expect(found.map(({ bytes: b, envelope, timeNs }) => [hex(b), envelope.protocol, timeNs])).toEqual([
      ['10000000100005000100000000000000', 16, 1_795_198_697_686_581_000n],
      ['10000000100005000100000000000000', 16, 1_795_198_698_000_000_000n],
    ]);
  });

  it('digits in one line, however they are written', () => {
    const reader = new HexReader();
    const text = [
      '14000000 12000103 01000000 00000000 11000000',
      '\\x14\\x00\\x00\\x00\\x12\\x00\\x01\\x03\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x11\\x00\\x00\\x00',
      '14:00:00:00:12:00:01:03:01:00:00:00:00:00:00:00:11:00:00:00',
    ].join('\n');
    expect(readAll(reader, text).map(({ bytes: b }) => hex(b))).toEqual(
      Array(3).fill('1400000012000103010000000000000011000000'),
    );
    expect(reader.notes.join()).toContain('# protocol NAME');
  });
});

describe('telling text from other files', () => {
  it('knows neither binary files nor prose', () => {
    expect(textKind(capture('wg-a'))).toBeNull();
    expect(textKind(Buffer.from('A letter that begins with a decade, dead beef and bad food.\n'))).toBeNull();
    expect(textKind(Buffer.from('7 socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) = 3\n'))).toBe('strace');
    expect(textKind(Buffer.from('main(int argc) = 0 is no call of a program.\nopen(it) and see\n'))).toBeNull();
  });

  it('knows traces whose netlink calls come late, and says where there are none', () => {
    const calls = [
      'brk(NULL) = 0x55',
      'close(3) = 0',
      'openat(AT_FDCWD, "a") = -1 ENOENT (No such file)',
      'getpid() = 7',
    ];
    const execve = `execve("/usr/bin/ip", ["ip"], [${'"A=B", '.repeat(20_000)}]) = 0`;
    for (const prefix of ['', '1234 ', '[pid  1234] ', '1234<ip> 14:02:11.300000 ', '1700000000.1 ']) {
      expect(textKind(Buffer.from(calls.map((call) => `${prefix}${call}\n`).join(''))), prefix).toBe('strace');
      expect(textKind(Buffer.from(`${prefix}${execve}\n`)), prefix).toBe('strace');
    }
    const reader = new StraceReader();
    expect(readAll(reader, calls.join('\n'))).toEqual([]);
    expect(reader.notes).toEqual([expect.stringContaining('no netlink messages')]);
  });
});
