import type { Envelope } from '../contracts/index.ts';
import {
  type AttrSpace,
  type DecodeChoices,
  type MessageBytes,
  type MessageChoice,
  type MessageDef,
  protocolWord,
  type SelectRule,
  type SpecLibrary,
  type StructDef,
  selects,
} from '../specs/index.ts';
import {
  align4,
  controlName,
  errnoName,
  type FlagTable,
  flagNames,
  GENL_HDRLEN,
  leavesHeaderOut,
  mayLackHeader,
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
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  readU16,
} from '../wire/index.ts';
import type { DecodeContext, GenlFamilies } from './api.ts';
import { type BodyFormat, bodyFormat } from './bodies.ts';
import {
  decodeAttributes,
  decodeChosen,
  decodeStruct,
  type Frame,
  looksNested,
  readField,
  readFirstItems,
  readMember,
  type Told,
  type Unread,
} from './decode.ts';
import { requestBytes } from './extack.ts';
import { DecodeState, Field, type FieldReader, textFilter } from './field.ts';
import { GENL_ID_CTRL } from './genl.ts';
import { isEventMessage, isRequestMessage } from './messageKind.ts';
import type { Needs } from './needs.ts';
import { ownErrorName } from './ownErrors.ts';
import { nameNumbers } from './policies.ts';
import { describeNest } from './render.ts';
import { plainText } from './text.ts';
import { typeName } from './typeNames.ts';
import { decodeUevent } from './uevent.ts';

/** What a message turned out to be, with its fields. */
export interface DecodedMessage {
  readonly state: DecodeState;
  /** uevent and datagram: no nlmsghdr. control: NLMSG_ERROR, DONE, NOOP, OVERRUN. data: everything else. broken: not even a header. */
  readonly form: 'data' | 'error' | 'done' | 'control' | 'uevent' | 'datagram' | 'broken';
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

/**
 * Decodes one message to fields. Never throws; `bytes` may be anything.
 * @param lazy read only what the fields asked for need: for one line, or a few values. The notes are not complete then
 * @param needs attributes of the message that are to be there at all, of a lazy one
 */
export function decodeMessage(
  library: SpecLibrary,
  bytes: Uint8Array,
  envelope: Envelope,
  context: DecodeContext,
  lazy = false,
  needs: Needs | null = null,
): DecodedMessage {
  return decodeWith(library, newState(library, bytes, envelope, context, lazy), needs);
}

/** The same with a state that was made before. */
export function decodeWith(library: SpecLibrary, state: DecodeState, needs: Needs | null = null): DecodedMessage {
  const { bytes, envelope } = state;
  const isRequest = envelope.direction === 'request';
  if (library.choices !== null && !isFramed(state)) {
    const chosen = chosenDatagram(library, state);
    if (chosen !== null) return chosen;
  }
  if (envelope.protocol === NETLINK_KOBJECT_UEVENT) {
    return decodedMessage({ state, form: 'uevent', fields: decodeUevent(state), typeName: 'uevent', isRequest });
  }
  if (mayLackHeader(envelope.protocol) && !isFramed(state)) {
    return decodedMessage({
      state,
      form: 'datagram',
      fields: [payloadField(state, 0, bytes.length)],
      typeName: 'datagram',
      isRequest,
    });
  }
  if (bytes.length < NLMSG_HDRLEN) {
    const field = payloadField(state, 0, bytes.length);
    field.complain('error', 'malformed', `${bytes.length} bytes are too few for a netlink header`);
    return decodedMessage({ state, form: 'broken', fields: [field], typeName: 'malformed', isRequest });
  }
  return new MessageDecoder(library, state, envelope, needs).decode();
}

/** What the fields of a message share that a library's specs read. */
export function newState(
  library: SpecLibrary,
  bytes: Uint8Array,
  envelope: Envelope,
  context: DecodeContext,
  lazy: boolean,
): DecodeState {
  return new DecodeState(bytes, envelope, context, readerOf(library), lazy);
}

/** Whether bytes can be one message, by the length they begin with. */
function isFramed(state: DecodeState): boolean {
  const { bytes } = state;
  if (bytes.length < NLMSG_HDRLEN) return false;
  const length = state.u32(0);
  return length >= NLMSG_HDRLEN && length <= bytes.length;
}

/** A datagram without an nlmsghdr, of a protocol for which the user chose how to read it. */
function chosenDatagram({ choices }: SpecLibrary, state: DecodeState): DecodedMessage | null {
  const { bytes, envelope } = state;
  const choice = choices?.ofMessage(envelope.protocol, 0);
  if (choice?.payload == null || choice.isNarrow) return null;
  const fields = decodeChosen(state, choice.payload, 0, bytes.length, messagePlace(envelope.protocol, 0, ''));
  for (const field of fields) field.decodedAs = choice.rule;
  const isRequest = envelope.direction === 'request';
  return decodedMessage({ state, form: 'datagram', fields, typeName: 'datagram', isRequest });
}

/** What users' choices call the place of attributes that stand in no set: by protocol, or by generic netlink family. */
export function messagePlace(protocol: number, type: number, genlFamily: string): string {
  return protocol === NETLINK_GENERIC ? `genl:${genlFamily || type}` : `proto:${protocolWord(protocol)}`;
}

/** The name of a generic netlink family by its id, as the user or the capture tells it; '' for an unknown one. */
export function familyName({ choices }: SpecLibrary, families: GenlFamilies, id: number): string {
  return choices?.familyName(id) ?? families.byId(id)?.name ?? '';
}

type Known = Pick<DecodedMessage, 'state' | 'form' | 'fields' | 'typeName' | 'isRequest'> & Partial<DecodedMessage>;

const NO_FIELDS: readonly Field[] = [];

/** Fills in what rare messages do not have. All decoded messages have the same properties in the same order. */
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
    extack: known.extack ?? NO_FIELDS,
    echo: known.echo ?? null,
  };
}

