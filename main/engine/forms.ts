import type {
  AttributeInfo,
  AttributeSpaceInfo,
  EnumEntryInfo,
  MemberInfo,
  MessageValue,
  OperationForm,
  OperationInfo,
} from '../../app/contracts/index.ts';
import type { StructValue } from '../../app/contracts/message.ts';
import { flagTableOf } from '../../app/dissect/message.ts';
import type { AttrDef, AttrSpace, OperationDef, SpecLibrary, StructDef, ValueDef } from '../../app/specs/index.ts';
import {
  type FlagTable,
  NETLINK_GENERIC,
  NETLINK_ROUTE,
  protocolByNumber,
  requestFlags,
} from '../../app/wire/index.ts';
import { capabilityFor } from './explain.ts';
import { fillTemplate, UnknownNameError } from './flatValues.ts';

/** Every operation of the specs, as the compose form's picker lists them. */
export function operationList(library: SpecLibrary): OperationInfo[] {
  return Array.from(library.operations(), operationInfo);
}

/** The form of an operation: what a request starts from and which fields it may have. Null for an unknown id. */
export function operationForm(library: SpecLibrary, id: string): OperationForm | null {
  const operation = library.operation(id);
  if (operation === undefined) return null;
  const { header, space } = operation.message;
  return {
    operation: operationInfo(operation),
    template: templateOf(operation),
    header: header === null ? null : { name: header.name, members: header.members.flatMap(visibleMember) },
    space: space?.id ?? '',
    suggested: operation.requestAttributes,
    flags: requestFlags(flagTable(operation)).map(({ name, doc }) => ({ name, doc })),
  };
}

/** The attributes of a set, in the order of their numbers; null for an unknown id. */
export function attributeSpace(library: SpecLibrary, id: string): AttributeSpaceInfo | null {
  const space = library.space(id);
  if (space === undefined) return null;
  const usable = Array.from(space.byNumber.values()).filter(({ layout }) => layout !== 'pad' && layout !== 'unused');
  return { id, attributes: usable.sort((a, b) => a.number - b.number).map(attributeInfo) };
}

function operationInfo(operation: OperationDef): OperationInfo {
  const { message, mode } = operation;
  const { spec } = message;
  const protocol = protocolByNumber(spec.protocol).name;
  const mutating = mode === 'do' && flagTable(operation) !== 'get';
  const selects = choosers(operation);
  const privileged = operation.adminPerm || (mutating && spec.protocol !== NETLINK_GENERIC);
  return {
    id: operation.id,
    protocol,
    family: spec.name,
    ...(spec.genlFamily === '' ? {} : { genlFamily: spec.genlFamily }),
    name: message.name,
    mode,
    doc: operation.doc || message.doc,
    mutating,
    capability: privileged ? capabilityFor(protocol) : '',
    ...(selects.length === 0 ? {} : { selects }),
  };
}

function flagTable({ message, mode }: OperationDef): FlagTable {
  if (mode === 'dump') return 'get';
  return flagTableOf(message.spec.protocol, message.number, message.name, 0);
}

const FLAGS: { readonly [table in FlagTable]: readonly string[] } = {
  get: ['NLM_F_REQUEST'],
  new: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  del: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  other: ['NLM_F_REQUEST', 'NLM_F_ACK'],
  ack: ['NLM_F_REQUEST'],
};

/** The request with nothing filled in: seq 0 stands for "the next free one". */
function templateOf(operation: OperationDef): MessageValue {
  const { message, mode } = operation;
  const { spec } = message;
  const table = flagTable(operation);
  const flags = mode === 'dump' ? ['NLM_F_REQUEST', 'NLM_F_DUMP'] : [...FLAGS[table]];
  // rtnetlink's NEW means "change" until it is told to create.
  if (table === 'new' && spec.protocol === NETLINK_ROUTE) flags.push('NLM_F_CREATE', 'NLM_F_EXCL');
  const value: MessageValue = {
    protocol: protocolByNumber(spec.protocol).name,
    flags,
    seq: 0,
    portid: 0,
    attributes: [],
  };
  if (spec.genlFamily === '') value.type = message.name;
  else {
    value.genlFamily = spec.genlFamily;
    value.genl = { cmd: message.name, version: spec.version };
  }
  if (message.header !== null) value.header = { ...zeroStruct(message.header), ...chosen(operation) };
  return begun(value, operation);
}

