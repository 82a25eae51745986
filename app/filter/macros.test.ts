import { describe, expect, test } from 'vitest';
import { checkFilter } from './check.ts';
import { combine } from './clauses.ts';
import { compileFilter } from './compile.ts';
import { completeFilter } from './complete.ts';
import { checkMacroText, expandMacros, withMacros } from './macros.ts';
import { registry, type TestRecord } from './testing/registry.ts';

const MACROS = new Map([
  ['big', 'link.mtu > 1400'],
  ['bigger', 'link.mtu > $1'],
  ['named', 'link.ifname == $1 || info contains "$1"'],
  ['news', '{RTM_NEWLINK, RTM_NEWADDR}'],
  ['mtu', 'link.mtu'],
  ['between', 'link.mtu in {$1}'],
  ['both', '$named($1) && $bigger($2)'],
  ['loop', '!$pool'],
  ['pool', '$loop && $big'],
  ['broken', 'link.mtu = 3'],
  ['stray', 'link.mtux > $1'],
  ['pattern', 'link.ifname matches r"^$1\\d$"'],
]);
const withThem = withMacros(registry, () => MACROS);

function passes(text: string, record: TestRecord): boolean {
  const compiled = compileFilter(text, withThem);
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.predicate(record);
}

function errorOf(text: string) {
  const compiled = compileFilter(text, withThem);
  if (compiled.ok) throw new Error(`${text} is no mistake`);
  return { ...compiled.error, incomplete: compiled.incomplete };
}

describe('what a macro stands for', () => {
  test.each([
    ['$big', '(link.mtu > 1400)'],
    ['!$big && nl.type', '!(link.mtu > 1400) && nl.type'],
    ['$bigger(1400 | 1)', '(link.mtu > (1400 | 1))'],
    ['$named("eth0")', '(link.ifname == "eth0" || info contains "eth0")'],
    ['$named(eth0)', '(link.ifname == eth0 || info contains "eth0")'],
    ['nl.type in $news', 'nl.type in {RTM_NEWLINK, RTM_NEWADDR}'],
    ['$mtu > 5', 'link.mtu > 5'],
    ['$between(1..5)', '(link.mtu in {1..5})'],
    ['$both("a\\"b", $mtu)', '((link.ifname == "a\\"b" || info contains "a\\"b") && (link.mtu > link.mtu))'],
    ['$pattern(eth)', '(link.ifname matches r"^eth\\d$")'],
    ['"$big costs $1"', '"$big costs $1"'],
  ])('%s', (text, expanded) => {
    expect(expandMacros(text, MACROS).text).toBe(expanded);
  });

  test('it is one thing, whatever stands beside it', () => {
    const record = { 'link.mtu': 1500, 'link.ifname': 'eth0', info: 'x' };
    expect(passes('$named("lo") && $big', record)).toBe(false);
    expect(passes('$named("eth0") && !$bigger(1500)', record)).toBe(true);
    expect(passes('$both("eth0", 1000)', record)).toBe(true);
    expect(passes('$pattern(eth)', record)).toBe(true);
  });
});

