import type { AttrDef, AttrSpace, MemberDef, MessageDef, StructDef, ValueDef } from '../specs/index.ts';
import { align4, NLA_HDRLEN, NLA_TYPE_MASK, readU16 } from '../wire/index.ts';
import {
  decodeAttributes,
  decodeOne,
  decodeStruct,
  findFormat,
  isChosen,
  readString,
  type Surroundings,
  wholeInteger,
} from './decode.ts';
import type { DecodeState, Field, RawValue } from './field.ts';
import type { InfoWriter } from './infoWriter.ts';
import { neededOf } from './needs.ts';
import { type Form, hintText, isEmptyValue } from './present.ts';
import { findAll, findName, type PlacedValues, render, valueText } from './render.ts';
import { IN_REQUEST, type Option, type Part, type Place, type Template, TOP } from './template.ts';
import type { Test } from './templateTest.ts';
import { BY_FIELD, isPlain, MOST_TEXTS, type Wording, wordingOf } from './wordings.ts';

/** What is wanted of an attribute set at one place: places + 1 by number. */
interface Level {
  readonly space: AttrSpace;
  readonly places: Uint16Array;
}

/** What a place is: somewhere inside another, an attribute of the message, its header, a member of that, or in the request. */
const INNER = 0;
const ATTRIBUTE = 1;
const HEADER = 2;
const MEMBER = 3;
const REQUEST = 4;

/** How a place is looked into. */
const CLOSED = 0;
const OPEN = 1;
/** Only its field tells what is in it. */
const DECODED = 2;

/**
 * A template for messages of one kind that are not decoded: one walk finds where the attributes stand that it asks for,
 * plain values are written from their bytes, and fields are made of the others alone, when they are asked for.
 */
export class Skim implements PlacedValues {
  readonly template: Template;
  readonly #places: readonly Place[];
  readonly #kinds: Uint8Array;
  /** By place, the one around it. */
  readonly #outer: Int16Array;
  readonly #header: StructDef | null;
  readonly #space: AttrSpace | null;
  readonly #top: Level | null;
  /** Levels inside a place, by their sets. */
  readonly #levels: Map<AttrSpace, Level>[];
  readonly #inner: readonly (readonly number[])[];
  /** Of outermost places, the members of the message's header. */
  readonly #members: readonly (MemberDef | null)[];
  readonly #formats: Map<RawValue, AttrSpace | null>[];
  /** By option: how values of a definition are written. */
  readonly #wordings: Wording[];
  readonly #wordingDefs: (ValueDef | null)[];
  /** By number of an attribute, it and the siblings that tell how it reads. */
  readonly #needs = new Map<number, Uint8Array>();

  // Of the message at hand, by place. Payloads; 0: not there, or not met yet.
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  readonly #defs: (ValueDef | null)[];
  readonly #ways: Uint8Array;
  /** Attributes that have been met more than once. */
  readonly #repeated: Uint8Array;
  /** null: not made yet. */
  readonly #fields: (Field | undefined | null)[];
  readonly #lists: (readonly Field[] | null)[];
  #state: DecodeState | null = null;
  #headerStart = 0;
  #headerEnd = 0;
  /** Where the attributes of the message begin. */
  #body = 0;
  #headerField: Field | null = null;

  private constructor(template: Template, { header, space }: MessageDef) {
    const { places, options } = template;
    const each = <T>(make: (place: number) => T): T[] => places.map((_, place) => make(place));
    this.template = template;
    this.#places = places;
    this.#kinds = Uint8Array.from(places, (place) => kindOf(place, header));
    this.#outer = Int16Array.from(places, ({ outer }) => outer);
    this.#header = header;
    this.#space = space;
    this.#inner = each((outer) => innerPlaces(places, outer));
    this.#top = space === null ? null : levelOf(space, places, innerPlaces(places, TOP));
    this.#members = places.map(({ name, outer }) => (outer === TOP ? memberOf(header, name) : null));
    this.#levels = each(() => new Map());
    this.#formats = each(() => new Map());
    this.#wordings = new Array(options).fill(BY_FIELD);
    this.#wordingDefs = new Array(options).fill(null);
    this.#starts = new Int32Array(places.length);
    this.#ends = new Int32Array(places.length);
    this.#ways = new Uint8Array(places.length);
    this.#repeated = new Uint8Array(places.length);
    this.#defs = each(() => null);
    this.#fields = each(() => null);
    this.#lists = each(() => null);
  }

