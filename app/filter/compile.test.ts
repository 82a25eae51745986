import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileFilter } from './compile.ts';
import type { FieldRegistry } from './fields.ts';
import { PLACES, registry, type TestRecord } from './testing/registry.ts';

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function holds(text: string, record: TestRecord, fields: FieldRegistry<TestRecord> = registry): boolean {
  const compiled = compileFilter(text, fields);
  if (!compiled.ok) {
    throw new Error(`${text}: ${compiled.error.message}`);
  }
  const passes = compiled.predicate(record);
  // Many records at once are told the same.
  const places = Uint16Array.of(3, PLACES - 1);
  expect(compiled.narrow({ at: () => record }, places, 2)).toBe(passes ? 2 : 0);
  if (passes) expect([...places]).toEqual([3, PLACES - 1]);
  return passes;
}

const veth: TestRecord = {
  'nl.type': 16,
  'nl.flags': 0x305,
  'nl.dir': 'reply',
  'link.mtu': 1500,
  'link.min_mtu': 68,
  'link.ifname': 'eth0.100',
  'link.address': bytes(0x00, 0x1b, 0x21, 0x3c, 0x9d, 0xf8),
  'link.broadcast': bytes(0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  'link.up': false,
  'link.stats': bytes(1, 2, 3, 4, 0x61, 0x62, 0x63),
  info: 'RTM_NEWLINK eth0.100 UP mtu 1500',
};

/** Ends of tunnels: their hardware addresses are IP addresses. */
const sit: TestRecord = { 'link.address': bytes(10, 1, 2, 30) };
const ip6tnl: TestRecord = { 'link.address': bytes(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) };

const route: TestRecord = {
  'route.dst': bytes(10, 1, 2, 3),
  'route.gateway': [bytes(10, 0, 0, 1), bytes(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)],
};

describe('numbers', () => {
  test.each([
    ['link.mtu == 1500', true],
    ['link.mtu eq 1500', true],
    ['link.mtu == 0x5dc', true],
    ['link.mtu == 0b10111011100', true],
    ['link.mtu == 0o2734', true],
    ['link.mtu == 02734', true],
    ['link.mtu != 1500', false],
    ['link.mtu ne 1501', true],
    ['link.mtu < 1500', false],
    ['link.mtu le 1500', true],
    ['link.mtu > -1', true],
    ['link.mtu >= 1500.5', false],
    ['1400 < link.mtu <= 1500', true],
    ['1500 < link.mtu', false],
    ['1600 > link.mtu', true],
    ['link.mtu in {1, 1400..1500}', true],
    ['link.mtu in {1..5, 9}', false],
    ['link.mtu not in {1..5, 9}', true],
    ["link.min_mtu == 'D'", true],
    ["link.min_mtu == '\\x44'", true],
    ['link.mtu > link.min_mtu', true],
    ['link.mtu == link.min_mtu', false],
    ['IFLA_MTU == 1500', true],
  ])('%s: %s', (text, expected) => {
    expect(holds(text, veth)).toBe(expected);
  });

  test.each([
    ['link.mtu == 0xffffffffffffffff', 0xffff_ffff_ffff_ffffn, true],
    ['link.mtu == 18446744073709551615', 0xffff_ffff_ffff_ffffn, true],
    ['link.mtu == 18446744073709551614', 0xffff_ffff_ffff_ffffn, false],
    ['link.mtu == 5', 5n, true],
    ['link.mtu != 5', 5n, false],
    ['link.mtu > 4', 5n, true],
    ['link.mtu in {4, 5}', 5n, true],
    ['link.mtu & 0x8000000000000000', 0x8000_0000_0000_0000n, true],
    ['link.mtu & 0x8000000000000000 == 0x8000000000000000', 0x8000_0000_0000_0001n, true],
    ['link.mtu & 0xf == 5', 0x8000_0000_0000_0005n, true],
    ['link.mtu & 0x100000000', 2 ** 32 + 1, true],
    ['link.mtu & 0x80000000 == 0x80000000', 0x8000_0000, true],
    ['link.mtu has 0x80000001', 0x8000_0001, true],
    ['link.mtu & 1', 2.5, false],
    ['link.mtu has link.mtu', 2.5, true],
    ['link.mtu has -1', -1n, true],
    ['link.mtu == -5', -5, true],
  ])('64 bits: %s of %s: %s', (text, value, expected) => {
    expect(holds(text, { 'link.mtu': value })).toBe(expected);
  });
});

describe('names and bits', () => {
  test.each([
    ['nl.type == RTM_NEWLINK', true],
    ['nl.type == "RTM_NEWLINK"', true],
    ['RTM_NEWLINK == nl.type', true],
    ['netlink.hdr_type == 16', true],
    ['nl.type in {RTM_DELLINK, RTM_NEWADDR}', false],
    ['nl.type in {RTM_NEWLINK..RTM_DELLINK}', true],
    ['nl.dir == reply', true],
    ['nl.dir == "reply"', true],
    ['nl.dir == "anything"', false],
    ['nl.flags & NLM_F_ACK', true],
    ['nl.flags & NLM_F_MULTI', false],
    ['nl.flags & NLM_F_MULTI|NLM_F_ACK', true],
    ['nl.flags & 0x300 == 0x300', true],
    ['nl.flags & 0x300 == NLM_F_DUMP', true],
    ['nl.flags & 0x300 == 0x100', false],
    ['nl.flags & 0x300 & 0x100 == NLM_F_ROOT', true],
    ['nl.flags bitwise_and 4', true],
    ['nl.flags has NLM_F_DUMP', true],
    ['nl.flags has NLM_F_MULTI|NLM_F_ACK', false],
    ['nl.flags == NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP', true],
    ['nl.flags == NLM_F_ACK', false],
    ['vlan.protocol == 802.1Q', false],
  ])('%s: %s', (text, expected) => {
    expect(holds(text, veth)).toBe(expected);
  });

  test('a name that begins with a digit', () => {
    expect(holds('vlan.protocol == 802.1Q', { 'vlan.protocol': 0x8100 })).toBe(true);
  });
});

describe('text', () => {
  test.each([
    ['link.ifname == "eth0.100"', true],
    ['link.ifname == "ETH0.100"', false],
    ['upper(link.ifname) == "ETH0.100"', true],
    ['lower(link.ifname) contains "eth"', true],
    ['link.ifname contains "h0."', true],
    ['link.ifname contains "x"', false],
    ['link.ifname matches "^ETH\\d+\\."', true],
    ['link.ifname ~ r"\\.100$"', true],
    ['link.ifname matches "^h"', false],
    ['link.ifname[0:3] == "eth"', true],
    ['link.ifname[-3:] == "100"', true],
    ['link.ifname[3] == "0"', true],
    ['link.ifname[0-2,5-7] == "eth100"', true],
    ['link.ifname[:2] == "et"', true],
    ['link.ifname[20:]', false],
    ['link.ifname[4:][1:] == "00"', false],
    ['link.ifname[4:][1:] == "100"', true],
    ['len(link.ifname) == 8', true],
    ['link.ifname > "eth"', true],
    ['link.ifname in {"lo", "eth0.100"}', true],
    ['link.ifname in {"a".."f"}', true],
    ['"eth0.100" == link.ifname', true],
    ['link.kind', false],
    ['!link.kind', true],
    ['"NEWlink ETH0"', true],
    ['"dummy"', false],
    ['link.ifname == "eth0\\x2e100"', true],
  ])('%s: %s', (text, expected) => {
    expect(holds(text, veth)).toBe(expected);
  });
});

describe('bytes and addresses', () => {
  test.each([
    ['link.address == 00:1b:21:3c:9d:f8', veth, true],
    ['link.address == 00-1B-21-3c-9d-f8', veth, true],
    ['link.address == 001b.213c.9df8', veth, true],
    ['link.address == "00:1b:21:3c:9d:f8"', veth, true],
    ['link.address[0:3] == 00:1b:21', veth, true],
    ['link.address == 10.1.2.30', sit, true],
    ['link.address == 0a:01:02:1e', sit, true],
    ['link.address == fe80::1', ip6tnl, true],
    ['link.address == ::', ip6tnl, false],
    ['link.address[0] == ff', veth, false],
    ['link.broadcast[0] == ff', veth, true],
    ['link.broadcast[-1] == 0xff', veth, true],
    ['link.address contains 21:3c', veth, true],
    ['link.address contains 3c:21', veth, false],
    ['link.address < link.broadcast', veth, true],
    ['link.stats contains "abc"', veth, true],
    ['link.stats[0:4] == 01020304', veth, true],
    ['link.stats[0,2] == 01:03', veth, true],
    ['link.stats matches "ABC$"', veth, true],
    ['len(link.stats) == 7', veth, true],
    ['route.dst == 10.1.2.3', route, true],
    ['route.dst == 10.0.0.0/8', route, true],
    ['route.dst == 10.1.2.0/24', route, true],
    ['route.dst == 10.1.2.0/31', route, false],
    ['route.dst == 10.1.2.2/31', route, true],
    ['route.dst == 0.0.0.0/0', route, true],
    ['route.dst != 10.0.0.0/8', route, false],
    ['route.dst in {192.168.0.0/16, 10.1.0.0/16}', route, true],
    ['route.dst in {10.1.0.0..10.1.255.255}', route, true],
    ['route.dst > 10.1.2.2', route, true],
    ['route.dst == ::/0', route, false],
    ['route.dst > ::', route, false],
    ['route.gateway == fe80::1', route, true],
    ['route.gateway == fe80::/10', route, true],
    ['route.gateway == ::ffff:10.0.0.1', route, false],
    ['route.dst[0] == 0a', route, true],
    ['10.0.0.0/8 == route.dst', route, true],
  ])('%s of %#: %s', (text, record, expected) => {
    expect(holds(text, record)).toBe(expected);
  });
});

describe('fields of several values', () => {
  const mtus: TestRecord = { 'link.mtu': [1280, 1500] };
  test.each([
    ['link.mtu == 1500', true],
    ['link.mtu any_eq 1500', true],
    ['link.mtu != 1500', false],
    ['link.mtu all_ne 9000', true],
    ['link.mtu === 1500', false],
    ['link.mtu all_eq 1500', false],
    ['link.mtu !== 1500', true],
    ['link.mtu any_ne 1500', true],
    ['link.mtu ~= 1500', true],
    ['!(link.mtu == 1500)', false],
    ['link.mtu > 1400', true],
    ['all link.mtu > 1400', false],
    ['all link.mtu > 1000', true],
    ['any link.mtu != 1500', true],
    ['all link.mtu in {1280, 1500}', true],
    ['all link.mtu in {1280}', false],
    ['link.mtu not in {1280}', false],
    ['any link.mtu not in {1280}', true],
    ['all link.mtu not in {1280}', false],
    ['all link.mtu not in {9000}', true],
    ['count(link.mtu) == 2', true],
    ['count(link.ifname) == 0', true],
    ['link.mtu == link.mtu', true],
    ['link.mtu === link.mtu', false],
  ])('%s: %s', (text, expected) => {
    expect(holds(text, mtus)).toBe(expected);
  });

  test.each(['==', '!=', '===', '!==', '<', '>=', 'in'])('no comparison holds for an absent field: %s', (operator) => {
    const right = operator === 'in' ? '{1}' : '1';
    expect(holds(`link.mtu ${operator} ${right}`, {})).toBe(false);
    expect(holds(`all link.mtu ${operator} ${right}`, {})).toBe(false);
    expect(holds(`nl.type ${operator} ${right}`, {})).toBe(false);
  });
});

describe('joining', () => {
  const fields = ['link.mtu', 'link.kind', 'link.ifname'] as const;
  const [a, b, c] = fields;
  test.each([
    [`${a} || ${b} && ${c}`, (x: boolean, y: boolean, z: boolean) => x || (y && z)],
    [`(${a} or ${b}) and ${c}`, (x: boolean, y: boolean, z: boolean) => (x || y) && z],
    [`!${a} && ${b} || not ${c}`, (x: boolean, y: boolean, z: boolean) => (!x && y) || !z],
    [`${a} ^^ ${b} xor ${c}`, (x: boolean, y: boolean, z: boolean) => (x !== y) !== z],
    [`${a} || ${b} ^^ ${c}`, (x: boolean, y: boolean, z: boolean) => x || y !== z],
    [`${a} ^^ ${b} && ${c}`, (x: boolean, y: boolean, z: boolean) => x !== (y && z)],
    [`!(${a} || ${b}) && !!${c}`, (x: boolean, y: boolean, z: boolean) => !(x || y) && z],
    [`${a} && ${b} && ${c}`, (x: boolean, y: boolean, z: boolean) => x && y && z],
    [`!len(${c}) > 1 && ${a} || ${b}`, (x: boolean, y: boolean, z: boolean) => (!z && x) || y],
  ])('%s', (text, expected) => {
    for (let bits = 0; bits < 8; bits++) {
      const [x, y, z] = [(bits & 1) > 0, (bits & 2) > 0, (bits & 4) > 0];
      const record = { ...(x && { [a]: 1 }), ...(y && { [b]: 'veth' }), ...(z && { [c]: 'eth0' }) };
      expect(holds(text, record), `${x} ${y} ${z}`).toBe(expected(x, y, z));
    }
  });

  test('cheap fields are asked first, and what decides ends it', () => {
    const asked: string[] = [];
    const spying: FieldRegistry<TestRecord> = {
      ...registry,
      find(name) {
        const found = registry.find(name);
        return (
          found &&
          ({
            ...found,
            scalar: undefined,
            read: (record, out) => {
              asked.push(name);
              found.read(record, out);
            },
          } as typeof found)
        );
      },
    };
    expect(holds('link.mtu == 1500 && nl.type == 17', veth, spying)).toBe(false);
    expect(holds('link.ifname contains "x" || link.mtu == 1 || nl.type == 16', veth, spying)).toBe(true);
    expect(asked).toEqual(Array(6).fill('nl.type'));
  });

  test('an empty filter shows everything', () => {
    expect(holds('', veth)).toBe(true);
    expect(holds('  ', {})).toBe(true);
  });

  test('says which fields it reads, each once', () => {
    const compiled = compileFilter('link.mtu > 1 && IFLA_MTU < 9 && "x"', registry);
    expect(compiled.ok && compiled.fields.map(({ name }) => name)).toEqual(['link.mtu', 'info']);
  });

  test('a chain of thousands is a wide tree', () => {
    const text = Array.from({ length: 1_500 }, () => 'link.mtu').join('&&');
    expect(holds(text, veth)).toBe(true);
  });
});

describe('booleans, presence and times', () => {
  const at = (text: string) => BigInt(Date.parse(text)) * 1_000_000n;
  const timed: TestRecord = { time: at('2026-11-20T14:02:11.500Z') };
  test.each([
    ['link.up == false', veth, true],
    ['link.up == 1', veth, false],
    ['link.up', veth, true],
    ['nlctrl', { nlctrl: true }, true],
    ['!nlctrl', {}, true],
    ['errno', { errno: 22 }, true],
    ['errno', { errno: 0 }, false],
    ['!errno', {}, true],
    ['errno == 0', { errno: 0 }, true],
    ['errno == 0', {}, false],
    ['time > "2026-11-20 14:02:11.3Z"', timed, true],
    ['time > "2026-11-20 14:02:11.6 UTC"', timed, false],
    ['time == "2026-11-20 15:02:11.5+01:00"', timed, true],
    ['time >= 2026-11-20T14:02:11.500Z', timed, true],
    ['time >= 2026-11-20', timed, true],
    ['time < 1763647331.5', timed, false],
    ['time in {"2026-11-20 14:00:00Z".."2026-11-20 15:00:00Z"}', timed, true],
  ])('%s: %s', (text, record, expected) => {
    expect(holds(text, record as TestRecord)).toBe(expected);
  });

  test('without a zone a time is local', () => {
    const local = BigInt(new Date(2026, 10, 20, 14, 2, 11).getTime()) * 1_000_000n;
    expect(holds('time == "2026-11-20 14:02:11.25"', { time: local + 250_000_000n })).toBe(true);
  });

  test('seconds count from the origin, even when it moves after compiling', () => {
    let origin = 1_000_000_000n;
    const compiled = compileFilter('time >= 2.5', { ...registry, timeOrigin: () => origin });
    const after = { time: 3_600_000_000n };
    expect(compiled.ok && compiled.predicate(after)).toBe(true);
    origin = 2_000_000_000n;
    expect(compiled.ok && compiled.predicate(after)).toBe(false);
  });
});

describe('errors', () => {
  // The offending characters are marked « » in the text.
  test.each([
    ['link.mtu == «"x"»', 'link.mtu is a number; "x" is text', undefined],
    ['!nlctrl && link.mtu > «"1400"»', 'link.mtu is a number; "1400" is text', '1400'],
    ['link.mtu == «foo» ', 'link.mtu is a number; foo is neither that nor a field', undefined],
    ['link.mtu == «12ab» ', 'link.mtu is a number; 12ab is not', undefined],
    ['link.mtu == «08»', 'link.mtu is a number; 08 is not', undefined],
    ['link.ifname == «5»', 'link.ifname is text; 5 is a number', '"5"'],
    ['link.ifname == «eth0»', 'link.ifname is text; eth0 is neither in quotes nor a field', '"eth0"'],
    ['«link.mut» == 5', 'link.mut is not a field', 'link.mtu'],
    ['«zzzzzzzzzz»', 'zzzzzzzzzz is not a field', '"zzzzzzzzzz"'],
    ['nl.type == «RTM_NEWLINC»', 'RTM_NEWLINC is not a value of nl.type', 'RTM_NEWLINK'],
    ['nl.type in {16, «newlink»}', 'newlink is not a value of nl.type', 'RTM_NEWLINK'],
    ['nl.flags & «ACK»', 'ACK is not a value of nl.flags', 'NLM_F_ACK'],
    ['nl.dir == «repply»', 'repply is not a value of nl.dir', 'reply'],
    ['route.dst == «10.0.0.300»', 'route.dst is an IP address; 10.0.0.300 is not', undefined],
    ['route.dst == «10.0.0.0/33»', 'route.dst is an IP address; 10.0.0.0/33 is not', undefined],
    ['route.dst < «10.0.0.0/8»', '10.0.0.0/8 is a network; only an address has an order', undefined],
    [
      'link.mtu «contains» 5',
      'link.mtu is a number; contains works on text, bytes, an IP address or a hardware address',
      undefined,
    ],
    ['link.ifname «has» 5', 'link.ifname is text; has works on a number', undefined],
    ['nlctrl «==» 5', 'nlctrl is only present or absent; it has no value to compare', undefined],
    ['link.mtu == «link.ifname»', 'link.mtu is a number; link.ifname is text', undefined],
    ['«link.mtu[0:2]» == 5', 'link.mtu is a number; only text and bytes have slices', undefined],
    ['link.ifname[«5-2»] == "a"', '2 comes before 5: the slice is empty', undefined],
    ['link.ifname[1:«0»] == "a"', 'The number after ":" is a length and must be above 0', undefined],
    ['«size»(link.mtu) > 5', 'size is not a function', undefined],
    [
      'len(«link.mtu») > 5',
      'link.mtu is a number; len() takes text, bytes, an IP address, a hardware address',
      undefined,
    ],
    ['«len(link.ifname, link.kind)» > 5', 'len() takes one field, not 2', undefined],
    ['«1500» == 1500', '1500 is a value, not a field', undefined],
    ['«1500»', '1500 stands alone; compare a field with it', undefined],
    ['«(link.mtu == 1)» == (link.kind)', '(link.mtu == 1) is a condition', undefined],
    ['link.mtu == «(link.mtu == 1)»', '(link.mtu == 1) is a condition, not a value', undefined],
    ['link.mtu «|» link.kind', '| joins values, not conditions', '||'],
    ['link.ifname matches "a«(»b"', '"(" is not closed in the regular expression', undefined],
    ['link.ifname matches «link.kind»', 'A regular expression is written in quotes', undefined],
    ['link.mtu in {«9..1»}', 'The range is empty: its first value is greater than its last', undefined],
    ['link.mtu «=» 5', 'There is no operator "="', '=='],
    ['link.mtu == 5 «AND» link.kind', 'AND is written in small letters', 'and'],
    ['link.mtu == 5 «link.kind»', 'Expected && or || after 5, but found link.kind', undefined],
    ['link.mtu «link.kind» == 5', 'Expected an operator after link.mtu, but found link.kind', undefined],
    ['link.mtu «constructor» == 5', 'Expected an operator after link.mtu, but found constructor', undefined],
    ['«toString»(link.mtu) == 5', 'toString is not a function', undefined],
    ['link.mtu == «==» 5', 'Expected a value after ==, but found ==', undefined],
    ['link.mtu && «||» link.kind', 'Expected an expression after &&, but found ||', undefined],
    ['link.mtu == 5«)»', '")" closes nothing that is open', undefined],
    ['(link.mtu == 5«]» ', '"]" closes nothing that is open', undefined],
    ['«)»', '")" closes nothing that is open', undefined],
    ['«&&» link.mtu', 'A filter cannot begin with &&', undefined],
    ['link.mtu in «5» ', 'Expected a set in braces, such as {1, 2, 5..9}, after in, but found 5', undefined],
    ['link.mtu in {5 «6»}', 'Expected "," or "}" after 5, but found 6', undefined],
    ['any «link.mtu» ', 'any must be followed by a comparison', undefined],
    ["link.mtu == «'ab'»", "link.mtu is a number; 'ab' is not a single character", undefined],
    ['link.mtu has «1.5»', '1.5 is not a whole number, so it has no bits', undefined],
    ['link.mtu & «1.5»', '1.5 is not a whole number, so it has no bits', undefined],
    ['link.address == «aa:bb:cc» ', 'link.address is a hardware address; aa:bb:cc is not', undefined],
  ])('%s', (marked, message, replacement) => {
    const range = { start: marked.indexOf('«'), end: marked.indexOf('»') - 1 };
    const compiled = compileFilter(marked.replace(/[«»]/g, ''), registry);
    expect(compiled).toMatchObject({ ok: false, incomplete: false, error: { message, range } });
    expect(!compiled.ok && compiled.error.replacement).toBe(replacement);
  });

  test.each([
    ['link.mtu «==»', 'A value is missing after =='],
    ['link.mtu == 5 «&&»', 'An expression is missing after &&'],
    ['«!»', 'An expression is missing after !'],
    ['«(»link.mtu == 5', '"(" is not closed'],
    ['link.mtu in «{»1, 2', '"{" is not closed'],
    ['link.mtu in {1«,»', 'A value is missing after ,'],
    ['link.mtu «in»', 'A set is missing after in, such as {1, 2, 5..9}'],
    ['link.mtu «not»', '"in" is missing after not'],
    ['link.ifname«[»', 'The slice is not finished: [position], [position:length] or [first-last]'],
    ['link.ifname == «"eth»', 'Text without its end: the closing quote is missing'],
    ["link.mtu == «'»", 'Text without its end: the closing quote is missing'],
    ['link«.»', '"." is not finished'],
    ['link.mtu «=»', '"=" is not finished'],
    ['link.mtu == 5 «an»', '"an" is not finished'],
    ['!nlctrl && «link.k»', 'link.k is not a field'],
    ['nl.type == «RTM_NEWL»', 'RTM_NEWL is not a value of nl.type'],
    ['route.dst == «10.0.»'.replace('.»', '».'), '"." is not finished'],
    ['route.dst == «10.0»', 'route.dst is an IP address; 10.0 is not'],
    ['link.mtu == «0x»', 'link.mtu is a number; 0x is not'],
    ['link.address == «aa:bb»', 'link.address is a hardware address; aa:bb is not'],
    ['«len(link.ifname)»', 'len(link.ifname) is a value, not a condition'],
    ['len«(»', 'A field is missing after ('],
    ['len«(»link.ifname', '"(" is not closed'],
  ])('not finished: %s', (marked, message) => {
    const compiled = compileFilter(marked.replace(/[«»]/g, ''), registry);
    expect(compiled).toMatchObject({ ok: false, incomplete: true, error: { message } });
    if (!marked.includes('».')) {
      expect(!compiled.ok && compiled.error.range).toEqual({
        start: marked.indexOf('«'),
        end: marked.indexOf('»') - 1,
      });
    }
  });

  test('too long and too deep are refused', () => {
    expect(compileFilter('a'.repeat(20_001), registry)).toMatchObject({ ok: false });
    for (const deep of ['('.repeat(9_000), '!'.repeat(9_000), 'len('.repeat(4_000), '[0'.repeat(9_000)]) {
      expect(compileFilter(`${deep}link.mtu`, registry)).toMatchObject({ ok: false });
    }
    expect(compileFilter(`${'!'.repeat(500)}link.mtu`, registry)).toMatchObject({
      ok: false,
      error: { message: 'The filter is nested deeper than 100 levels' },
    });
    expect(holds(`${'('.repeat(90)}link.mtu${')'.repeat(90)}`, veth)).toBe(true);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    ...'link.mtu link.ifname nl.flags nl.type route.dst link.address time nlctrl link.stats RTM_NEWLINK 5 -1 0x1f 1.5'.split(
      ' ',
    ),
    ...'10.0.0.0/8 fe80::1 aa:bb "x" r"\\d" "( \'a\' == != === < >= ~ contains matches has in not any all & | && || ^^ !'.split(
      ' ',
    ),
    ...'( ) [ ] { } , .. : - . len( count( \\ " \' = ü 0: [0:2] {1..2} constructor __proto__'.split(' '),
  );
  const filter = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.array(word, { maxLength: 14 }).map((words) => words.join(' ')),
    fc.array(word, { maxLength: 14 }).map((words) => words.join('')),
  );

  test('compiles or is refused with a range inside the text, and never throws', () => {
    let compiledOnes = 0;
    fc.assert(
      fc.property(filter, (text) => {
        const compiled = compileFilter(text, registry);
        if (compiled.ok) {
          compiledOnes++;
          expect(typeof compiled.predicate(veth)).toBe('boolean');
          expect(typeof compiled.predicate(route)).toBe('boolean');
          return;
        }
        const { message, range } = compiled.error;
        expect(message).not.toBe('');
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeGreaterThanOrEqual(range.start);
        expect(range.end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 10_000 },
    );
    expect(compiledOnes).toBeGreaterThan(100);
  });
});
