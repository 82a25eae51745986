import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { COMMAND } from '../../main/setup/steps.mjs';
import { runScenario } from '../../main/setup/vm/scenario.mjs';

let out = '';
let text = () => '';
const NLM_F_REQUEST = 1;
const RTM_NEWLINK = 16;
const RTM_DELLINK = 17;
const TAPPED0 = Buffer.from('tapped0\0').toString('hex');
/** NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY with a header of 16 bytes, then AF_NETLINK: how netlink sockets are listed. */
const SOCKETS_ASKED = /^4 .{8}1400.{20}10/;

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
  ({ out, text } = await runScenario(join(import.meta.dirname, 'tap.sh'), {
    tools: ['ip', 'tcpdump', 'nft', 'genl', 'ss'],
    modules: ['nlmon', 'dummy'],
    moduleFolders: ['net/netfilter', 'net/netlink', 'net/ipv4', 'net/ipv6'],
    memory: 1200,
  }));
});

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
    // ip monitor and the merged capture listened: the tap saw each multicast twice.
    const multicasts = notifications.map((notification) => [notification, countOf(every, notification) / 2]);
    expect(notifications.map((notification) => [notification, countOf(merged, notification)])).toEqual(multicasts);
    // From the request that makes the link to the last one; both captures look for processes meanwhile.
    const isRequest = (datagram) => flags(datagram) & NLM_F_REQUEST && !SOCKETS_ASKED.test(datagram);
    const begin = every.findIndex(
      (datagram) => isRequest(datagram) && type(datagram) === RTM_NEWLINK && datagram.includes(TAPPED0),
    );
    const last = merged.findLast(isRequest);
    expect(type(last)).toBe(RTM_DELLINK);
    const missing = every
      .slice(begin, every.lastIndexOf(last) + 1)
      .filter((datagram) => isRequest(datagram) && !merged.includes(datagram));
    expect(missing).toEqual([]);
  });

  it('prints them in the order in which they passed, and says what it left out', () => {
    expect(text('merged.err')).toMatch(/ 0 lost; left out: \d+ copies/);
    const lines = text('merged.out').split('\n');
    const request = lines.findIndex((line) => /RTM_NEWADDR/.test(line));
    expect(request).toBeGreaterThanOrEqual(0);
  });
});

describe('who asked', () => {
  it.each([
    ['RTM_NEWADDR', 'ip'],
    ['NFT_MSG_NEWTABLE', 'nft'],
    ['RTM_NEWRULE', 'pb'],
  ])('is told of %s: %s', (type, program) => {
    const filter = `nl.type == "${type}" and nl.dir == "request"`;
    const args = ['read', join(out, 'asked.pcapng'), '-Y', filter, '--fields', 'nl.comm'];
    const rows = execFileSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
    expect(rows.split('\n').filter((row) => row !== '')).toEqual([program]);
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

  it('that are set down end the tap alone: what is subscribed to goes on, and the device is removed', () => {
    expect(text('mixed.err')).toMatch(/The tap nlscope\S+ ended: the device is gone or was set down \(ENETDOWN\)/);
    expect(text('mixed.out')).toMatch(/RTM_NEWLINK.*after0/);
    expect(text('mixed.err')).toMatch(/\nour own: \d+ messages, \d+ bytes, 0 lost, 1 error \(The tap nlscope/);
    expect(text('after-down')).toBe('0\n');
  });
});
