import type {
  AttributeInfo,
  AttributeSpaceInfo,
  Envelope,
  HostApi,
  MemberInfo,
  MessageValue,
  OperationInfo,
} from '../../../app/contracts/index.ts';
import { encodeMessage } from '../../../app/craft/index.ts';
import { bareContext, createDissector, fromHex, type GenlFamilies } from '../../../app/dissect/index.ts';
import {
  type AttrDef,
  type AttrSpace,
  type OperationDef,
  SpecLibrary,
  type StructDef,
  type ValueDef,
  type ViewDocument,
  type YnlDocument,
} from '../../../app/specs/index.ts';
import nlctrlView from '../../../app/specs/nlctrl.view.yaml';
import nlctrl from '../../../app/specs/nlctrl.yaml';
import addrView from '../../../app/specs/rt-addr.view.yaml';
import addr from '../../../app/specs/rt-addr.yaml';
import linkView from '../../../app/specs/rt-link.view.yaml';
import link from '../../../app/specs/rt-link.yaml';
import routeView from '../../../app/specs/rt-route.view.yaml';
import route from '../../../app/specs/rt-route.yaml';
import { findProtocol, protocolByNumber } from '../../../app/wire/index.ts';

/** The methods of the host that the compose drawer works with, but for sending. */
export type CraftHost = Pick<HostApi, 'operations' | 'operationForm' | 'attributeSpace' | 'encode' | 'decodeHex'>;

/** The specs that the tests and the preview write messages of: enough of them, and loaded in a moment. */
const SPECS = [
  [link, linkView],
  [route, routeView],
  [addr, addrView],
  [nlctrl, nlctrlView],
] as [YnlDocument, ViewDocument][];

const NO_FAMILIES: GenlFamilies = {
  revision: 0,
  byId: () => undefined,
  byName: () => undefined,
  all: () => [],
  learn: () => false,
  learnPolicy: () => false,
  forget: () => false,
};

/** A craft host without an engine process: the product's own specs, encoder and decoder, called directly. For tests. */
export function localCraft(): CraftHost {
  const library = new SpecLibrary();
  for (const [document, view] of SPECS) library.add(document, view);
  const dissector = createDissector(library);
  const envelope = (protocol: number): Envelope => ({
    protocol,
    direction: 'request',
    group: 0,
    nsid: null,
    sourcePortid: 0,
    destPortid: 0,
    littleEndian: true,
  });
  const encode = (message: MessageValue) => {
    const context = { library, genl: NO_FAMILIES, littleEndian: true };
    const { bytes, problems } = encodeMessage(message, context);
    const protocol = findProtocol(message.protocol)?.number ?? 0;
    const { tree } = dissector.dissect(bytes, envelope(protocol), bareContext(NO_FAMILIES));
    return { bytes: btoa(String.fromCharCode(...bytes)), tree, problems };
  };
  return {
    operations: async () => [...library.operations()].map(operationInfo),
    async operationForm(id) {
      const operation = library.operation(id);
      if (operation === undefined) return null;
      const { header, space } = operation.message;
      return {
        operation: operationInfo(operation),
        template: template(operation),
        header: header === null ? null : { name: header.name, members: members(header) },
        space: space?.id ?? '',
        suggested: operation.requestAttributes,
        flags: flagsFor(operation),
      };
    },
    async attributeSpace(id) {
      const space = library.space(id);
      return space === undefined ? null : spaceInfo(space);
    },
    encode: async (message) => encode(message),
    async decodeHex(protocol, hex) {
      const bytes = fromHex(hex.replace(/\s/g, ''));
      if (bytes === null || bytes.length < 16)
        return { ok: false, error: { message: 'A message has at least 16 bytes.' } };
      const at = envelope(findProtocol(protocol)?.number ?? 0);
      const { tree, notes, summary } = dissector.dissect(bytes, at, bareContext(NO_FAMILIES));
      const value = dissector.values(bytes, at, bareContext(NO_FAMILIES));
      const message = {
        summary: `${summary.type} ${summary.info.join('')}`,
        tree,
        notes,
        bytes: btoa(String.fromCharCode(...bytes)),
      };
      return { ok: true, value: { messages: [{ ...message, value }] } };
    },
  };
}

function operationInfo(operation: OperationDef): OperationInfo {
  const { spec, name } = operation.message;
  const info = {
    id: operation.id,
    protocol: protocolByNumber(spec.protocol).name,
    family: spec.name,
    name,
    mode: operation.mode,
    doc: operation.doc,
    mutating: /_(NEW|DEL|SET)/.test(name),
    capability: 'CAP_NET_ADMIN',
  };
  return spec.genlFamily === '' ? info : { ...info, genlFamily: spec.genlFamily };
}

function template(operation: OperationDef): MessageValue {
  const { spec, name, header } = operation.message;
  const flags = ['NLM_F_REQUEST', ...(operation.mode === 'dump' ? ['NLM_F_DUMP'] : ['NLM_F_ACK'])];
  const base = { protocol: protocolByNumber(spec.protocol).name, flags, seq: 0, portid: 0, attributes: [] };
  const zeros = header === null ? {} : { header: Object.fromEntries(header.members.map((member) => [member.name, 0])) };
  return spec.genlFamily === ''
    ? { ...base, ...zeros, type: name }
    : { ...base, ...zeros, genlFamily: spec.genlFamily, genl: { cmd: name, version: spec.version } };
}

function flagsFor({ mode, message }: OperationDef) {
  const names = /_NEW/.test(message.name)
    ? ['REQUEST', 'ACK', 'CREATE', 'EXCL', 'REPLACE', 'APPEND', 'ECHO']
    : ['REQUEST', 'ACK', 'ECHO'];
  return (mode === 'dump' ? ['REQUEST', 'DUMP', 'ACK'] : names).map((name) => ({
    name: `NLM_F_${name}`,
    doc: `${name} of nlmsg_flags.`,
  }));
}

function spaceInfo(space: AttrSpace): AttributeSpaceInfo {
  const attributes = [...space.byNumber.values()].filter((def) => def.layout !== 'unused' && def.layout !== 'pad');
  return { id: space.id, attributes: attributes.map((def) => attributeInfo(space, def)) };
}

function attributeInfo(space: AttrSpace, def: AttrDef): AttributeInfo {
  const info = { ...memberInfo(def), number: def.number, space: def.space?.id ?? '', multi: def.multi, ...limits(def) };
  if (def.formats === null) return info;
  const spaces = [...def.formats].map(([value, format]) => [value, format.space?.id ?? '']);
  const [selector = ''] = def.selectors;
  const attribute = space.byName.get(selector)?.name ?? selector;
  return { ...info, selector: { attribute, spaces: Object.fromEntries(spaces) } };
}

function limits({ checks }: AttrDef) {
  const { min, max } = checks;
  const maxLength = checks['max-len'];
  return {
    ...(min === undefined ? {} : { min: String(min) }),
    ...(max === undefined ? {} : { max: String(max) }),
    ...(typeof maxLength === 'number' ? { maxLength } : {}),
  };
}

function members(struct: StructDef): MemberInfo[] {
  return struct.members.filter((member) => member.layout !== 'pad').map(memberInfo);
}

function memberInfo(def: ValueDef): MemberInfo {
  return {
    name: def.name,
    type: def.type,
    doc: def.doc,
    enum: def.enum?.entries ?? [],
    isFlags: def.enum?.isFlags ?? false,
    hint: def.ref || def.hint,
    ...(def.struct === null ? {} : { members: members(def.struct) }),
  };
}
