import { type Kernel, kernel, type Piece } from '../kernel/index.ts';
import * as L from '../kernel/lineLayout.ts';
import type { AttrDef, AttrSpace, MessageDef, StructDef, ValueDef } from '../specs/index.ts';
import { isDecimal } from './present.ts';
import { formatSpace, innerPlaces, isHeaderMember, memberOf } from './skim.ts';
import { type Option, type Part, type Template, TOP } from './template.ts';
import { numberForm } from './textForms.ts';
import { isPlain, wordingOf } from './wordings.ts';

/** Memory of a program is taken in pieces of at least so many bytes. */
const PIECE = 4096;
/** Slots that a table has at first; it grows when it is half full. */
const FIRST_SLOTS = 16;
/** Formats of one place that the kernel knows. */
const MOST_FORMATS = 256;

const HINTS: { readonly [hint: string]: number } = {
  mac: L.HINT_MAC,
  ipv4: L.HINT_IPV4,
  ipv6: L.HINT_IPV6,
  'ipv4-or-v6': L.HINT_IP,
};

/** A struct around a value, and where it begins in the message's header; null: it is not in that. */
interface Around {
  readonly struct: StructDef;
  readonly at: number | null;
}

/** A sub-message at a place, and how many of its formats the kernel knows. */
interface Formats {
  readonly place: number;
  readonly def: AttrDef;
  /** The sibling that selects. */
  readonly selector: AttrDef;
  count: number;
}

/** A table of numbers. */
interface Table {
  mask: number;
  slots: number;
  count: number;
}

/**
 * A template for messages of one kind as the kernel reads it (app/kernel/lineLayout.ts). What depends on how messages
 * read, it learns when the first of them does.
 */
export class LineProgram {
  /** Its address. */
  readonly at: number;
  /** By their numbers. */
  readonly parts: Part[] = [];
  readonly options: Option[] = [];
  readonly #kernel: Kernel = kernel();
  readonly #template: Template;
  readonly #header: StructDef | null;
  readonly #space: AttrSpace | null;
  readonly #pieces: Piece[] = [];
  #free = 0;
  readonly #partsAt: number[] = [];
  readonly #optionsAt: number[] = [];
  readonly #partOf: Part[] = [];
  readonly #defs: ValueDef[] = [];
  /** Addresses of definitions by the place, which counts for those with a variant alone. */
  readonly #defsAt = new Map<ValueDef, Map<number, number>>();
  /** By place around them, TOP included: addresses of levels. */
  readonly #levels = new Map<number, Map<AttrSpace, number>>();
  readonly #formats = new Map<number, Formats>();
  readonly #insidesAt = new Map<number, Map<ValueDef, number>>();
  readonly #wordings = new Map<number, Map<ValueDef, number>>();
  readonly #optionDefs: (ValueDef | null)[] = [];
  readonly #testDefs: (ValueDef | null)[] = [];
  readonly #tables = new Map<number, Table>();
  readonly #texts = new Map<string, number>();

  private constructor(template: Template, { header, space }: MessageDef) {
    this.#template = template;
    this.#header = header;
    this.#space = space;
    this.at = this.#compile();
  }

  /** null where the template has more places than the kernel has room for, or text that is not ASCII. */
  static of(template: Template, message: MessageDef): LineProgram | null {
    const isSmall = template.places.length <= L.MOST_PLACES;
    return isSmall && areAscii(template.parts) ? new LineProgram(template, message) : null;
  }

  /** The definition by which an option's values read now, and that of a test's. */
  optionDef(option: number): ValueDef {
    return this.#optionDefs[option]!;
  }

  testDef(part: number): ValueDef {
    return this.#testDefs[part]!;
  }

  // ---- memory