/**
 * The name of a message's type from its headers alone: what `decodeMessage` would call it, without decoding.
 * @param cmd reads genlmsghdr.cmd, for generic netlink only; undefined when the message is too short for one
 * @param isEvent as `isEventMessage` says
 * @param bytes the message, for types that several specs describe
 */
export function messageTypeName(
  library: SpecLibrary,
  protocol: number,
  type: number,
  isRequest: boolean,
  genl: GenlFamilies,
  cmd: () => number | undefined,
  isEvent = false,
  bytes?: MessageBytes,
): string {
  const control = controlOf(protocol, type);
  if (control !== undefined) return control;
  if (protocol !== NETLINK_GENERIC) {
    return library.message(protocol, type, isRequest, bytes)?.name ?? typeName(protocol, type);
  }
  const family = familyName(library, genl, type);
  const number = cmd();
  if (number === undefined) return family || typeName(NETLINK_GENERIC, type);
  const known = family === '' ? undefined : library.genlMessage(family, number, isRequest, isEvent, type);
  return known?.name ?? commandName(family, type, number);
}

/** What `decodeMessage` would call the request that a message echoes; '' where there is none. */
export function requestName(library: SpecLibrary, about: Pick<DecodedMessage, 'state' | 'echo'>): string {
  const { state, echo } = about;
  if (echo === null) return '';
  const { envelope, context, bytes } = state;
  const { protocol } = envelope;
  const type = state.u16(echo.start + 4);
  const isPlain = protocol !== NETLINK_GENERIC && protocol !== NETLINK_KOBJECT_UEVENT && !mayLackHeader(protocol);
  const name = isPlain && controlOf(protocol, type) === undefined ? library.soleName(protocol, type, true) : undefined;
  return name ?? nameOfRequest(library, requestBytes(about) ?? bytes.subarray(echo.start, echo.end), envelope, context);
}

/** What `decodeMessage` would call a request, which is read no further than that takes. */
function nameOfRequest(library: SpecLibrary, bytes: Uint8Array, about: Envelope, context: DecodeContext): string {
  const { protocol, littleEndian } = about;
  const isPlain = library.choices === null && protocol !== NETLINK_KOBJECT_UEVENT && !mayLackHeader(protocol);
  if (!isPlain || bytes.length < NLMSG_HDRLEN) {
    return decodeMessage(library, bytes, { ...about, direction: 'request' }, aloneContext(context), true).typeName;
  }
  const cmd = (): number | undefined => (bytes.length < NLMSG_HDRLEN + GENL_HDRLEN ? undefined : bytes[NLMSG_HDRLEN]);
  const type = readU16(bytes, 4, littleEndian);
  return messageTypeName(library, protocol, type, true, context.genl, cmd, false, { bytes, littleEndian });
}

