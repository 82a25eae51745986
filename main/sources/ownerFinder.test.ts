import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AddressOwner } from '../../app/contracts/index.ts';
import { NETLINK_NETFILTER, NETLINK_ROUTE, NETLINK_USERSOCK } from '../../app/wire/index.ts';
import { forEachMessage } from './messages.ts';
import { type NetlinkSocket, openNetlink, realtimeNs } from './netlinkSocket.ts';
import { OwnerFinder } from './ownerFinder.ts';
import { listenToProcesses } from './procEvents.ts';
import { likelyPids } from './processes.ts';
import { Collector } from './testing/collector.ts';
import { makeNamespace, namespacesMissing, type TestNamespace, until } from './testing/namespace.ts';

/** linux/rtnetlink.h, linux/netfilter/nfnetlink.h. */
const RTNLGRP_IPV4_IFADDR = 5;
const NFNLGRP_NFTABLES = 7;

const MOST_TRIES = 50;

/** Runs a command in a namespace: `ip netns exec` becomes the command, so that its pid is known. */
async function run({ name }: TestNamespace, command: string[]): Promise<{ pid: number; command: string }> {
  const child = spawn('ip', ['netns', 'exec', name, ...command], { stdio: 'ignore' });
  const [status] = await once(child, 'exit');
  expect(status).toBe(0);
  return { pid: child.pid!, command: command.join(' ') };
}

/** Why processes that end at once cannot be followed here; undefined when they can. */
function connectorMissing(): string | undefined {
  const listening = listenToProcesses({ started() {}, ended() {} });
  if (listening.ok) {
    listening.value.close();
    return undefined;
  }
  console.warn(`skipped: the proc connector cannot be used (${listening.error.message})`);
  return listening.error.message;
}

it('takes an address for a process id, and for what libnl makes of one', () => {
  expect(likelyPids(568)).toEqual([568]);
  expect(likelyPids(0x78c0_0238)).toEqual([0x78c0_0238, 568]);
  expect(likelyPids(0xe900_0238)).toEqual([568]);
});

describe.skipIf(namespacesMissing() || connectorMissing())('processes that end at once', () => {
  let namespace: TestNamespace;
  beforeAll(() => {
    namespace = makeNamespace();
  });
  afterAll(() => namespace.remove());

  it('are found behind the notifications that ip and nft caused', async () => {
    const owners: AddressOwner[] = [];
    const finder = new OwnerFinder(namespace.path, { owners: (found) => owners.push(...found), ended() {} });
    const sockets: NetlinkSocket[] = [];
    const heard: { protocol: number; portid: number }[] = [];
    for (const [protocol, group] of [
      [NETLINK_ROUTE, RTNLGRP_IPV4_IFADDR],
      [NETLINK_NETFILTER, NFNLGRP_NFTABLES],
    ]) {
      const collector = new Collector();
      const opened = openNetlink({
        protocol,
        netns: namespace.path,
        groups: [group],
        onBatch(batch) {
          const before = collector.records.length;
          collector.onBatch(batch);
          for (const { bytes, timeNs } of collector.records.slice(before)) {
            forEachMessage(bytes, ({ portid }) => {
              if (portid === 0) return;
              heard.push({ protocol, portid });
              finder.find([{ protocol, portid, timeNs }]);
            });
          }
        },
      });
      if (!opened.ok) throw new Error(opened.error.message);
      sockets.push(opened.value);
    }
    finder.start();
    try {
      for (const command of [
        (n: number) => ['ip', 'addr', 'add', `10.9.${n}.1/24`, 'dev', 'lo'],
        (n: number) => ['nft', 'add', 'table', 'ip', `who${n}`],
      ]) {
        if (spawnSync(command(0)[0], ['-V']).error !== undefined) continue;
        // On a busy machine a process may have ended before anybody could look: then nobody is named, never another.
        let named = false;
        for (let n = 0; n < MOST_TRIES && !named; n++) {
          const ran = await run(namespace, command(n));
          const found = () => owners.find(({ portid }) => portid === ran.pid);
          await until(() => found() !== undefined, 'the process was looked up');
          expect(heard.map(({ portid }) => portid)).toContain(ran.pid);
          const process = found()?.process ?? null;
          // What is ending keeps its name for a while, but no command line.
          named = process !== null && process.command !== '';
          if (process !== null) expect(process).toMatchObject({ pid: ran.pid, comm: command(n)[0] });
          if (named) expect(process).toMatchObject(ran);
          if (process === null) expect(found()?.provenance).toBe('gone');
        }
        expect(named).toBe(true);
      }
    } finally {
      finder.close();
      for (const socket of sockets) socket.close();
    }
  });
});

describe('an owner finder', () => {
  it('is exact about a socket it can see held, and says so when nobody can be found', async () => {
    const opened = openNetlink({ protocol: NETLINK_USERSOCK, portid: 0x7000_0001 });
    if (!opened.ok) throw new Error(opened.error.message);
    const owners: AddressOwner[] = [];
    const finder = new OwnerFinder('', { owners: (found) => owners.push(...found), ended() {} });
    finder.start();
    try {
      const timeNs = realtimeNs();
      finder.find([
        { protocol: NETLINK_USERSOCK, portid: 0x7000_0001, timeNs },
        { protocol: NETLINK_USERSOCK, portid: 0xffff_fff0, timeNs },
      ]);
      await until(() => owners.some(({ portid }) => portid === 0xffff_fff0), 'both were looked up');
      const held = owners.find(({ portid }) => portid === 0x7000_0001);
      expect(held).toMatchObject({ provenance: 'exact', process: { pid: process.pid }, untilNs: null });
      expect(held!.fromNs).toBeLessThan(timeNs);
      expect(owners.find(({ portid }) => portid === 0xffff_fff0)).toMatchObject({ provenance: 'gone', process: null });
    } finally {
      finder.close();
      opened.value.close();
    }
  });

  it('tells when a socket it told of has been closed', async () => {
    const opened = openNetlink({ protocol: NETLINK_USERSOCK, portid: 0x7000_0002 });
    if (!opened.ok) throw new Error(opened.error.message);
    const owners: AddressOwner[] = [];
    const ended: number[] = [];
    const finder = new OwnerFinder('', {
      owners: (found) => owners.push(...found),
      ended: (_protocol, portid) => ended.push(portid),
    });
    finder.start();
    try {
      await until(() => owners.some(({ portid }) => portid === 0x7000_0002), 'the socket was seen');
      opened.value.close();
      await until(() => ended.includes(0x7000_0002), 'its end was told');
    } finally {
      finder.close();
    }
  });
});
