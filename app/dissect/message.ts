import type { Envelope } from '../contracts/index.ts';
import type { EnumTable, MessageDef, SpecLibrary, StructDef } from '../specs/index.ts';
import {
  align4,
  controlName,
  errnoName,
  type FlagTable,
  flagNames,
  GENL_HDRLEN,
  leavesHeaderOut,
  NETLINK_AUDIT,
  NETLINK_CONNECTOR,
  NETLINK_GENERIC,
  NETLINK_KOBJECT_UEVENT,
  NETLINK_NETFILTER,
  NETLINK_ROUTE,
  NETLINK_SOCK_DIAG,
  NETLINK_XFRM,
  NLM_F_ACK_TLVS,
  NLM_F_CAPPED,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
} from '../wire/index.ts';
import type { DecodeContext, GenlFamilies } from './api.ts';
import { type BodyFormat, bodyFormat } from './bodies.ts';
import { decodeAttributes, decodeStruct, type Frame, looksNested } from './decode.ts';
import { DecodeState, Field } from './field.ts';
import { describeNest } from './template.ts';
import { typeName } from './typeNames.ts';
import { decodeUevent } from './uevent.ts';

/** What a message turned out to be, with its fields. */
export interface DecodedMessage {
  readonly state: DecodeState;
  /** uevent: no nlmsghdr. control: NLMSG_ERROR, DONE, NOOP, OVERRUN. data: everything else. broken: not even a header. */
  readonly form: 'data' | 'error' | 'done' | 'control' | 'uevent' | 'broken';
  readonly fields: Field[];
  readonly typeName: string;
  readonly flags: number;
  readonly flagTable: FlagTable;
  readonly isRequest: boolean;
  readonly isDump: boolean;
  readonly message: MessageDef | undefined;
  /** What read the bytes after the nlmsghdr where no spec could; null for all other messages. */
  readonly body: BodyFormat | null;
  /** Generic netlink family by name, '' when unknown or for other protocols. */
  readonly genlFamily: string;
  /** errno of an NLMSG_ERROR or NLMSG_DONE, positive. */
  readonly errno: number;
  /** Its name, by the request's spec where that has errors of its own; '' for none. */
  readonly errnoName: string;
  /** Extended acknowledgement attributes. */
  readonly extack: readonly Field[];
  /** The request an error message echoes: its bytes as far as they are there. */
  readonly echo: { readonly start: number; readonly end: number } | null;
}

/** Decodes one message to fields. Never throws; `bytes` may be anything. */
export function decodeMessage(
  library: SpecLibrary,
  bytes: Uint8Array,
  envelope: Envelope,
  context: DecodeContext,
): DecodedMessage {
  const state = new DecodeState(bytes, envelope.littleEndian, context);
  state.describe = describeNest;
  const isRequest = envelope.direction === 'request';
  if (envelope.protocol === NETLINK_KOBJECT_UEVENT) {
    return decodedMessage({ state, form: 'uevent', fields: decodeUevent(state), typeName: 'uevent', isRequest });
  }
  if (bytes.length < NLMSG_HDRLEN) {
    const field = payloadField(state, 0, bytes.length);
    field.complain('error', 'malformed', `${bytes.length} bytes are too few for a netlink header`);
    return decodedMessage({ state, form: 'broken', fields: [field], typeName: 'malformed', isRequest });
  }
  return new MessageDecoder(library, state, envelope).decode();
}

type Known = Pick<DecodedMessage, 'state' | 'form' | 'fields' | 'typeName' | 'isRequest'> & Partial<DecodedMessage>;

/** Fills in what a message does not have. One object literal: all decoded messages have the same shape. */
function decodedMessage(known: Known): DecodedMessage {
  return {
    state: known.state,
    form: known.form,
    fields: known.fields,
    typeName: known.typeName,
    flags: known.flags ?? 0,
    flagTable: known.flagTable ?? 'other',
    isRequest: known.isRequest,
    isDump: known.isDump ?? false,
    message: known.message,
    body: known.body ?? null,
    genlFamily: known.genlFamily ?? '',
    errno: known.errno ?? 0,
    errnoName: known.errnoName ?? '',
    extack: known.extack ?? [],
    echo: known.echo ?? null,
  };
}

