import { NETLINK_GENERIC } from '../../wire/index.ts';
import type { SpecLibrary } from '../library.ts';
import type { AttrDef, AttrSpace, CompiledSpec, EnumTable, MemberDef, StructDef, ValueDef } from '../tables.ts';

/** Something a kernel spec says and ours do not, or say otherwise. */
export interface Difference {
  /** Where the kernel's spec says it: "rt-link/link-attrs/mtu". */
  readonly path: string;
  /** What it says, and what ours say. */
  readonly what: string;
}

/**
 * Compares a kernel spec, compiled, with the specs of this product: operation by operation, and from their headers and
 * attribute sets on, attribute by attribute, struct by struct, enum by enum. Names are compared as the constants they
 * make. Ours may say more than the kernel's (an enum where it has a number, a layout where it has bytes), never less.
 */
export function compareWithKernel(theirs: CompiledSpec, library: SpecLibrary): Difference[] {
  return new Comparison(theirs, library).run();
}

/** Letters and digits alone: lower-up and LOWER_UP are one name. */
function letters(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

interface Named {
  readonly name: string;
  readonly specName: string;
}

/** Whether a constant of ours is theirs: where their spec has no prefix for it, ours ends in their name. */
function sameName(theirs: Named, ours: { readonly name: string }): boolean {
  return theirs.name === ours.name || letters(ours.name).endsWith(letters(theirs.specName));
}

/** Sets or structs of ours by those of theirs that they stand for: one of theirs may be several of ours, by their use. */
class Pairs<T> {
  readonly #all = new Map<T, Set<T>>();
  readonly #fresh: [T, T][] = [];

  add(theirs: T, ours: T | null | undefined): void {
    if (ours === null || ours === undefined) return;
    const known = this.#all.get(theirs) ?? new Set();
    this.#all.set(theirs, known);
    if (known.has(ours)) return;
    known.add(ours);
    this.#fresh.push([theirs, ours]);
  }

  /** Pairs that were not taken before. */
  *take(): Generator<[T, T]> {
    for (let pair = this.#fresh.pop(); pair !== undefined; pair = this.#fresh.pop()) yield pair;
  }

  of(theirs: T): T[] {
    return [...(this.#all.get(theirs) ?? [])];
  }
}

class Comparison {
  readonly #theirs: CompiledSpec;
  readonly #library: SpecLibrary;
  readonly #found = new Map<string, Difference>();
  readonly #spaces = new Pairs<AttrSpace>();
  readonly #structs = new Pairs<StructDef>();
  readonly #lists = new Set<AttrSpace>();

  constructor(theirs: CompiledSpec, library: SpecLibrary) {
    this.#theirs = theirs;
    this.#library = library;
  }

  run(): Difference[] {
    this.#operations();
    this.#pairAll();
    for (const space of this.#theirs.spaces.values()) {
      if (this.#spaces.of(space).length === 0 && !this.#lists.has(space)) this.#pairByConstants(space);
      this.#pairAll();
    }
    for (const space of this.#theirs.spaces.values()) this.#space(space);
    for (const struct of this.#theirs.structs.values()) this.#struct(struct);
    for (const { name, value } of this.#theirs.groups) this.#group(name, value);
    return [...this.#found.values()];
  }

  #tell(path: string, what: string): void {
    const found = { path: `${this.#theirs.name}/${path}`, what };
    this.#found.set(`${found.path}: ${what}`, found);
  }

  /** Tells what is said of the candidate that differs the least. */
  #tellBest(path: string, candidates: readonly (readonly string[])[]): void {
    const [best = []] = [...candidates].sort((a, b) => a.length - b.length);
    for (const what of best) this.#tell(path, what);
  }

  #operations(): void {
    const { requests, replies, events, protocol, genlFamily } = this.#theirs;
    for (const [table, isRequest, isEvent] of [
      [requests, true, false],
      [replies, false, false],
      [events, false, true],
    ] as const) {
      for (const [number, message] of table) {
        const path = `operations/${message.specName}`;
        const ours =
          protocol === NETLINK_GENERIC
            ? this.#library.genlMessage(genlFamily, number, isRequest, isEvent)
            : this.#library.message(protocol, number, isRequest);
        if (ours === undefined) {
          if (number !== 0) this.#tell(path, `message ${number} is none of ours`);
          continue;
        }
        if (isRequest && !sameName(message, ours)) this.#tell(path, `${message.name} is our ${ours.name}`);
        if (message.header !== null) this.#structs.add(message.header, ours.header);
        if (message.space === null) continue;
        this.#spaces.add(message.space, ours.space);
        if (ours.space === null) this.#tell(path, `has attributes of ${message.space.name}, ours none`);
      }
    }
  }

  /** Follows nests, sub-messages and structs from the pairs known so far. */
  #pairAll(): void {
    for (const [theirs, ours] of this.#spaces.take()) {
      for (const [number, def] of theirs.byNumber) {
        const other = ours.byNumber.get(number);
        if (other === undefined || !sameName(def, other)) continue;
        if (def.space !== null && !isOtherNest(def, other)) this.#spaces.add(def.space, other.space);
        else if (def.space !== null && other.layout === 'indexed-array') this.#pairList(def.space, other.space);
        for (const [value, format] of def.formats ?? []) {
          const match = other.formats?.get(value);
          if (format.header !== null) this.#structs.add(format.header, match?.header);
          if (format.space !== null) this.#spaces.add(format.space, match?.space);
        }
        for (const space of other.switch?.cases.values() ?? [])
          if (def.space !== null) this.#spaces.add(def.space, space);
        this.#pairStructs(def, other);
      }
    }
    for (const [theirs, ours] of this.#structs.take()) {
      for (const member of theirs.members) {
        const other = partner(member, ours);
        if (other !== undefined) this.#pairStructs(member, other);
      }
    }
  }

  /** A nest of theirs whose attributes are the elements of an array of ours. */
  #pairList(theirs: AttrSpace, ours: AttrSpace | null): void {
    this.#lists.add(theirs);
    for (const { space } of theirs.byNumber.values()) if (space !== null) this.#spaces.add(space, ours);
  }

  #pairStructs(theirs: ValueDef, ours: ValueDef): void {
    for (const [one, other] of [
      [theirs.struct, ours.struct],
      [theirs.element?.struct ?? null, ours.element?.struct],
    ] as const) {
      if (one !== null) this.#structs.add(one, other);
    }
  }

  /** Sets that no operation of theirs leads to are compared with the sets of ours that have their constants. */
  #pairByConstants(space: AttrSpace): void {
    const defs = [...space.byNumber.values()].filter(({ layout }) => layout !== 'unused' && layout !== 'pad');
    for (const spec of this.#library.specs()) {
      for (const ours of spec.spaces.values()) {
        const same = (def: AttrDef): boolean => {
          const other = ours.byNumber.get(def.number);
          return other !== undefined && sameName(def, other);
        };
        if (defs.some(({ name }) => ours.byName.has(name)) || defs.every(same)) this.#spaces.add(space, ours);
      }
    }
    if (this.#spaces.of(space).length === 0 && defs.length > 0)
      this.#tell(space.name, 'no set of ours has its constants');
  }

  #group(name: string, value: number): void {
    const { protocol, genlFamily } = this.#theirs;
    const groups = [...this.#library.specs()].flatMap((spec) =>
      spec.protocol === protocol && spec.genlFamily === genlFamily ? spec.groups : [],
    );
    if (groups.some((group) => letters(group.name) === letters(name) && group.value === value)) return;
    this.#tell(`mcast-groups/${name}`, 'is none of our groups');
  }

  #space(theirs: AttrSpace): void {
    const spaces = this.#spaces.of(theirs);
    if (spaces.length === 0) return;
    for (const [number, def] of theirs.byNumber) {
      if (def.layout === 'unused' || def.layout === 'pad' || number === 0) continue;
      const path = `${theirs.name}/${def.specName}`;
      const candidates = spaces.flatMap((space) => space.byNumber.get(number) ?? []);
      const named = candidates.filter((ours) => sameName(def, ours));
      if (candidates.length === 0) this.#tell(path, `${number} is none of our attributes`);
      else if (named.length === 0) this.#tell(path, `is our ${candidates[0]!.name}`);
      else this.#attribute(path, def, named);
    }
  }

  #attribute(path: string, theirs: AttrDef, candidates: readonly AttrDef[]): void {
    const multi = theirs.multi && !candidates.some((ours) => ours.multi);
    if (multi) this.#tell(path, 'may come several times, ours not');
    if (theirs.formats !== null) {
      for (const value of theirs.formats.keys()) {
        const has = candidates.some((ours) => ours.formats?.has(value));
        if (!has) this.#tell(path, `no format ${value}`);
      }
    } else if (theirs.space !== null) {
      if (candidates.every((ours) => isOtherNest(theirs, ours))) {
        this.#tell(path, `${theirs.layout} is our ${candidates[0]!.layout}`);
      }
    } else {
      this.#tellBest(
        path,
        candidates.map((ours) => valueDifferences(theirs, ours)),
      );
    }
  }

  #struct(theirs: StructDef): void {
    const candidates = this.#structs.of(theirs).map((ours) => structDifferences(theirs, ours));
    this.#tellBest(theirs.specName, candidates);
  }
}

