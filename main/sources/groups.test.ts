import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { groupName, knownGroups } from './groups.ts';

/** Where the kernel's headers are; another tree of headers may be checked too. */
const INCLUDE = process.env['UAPI_INCLUDE'] ?? '/usr/include';

/** Constants of a header that begin with a prefix, by their value: enumerators count up, #defines say it. */
function constants(header: string, prefix: string): Map<string, number> {
  const text = readFileSync(`${INCLUDE}/${header}`, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const found = new Map<string, number>();
  for (const [, body] of text.matchAll(/\benum\b[^{;]*\{([^}]*)\}/g)) {
    let value = 0;
    for (const item of (body ?? '').replace(/^\s*#.*$/gm, '').split(',')) {
      const [, name, given] = /^\s*(\w+)\s*(?:=\s*(\d+))?/.exec(item) ?? [];
      if (name === undefined) continue;
      if (given !== undefined) value = Number(given);
      if (name.startsWith(prefix)) found.set(name, value);
      value++;
    }
  }
  for (const [, name, value] of text.matchAll(/^#define\s+(\w+)\s+(0x[0-9a-f]+|\d+|\(1<<\d+\))\s*$/gim)) {
    if (!name?.startsWith(prefix) || value === undefined) continue;
    const shift = /^\(1<<(\d+)\)$/.exec(value);
    found.set(name, shift === null ? Number(value) : 2 ** Number(shift[1]));
  }
  return found;
}

const SOURCES = [
  { protocol: 0, header: 'linux/rtnetlink.h', prefix: 'RTNLGRP_', others: [] },
  { protocol: 4, header: 'linux/sock_diag.h', prefix: 'SKNLGRP_', others: [] },
  { protocol: 6, header: 'linux/xfrm.h', prefix: 'XFRMNLGRP_', others: [] },
  { protocol: 7, header: 'linux/selinux_netlink.h', prefix: 'SELNLGRP_', others: [] },
  { protocol: 9, header: 'linux/audit.h', prefix: 'AUDIT_NLGRP_', others: [] },
  { protocol: 11, header: 'linux/connector.h', prefix: 'CN_IDX_', others: [] },
  { protocol: 12, header: 'linux/netfilter/nfnetlink.h', prefix: 'NFNLGRP_', others: [] },
  { protocol: 18, header: 'scsi/scsi_netlink.h', prefix: 'SCSI_NL_GRP_', others: ['SCSI_NL_GRP_CNT'] },
  { protocol: 20, header: 'rdma/rdma_netlink.h', prefix: 'RDMA_NL_GROUP_', others: [] },
];

describe('group numbers are those of the uapi headers', () => {
  for (const { protocol, header, prefix, others } of SOURCES) {
    const isMissing = !existsSync(`${INCLUDE}/${header}`);
    if (isMissing) console.warn(`skipped: ${INCLUDE}/${header} is not installed`);
    test.skipIf(isMissing)(header, () => {
      const declared = [...constants(header, prefix)].filter(([name, value]) => value > 0 && !others.includes(name));
      expect(declared.length).toBeGreaterThan(0);
      const known = new Map(knownGroups(protocol)?.map((group) => [group.constant, group.group]));
      expect(Object.fromEntries(declared.map(([name]) => [name, known.get(name)]))).toEqual(
        Object.fromEntries(declared),
      );
    });
  }
});

test('every group has a name of its own and a description', () => {
  for (let protocol = 0; protocol < 32; protocol++) {
    const groups = knownGroups(protocol) ?? [];
    expect(new Set(groups.map((group) => group.name)).size).toBe(groups.length);
    expect(groups.map((group) => group.group)).toEqual(groups.map((group) => group.group).toSorted((a, b) => a - b));
    for (const group of groups) expect(group.doc).toMatch(/^\S.*\.$/);
  }
});

test('names read as people write them', () => {
  expect(groupName(0, 1)).toBe('link');
  expect(groupName(0, 5)).toBe('ipv4-ifaddr');
  expect(groupName(12, 3)).toBe('conntrack-destroy');
  expect(groupName(0, 200)).toBe('200');
  expect(groupName(2, 4)).toBe('4');
});
