import { NETLINK_GENERIC } from '../wire/index.ts';
import { interned } from './interned.ts';
import { LegacyDumps } from './legacyDumps.ts';
import { messageDef } from './messageDef.ts';
import type {
  AttrDef,
  AttrSpace,
  BitField,
  CompiledSpec,
  EnumEntry,
  EnumTable,
  ErrorKind,
  Layout,
  MemberDef,
  MessageDef,
  OperationDef,
  SelectRule,
  StructDef,
  SubFormat,
  SummaryForms,
  ValueDef,
  Variant,
} from './tables.ts';
import {
  type AttributeView,
  isSubsetOfItself,
  type SelectView,
  type TemplateText,
  type ValueView,
  type ViewDocument,
  type YnlAttribute,
  type YnlAttributeSet,
  type YnlDefinition,
  type YnlDocument,
  type YnlMember,
  type YnlOperation,
} from './ynl.ts';

/** Something a spec says that cannot be: which spec, where in it, and what. */
export class SpecError extends Error {
  constructor(spec: string, where: string, what: string) {
    super(`${spec}: ${where}: ${what}`);
    this.name = 'SpecError';
  }
}

const INTEGERS: Readonly<Record<string, { size: number; signed: boolean }>> = {
  u8: { size: 1, signed: false },
  u16: { size: 2, signed: false },
  u32: { size: 4, signed: false },
  u64: { size: 8, signed: false },
  s8: { size: 1, signed: true },
  s16: { size: 2, signed: true },
  s32: { size: 4, signed: true },
  s64: { size: 8, signed: true },
  uint: { size: 0, signed: false },
  sint: { size: 0, signed: true },
};

/** The constant YNL's rule makes of a prefix and a name: upper case, underscores. */
export function constantName(prefix: string, name: string): string {
  return interned(`${prefix}${name}`.replaceAll('-', '_').toUpperCase());
}

function cName(name: string): string {
  return interned(name.replaceAll('-', '_'));
}

/** The netlink protocol of a spec's messages: that of generic netlink unless it says another. */
export function protocolOf({ protocol, protonum }: Pick<YnlDocument, 'protocol' | 'protonum'>): number {
  return protocol === 'netlink-raw' ? (protonum ?? 0) : NETLINK_GENERIC;
}

/** First part of a spec's filter names. */
export function shortName(name: string, view: Pick<ViewDocument, 'short'> | undefined): string {
  return view?.short ?? name.replace(/^rt-/, '').replaceAll('-', '_');
}

/** Finds an attribute set of another spec by its id, "conntrack/conntrack-attrs". */
export type FindSpace = (id: string) => AttrSpace | undefined;

/**
 * Compiles a YNL document, with its presentation when there is one, to tables.
 * @param elsewhere finds the sets of other specs that the presentation names with their spec ("conntrack/tuple-attrs")
 * @throws SpecError when the document refers to what it does not define or uses a type YNL does not have.
 */
export function compileSpec(document: YnlDocument, view?: ViewDocument, elsewhere?: FindSpace): CompiledSpec {
  const spec = new Compiler(document, view, elsewhere).compile();
  completeSpec(spec);
  return spec;
}

/** Compiles what is left of a spec: its enums are known when all else is. */
export function completeSpec({ enums }: CompiledSpec): void {
  enums.length;
}

/**
 * The same of a document that is right: its sets, structs and enums are compiled when something first looks at them.
 * Few of a spec's are in the messages of a capture, or in what a filter asks.
 */
export function openSpec(document: YnlDocument, view?: ViewDocument, elsewhere?: FindSpace): CompiledSpec {
  return new Compiler(document, view, elsewhere).compile();
}

/** The attributes of a set. */
class SpaceTables {
  readonly byNumber = new Map<number, AttrDef>();
  readonly dense: AttrDef[] = [];
  readonly byName = new Map<string, AttrDef>();
}

/** A set that is known before its attributes are: sets refer to each other in circles. */
class Space implements AttrSpace {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly text: string;
  readonly bigEndian: boolean;
  private tables: SpaceTables | null = null;
  private readonly fill: (tables: SpaceTables) => void;

  constructor(about: Pick<AttrSpace, 'id' | 'name' | 'prefix' | 'text' | 'bigEndian'>, fill: Space['fill']) {
    this.id = about.id;
    this.name = about.name;
    this.prefix = about.prefix;
    this.text = about.text;
    this.bigEndian = about.bigEndian;
    this.fill = fill;
  }

  get byNumber(): SpaceTables['byNumber'] {
    return (this.tables ?? this.compiled()).byNumber;
  }

  get dense(): SpaceTables['dense'] {
    return (this.tables ?? this.compiled()).dense;
  }

  get byName(): SpaceTables['byName'] {
    return (this.tables ?? this.compiled()).byName;
  }

  private compiled(): SpaceTables {
    this.tables = new SpaceTables();
    this.fill(this.tables);
    return this.tables;
  }
}

