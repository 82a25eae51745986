import type { AttributeValue, FieldValue, MessageValue, StructValue, ValueProblem } from '../contracts/index.ts';
import type { GenlFamilies } from '../dissect/api.ts';
import { bodyFormat, bodyValue } from '../dissect/bodies.ts';
import { findFormat } from '../dissect/decode.ts';
import { fromHex } from '../dissect/text.ts';
import { UDEV_MEMBERS, ueventStrings } from '../dissect/uevent.ts';
import { defaultFlags } from '../dissect/values.ts';
import type { AttrDef, AttrSpace, MessageDef, SpecLibrary, StructDef } from '../specs/index.ts';
import {
  align4,
  ByteWriter,
  findProtocol,
  flagValue,
  leavesHeaderOut,
  MAX_ATTRIBUTE_PAYLOAD,
  MAX_DEPTH,
  NETLINK_AUDIT,
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_NETFILTER,
  NLA_TYPE_MASK,
  NLM_F_DUMP,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
} from '../wire/index.ts';
import { type Place, parseInteger, type ValueFrame, writeStruct, writeValue } from './encodeValue.ts';

export interface EncodeContext {
  readonly library: SpecLibrary;
  readonly genl: GenlFamilies;
  readonly littleEndian: boolean;
}

export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What could not be written as asked; the bytes then hold zeros in its place. */
  readonly problems: readonly ValueProblem[];
}

/** Writes a message from its values. Never throws: whatever is wrong with the values is in `problems`. */
export function encodeMessage(value: MessageValue, context: EncodeContext): Encoded {
  const problems: ValueProblem[] = [];
  const encoder = new MessageEncoder(context, problems);
  return { bytes: encoder.encode(value), problems };
}

/** Level of attributes being written: selectors of sub-messages look outwards through these. */
interface Scope {
  readonly values: Map<string, string>;
  readonly outer: Scope | null;
}

class MessageEncoder {
  readonly #context: EncodeContext;
  readonly #problems: ValueProblem[];
  readonly #writer: ByteWriter;
  #header: StructValue = {};
  #struct: StructDef | null = null;

  constructor(context: EncodeContext, problems: ValueProblem[]) {
    this.#context = context;
    this.#problems = problems;
    this.#writer = new ByteWriter(context.littleEndian);
  }

  #place(...path: (string | number)[]): Place {
    return { path, report: (at, text) => this.#problems.push({ path: at, text }) };
  }

  encode(value: MessageValue): Uint8Array<ArrayBuffer> {
    const protocol = findProtocol(value.protocol);
    if (protocol === undefined) {
      this.#problems.push({ path: ['protocol'], text: `no netlink protocol "${value.protocol}"` });
      return this.#writer.finish();
    }
    if (protocol.number === NETLINK_KOBJECT_UEVENT) return this.#uevent(value);
    if (value.length === -1) {
      this.#hex(value.payload ?? '', ['payload']);
      return this.#writer.finish();
    }
    const message = this.#find(protocol.number, value);
    const writer = this.#writer;
    writer.zeros(4);
    const type = this.#type(protocol.number, value, message);
    writer.integer(type, 2);
    writer.integer(this.#flags(value.flags), 2);
    writer.integer(value.seq, 4);
    writer.integer(value.portid, 4);
    this.#body(protocol.number, type, value, message);
    const { length } = value;
    const leavesOut =
      protocol.number === NETLINK_AUDIT && length !== undefined && leavesHeaderOut(length, writer.length);
    if (length !== undefined && length >= NLMSG_HDRLEN && !leavesOut) writer.truncate(length);
    writer.patch(0, value.length ?? writer.length, 4);
    return writer.finish();
  }

  #find(protocol: number, value: MessageValue): MessageDef | undefined {
    const { library, genl } = this.#context;
    const isRequest = value.flags.includes('NLM_F_REQUEST');
    if (protocol === NETLINK_GENERIC && value.genl !== undefined) {
      const family = value.genlFamily ?? '';
      const { cmd } = value.genl;
      if (typeof cmd === 'number') {
        return library.genlMessage(family, cmd, isRequest, false, genl.byName(family)?.id);
      }
      return library.messageByName(NETLINK_GENERIC, family, cmd, isRequest);
    }
    if (typeof value.type === 'string') {
      return library.messageByName(protocol, '', value.type, isRequest, value.header);
    }
    return value.type === undefined ? undefined : library.messageLike(protocol, value.type, isRequest, value.header);
  }

