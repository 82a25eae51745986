import type { AttrDef, AttrSpace } from '../specs/index.ts';
import { align4, MAX_DEPTH, NLA_HDRLEN, NLA_TYPE_MASK, readU16 } from '../wire/index.ts';
import { decodeOne, findFormat, readString, wholeInteger } from './decode.ts';
import { DecodeState, type Field } from './field.ts';
import { briefText } from './present.ts';
import { isPlain, MOST_TEXTS, type Wording, wordingOf } from './wordings.ts';

/** What is known of an attribute before any is seen. */
class Entry {
  readonly def: AttrDef;
  readonly number: number;
  readonly isInteger: boolean;
  /** How constants read as tools spell them. */
  readonly wording: Wording;
  /** Of a nest, what is inside; of a sub-message, what its selectors' texts choose. */
  #inside: Level | null = null;
  #chosen: Map<string, Level> | null = null;

  constructor(def: AttrDef) {
    this.def = def;
    this.number = def.number;
    this.isInteger = def.layout === 'integer' && isPlain(def);
    this.wording = wordingOf(def, 'lower');
  }

  get inside(): Level {
    const { layout, space } = this.def;
    this.#inside ??= layout === 'nest' ? levelOf(space) : NOWHERE;
    return this.#inside;
  }

  /** The set of a sub-message for a text of its selector; an empty one where there is none, or more than a set. */
  chosen(selected: string): Level {
    this.#chosen ??= new Map();
    let level = this.#chosen.get(selected);
    if (level === undefined) {
      const format = this.def.formats === null ? undefined : findFormat(this.def, selected);
      level = format === undefined || format.header !== null ? NOWHERE : levelOf(format.space);
      if (this.#chosen.size < MOST_TEXTS) this.#chosen.set(selected, level);
    }
    return level;
  }
}

/** The attributes of a set by name and by number. */
class Level {
  readonly bigEndian: boolean;
  readonly byName: ReadonlyMap<string, Entry>;
  readonly byNumber: readonly (Entry | undefined)[];

  constructor(space: AttrSpace | null) {
    this.bigEndian = space?.bigEndian === true;
    this.byNumber = space?.dense.map((def) => (def === undefined ? undefined : new Entry(def))) ?? [];
    this.byName = new Map(this.byNumber.flatMap((entry) => (entry === undefined ? [] : [[entry.def.name, entry]])));
  }
}

const NOWHERE = new Level(null);

const levels = new WeakMap<AttrSpace, Level>();

function levelOf(space: AttrSpace | null): Level {
  if (space === null) return NOWHERE;
  let level = levels.get(space);
  if (level === undefined) {
    level = new Level(space);
    levels.set(space, level);
  }
  return level;
}

const NOTHING_AROUND = { header: null, frame: null };

/**
 * The attributes of a nest, read from its bytes when they are asked for by their constants: no fields are made of what
 * nobody asks for. Of several with one number the first counts. What users chose to read otherwise reads as specs say.
 */
export class NestReader {
  readonly state: DecodeState;
  readonly #def: AttrDef;
  readonly #level: Level;
  readonly #little: boolean;
  readonly #start: number;
  readonly #end: number;
  /** Nests around its attributes in the message. */
  readonly #depth: number;
  /** The payload of the attribute that was met last. */
  #at = 0;
  #stop = 0;

  private constructor(state: DecodeState, def: AttrDef, level: Level, start: number, end: number, depth: number) {
    this.state = state;
    this.#def = def;
    this.#level = depth > MAX_DEPTH ? NOWHERE : level;
    this.#little = state.littleEndian && !level.bigEndian;
    this.#start = start;
    this.#end = end;
    this.#depth = depth;
  }

  /** Reads an attribute of a message that is a nest. */
  static of(nest: Field): NestReader {
    const { state, payloadStart, end } = nest;
    const { bytes, envelope, context, reader } = state;
    // Of a message that is read as a whole all that is worth a note has been told.
    const own = state.lazy ? state : new DecodeState(bytes, envelope, context, reader, true);
    const def = nest.def as AttrDef;
    const space = def.layout === 'nest' ? def.space : nest.space;
    return new NestReader(own, def, levelOf(space), payloadStart, end, 1);
  }

