import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { CAPABILITY_NAMES, effectiveCapabilities, parseCapabilities } from './capabilities.ts';
import { takeInventory } from './inventory.ts';
import { openNetlink } from './netlinkSocket.ts';
import { missingCapability, refusal } from './privilege.ts';
import { makeNamespace, namespacesMissing } from './testing/namespace.ts';

const NOBODY = 65534;
const isRoot = process.geteuid?.() === 0;
if (!isRoot) console.warn('skipped: only root can give up its capabilities and take them back');

describe('inventory', () => {
  test('has the protocols and groups of every kernel, and only what the kernel has', async () => {
    const { protocols } = await takeInventory();
    const byName = new Map(protocols.map((protocol) => [protocol.name, protocol]));
    const route = byName.get('NETLINK_ROUTE');
    expect(route).toMatchObject({ protocol: 0, title: 'Route', family: 'RT', locked: null, genlFamilies: [] });
    expect(route?.groups[0]).toMatchObject({
      ref: { protocol: 0, group: 1 },
      name: 'link',
      common: true,
      locked: null,
    });
    const uevent = byName.get('NETLINK_KOBJECT_UEVENT');
    expect(uevent?.groups.map((group) => group.name)).toEqual(['kernel', 'udev']);
    expect(byName.has('NETLINK_FIREWALL')).toBe(false);
    expect(byName.has('NETLINK_UNUSED')).toBe(false);
    for (const { protocol, locked } of protocols) {
      const opened = openNetlink({ protocol });
      expect(opened.ok).toBe(locked === null);
      if (opened.ok) opened.value.close();
    }
  });

  test('has the generic netlink families with their groups, in order, named by what the specs know', async () => {
    const { protocols } = await takeInventory('', {
      isKnown: (family) => family === 'nlctrl',
      operationName: (family, cmd) => (family === 'nlctrl' && cmd === 3 ? 'CTRL_CMD_GETFAMILY' : undefined),
    });
    const families = protocols.find((protocol) => protocol.protocol === 16)?.genlFamilies ?? [];
    expect(families.map((family) => family.name)).toEqual(families.map((family) => family.name).toSorted());
    const nlctrl = families.find((family) => family.name === 'nlctrl');
    expect(nlctrl).toMatchObject({ id: 16, known: true });
    expect(nlctrl?.groups).toMatchObject([
      { name: 'notify', common: true, locked: null, ref: { protocol: 16, genlFamily: 'nlctrl', name: 'notify' } },
    ]);
    expect(nlctrl?.operations.find((operation) => operation.cmd === 3)?.name).toBe('CTRL_CMD_GETFAMILY');
    expect(families.filter((family) => family.known)).toHaveLength(1);
  });

  test.skipIf(namespacesMissing() !== undefined)(
    'of another namespace has the same protocols for routing',
    async () => {
      const ns = makeNamespace();
      try {
        const { protocols } = await takeInventory(ns.path);
        expect(protocols.find((protocol) => protocol.protocol === 0)?.groups.length).toBeGreaterThan(30);
      } finally {
        ns.remove();
      }
    },
  );
});