  get #view(): DataView {
    return this.#kernel.view;
  }

  #allocate(size: number): number {
    const last = this.#pieces.at(-1);
    const at = (this.#free + 7) & ~7;
    if (last !== undefined && at + size <= last.at + last.bytes.length) {
      this.#free = at + size;
      return at;
    }
    const piece = this.#kernel.allocate(Math.max(size, PIECE));
    this.#pieces.push(piece);
    this.#free = piece.at + size;
    return piece.at;
  }

  /** Writes words from an address on. */
  #put(at: number, ...words: number[]): void {
    for (const [i, word] of words.entries()) this.#view.setUint32(at + i * 4, word, true);
  }

  #word(at: number): number {
    return this.#view.getUint32(at, true);
  }

  #putNumber(at: number, number: number | bigint): void {
    this.#view.setBigInt64(at, BigInt.asIntN(64, BigInt(number)), true);
  }

  /** Address of a text of ASCII. */
  textAt(text: string): number {
    let at = this.#texts.get(text);
    if (at === undefined) {
      at = this.#allocate(text.length);
      for (let i = 0; i < text.length; i++) this.#view.setUint8(at + i, text.charCodeAt(i));
      this.#texts.set(text, at);
    }
    return at;
  }

  // ---- the template

  #compile(): number {
    const { places, parts } = this.#template;
    const at = this.#allocate(L.PROGRAM_SIZE);
    const placesAt = this.#allocate(places.length * L.PLACE_SIZE);
    for (const [place, { outer }] of places.entries()) this.#putPlace(placesAt + place * L.PLACE_SIZE, place, outer);
    const level = this.#space === null ? 0 : this.#levelAt(this.#space, TOP);
    this.#put(at, placesAt, places.length, this.#putParts(parts), this.#header?.size ?? 0, level);
    return at;
  }

  #putPlace(at: number, place: number, outer: number): void {
    const { name } = this.#template.places[place];
    if (outer >= 0) this.#put(at, L.PLACE_INNER, outer);
    else if (outer !== TOP || this.#header?.name === name) this.#put(at, L.PLACE_OF_HOST, outer);
    else if (isHeaderMember(this.#header, name)) {
      const member = memberOf(this.#header, name);
      if (member === null) this.#put(at, L.PLACE_OF_HOST, outer);
      else this.#put(at, L.PLACE_MEMBER, outer, member.offset, member.length, this.#defAt(member, place));
    } else this.#put(at, L.PLACE_ATTRIBUTE, outer);
  }

  #putParts(parts: readonly Part[]): number {
    const addresses = parts.map((part) => this.#putPart(part));
    const at = this.#allocate(4 + addresses.length * 4);
    this.#put(at, addresses.length, ...addresses);
    return at;
  }

  #putPart(part: Part): number {
    const number = this.parts.push(part) - 1;
    const at = this.#partAt(part, number);
    this.#partsAt[number] = at;
    return at;
  }

  #partAt(part: Part, number: number): number {
    const { kind, text, parts, options, guard, test, all, filled } = part;
    switch (kind) {
      case 'text': {
        const at = this.#allocate(16);
        this.#put(at, L.PART_TEXT, number, this.textAt(text), text.length);
        return at;
      }
      case 'group': {
        const at = this.#allocate(16);
        this.#put(at, L.PART_GROUP, number, this.#putParts(parts), guard + 1);
        return at;
      }
      case 'test': {
        const at = this.#allocate(L.PART_TESTED + L.TEST_SIZE);
        this.#put(at, L.PART_TEST, number, this.#putParts(parts), options[0].place, test!.wanted ? 1 : 0);
        return at;
      }
      case 'comparison': {
        const at = this.#allocate(12);
        this.#put(at, L.PART_COMPARISON, number, this.#putParts(parts));
        return at;
      }
      default: {
        const addresses = options.map((option) => this.#putOption(part, option));
        const at = this.#allocate(L.PART_OPTION + addresses.length * 4);
        this.#put(at, L.PART_VALUE, number, all ? 1 : 0, filled ? 1 : 0, addresses.length, ...addresses);
        return at;
      }
    }
  }

  #putOption(part: Part, option: Option): number {
    const { place, literal, number } = option;
    const at = this.#allocate(L.OPTION_SIZE);
    this.#put(at, place, this.textAt(literal), literal.length, number);
    this.options[number] = option;
    this.#optionsAt[number] = at;
    this.#partOf[number] = part;
    return at;
  }

  // ---- definitions

  /** Address of a definition at a place. */
  #defAt(def: ValueDef, place: number, around: readonly Around[] = this.#outermost): number {
    const known = under(this.#defsAt, def);
    const key = def.variant === null ? TOP : place;
    const found = known.get(key);
    if (found !== undefined) return found;
    const at = this.#allocate(L.DEF_SIZE);
    known.set(key, at);
    const bytes = [
      layoutOf(def),
      def.size,
      def.signed ? 1 : 0,
      orderOf(def),
      HINTS[def.hint] ?? L.HINT_NONE,
      Math.min(def.significant, 255),
      isPlain(def) ? 1 : 0,
    ];
    for (const [i, byte] of bytes.entries()) this.#view.setUint8(at + i, byte);
    this.#put(at + L.DEF_NUMBER, this.#defs.push(def) - 1, this.#variantAt(def, place, around));
    return at;
  }

  /** The struct around attributes and around members of the message's header. */
  get #outermost(): readonly Around[] {
    return this.#header === null ? [] : [{ struct: this.#header, at: 0 }];
  }

  /** Address of how another value chooses; 0 where that is none of the message's header alone. */
  #variantAt(def: ValueDef, place: number, around: readonly Around[]): number {
    const { variant } = def;
    const isTyped = (def as Partial<AttrDef>).types != null;
    if (variant === null || isTyped || def.bits.length > 0) return 0;
    const choosers: number[][] = [];
    for (const { struct, at } of around) {
      for (const path of variant.members) {
        if (path[0] === 'request') continue;
        const found = chooserAt(struct, path);
        if (found === undefined) continue;
        if (found === null || at === null) return 0;
        choosers.push([at + found[0], ...found.slice(1)]);
      }
    }
    if (choosers.length === 0) return 0;
    const { cases } = variant;
    const from = L.VARIANT_LIST + choosers.length * L.CHOOSER_SIZE;
    const variantAt = this.#allocate(from + cases.size * L.CASE_SIZE);
    const isComplete = variant.members.every(([first]) => first !== 'request');
    const otherwise = isComplete ? this.#defAt({ ...def, variant: null }, place) : 0;
    this.#put(variantAt, choosers.length, cases.size, otherwise, ...choosers.flat());
    let caseAt = variantAt + from;
    for (const [value, chosen] of cases) {
      this.#putNumber(caseAt, value);
      const chosenAt = isPlain(chosen.def) ? this.#defAt(chosen.def, place, around) : 0;
      this.#put(caseAt + L.CASE_LENGTH, chosen.length, chosenAt);
      caseAt += L.CASE_SIZE;
    }
    return variantAt;
  }

  /** Address of the level that finds what is wanted at a place (or TOP) by a set. */
  #levelAt(space: AttrSpace, outer: number): number {
    const known = under(this.#levels, outer);
    const found = known.get(space);
    if (found !== undefined) return found;
    const { dense } = space;
    const at = this.#allocate(L.TOLD + dense.length * L.TOLD_SIZE);
    known.set(space, at);
    this.#put(at, dense.length, space.bigEndian ? 1 : 0);
    for (const place of innerPlaces(this.#template.places, outer)) {
      for (const def of dense) {
        if (def?.name !== this.#template.places[place].name) continue;
        this.#put(at + L.TOLD + def.number * L.TOLD_SIZE, place + 1, this.#defAt(def, place));
      }
    }
    return at;
  }

  // ---- what is inside a place

  /** Address of what is inside a place that reads as a definition says. */
  openPlace(place: number, defNumber: number): number {
    const def = this.#defs[defNumber] as AttrDef;
    const known = under(this.#insidesAt, place);
    const found = known.get(def);
    if (found !== undefined) return found;
    const at = this.#insideAt(place, def);
    known.set(def, at);
    return at;
  }

  #insideAt(place: number, def: AttrDef): number {
    switch (def.layout) {
      case 'nest':
        return this.#nestAt(place, def);
      case 'sub-message':
        return this.#formatsAt(place, def);
      case 'struct':
        return this.#structAt(place, def.struct!);
      default:
        return this.#ofHost();
    }
  }

  #ofHost(): number {
    const at = this.#allocate(4);
    this.#put(at, L.INSIDE_HOST);
    return at;
  }

  #nestAt(place: number, { space, switch: choice }: AttrDef): number {
    const otherwise = space === null ? 0 : this.#levelAt(space, place);
    const member = choice === null ? null : memberOf(this.#header, choice.member);
    if (choice === null || member === null || member.layout !== 'integer') {
      const at = this.#allocate(8);
      this.#put(at, L.INSIDE_NEST, otherwise);
      return at;
    }
    const cases = [...choice.cases];
    const at = this.#allocate(L.INSIDE_LIST + 4 + cases.length * L.SWITCH_SIZE);
    this.#put(at, L.INSIDE_SWITCH, otherwise, ...chooserOf(member, member.offset), cases.length);
    for (const [i, [value, chosen]] of cases.entries()) {
      const caseAt = at + L.INSIDE_LIST + i * L.SWITCH_SIZE;
      this.#putNumber(caseAt, value);
      this.#put(caseAt + L.SWITCH_LEVEL, this.#levelAt(chosen, place));
    }
    return at;
  }

  #formatsAt(place: number, def: AttrDef): number {
    const siblings = this.#siblingsOf(place);
    const selector = siblings?.dense.find((one) => one?.specName === def.selectors[0]);
    if (siblings === null || selector === undefined) return this.#ofHost();
    const at = this.#allocate(L.INSIDE_FORMATS + 4);
    this.#put(at, L.INSIDE_FORMAT, selector.number, this.#defAt(selector, place), siblings.bigEndian ? 1 : 0, 0);
    this.#formats.set(at, { place, def, selector, count: 0 });
    return at;
  }

  /** The set that a place stands in; null where it depends on the message. */
  #siblingsOf(place: number): AttrSpace | null {
    const { outer } = this.#template.places[place];
    if (outer === TOP) return this.#space;
    const around = [...(this.#insidesAt.get(outer)?.keys() ?? [])] as AttrDef[];
    return around.length === 1 && around[0].layout === 'nest' && around[0].switch === null ? around[0].space : null;
  }

  /** Address of the format that a selector's value asks for; 0 where the kernel knows too many. */
  findFormat(insideAt: number, selected: string | number): number {
    const formats = this.#formats.get(insideAt)!;
    if (formats.count === MOST_FORMATS || (typeof selected === 'string' && !isAscii(selected))) return 0;
    formats.count++;
    const space = formatSpace(formats.def, formats.selector, selected);
    const level = space === null ? 0 : this.#levelAt(space, formats.place);
    const at = this.#allocate(L.FORMAT_SIZE);
    this.#put(at, this.#word(insideAt + L.INSIDE_FORMATS), level);
    if (typeof selected === 'string') this.#put(at + L.FORMAT_TEXT, this.textAt(selected), selected.length);
    else this.#putNumber(at + L.FORMAT_NUMBER, selected);
    this.#put(insideAt + L.INSIDE_FORMATS, at);
    return at;
  }

  #structAt(place: number, struct: StructDef): number {
    const { places } = this.#template;
    const wanted = innerPlaces(places, place);
    const members = wanted.map((inner) => memberOf(struct, places[inner].name));
    if (struct.variable || members.includes(null)) return this.#ofHost();
    const around = [{ struct, at: this.#offsetOf(place) }, ...this.#outermost];
    const at = this.#allocate(L.INSIDE_LIST + wanted.length * L.WANTED_SIZE);
    this.#put(at, L.INSIDE_STRUCT, 0, struct.size);
    this.#put(at + L.INSIDE_CASES, wanted.length);
    for (const [i, inner] of wanted.entries()) {
      const member = members[i]!;
      const def = this.#defAt(member, inner, around);
      this.#put(at + L.INSIDE_LIST + i * L.WANTED_SIZE, inner, member.offset, member.length, def);
    }
    return at;
  }

  /** Where a place begins in the message's header; null: it is not in that, or in a struct of that. */
  #offsetOf(place: number): number | null {
    const { name, outer } = this.#template.places[place];
    return outer === TOP && isHeaderMember(this.#header, name) ? (memberOf(this.#header, name)?.offset ?? null) : null;
  }

  // ---- values

  /** Address of how an option writes values of a definition. */
  wordOption(option: number, defNumber: number): number {
    const def = this.#defs[defNumber];
    this.#optionDefs[option] = def;
    const known = under(this.#wordings, option);
    let at = known.get(def);
    if (at === undefined) {
      at = this.#allocate(L.WORDING_SIZE);
      this.#put(at, wordingKind(this.#partOf[option], def));
      known.set(def, at);
    }
    return at;
  }

  /** Remembers the text of a number as an option writes it. */
  noteText(option: number, number: bigint, text: string, most: number): void {
    const wording = this.#wordings.get(option)!.get(this.optionDef(option))!;
    this.#note(wording + L.WORDING_TABLE, number, this.textAt(text), text.length, most);
  }

  /** Makes a test ready for values of a definition. */
  prepareTest(part: number, defNumber: number): void {
    const def = this.#defs[defNumber];
    const { test } = this.parts[part];
    const at = this.#partsAt[part] + L.PART_TESTED;
    this.#testDefs[part] = def;
    this.#tables.delete(at + L.TEST_TABLE);
    this.#put(at + L.TEST_TABLE, 0, 0);
    const told = test!.numberOf(def);
    if (told.kind === 'flag') this.#putNumber(at + L.TEST_FLAG, told.number);
    else if (told.kind === 'sole') this.#putNumber(at + L.TEST_NUMBER, told.number);
    this.#put(at, TEST_KINDS[told.kind]);
  }

  /** Remembers what a test said of a number. */
  noteTest(part: number, number: bigint, holds: boolean, most: number): void {
    this.#note(this.#partsAt[part] + L.PART_TESTED + L.TEST_TABLE, number, holds ? 1 : 0, 0, most);
  }

  #note(at: number, number: bigint, text: number, length: number, most: number): void {
    let table = this.#tables.get(at);
    if (table === undefined) {
      table = { mask: 0, slots: 0, count: 0 };
      this.#tables.set(at, table);
    }
    if (table.count === most) return;
    if (table.count * 2 >= table.mask) this.#grow(at, table);
    table.count++;
    this.#putSlot(table, number, text, length + 1);
  }

  #grow(at: number, table: Table): void {
    const old = { ...table };
    const count = table.mask === 0 ? FIRST_SLOTS : (table.mask + 1) * 2;
    table.slots = this.#allocate(count * L.SLOT_SIZE);
    table.mask = count - 1;
    for (let i = 0; old.mask > 0 && i <= old.mask; i++) {
      const slot = old.slots + i * L.SLOT_SIZE;
      const length = this.#word(slot + L.SLOT_LENGTH);
      const number = this.#view.getBigInt64(slot, true);
      if (length > 0) this.#putSlot(table, number, this.#word(slot + L.SLOT_TEXT), length);
    }
    this.#put(at, table.mask, table.slots);
  }

  /** The kernel finds it by the same steps (findSlot of assembly/line.ts). */
  #putSlot({ mask, slots }: Table, number: bigint, text: number, length: number): void {
    const bits = BigInt.asUintN(64, number);
    const first = Math.imul(Number(bits & 0xffff_ffffn) ^ Number(bits >> 32n), 0x9e37_79b1) >>> 7;
    for (let place = first; ; place++) {
      const slot = slots + (place & mask) * L.SLOT_SIZE;
      if (this.#word(slot + L.SLOT_LENGTH) !== 0) continue;
      this.#putNumber(slot, number);
      this.#put(slot + L.SLOT_TEXT, text, length);
      return;
    }
  }
}