describe('what is wrong', () => {
  test('in the text of a macro is told there, and where the filter uses it', () => {
    const error = errorOf('nl.type && !$stray(3) && $big');
    expect(error).toMatchObject({
      message: 'In the macro $stray: link.mtux is not a field',
      range: { start: 12, end: 21 },
      macro: { name: 'stray', range: { start: 0, end: 9 }, text: 'link.mtux > $1' },
      incomplete: false,
    });
    expect(error.replacement).toBeUndefined();
  });

  test('in an argument is told of the argument', () => {
    expect(errorOf('nl.type && $bigger("x")')).toMatchObject({ range: { start: 19, end: 22 } });
    expect(errorOf('nl.type && $bigger("x")').macro).toBeUndefined();
    expect(errorOf('$bigger(link.mtux)')).toMatchObject({
      message: 'link.mtux is not a field',
      range: { start: 8, end: 17 },
      replacement: 'link.mtu',
    });
  });

  test('with the syntax of a macro', () => {
    expect(errorOf('$broken')).toMatchObject({
      message: 'In the macro $broken: There is no operator "="',
      macro: { name: 'broken', range: { start: 9, end: 10 } },
    });
  });

  test.each([
    ['$loop', 'In the macro $pool: The macro $loop uses itself: $loop → $pool → $loop'],
    ['$bigger', 'The macro $bigger takes one argument, not 0'],
    ['$big(1) && $mtu', 'The macro $big takes no argument, not 1'],
    ['$bih && $mtu', 'There is no macro $bih'],
    ['link.mtu == $1', '$1 stands for an argument, and only in the text of a macro'],
    ['$', '"$" is not finished'],
  ])('%s: %s', (text, message) => {
    expect(errorOf(text).message).toBe(message);
  });

  test('what is being typed is not finished', () => {
    for (const text of ['$bi', '$bigger', '$bigger(', '$', 'nl.type && $']) {
      expect([text, checkFilter(text, withThem).state]).toEqual([text, 'incomplete']);
    }
    expect(checkFilter('$stray(3)', withThem).state).toBe('error');
  });

  test('a macro that grows beyond all bounds, or is nested too deeply, is refused', () => {
    const doubling = new Map(
      Array.from({ length: 40 }, (_, n) => [`m${n}`, n === 0 ? 'link.mtu' : `$m${n - 1} && $m${n - 1}`]),
    );
    const started = performance.now();
    expect(() => expandMacros('$m39', doubling)).toThrow(/characters$/);
    const nested = `${'$bigger('.repeat(150)}1${')'.repeat(150)}`;
    expect(() => expandMacros(nested, MACROS)).toThrow(/nested deeper/);
    expect(checkFilter(`${'$bigger('.repeat(2000)}1${')'.repeat(2000)}`, withThem).state).toBe('error');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('the text of a macro is checked without its arguments', () => {
  expect(checkMacroText('new', 'link.mtu > $1 && $named($2)', MACROS)).toBeNull();
  expect(checkMacroText('new', '{1, 2..$1}', MACROS)).toBeNull();
  expect(checkMacroText('new', '', MACROS)?.error.message).toBe('The macro has no text');
  expect(checkMacroText('new', '$named', MACROS)?.error.message).toBe('The macro $named takes one argument, not 0');
  expect(checkMacroText('big', '$both(1, 2) || $1', MACROS)).toBeNull();
  expect(checkMacroText('bigger', '$both(1, 2)', MACROS)?.error.message).toBe(
    'In the macro $both: The macro $bigger uses itself: $bigger → $both → $bigger',
  );
  expect(checkMacroText('new', 'link.mtu >', MACROS)?.error.message).toBe('A value is missing after >');
});

test('macros are proposed after a dollar sign, where one can stand', () => {
  const labels = (text: string) => completeFilter(text, text.length, withThem).options.map(({ label }) => label);
  expect(labels('$bi')).toEqual(['$big', '$bigger(']);
  expect(labels('nl.type && $mt')).toEqual(['$mtu']);
  expect(labels('nl.type in $new')).toEqual(['$news']);
  expect(labels('nl.type $')).toEqual([]);
  expect(completeFilter('$bi', 3, withThem)).toMatchObject({
    from: 0,
    options: [{ kind: 'macro', doc: 'link.mtu > 1400' }, { detail: '1 argument' }],
  });
  expect(labels('$mtu > 5 && link.ifn')).toContain('link.ifname');
  expect(labels('nl.type == ')).toContain('RTM_NEWLINK');
});

test('clauses join filters with macros', () => {
  expect(combine('$named("a")', 'nl.type', 'and')).toBe('$named("a") && nl.type');
  expect(combine('nl.type in $news || $big', 'nl.type', 'and')).toBe('(nl.type in $news || $big) && nl.type');
});
