import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeNamespace, namespacesMissing, type TestNamespace } from '../sources/testing/namespace.ts';
import { type BuiltCommand, buildCommand } from './testing/command.ts';

/**
 * ip, nft and tc in a namespace where veth0 is 3 and br0 is 4: a pair of veths, a bridge, veth0 in it and up, an address,
 * a route, a table with a set and rules about interfaces, a queueing discipline.
 */
const SESSION = fileURLToPath(new URL('../../e2e/captures/session.pcapng', import.meta.url));
const missing = namespacesMissing();

describe.skipIf(missing !== undefined)('nlscope replay', () => {
  let command: BuiltCommand;
  let namespace: TestNamespace;
  let folder: string;
  const shown = (program: string, ...args: string[]) =>
    execFileSync('ip', ['netns', 'exec', namespace.name, program, ...args], { encoding: 'utf8' });
  const replay = (...args: string[]) => command.run(['replay', SESSION, '--netns', namespace.name, ...args]);
  const objects = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  beforeAll(async () => {
    command = await buildCommand();
    folder = mkdtempSync(join(tmpdir(), 'nlscope-replay-'));
  }, 120_000);
  afterAll(() => {
    command.remove();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    namespace = makeNamespace();
    // Indices are others than when it was recorded.
    for (const name of ['x0', 'x1', 'x2']) namespace.ip('link', 'add', name, 'type', 'bridge');
    return () => namespace.remove();
  });

  it('configures another namespace as the first was, by the names of interfaces', () => {
    const { status, stdout, stderr } = replay();
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(stdout).toMatch(/RTM_NEWLINK set {2}ENODEV, as it was/);
    expect(stdout).toMatch(/#19 .*RTM_NEWADDR add 10\.1\.2\.3\/24 dev veth0 {2}ACK/);
    const [{ ifindex }] = JSON.parse(shown('ip', '-j', 'link', 'show', 'veth0'));
    expect(ifindex).not.toBe(3);
    expect(stdout).toContain(`ifa_index ${ifindex} [veth0]`);
    expect(shown('ip', 'address', 'show', 'dev', 'veth0')).toMatch(/master br0 [\s\S]*inet 10\.1\.2\.3\/24/);
    expect(shown('ip', 'route')).toMatch(/10\.9\.0\.0\/16 via 10\.1\.2\.9 dev veth0/);
    const rules = shown('nft', 'list', 'ruleset');
    expect(rules).toContain('elements = { 10.0.0.1, 10.0.0.7 }');
    expect(rules).toContain('iif "veth0" ip saddr @s counter');
    expect(rules).toContain('iif "lo" accept');
    expect(shown('tc', 'qdisc', 'show', 'dev', 'veth0')).toMatch(/^qdisc htb 1: root .*default 0x10/);
  });

  it('tells what would be sent and sends nothing', () => {
    const { status, stdout } = replay('--dry-run', '--json');
    expect(status).toBe(0);
    const steps = objects(stdout);
    expect(steps.map(({ title }) => title)).toEqual([
      ...['RTM_NEWLINK', 'RTM_NEWLINK', 'RTM_NEWLINK', 'RTM_NEWLINK', 'RTM_NEWLINK', 'RTM_NEWLINK', 'RTM_NEWADDR'],
      ...['RTM_NEWROUTE', 'NFT_MSG_NEWTABLE', 'NFT_MSG_NEWCHAIN', 'NFT_MSG_NEWSET', 'NFT_MSG_NEWSETELEM'],
      ...['NFT_MSG_NEWRULE', 'NFT_MSG_NEWRULE', 'RTM_NEWQDISC'],
    ]);
    // What nft sent in one datagram goes in one.
    expect(steps.map(({ datagram }) => datagram)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8, 9]);
    expect(steps[5].numbers).toEqual([
      { field: 'ifi_index', recorded: '3 [veth0]', fate: 'later', text: 'known once #3 has made veth0' },
      { field: 'IFLA_MASTER', recorded: '4 [br0]', fate: 'later', text: 'known once #7 has made br0' },
    ]);
    expect(steps[12].numbers).toEqual([
      expect.objectContaining({ field: 'iif', recorded: '3 [veth0]', fate: 'later' }),
    ]);
    expect(steps[13].numbers).toEqual([expect.objectContaining({ field: 'iif', recorded: '1 [lo]', fate: 'same' })]);
    expect(shown('ip', '-br', 'link')).not.toContain('veth');
  });

  it('sends nothing where an interface has no counterpart, until it is told to', () => {
    const { status, stdout, stderr } = replay('-Y', 'addr');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/nothing was sent: ifa_index 3 \[veth0\] of #19: there is no interface veth0 in namespace/);
    namespace.ip('link', 'add', 'veth0', 'type', 'bridge');
    expect(replay('-Y', 'addr')).toMatchObject({ status: 0, stderr: '' });
    expect(shown('ip', '-4', '-br', 'address')).toMatch(/^veth0 .*10\.1\.2\.3\/24/m);
    namespace.ip('link', 'del', 'veth0');
    const links: { ifindex: number; ifname: string }[] = JSON.parse(shown('ip', '-j', 'link'));
    const third = links.find(({ ifindex }) => ifindex === 3)?.ifname;
    expect(replay('-Y', 'addr', '--as-recorded')).toMatchObject({ status: 0 });
    expect(shown('ip', '-4', '-br', 'address')).toMatch(new RegExp(`^${third} .*10\\.1\\.2\\.3/24`, 'm'));
  });

  it('stops at a refusal, or goes on', () => {
    namespace.ip('link', 'add', 'br0', 'type', 'bridge');
    const stopped = replay('--json');
    expect(stopped.status).toBe(1);
    expect(stopped.stderr).toMatch(/stopped; 11 requests were not sent/);
    const answers = objects(stopped.stdout);
    expect(answers.at(-1)).toMatchObject({ number: 7, answer: { outcome: 'error', errno: 'EEXIST' } });
    expect(shown('ip', '-br', 'address')).not.toContain('10.1.2.3');
    namespace.ip('link', 'del', 'veth0');
    const whole = replay('--json', '--keep-going');
    expect(whole.status).toBe(1);
    expect(objects(whole.stdout)).toHaveLength(15);
    expect(shown('ip', '-br', 'address')).toContain('10.1.2.3');
  });

  it('tells of a batch at which message it was refused', () => {
    namespace.ip('link', 'add', 'veth0', 'type', 'bridge');
    shown('nft', 'add table inet t; add set inet t s { type ether_addr; }');
    const { status, stdout } = replay('--json', '-Y', 'nft && nl.dir == request');
    expect(status).toBe(1);
    const outcomes = objects(stdout).map(({ title, answer }) => `${title} ${answer.outcome} ${answer.errno}`.trim());
    expect(outcomes).toContainEqual(expect.stringMatching(/^NFT_MSG_NEWSET(ELEM)? error E/));
    expect(outcomes[0]).toBe('NFT_MSG_NEWTABLE undone');
    expect(shown('nft', 'list', 'ruleset')).not.toContain('chain input');
  });

  it('says why there is nothing to send', () => {
    expect(replay('-Y', 'nl.type == RTM_GETLINK')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no request of it changes anything; \d+ only ask, which --reads sends, too/),
    });
    expect(replay('-Y', 'nl.dir == reply')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/no request to a kernel/),
    });
    const asked = replay('--reads', '--keep-going', '-Y', 'nl.type == RTM_GETLINK').stdout;
    expect(asked).toMatch(/RTM_GETLINK dump links {2}DONE/);
    expect(asked).toMatch(/RTM_GETLINK get veth0 {2}ENODEV/);
  });
});
