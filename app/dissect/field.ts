import type { ByteRange, FieldKind, FieldNode, Integer, Note, Severity } from '../contracts/index.ts';
import type { AttrDef, AttrSpace, ValueDef } from '../specs/index.ts';
import { viewOf } from '../wire/index.ts';
import type { DecodeContext } from './api.ts';
import { filterText, presentText } from './present.ts';

/** A decoded value: integers are numbers where a double holds them exactly, else bigint; opaque bytes are null. */
export type RawValue = number | bigint | string | boolean | null;

/** What all fields of one message share. */
export class DecodeState {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly context: DecodeContext;
  readonly notes: Note[] = [];
  /** Fields of the request that this message answers; none when it was not seen. */
  request: () => readonly Field[] = () => NONE;
  /** The line that the spec has for a closed nest; '' when it has none. */
  describe: (nest: Field) => string = () => '';

  constructor(bytes: Uint8Array, littleEndian: boolean, context: DecodeContext) {
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.littleEndian = littleEndian;
    this.context = context;
  }

  note(severity: Severity, code: string, text: string, start: number, end: number): void {
    this.notes.push({ severity, code, text, range: { start, end } });
  }
}

const NONE: Field[] = [];

/**
 * A decoded field while it is in the process that decoded it: holds the raw value and where it stands; texts are made
 * when somebody asks. `plain` makes the FieldNode that crosses borders.
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
  raw: RawValue;
  children: Field[] = NONE;
  severity: Severity | undefined = undefined;
  note: string | undefined = undefined;
  /** Text that replaces what the definition would say. */
  override: string | undefined = undefined;
  /** Type shown instead of the definition's. */
  typeName: string | undefined = undefined;
  /** Number of an attribute, with its flag bits as on the wire. */
  wireType = 0;
  /** Attribute set and fixed header the children were read with, where it was chosen at run time. */
  space: AttrSpace | null = null;

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
    this.raw = raw;
    this.start = start;
    this.payloadStart = payloadStart;
    this.end = end;
  }

  get type(): string {
    return this.typeName ?? this.def?.type ?? (this.kind === 'attr' ? 'unknown' : this.kind);
  }

  get value(): Integer | boolean | null {
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
    return this.def !== null && 'filter' in this.def ? (this.def as AttrDef).filter : undefined;
  }

  get filterValue(): string | undefined {
    return this.filter === undefined ? undefined : filterText(this);
  }

  get doc(): string | undefined {
    const doc = this.def?.doc;
    return doc === '' ? undefined : doc;
  }

  add(child: Field): void {
    if (this.children === NONE) this.children = [child];
    else this.children.push(child);
  }

  /** Marks this field and tells the expert. */
  complain(severity: Severity, code: string, text: string): void {
    this.severity = severity;
    this.note = text;
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

  /** A copy without references into the decoder. */
  plain(): FieldNode {
    const node: { -readonly [K in keyof FieldNode]: FieldNode[K] } = {
      name: this.name,
      kind: this.kind,
      type: this.type,
      value: this.value,
      text: this.text,
      range: this.range,
      payload: this.payload,
      children: this.children.map((c) => c.plain()),
    };
    const filter = this.filter;
    if (filter !== undefined) {
      node.filter = filter;
      const value = this.filterValue;
      if (value !== undefined) node.filterValue = value;
    }
    if (this.doc !== undefined) node.doc = this.doc;
    if (this.severity !== undefined) node.severity = this.severity;
    if (this.note !== undefined) node.note = this.note;
    return node;
  }
}
