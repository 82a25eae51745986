import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import type { FieldNode } from '../../app/contracts/index.ts';
import { readCorpusFile } from '../../app/dissect/testing/corpus.ts';
import { formatClause } from '../../app/filter/index.ts';
import { createDecoding } from './decoding.ts';
import { messageDetail } from './detail.ts';
import type { Document } from './document.ts';
import { FieldCells } from './fieldCells.ts';
import { Listing } from './listing.ts';
import { METHOD_ARGUMENTS } from './methods.ts';
import { openDocument } from './openDocument.ts';
import { rowPage } from './rows.ts';

function listed(capture: string): Listing {
  const opened = openDocument(memorySource(new Uint8Array(readCorpusFile(`${capture}.pcap`))), createDecoding());
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  const listing = new Listing(opened.value.document, 1);
  while (listing.step(1000));
  return listing;
}

/** Quotes around a text are for the tree, unless there are others in it, or nothing. */
function withoutQuotes(text: string): string {
  const isQuoted = text.length > 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted && !/["\\]/.test(text.slice(1, -1)) ? text.slice(1, -1) : text;
}

/** Texts of all nodes of a tree that name a filter field, as the window is sent them; not those of headers. */
function textsIn(nodes: readonly FieldNode[], found = new Map<string, string[]>()): Map<string, string[]> {
  for (const node of nodes) {
    if (node.kind === 'header') continue;
    if (node.filter !== undefined && node.kind !== 'generated')
      found.set(node.filter, [...(found.get(node.filter) ?? []), withoutQuotes(node.text)]);
    textsIn(node.children, found);
  }
  return found;
}

/** What the tree offers to filter by. */
function clausesIn(nodes: readonly FieldNode[]): string[] {
  return nodes.flatMap(({ filter, filterValue = '', children }) => [
    ...(filter === undefined ? [] : [formatClause(filter, filterValue)]),
    ...clausesIn(children),
  ]);
}

function rowsOf({ store }: Document): number[] {
  return Array.from({ length: store.count }, (_, row) => row).filter((row) => !store.isGap(row));
}

describe.each(['link-attrs-a', 'nft-a', 'addr-a', 'errors-rtnl', 'ethtool-a', 'raw-audit-a', 'tc-qdisc-a'])(
  'cells of fields in %s',
  (capture) => {
    const listing = listed(capture);
    const { document, registry } = listing;
    const rows = rowsOf(document);
    const trees = rows.map((row) => textsIn(messageDetail(document, row)!.tree));
    const names = [...new Set(trees.flatMap((tree) => [...tree.keys()]))];

    it('are of fields by which the tree offers to filter, and such a filter passes its row', () => {
      const clauses = new Map<string, number>();
      for (const row of rows)
        for (const clause of clausesIn(messageDetail(document, row)!.tree)) clauses.set(clause, row);
      for (const [clause, row] of clauses) {
        const filter = listing.compile(clause);
        if (!filter.ok) throw new Error(`${clause}: ${filter.error.message}`);
        expect([row, clause, filter.value.passes(row)]).toEqual([row, clause, true]);
      }
      expect([...clauses.keys()].some((clause) => /^nl\.seq == \d+$/.test(clause))).toBe(true);
    });

    it('say what the tree says, and a filter made of one passes its row', () => {
      expect(names.length).toBeGreaterThan(2);
      const cells = new FieldCells(document, registry, names);
      let checked = 0;
      rows.forEach((row, at) => {
        const told = cells.of(row) ?? {};
        for (const [name, { text, filterValue }] of Object.entries(told)) {
          const whole = trees[at]!.get(name)?.join(', ');
          if (whole === undefined) continue;
          if (whole.length <= 256) expect([row, name, text]).toEqual([row, name, whole]);
          else expect([text.length, text.slice(0, 200), text.at(-1)]).toEqual([256, whole.slice(0, 200), '…']);
          checked++;
          if (filterValue === undefined) continue;
          const clause = formatClause(name, filterValue);
          const filter = listing.compile(clause);
          if (!filter.ok) throw new Error(`${clause}: ${filter.error.message}`);
          expect([row, clause, filter.value.passes(row)]).toEqual([row, clause, true]);
        }
      });
      expect(checked).toBeGreaterThan(0);
    });

    it('are there where the filter says that the field is', () => {
      for (const name of names.slice(0, 25)) {
        const cells = new FieldCells(document, registry, [name]);
        const filter = listing.compile(name);
        if (!filter.ok) throw new Error(filter.error.message);
        const having = rows.filter(filter.value.passes);
        expect([name, rows.filter((row) => cells.of(row) !== undefined)]).toEqual([name, having]);
      }
    });
  },
);

describe('a page of rows', () => {
  const listing = listed('link-kinds-a');
  listing.view.setGrouped(false);
  while (listing.step(1000));

  it('tells of the fields that were asked for, by the names that were used', async () => {
    const names = [
      'link.mtu',
      'IFLA_IFNAME',
      'nl.len',
      'nl.protocol',
      'nl.flags',
      'ifinfomsg.ifi_type',
      'link.linkinfo',
    ];
    const { rows } = await rowPage(listing, new Set(), 0, 500, { fields: names });
    const row = rows.find(({ fields }) => fields?.['link.mtu'] !== undefined && fields['link.linkinfo'] !== undefined)!;
    const { tree } = messageDetail(listing.document, row.number - 1)!;
    const member = (header: string, name: string) =>
      tree.find((node) => node.name === header)!.children.find((node) => node.name === name)!.text;
    const texts = textsIn(tree);
    expect(row.fields).toMatchObject({
      'link.mtu': { text: texts.get('link.mtu')![0] },
      IFLA_IFNAME: { text: texts.get('link.ifname')![0] },
      'nl.len': { text: `${row.length}`, filterValue: `${row.length}` },
      'nl.protocol': { text: 'NETLINK_ROUTE', filterValue: 'NETLINK_ROUTE' },
      'nl.flags': { text: member('nlmsghdr', 'nlmsg_flags') },
      'ifinfomsg.ifi_type': { text: member('ifinfomsg', 'ifi_type') },
      'link.linkinfo': { text: texts.get('link.linkinfo')![0], filterValue: '' },
    });
    expect(row.fields!['link.mtu']!.text).toMatch(/^\d+ bytes$/);
  });

  it('is not held up by names that cannot be looked up at once', async () => {
    const fresh = listed('link-attrs-a');
    const fields = ['link.mtu', 'ifinfomsg.ifi_type', 'no.such_field'];
    const asked = async () => {
      let late = 0;
      const { rows } = await rowPage(fresh, new Set(), 0, 500, { fields, late: () => late++ });
      return { late, found: new Set(rows.flatMap(({ fields: cells = {} }) => Object.keys(cells))) };
    };
    expect(await asked()).toEqual({ late: 2, found: new Set(['link.mtu']) });
    while (fresh.prepare());
    expect(await asked()).toEqual({ late: 0, found: new Set(['link.mtu', 'ifinfomsg.ifi_type']) });
  });

  it('has no cells for names that mean nothing, and none unless asked', async () => {
    const names = ['no.such_field', '', '__proto__', 'constructor', 'link.mtu &&', ' '];
    const { rows } = await rowPage(listing, new Set(), 0, 500, { fields: names });
    expect(rows.every(({ fields }) => fields === undefined)).toBe(true);
    expect((await rowPage(listing, new Set(), 0, 500)).rows.every(({ fields }) => fields === undefined)).toBe(true);
  });
});

it('a window asks with fields or without, for no more than a list can have', () => {
  const takes = (...args: unknown[]) => v.is(METHOD_ARGUMENTS.rows, args);
  expect([takes(0, 64), takes(0, 64, []), takes(0, 64, ['link.mtu'])]).toEqual([true, true, true]);
  expect([takes(0, 64, 'link.mtu'), takes(0, 64, [7]), takes(0, 64, ['x'.repeat(257)])]).toEqual([false, false, false]);
  expect(takes(0, 64, Array(65).fill('link.mtu'))).toBe(false);
});
