import { nearNames } from '../filter/near.ts';
import type { DecodeRule } from './decodeRule.ts';
import type { AttrDef, AttrSpace, CompiledSpec, StructDef, ValueDef } from './tables.ts';

/** What rules look names up in. */
export interface ChoiceSource {
  specs(): Iterable<CompiledSpec>;
  space(id: string): AttrSpace | undefined;
}

/** " Did you mean …?", or nothing. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearNames(name, candidates, 3);
  return near.length === 0 ? '' : ` Did you mean ${near.map((n) => `"${n}"`).join(' or ')}?`;
}

/** A way to read bytes that needs no spec. */
export interface Reading {
  readonly name: string;
  readonly doc: string;
  readonly def: Partial<ValueDef>;
}

const INTEGER = /^(u|s|be|le)(8|16|32|64)$/;

function integer(name: string): Reading {
  const [, kind, bits] = INTEGER.exec(name)!;
  const order = { u: '', s: ', signed', be: ', big endian', le: ', little endian' }[kind as 'u' | 's' | 'be' | 'le'];
  return {
    name,
    doc: `${bits}-bit integers${order}; several where the bytes hold more than one`,
    def: {
      layout: 'integer',
      type: kind === 'be' || kind === 'le' ? `u${bits}` : name,
      size: Number(bits) / 8,
      signed: kind === 's',
      big: kind === 'be' ? true : kind === 'le' ? false : null,
    },
  };
}

function format(name: string, doc: string): Reading {
  return { name, doc, def: { layout: 'binary', type: name, format: name } };
}

function hint(name: string, hint: string, doc: string): Reading {
  return { name, doc, def: { layout: 'binary', type: name, hint } };
}

/** Every reading that needs no spec, in the order in which they are offered. */
export const READINGS: readonly Reading[] = [
  format('text', 'text, line by line; what is not printable is escaped'),
  { name: 'string', doc: 'text up to the first NUL', def: { layout: 'string', type: 'string' } },
  { name: 'hex', doc: 'bytes, and nothing else', def: { layout: 'binary', type: 'binary', hint: 'hex' } },
  { name: 'nest', doc: 'attributes, by number', def: { layout: 'nest', type: 'nest' } },
  ...['u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64'].map(integer),
  ...['be16', 'be32', 'be64', 'le16', 'le32', 'le64'].map(integer),
  hint('ip', 'ipv4-or-v6', 'an IPv4 or IPv6 address, by its length'),
  hint('mac', 'mac', 'a link-layer address'),
  hint('uuid', 'uuid', 'a UUID'),
  format('packet', 'an IP packet'),
  format('sockaddr', 'a socket address (struct sockaddr)'),
  format('bitmap', 'a bitmap'),
  format('wifi-frame', 'an 802.11 or EAPOL frame'),
  format('wifi-elements', '802.11 information elements'),
];

const BY_NAME: ReadonlyMap<string, Reading> = new Map(READINGS.map((reading) => [reading.name, reading]));

/** Whether a reading needs no spec. */
export function isPlainReading(name: string): boolean {
  return BY_NAME.has(name);
}

/** The attribute that a reading is made for. */
export interface ReadingPlace {
  /** -1 for what is no attribute. */
  readonly number: number;
  /** What it is called where no spec knows it. */
  readonly name: string;
  readonly original: AttrDef | null;
  readonly filter: string;
}

/**
 * A definition that reads an attribute (or all that follows a message's headers) as a rule says: by name (READINGS), as
 * attributes of a set or as a struct (SPEC/NAME), or as another attribute reads (its constant). A sentence where there
 * is no such reading.
 */
export function readingOf(rule: DecodeRule, place: ReadingPlace, source: ChoiceSource): AttrDef | string {
  const { reading } = rule;
  const plain = BY_NAME.get(reading);
  if (plain !== undefined) return made(rule, place, plain.def);
  const [specName, ...rest] = reading.split('/');
  if (rest.length > 0) {
    const space = source.space(reading);
    if (space !== undefined) return made(rule, place, { layout: 'nest', type: 'nest' }, space);
    const struct = findStruct(specName, rest.join('/'), source);
    if (struct !== undefined) return made(rule, place, { layout: 'struct', type: struct.name, struct });
    const known = [...source.specs()].flatMap((spec) => [
      ...[...spec.spaces.values()].map(({ id }) => id),
      ...[...spec.structs.keys()].map((name) => `${spec.name}/${name}`),
    ]);
    return `No spec has an attribute set or a struct "${reading}".${didYouMean(reading, known)}`;
  }
  for (const spec of source.specs()) {
    for (const space of spec.spaces.values()) {
      const like = space.byName.get(reading);
      if (like !== undefined && like.name === reading) return made(rule, place, like, like.space, like);
    }
  }
  const specs = [...source.specs()].map(({ name }) => name);
  const wanted = place.number < 0 ? [...BY_NAME.keys(), ...specs] : [...BY_NAME.keys()];
  const more = place.number >= 0 && specs.includes(reading) ? ` Name one of its sets: "${reading}/SET".` : '';
  return `There is no reading "${reading}".${more || didYouMean(reading, wanted)}`;
}

function findStruct(specName: string, name: string, source: ChoiceSource): StructDef | undefined {
  for (const spec of source.specs()) {
    if (spec.name === specName)
      return spec.structs.get(name) ?? [...spec.structs.values()].find((s) => s.name === name);
  }
  return undefined;
}

function made(
  rule: DecodeRule,
  { number, name: unknown, original, filter }: ReadingPlace,
  as: Partial<ValueDef>,
  space: AttrSpace | null = null,
  like: AttrDef | null = null,
): AttrDef {
  const name = original?.name ?? unknown;
  const own = { name, specName: original?.specName ?? name, doc: original?.doc ?? '', number, filter };
  const def: AttrDef = { ...BLANK, ...like, ...as, ...own, space, nests: as.layout === 'nest' || like?.nests === true };
  const element: ValueDef = { ...def, number: -1 };
  const chosen = { rule: rule.text, reading: rule.reading, original, several: null };
  if (def.layout !== 'integer' || def.size === 0) return { ...def, chosen };
  const several: AttrDef = { ...def, layout: 'array', element, chosen };
  return { ...def, chosen: { ...chosen, several } };
}

const BLANK: AttrDef = {
  name: '',
  specName: '',
  doc: '',
  type: 'binary',
  layout: 'binary',
  size: 0,
  signed: false,
  scalar: false,
  big: null,
  enum: null,
  hint: '',
  unit: '',
  ref: '',
  format: '',
  opaque: false,
  significant: 0,
  secret: false,
  bits: [],
  strings: -1,
  struct: null,
  element: null,
  variant: null,
  number: -1,
  nests: false,
  netByteOrder: false,
  filter: '',
  multi: false,
  space: null,
  selectors: [],
  formats: null,
  types: null,
  header: null,
  lengthMember: '',
  levels: [],
  switch: null,
  checks: {},
};