/** Messages and sequences hold attributes as nests do, of which sub-messages choose one; arrays and nests differ. */
function isOtherNest(theirs: AttrDef, ours: AttrDef): boolean {
  return !['message', 'sequence', 'sub-message', theirs.layout].includes(ours.layout);
}

/** The member of our struct that is theirs: by its name, by its name behind a prefix, else by its place. */
function partner(theirs: MemberDef, ours: StructDef): MemberDef | undefined {
  return (
    ours.members.find(({ specName }) => letters(specName) === letters(theirs.specName)) ??
    ours.members.find(({ specName }) => specName.endsWith(`-${theirs.specName}`)) ??
    ours.members.find(({ offset, length }) => offset === theirs.offset && length !== 0)
  );
}

function structDifferences(theirs: StructDef, ours: StructDef): string[] {
  const differences: string[] = [];
  const moved: string[] = [];
  for (const member of theirs.members) {
    if (member.layout === 'pad') continue;
    const other = partner(member, ours);
    if (other === undefined) {
      differences.push(`our ${ours.name} has no ${member.specName}`);
      continue;
    }
    if (!letters(other.specName).endsWith(letters(member.specName))) {
      differences.push(`${member.specName} is our ${ours.name}.${other.name}`);
    }
    if (member.offset !== other.offset) moved.push(member.specName);
    for (const what of valueDifferences(member, other)) differences.push(`${member.specName}: ${what}`);
  }
  if (moved.length > 0) differences.push(`other offsets in our ${ours.name}: ${moved.join(', ')}`);
  return differences;
}