/** What of a spec is compiled when something first looks at it. */
interface LaterParts {
  structs(): CompiledSpec['structs'];
  enums(): CompiledSpec['enums'];
  strings(): CompiledSpec['strings'];
  errors(): CompiledSpec['errors'];
  errorKinds(): CompiledSpec['errorKinds'];
}

/** A spec that is known before all that it describes is. */
class Spec implements CompiledSpec {
  readonly name: string;
  readonly protocol: number;
  readonly genlFamily: string;
  readonly version: number;
  readonly short: string;
  readonly doc: string;
  readonly requests: CompiledSpec['requests'];
  readonly replies: CompiledSpec['replies'];
  readonly events: CompiledSpec['events'];
  readonly operations: CompiledSpec['operations'];
  readonly spaces: CompiledSpec['spaces'];
  readonly groups: CompiledSpec['groups'];
  readonly hidden: CompiledSpec['hidden'];
  readonly idAsCommand: string;
  readonly legacyDumps: LegacyDumps | null;
  readonly select: CompiledSpec['select'];
  readonly summaries: CompiledSpec['summaries'];
  readonly starts: CompiledSpec['starts'];
  readonly verbs: CompiledSpec['verbs'];
  readonly #later: LaterParts;

  constructor(about: Omit<CompiledSpec, keyof LaterParts>, later: LaterParts) {
    this.name = about.name;
    this.protocol = about.protocol;
    this.genlFamily = about.genlFamily;
    this.version = about.version;
    this.short = about.short;
    this.doc = about.doc;
    this.requests = about.requests;
    this.replies = about.replies;
    this.events = about.events;
    this.operations = about.operations;
    this.spaces = about.spaces;
    this.groups = about.groups;
    this.hidden = about.hidden;
    this.idAsCommand = about.idAsCommand;
    this.legacyDumps = about.legacyDumps;
    this.select = about.select;
    this.summaries = about.summaries;
    this.starts = about.starts;
    this.verbs = about.verbs;
    this.#later = later;
  }

  get structs(): CompiledSpec['structs'] {
    return this.#later.structs();
  }

  get enums(): CompiledSpec['enums'] {
    return this.#later.enums();
  }

  get strings(): CompiledSpec['strings'] {
    return this.#later.strings();
  }

  get errors(): CompiledSpec['errors'] {
    return this.#later.errors();
  }

  get errorKinds(): CompiledSpec['errorKinds'] {
    return this.#later.errorKinds();
  }
}

/** A template in parts, so that forms of a message can share some (YAML aliases), is the parts with blanks between. */
export function joinedTemplate(template: TemplateText | undefined): string | undefined {
  return typeof template === 'object' ? template.join(' ') : template;
}

class Compiler {
  readonly #doc: YnlDocument;
  readonly #view: ViewDocument;
  readonly #definitions = new Map<string, YnlDefinition>();
  readonly #sets = new Map<string, YnlAttributeSet>();
  readonly #enums = new Map<string, EnumTable>();
  readonly #structs = new Map<string, StructDef>();
  readonly #spaces = new Map<string, Space>();
  readonly #structsUnderWay = new Set<string>();
  readonly #short: string;
  readonly #topSets = new Set<string>();
  readonly #strings = new Set<number>();
  readonly #elsewhere: FindSpace;
  /** All structs, enums and sets of the document have been compiled. */
  #hasStructs = false;
  #hasEnums = false;

  constructor(document: YnlDocument, view: ViewDocument | undefined, elsewhere: FindSpace = () => undefined) {
    this.#elsewhere = elsewhere;
    this.#doc = document;
    this.#view = view ?? { spec: document.name };
    this.#short = shortName(document.name, this.#view);
    for (const definition of document.definitions ?? []) this.#definitions.set(definition.name, definition);
    for (const set of document['attribute-sets'] ?? []) this.#sets.set(set.name, set);
    for (const operation of document.operations?.list ?? []) {
      if (operation['attribute-set'] !== undefined) this.#topSets.add(operation['attribute-set']);
    }
  }

  #allStructs(): ReadonlyMap<string, StructDef> {
    if (!this.#hasStructs) {
      for (const { type, name } of this.#definitions.values()) if (type === 'struct') this.#struct(name, 'definitions');
    }
    this.#hasStructs = true;
    return this.#structs;
  }

  /** All enums and flags; those that attributes alone read as flags are known when all else is. */
  #allEnums(): readonly EnumTable[] {
    if (!this.#hasEnums) {
      this.#definedEnums();
      for (const name of this.#sets.keys()) this.#space(name, 'attribute-sets').dense;
      this.#allStructs();
      this.#errors();
      this.#errorKinds();
    }
    this.#hasEnums = true;
    return [...this.#enums.values()];
  }

  #definedEnums(): void {
    for (const { type, name } of this.#definitions.values()) {
      if (type === 'enum' || type === 'flags') this.#enum(name, false, 'definitions');
    }
  }

  #stringSets(): ReadonlySet<number> {
    for (const set of Object.keys(this.#view.strings ?? {})) this.#spaces.get(set)?.dense;
    return this.#strings;
  }

  #errors(): EnumTable | null {
    return this.#view.errors === undefined ? null : this.#enum(this.#view.errors, false, 'errors');
  }

