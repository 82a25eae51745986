import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sortTexts } from './sortTexts.ts';
import { Turns } from './turns.ts';

const sorted = async (texts: readonly string[]) => {
  const order = await sortTexts(texts, new Turns(), () => true);
  expect(new Set(order).size).toBe(texts.length);
  return Array.from(order ?? [], (at) => texts[at]);
};
/** In the order of UTF-16 units, which is the runtime's own. */
const expected = (texts: readonly string[]) => [...texts].sort();

describe('texts', () => {
  it('are put in the order of the runtime, whatever they share', async () => {
    // Few letters make long beginnings that are the same, and texts that end where others go on.
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\uffff', '\ud83d', '\ude00'), maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 300 }), async (texts) => {
        expect(await sorted(texts)).toEqual(expected(texts));
      }),
      { numRuns: 300 },
    );
  });

  it('are so when there are many, also of a kind that takes long elsewhere', async () => {
    const count = 60_000;
    const made: ((at: number) => string)[] = [
      (at) => `${'x'.repeat(90)}${(at * 7919) % count}`,
      (at) => String(at).padStart(6, '0'),
      (at) => String(count - at).padStart(6, '0'),
      () => 'the same',
      (at) => 'x'.repeat(at % 96),
      () => '',
    ];
    for (const make of made) {
      const texts = Array.from({ length: count }, (_, at) => make(at));
      expect(await sorted(texts)).toEqual(expected(texts));
    }
  });

  it('are given up in the middle', async () => {
    const texts = Array.from({ length: 200_000 }, (_, at) => `link ${(at * 7919) % 200_000}`);
    let asked = 0;
    expect(await sortTexts(texts, new Turns(0), () => ++asked < 5)).toBeNull();
    expect(asked).toBe(5);
  });
});