  /** null where only decoding finds what the template asks for. */
  static of(template: Template, message: MessageDef): Skim | null {
    const { header, space, ownHeader, options } = message;
    if (ownHeader !== null || options !== '' || header?.variable === true) return null;
    if (template.hasRest || template.looksBeside) return null;
    const isFound = (place: Place): boolean =>
      kindOf(place, header) !== ATTRIBUTE || soleOf(space, place.name) !== null;
    return template.places.every(isFound) ? new Skim(template, message) : null;
  }

  /** Writes the line about a message, whose own header and attributes begin at `start`. */
  render(state: DecodeState, start: number, out: InfoWriter): void {
    this.begin(state, start);
    render(this.template.parts, this, out, false);
    this.leave();
  }

  /** Looks at a message, until `leave`. */
  begin(state: DecodeState, start: number): void {
    const end = state.bytes.length;
    const size = this.#header?.size ?? 0;
    this.#state = state;
    this.#headerField = null;
    this.#headerStart = start;
    this.#headerEnd = Math.min(end, start + size);
    this.#body = Math.min(end, start + align4(size));
    this.#forget();
    if (this.#top !== null) this.#walk(this.#body, end, this.#top);
  }

  /** Lets go of the message: the bytes are the caller's. */
  leave(): void {
    this.#state = null;
  }

  /** What a part writes of the first of its values that is there. */
  value(part: Part): string {
    return valueText(part, this);
  }

  /** Makes room for another message: there are few places, for which calls of `fill` cost more than they do. */
  #forget(): void {
    const starts = this.#starts;
    const ways = this.#ways;
    const repeated = this.#repeated;
    const fields = this.#fields;
    const lists = this.#lists;
    for (let place = 0; place < starts.length; place++) {
      starts[place] = 0;
      ways[place] = CLOSED;
      repeated[place] = 0;
      fields[place] = null;
      lists[place] = null;
    }
  }