/**
 * The name of a message's type from its headers alone: what `decodeMessage` would call it, without decoding.
 * @param cmd reads genlmsghdr.cmd, for generic netlink only; undefined when the message is too short for one
 * @param isEvent as `isEventMessage` says
 */
export function messageTypeName(
  library: SpecLibrary,
  protocol: number,
  type: number,
  isRequest: boolean,
  genl: GenlFamilies,
  cmd: () => number | undefined,
  isEvent = false,
): string {
  const control = controlOf(protocol, type);
  if (control !== undefined) return control;
  if (protocol !== NETLINK_GENERIC) {
    return library.message(protocol, type, isRequest)?.name ?? typeName(protocol, type);
  }
  const family = genl.byId(type)?.name ?? '';
  const number = cmd();
  if (number === undefined) return family || typeName(NETLINK_GENERIC, type);
  const known = family === '' ? undefined : library.genlMessage(family, number, isRequest, isEvent);
  return known?.name ?? (family === '' ? `family ${type} cmd ${number}` : `${family} cmd ${number}`);
}

/** The name of a control message; undefined for all others: connector data comes as NLMSG_DONE (drivers/connector). */
function controlOf(protocol: number, type: number): string | undefined {
  return protocol === NETLINK_CONNECTOR && type === NLMSG_DONE ? undefined : controlName(type);
}

/** Whether a message is nobody's answer: as its envelope says, or by the sequence number and address that answers have. */
export function isEventMessage(direction: Envelope['direction'], seq: number, portid: number): boolean {
  return direction === 'notify' || (direction !== 'request' && seq === 0 && portid === 0);
}

/** Whether a message asks the kernel for something: as its envelope says, else by NLM_F_REQUEST. */
export function isRequestMessage(direction: Envelope['direction'], flags: number): boolean {
  return direction === 'request' || (direction === 'unknown' && (flags & NLM_F_REQUEST) !== 0);
}

function payloadField(state: DecodeState, start: number, end: number): Field {
  const field = new Field(state, 'payload', 'payload', null, null, start, start, end);
  field.typeName = 'binary';
  return field;
}

/** Which meaning the upper flag bits have, by protocol, type and (where types carry no meaning) the message's name. */
export function flagTableOf(protocol: number, type: number, name: string, flags: number): FlagTable {
  if (type === NLMSG_ERROR || type === NLMSG_DONE) return 'ack';
  if (type < NLMSG_MIN_TYPE && protocol !== NETLINK_GENERIC) return 'other';
  if (protocol === NETLINK_ROUTE) return (['new', 'del', 'get', 'new'] as const)[type & 3];
  if (protocol === NETLINK_SOCK_DIAG) return name.includes('DESTROY') ? 'del' : 'get';
  const verb = /_(GET|DUMP|LIST|TRACE_GET|NEW|ADD|CREATE|SET|UPD|DEL|DESTROY|FLUSH)/.exec(`_${name}`)?.[1];
  if (verb === 'GET' || verb === 'DUMP' || verb === 'LIST') return 'get';
  if (verb === 'DEL' || verb === 'DESTROY' || verb === 'FLUSH') return 'del';
  if ((flags & NLM_F_REQUEST) !== 0 && (flags & NLM_F_DUMP) === NLM_F_DUMP && protocol === NETLINK_GENERIC)
    return 'get';
  return verb === undefined ? 'other' : 'new';
}

function headerFrame(struct: StructDef | null, header: Field | null): Frame | null {
  return struct === null || header === null ? null : { struct, start: header.start, end: header.end, outer: null };
}

/** Makes the fields of the request that `state` answers when somebody asks for them, once. */
function requestOf(library: SpecLibrary, state: DecodeState, envelope: Envelope): () => readonly Field[] {
  const { context } = state;
  let fields: readonly Field[] | undefined;
  return () => {
    if (fields !== undefined) return fields;
    const bytes = context.request();
    // The request is read without its own relations, or two messages could ask for each other forever.
    const alone: DecodeContext = {
      genl: context.genl,
      interfaceName: (index) => context.interfaceName(index),
      request: () => undefined,
      answer: () => undefined,
    };
    const about: Envelope = { ...envelope, direction: 'request' };
    fields = bytes === undefined ? [] : decodeMessage(library, bytes, about, alone).fields;
    return fields;
  };
}