/** The request with what its spec says that it begins with; a spec that names what it has not says nothing. */
function begun(value: MessageValue, operation: OperationDef): MessageValue {
  const { message, mode } = operation;
  const { nlmsg_flags: flags, ...start } =
    message.spec.starts[mode === 'dump' ? `${message.name}.dump` : message.name] ?? {};
  try {
    const filled = fillTemplate(value, operation, start);
    return Array.isArray(flags) ? { ...filled, flags: [...filled.flags, ...flags] } : filled;
  } catch (error) {
    if (error instanceof UnknownNameError) return value;
    throw error;
  }
}

/** Members of the header that tell messages of a spec from others of their types, with what they are then. */
function choosers({
  message: { header, spec },
}: Pick<OperationDef, 'message'>): { readonly member: string; readonly values: (string | number)[] }[] {
  return spec.select.flatMap((rule) => {
    const chooser = rule.kind === 'byte' ? header?.members.find(({ offset }) => offset === rule.offset) : undefined;
    if (rule.kind !== 'byte' || chooser?.length !== 1) return [];
    const values = Array.from(rule.values, (value) => chooser.enum?.byValue.get(value)?.name ?? value);
    return [{ member: chooser.name, values }];
  });
}

/** What members of the header are instead of zero, so that the message is told from others of its type. */
function chosen({ message }: OperationDef): StructValue {
  return Object.fromEntries(choosers({ message }).map(({ member, values }) => [member, values[0]!]));
}

function zeroStruct(struct: StructDef): StructValue {
  const value: StructValue = {};
  for (const member of struct.members) {
    // What counts the bytes after it follows from them.
    if (member.layout === 'pad' || member === struct.counter) continue;
    const nested = member.layout === 'struct' && member.struct !== null;
    value[member.name] = nested ? zeroStruct(member.struct!) : zeroOf(member);
  }
  return value;
}

function zeroOf({ layout, enum: table, hint }: ValueDef): string | number | string[] {
  if (layout !== 'integer') return '';
  if (table !== null && !table.isFlags) return table.byValue.get(0)?.name ?? 0;
  if (table !== null) return [];
  return hint === 'ipv4' ? '0.0.0.0' : 0;
}

function visibleMember(member: ValueDef): MemberInfo[] {
  return member.layout === 'pad' ? [] : [memberInfo(member)];
}

function memberInfo(def: ValueDef): MemberInfo {
  const members = def.struct?.members.flatMap(visibleMember);
  return {
    name: def.name,
    type: def.type,
    doc: def.doc,
    enum: def.enum?.entries.map(entryInfo) ?? [],
    isFlags: def.enum?.isFlags ?? false,
    hint: def.ref || addressHint(def) || def.format,
    ...(members === undefined ? {} : { members }),
  };
}

/** A display hint; of an address whose kind depends on a family told elsewhere, that of either. */
function addressHint({ hint, variant }: ValueDef): string {
  const hints = new Set(Array.from(variant?.cases.values() ?? [], ({ def }) => def.hint));
  return hints.has('ipv4') && hints.has('ipv6') ? 'ipv4-or-v6' : hint;
}

function entryInfo({ name, value, doc }: EnumEntryInfo): EnumEntryInfo {
  return { name, value, doc };
}

function attributeInfo(def: AttrDef): AttributeInfo {
  const { checks } = def;
  const members = def.header?.members.flatMap(visibleMember).map((member) => computedIf(member, def.lengthMember));
  return {
    ...memberInfo(def),
    ...(members === undefined ? {} : { members }),
    number: def.number,
    space: def.space?.id ?? '',
    multi: def.multi,
    ...(def.formats === null ? {} : { selector: selectorInfo(def) }),
    ...bound('min', checks['min']),
    ...bound('max', checks['max']),
    ...(typeof checks['max-len'] === 'number' ? { maxLength: checks['max-len'] } : {}),
  };
}

function computedIf(member: MemberInfo, name: string): MemberInfo {
  return member.name === name ? { ...member, isComputed: true } : member;
}

function selectorInfo({ selectors, formats }: AttrDef): AttributeInfo['selector'] {
  const spaces: { [value: string]: string } = {};
  const headers: { [value: string]: readonly MemberInfo[] } = {};
  for (const [value, format] of formats ?? []) {
    spaces[value] = spaceId(format.space);
    if (format.header !== null) headers[value] = format.header.members.flatMap(visibleMember);
  }
  return { attribute: selectors[0] ?? '', spaces, headers };
}

function spaceId(space: AttrSpace | null): string {
  return space?.id ?? '';
}

function bound(name: 'min' | 'max', value: number | string | boolean | undefined): { [key: string]: string } {
  return value === undefined || typeof value === 'boolean' ? {} : { [name]: String(value) };
}
