import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DumpComparison } from '../../app/contracts/index.ts';
import { type BuiltCommand, buildCommand, capturePath } from './testing/command.ts';

let command: BuiltCommand;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command?.remove());

const lines = (text: string) => text.split('\n').filter((line) => line !== '');
const diff = (...args: string[]) => command.run(['diff', ...args]);

describe('two messages', () => {
  it('differ in what was changed between them', () => {
    const { status, stdout } = diff(capturePath('route-a.pcap'), '4', '#8');
    expect(status).toBe(1);
    expect(
      lines(stdout)
        .slice(0, 2)
        .map((line) => line.slice(0, 22)),
    ).toEqual(['--- #4 RTM_NEWLINK 45:', '+++ #8 RTM_NEWLINK 45:']);
    expect(stdout).toContain('\n~ IFLA_QDISC: "noop" → "noqueue"\n');
    expect(stdout).not.toContain('IFLA_MTU');
    expect(stdout).not.toContain('nlmsg_seq');
  });

  it('are shown with all that is the same, and with what differs by itself, when that is asked for', () => {
    const { stdout } = diff(capturePath('route-a.pcap'), '4', '8', '--all', '--counters');
    expect(stdout).toContain('\n  IFLA_MTU: 1500 bytes\n');
    expect(stdout).toMatch(/\n~ {3}nlmsg_pid: \d+ → \d+\n/);
  });

  it('that are the same say so by their status', () => {
    expect(diff(capturePath('route-a.pcap'), '4', '4')).toMatchObject({ status: 0 });
  });

  it('come as JSON', () => {
    const { fields } = JSON.parse(diff(capturePath('route-a.pcap'), '4', '8', '--json').stdout);
    const qdisc = fields.find(({ name }: { name: string }) => name === 'IFLA_QDISC');
    expect(qdisc).toMatchObject({ standing: 'changed', expected: false, a: '"noop"', b: '"noqueue"' });
  });
});

describe('two dumps', () => {
  const file = capturePath('monitor-events.pcap');
  /** Indices of the interfaces that a dump tells of, read by another command. */
  const interfaces = (dump: string) =>
    lines(
      command.run(['read', file, '-Y', `${dump} && nl.type == RTM_NEWLINK`, '--fields', 'ifinfomsg.ifi_index']).stdout,
    );
  const dumpOf = (number: number) => `tx.request == ${number}`;

  it('have the objects added and removed that one of them lacks', () => {
    const { status, stdout } = diff(file, '1', '228', '--json');
    expect(status).toBe(1);
    const { differing, objects, counts, matchedBy }: DumpComparison = JSON.parse(stdout);
    const [before, after] = [interfaces(dumpOf(1)), interfaces(dumpOf(228))];
    expect(before.length).toBeGreaterThan(10);
    expect(objects).toEqual({ a: before.length, b: after.length });
    const indexOf = (number: number) =>
      lines(command.run(['read', file, '-Y', `number == ${number}`, '--fields', 'ifinfomsg.ifi_index']).stdout)[0];
    const added = differing.filter(({ standing }) => standing === 'onlyB').map(({ b }) => indexOf(b));
    expect(added).toEqual(after.filter((index) => !before.includes(index)));
    expect(added.length).toBeGreaterThan(0);
    expect(counts.onlyA).toBe(before.filter((index) => !after.includes(index)).length);
    expect(counts.same + counts.changed + counts.onlyB).toBe(after.length);
    expect(matchedBy).toEqual([{ type: 'RTM_NEWLINK', fields: ['ifinfomsg.ifi_family', 'ifinfomsg.ifi_index'] }]);
  });

  it('that differ in counters and ages alone are the same unless those are asked for', () => {
    expect(diff(file, '1', '16').status).toBe(0);
    const { status, stdout } = diff(file, '1', '16', '--counters');
    expect(status).toBe(1);
    expect(stdout).toContain('IFLA_STATS64.rx_packets 5367 → 5372');
  });

  it('of two captures are compared by what each tells last', () => {
    const [a, b] = [capturePath('route-a.pcap'), capturePath('route-b.pcap.gz')];
    expect(diff(a, a)).toMatchObject({ status: 0 });
    const there = diff(a, b, '-Y', 'route.dst == 10.0.0.0/8');
    expect(there.status).toBe(1);
    expect(there.stdout).toMatch(/\n~ RTM_NEWROUTE 10\.0\.0\.0\/24 .*\n {6}RTA_OIF /);
    const counted = (text: string) => /^(\d+) added, (\d+) removed/.exec(text)?.slice(1);
    const back = diff(b, a, '-Y', 'route.dst == 10.0.0.0/8');
    expect(counted(back.stdout)).toEqual(counted(there.stdout)?.reverse());
  });
});

it.each([
  [['route-a.pcap', '4', '4000'], 'has no message 4000: it has those from 1 to 162'],
  [['route-a.pcap', '4'], 'diff takes two messages, or two files: 4 is one message'],
  [['route-a.pcap', '4', '5', '6'], 'diff takes two messages, or two files'],
  [['route-a.pcap', '4', '5', '-Y', 'nl'], '-Y goes with two files'],
  [['raw-uevent-a.pcap', '/dev/null'], 'has no answers to a dump'],
])('%j is wrong use', ([file, ...more], words) => {
  const { status, stderr, stdout } = diff(capturePath(file!), ...more);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});