class MessageDecoder {
  readonly #library: SpecLibrary;
  readonly #state: DecodeState;
  readonly #envelope: Envelope;
  readonly #type: number;
  readonly #flags: number;
  readonly #end: number;
  readonly #header: Field;

  constructor(library: SpecLibrary, state: DecodeState, envelope: Envelope) {
    this.#library = library;
    this.#state = state;
    this.#envelope = envelope;
    this.#type = state.view.getUint16(4, state.littleEndian);
    this.#flags = state.view.getUint16(6, state.littleEndian);
    this.#end = state.bytes.length;
    this.#header = decodeStruct(state, library.shared.nlmsghdr, 'header', 0, NLMSG_HDRLEN);
    state.request = requestOf(library, state, envelope);
  }

  decode(): DecodedMessage {
    const { protocol, direction } = this.#envelope;
    const type = this.#type;
    const isRequest = isRequestMessage(direction, this.#flags);
    this.#checkLength();
    const control = controlOf(protocol, type);
    if (control !== undefined) return this.#control(control, isRequest);
    if (protocol === NETLINK_GENERIC) return this.#generic(isRequest);
    const message = this.#library.message(protocol, type, isRequest, this.#state);
    const name = message?.name ?? typeName(protocol, type);
    const format = bodyFormat(protocol, type);
    if (format !== undefined) {
      const body = this.#end > NLMSG_HDRLEN ? format.decode(this.#state, NLMSG_HDRLEN, this.#end) : [];
      return this.#data([this.#header, ...body], name, isRequest, message, '', format);
    }
    const bare = message?.bareDump === true && this.#asksForDump(isRequest, name);
    const fields = [this.#header, ...(bare ? this.#bareBody(message) : this.#body(message, NLMSG_HDRLEN, 0))];
    return this.#data(fields, name, isRequest, message, '');
  }

  #data(
    fields: Field[],
    name: string,
    isRequest: boolean,
    message: MessageDef | undefined,
    genlFamily: string,
    body: BodyFormat | null = null,
  ): DecodedMessage {
    const { protocol } = this.#envelope;
    const flagTable = flagTableOf(protocol, this.#type, name, this.#flags);
    const isDump = this.#asksForDump(isRequest, name);
    this.#describeHeader(genlFamily === '' ? name : genlFamily, flagTable);
    if ((this.#flags & NLM_F_DUMP_INTR) !== 0 && !isRequest) {
      this.#state.note('warn', 'dump-interrupted', 'The table changed during the dump (NLM_F_DUMP_INTR)', 6, 8);
    }
    return decodedMessage({
      state: this.#state,
      form: 'data',
      fields,
      typeName: name,
      flags: this.#flags,
      flagTable,
      isRequest,
      isDump,
      message,
      body,
      genlFamily,
    });
  }

  /** Route and XFRM take either bit of NLM_F_DUMP for a dump, all others both. */
  #asksForDump(isRequest: boolean, name: string): boolean {
    const { protocol } = this.#envelope;
    if (!isRequest) return false;
    if (protocol !== NETLINK_GENERIC && flagTableOf(protocol, this.#type, name, this.#flags) !== 'get') return false;
    const bits = this.#flags & NLM_F_DUMP;
    return protocol === NETLINK_ROUTE || protocol === NETLINK_XFRM ? bits !== 0 : bits === NLM_F_DUMP;
  }

  #checkLength(): void {
    const length = this.#state.view.getUint32(0, this.#state.littleEndian);
    const held = this.#end;
    const field = this.#header.children[0];
    if (this.#envelope.protocol === NETLINK_AUDIT && leavesHeaderOut(length, held)) {
      field.note = 'audit records for the daemon leave the 16 bytes of the header out';
    } else if (length > held) {
      field.complain('error', 'truncated', `nlmsg_len is ${length}, but only ${held} bytes are there`);
    } else if (length < held) {
      field.complain('note', 'length', `nlmsg_len is ${length}, the message has ${held} bytes`);
    }
  }

  /** Texts of nlmsghdr that depend on what the message is. */
  #describeHeader(name: string, table: FlagTable): void {
    const [length, type, flags, seq, portid] = this.#header.children;
    type.override = `${name} (${this.#type})`;
    const names = flagNames(this.#flags, table);
    flags.override = this.#flags === 0 ? '0' : `${names} (0x${this.#flags.toString(16)})`;
    this.#header.override = `${name} len ${length.raw}, seq ${seq.raw}, portid ${portid.raw}`;
  }

  /** A dump request whose type has no fixed header in dumps; some programs send one nevertheless. */
  #bareBody(message: MessageDef): Field[] {
    if (this.#end === NLMSG_HDRLEN) return [];
    if (!looksNested(this.#state, NLMSG_HDRLEN, this.#end)) return this.#body(message, NLMSG_HDRLEN, 0);
    return decodeAttributes(this.#state, message.space, NLMSG_HDRLEN, this.#end, { header: null, frame: null });
  }

  /** Fixed header and attributes of a message, from `start`; `userHeader` bytes of a family's own header come first. */
  #body(message: MessageDef | undefined, start: number, userHeader: number): Field[] {
    const state = this.#state;
    const fields: Field[] = [];
    let at = start;
    let header: Field | null = null;
    if (message?.header != null) {
      header = decodeStruct(state, message.header, 'header', at, this.#end);
      if (header.end > header.start) fields.push(header);
      at = Math.min(this.#end, at + align4(Math.max(message.header.size, header.end - at)));
      const options = header.child(message.options)?.raw;
      if (typeof options === 'number' && options > 0 && at < this.#end) {
        const stop = Math.min(this.#end, at + options);
        fields.push(payloadField(state, at, stop));
        at = Math.min(this.#end, (stop + 3) & ~3);
      }
    } else if (this.#envelope.protocol === NETLINK_NETFILTER && message === undefined) {
      header = decodeStruct(state, this.#library.shared.nfgenmsg, 'header', at, this.#end);
      if (header.end > header.start) fields.push(header);
      at = header.end;
    } else if (userHeader > 0) {
      const stop = Math.min(this.#end, at + userHeader);
      const field = payloadField(state, at, stop);
      fields.push(field);
      at = stop;
    }
    if (at >= this.#end) return fields;
    if (message?.space != null) {
      const frame = headerFrame(message.header, header);
      fields.push(...decodeAttributes(state, message.space, at, this.#end, { header, frame }));
    } else if (looksNested(state, at, this.#end)) {
      fields.push(...decodeAttributes(state, null, at, this.#end, { header, frame: null }));
    } else fields.push(payloadField(state, at, this.#end));
    return fields;
  }

  #generic(isRequest: boolean): DecodedMessage {
    const state = this.#state;
    const family = state.context.genl.byId(this.#type);
    const name = family?.name ?? '';
    if (this.#end < NLMSG_HDRLEN + GENL_HDRLEN) {
      const rest = payloadField(state, NLMSG_HDRLEN, this.#end);
      rest.complain('error', 'malformed', 'too short for a genlmsghdr');
      return this.#data(
        [this.#header, rest],
        name || typeName(NETLINK_GENERIC, this.#type),
        isRequest,
        undefined,
        name,
      );
    }
    const header = decodeStruct(state, this.#library.shared.genlmsghdr, 'header', NLMSG_HDRLEN, this.#end);
    const cmd = state.view.getUint8(NLMSG_HDRLEN);
    const version = state.view.getUint8(NLMSG_HDRLEN + 1);
    const [seq, portid] = [8, 12].map((at) => state.view.getUint32(at, state.littleEndian));
    const isEvent = isEventMessage(this.#envelope.direction, seq, portid);
    const message = name === '' ? undefined : this.#library.genlMessage(name, cmd, isRequest, isEvent);
    const { genl } = state.context;
    const command = messageTypeName(this.#library, NETLINK_GENERIC, this.#type, isRequest, genl, () => cmd, isEvent);
    header.children[0].override = `${message?.name ?? 'command'} (${cmd})`;
    header.override = `${command}, version ${version}`;
    const body = this.#body(message, NLMSG_HDRLEN + GENL_HDRLEN, family?.headerSize ?? 0);
    const decoded = this.#data([this.#header, header, ...body], command, isRequest, message, name);
    if (name === '') {
      this.#header.children[1].override = `unknown family (${this.#type})`;
      this.#state.note('note', 'unknown-family', `generic netlink family ${this.#type} is not known here`, 4, 6);
    }
    return decoded;
  }

  /** The request's header that an error message carries. */
  #describeRequest(header: Field): void {
    const [length, type, flags, seq] = header.children.map((c) => Number(c.raw));
    const { protocol } = this.#envelope;
    const name = messageTypeName(this.#library, protocol, type, true, this.#state.context.genl, () => undefined);
    header.children[1].override = `${name} (${type})`;
    header.children[2].override = `${flagNames(flags, flagTableOf(protocol, type, name, flags))} (0x${flags.toString(16)})`;
    header.override = `${name} len ${length}, seq ${seq}`;
  }

  #control(name: string, isRequest: boolean): DecodedMessage {
    const state = this.#state;
    const { shared } = this.#library;
    this.#describeHeader(name, 'ack');
    const flags = this.#flags;
    const hasError = this.#end >= NLMSG_HDRLEN + 4;
    if ((this.#type !== NLMSG_ERROR && this.#type !== NLMSG_DONE) || !hasError) {
      const fields = [this.#header];
      if (this.#end > NLMSG_HDRLEN) fields.push(payloadField(state, NLMSG_HDRLEN, this.#end));
      return decodedMessage({ state, form: 'control', fields, typeName: name, flags, flagTable: 'ack', isRequest });
    }
    const isError = this.#type === NLMSG_ERROR;
    const header = decodeStruct(state, isError ? shared.nlmsgerr : shared.nlmsgDone, 'header', NLMSG_HDRLEN, this.#end);
    const code = state.view.getInt32(NLMSG_HDRLEN, state.littleEndian);
    if (code < 0) header.override = header.children[0].override = `${code} (${errnoName(-code)})`;
    const errno = code < 0 ? -code : 0;
    let own: EnumTable | null = null;
    const fields = [this.#header, header];
    let at = NLMSG_HDRLEN + 4;
    let echo: DecodedMessage['echo'] = null;
    if (isError && this.#end >= at + NLMSG_HDRLEN) {
      const inner = decodeStruct(state, shared.nlmsghdr, 'header', at, this.#end);
      const length = Number(inner.children[0].raw);
      const capped = (this.#flags & NLM_F_CAPPED) !== 0;
      const stop = capped ? at + NLMSG_HDRLEN : Math.min(this.#end, at + Math.max(NLMSG_HDRLEN, length));
      echo = { start: at, end: stop };
      this.#describeRequest(inner);
      own = this.#library.message(this.#envelope.protocol, Number(inner.children[1].raw), true)?.spec.errors ?? null;
      fields.push(inner);
      if (stop > at + NLMSG_HDRLEN) {
        const payload = payloadField(state, at + NLMSG_HDRLEN, stop);
        payload.override = 'the request as it was sent';
        fields.push(payload);
      }
      at = Math.min(this.#end, (stop + 3) & ~3);
    }
    let extack: Field[] = [];
    if (at < this.#end) {
      if ((this.#flags & NLM_F_ACK_TLVS) !== 0) {
        extack = decodeAttributes(state, shared.extack, at, this.#end, { header: null, frame: null });
        fields.push(...extack);
      } else fields.push(payloadField(state, at, this.#end));
    }
    return decodedMessage({
      state,
      form: isError ? 'error' : 'done',
      fields,
      typeName: name,
      flags,
      flagTable: 'ack',
      isRequest,
      errno,
      errnoName: errno === 0 ? '' : (own?.byValue.get(errno)?.name ?? errnoName(errno)),
      extack,
      echo,
    });
  }
}