/** What a generic netlink command without a spec is called. */
function commandName(family: string, type: number, cmd: number): string {
  return family === '' ? `family ${type} cmd ${cmd}` : `${family} cmd ${cmd}`;
}

/** The name of a control message; undefined for all others: connector data comes as NLMSG_DONE (drivers/connector). */
export function controlOf(protocol: number, type: number): string | undefined {
  return protocol === NETLINK_CONNECTOR && type === NLMSG_DONE ? undefined : controlName(type);
}

function payloadField(state: DecodeState, start: number, end: number): Field {
  const field = new Field(state, 'payload', 'payload', null, null, start, start, end);
  const text = plainText(state.bytes.subarray(start, end));
  field.typeName = text === null ? 'binary' : 'text';
  if (text !== null) {
    field.override = text;
    field.filterAs = textFilter(text);
  }
  return field;
}

const verbs = new Map<string, string | undefined>();

/** What a message does, as its name tells. */
function verbOf(name: string): string | undefined {
  const known = verbs.get(name);
  if (known !== undefined || verbs.has(name)) return known;
  const verb = /_(GET|DUMP|LIST|TRACE_GET|NEW|ADD|CREATE|SET|UPD|DEL|DESTROY|FLUSH)/.exec(`_${name}`)?.[1];
  // Names of messages that no spec knows are without number.
  if (verbs.size < 4096) verbs.set(name, verb);
  return verb;
}

/** By the last two bits of types of NETLINK_ROUTE (linux/rtnetlink.h: RTM_NEW, DEL, GET, SET). */
const ROUTE_TABLES = ['new', 'del', 'get', 'new'] as const;

/** Which meaning the upper flag bits have, by protocol, type and (where types carry no meaning) the message's name. */
export function flagTableOf(protocol: number, type: number, name: string, flags: number): FlagTable {
  if (type === NLMSG_ERROR || type === NLMSG_DONE) return 'ack';
  if (type < NLMSG_MIN_TYPE && protocol !== NETLINK_GENERIC) return 'other';
  if (protocol === NETLINK_ROUTE) return ROUTE_TABLES[type & 3];
  if (protocol === NETLINK_SOCK_DIAG) return name.includes('DESTROY') ? 'del' : 'get';
  const verb = verbOf(name);
  if (verb === 'GET' || verb === 'DUMP' || verb === 'LIST') return 'get';
  if (verb === 'DEL' || verb === 'DESTROY' || verb === 'FLUSH') return 'del';
  if ((flags & NLM_F_REQUEST) !== 0 && (flags & NLM_F_DUMP) === NLM_F_DUMP && protocol === NETLINK_GENERIC)
    return 'get';
  return verb === undefined ? 'other' : 'new';
}

function headerFrame(struct: StructDef | null, header: Field | null): Frame | null {
  return struct === null || header === null ? null : { struct, start: header.start, end: header.end, outer: null };
}

/** A message that ends an exchange well, with nothing more to say. */
export interface Success extends Pick<DecodedMessage, 'state' | 'echo' | 'typeName' | 'flags'> {
  readonly form: 'error' | 'done';
}

/** What a control message is, if it is no more than a success. */
export function successOf({ choices }: SpecLibrary, state: DecodeState): Success | null {
  const { bytes, envelope } = state;
  if (choices !== null || !isFramed(state) || bytes.length < NLMSG_HDRLEN + 4) return null;
  const type = state.u16(4);
  const typeName = controlOf(envelope.protocol, type);
  if (typeName === undefined || (type !== NLMSG_ERROR && type !== NLMSG_DONE)) return null;
  if (envelope.protocol === NETLINK_KOBJECT_UEVENT || state.u32(NLMSG_HDRLEN) >>> 31 !== 0) return null;
  const flags = state.u16(6);
  const echo = type === NLMSG_ERROR ? echoOf(state, flags) : null;
  const end = echo === null ? NLMSG_HDRLEN + 4 : (echo.end + 3) & ~3;
  if ((flags & NLM_F_ACK_TLVS) !== 0 && end < bytes.length) return null;
  return { state, form: type === NLMSG_ERROR ? 'error' : 'done', echo, typeName, flags };
}

/** Where an NLMSG_ERROR holds the request it is about, as far as it does; null where it ends before. */
function echoOf(state: DecodeState, flags: number): DecodedMessage['echo'] {
  const start = NLMSG_HDRLEN + 4;
  const { length } = state.bytes;
  if (length < start + NLMSG_HDRLEN) return null;
  const whole = (flags & NLM_F_CAPPED) === 0 ? Math.max(NLMSG_HDRLEN, state.u32(start)) : NLMSG_HDRLEN;
  return { start, end: Math.min(length, start + whole) };
}

