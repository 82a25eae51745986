import { describe, expect, it } from 'vitest';
import type { Envelope } from '../contracts/index.ts';
import type { FilterValue } from '../filter/fields.ts';
import { builtinLibrary } from '../specs/index.ts';
import { GENL_HDRLEN, NLMSG_HDRLEN, readU16, readU32 } from '../wire/index.ts';
import type { Field } from './field.ts';
import { createFieldRegistry, type FilterRecord } from './filterFields.ts';
import { bareContext, createDissector, learnFamily, type Needs } from './index.ts';
import { summarize } from './summary.ts';
import { CORPUS, type CorpusMessage, newFamilies, readCorpus } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const registry = createFieldRegistry(library);
/** Messages of one type that are looked at in a file: the first differ most. */
const EACH = 12;

describe.each(CORPUS)('parts of the messages of %s', (file) => {
  const families = newFamilies();
  const context = bareContext(families);
  const all = readCorpus(file);
  for (const { bytes, envelope } of all) learnFamily(bytes, envelope, context, families);
  const seen = new Map<string, number>();
  const messages = all.filter(({ bytes, envelope }) => {
    const { typeName, form } = dissector.glance(bytes, envelope, context);
    const count = (seen.get(typeName) ?? 0) + 1;
    seen.set(typeName, count);
    return form === 'data' && count <= EACH;
  });

  it('have the values that the whole has', () => {
    for (const message of messages) {
      const { bytes, envelope } = message;
      const whole = dissector.decode(bytes, envelope, context);
      const named = filters(whole.fields);
      const reads = (glanced: FilterRecord['glanced'], known: Uint8Array): (readonly [string, FilterValue[]])[] =>
        [...named].map((name) => {
          const found: FilterValue[] = [];
          registry.find(name)!.read(recordOf(message, glanced, known), found);
          return [name, found];
        });
      // What is read without decoding, and what is decoded where only the header is known.
      const head = bytes.subarray(0, NLMSG_HDRLEN + GENL_HDRLEN);
      const parts = (needs: Needs) => dissector.glance(bytes, envelope, context, needs);
      const expected = reads(() => whole, head);
      expect(reads(parts, bytes), `#${message.number}`).toEqual(expected);
      expect(reads(parts, head), `#${message.number}`).toEqual(expected);
    }
  });

  it('are of the type and the spec that the whole is, and have its struct members', () => {
    for (const message of messages) {
      const { bytes, envelope, number } = message;
      const whole = dissector.decode(bytes, envelope, context);
      const record = recordOf(message, () => whole, bytes);
      const reads = (name: string): FilterValue[] => {
        const found: FilterValue[] = [];
        registry.find(name)!.read(record, found);
        return found;
      };
      expect(reads('nl.type'), `#${number}`).toEqual([whole.typeName]);
      const spec = whole.message?.spec.short;
      for (const name of SPECS) {
        const isSame = spec !== undefined && registry.find(name) === registry.find(spec);
        expect(reads(name).length === 1, `#${number} ${name}`).toBe(isSame);
      }
      if (spec !== undefined) expect(reads(spec), `#${number} ${spec}`).toEqual([true]);
      const missing = members(whole.fields).filter((name) => reads(name).length === 0);
      expect(missing, `#${number}`).toEqual([]);
    }
  });

  it('have the summary that the whole has', () => {
    for (const { number, bytes, envelope } of messages) {
      const whole = dissector.decode(bytes, envelope, context);
      const glance = (other: Uint8Array, direction: Envelope['direction']) =>
        dissector.glance(other, { ...envelope, direction }, context);
      const expected = summarize(whole, envelope, {
        decode: (_, other, direction) => glance(other, direction),
        requestName: ({ echo }) =>
          echo === null ? '' : glance(bytes.subarray(echo.start, echo.end), 'request').typeName,
      });
      expect(dissector.summarize(bytes, envelope, context), `#${number}`).toEqual(expected);
    }
  });

  function recordOf(
    { bytes, envelope }: CorpusMessage,
    glanced: FilterRecord['glanced'],
    known: Uint8Array,
  ): FilterRecord {
    const { littleEndian } = envelope;
    return {
      envelope,
      genl: families,
      type: readU16(bytes, 4, littleEndian),
      flags: readU16(bytes, 6, littleEndian),
      seq: readU32(bytes, 8, littleEndian),
      portid: readU32(bytes, 12, littleEndian),
      length: bytes.length,
      lead: bytes[16] ?? 0,
      bytes: () => known,
      decoded: () => dissector.decode(bytes, envelope, context),
      glanced,
    } as Partial<FilterRecord> as FilterRecord;
  }
});

/** Specs of some protocols, by the names that filters have for them. */
const SPECS = ['link', 'addr', 'tc', 'nft', 'wg', 'ethtool', 'nl80211', 'nlctrl'];

/** Names by which a display filter calls the struct members among some fields. */
function members(fields: readonly Field[]): string[] {
  return fields.flatMap((field) => {
    const struct = field.kind === 'header' ? field.name : field.type.replace(/^struct /, '');
    const own = field.children
      .filter(({ kind, raw, children }) => kind === 'member' && children.length === 0 && raw !== null)
      .map(({ name }) => `${struct}.${name}`)
      .filter((name) => registry.find(name) !== undefined);
    return [...own, ...members(field.children)];
  });
}

/** Names by which a display filter calls the attributes among some fields. */
function filters(fields: readonly Field[], found = new Set<string>()): ReadonlySet<string> {
  for (const field of fields) {
    const { filter } = field;
    if (filter !== undefined && registry.find(filter) !== undefined) found.add(filter);
    filters(field.children, found);
  }
  return found;
}