/** What a map has under a key, made when it is asked for first. */
function under<K, L>(map: Map<K, Map<L, number>>, key: K): Map<L, number> {
  let inner = map.get(key);
  if (inner === undefined) {
    inner = new Map();
    map.set(key, inner);
  }
  return inner;
}

const TEST_KINDS = {
  sole: L.TEST_OF_SOLE,
  flag: L.TEST_OF_FLAG,
  never: L.TEST_OF_NONE,
  text: L.TEST_OF_NUMBER,
};

/** How a part writes values of a definition. */
function wordingKind({ form, write }: Part, def: ValueDef): number {
  if (form === null) return isNumber(def) && numberForm(write) !== undefined ? L.WORDING_TABULATED : L.WORDING_OF_HOST;
  if (form === 'text') return L.WORDING_OF_HOST;
  if (def.layout === 'binary' && !def.secret && def.format === '' && HINTS[def.hint] !== undefined)
    return L.WORDING_HINT;
  switch (wordingOf(def, form).kind) {
    case 'number':
      return form === 'num' || isDecimal(def) ? L.WORDING_DECIMAL : L.WORDING_TABULATED;
    case 'string':
      return L.WORDING_STRING;
    case 'index':
      return L.WORDING_INDEX;
    default:
      return L.WORDING_OF_HOST;
  }
}