/** A message that is not decoded: what it is, as far as its headers tell. */
export interface Outline {
  readonly message: MessageDef;
  readonly flags: number;
  readonly flagTable: FlagTable;
  readonly isRequest: boolean;
  readonly isDump: boolean;
  /** Where the family's own header, or the first attribute, begins. */
  readonly start: number;
}

/** Outlines that are remembered: a capture has far fewer kinds of message. */
const MOST_OUTLINES = 256;

/** What messages were by their nlmsghdr and the byte after it, where that is all that tells. */
class OutlineMemory {
  readonly #known: (RememberedOutline | undefined)[] = new Array(MOST_OUTLINES).fill(undefined);
  readonly #library: SpecLibrary;
  #revision = -1;

  constructor(library: SpecLibrary) {
    this.#library = library;
  }

  of(state: DecodeState): Outline | null {
    const { envelope, bytes } = state;
    const { protocol, direction } = envelope;
    if (bytes.length <= NLMSG_HDRLEN || protocol === NETLINK_GENERIC || !isFramed(state)) return null;
    if (this.#library.revision !== this.#revision) this.#forget();
    const type = state.u16(4);
    const flags = state.u16(6);
    const first = bytes[NLMSG_HDRLEN];
    const known = this.#known[placeOf(protocol, direction, type, flags, first)];
    if (known === undefined || known.first !== first || known.type !== type) return null;
    const { outline, rules } = known;
    if (known.protocol !== protocol || known.direction !== direction || outline.flags !== flags) return null;
    for (let i = 0; i < rules.length; i++) if (selects(rules[i], state)) return null;
    return outline;
  }

  note(state: DecodeState, outline: Outline): void {
    const { protocol, direction } = state.envelope;
    const type = state.u16(4);
    const { flags, isRequest } = outline;
    const first = state.bytes[NLMSG_HDRLEN];
    if (protocol === NETLINK_GENERIC || first === undefined) return;
    const rules = this.#library.furtherRules(protocol, isRequest);
    if (rules === null || rules.some((rule) => selects(rule, state))) return;
    this.#known[placeOf(protocol, direction, type, flags, first)] = {
      protocol,
      direction,
      type,
      first,
      rules,
      outline,
    };
  }

  #forget(): void {
    this.#known.fill(undefined);
    this.#revision = this.#library.revision;
  }
}

function placeOf(protocol: number, direction: string, type: number, flags: number, first: number): number {
  return (type + flags * 7 + first * 31 + protocol * 97 + direction.length * 11) % MOST_OUTLINES;
}

interface RememberedOutline {
  readonly protocol: number;
  readonly direction: Envelope['direction'];
  readonly type: number;
  readonly first: number;
  /** It is something else where one of these holds. */
  readonly rules: readonly SelectRule[];
  readonly outline: Outline;
}

/** What a message is by its headers alone; null where they do not tell, and where it does not read as its spec says. */
export function outlineOf(library: SpecLibrary, state: DecodeState): Outline | null {
  if (library.choices !== null) return null;
  const { outlines } = readerOf(library);
  const known = outlines.of(state);
  if (known !== null) return known;
  const outline = findOutline(library, state);
  if (outline !== null) outlines.note(state, outline);
  return outline;
}

function findOutline(library: SpecLibrary, state: DecodeState): Outline | null {
  const { protocol, direction } = state.envelope;
  if (NEVER_OUTLINED.has(protocol) || mayLackHeader(protocol) || !isFramed(state)) return null;
  const type = state.u16(4);
  const flags = state.u16(6);
  if (controlOf(protocol, type) !== undefined) return null;
  const isRequest = isRequestMessage(direction, flags);
  let message: MessageDef | undefined;
  let start = NLMSG_HDRLEN;
  if (protocol === NETLINK_GENERIC) {
    if (type === GENL_ID_CTRL || state.bytes.length < NLMSG_HDRLEN + GENL_HDRLEN) return null;
    const family = state.context.genl.byId(type);
    if (family === undefined) return null;
    const isEvent = isEventMessage(direction, state.u32(8), state.u32(12));
    message = library.genlMessage(family.name, state.bytes[NLMSG_HDRLEN], isRequest, isEvent, type);
    start += GENL_HDRLEN + (message?.header === null ? family.headerSize : 0);
  } else message = library.message(protocol, type, isRequest, state);
  if (message === undefined) return null;
  const flagTable = flagTableOf(protocol, type, message.name, flags);
  const isDump = isRequest && asksForDump(protocol, flags, flagTable);
  if (isDump && message.bareDump) return null;
  return { message, flags, flagTable, isRequest, isDump, start };
}