describe.skipIf(!isRoot)('without capabilities', () => {
  afterEach(() => {
    process.seteuid?.(0);
  });

  test('what the kernel refuses is named with the capability that is missing, and the rest is open', async () => {
    process.seteuid?.(NOBODY);
    expect(effectiveCapabilities()).toEqual([]);
    const { protocols } = await takeInventory();
    const find = (protocol: number) => protocols.find((info) => info.protocol === protocol);
    expect(find(0)?.groups.find((group) => group.name === 'link')?.locked).toBeNull();
    expect(find(0)?.groups.find((group) => group.name === 'ipv4-mroute-r')?.locked).toMatchObject({
      errno: 'EPERM',
      capability: 'CAP_NET_ADMIN',
    });
    expect(find(15)?.groups.map((group) => group.locked)).toEqual([null, null]);
    for (const locked of find(6)?.groups.map((group) => group.locked) ?? []) {
      expect(locked).toMatchObject({ errno: 'EPERM', capability: 'CAP_NET_ADMIN' });
    }
    for (const locked of find(9)?.groups.map((group) => group.locked) ?? []) {
      expect(locked).toMatchObject({ errno: 'EPERM', capability: 'CAP_AUDIT_READ' });
      expect(locked?.message).toBe('Joining group 1 (NETLINK_AUDIT) needs CAP_AUDIT_READ: EPERM.');
    }
  });

  test.skipIf(namespacesMissing() !== undefined)('entering a namespace needs CAP_SYS_ADMIN', () => {
    const ns = makeNamespace();
    try {
      process.seteuid?.(NOBODY);
      const opened = openNetlink({ protocol: 0, netns: ns.path });
      expect(opened).toMatchObject({ ok: false, error: { errno: 'EPERM', capability: 'CAP_SYS_ADMIN' } });
      expect(openNetlink({ protocol: 0, netns: '/proc/1/ns/net' })).toMatchObject({
        ok: false,
        error: { errno: 'EACCES', capability: 'CAP_SYS_PTRACE' },
      });
    } finally {
      process.seteuid?.(0);
      ns.remove();
    }
  });

  test('hearing all namespaces needs CAP_NET_BROADCAST, sending to groups CAP_NET_ADMIN', () => {
    process.seteuid?.(NOBODY);
    expect(openNetlink({ protocol: 0, allNsid: true })).toMatchObject({
      ok: false,
      error: { errno: 'EPERM', capability: 'CAP_NET_BROADCAST' },
    });
    const opened = openNetlink({ protocol: 0, receiveBuffer: 1 << 30, onBatch: () => undefined });
    if (!opened.ok) throw new Error(opened.error.message);
    const socket = opened.value;
    expect(socket.send(new Uint8Array(16), { groupMask: 1 })).toMatchObject({
      ok: false,
      error: { errno: 'EPERM', capability: 'CAP_NET_ADMIN' },
    });
    // Beyond net.core.rmem_max the buffer is what is permitted, and says so.
    const limit = Number(readFileSync('/proc/sys/net/core/rmem_max', 'utf8'));
    expect(socket.counters().receiveBuffer).toBe(2 * limit);
    socket.close();
  });
});

test('a refusal is about a capability only where it is about permission', () => {
  expect(missingCapability(0, 'join', 1)).toBe('CAP_NET_ADMIN');
  expect(missingCapability(9, 'request', 1)).toBe('CAP_AUDIT_CONTROL');
  expect(missingCapability(16, 'join', 1, 'NET_DM')).toBe('CAP_SYS_ADMIN');
  expect(missingCapability(16, 'join', 1, 'ethtool')).toBe('CAP_NET_ADMIN');
  expect(missingCapability(0, 'join', 22)).toBeUndefined();
  expect(refusal('Joining group 99', 0, 'join', 22)).toEqual({
    message: 'Joining group 99 (NETLINK_ROUTE) failed: EINVAL, Invalid argument.',
    errno: 'EINVAL',
  });
});

test('capabilities are read from the status of a process', () => {
  expect(parseCapabilities('Name:\tx\nCapEff:\t0000000000003000\n')).toEqual(['CAP_NET_ADMIN', 'CAP_NET_RAW']);
  expect(parseCapabilities('CapEff:\t8000000000000001\n')).toEqual(['CAP_CHOWN', 'CAP_63']);
  expect(parseCapabilities('')).toEqual([]);
});

const CAPABILITY_HEADER = `${process.env['UAPI_INCLUDE'] ?? '/usr/include'}/linux/capability.h`;

test.skipIf(!existsSync(CAPABILITY_HEADER))('capability numbers are those of linux/capability.h', () => {
  const text = readFileSync(CAPABILITY_HEADER, 'utf8');
  const declared = [...text.matchAll(/^#define\s+(CAP_\w+)\s+(\d+)\s*$/gm)];
  expect(declared.length).toBeGreaterThan(35);
  for (const [, name, number] of declared) expect(CAPABILITY_NAMES[Number(number)]).toBe(name);
});
