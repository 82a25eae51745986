import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_KINDS } from '../filter/fields.ts';
import { kernel } from '../kernel/index.ts';
import { CHUNK_ROWS } from './columns.ts';
import { KindColumn } from './kinds.ts';

const rows = fc.array(
  fc.record({ type: fc.nat(0xffff), flags: fc.nat(0xffff), envelope: fc.oneof(fc.nat(3), fc.nat(0xffffffff)) }),
  { minLength: 1, maxLength: 300 },
);

test('the kernel and filters have as many kinds', () => {
  expect(kernel().layout.KIND_COUNT).toBe(MOST_KINDS);
});

test('rows of one kind agree in envelope, type and NLM_F_REQUEST, however the chunk came in', () => {
  const column = new KindColumn();
  /** What was seen in all chunks of an era. */
  const meanings = new Map<number, string>();
  let era = -1;
  fc.assert(
    fc.property(rows, fc.nat(1), fc.double({ min: 0, max: 1, noNaN: true }), (some, chunk, share) => {
      // So many that what is remembered gives way.
      const all = Array.from({ length: CHUNK_ROWS }, (_, i) => {
        const { type, flags, envelope } = some[i % some.length]!;
        return { type: (type + Math.floor(i / some.length)) & 0xffff, flags, envelope };
      });
      const types = Uint16Array.from(all, ({ type }) => type);
      const flags = Uint16Array.from(all, (row) => row.flags);
      const envelopes = Uint32Array.from(all, ({ envelope }) => envelope);
      const { layout } = kernel();
      const columns = kernel().allocate(layout.CHUNK_SIZE);
      const put = (at: number, values: Uint16Array) =>
        new Uint16Array(columns.bytes.buffer, columns.at + at, CHUNK_ROWS).set(values);
      put(layout.COLUMN_TYPE, types);
      put(layout.COLUMN_FLAGS, flags);
      put(layout.COLUMN_ENVELOPE, Uint16Array.from(envelopes));
      const wide = envelopes.every((envelope) => envelope <= 0xffff) ? null : envelopes;
      column.update(2, 1, columns.at, wide);
      column.update(chunk, Math.floor(CHUNK_ROWS * share), columns.at, wide);
      const kinds = column.update(chunk, CHUNK_ROWS, columns.at, wide);
      if (column.era !== era) meanings.clear();
      era = column.era;
      for (const [i, { type, flags: bits, envelope }] of all.entries()) {
        const meaning = `${type} ${bits & 1} ${envelope}`;
        const known = meanings.get(kinds[i]!) ?? meaning;
        if (known !== meaning) expect.fail(`kind ${kinds[i]} is both ${known} and ${meaning}`);
        meanings.set(kinds[i]!, meaning);
        if (kinds[i]! >= MOST_KINDS) expect.fail(`kind ${kinds[i]}`);
      }
    }),
    { numRuns: 20 },
  );
});
