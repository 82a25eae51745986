import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combine, type FilterJoin, formatClause } from './clauses.ts';
import { compileFilter } from './compile.ts';
import { quote } from './literals.ts';
import { registry, type TestRecord } from './testing/registry.ts';

function holds(text: string, record: TestRecord): boolean {
  const compiled = compileFilter(text, registry);
  if (!compiled.ok) {
    throw new Error(`${text}: ${compiled.error.message}`);
  }
  return compiled.predicate(record);
}

describe('formatClause', () => {
  test.each([
    ['link.mtu', '1500', 'link.mtu == 1500'],
    ['link.mtu', '-1', 'link.mtu == -1'],
    ['nl.type', 'RTM_NEWLINK', 'nl.type == RTM_NEWLINK'],
    ['nl.flags', 'NLM_F_ACK | NLM_F_DUMP', 'nl.flags == NLM_F_ACK | NLM_F_DUMP'],
    ['link.ifname', '"eth0"', 'link.ifname == "eth0"'],
    ['link.address', '00:1b:21:3c:9d:f8', 'link.address == 00:1b:21:3c:9d:f8'],
    ['route.dst', 'fe80::1', 'route.dst == fe80::1'],
    ['vlan.protocol', '802.1Q', 'vlan.protocol == 802.1Q'],
    ['link.ifname', 'a b', 'link.ifname == "a b"'],
    ['link.ifname', 'in', 'link.ifname == "in"'],
    ['link.ifname', '1 == 2', 'link.ifname == "1 == 2"'],
    ['link.ifname', '"a" || link.mtu', 'link.ifname == "\\"a\\" || link.mtu"'],
    ['nlctrl', '', 'nlctrl'],
  ])('%s, %s', (field, value, expected) => {
    expect(formatClause(field, value)).toBe(expected);
  });

  test('finds the very value, whatever text it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), (name) => {
        expect(holds(formatClause('link.ifname', quote(name)), { 'link.ifname': name })).toBe(true);
      }),
    );
  });

  test('makes one comparison of any value', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12, minLength: 1 }), (value) => {
        const compiled = compileFilter(`(${formatClause('link.kind', value)}) && link.mtu`, registry);
        const typeError = !compiled.ok && /^link\.kind is text|is not a field$/.test(compiled.error.message);
        expect(compiled.ok || typeError).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('combine', () => {
  test.each<[string, string, FilterJoin, string]>([
    ['', 'link.mtu == 5', 'and', 'link.mtu == 5'],
    ['', 'link.mtu == 5', 'and not', '!(link.mtu == 5)'],
    ['nlctrl', 'link.mtu == 5', 'replace', 'link.mtu == 5'],
    ['nlctrl', 'link.mtu == 5', 'exclude', '!(link.mtu == 5)'],
    ['nlctrl', 'link.mtu == 5', 'and', 'nlctrl && link.mtu == 5'],
    ['nlctrl', 'link.mtu == 5', 'or', 'nlctrl || link.mtu == 5'],
    ['nlctrl', 'link.mtu', 'and not', 'nlctrl && !link.mtu'],
    ['link.mtu || nlctrl', 'link.kind', 'and', '(link.mtu || nlctrl) && link.kind'],
    ['(link.mtu || nlctrl)', 'link.kind', 'and', '(link.mtu || nlctrl) && link.kind'],
    ['(link.mtu) || (nlctrl)', 'link.kind', 'and', '((link.mtu) || (nlctrl)) && link.kind'],
    ['link.mtu ^^ nlctrl', 'link.kind', 'and', '(link.mtu ^^ nlctrl) && link.kind'],
    ['link.mtu && nlctrl', 'link.kind', 'or', 'link.mtu && nlctrl || link.kind'],
    ['nlctrl', 'link.mtu || link.kind', 'and', 'nlctrl && (link.mtu || link.kind)'],
    ['nlctrl &&', 'link.kind', 'and', 'link.kind'],
    ['  ', 'link.kind', 'or', 'link.kind'],
  ])('%j, %j, %s', (old, clause, join, expected) => {
    expect(combine(old, clause, join)).toBe(expected);
  });

  test('means what it says, whatever is joined', () => {
    const atoms = ['link.mtu', 'link.kind', 'nlctrl'];
    const filter = fc
      .array(fc.tuple(fc.constantFrom('', '!'), fc.constantFrom(...atoms), fc.constantFrom('&&', '||', '^^')), {
        minLength: 1,
        maxLength: 4,
      })
      .map((parts) => parts.map(([not, atom, join], index) => `${index ? `${join} ` : ''}${not}${atom}`).join(' '));
    const record = fc.subarray(atoms).map((names) => Object.fromEntries(names.map((name) => [name, 1])));
    fc.assert(
      fc.property(filter, filter, record, (old, clause, values) => {
        const [a, b] = [holds(old, values), holds(clause, values)];
        expect(holds(combine(old, clause, 'and'), values)).toBe(a && b);
        expect(holds(combine(old, clause, 'or'), values)).toBe(a || b);
        expect(holds(combine(old, clause, 'and not'), values)).toBe(a && !b);
        expect(holds(combine(old, clause, 'exclude'), values)).toBe(!b);
      }),
      { numRuns: 2_000 },
    );
  });
});