  /** Notes where the wanted attributes stand; what is no attribute ends it, as in decoding. */
  #walk(start: number, end: number, { space, places }: Level): void {
    const { bytes, littleEndian } = this.#state!;
    const little = littleEndian && !space.bigEndian;
    const starts = this.#starts;
    for (let at = start; at + NLA_HDRLEN <= end; ) {
      const length = readU16(bytes, at, little);
      if (length < NLA_HDRLEN || at + length > end) return;
      const number = readU16(bytes, at + 2, little) & NLA_TYPE_MASK;
      const place = number < places.length ? places[number] - 1 : -1;
      if (place >= 0) {
        if (starts[place] !== 0) this.#repeated[place] = 1;
        else {
          starts[place] = at + NLA_HDRLEN;
          this.#ends[place] = at + length;
          this.#defs[place] = space.dense[number]!;
        }
      }
      at += align4(length);
    }
  }

  /** Finds what is wanted inside a place; says how. */
  #open(outer: number): number {
    if (this.#ways[outer] === CLOSED) this.#ways[outer] = this.has(outer) ? this.#lookInto(outer) : OPEN;
    return this.#ways[outer];
  }

  #lookInto(outer: number): number {
    if (this.#starts[outer] === 0) return DECODED;
    const def = this.#defs[outer] as AttrDef;
    if (!isPlain(def)) return DECODED;
    switch (def.layout) {
      case 'nest':
        return this.#enter(outer, this.#chosenSpace(def));
      case 'sub-message':
        return this.#enterFormat(outer, def);
      case 'struct':
        return this.#enterStruct(outer, def.struct!);
      default:
        return DECODED;
    }
  }

  /** The set of a nest, which a member of the message's header may choose. */
  #chosenSpace({ space, switch: choice }: AttrDef): AttrSpace | null {
    if (choice === null) return space;
    const member = memberOf(this.#header, choice.member);
    const start = this.#headerStart + (member?.offset ?? 0);
    if (member === null || start + member.length > this.#headerEnd) return space;
    const raw = this.#integer(member, start, start + member.length);
    return (typeof raw === 'number' ? choice.cases.get(raw) : undefined) ?? space;
  }

  #enter(outer: number, space: AttrSpace | null): number {
    if (space === null) return DECODED;
    let level = this.#levels[outer].get(space);
    if (level === undefined) {
      level = levelOf(space, this.#places, this.#inner[outer]);
      this.#levels[outer].set(space, level);
    }
    this.#walk(this.#starts[outer], this.#ends[outer], level);
    return OPEN;
  }

  /** A sub-message whose format the one selector beside it tells. */
  #enterFormat(outer: number, def: AttrDef): number {
    const around = this.#outer[outer];
    const siblings = around === TOP ? this.#space : this.#spaceOf(around);
    const selector = siblings?.dense.find((one) => one?.specName === def.selectors[0]);
    if (siblings == null || selector === undefined) return DECODED;
    const from = around === TOP ? this.#body : this.#starts[around];
    const to = around === TOP ? this.#state!.bytes.length : this.#ends[around];
    const selected = this.#soleValue(selector, siblings, from, to);
    if (selected === null) return DECODED;
    const formats = this.#formats[outer];
    let space = formats.get(selected);
    if (space === undefined) {
      space = formatSpace(def, selector, selected);
      if (formats.size < MOST_TEXTS) formats.set(selected, space);
    }
    return this.#enter(outer, space);
  }

  /** The set that a nest is read with; null where it is none. */
  #spaceOf(nest: number): AttrSpace | null {
    const def = this.#defs[nest] as AttrDef;
    return this.#ways[nest] === OPEN && def.layout === 'nest' ? this.#chosenSpace(def) : null;
  }

  /** The value of an attribute that stands once among some; null where it does not, or is neither text nor number. */
  #soleValue(def: AttrDef, { bigEndian }: AttrSpace, start: number, end: number): string | number | null {
    const { bytes, littleEndian } = this.#state!;
    const little = littleEndian && !bigEndian;
    let found = 0;
    let stop = 0;
    for (let at = start; at + NLA_HDRLEN <= end; ) {
      const length = readU16(bytes, at, little);
      if (length < NLA_HDRLEN || at + length > end) break;
      if ((readU16(bytes, at + 2, little) & NLA_TYPE_MASK) === def.number) {
        if (found !== 0) return null;
        found = at + NLA_HDRLEN;
        stop = at + length;
      }
      at += align4(length);
    }
    if (found === 0) return null;
    if (def.layout === 'string') return readString(bytes, found, stop);
    const raw = this.#integer(def, found, stop);
    return typeof raw === 'number' ? raw : null;
  }

  #enterStruct(outer: number, struct: StructDef): number {
    const start = this.#starts[outer];
    if (struct.variable || this.#ends[outer] - start < struct.size) return DECODED;
    for (const place of this.#inner[outer]) {
      const member = memberOf(struct, this.#places[place].name);
      if (member === null) return DECODED;
      this.#starts[place] = start + member.offset;
      this.#ends[place] = start + member.offset + member.length;
      this.#defs[place] = member;
    }
    return OPEN;
  }

  /** Notes where a member of the message's header stands; false where it is no such, or the bytes do not reach it. */
  #reach(place: number): boolean {
    const member = this.#members[place];
    if (member === null) return false;
    const start = this.#headerStart + member.offset;
    const end = start + member.length;
    if (end > this.#headerEnd) return false;
    this.#starts[place] = start;
    this.#ends[place] = end;
    this.#defs[place] = member;
    return true;
  }

  has(place: number): boolean {
    if (this.#starts[place] !== 0) return true;
    switch (this.#kinds[place]) {
      case ATTRIBUTE:
        return false;
      case MEMBER:
        return this.#reach(place) || this.#at(place) !== undefined;
      case INNER:
        return this.#open(this.#outer[place]) === DECODED ? this.#at(place) !== undefined : this.#starts[place] !== 0;
      default:
        return this.#at(place) !== undefined;
    }
  }

  isEmpty(place: number): boolean {
    const raw = this.#number(place);
    if (raw !== undefined) return raw === 0 || raw === 0n;
    const field = this.#at(place);
    return field === undefined || isEmptyValue(field);
  }

  holds(test: Test, place: number): boolean {
    const raw = this.#number(place);
    const known = raw === undefined ? undefined : test.holdsNumber(this.#defs[place]!, raw);
    if (known !== undefined) return known;
    const field = this.#at(place);
    return field !== undefined && test.holds(field);
  }

  text(part: Part, { place, number }: Option): string {
    const wording = this.#starts[place] === 0 ? BY_FIELD : this.#wordingOf(part.form, number, this.#defs[place]!);
    const told = this.#told(wording, place);
    if (told !== null) return told;
    const field = this.#at(place);
    if (field === undefined) return '';
    const text = part.write(field);
    if (wording.kind === 'number' && wording.texts.size < MOST_TEXTS) {
      if (typeof field.raw === 'number') wording.texts.set(field.raw, text);
    }
    return text;
  }

  #wordingOf(form: Form | null, option: number, def: ValueDef): Wording {
    if (this.#wordingDefs[option] !== def) {
      this.#wordingDefs[option] = def;
      this.#wordings[option] = form === null ? BY_FIELD : wordingOf(def, form);
    }
    return this.#wordings[option];
  }

  /** null where only the field of a value tells its text. */
  #told({ kind, texts }: Wording, place: number): string | null {
    switch (kind) {
      case 'field':
        return null;
      case 'string':
        return readString(this.#state!.bytes, this.#starts[place], this.#ends[place]);
      case 'hint':
        return hintText(this.#defs[place]!.hint, this.#state!.bytes, this.#starts[place], this.#ends[place]);
      default: {
        const raw = this.#number(place);
        if (raw === undefined) return null;
        if (kind === 'number') return texts.get(raw) ?? null;
        if (typeof raw !== 'number') return null;
        return (raw > 0 ? this.#state!.context.interfaceName(raw) : undefined) ?? `if${raw}`;
      }
    }
  }

  /** A plain integer that has been met; undefined for all else, and where its length is not the one it should have. */
  #number(place: number): number | bigint | undefined {
    const start = this.#starts[place];
    if (start === 0) return undefined;
    const def = this.#defs[place]!;
    return isPlain(def) ? this.#integer(def, start, this.#ends[place]) : undefined;
  }

  #integer(def: ValueDef, start: number, end: number): number | bigint | undefined {
    return wholeInteger(this.#state!, def, start, end);
  }

  /** There is no skimming for templates that show what they do not name. */
  rest(): readonly Field[] {
    return [];
  }

  all({ path, place }: Option): readonly Field[] {
    let top = place;
    while (this.#outer[top] >= 0) top = this.#outer[top];
    if (!this.has(top) || (this.#isMissing(place) && !this.#isRepeated(place))) return NONE;
    if (this.#kinds[top] === ATTRIBUTE) return findAll(this.#listOf(top, this.#defs[top] as AttrDef), path);
    const header = this.#ownHeader();
    return header === null ? NONE : findAll([header], path);
  }

  /** Whether the first of what is around a place is known not to have it. */
  #isMissing(place: number): boolean {
    const outer = this.#outer[place];
    if (outer < 0) return false;
    if (this.#isMissing(outer)) return true;
    return this.#starts[outer] !== 0 && this.#open(outer) === OPEN && this.#starts[place] === 0;
  }

  /** Whether there may be more than one of what is around a place. */
  #isRepeated(place: number): boolean {
    for (let at = this.#outer[place]; at >= 0; at = this.#outer[at]) {
      if (this.#repeated[at] !== 0) return true;
    }
    return false;
  }

  // ---- fields

  #at(place: number): Field | undefined {
    const known = this.#fields[place];
    if (known !== null) return known;
    const found = this.#find(place);
    this.#fields[place] = found;
    return found;
  }

  #find(place: number): Field | undefined {
    const { name } = this.#places[place];
    switch (this.#kinds[place]) {
      case INNER:
        return findName(this.#at(this.#outer[place])?.children ?? NONE, name);
      case HEADER:
        return this.#ownHeader() ?? undefined;
      case MEMBER:
        return this.#ownHeader()?.member(name);
      case REQUEST:
        return findName(this.#state!.request(), name);
      default:
        return this.#attribute(place);
    }
  }

  #attribute(place: number): Field | undefined {
    const start = this.#starts[place];
    if (start === 0) return undefined;
    const attribute = this.#defs[place] as AttrDef;
    if (isChosen(attribute) || this.#lists[place] !== null) return this.#listOf(place, attribute)[0];
    return decodeOne(this.#state!, attribute, start - NLA_HDRLEN, this.#ends[place], this.#around());
  }

  /** All attributes of the message that have the number of one. */
  #listOf(place: number, { number }: AttrDef): readonly Field[] {
    let list = this.#lists[place];
    if (list !== null) return list;
    const state = this.#state!;
    const space = this.#space!;
    let needs = this.#needs.get(number);
    if (needs === undefined) {
      needs = neededOf(space, (def) => def.number === number);
      this.#needs.set(number, needs);
    }
    const { header, frame } = this.#around();
    list = decodeAttributes(state, space, this.#body, state.bytes.length, header, frame, '', needs).filter(
      (field) => field.def?.number === number,
    );
    this.#lists[place] = list;
    return list;
  }

  #around(): Surroundings {
    const struct = this.#header;
    const frame = struct === null ? null : { struct, start: this.#headerStart, end: this.#headerEnd, outer: null };
    return { header: this.#ownHeader(), frame };
  }

  /** null where the message has none, or ends before it. */
  #ownHeader(): Field | null {
    if (this.#header === null || this.#headerEnd === this.#headerStart) return null;
    const state = this.#state!;
    this.#headerField ??= decodeStruct(state, this.#header, this.#headerStart, state.bytes.length);
    return this.#headerField;
  }
}

const NONE: readonly Field[] = [];

function kindOf({ name, outer }: Place, header: StructDef | null): number {
  if (outer === IN_REQUEST) return REQUEST;
  if (outer !== TOP) return INNER;
  if (header?.name === name) return HEADER;
  return isHeaderMember(header, name) ? MEMBER : ATTRIBUTE;
}

/** Whether a name at the top of a template is that of a member of the message's header. */
export function isHeaderMember(header: StructDef | null, name: string): boolean {
  return header?.byName.get(name)?.name === name;
}

/** A member of a struct whose length is known. */
export function memberOf(struct: StructDef | null, name: string): MemberDef | null {
  const member = struct?.byName.get(name);
  return member === undefined || member.name !== name || member.length < 0 || member.layout === 'pad' ? null : member;
}

/** The one attribute of that name in a set; null where there is none, and where there are several. */
function soleOf(space: AttrSpace | null, name: string): AttrDef | null {
  const [def, ...others] = space?.dense.filter((one) => one?.name === name) ?? [];
  return def === undefined || others.length > 0 ? null : def;
}

/** The places inside a place, or at the TOP. */
export function innerPlaces(places: readonly Place[], outer: number): number[] {
  return places.flatMap((place, number) => (place.outer === outer ? [number] : []));
}

function levelOf(space: AttrSpace, places: readonly Place[], wanted: readonly number[]): Level {
  const byNumber = new Uint16Array(space.dense.length);
  for (const place of wanted) {
    for (const def of space.dense) if (def?.name === places[place].name) byNumber[def.number] = place + 1;
  }
  return { space, places: byNumber };
}

/** The set that a sub-message is read with where its selector has a value; null where it takes more than a set. */
export function formatSpace(def: AttrDef, selector: AttrDef, selected: string | number): AttrSpace | null {
  const entry = typeof selected === 'number' ? selector.enum?.byValue.get(selected) : undefined;
  const format = findFormat(def, entry?.name ?? String(selected));
  return format === undefined || format.header !== null ? null : format.space;
}
