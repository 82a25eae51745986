import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SocketInfo } from '../../app/contracts/index.ts';
import { NETLINK_GENERIC, NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_USERSOCK } from '../../app/wire/index.ts';
import { type NetlinkSocket, openNetlink } from './netlinkSocket.ts';
import { listSockets } from './netlinkSockets.ts';

/** Addresses that only this test binds: others' sockets come and go between two looks. */
const PORTIDS = [0x7100_0001, 0x7100_0002, 0x7100_0003];
const RTNLGRP_LINK = 1;
const RTNLGRP_IPV4_ROUTE = 7;
/** enum in linux/rtnetlink.h; beyond the 32 groups that /proc/net/netlink shows. */
const RTNLGRP_NEXTHOP = 32;

/** A socket that joins a group (SOL_NETLINK, NETLINK_ADD_MEMBERSHIP) without having an address. */
const UNBOUND = `
import socket, sys
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, ${NETLINK_ROUTE})
s.setsockopt(270, 1, ${RTNLGRP_LINK})
print("joined", flush=True)
sys.stdin.read()
`;

describe('the netlink sockets of this machine', () => {
  const opened: NetlinkSocket[] = [];
  let listed: SocketInfo[] = [];
  beforeAll(async () => {
    const wanted = [
      { protocol: NETLINK_ROUTE, groups: [RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEXTHOP] },
      { protocol: NETLINK_GENERIC, groups: [] },
      { protocol: NETLINK_USERSOCK, groups: [3] },
    ];
    wanted.forEach((options, at) => {
      const socket = openNetlink({ ...options, portid: PORTIDS[at] });
      if (!socket.ok) throw new Error(socket.error.message);
      opened.push(socket.value);
    });
    // Something waits to be received by the third, which nobody reads.
    const sender = openNetlink({ protocol: NETLINK_USERSOCK });
    if (!sender.ok) throw new Error(sender.error.message);
    opened.push(sender.value);
    expect(sender.value.send(new Uint8Array(16), { portid: PORTIDS[2] }).ok).toBe(true);
    const result = await listSockets();
    if (!result.ok) throw new Error(result.error.message);
    listed = result.value;
  });
  afterAll(() => {
    for (const socket of opened) socket.close();
  });

  const ours = () => listed.filter(({ portid }) => PORTIDS.includes(portid));

  it('are listed with process, groups by name and flags', () => {
    expect(ours()).toHaveLength(PORTIDS.length);
    for (const socket of ours()) expect(socket.process).toMatchObject({ pid: process.pid });
    expect(ours().find(({ portid }) => portid === PORTIDS[2])?.receiveQueue).toBeGreaterThan(0);
    const [route] = ours();
    expect(route.groups.map(({ group }) => group)).toEqual([RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_NEXTHOP]);
    expect(route.groups.map(({ name }) => name)).toEqual(['link', 'ipv4-route', 'nexthop']);
    expect(listed.find(({ protocol, portid }) => protocol === NETLINK_ROUTE && portid === 0)?.process?.comm).toBe(
      'kernel',
    );
  });

  it('are listed without the one that asked', () => {
    const asking = listed.filter(
      ({ protocol, process: who }) => protocol === NETLINK_SOCK_DIAG && who?.pid === process.pid,
    );
    expect(asking).toEqual([]);
  });

  // Our own sockets are always bound.
  it.skipIf(spawnSync('python3', ['-V']).error !== undefined)(
    'are not the kernel’s where they were never bound',
    async () => {
      const child = spawn('python3', ['-c', UNBOUND], { stdio: ['pipe', 'pipe', 'inherit'] });
      try {
        await once(child.stdout, 'data');
        const result = await listSockets();
        const routes = result.ok
          ? result.value.filter(({ protocol, portid }) => protocol === NETLINK_ROUTE && portid === 0)
          : [];
        const its = routes.filter(({ process: who }) => who?.pid === child.pid);
        expect(its).toMatchObject([{ exact: true, groups: [{ group: RTNLGRP_LINK, name: 'link' }] }]);
        expect(routes.filter(({ process: who }) => who?.comm === 'kernel')).toHaveLength(1);
      } finally {
        child.stdin.end();
        await once(child, 'close');
      }
    },
  );

  it('are those of /proc/net/netlink', () => {
    const lines = readFileSync('/proc/net/netlink', 'utf8').trimEnd().split('\n').slice(1);
    const shown = lines.map((line) => line.trim().split(/\s+/));
    for (const { protocol, portid, groups, receiveQueue, sendQueue, drops, inode } of ours()) {
      const line = shown.find(([, eth, pid]) => Number(eth) === protocol && Number(pid) === portid);
      const mask = groups.reduce((bits, { group }) => (group <= 32 ? bits + 2 ** (group - 1) : bits), 0);
      expect(line?.slice(3, 6).concat(line.slice(8))).toEqual([
        mask.toString(16).padStart(8, '0'),
        String(receiveQueue),
        String(sendQueue),
        String(drops),
        String(inode),
      ]);
    }
    // The kernel's own sockets stay.
    const kernels = shown.filter(([, , pid]) => pid === '0').map(([, eth]) => Number(eth));
    expect(listed.filter(({ portid }) => portid === 0).map(({ protocol }) => protocol)).toEqual(
      kernels.sort((a, b) => a - b),
    );
  });

  it.skipIf(spawnSync('ss', ['-V']).error !== undefined)('are those of ss', () => {
    const lines = execFileSync('ss', ['-f', 'netlink', '-n'], { encoding: 'utf8' }).split('\n').slice(1);
    for (const { protocol, portid, receiveQueue, sendQueue } of ours()) {
      const line = lines.find((text) => new RegExp(`\\s${protocol}:${portid}\\s`).test(text))?.trim();
      expect(line?.split(/\s+/).slice(0, 2)).toEqual([String(receiveQueue), String(sendQueue)]);
    }
  });
});
