import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runGuest } from '../../main/setup/vm/guest.mjs';

const out = mkdtempSync(join(tmpdir(), 'nlscope-tap-'));
const text = (name) => readFileSync(join(out, name), 'utf8');
const NLM_F_REQUEST = 1;

/** Protocol and bytes of every netlink datagram of a capture, as editcap writes it down in the plain pcap format. */
function datagrams(name) {
  const plain = join(out, `${name}.plain`);
  execFileSync('editcap', ['-F', 'pcap', join(out, name), plain]);
  const bytes = readFileSync(plain);
  const found = [];
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8);
    const frame = bytes.subarray(at + 16, at + 16 + length);
    // LINKTYPE_NETLINK: 16 bytes of header, the last two are the protocol.
    found.push(`${frame.readUInt16BE(14)} ${frame.subarray(16).toString('hex')}`);
    at += 16 + length;
  }
  return found;
}

const type = (datagram) => Buffer.from(datagram.split(' ')[1], 'hex').readUInt16LE(4);
const flags = (datagram) => Buffer.from(datagram.split(' ')[1], 'hex').readUInt16LE(6);
const countOf = (list, item) => list.filter((other) => other === item).length;

beforeAll(async () => {
  let said = '';
  const hear = (chunk) => {
    said += chunk;
  };
  const status = await runGuest({
    command: ['sh', '/root/vm/tap.sh'],
    tools: ['ip', 'tcpdump', 'nft', 'genl', 'ss'],
    modules: ['nlmon', 'dummy'],
    moduleFolders: ['net/netfilter', 'net/netlink', 'net/ipv4', 'net/ipv6'],
    copies: [`${import.meta.dirname}:/root/vm`],
    out,
    memory: 1200,
    onStdout: hear,
    onStderr: hear,
  });
  expect(status, said).toBe(0);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

describe('a tap, with every copy', () => {
  it('sees what tcpdump sees on the same device, byte for byte and in the same order', () => {
    const ours = datagrams('every.pcapng');
    const theirs = datagrams('tcpdump.pcap');
    expect(text('tcpdump.err')).toMatch(/\b0 packets dropped by kernel/);
    expect(text('every.err')).toMatch(/ 0 lost/);
    expect(theirs.length).toBeGreaterThan(30);
    // tcpdump began later and ended earlier.
    const start = ours.findIndex((_, at) => ours.slice(at, at + 8).join() === theirs.slice(0, 8).join());
    expect(ours.slice(start, start + theirs.length)).toEqual(theirs);
  });

  it('sees ip, nft, genl and ss at work', () => {
    const requests = datagrams('every.pcapng').filter((datagram) => flags(datagram) & NLM_F_REQUEST);
    const seen = new Set(requests.map((datagram) => datagram.split(' ')[0]));
    expect([...seen]).toEqual(expect.arrayContaining(['0', '4', '12', '16']));
    const rtm = requests.filter((datagram) => datagram.startsWith('0 ')).map(type);
    expect(rtm).toEqual(expect.arrayContaining([16, 17, 20, 24]));
  });
});

describe('a tap merged with subscriptions to everything', () => {
  it('shows each message that passed between others, and each multicast once', () => {
    const every = datagrams('every.pcapng');
    const merged = datagrams('merged.pcapng');
    // The notifications of what ip did: RTM_NEWADDR and RTM_NEWROUTE without the flag of a request, with its portid.
    const notifications = [...new Set(every)].filter(
      (datagram) =>
        datagram.startsWith('0 ') &&
        [20, 24].includes(type(datagram)) &&
        (flags(datagram) & 3) === 0 &&
        merged.includes(datagram),
    );
    expect(notifications.length).toBeGreaterThan(1);
    for (const notification of notifications) {
      expect(countOf(every, notification)).toBeGreaterThan(1);
      expect(countOf(merged, notification)).toBe(1);
    }
    const begin = every.findIndex((datagram) => type(datagram) === 16 && /746170706564300/.test(datagram));
    const requests = every
      .slice(begin)
      .filter((datagram) => flags(datagram) & NLM_F_REQUEST && !merged.includes(datagram));
    expect(requests).toEqual([]);
  });

  it('prints them in the order in which they passed, and says what it left out', () => {
    expect(text('merged.err')).toMatch(/ 0 lost; left out: \d+ copies/);
    const lines = text('merged.out').split('\n');
    const request = lines.findIndex((line) => /RTM_NEWADDR/.test(line));
    expect(request).toBeGreaterThanOrEqual(0);
  });
});

describe('the devices', () => {
  it('are removed when a capture ends, is killed, or its helper was killed', () => {
    expect(text('after-stop')).toBe('0\n');
    expect(text('orphaned')).toBe('1\n');
    expect(text('after-next')).toBe('1\n');
  });

  it('end the tap with a sentence when somebody else removes them', () => {
    expect(text('removed.err')).toMatch(/The tap nlscope\S+ ended: the device is gone or was set down \(ENETDOWN\)/);
  });
});