  #errorKinds(): readonly ErrorKind[] {
    return (this.#view.errorsOf ?? []).map(({ has, begins = '', enum: name }) => ({
      path: has.split('.'),
      begins,
      table: this.#enum(name, false, 'errorsOf'),
    }));
  }

  compile(): CompiledSpec {
    const document = this.#doc;
    for (const name of this.#sets.keys()) this.#space(name, 'attribute-sets');
    const raw = document.protocol === 'netlink-raw';
    const requests = new Map<number, MessageDef>();
    const replies = new Map<number, MessageDef>();
    const events = new Map<number, MessageDef>();
    const operations: OperationDef[] = [];
    const summaries = new Map<string, SummaryForms>();
    for (const [message, template] of Object.entries(this.#view.summaries ?? {})) {
      const forms = typeof template === 'string' ? { reply: template } : template;
      const [asked, dump, reply, notify] = [forms.do, forms.dump, forms.reply, forms.notify].map(joinedTemplate);
      const told = reply ?? asked ?? '';
      const given = asked ?? told;
      summaries.set(message, { do: given, dump: dump ?? given, reply: told, notify: notify ?? told });
    }
    const about = {
      name: document.name,
      protocol: protocolOf(document),
      genlFamily: raw ? '' : document.name,
      version: document.version ?? 1,
      short: this.#short,
      doc: (document.doc ?? '').trim(),
      requests,
      replies,
      events,
      operations,
      spaces: this.#spaces,
      groups: (document['mcast-groups']?.list ?? []).map((g) => ({ name: g.name, value: g.value ?? 0 })),
      hidden: new Set(this.#view.hide ?? []),
      idAsCommand: this.#view.idAsCommand ?? '',
      legacyDumps: this.#legacyDumps(),
      select: (this.#view.select ?? []).map(selectRule),
      summaries,
      starts: this.#view.starts ?? {},
      verbs: this.#view.verbs ?? {},
    };
    const spec = new Spec(about, {
      structs: () => this.#allStructs(),
      enums: () => this.#allEnums(),
      strings: () => this.#stringSets(),
      errors: () => this.#errors(),
      errorKinds: () => this.#errorKinds(),
    });
    this.#operations(spec, requests, replies, events, operations);
    return spec;
  }

  #legacyDumps(): LegacyDumps | null {
    const view = this.#view.legacyDumps;
    if (view === undefined) return null;
    return new LegacyDumps(this.#struct(view.header, 'legacyDumps'), this.#space(view.set, 'legacyDumps'));
  }

  // ---- operations

  #operations(
    spec: CompiledSpec,
    requests: Map<number, MessageDef>,
    replies: Map<number, MessageDef>,
    events: Map<number, MessageDef>,
    operations: OperationDef[],
  ): void {
    const block = this.#doc.operations;
    if (block === undefined) return;
    const prefix = block['name-prefix'] ?? (spec.genlFamily === '' ? '' : `${this.#doc.name}-cmd-`);
    const directional = block['enum-model'] === 'directional';
    const asyncPrefix = block['async-prefix'];
    const owners = new Map<number, MessageDef>();
    for (const [operation, request, reply] of numbered(block.list, directional)) {
      const isEvent = operation.event !== undefined || operation.notify !== undefined;
      const own = operation['name-prefix'] ?? (isEvent ? asyncPrefix : undefined) ?? prefix;
      const name = this.#view.constants?.[operation.name] ?? constantName(own, operation.name);
      const base = this.#message(spec, operation, name, block['fixed-header']);
      if (isEvent && asyncPrefix !== undefined && reply !== null) {
        events.set(reply, messageDef(base, { number: reply }));
        continue;
      }
      if (request === null && reply !== null) owners.set(reply, messageDef(base, { number: reply }));
      if (request !== null) {
        const message = messageDef(base, { number: request });
        requests.set(request, message);
        for (const mode of ['do', 'dump'] as const) {
          const exchange = operation[mode];
          if (exchange === undefined) continue;
          const attributes = exchange.request?.attributes ?? [];
          const nameOf = (attribute: string) => this.#attributeName(operation, attribute);
          operations.push({
            id: `${spec.name}/${name}/${mode}`,
            message,
            mode,
            doc: base.doc,
            get requestAttributes() {
              return attributes.map(nameOf);
            },
            adminPerm: (operation.flags ?? []).some((f) => f.endsWith('admin-perm')),
          });
        }
      }
      // Several requests may have one answer (DEVLINK_CMD_PORT_NEW), which is named after the request of its own number.
      if (reply === null || (replies.has(reply) && request !== reply)) continue;
      const suffix = request === null ? '' : constantName(this.#view.replySuffix ?? '', '');
      replies.set(reply, messageDef(base, { name: `${name}${suffix}`, number: reply }));
    }
    if (directional) this.#nameReplies(requests, replies, owners);
  }

  /**
   * A reply carries the name of the operation that owns its number: that of the notification (CTRL_CMD_NEWFAMILY
   * answers CTRL_CMD_GETFAMILY), and for rtnetlink, where requests and replies share one number space, that of the
   * request (RTM_NEWLINK answers RTM_GETLINK).
   */
  #nameReplies(
    requests: ReadonlyMap<number, MessageDef>,
    replies: Map<number, MessageDef>,
    owners: Map<number, MessageDef>,
  ): void {
    if (this.#doc.protocol === 'netlink-raw') for (const [number, request] of requests) owners.set(number, request);
    for (const [number, owner] of owners) {
      const reply = replies.get(number);
      if (reply === undefined) replies.set(number, owner);
      else replies.set(number, messageDef(reply, { name: owner.name, specName: owner.specName, doc: owner.doc }));
    }
  }

  #message(spec: CompiledSpec, operation: YnlOperation, name: string, fixedHeader: string | undefined): MessageDef {
    let source = operation;
    if (operation.notify !== undefined) {
      const origin = this.#doc.operations?.list.find((o) => o.name === operation.notify);
      if (origin === undefined) {
        throw new SpecError(
          this.#doc.name,
          `operation ${operation.name}`,
          `notify: no operation "${operation.notify}"`,
        );
      }
      source = { ...origin, ...operation, 'attribute-set': operation['attribute-set'] ?? origin['attribute-set'] };
    }
    const header = source['fixed-header'] ?? fixedHeader;
    const set = source['attribute-set'];
    return {
      spec,
      number: -1,
      name,
      specName: operation.name,
      doc: (operation.doc ?? '').trim(),
      header: header === undefined ? null : this.#struct(header, `operation ${operation.name}`),
      space: set === undefined ? null : this.#space(set, `operation ${operation.name}`),
      options: cName(this.#view.options?.[name] ?? ''),
      bareDump: this.#view['bare-dumps']?.includes(name) ?? false,
      ownHeader: null,
    };
  }

  #attributeName(operation: YnlOperation, attribute: string): string {
    const set = operation['attribute-set'];
    const def = set === undefined ? undefined : this.#spaces.get(set)?.byName.get(attribute);
    return def?.name ?? attribute;
  }

  // ---- definitions

  #enum(name: string, asFlags: boolean, where: string): EnumTable {
    const definition = this.#definitions.get(name);
    if (definition === undefined || (definition.type !== 'enum' && definition.type !== 'flags')) {
      throw new SpecError(this.#doc.name, where, `no enum or flags named "${name}"`);
    }
    const isFlags = asFlags || definition.type === 'flags';
    const key = `${name}/${isFlags}`;
    const made = this.#enums.get(key);
    if (made !== undefined) return made;
    const prefix = definition['name-prefix'] ?? `${this.#doc.name}-${name}-`;
    const entries: EnumEntry[] = [];
    let next = definition['value-start'] ?? 0;
    for (const item of definition.entries ?? []) {
      const entry = typeof item === 'object' ? item : { name: String(item) };
      const number = entry.value ?? next;
      next = number + 1;
      const constant = this.#view.constants?.[`${name}/${entry.name}`] ?? constantName(prefix, String(entry.name));
      const short = constantName('', String(entry.name));
      entries.push({
        name: constant,
        short,
        spelled: this.#view.spelling?.[constant] ?? short.toLowerCase(),
        value: isFlags ? 2 ** number : number,
        doc: (entry.doc ?? '').trim(),
      });
    }
    const byValue = new Map<number, EnumEntry>();
    const byName = new Map<string, EnumEntry>();
    entries.forEach((entry, i) => {
      if (!byValue.has(entry.value)) byValue.set(entry.value, entry);
      const item = definition.entries![i];
      for (const alias of [String(typeof item === 'object' ? item.name : item), entry.short, entry.name]) {
        byName.set(alias, entry);
      }
    });
    const table: EnumTable = { name, isFlags, entries, byValue, byName };
    this.#enums.set(key, table);
    return table;
  }

  /** An entry of any enum by its constant. */
  #entry(constant: string, where: string): EnumEntry {
    this.#definedEnums();
    for (const table of this.#enums.values()) {
      const entry = table.byName.get(constant);
      if (entry?.name === constant) return entry;
    }
    throw new SpecError(this.#doc.name, where, `no constant "${constant}" in the enums`);
  }

  #constant(value: number | string | undefined, where: string): number {
    if (typeof value === 'number') return value;
    const named = this.#definitions.get(String(value));
    if (named?.type === 'const') return this.#constant(named.value, where);
    const parsed = Number(value);
    if (Number.isInteger(parsed)) return parsed;
    throw new SpecError(this.#doc.name, where, `"${value}" is neither a number nor a constant`);
  }

  #struct(name: string, where: string): StructDef {
    const made = this.#structs.get(name);
    if (made !== undefined) return made;
    const definition = this.#definitions.get(name);
    if (definition?.type !== 'struct') throw new SpecError(this.#doc.name, where, `no struct named "${name}"`);
    if (this.#structsUnderWay.has(name)) throw new SpecError(this.#doc.name, where, `struct "${name}" contains itself`);
    this.#structsUnderWay.add(name);
    const members: MemberDef[] = [];
    const byName = new Map<string, MemberDef>();
    let offset = 0;
    let variable = false;
    for (const member of definition.members ?? []) {
      const def = this.#member(name, member, offset);
      members.push(def);
      byName.set(def.name, def);
      byName.set(member.name, def);
      if (def.length < 0) variable = true;
      else offset += def.length;
    }
    this.#structsUnderWay.delete(name);
    const counter = byName.get(this.#view.counters?.[name] ?? '') ?? null;
    const structName = this.#structName(name);
    const struct: StructDef = {
      name: structName,
      specName: name,
      members,
      byName,
      size: offset,
      variable,
      counter,
      typeName: `struct ${structName}`,
      calm: members.every(isCalm),
      pads: members.filter(({ layout }) => layout === 'pad').length,
    };
    this.#structs.set(name, struct);
    return struct;
  }

  /** Several definitions may describe one C struct, each for the messages that use it so. */
  #structName(name: string): string {
    return this.#view.constants?.[name]?.replace(/^struct /, '') ?? cName(name);
  }

  #member(struct: string, member: YnlMember, offset: number): MemberDef {
    const where = `struct ${struct}, member ${member.name}`;
    const view = this.#view.members?.[`${cName(struct)}.${cName(member.name)}`];
    const integer = INTEGERS[member.type];
    const base = this.#value(member, cName(member.name), view, where);
    if (integer !== undefined && integer.size > 0) return uniform(base, { offset, length: integer.size });
    const len = member.len === undefined ? undefined : this.#constant(member.len, where);
    if (member.type === 'pad') return uniform(base, { layout: 'pad', offset, length: len ?? 0 });
    if (base.layout === 'array') return uniform(base, { offset, length: len ?? -1 });
    if (member.type === 'binary' && base.struct !== null) {
      const count = len === undefined ? 1 : Math.max(1, Math.floor(len / Math.max(1, base.struct.size)));
      const whole = base.struct.variable ? -1 : base.struct.size;
      if (count === 1 || base.struct.size === 0) return uniform(base, { offset, length: len ?? whole });
      const element = uniform(base, { layout: 'struct' });
      return uniform({ ...base, element }, { layout: 'array', offset, length: len! });
    }
    if (member.type === 'binary' || member.type === 'string') return uniform(base, { offset, length: len ?? -1 });
    throw new SpecError(this.#doc.name, where, `a struct member cannot be of type "${member.type}"`);
  }

  /** What attributes and members have in common. */
  #value(
    item: YnlMember | YnlAttribute,
    name: string,
    view: (ValueView & { opaque?: boolean }) | undefined,
    where: string,
  ): ValueDef {
    const type = item.type ?? 'unused';
    const integer = INTEGERS[type];
    const struct = item.struct === undefined ? null : this.#struct(item.struct, where);
    const element = this.#element(item, name, view, where);
    let layout: Layout = 'binary';
    if (integer !== undefined) layout = 'integer';
    else if (type === 'binary' && element !== null) layout = 'array';
    else if (type === 'binary' && struct !== null) layout = 'struct';
    else if (type === 'string' || type === 'flag' || type === 'pad' || type === 'unused' || type === 'bitfield32') {
      layout = type;
    }
    const order = item['byte-order'];
    const def: ValueDef = {
      name,
      specName: interned(item.name),
      doc: (item.doc ?? '').trim(),
      type: struct !== null ? struct.name : type,
      layout,
      size: integer?.size ?? 0,
      scalar: false,
      signed: integer?.signed ?? false,
      big: order === undefined ? null : order === 'big-endian',
      enum: item.enum === undefined ? null : this.#enum(item.enum, item['enum-as-flags'] === true, where),
      hint: item['display-hint'] ?? '',
      unit: view?.unit ?? '',
      ref: view?.ref ?? '',
      format: view?.format ?? '',
      opaque: view?.opaque ?? false,
      significant: 0,
      secret: view?.secret ?? false,
      bits: [],
      strings: -1,
      struct,
      element,
      variant: null,
      number: -1,
    };
    if (view?.bits !== undefined) return { ...def, bits: this.#bits(def, view.bits, where) };
    const variant = view?.variant;
    if (variant === undefined) return def;
    const cases = Object.entries(variant.cases).map(([value, view]) => {
      const { hint = def.hint, format = def.format, length = 0, enum: table } = view;
      const names = table === undefined ? def.enum : this.#enum(table, item['enum-as-flags'] === true, where);
      const chosen: ValueDef = { ...def, hint, format, enum: names, significant: length };
      const other = view.struct === undefined ? null : this.#struct(view.struct, where);
      const as: ValueDef = other === null ? chosen : { ...chosen, layout: 'struct', struct: other, type: other.name };
      return [Number(value), { def: uniform(as), length }] as const;
    });
    const members = [variant.member].flat().map((path) => cName(path).split('.'));
    return { ...def, variant: { members, cases: new Map(cases) } };
  }

  /** The C bit-fields of an integer: each takes the bits after the one before. */
  #bits(def: ValueDef, fields: NonNullable<ValueView['bits']>, where: string): BitField[] {
    let shift = 0;
    return Object.entries(fields).map(([name, field]) => {
      const { width, enum: table = undefined } = typeof field === 'number' ? { width: field } : field;
      const names = table === undefined ? null : this.#enum(table, false, where);
      const part: ValueDef = { ...def, name, specName: name, doc: '', enum: names, hint: '', format: '', unit: '' };
      shift += width;
      return { def: uniform(part), shift: shift - width, width };
    });
  }

  #element(
    item: YnlMember | YnlAttribute,
    name: string,
    view: (ValueView & { opaque?: boolean }) | undefined,
    where: string,
  ): ValueDef | null {
    const array = view?.array;
    if (array === 'struct' || array === 'ipv6') {
      const one: YnlMember | YnlAttribute = { ...item, 'display-hint': array === 'ipv6' ? 'ipv6' : undefined };
      const element = this.#value(one, name, undefined, where);
      return uniform(array === 'ipv6' ? { ...element, size: 16 } : element);
    }
    const sub = array ?? item['sub-type'];
    if (sub === undefined || sub === 'nest' || (item.type !== 'binary' && item.type !== 'indexed-array')) return null;
    if (INTEGERS[sub] === undefined && sub !== 'binary' && sub !== 'string' && sub !== 'flag') {
      throw new SpecError(this.#doc.name, where, `unknown sub-type "${sub}"`);
    }
    const { unit, opaque, format } = view ?? {};
    const element: YnlAttribute = { ...item, type: sub, 'sub-type': undefined };
    return uniform(this.#value(element, name, { unit, opaque, format }, where));
  }

  // ---- attributes

  /**
   * The attribute set of that name: sets refer to each other in circles, so a reference only makes the set known, and
   * `#fill` reads its attributes when somebody looks at them.
   */
  #space(name: string, where: string): Space {
    const made = this.#spaces.get(name);
    if (made !== undefined) return made;
    const set = this.#sets.get(name);
    if (set === undefined) throw new SpecError(this.#doc.name, where, `no attribute set named "${name}"`);
    if (isSubsetOfItself(set, this.#sets)) {
      throw new SpecError(this.#doc.name, where, `attribute set "${name}" is a subset of itself`);
    }
    const parent = set['subset-of'] === undefined ? null : this.#space(set['subset-of'], `attribute set ${name}`);
    const prefix = set['name-prefix'] ?? `${this.#doc.name}-a-${name.replace(/-attrs$/, '')}-`;
    const about = {
      id: `${this.#doc.name}/${name}`,
      name,
      prefix: parent?.prefix ?? constantName(prefix, ''),
      text: this.#view.texts?.[name] ?? parent?.text ?? '',
      bigEndian: this.#view.bigEndian?.includes(name) ?? false,
    };
    const space = new Space(about, (tables) => this.#fill(set, about.prefix, parent, tables));
    this.#spaces.set(name, space);
    return space;
  }

  /** A set of this document, or of another spec where the name says which ("conntrack/tuple-attrs"). */
  #anySpace(name: string, where: string): AttrSpace {
    if (!name.includes('/')) return this.#space(name, where);
    const space = this.#elsewhere(name);
    if (space === undefined) throw new SpecError(this.#doc.name, where, `no attribute set "${name}" in another spec`);
    return space;
  }

  /** An attribute of another spec by its path, "cttimeout/cttimeout-attrs/data". */
  #otherAttribute(path: string, where: string): AttrDef {
    const at = path.lastIndexOf('/');
    const found = this.#anySpace(path.slice(0, at), where).byName.get(path.slice(at + 1));
    if (found === undefined) throw new SpecError(this.#doc.name, where, `no attribute "${path}"`);
    return found;
  }

  #fill(set: YnlAttributeSet, prefix: string, parent: Space | null, { byNumber, byName, dense }: SpaceTables): void {
    let next = 1;
    for (const attribute of set.attributes ?? []) {
      const inherited = parent?.byName.get(attribute.name);
      if (parent !== null && inherited === undefined) {
        const at = `attribute set ${set.name}, ${attribute.name}`;
        throw new SpecError(this.#doc.name, at, `"${set['subset-of']}" has no such attribute`);
      }
      const number = inherited?.number ?? attribute.value ?? next;
      next = number + 1;
      const whole = parent === null ? attribute : { ...this.#original(set, attribute.name), ...attribute };
      const def = this.#attribute(set.name, whole, number, inherited, prefix);
      if (!byNumber.has(number) || def.layout !== 'unused') byNumber.set(number, def);
      byName.set(attribute.name, def);
      byName.set(def.name, def);
    }
    for (const [number, def] of byNumber) dense[number] = def;
  }

  #original(set: YnlAttributeSet, name: string): YnlAttribute | undefined {
    const parent = this.#sets.get(set['subset-of']!)!;
    const found = parent.attributes.find((a) => a.name === name);
    if (parent['subset-of'] === undefined || found?.type !== undefined) return found;
    return { ...this.#original(parent, name), ...found } as YnlAttribute;
  }

  #filterName(set: string, attribute: string): string {
    const listed = this.#view.sets?.[set];
    const part = listed ?? (this.#topSets.has(set) ? '' : cName(set.replace(/-attrs$/, '')));
    return [this.#short, part, cName(attribute)]
      .filter((p) => p !== '')
      .join('.')
      .toLowerCase();
  }

  #attribute(set: string, item: YnlAttribute, number: number, inherited: AttrDef | undefined, prefix: string): AttrDef {
    const where = `attribute set ${set}, ${item.name}`;
    const name =
      inherited?.name ??
      this.#view.constants?.[`${set}/${item.name}`] ??
      constantName(item['name-prefix'] ?? prefix, item.name);
    const view: AttributeView | undefined = this.#view.attributes?.[name];
    const type = item.type ?? 'unused';
    const base = this.#value(item, name, view, where);
    const def: { -readonly [K in keyof Own]: Own[K] } & Pick<AttrDef, 'checks'> = {
      type: base.type,
      layout: base.layout,
      number,
      filter: inherited?.filter ?? this.#filterName(set, item.name),
      multi: item['multi-attr'] === true,
      nests: false,
      netByteOrder: this.#view.netByteOrder?.includes(name) ?? false,
      space: null as AttrSpace | null,
      selectors: [] as readonly string[],
      formats: null as ReadonlyMap<string, SubFormat> | null,
      types: null as ReadonlyMap<string, AttrDef> | null,
      header: null as StructDef | null,
      lengthMember: '',
      levels: [] as readonly string[],
      switch: null as AttrDef['switch'],
      checks: item.checks ?? {},
    };
    const strings = this.#view.strings?.[set];
    if (strings !== undefined && base.layout === 'binary') {
      def.strings = this.#entry(strings, where).value;
      this.#strings.add(def.strings);
    }
    const nested = item['nested-attributes'];
    if (view?.sameAs !== undefined) {
      const { type, layout, space, selectors, formats } = this.#otherAttribute(view.sameAs, where);
      Object.assign(def, { type, layout, space, selectors, formats });
    } else if (view?.message !== undefined) {
      const header = view.message['fixed-header'];
      def.layout = 'message';
      def.header = header === undefined ? null : this.#struct(header, where);
      def.space = this.#anySpace(view.message.set, where);
    } else if (view?.sequence !== undefined) {
      def.layout = 'sequence';
      def.header = this.#struct(view.sequence.header, where);
      def.lengthMember = cName(view.sequence.length);
      def.space = this.#space(view.sequence.set, where);
    } else if (type === 'nest') {
      def.layout = 'nest';
      if (nested === undefined) throw new SpecError(this.#doc.name, where, 'a nest needs nested-attributes');
      def.space = this.#space(nested, where);
    } else if (type === 'indexed-array') {
      def.layout = 'indexed-array';
      if (nested !== undefined) def.space = this.#space(nested, where);
    } else if (type === 'nest-type-value') {
      def.layout = 'nest-type-value';
      def.levels = item['type-value'] ?? [];
      if (nested !== undefined) def.space = this.#space(nested, where);
    } else if (type === 'sub-message') {
      def.layout = 'sub-message';
      def.selectors = [item.selector ?? '', view?.fallback ?? ''].filter((name) => name !== '');
      def.formats = this.#formats(item['sub-message'] ?? '', where);
    } else if (INTEGERS[type] === undefined && base.layout === 'binary' && type !== 'binary') {
      throw new SpecError(this.#doc.name, where, `unknown type "${type}"`);
    }
    if (view?.switch !== undefined) {
      const cases = new Map<number, AttrSpace>();
      for (const [value, space] of Object.entries(view.switch.cases))
        cases.set(Number(value), this.#space(space, where));
      def.switch = { member: view.switch.member, cases };
    }
    if (view?.typeBy !== undefined) {
      const { attribute, types } = view.typeBy;
      const typed = Object.entries(types).map(([value, as]): [string, AttrDef] => {
        const typed = this.#value({ ...item, type: as }, name, view, where);
        return [value, uniform<AttrDef>(typed, { ...def, type: typed.type, layout: typed.layout })];
      });
      def.selectors = [attribute];
      def.types = new Map(typed);
    }
    def.nests = NESTING.has(def.layout ?? base.layout);
    const attribute = uniform<AttrDef>(base, def);
    if (base.variant === null) return attribute;
    return uniform({ ...attribute, variant: attributeVariant(attribute, base.variant) });
  }

  #formats(name: string, where: string): ReadonlyMap<string, SubFormat> {
    const message = this.#doc['sub-messages']?.find((m) => m.name === name);
    if (message === undefined) throw new SpecError(this.#doc.name, where, `no sub-message named "${name}"`);
    const formats = new Map<string, SubFormat>();
    for (const format of message.formats) {
      const at = `sub-message ${name}, ${format.value}`;
      const header = format['fixed-header'];
      const set = format['attribute-set'];
      formats.set(String(format.value), {
        value: String(format.value),
        header: header === undefined ? null : this.#struct(header, at),
        space: set === undefined ? null : this.#space(set, at),
      });
    }
    return formats;
  }
}

const NESTING: ReadonlySet<Layout> = new Set<Layout>([
  'nest',
  'message',
  'sub-message',
  'indexed-array',
  'nest-type-value',
  'sequence',
]);

/** What attributes and members have beyond a value. */
type Own = Partial<AttrDef & MemberDef>;

/**
 * A definition in the one shape that all of them have, of a value and what is its own: what reads definitions of
 * attributes, members and elements in turn stays fast by it. Their integers become small ones: those of parsed JSON are
 * doubles where another object of their shape has a large one.
 */
function uniform<D extends ValueDef = ValueDef>(base: ValueDef, own: Own = base): D {
  const whole: { [K in keyof Required<Omit<Own, 'chosen'>>]: Own[K] } = {
    name: base.name,
    specName: base.specName,
    doc: base.doc,
    type: own.type ?? base.type,
    layout: own.layout ?? base.layout,
    size: base.size | 0,
    signed: base.signed,
    scalar: isScalar(base, own.layout ?? base.layout),
    big: base.big,
    enum: base.enum,
    hint: base.hint,
    unit: base.unit,
    ref: base.ref,
    format: base.format,
    opaque: base.opaque,
    significant: base.significant | 0,
    secret: base.secret,
    bits: base.bits,
    strings: (own.strings ?? base.strings) | 0,
    struct: base.struct,
    element: base.element,
    variant: base.variant,
    number: (own.number ?? base.number) | 0,
    offset: own.offset,
    length: own.length,
    nests: own.nests,
    netByteOrder: own.netByteOrder,
    filter: own.filter,
    multi: own.multi,
    space: own.space,
    selectors: own.selectors,
    formats: own.formats,
    types: own.types,
    header: own.header,
    lengthMember: own.lengthMember,
    levels: own.levels,
    switch: own.switch,
    checks: own.checks,
  };
  return whole as unknown as D;
}

function isScalar({ size, variant, bits, format }: ValueDef, layout: Layout): boolean {
  return layout === 'integer' && size > 0 && variant === null && bits.length === 0 && format === '';
}

/** Whether no bytes of a member's full length are worth a note. */
function isCalm(member: MemberDef): boolean {
  if (member.variant !== null) return false;
  switch (member.layout) {
    case 'integer':
      return member.size > 0 && member.length === member.size;
    case 'struct':
      return member.struct!.calm && member.length >= member.struct!.size;
    case 'array':
      return member.element!.struct === null ? member.element!.layout === 'integer' : member.element!.struct.calm;
    default:
      return member.layout === 'binary' || member.layout === 'string' || member.layout === 'pad';
  }
}

function selectRule(rule: SelectView): SelectRule {
  if ('attribute' in rule) return { kind: 'attribute', number: rule.attribute };
  if ('first' in rule) return { kind: 'first', number: rule.first };
  return { kind: 'byte', offset: rule.offset, values: new Set(rule.values) };
}

/** The ways to read an attribute: each the attribute itself, but for what its case says. */
function attributeVariant(attribute: AttrDef, variant: Variant): Variant {
  const cases = [...variant.cases].map(([value, { def, length }]) => {
    const { hint, format, enum: table, struct, type } = def;
    const layout = struct === attribute.struct ? attribute.layout : def.layout;
    const chosen: AttrDef = { ...attribute, hint, format, enum: table, struct, type, layout };
    return [value, { def: uniform(chosen), length }] as const;
  });
  return { members: variant.members, cases: new Map(cases) };
}

/** Numbers of each operation as request and as reply; null where it is never sent that way. */
function* numbered(
  list: readonly YnlOperation[],
  directional: boolean,
): Generator<[YnlOperation, number | null, number | null]> {
  if (!directional) {
    let value = 1;
    for (const operation of list) {
      value = operation.value ?? value;
      const asked = operation.do !== undefined || operation.dump !== undefined;
      yield [
        operation,
        asked || (operation.notify === undefined && operation.event === undefined) ? value : null,
        value,
      ];
      value += 1;
    }
    return;
  }
  let request = 1;
  let reply = 1;
  for (const operation of list) {
    if (operation.notify !== undefined || operation.event !== undefined) {
      reply = operation.value ?? reply;
      yield [operation, null, reply];
      reply += 1;
      continue;
    }
    const exchange = operation.do ?? operation.dump ?? {};
    request = exchange.request?.value ?? operation.value ?? request;
    reply = exchange.reply?.value ?? reply;
    const answers = exchange.reply !== undefined;
    yield [operation, request, answers ? reply : null];
    request += 1;
    if (answers) reply += 1;
  }
}