/** Protocols of which messages read otherwise than specs alone say. */
const NEVER_OUTLINED: ReadonlySet<number> = new Set([NETLINK_KOBJECT_UEVENT, NETLINK_AUDIT, NETLINK_CONNECTOR]);

/** Whether a request's flags ask for a dump: route and XFRM take either bit of NLM_F_DUMP for one, all others both. */
function asksForDump(protocol: number, flags: number, table: FlagTable): boolean {
  if (protocol !== NETLINK_GENERIC && table !== 'get') return false;
  const bits = flags & NLM_F_DUMP;
  return protocol === NETLINK_ROUTE || protocol === NETLINK_XFRM ? bits !== 0 : bits === NLM_F_DUMP;
}

/** The same circumstances without relations: two messages could ask for each other forever. */
export function aloneContext(context: DecodeContext): DecodeContext {
  return {
    genl: context.genl,
    interfaceName: (index) => context.interfaceName(index),
    stringName: (set, index, device) => context.stringName(set, index, device),
    nftSet: (name) => context.nftSet(name),
    request: () => undefined,
    answer: () => undefined,
    policyDump: () => undefined,
  };
}

/** Reads the fields of messages by a library's specs. */
class LibraryReader implements FieldReader<Unread> {
  readonly library: SpecLibrary;
  readonly read = readField;
  readonly member = readMember;
  readonly firstItems = readFirstItems;
  readonly describe = describeNest;
  readonly outlines: OutlineMemory;

  constructor(library: SpecLibrary) {
    this.library = library;
    this.outlines = new OutlineMemory(library);
  }

  get choices(): DecodeChoices | null {
    return this.library.choices;
  }

  request({ context, envelope }: DecodeState): readonly Field[] {
    const bytes = context.request();
    if (bytes === undefined) return [];
    return decodeMessage(this.library, bytes, { ...envelope, direction: 'request' }, aloneContext(context), true)
      .fields;
  }
}

const readers = new WeakMap<SpecLibrary, LibraryReader>();
let latest: LibraryReader | null = null;

function readerOf(library: SpecLibrary): LibraryReader {
  if (latest?.library === library) return latest;
  let reader = readers.get(library);
  if (reader === undefined) {
    reader = new LibraryReader(library);
    readers.set(library, reader);
  }
  latest = reader;
  return reader;
}

/** Members of nlmsghdr and genlmsghdr whose texts depend on what the message is. */
const TYPE = 1;
const NLMSGHDR_TOLD = [TYPE, 2];
const FIRST_TOLD = [0];

class MessageDecoder implements Told {
  /** Those of its own nlmsghdr. */
  readonly members = NLMSGHDR_TOLD;
  readonly #library: SpecLibrary;
  readonly #state: DecodeState;
  readonly #envelope: Envelope;
  readonly #type: number;
  readonly #flags: number;
  readonly #end: number;
  readonly #header: Field;
  readonly #needs: Needs | null;
  /** What the header's texts call the message, and by which table its flags read. */
  #title = '';
  #typeText = '';
  #flagTable: FlagTable = 'other';

  constructor(library: SpecLibrary, state: DecodeState, envelope: Envelope, needs: Needs | null) {
    this.#needs = needs;
    this.#library = library;
    this.#state = state;
    this.#envelope = envelope;
    this.#type = state.u16(4);
    this.#flags = state.u16(6);
    this.#end = state.bytes.length;
    this.#header = this.#headerAt(0, library.shared.nlmsghdr, this);
  }

  #headerAt(start: number, struct: StructDef, told: Told | null = null): Field {
    return decodeStruct(this.#state, struct, start, this.#end, 0, null, told);
  }

