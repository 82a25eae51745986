import { describe, expect, it } from 'vitest';
import { TYPE_NAMES } from '../../dissect/typeNames.ts';
import { builtinLibrary } from '../builtin.ts';
import { AREAS, areaTitle } from './areas.ts';
import { familyCoverage, specsOf } from './coverage.ts';

const library = builtinLibrary();
const coverage = familyCoverage(library, () => false, TYPE_NAMES);

it('knows every rtnetlink type, netfilter subsystem, generic family and nl80211 command', () => {
  for (const [share, declared] of [
    [coverage.rtmTypes, 75],
    [coverage.subsystems, 12],
    [coverage.familiesNamed, 64],
    [coverage.nl80211Commands, 172],
  ] as const) {
    expect(share).toEqual({ known: declared, declared, missing: [] });
  }
  expect(coverage.protocols.declared).toBe(14);
  expect(coverage.familiesTyped.known).toBeGreaterThanOrEqual(50);
  expect(coverage.typedAttributes).toBeGreaterThanOrEqual(4000);
});

/** What the headers declare as an attribute and no attribute set has, by area. */
const ELSEWHERE: { readonly [title: string]: { readonly names: RegExp; readonly why: string } } = {
  'ROUTE tc': {
    names: /^TCA_EM_(META|IPT)_/,
    why: 'inside the data of an ematch, which is a member of a struct: tcf-em-meta names the first',
  },
  'GENERIC TIPC': { names: /^TIPC_TLV_/, why: 'the TLVs of the first TIPC interface are big endian and no attributes' },
};

describe('specs name all that the headers declare', () => {
  const areas = AREAS.filter((area) => area.headers !== undefined && specsOf(library, area).length > 0);

  it.each(areas.map(areaTitle))('%s', (title) => {
    const { messages, attributes } = coverage.areas.find((area) => area.title === title)!;
    expect(messages.missing).toEqual([]);
    const elsewhere = ELSEWHERE[title]?.names;
    expect(attributes.missing.filter((name) => elsewhere?.test(name) !== true)).toEqual([]);
    if (elsewhere !== undefined) expect(attributes.missing.some((name) => elsewhere.test(name))).toBe(true);
  });
});
