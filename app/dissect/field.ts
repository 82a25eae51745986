import type { ByteRange, Envelope, FieldKind, FieldNode, Integer, Note, Severity } from '../contracts/index.ts';
import type { AttrDef, AttrSpace, DecodeChoices, ValueDef } from '../specs/index.ts';
import { NLA_HDRLEN, readU16, readU32, viewOf } from '../wire/index.ts';
import type { DecodeContext } from './api.ts';
import { likelyReadings } from './likely.ts';
import { filterText, isAttr, presentText } from './present.ts';

/** A decoded value: integers are numbers where a double holds them exactly, else bigint; opaque bytes are null. */
export type RawValue = number | bigint | string | boolean | null;

/** What fields need of the decoder that made them. */
export interface FieldReader<Unread = object> {
  /** What the user wants read otherwise than specs say; null for nothing. */
  readonly choices: DecodeChoices | null;
  /** Reads the value and the children of a field that waited for it. */
  read(field: Field, unread: Unread): void;
  /** One member of a header that waits; undefined: it has none of that name. null: not without reading all of them. */
  member(header: Field, unread: Unread, name: string): Field | undefined | null;
  /** The first items of an array that waits; null for all else. */
  firstItems(array: Field, unread: Unread, most: number): Beginning | null;
  /** Fields of the request that a message answers; none when it was not seen. */
  request(state: DecodeState): readonly Field[];
  /** The line that the spec has for a closed nest; '' when it has none. */
  describe(nest: Field): string;
}

/** The first of many fields, and how many there are in all. */
export interface Beginning {
  readonly first: readonly Field[];
  readonly count: number;
}

const NO_NOTES: readonly Note[] = [];

/** What all fields of one message share. */
export class DecodeState {
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  readonly littleEndian: boolean;
  readonly context: DecodeContext;
  readonly reader: FieldReader;
  /** What the user wants read otherwise than specs say; null for nothing. */
  readonly choices: DecodeChoices | null;
  /** Everything that can wait is read when somebody asks for it. Else only what is never worth a note waits. */
  readonly lazy: boolean;
  #view: DataView | null = null;
  #notes: Note[] | null = null;
  #request: readonly Field[] | null = null;

  constructor(bytes: Uint8Array, envelope: Envelope, context: DecodeContext, reader: FieldReader, lazy: boolean) {
    this.choices = reader.choices;
    this.bytes = bytes;
    this.envelope = envelope;
    this.littleEndian = envelope.littleEndian;
    this.context = context;
    this.reader = reader;
    this.lazy = lazy;
  }

  /** What is worth telling about the message; complete unless it is read lazily. */
  get notes(): readonly Note[] {
    return this.#notes ?? NO_NOTES;
  }

  get view(): DataView {
    this.#view ??= viewOf(this.bytes);
    return this.#view;
  }

  u16(at: number): number {
    return readU16(this.bytes, at, this.littleEndian);
  }

  u32(at: number): number {
    return readU32(this.bytes, at, this.littleEndian);
  }

  request(): readonly Field[] {
    this.#request ??= this.reader.request(this);
    return this.#request;
  }

  note(severity: Severity, code: string, text: string, start: number, end: number): void {
    this.#notes ??= [];
    this.#notes.push({ severity, code, text, range: { start, end } });
  }
}

const NONE: Field[] = [];

/** Has the text of a field, and makes it when it is asked for; its type, where that is not the definition's. */
export interface Teller {
  readonly text: string;
  readonly type?: string;
}

/** What few fields have. */
class Extra {
  teller: Teller | undefined = undefined;
  /** undefined: the definition's. */
  space: AttrSpace | null | undefined = undefined;
  severity: Severity | undefined = undefined;
  note: string | undefined = undefined;
  override: string | undefined = undefined;
  filterAs: FilterAs | undefined = undefined;
  decodedAs: string | undefined = undefined;
}

/** The set that a definition alone says a nest is read with. */
function ownSpace(def: ValueDef | null): AttrSpace | null {
  return def?.layout === 'nest' || def?.layout === 'message' ? (def as AttrDef).space : null;
}

/** Display filter field and value. */
export interface FilterAs {
  readonly name: string;
  readonly value: string;
}

/** How a filter asks for a message whose body is this text. */
export function textFilter(text: string): FilterAs {
  return { name: 'text', value: JSON.stringify(text) };
}

/**
 * A decoded field while it is in the process that decoded it: knows where its value stands; the value, the children and
 * the texts are made when somebody asks. `plain` makes the FieldNode that crosses borders.
 */
export class Field implements FieldNode {
  readonly state: DecodeState;
  readonly name: string;
  readonly kind: FieldKind;
  def: ValueDef | null;
  /** Start of header and payload, start and end of the payload; padding is not included. */
  readonly start: number;
  readonly payloadStart: number;
  readonly end: number;
  /** The value; in its place what reading it takes, as long as the field waits. */
  #raw: RawValue | object;
  #children: Field[] = NONE;
  /** What takes the place of the definition's type: the type, or who tells it with the text. */
  #told: string | Teller | undefined = undefined;
  #extra: Extra | null = null;

