import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/index.ts';
import { NLA_TYPE_MASK } from '../wire/index.ts';
import type { Field } from './field.ts';
import { bareContext, createDissector, learnFamily } from './index.ts';
import { corpusPath, newFamilies, readCorpus } from './testing/corpus.ts';
import { type TsharkField, tsharkFields, tsharkVersion } from './testing/tshark.ts';
import { EXPLAINED, NUMBERS, OUR_NAMES } from './testing/tsharkNames.ts';

/** Captures in which tshark understands something, and how many of its values are compared at least. */
const CAPTURES: readonly (readonly [file: string, values: number])[] = [
  ['addr-a', 3863],
  ['conntrack-a', 1270],
  ['ct-b', 22298],
  ['drop-monitor', 3839],
  ['errors-rtnl', 6292],
  ['ethtool-a', 3990],
  ['genl-ctrl-a', 2398],
  ['ipset-a', 1616],
  ['link-attrs-a', 2599],
  ['link-kinds-a', 3748],
  ['monitor-events', 18504],
  ['neigh-a', 12220],
  ['nflog-a', 602],
  ['route-a', 3825],
  ['ss-a', 1727],
  ['wifi-a', 13216],
  ['wifi-b', 45141],
];

const version = tsharkVersion();
const dissector = createDissector(builtinLibrary());

describe.skipIf(version === undefined)(`tshark ${version ?? '(not installed)'}`, () => {
  it.each(CAPTURES)('reads %s as we do', (file, least) => {
    const { differences, values } = compareCapture(file);
    expect(differences).toEqual([]);
    expect(values).toBeGreaterThanOrEqual(least);
  });
});

/** Compares what tshark says of bytes with the field that we have for the same bytes. */
function compareCapture(file: string): { differences: string[]; values: number } {
  const ours = fieldsByPlace(file);
  const differences: string[] = [];
  let values = 0;
  for (const field of tsharkFields(corpusPath(file))) {
    const place = `${field.frame} ${field.start}`;
    const attribute = field.name === 'netlink.attr_type' ? ours.get(`${place} type`)?.[0] : undefined;
    const names = OUR_NAMES[field.name];
    let told: string | undefined;
    if (field.name === 'netlink.attr_type') told = typeDifference(field, attribute);
    else if (names !== undefined) told = valueDifference(field, sameBytes(field, ours.get(place), names));
    else if (NUMBERS.has(field.name)) told = numberDifference(field, sameBytes(field, ours.get(place)));
    else continue;
    values++;
    if (told === undefined || isExplained(field, told)) continue;
    differences.push(`frame ${field.frame + 1} ${field.name} ${field.line || field.show}: ${told}`);
  }
  return { differences, values };
}

/** Fields of a capture by frame and first byte of their value, attributes also by where their type stands. */
function fieldsByPlace(file: string): Map<string, Field[]> {
  const messages = readCorpus(file);
  const families = newFamilies();
  const context = bareContext(families);
  for (const { bytes, envelope } of messages) learnFamily(bytes, envelope, context, families);
  const places = new Map<string, Field[]>();
  const add = (place: string, field: Field): void => {
    const there = places.get(place);
    if (there === undefined) places.set(place, [field]);
    else there.push(field);
  };
  for (const { bytes, envelope, frame, start } of messages) {
    const visit = (field: Field): void => {
      add(`${frame} ${start + field.payloadStart}`, field);
      if (field.kind === 'attr' || field.kind === 'nest') add(`${frame} ${start + field.start + 2} type`, field);
      for (const child of field.children) visit(child);
    };
    for (const field of dissector.decode(bytes, envelope, context).fields) visit(field);
  }
  return places;
}

/** The innermost field of the same bytes; of a name that is expected also one that begins there. */
function sameBytes(field: TsharkField, there: readonly Field[] = [], names: readonly string[] = []): Field | undefined {
  const size = field.end - field.start;
  const exact = there.filter((f) => f.end - f.payloadStart === size);
  return exact.find((f) => names.includes(f.name)) ?? exact.at(-1) ?? there.find((f) => names.includes(f.name));
}

/** tshark names attributes in words, those of some families by their constant. */
function typeDifference({ show, line }: TsharkField, ours: Field | undefined): string | undefined {
  if (ours === undefined) return 'nothing';
  const number = Number(show) & NLA_TYPE_MASK;
  if (number !== (ours.wireType & NLA_TYPE_MASK)) return `attribute ${ours.wireType & NLA_TYPE_MASK}`;
  const constant = /\b([A-Z][A-Z0-9]+_[A-Z0-9_]+) \(\d+\)$/.exec(line)?.[1];
  return constant === undefined || ours.name.endsWith(constant) ? undefined : ours.name;
}

function valueDifference(field: TsharkField, ours: Field | undefined): string | undefined {
  if (ours === undefined) return 'nothing';
  if (!OUR_NAMES[field.name].includes(ours.name)) return ours.name;
  const { show } = field;
  if (typeof ours.raw === 'number' || typeof ours.raw === 'bigint') return numberDifference(field, ours);
  return show === String(ours.raw) || show === ours.text ? undefined : `${ours.name} ${ours.text}`;
}

function numberDifference({ show, line }: TsharkField, ours: Field | undefined): string | undefined {
  if (ours === undefined) return 'nothing';
  if (typeof ours.raw !== 'number' && typeof ours.raw !== 'bigint') return undefined;
  if (!/^(0x[0-9a-f]+|-?\d+)$/.test(show)) return show === ours.text ? undefined : `${ours.name} ${ours.text}`;
  const bits = (ours.end - ours.payloadStart) * 8;
  const isSame = BigInt.asUintN(bits, BigInt(show)) === BigInt.asUintN(bits, BigInt(ours.raw));
  const constant = /: ([A-Z][A-Z0-9]+_[A-Z0-9_]+) \(\d+\)$/.exec(line)?.[1];
  const isNamed = constant === undefined || ours.text.includes(constant);
  return isSame && isNamed ? undefined : `${ours.name} ${ours.text} (${ours.raw})`;
}

function isExplained({ name, line }: TsharkField, ours: string): boolean {
  return EXPLAINED.some((e) => e.field.test(name) && (e.ours?.test(ours) ?? true) && (e.line?.test(line) ?? true));
}