  /** The nest itself as a field. */
  asField(): Field {
    return decodeOne(this.state, this.#def, this.#start - NLA_HDRLEN, this.#end, NOTHING_AROUND);
  }

  /** Meets the first attribute of a number from `from` on; false where there is none. */
  #meet(number: number, from: number): boolean {
    const { bytes } = this.state;
    const little = this.#little;
    const end = this.#end;
    for (let at = from; at + NLA_HDRLEN <= end; ) {
      const length = readU16(bytes, at, little);
      if (length < NLA_HDRLEN || at + length > end) return false;
      if ((readU16(bytes, at + 2, little) & NLA_TYPE_MASK) === number) {
        this.#at = at + NLA_HDRLEN;
        this.#stop = at + length;
        return true;
      }
      at += align4(length);
    }
    return false;
  }

  /** Meets the first attribute of a name; undefined where there is none. */
  #find(name: string): Entry | undefined {
    const entry = this.#level.byName.get(name);
    return entry !== undefined && this.#meet(entry.number, this.#start) ? entry : undefined;
  }

  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** An attribute for whose reading its siblings do not matter, as a field. */
  field(name: string): Field | undefined {
    const entry = this.#find(name);
    return entry === undefined ? undefined : this.#fieldOf(entry);
  }

  #fieldOf({ def }: Entry): Field {
    return decodeOne(this.state, def, this.#at - NLA_HDRLEN, this.#stop, NOTHING_AROUND);
  }

  /** The integer that was met; undefined where it is none, or its length is not the one it should have. */
  #integer({ isInteger, def }: Entry): number | bigint | undefined {
    return isInteger ? wholeInteger(this.state, def, this.#at, this.#stop) : undefined;
  }

  /** An integer; 0 where there is none. */
  number(name: string): number {
    const entry = this.#find(name);
    return entry === undefined ? 0 : Number(this.#integer(entry) ?? 0);
  }

  /** A text, or an integer's digits; '' where there is none. */
  text(name: string): string {
    const entry = this.#find(name);
    if (entry === undefined) return '';
    if (entry.def.layout === 'string') return readString(this.state.bytes, this.#at, this.#stop);
    return String(this.#integer(entry) ?? this.#fieldOf(entry).raw ?? '');
  }

  /** A constant as tools spell it; '' where there is none. */
  word(name: string): string {
    const entry = this.#find(name);
    if (entry === undefined) return '';
    const raw = this.#integer(entry);
    const { kind, texts } = entry.wording;
    if (raw === undefined || kind !== 'number') return briefText(this.#fieldOf(entry), 'lower');
    let text = texts.get(raw);
    if (text === undefined) {
      text = briefText(this.#fieldOf(entry), 'lower');
      if (texts.size < MOST_TEXTS) texts.set(raw, text);
    }
    return text;
  }

  /** The payload of an attribute. */
  bytes(name: string): Uint8Array | undefined {
    return this.#find(name) === undefined ? undefined : this.state.bytes.subarray(this.#at, this.#stop);
  }

  /** A nest inside. */
  nest(name: string): NestReader | undefined {
    const entry = this.#find(name);
    return entry === undefined ? undefined : this.#enter(entry, entry.inside);
  }

  #enter({ def }: Entry, level: Level): NestReader {
    return new NestReader(this.state, def, level, this.#at, this.#stop, this.#depth + 1);
  }

  /** All nests inside of a name, in their order. */
  nests(name: string): NestReader[] {
    const found: NestReader[] = [];
    const entry = this.#find(name);
    if (entry === undefined) return found;
    do found.push(this.#enter(entry, entry.inside));
    while (this.#meetNext(entry.number));
    return found;
  }

  #meetNext(number: number): boolean {
    const from = this.#at - NLA_HDRLEN;
    return this.#meet(number, from + align4(this.#stop - from));
  }

  /** A nest inside whose set the text of a sibling tells: the last one before it, else the first after it. */
  chosenNest(name: string): NestReader | undefined {
    const entry = this.#find(name);
    if (entry === undefined) return undefined;
    const [at, stop] = [this.#at, this.#stop];
    const selected = this.#textBefore(entry.def.selectors[0], at);
    [this.#at, this.#stop] = [at, stop];
    return this.#enter(entry, selected === null ? NOWHERE : entry.chosen(selected));
  }

  /** The last text of an attribute before another, else its first; null where it is nowhere. */
  #textBefore(selector: string, before: number): string | null {
    const one = this.#level.byNumber.find((entry) => entry?.def.specName === selector);
    if (one?.def.layout !== 'string' || !this.#meet(one.number, this.#start)) return null;
    let [at, stop] = [this.#at, this.#stop];
    while (this.#meetNext(one.number) && this.#at < before) [at, stop] = [this.#at, this.#stop];
    return readString(this.state.bytes, at, stop);
  }
}