  #type(protocol: number, value: MessageValue, message: MessageDef | undefined): number {
    if (protocol === NETLINK_GENERIC && value.genlFamily !== undefined) {
      const family = this.#context.genl.byName(value.genlFamily);
      if (family !== undefined) return family.id;
      if (typeof value.type === 'number') return value.type;
      this.#problems.push({
        path: ['genlFamily'],
        text: `generic netlink family "${value.genlFamily}" is not known here`,
      });
      return 0;
    }
    if (typeof value.type === 'number') return value.type;
    if (value.type === 'NLMSG_ERROR') return NLMSG_ERROR;
    if (value.type === 'NLMSG_DONE') return NLMSG_DONE;
    if (value.type === 'NLMSG_NOOP') return 1;
    if (value.type === 'NLMSG_OVERRUN') return 4;
    if (message !== undefined) return message.number;
    const number = parseInteger(value.type ?? '');
    if (number !== null) return Number(number);
    this.#problems.push({ path: ['type'], text: `no message type "${value.type ?? ''}" in ${value.protocol}` });
    return 0;
  }

  #flags(flags: readonly (string | number)[]): number {
    let bits = 0;
    flags.forEach((flag, i) => {
      const bit = typeof flag === 'number' ? flag : (flagValue(flag) ?? Number(parseInteger(flag) ?? Number.NaN));
      if (Number.isNaN(bit)) this.#problems.push({ path: ['flags', i], text: `no flag "${flag}"` });
      else bits |= bit;
    });
    return bits;
  }

  #body(protocol: number, type: number, value: MessageValue, message: MessageDef | undefined): void {
    const { shared } = this.#context.library;
    const writer = this.#writer;
    const { header = {} } = value;
    this.#header = header;
    const format = value.payload === undefined ? bodyFormat(protocol, type) : undefined;
    if (format !== undefined) {
      const report = (path: readonly (string | number)[], text: string) => this.#problems.push({ path, text });
      writer.bytes(format.encode(bodyValue(value), writer.littleEndian, report));
      if (value.tail !== undefined) this.#hex(value.tail, ['tail']);
      return;
    }
    if (value.type === 'NLMSG_ERROR' || value.type === 'NLMSG_DONE') {
      if (value.header === undefined) {
        this.#hex(value.payload ?? '', ['payload']);
        return;
      }
      const { msg, ...own } = header;
      writeStruct(
        writer,
        value.type === 'NLMSG_ERROR' ? shared.nlmsgerr : shared.nlmsgDone,
        own,
        this.#place('header'),
      );
      if (msg !== undefined) writeStruct(writer, shared.nlmsghdr, msg as StructValue, this.#place('header', 'msg'));
      if (value.payload !== undefined) {
        this.#hex(value.payload, ['payload']);
        if (value.attributes.length > 0) writer.align();
      }
      this.#attributes(shared.extack, value.attributes, ['attributes'], 0, null);
      if (value.tail !== undefined) this.#hex(value.tail, ['tail']);
      return;
    }
    if (value.genl !== undefined) {
      const { cmd, version, reserved } = value.genl;
      const number = typeof cmd === 'number' ? cmd : (message?.number ?? Number(parseInteger(cmd) ?? 0));
      if (typeof cmd === 'string' && message === undefined && parseInteger(cmd) === null) {
        this.#problems.push({
          path: ['genl', 'cmd'],
          text: `no command "${cmd}" in ${value.genlFamily ?? 'this family'}`,
        });
      }
      writeStruct(writer, shared.genlmsghdr, { cmd: number, version, reserved: reserved ?? 0 }, this.#place('genl'));
    }
    const struct =
      message?.header ?? (protocol === NETLINK_NETFILTER && value.header !== undefined ? shared.nfgenmsg : null);
    this.#struct = struct;
    const bare = message?.bareDump === true && value.header === undefined && this.#asksForDump(value);
    if (struct !== null && !bare) {
      const at = writer.length;
      writeStruct(writer, struct, header, this.#place('header'));
      if (value.attributes.length > 0 || value.payload !== undefined) writer.align(at);
    }
    if (value.payload !== undefined) {
      this.#hex(value.payload, ['payload']);
      if (value.attributes.length > 0) writer.align();
    }
    this.#attributes(message?.space ?? null, value.attributes, ['attributes'], 0, null);
    if (value.tail !== undefined) this.#hex(value.tail, ['tail']);
  }

  #asksForDump({ flags }: MessageValue): boolean {
    return flags.some((flag) => ((typeof flag === 'number' ? flag : (flagValue(flag) ?? 0)) & NLM_F_DUMP) !== 0);
  }

  #hex(text: string, path: (string | number)[]): void {
    const bytes = fromHex(text);
    if (bytes === null) this.#problems.push({ path, text: 'not hex: pairs of digits 0-9 a-f' });
    else this.#writer.bytes(bytes);
  }

  #attributes(
    space: AttrSpace | null,
    list: readonly AttributeValue[],
    path: readonly (string | number)[],
    depth: number,
    outer: Scope | null,
  ): void {
    const scope: Scope = { values: new Map(), outer };
    if (depth > MAX_DEPTH) {
      this.#problems.push({ path, text: `nested deeper than ${MAX_DEPTH} levels` });
      return;
    }
    // A selector may stand after what it chooses; where there are several, the one before counts.
    for (const { name, value } of [...list].reverse()) {
      const def = name === undefined ? undefined : space?.byName.get(name);
      if (def !== undefined && (typeof value === 'string' || typeof value === 'number')) {
        scope.values.set(def.specName, String(value));
      }
    }
    list.forEach((attribute, i) => {
      this.#attribute(space, attribute, [...path, i], depth, scope);
    });
  }

  #attribute(
    space: AttrSpace | null,
    value: AttributeValue,
    path: readonly (string | number)[],
    depth: number,
    scope: Scope,
  ): void {
    const def = typedBy(this.#definition(space, value, path), scope);
    const number = def?.number ?? value.type ?? 0;
    const nested = value.attributes !== undefined;
    const writer = this.#writer;
    const little = writer.littleEndian && space?.bigEndian !== true;
    const type = (number & NLA_TYPE_MASK) | (value.flags ?? defaultFlags(def ?? null, nested));
    const at = writer.beginAttribute(type, little);
    const start = writer.length;
    this.#payload(def, value, path, depth, scope);
    if (value.rest !== undefined) this.#hex(value.rest, [...path, 'rest']);
    else if (def?.layout === 'string' && value.hex === undefined) writer.zeros(1);
    if (value.length !== undefined) writer.truncate(Math.max(start, at + value.length));
    if (writer.length - start > MAX_ATTRIBUTE_PAYLOAD) {
      this.#problems.push({
        path,
        text: `${writer.length - start} bytes do not fit an attribute (at most ${MAX_ATTRIBUTE_PAYLOAD})`,
      });
    }
    const padding = value.padding === undefined ? undefined : (fromHex(value.padding) ?? undefined);
    writer.endAttribute(at, padding, value.length, little);
    if (def !== undefined && (typeof value.value === 'string' || typeof value.value === 'number')) {
      scope.values.set(def.specName, String(value.value));
    }
  }

  #definition(space: AttrSpace | null, value: AttributeValue, path: readonly (string | number)[]): AttrDef | undefined {
    if (value.name !== undefined) {
      const def = space?.byName.get(value.name);
      if (def === undefined && value.type === undefined) {
        const where = space === null ? 'here' : `in ${space.id}`;
        this.#problems.push({ path, text: `no attribute ${value.name} ${where}` });
      }
      return def;
    }
    return value.type === undefined ? undefined : space?.byNumber.get(value.type);
  }

  #payload(
    def: AttrDef | undefined,
    value: AttributeValue,
    path: readonly (string | number)[],
    depth: number,
    scope: Scope,
  ): void {
    if (value.hex !== undefined) {
      this.#hex(value.hex, [...path, 'hex']);
      return;
    }
    const children = value.attributes ?? [];
    const at = [...path, 'attributes'];
    if (def === undefined) {
      if (value.attributes !== undefined) this.#attributes(null, children, at, depth + 1, scope);
      else if (typeof value.value === 'string') this.#hex(value.value, [...path, 'value']);
      return;
    }
    switch (def.layout) {
      case 'nest':
        this.#attributes(this.#chooseSpace(def), children, at, depth + 1, scope);
        return;
      case 'message':
        this.#headed(def.header, def.space, value, path, depth, scope);
        return;
      case 'sub-message': {
        const selected = selectorValue(def, scope);
        const format = selected === undefined ? undefined : findFormat(def, selected);
        this.#headed(format?.header ?? null, format?.space ?? null, value, path, depth, scope);
        return;
      }
      case 'indexed-array':
        children.forEach((item, i) => {
          this.#item(def, item, i + 1, [...at, i], depth, scope);
        });
        return;
      case 'nest-type-value':
        this.#levels(def, 0, children, at, depth, scope);
        return;
      case 'sequence':
        children.forEach((item, i) => {
          this.#sequenceItem(def, item, [...at, i], depth, scope, i === children.length - 1);
        });
        return;
      default:
        writeValue(this.#writer, def, value.value, this.#place(...path, 'value'), this.#frame());
    }
  }

  #frame(): ValueFrame | null {
    return this.#struct === null ? null : { struct: this.#struct, value: this.#header, outer: null };
  }

  #chooseSpace(def: AttrDef): AttrSpace | null {
    if (def.switch === null) return def.space;
    const given = this.#header[def.switch.member];
    for (const [number, space] of def.switch.cases) {
      if (given === number || (typeof given === 'string' && switchValue(given) === number)) return space;
    }
    return def.space;
  }

  #headed(
    header: StructDef | null,
    space: AttrSpace | null,
    value: AttributeValue,
    path: readonly (string | number)[],
    depth: number,
    scope: Scope,
  ): void {
    if (header !== null) {
      const at = this.#writer.length;
      writeStruct(this.#writer, header, structOf(value.value), this.#place(...path, 'value'), this.#frame());
      if ((value.attributes ?? []).length > 0) this.#writer.align(at);
    }
    this.#attributes(space, value.attributes ?? [], [...path, 'attributes'], depth + 1, scope);
  }

  #item(
    def: AttrDef,
    item: AttributeValue,
    index: number,
    path: readonly (string | number)[],
    depth: number,
    scope: Scope,
  ): void {
    const writer = this.#writer;
    const nested = def.element === null;
    const type = (item.type ?? index) & NLA_TYPE_MASK;
    const at = writer.beginAttribute(type | (item.flags ?? (nested ? 0x8000 : 0)));
    if (item.hex !== undefined) this.#hex(item.hex, [...path, 'hex']);
    else if (nested) this.#attributes(def.space, item.attributes ?? [], [...path, 'attributes'], depth + 1, scope);
    else {
      writeValue(writer, def.element, item.value, this.#place(...path, 'value'), this.#frame());
      if (def.element.layout === 'string' && item.rest === undefined) writer.zeros(1);
    }
    if (item.rest !== undefined) this.#hex(item.rest, [...path, 'rest']);
    if (item.length !== undefined) writer.truncate(at + item.length);
    writer.endAttribute(at, item.padding === undefined ? undefined : (fromHex(item.padding) ?? undefined), item.length);
  }

  #levels(
    def: AttrDef,
    level: number,
    list: readonly AttributeValue[],
    path: readonly (string | number)[],
    depth: number,
    scope: Scope,
  ): void {
    if (level >= def.levels.length || depth > MAX_DEPTH) {
      this.#attributes(def.space, list, path, depth + 1, scope);
      return;
    }
    list.forEach((item, i) => {
      const at = this.#writer.beginAttribute(((item.type ?? i) & NLA_TYPE_MASK) | (item.flags ?? 0x8000));
      this.#levels(def, level + 1, item.attributes ?? [], [...path, i, 'attributes'], depth + 1, scope);
      if (item.rest !== undefined) this.#hex(item.rest, [...path, i, 'rest']);
      this.#writer.endAttribute(at, item.padding === undefined ? undefined : (fromHex(item.padding) ?? undefined));
    });
  }

  #sequenceItem(
    def: AttrDef,
    item: AttributeValue,
    path: readonly (string | number)[],
    depth: number,
    scope: Scope,
    last: boolean,
  ): void {
    if (item.hex !== undefined) {
      this.#hex(item.hex, [...path, 'hex']);
      return;
    }
    const writer = this.#writer;
    const header = def.header!;
    const at = writer.length;
    const given = structOf(item.value);
    writeStruct(writer, header, given, this.#place(...path, 'value'), this.#frame());
    this.#attributes(def.space, item.attributes ?? [], [...path, 'attributes'], depth + 1, scope);
    if (item.rest !== undefined) this.#hex(item.rest, [...path, 'rest']);
    const member = header.byName.get(def.lengthMember)!;
    if ((given[def.lengthMember] ?? null) === null) writer.patch(at + member.offset, writer.length - at, member.length);
    if (!last) writer.zeros(align4(writer.length - at) - (writer.length - at));
  }

  #uevent(value: MessageValue): Uint8Array<ArrayBuffer> {
    const writer = this.#writer;
    const header = value.header ?? {};
    const pairs = value.attributes.map((a) => ({ name: a.name ?? '', value: String(a.value ?? '') }));
    const udev = header['prefix'] !== undefined;
    const action = String(header['action'] ?? '');
    const body = ueventStrings(udev || action === '' ? '' : `${action}@${String(header['devpath'] ?? '')}`, pairs);
    if (udev) {
      writer.text('libudev');
      writer.zeros(1);
      for (const [name, big] of UDEV_MEMBERS) writer.integer(Number(header[name] ?? 0), 4, !big && writer.littleEndian);
    }
    writer.text(body);
    if (value.tail === '') writer.truncate(writer.length - 1);
    return writer.finish();
  }
}

function structOf(value: FieldValue | undefined): StructValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** AF_BRIDGE and its like, for attribute sets that a header member chooses. */
function switchValue(name: string): number | undefined {
  return { AF_UNSPEC: 0, AF_INET: 2, AF_BRIDGE: 7, AF_INET6: 10 }[name];
}

/** The attribute with the type that its sibling tells, where one does. */
function typedBy(def: AttrDef | undefined, scope: Scope): AttrDef | undefined {
  if (def === undefined || def.types === null) return def;
  return def.types.get(selectorValue(def, scope) ?? '') ?? def;
}

function selectorValue(def: AttrDef, scope: Scope): string | undefined {
  for (const selector of def.selectors) {
    for (let level: Scope | null = scope; level !== null; level = level.outer) {
      const found = level.values.get(selector);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
