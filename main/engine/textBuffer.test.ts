import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextBuffer } from './textBuffer.ts';
import { fixedPiece } from './textPieces.ts';

/** What a buffer holds after some work, read back by the platform's own decoder. */
function made(work: (out: TextBuffer) => void): string {
  const out = new TextBuffer();
  out.text('before ');
  work(out);
  const text = new TextDecoder('utf-8', { fatal: true }).decode(out.bytes);
  expect(out.take()).toBe(text);
  expect(out.size).toBe(0);
  return text.slice('before '.length);
}

const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  fc.string({ unit: 'binary-ascii', maxLength: 100 }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
);

describe('a text buffer', () => {
  it('writes strings as JSON does, halves of pairs and control characters among them', () => {
    fc.assert(
      fc.property(strings, (text) => {
        expect(made((out) => out.json(text))).toBe(JSON.stringify(text));
      }),
    );
  });

  it('writes text as UTF-8', () => {
    fc.assert(
      fc.property(strings, (text) => {
        expect(made((out) => out.text(text))).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('writes numbers in decimal', () => {
    const numbers = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.nat(), fc.double());
    const edges = [0, 9, 10, 99, 100, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -1, Number.MAX_SAFE_INTEGER, 0.5];
    fc.assert(
      fc.property(numbers, (number) => {
        expect(made((out) => out.number(number))).toBe(String(number));
      }),
      { examples: edges.map((edge) => [edge]) },
    );
  });

  it('grows with what is written and keeps it in order', () => {
    const fragment = fixedPiece('{"name":"IFLA_AF_SPEC"}');
    const long = 'ü'.repeat(300_000);
    const text = made((out) => {
      for (let i = 0; i < 100_000; i++) {
        out.put(fragment);
        out.number(i);
      }
      out.json(long);
      out.text(long);
    });
    const expected = Array.from({ length: 100_000 }, (_, i) => `{"name":"IFLA_AF_SPEC"}${i}`).join('');
    expect(text === `${expected}"${long}"${long}`).toBe(true);
  });
});
