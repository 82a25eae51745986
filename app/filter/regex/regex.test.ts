import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileRegex } from './regex.ts';

function matches(source: string, subject: string): boolean {
  const regex = compileRegex(source);
  if (!regex.ok) {
    throw new Error(regex.message);
  }
  return regex.test(subject);
}

describe('compileRegex', () => {
  test.each<[string, string, boolean]>([
    ['eth', 'ETH0', true],
    ['(?-i)eth', 'ETH0', false],
    ['(?i)eth', 'ETH0', true],
    ['^eth\\d+$', 'eth12', true],
    ['^eth\\d+$', 'eth12 ', false],
    ['', '', true],
    ['\\bup\\b', 'state up mtu', true],
    ['\\bup\\b', 'state upper', false],
    ['a{2,3}b', 'aab', true],
    ['^a{2,3}b', 'aaaab', false],
    ['^(?:[a-z]+\\.)+org$', 'www.kernel.org', true],
    ['[^a-c]', 'ABC', false],
    ['[[:xdigit:]]{4}', 'xxBEEFxx', true],
    ['[]x]', ']', true],
    ['[a-]', '-', true],
    ['é', 'É', true],
    ['a.c', 'a\nc', false],
    ['\\x41\\u0042', 'ab', true],
    ['(?<name>v)eth', 'veth', true],
    ['a{,2}', 'a{,2}', true],
    ['(a*)*b', 'aaaaaaaaaaaaac', false],
  ])('%s on %j: %s', (source, subject, expected) => {
    expect(matches(source, subject)).toBe(expected);
  });

  test.each<[string, number]>([
    ['(a', 0],
    ['ab)', 2],
    ['x[a', 1],
    ['*a', 0],
    ['(a)\\1', 3],
    ['a(?=b)', 1],
    ['a{3,2}', 1],
    ['[z-a]', 1],
    ['\\q', 0],
    ['a\\', 1],
    ['[[:no:]]', 1],
    ['[[:constructor:]]', 1],
  ])('%s is refused at %i', (source, at) => {
    expect(compileRegex(source)).toMatchObject({ ok: false, at });
  });

  test('counts that multiply are refused, also of nothing', () => {
    expect(compileRegex('((a{100}){100}){100}').ok).toBe(false);
    expect(compileRegex('((()({1000}){1000}){1000}){1000}').ok).toBe(false);
  });

  test('what explodes in a backtracking matcher is answered', () => {
    const subject = 'a'.repeat(5_000);
    for (const source of ['(a+)+$b', '(a|a)*b', '(.*)*.*.*.*x', '(a?){300}a{300}b', '(a|aa)+b']) {
      expect(matches(source, subject)).toBe(false);
    }
  });

  test('a small automaton cache that overflows changes no answer', () => {
    const source = '(a|b)*a(a|b){11}c';
    const subject = Array.from({ length: 6_000 }, (_, index) => ((index * index) % 7 < 3 ? 'a' : 'b')).join('');
    expect(matches(source, subject)).toBe(false);
    expect(matches(source, `${subject}abbbbbbbbbbbc`)).toBe(true);
  });

  test('agrees with the host’s own engine', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      'B',
      '.',
      '\\d',
      '\\w',
      '\\W',
      '[ab]',
      '[^a]',
      '[0-9_]',
      '^',
      '$',
      '\\b',
      '-',
    );
    const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
      pattern: fc.oneof(
        { maxDepth: 4 },
        atom,
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => a + b),
        fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
        fc.tuple(tie('pattern'), fc.constantFrom('?', '{2}', '{0,2}', '+', '*', '+?')).map(([a, q]) => `(${a})${q}`),
      ),
    }));
    const subject = fc.string({ unit: fc.constantFrom('a', 'A', 'b', '1', '_', '-', ' ', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, subject, (source, text) => {
        expect(matches(source, text)).toBe(new RegExp(source, 'i').test(text));
      }),
      { numRuns: 5_000 },
    );
  });

  test('any text compiles or is refused, and never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ab()[]{}?*+|\\^$.,-:<1d'), maxLength: 30 }), (source) => {
        const regex = compileRegex(source);
        return regex.ok ? typeof regex.test('aab') === 'boolean' : regex.message.length > 0;
      }),
      { numRuns: 5_000 },
    );
  });
});
