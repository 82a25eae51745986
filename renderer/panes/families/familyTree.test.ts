import { describe, expect, it } from 'vitest';
import type { Failure, GroupInfo, Inventory, ProtocolInfo } from '../../../app/contracts/index.ts';
import {
  chosenGroups,
  defaultOptions,
  type FamilyTreeInput,
  familyKey,
  familyRows,
  lockedReasons,
  refKey,
} from './familyTree.ts';

const NO_AUDIT: Failure = { message: 'not permitted', capability: 'CAP_AUDIT_READ' };

function group(protocol: number, number: number, name: string, common = true, genlFamily?: string): GroupInfo {
  const ref = genlFamily ? { protocol, group: number, name, genlFamily } : { protocol, group: number };
  return { ref, name, doc: '', locked: null, common };
}

function protocol(number: number, title: string, more: Partial<ProtocolInfo>): ProtocolInfo {
  return { protocol: number, name: title, title, family: 'RT', groups: [], genlFamilies: [], locked: null, ...more };
}

const inventory: Inventory = {
  protocols: [
    protocol(0, 'Route', { groups: [group(0, 1, 'link'), group(0, 3, 'neigh'), group(0, 32, 'nexthop', false)] }),
    protocol(9, 'Audit', { family: 'AUD', groups: [group(9, 1, 'readlog')], locked: NO_AUDIT }),
    protocol(16, 'Generic', {
      family: 'GENL',
      genlFamilies: [
        {
          id: 0x14,
          name: 'nl80211',
          version: 1,
          headerSize: 0,
          maxAttr: 9,
          groups: [group(16, 5, 'config', true, 'nl80211'), group(16, 6, 'scan', true, 'nl80211')],
          operations: [],
          known: true,
        },
      ],
    }),
  ],
};

function rows(more: Partial<FamilyTreeInput> = {}) {
  return familyRows({ inventory, chosen: new Set(), counts: {}, openness: new Map(), search: '', ...more });
}
const labels = (more: Partial<FamilyTreeInput> = {}) => rows(more).map((row) => row.label);

describe('familyRows', () => {
  it('shows common groups and counts the rest', () => {
    expect(labels()).toEqual(['Route', 'link', 'neigh', '1 more group', 'Generic', 'nl80211', 'Audit']);
    expect(labels({ openness: new Map([['0+', true]]) })).toContain('nexthop');
  });

  it('puts what people look at first, first, and opens only that', () => {
    const protocols = ['OTHER', 'UEV', 'GENL', 'NF', 'RT'].map((family, at) =>
      protocol(at + 1, family, { family, groups: [group(at + 1, 1, `${family} a`), group(at + 1, 2, `${family} b`)] }),
    );
    expect(labels({ inventory: { protocols } })).toEqual([
      ...['RT', 'RT a', 'RT b', 'NF', 'NF a', 'NF b', 'GENL', 'GENL a', 'GENL b'],
      ...['UEV', 'OTHER'],
    ]);
  });

  it('has three states of a box', () => {
    const state = (chosen: string[]) => rows({ chosen: new Set(chosen) })[0]!.checked;
    expect([state([]), state(['0/1']), state(['0/1', '0/3', '0/32'])]).toEqual([false, 'mixed', true]);
  });

  it('joins the common groups first, then all, then leaves all', () => {
    const refs = (chosen: string[]) => rows({ chosen: new Set(chosen) })[0]!.refs.map(refKey);
    expect(refs([])).toEqual(['0/1', '0/3']);
    expect(refs(['0/1', '0/3'])).toEqual(['0/1', '0/3', '0/32']);
    expect(refs(['0/1', '0/3', '0/32'])).toEqual(['0/1', '0/3', '0/32']);
  });

  it('counts messages by protocol, generic family and group', () => {
    const counted = rows({
      counts: { '0': 12, '0/1': 7, '16/nl80211': 5, '16/6': 2 },
      openness: new Map([['16:nl80211', true]]),
    });
    const of = (label: string) => counted.find((row) => row.label === label)?.messages;
    expect([of('Route'), of('link'), of('nl80211'), of('scan'), of('config')]).toEqual([12, 7, 5, 2, 0]);
  });

  it('keeps what is locked, closed and with its reason', () => {
    const audit = rows().find((row) => row.label === 'Audit')!;
    expect(audit.locked).toBe(NO_AUDIT);
    expect(audit.expandable).toBe(false);
    expect(lockedReasons(inventory)).toEqual([{ title: 'Audit', error: NO_AUDIT }]);
  });

  it('tells a protocol that is locked as a whole from one with some locked groups', () => {
    const locked = (number: number): GroupInfo => ({ ...group(0, number, `g${number}`), locked: NO_AUDIT });
    const protocols = [
      protocol(0, 'Route', { groups: [group(0, 1, 'link'), locked(2), locked(3)] }),
      protocol(6, 'IPsec', { groups: [locked(1), locked(2)] }),
    ];
    expect(lockedReasons({ protocols }).map(({ title }) => title)).toEqual(['2 groups of Route', 'IPsec']);
  });

  it('searches through everything, hidden groups too', () => {
    expect(labels({ search: 'SCAN' })).toEqual(['Generic', 'nl80211', 'scan']);
    expect(labels({ search: 'nexth' })).toEqual(['Route', 'nexthop']);
    expect(labels({ search: 'zzz' })).toEqual([]);
  });
});

describe('familyKey', () => {
  const lines = rows();
  const key = (name: string, at: number) => familyKey(lines, at, name);

  it('moves, opens, closes and acts', () => {
    expect(key('j', 0)).toEqual({ kind: 'go', line: 1 });
    expect(key('ArrowLeft', 2)).toEqual({ kind: 'go', line: 0 });
    expect(key('ArrowLeft', 0)).toEqual({ kind: 'open', open: false });
    expect(key('ArrowRight', 5)).toEqual({ kind: 'open', open: true });
    expect(key(' ', 1)).toEqual({ kind: 'act' });
    expect(key('x', 1)).toBeNull();
    expect(familyKey([], 0, 'j')).toBeNull();
  });
});

describe('what a start captures', () => {
  it('is the common groups of what is not locked, until someone chooses', () => {
    expect(defaultOptions(inventory).groups.map(refKey)).toEqual([
      '0/1',
      '0/3',
      '16:nl80211/config',
      '16:nl80211/scan',
    ]);
  });

  it('leaves out groups that are gone, and takes their new numbers', () => {
    const groups = [
      { protocol: 16, group: 99, genlFamily: 'nl80211', name: 'scan' },
      { protocol: 16, group: 3, genlFamily: 'gone', name: 'x' },
    ];
    expect(chosenGroups(inventory, { groups })).toEqual([
      { protocol: 16, group: 6, name: 'scan', genlFamily: 'nl80211' },
    ]);
    expect(chosenGroups(inventory, { groups: [], everything: true }).map(refKey)).toEqual([
      '0/1',
      '0/3',
      '0/32',
      '16:nl80211/config',
      '16:nl80211/scan',
    ]);
  });
});