  decode(): DecodedMessage {
    const { protocol, direction } = this.#envelope;
    const type = this.#type;
    const isRequest = isRequestMessage(direction, this.#flags);
    const control = controlOf(protocol, type);
    const choice = protocol === NETLINK_GENERIC ? undefined : this.#library.choices?.ofMessage(protocol, type);
    if (control !== undefined && !this.#isData(choice)) return this.#control(control, isRequest);
    if (protocol === NETLINK_GENERIC) return this.#generic(isRequest);
    const message = this.#library.message(protocol, type, isRequest, this.#state);
    const name = message?.name ?? typeName(protocol, type);
    this.#begin(name, name, flagTableOf(protocol, type, name, this.#flags));
    if (choice !== undefined) this.#header.decodedAs = choice.rule;
    if (choice?.payload != null) {
      return this.#data(
        [this.#header, ...this.#chosen(choice.payload, NLMSG_HDRLEN, '')],
        name,
        isRequest,
        message,
        '',
      );
    }
    const format = choice === undefined ? bodyFormat(protocol, type) : undefined;
    if (format !== undefined) {
      const body = this.#end > NLMSG_HDRLEN ? format.decode(this.#state, NLMSG_HDRLEN, this.#end) : [];
      return this.#data([this.#header, ...body], name, isRequest, message, '', format);
    }
    const bare = message?.bareDump === true && this.#asksForDump(isRequest);
    const fields = [this.#header];
    if (bare) this.#addBareBody(fields, message);
    else this.#addBody(fields, message, NLMSG_HDRLEN, 0);
    return this.#data(fields, name, isRequest, message, '');
  }

  /** Whether a control message is data to the user: as chosen for its very type, or where it ends no dump. */
  #isData(choice: MessageChoice | undefined): boolean {
    if (choice === undefined) return false;
    if (choice.isNarrow) return true;
    const endsDump = this.#type !== NLMSG_DONE || (this.#flags & NLM_F_MULTI) !== 0;
    return choice.payload !== null && !endsDump;
  }

  /** All that follows the headers, as the user chose. */
  #chosen(payload: NonNullable<MessageChoice['payload']>, start: number, genlFamily: string): Field[] {
    if (start >= this.#end) return [];
    const place = messagePlace(this.#envelope.protocol, this.#type, genlFamily);
    return decodeChosen(this.#state, payload, start, this.#end, place);
  }

  #data(
    fields: Field[],
    name: string,
    isRequest: boolean,
    message: MessageDef | undefined,
    genlFamily: string,
    body: BodyFormat | null = null,
  ): DecodedMessage {
    const flagTable = this.#flagTable;
    const isDump = this.#asksForDump(isRequest);
    if ((this.#flags & NLM_F_DUMP_INTR) !== 0 && !isRequest) {
      this.#state.note('warn', 'dump-interrupted', 'The table changed during the dump (NLM_F_DUMP_INTR)', 6, 8);
    }
    return {
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
      errno: 0,
      errnoName: '',
      extack: NO_FIELDS,
      echo: null,
    };
  }

  #asksForDump(isRequest: boolean): boolean {
    return isRequest && asksForDump(this.#envelope.protocol, this.#flags, this.#flagTable);
  }

  /** What the message is called is known: its header can be described. */
  #begin(title: string, typeText: string, flagTable: FlagTable): void {
    this.#title = title;
    this.#typeText = typeText;
    this.#flagTable = flagTable;
    this.#checkLength();
  }

  #checkLength(): void {
    const length = this.#state.u32(0);
    const held = this.#end;
    if (length === held) return;
    const field = this.#header.children[0];
    if (this.#envelope.protocol === NETLINK_AUDIT && leavesHeaderOut(length, held)) {
      field.note = 'audit records for the daemon leave the 16 bytes of the header out';
    } else if (length > held) {
      field.complain('error', 'truncated', `nlmsg_len is ${length}, but only ${held} bytes are there`);
    } else {
      field.complain('note', 'length', `nlmsg_len is ${length}, the message has ${held} bytes`);
    }
  }

  /** What the header says, or one of its members. */
  textOf(member: number | 'header'): string {
    const flags = this.#flags;
    switch (member) {
      case 'header': {
        const state = this.#state;
        return `${this.#title} len ${state.u32(0)}, seq ${state.u32(8)}, portid ${state.u32(12)}`;
      }
      case TYPE:
        return `${this.#typeText} (${this.#type})`;
      default:
        return flags === 0 ? '0' : `${flagNames(flags, this.#flagTable)} (0x${flags.toString(16)})`;
    }
  }

  /** A dump request whose type has no fixed header in dumps; some programs send one nevertheless. */
  #addBareBody(fields: Field[], message: MessageDef): void {
    if (this.#end === NLMSG_HDRLEN) return;
    if (!looksNested(this.#state, NLMSG_HDRLEN, this.#end)) this.#addBody(fields, message, NLMSG_HDRLEN, 0);
    else this.#addAttributes(fields, message.space, NLMSG_HDRLEN, null, null);
  }

  #addAttributes(
    fields: Field[],
    space: AttrSpace | null,
    start: number,
    header: Field | null,
    frame: Frame | null,
    place = '',
    needs: Uint8Array | null = null,
  ): void {
    for (const field of decodeAttributes(this.#state, space, start, this.#end, header, frame, place, needs))
      fields.push(field);
  }

  /** Attributes of a message that are to be read at all, by number; null: all. */
  #neededOf(message: MessageDef): Uint8Array | null {
    // What the user chose to read otherwise takes more than specs tell.
    if (this.#needs === null || this.#state.choices !== null) return null;
    return this.#needs(message);
  }

  /** Fixed header and attributes of a message, from `start`; `userHeader` bytes of a family's own header come first. */
  #addBody(fields: Field[], message: MessageDef | undefined, start: number, userHeader: number, genlFamily = ''): void {
    const state = this.#state;
    let at = start;
    let header: Field | null = null;
    if (message?.header != null) {
      header = this.#headerAt(at, message.header);
      if (header.end > header.start) fields.push(header);
      at = Math.min(this.#end, at + align4(Math.max(message.header.size, header.end - at)));
      const options = message.options === '' ? undefined : header.member(message.options)?.raw;
      if (typeof options === 'number' && options > 0 && at < this.#end) {
        const stop = Math.min(this.#end, at + options);
        fields.push(payloadField(state, at, stop));
        at = Math.min(this.#end, (stop + 3) & ~3);
      }
    } else if (this.#envelope.protocol === NETLINK_NETFILTER && message === undefined) {
      header = this.#headerAt(at, this.#library.shared.nfgenmsg);
      if (header.end > header.start) fields.push(header);
      at = header.end;
    } else if (userHeader > 0) {
      const stop = Math.min(this.#end, at + userHeader);
      fields.push(payloadField(state, at, stop));
      at = stop;
    }
    if (at >= this.#end) return;
    if (message?.space != null) {
      const frame = headerFrame(message.header, header);
      this.#addAttributes(fields, message.space, at, header, frame, '', this.#neededOf(message));
    } else if (looksNested(state, at, this.#end)) {
      const place = messagePlace(this.#envelope.protocol, this.#type, genlFamily);
      this.#addAttributes(fields, null, at, header, null, state.choices === null ? '' : place);
    } else fields.push(payloadField(state, at, this.#end));
  }

  #generic(isRequest: boolean): DecodedMessage {
    const state = this.#state;
    const family = state.context.genl.byId(this.#type);
    const name = familyName(this.#library, state.context.genl, this.#type);
    if (this.#end < NLMSG_HDRLEN + GENL_HDRLEN) {
      const called = name || typeName(NETLINK_GENERIC, this.#type);
      this.#begin(called, called, flagTableOf(NETLINK_GENERIC, this.#type, called, this.#flags));
      const rest = payloadField(state, NLMSG_HDRLEN, this.#end);
      rest.complain('error', 'malformed', 'too short for a genlmsghdr');
      return this.#data([this.#header, rest], called, isRequest, undefined, name);
    }
    const cmd = state.bytes[NLMSG_HDRLEN];
    const version = state.bytes[NLMSG_HDRLEN + 1];
    const isEvent = isEventMessage(this.#envelope.direction, state.u32(8), state.u32(12));
    const message = name === '' ? undefined : this.#library.genlMessage(name, cmd, isRequest, isEvent, this.#type);
    const choice = this.#library.choices?.ofCommand(this.#type, name, cmd);
    const command = message?.name ?? commandName(name, this.#type, cmd);
    const title = name || command;
    const flagTable = flagTableOf(NETLINK_GENERIC, this.#type, command, this.#flags);
    this.#begin(title, name || 'unknown family', flagTable);
    const header = this.#headerAt(NLMSG_HDRLEN, this.#library.shared.genlmsghdr, {
      members: FIRST_TOLD,
      textOf: (member) =>
        member === 'header' ? `${command}, version ${version}` : `${message?.name ?? 'command'} (${cmd})`,
    });
    if (message !== undefined && this.#library.isFromPolicy(message.spec)) {
      header.note = `No spec describes ${name}: its attributes are typed from the kernel's policy.`;
    }
    const fields = [this.#header, header];
    const start = NLMSG_HDRLEN + GENL_HDRLEN;
    if (choice !== undefined) header.decodedAs = choice.rule;
    if (choice?.payload != null) fields.push(...this.#chosen(choice.payload, start, name));
    else this.#addBody(fields, message, start, family?.headerSize ?? 0, name);
    const decoded = this.#data(fields, command, isRequest, message, name);
    if (this.#type === GENL_ID_CTRL) nameNumbers(decoded.fields, this.#library, state.context);
    if (name === '') {
      this.#state.note('note', 'unknown-family', `generic netlink family ${this.#type} is not known here`, 4, 6);
    }
    return decoded;
  }

  /** The texts of the request's header that an error message carries from `at` on. */
  #requestTexts(at: number): Told {
    const state = this.#state;
    const { protocol } = this.#envelope;
    const type = state.u16(at + 4);
    const flags = state.u16(at + 6);
    let known: string | undefined;
    return {
      members: NLMSGHDR_TOLD,
      textOf: (member) => {
        known ??= messageTypeName(this.#library, protocol, type, true, state.context.genl, () => undefined);
        const name = known;
        if (member === 'header') return `${name} len ${state.u32(at)}, seq ${state.u32(at + 8)}`;
        if (member === TYPE) return `${name} (${type})`;
        return `${flagNames(flags, flagTableOf(protocol, type, name, flags))} (0x${flags.toString(16)})`;
      },
    };
  }

  #control(name: string, isRequest: boolean): DecodedMessage {
    const state = this.#state;
    const { shared } = this.#library;
    this.#begin(name, name, 'ack');
    const flags = this.#flags;
    const hasError = this.#end >= NLMSG_HDRLEN + 4;
    if ((this.#type !== NLMSG_ERROR && this.#type !== NLMSG_DONE) || !hasError) {
      const fields = [this.#header];
      if (this.#end > NLMSG_HDRLEN) fields.push(payloadField(state, NLMSG_HDRLEN, this.#end));
      return decodedMessage({ state, form: 'control', fields, typeName: name, flags, flagTable: 'ack', isRequest });
    }
    const isError = this.#type === NLMSG_ERROR;
    const code = state.u32(NLMSG_HDRLEN) | 0;
    const told = code < 0 ? { members: FIRST_TOLD, textOf: () => `${code} (${errnoName(-code)})` } : null;
    const header = this.#headerAt(NLMSG_HDRLEN, isError ? shared.nlmsgerr : shared.nlmsgDone, told);
    const errno = code < 0 ? -code : 0;
    let own = '';
    const fields = [this.#header, header];
    let at = NLMSG_HDRLEN + 4;
    const echo = isError ? echoOf(state, flags) : null;
    if (echo !== null) {
      const inner = this.#headerAt(at, shared.nlmsghdr, this.#requestTexts(at));
      const { end: stop } = echo;
      if (code < 0)
        own = ownErrorName(
          this.#library.message(this.#envelope.protocol, state.u16(at + 4), true),
          errno,
          state,
          at,
          stop,
        );
      fields.push(inner);
      if (stop > at + NLMSG_HDRLEN) {
        const from = at + NLMSG_HDRLEN;
        const payload = new Field(state, 'payload', 'payload', null, null, from, from, stop);
        payload.typeName = 'binary';
        payload.override = 'the request as it was sent';
        fields.push(payload);
      }
      at = Math.min(this.#end, (stop + 3) & ~3);
    }
    let extack: readonly Field[] = NO_FIELDS;
    if (at < this.#end) {
      if ((this.#flags & NLM_F_ACK_TLVS) !== 0) {
        extack = decodeAttributes(state, shared.extack, at, this.#end, null, null);
        fields.push(...extack);
      } else fields.push(payloadField(state, at, this.#end));
    }
    return {
      state,
      form: isError ? 'error' : 'done',
      fields,
      typeName: name,
      flags,
      flagTable: 'ack',
      isRequest,
      isDump: false,
      message: undefined,
      body: null,
      genlFamily: '',
      errno,
      errnoName: errno === 0 ? '' : own === '' ? errnoName(errno) : own,
      extack,
      echo,
    };
  }
}