/** What our value does not say of theirs; ours may say more. */
function valueDifferences(theirs: ValueDef, ours: ValueDef): string[] {
  if (theirs.layout === 'unused' || theirs.layout === 'pad') return [];
  const isBytes = theirs.layout === 'binary' || (theirs.layout === 'array' && theirs.element?.struct == null);
  if (isBytes && ours.layout !== 'binary') return [];
  const differences: string[] = [];
  if (layoutName(theirs) !== layoutName(ours) && !(theirs.struct !== null && ours.struct !== null)) {
    differences.push(`${layoutName(theirs)} is our ${layoutName(ours)}`);
  }
  if (theirs.layout === 'integer' && theirs.size > 1 && theirs.big !== ours.big) {
    differences.push(`${order(theirs)} is our ${order(ours)}`);
  }
  if (theirs.enum !== null) differences.push(...enumDifferences(theirs.enum, ours.enum));
  const says =
    ours.hint !== '' || ours.format !== '' || ours.variant !== null || ours.enum !== null || ours.opaque || ours.secret;
  if (theirs.hint !== '' && !says) differences.push(`display hint ${theirs.hint}, ours none`);
  return differences;
}

function enumDifferences(theirs: EnumTable, ours: EnumTable | null): string[] {
  if (ours === null) return [`enum ${theirs.name}, ours none`];
  const differences = theirs.isFlags === ours.isFlags ? [] : [`enum ${theirs.name} as flags: ${theirs.isFlags}`];
  for (const { name, short, value } of theirs.entries) {
    const same = ours.entries.filter((entry) => entry.value === value);
    if (same.length === 0) {
      if (!(value === 0 && /UNSPEC|NONE/.test(short)))
        differences.push(`${name} (${value}) is nothing in our ${ours.name}`);
    } else if (!same.some((entry) => sameName({ name, specName: short }, entry))) {
      differences.push(`${name} (${value}) is our ${same[0]!.name}`);
    }
  }
  return differences;
}

function layoutName({ layout, type, signed, size }: ValueDef): string {
  if (layout !== 'integer') return layout === 'struct' ? `struct ${type}` : layout;
  return size === 0 ? (signed ? 'sint' : 'uint') : `${signed ? 's' : 'u'}${size * 8}`;
}

function order({ big }: ValueDef): string {
  return big === null ? 'host order' : big ? 'big endian' : 'little endian';
}