function isNumber(def: ValueDef): boolean {
  return def.layout === 'integer' && isPlain(def);
}

function layoutOf({ layout }: ValueDef): number {
  switch (layout) {
    case 'integer':
      return L.LAYOUT_INTEGER;
    case 'string':
      return L.LAYOUT_STRING;
    case 'binary':
      return L.LAYOUT_BINARY;
    case 'nest':
    case 'sub-message':
    case 'struct':
      return L.LAYOUT_INSIDE;
    default:
      return L.LAYOUT_OTHER;
  }
}

function orderOf({ big }: ValueDef): number {
  return big === null ? L.OF_MESSAGE : big ? L.OF_BIG : L.OF_LITTLE;
}

/** Offset, width, byte order and sign of an integer. */
function chooserOf(def: ValueDef & { readonly length: number }, at: number): number[] {
  return [at, def.length, orderOf(def), def.signed ? 1 : 0];
}

/** An integer member by its path in a struct; undefined where there is none, null where the bytes decide. */
function chooserAt(struct: StructDef, path: readonly string[]): number[] | undefined | null {
  let within: StructDef | null = struct;
  let at = 0;
  for (const [i, name] of path.entries()) {
    if (within === null) return null;
    const member = within.byName.get(name);
    if (member === undefined) return undefined;
    at += member.offset;
    if (i === path.length - 1) return member.layout === 'integer' ? chooserOf(member, at) : undefined;
    within = member.struct;
  }
  return undefined;
}

function areAscii(parts: readonly Part[]): boolean {
  return parts.every(
    ({ text, options, parts: inside }) =>
      isAscii(text) && options.every(({ literal }) => isAscii(literal)) && areAscii(inside),
  );
}

/** Whether each of its characters takes one byte. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false;
  return true;
}
