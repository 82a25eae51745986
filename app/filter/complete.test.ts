import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkFilter } from './check.ts';
import { completeFilter, type SeenValues } from './complete.ts';
import { registry, type TestRecord } from './testing/registry.ts';

const seen: SeenValues<TestRecord> = ({ name }) =>
  name === 'link.kind'
    ? [
        { text: '"dummy"', count: 2940 },
        { text: '"veth"', count: 702 },
      ]
    : [];

/** The cursor stands at | in the text. */
function complete(marked: string) {
  const offset = marked.indexOf('|');
  const { from, options } = completeFilter(marked.replace('|', ''), offset, registry, seen);
  return { from, labels: options.map(({ label }) => label), options };
}

describe('fields', () => {
  test('where a condition begins', () => {
    for (const [text, from] of [
      ['link.m|', 0],
      ['!link.m|', 1],
      ['nlctrl && link.m|', 10],
      ['(link.m|', 1],
      ['any link.m|', 4],
      ['nl.type == RTM_NEWLINK or link.m|', 26],
      ['len(link.m|', 4],
      ['link.m| == 5', 0],
    ] as const) {
      const { from: found, labels } = complete(text);
      expect(found, text).toBe(from);
      expect(labels, text).toEqual(['link.mtu', 'link.min_mtu']);
    }
  });

  test('with a dot at the end', () => {
    expect(complete('route.|')).toMatchObject({ from: 0, labels: ['route.dst', 'route.gateway'] });
  });

  test('come with functions and words, with type and doc', () => {
    const { options } = complete('|');
    expect(options[0]).toEqual({ label: 'nl.type', kind: 'field', detail: 'number', doc: 'The nl.type field.' });
    const rest = options.filter(({ kind }) => kind !== 'field').map(({ label }) => label);
    expect(rest).toEqual(['len(', 'count(', 'lower(', 'upper(', 'not', 'any', 'all']);
  });
});

describe('operators', () => {
  test('are those that suit the field', () => {
    expect(complete('link.ifname |').labels).toEqual([
      ...['==', '!=', '===', '!==', '<', '<=', '>', '>=', 'contains', 'matches', 'in', 'not in'],
      ...['&&', '^^', '||'],
    ]);
    expect(complete('nl.flags |').labels).toContain('&');
    expect(complete('nl.flags |').labels).not.toContain('contains');
    expect(complete('nlctrl |').labels).toEqual(['&&', '^^', '||']);
    expect(complete('len(link.ifname) |').labels).toContain('&');
  });

  test('in every spelling once begun', () => {
    expect(complete('link.mtu =|')).toMatchObject({ from: 9, labels: ['==', '==='] });
    expect(complete('link.mtu n|')).toMatchObject({ from: 9, labels: ['ne', 'not in'] });
    expect(complete('link.ifname con|').labels).toEqual(['contains']);
  });

  test('only connectives follow a comparison', () => {
    expect(complete('link.mtu == 5 |').labels).toEqual(['&&', '^^', '||']);
    expect(complete('link.mtu in {5} |').labels).toEqual(['&&', '^^', '||']);
    expect(complete('link.mtu == 5 a|').labels).toEqual(['and']);
    expect(complete('link.mtu == 5 &|').labels).toEqual(['&&']);
  });
});

describe('values', () => {
  test('names with their numbers and docs', () => {
    expect(complete('nl.type == |').options[0]).toEqual({
      label: 'RTM_NEWLINK',
      kind: 'value',
      detail: '16',
      doc: 'About RTM_NEWLINK.',
    });
    expect(complete('nl.type == newl|')).toMatchObject({ from: 11, labels: ['RTM_NEWLINK'] });
    expect(complete('nl.type in {RTM_NEWLINK, RTM_NEWA|').labels).toEqual(['RTM_NEWADDR']);
    expect(complete('nl.type not in {|').labels[0]).toBe('RTM_NEWLINK');
    expect(complete('nl.flags & |').labels[0]).toBe('NLM_F_REQUEST');
    expect(complete('nl.flags & NLM_F_DUMP == |').labels[0]).toBe('NLM_F_REQUEST');
  });

  test('values seen, with their counts, also inside quotes', () => {
    expect(complete('link.kind == |').options.slice(0, 2)).toEqual([
      { label: '"dummy"', kind: 'value', detail: '2940', doc: '' },
      { label: '"veth"', kind: 'value', detail: '702', doc: '' },
    ]);
    expect(complete('link.kind == "ve|')).toMatchObject({ from: 13, labels: ['"veth"'] });
    expect(complete('link.kind != "ve|th"').from).toBe(13);
  });

  test('names of text tell how often they were seen', () => {
    const often: SeenValues<TestRecord> = () => [{ text: 'reply', count: 12 }];
    const { options } = completeFilter('nl.dir == ', 10, registry, often);
    expect(options.map(({ label, detail }) => [label, detail])).toEqual([
      ['reply', '12'],
      ['request', ''],
    ]);
  });

  test('names that are no plain words come in quotes', () => {
    const { labels } = complete('vlan.protocol == |');
    expect(labels).toEqual(['802.1Q', '"in"', '"of 2"']);
    for (const label of labels) {
      expect(checkFilter(`vlan.protocol == ${label}`, registry)).toEqual({ state: 'ok' });
    }
  });

  test('true and false', () => {
    expect(complete('link.up == |').labels).toEqual(['true', 'false']);
  });

  test('fields that can be compared', () => {
    expect(complete('link.mtu > link.m|').labels).toEqual(['link.min_mtu']);
    expect(complete('link.address[0:3] == link.br|').labels).toEqual(['link.broadcast']);
  });

  test('nothing where nothing fits', () => {
    expect(complete('link.ifname[0|').labels).toEqual([]);
    expect(complete('link.mtu in {5 |').labels).toEqual([]);
    expect(complete('"et|').labels).toEqual([]);
  });

  test('the rest of a set', () => {
    expect(complete('link.mtu in |').labels).toEqual(['{']);
    expect(complete('link.mtu not |').labels).toEqual(['in']);
  });
});

test('any text at any offset has an answer', () => {
  const piece = fc.constantFrom(...'link.mtu|nl.type|==|in|{|}|(|)|[|]|,|..|&|&&|not|"x"|"|5|.|-| |len('.split('|'));
  const text = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(' '));
  fc.assert(
    fc.property(text, fc.nat(60), (filter, at) => {
      const offset = Math.min(at, filter.length);
      const { from } = completeFilter(filter, offset, registry, seen);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from).toBeLessThanOrEqual(offset);
    }),
    { numRuns: 5_000 },
  );
});

test('checkFilter tells finished, unfinished and wrong apart', () => {
  expect(checkFilter('link.mtu > 5', registry)).toEqual({ state: 'ok' });
  expect(checkFilter('link.mtu >', registry)).toMatchObject({
    state: 'incomplete',
    error: { range: { start: 9, end: 10 } },
  });
  expect(checkFilter('link.mtu > "x"', registry)).toMatchObject({
    state: 'error',
    error: { range: { start: 11, end: 14 } },
  });
});