  constructor(
    state: DecodeState,
    name: string,
    kind: FieldKind,
    def: ValueDef | null,
    raw: RawValue,
    start: number,
    payloadStart: number,
    end: number,
  ) {
    this.state = state;
    this.name = name;
    this.kind = kind;
    this.def = def;
    this.#raw = raw;
    this.start = start;
    this.payloadStart = payloadStart;
    this.end = end;
  }

  /** Leaves value and children to be read when somebody asks for them. */
  wait(unread: object): void {
    this.#raw = unread;
  }

  /** Its definition and its bytes say all that is known of it: it has no text, note or rule of its own. */
  get isPlain(): boolean {
    return this.#extra === null && typeof this.#told !== 'object';
  }

  /** What reading it takes, as long as a plain field waits; null for all else. */
  get unread(): object | null {
    return typeof this.#raw === 'object' && this.isPlain ? this.#raw : null;
  }

  /** Reads what waits. */
  #read(): void {
    const unread = this.#raw;
    if (typeof unread !== 'object' || unread === null) return;
    this.#raw = null;
    this.state.reader.read(this, unread);
  }

  get raw(): RawValue {
    const raw = this.#raw;
    if (typeof raw !== 'object' || raw === null) return raw;
    this.#read();
    return this.#raw as RawValue;
  }

  set raw(raw: RawValue) {
    this.#raw = raw;
  }

  get children(): readonly Field[] {
    this.#read();
    return this.#children;
  }

  /** Attribute set the children were read with. */
  get space(): AttrSpace | null {
    this.#read();
    const own = this.#extra?.space;
    return own === undefined ? ownSpace(this.def) : own;
  }

  set space(space: AttrSpace | null) {
    if (space !== ownSpace(this.def)) this.#more().space = space;
  }

  #more(): Extra {
    this.#extra ??= new Extra();
    return this.#extra;
  }

  get severity(): Severity | undefined {
    this.#read();
    return this.#extra?.severity;
  }

  get note(): string | undefined {
    this.#read();
    return this.#extra?.note;
  }

  set note(note: string) {
    this.#more().note = note;
  }

  /** What a display filter asks for, where no definition says it. */
  get filterAs(): FilterAs | undefined {
    return this.#extra?.filterAs;
  }

  set filterAs(filter: FilterAs) {
    this.#more().filterAs = filter;
  }

  /** The rule of the user's by which it reads as it does. */
  get decodedAs(): string | undefined {
    return this.#extra?.decodedAs ?? (this.def as AttrDef | null)?.chosen?.rule;
  }

  set decodedAs(rule: string) {
    this.#more().decodedAs = rule;
  }

  /** Text that replaces what the definition would say. */
  get override(): string | undefined {
    this.#read();
    if (this.#extra === null && this.#told === undefined) return undefined;
    return this.#extra?.override ?? this.#teller?.text;
  }

  set override(text: string) {
    this.#more().override = text;
  }

  /** As `override`, where the text is worth making only when somebody looks at it. */
  set teller(teller: Teller) {
    if (this.#told === undefined) this.#told = teller;
    else this.#more().teller = teller;
  }

  get #teller(): Teller | undefined {
    const told = this.#told;
    return typeof told === 'object' ? told : this.#extra?.teller;
  }

  /** Type shown instead of the definition's. */
  set typeName(name: string) {
    const told = this.#told;
    if (typeof told === 'object') this.#more().teller = told;
    this.#told = name;
  }

  /** Number of an attribute, with its flag bits as on the wire; 0 for what is none. */
  get wireType(): number {
    return this.payloadStart - this.start === NLA_HDRLEN && this.kind !== 'text' ? this.state.u16(this.start + 2) : 0;
  }

  get type(): string {
    // Only sub-messages learn their type by being read.
    if (this.def?.layout === 'sub-message') this.#read();
    const told = this.#told;
    return (
      (typeof told === 'object' ? told.type : told) ?? this.def?.type ?? (this.kind === 'attr' ? 'unknown' : this.kind)
    );
  }

  get value(): Integer | boolean | null {
    if (this.def?.secret === true) return null;
    return typeof this.raw === 'bigint' ? this.raw.toString() : this.raw;
  }

  get text(): string {
    return this.override ?? presentText(this);
  }

  get range(): ByteRange {
    return { start: this.start, end: this.end };
  }

  get payload(): ByteRange {
    return { start: this.payloadStart, end: this.end };
  }

  get filter(): string | undefined {
    // Of a bitfield32 the filter compares the value, never which bits count.
    const isPart = this.kind === 'member' && this.name === 'selector';
    return this.#extra?.filterAs?.name ?? (isAttr(this.def) && !isPart ? this.def.filter : undefined);
  }

  get filterValue(): string | undefined {
    return this.#extra?.filterAs?.value ?? (this.filter === undefined ? undefined : filterText(this));
  }

  get doc(): string | undefined {
    const doc = this.def?.doc;
    return doc === '' ? undefined : doc;
  }

  add(child: Field): void {
    if (this.#children === NONE) this.#children = [child];
    else this.#children.push(child);
  }

  /** Adds children; the array may become theirs. */
  addAll(children: Field[]): void {
    if (this.#children === NONE) this.#children = children;
    else for (const child of children) this.#children.push(child);
  }

  /** Marks this field and tells the expert. */
  complain(severity: Severity, code: string, text: string): void {
    const more = this.#more();
    more.severity = severity;
    more.note = text;
    this.state.note(severity, code, text, this.start, this.end);
  }

  /** Payload bytes. */
  bytes(): Uint8Array {
    return this.state.bytes.subarray(this.payloadStart, this.end);
  }

  child(name: string): Field | undefined {
    for (const child of this.children) if (child.name === name) return child;
    return undefined;
  }

  /** As `child`, for a header: the others may stay unread. */
  member(name: string): Field | undefined {
    const unread = this.#raw;
    if (typeof unread === 'object' && unread !== null) {
      const found = this.state.reader.member(this, unread, name);
      if (found !== null) return found;
    }
    return this.child(name);
  }

  /** At most so many of the items of an array that waits: the others stay unread. null for all else. */
  firstItems(most: number): Beginning | null {
    const unread = this.#raw;
    return typeof unread === 'object' && unread !== null ? this.state.reader.firstItems(this, unread, most) : null;
  }

  /** An attribute that no spec describes and that does not say itself that it is a nest. */
  get #isUnknown(): boolean {
    return this.kind === 'attr' && this.def === null;
  }

  /** What a tree shows below the field: its children, or the likely readings of an attribute that is unknown. */
  get shown(): readonly FieldNode[] {
    if (!this.#isUnknown) return this.children;
    return likelyReadings(this.state.bytes, this.payloadStart, this.end, this.state.littleEndian);
  }

  /**
   * A copy without references into the decoder.
   * @param above the header that it is a member of
   */
  plain(above: Field | null = null): FieldNode {
    const node: { -readonly [K in keyof FieldNode]: FieldNode[K] } = {
      name: this.name,
      kind: this.kind,
      type: this.type,
      value: this.value,
      text: this.text,
      range: this.range,
      payload: this.payload,
      children: this.#isUnknown
        ? this.shown.slice()
        : this.children.map((c) => c.plain(this.kind === 'header' ? this : null)),
    };
    const filter = this.filter ?? (above === null ? undefined : memberFilter(above, this));
    if (filter !== undefined) {
      node.filter = filter;
      const value = this.#extra?.filterAs?.value ?? memberValue(filter, this);
      if (value !== undefined) node.filterValue = value;
    }
    if (this.decodedAs !== undefined) node.decodedAs = this.decodedAs;
    if (this.doc !== undefined) node.doc = this.doc;
    if (this.severity !== undefined) node.severity = this.severity;
    if (this.note !== undefined) node.note = this.note;
    return node;
  }
}

/** What display filters call members that they do not call by their struct. */
const MEMBER_FILTERS: { readonly [member: string]: string } = {
  'nlmsghdr.nlmsg_len': 'nl.len',
  'nlmsghdr.nlmsg_type': 'nl.type_number',
  'nlmsghdr.nlmsg_flags': 'nl.flags',
  'nlmsghdr.nlmsg_seq': 'nl.seq',
  'nlmsghdr.nlmsg_pid': 'nl.portid',
  'nlmsgerr.error': 'errno',
  'nlmsg_done.error': 'errno',
};

/** The display filter field of a header's member. */
function memberFilter(header: Field, member: Field): string | undefined {
  if (member.kind !== 'member' || member.def === null) return undefined;
  // The header inside an error is that of the message that failed.
  if (header.name === 'nlmsghdr' && header.start !== 0) return undefined;
  const name = `${header.name}.${member.name}`;
  return MEMBER_FILTERS[name] ?? name;
}

/** Headers of many families: what their numbers are called depends on whose message it is. */
const SHARED_HEADERS = /^(nl|nfgenmsg|genlmsghdr)\./;

/** The value as a display filter would write it. Errors are negative in messages, and positive everywhere else. */
function memberValue(filter: string, field: Field): string | undefined {
  const { raw } = field;
  if (filter === 'errno' && typeof raw === 'number') return String(-raw);
  return SHARED_HEADERS.test(filter) && typeof raw === 'number' ? String(raw) : filterText(field);
}
