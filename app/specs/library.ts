import type { StructValue } from '../contracts/index.ts';
import { NETLINK_GENERIC, NLA_HDRLEN, NLA_TYPE_MASK, NLMSG_HDRLEN, readU16 } from '../wire/index.ts';
import { compileSpec, completeSpec, type FindSpace, openSpec, protocolOf, shortName } from './compile.ts';
import { type ChoiceProblem, DecodeChoices } from './decodeChoices.ts';
import type { DecodeRule } from './decodeRule.ts';
import type { LegacyDumps } from './legacyDumps.ts';
import nlmsgDocument from './nlmsg.yaml';
import {
  type FamilyPolicy,
  hasPolicy,
  POLICY_COMMON,
  POLICY_HEADER,
  type PolicyFamily,
  policyCommand,
  policyOperation,
  policySpec,
} from './policySpec.ts';
import type { AttrSpace, CompiledSpec, MessageDef, OperationDef, SelectRule, StructDef } from './tables.ts';
import type { LazySpec, LazyView, ViewDocument, YnlDocument } from './ynl.ts';

/** The definitions every protocol shares (nlmsg.yaml). */
export interface SharedDefs {
  readonly nlmsghdr: StructDef;
  readonly genlmsghdr: StructDef;
  readonly nlmsgerr: StructDef;
  readonly nlmsgDone: StructDef;
  readonly nfgenmsg: StructDef;
  readonly extack: AttrSpace;
}

function sharedDefs(): SharedDefs {
  const spec = compileSpec(nlmsgDocument as YnlDocument);
  const struct = (name: string): StructDef => spec.structs.get(name)!;
  return {
    nlmsghdr: struct('nlmsghdr'),
    genlmsghdr: struct('genlmsghdr'),
    nlmsgerr: struct('nlmsgerr'),
    nlmsgDone: struct('nlmsg-done'),
    nfgenmsg: struct('nfgenmsg'),
    extack: spec.spaces.get('nlmsgerr-attrs')!,
  };
}

interface NumberSpace {
  readonly requests: Map<number, MessageDef>;
  readonly replies: Map<number, MessageDef>;
  /** Specs that share their types with others: the payload decides. Rules about attributes are the stricter ones. */
  readonly selected: CompiledSpec[];
  legacyDumps: LegacyDumps | null;
}

/** The bytes of a message, from its nlmsghdr on. */
export interface MessageBytes {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
}

/** Whether a rule holds for a message's payload. */
export function selects(rule: SelectRule, { bytes, littleEndian }: MessageBytes): boolean {
  const size = bytes.length - NLMSG_HDRLEN;
  if (rule.kind === 'byte') return rule.offset < size && rule.values.has(bytes[NLMSG_HDRLEN + rule.offset]);
  if (size < NLA_HDRLEN) return false;
  const length = readU16(bytes, NLMSG_HDRLEN, littleEndian);
  const fitting = rule.kind === 'attribute' ? length === size : length >= NLA_HDRLEN && length <= size;
  return fitting && (readU16(bytes, NLMSG_HDRLEN + 2, littleEndian) & NLA_TYPE_MASK) === rule.number;
}

/** Whether a message with that fixed header (none: undefined) could be one of its spec's. */
function fits(message: MessageDef, header: StructValue | undefined): boolean {
  const { select } = message.spec;
  if (select.length === 0) return true;
  const struct = message.header;
  if (struct === null) return header === undefined;
  return select.some((rule) => {
    const byte = rule.kind === 'byte' ? valueAt(struct, header ?? {}, rule.offset) : undefined;
    return rule.kind === 'byte' && byte !== undefined && rule.values.has(byte);
  });
}

/** The value of the integer member that begins at an offset, in structs inside the struct too; undefined for none. */
function valueAt(struct: StructDef, values: StructValue, offset: number): number | undefined {
  const member = struct.members.findLast((one) => one.offset <= offset);
  const given = member === undefined ? undefined : (values[member.name] ?? values[member.specName]);
  if (member === undefined || given === undefined || given === null) return undefined;
  if (member.struct !== null && typeof given === 'object' && !Array.isArray(given)) {
    return valueAt(member.struct, given, offset - member.offset);
  }
  return member.offset === offset ? (member.enum?.byName.get(String(given))?.value ?? Number(given)) : undefined;
}

/** The message that has the low byte of its family's id for a command. */
function byId({ idAsCommand, replies }: CompiledSpec, cmd: number, id: number): MessageDef | undefined {
  if (idAsCommand === '' || cmd !== (id & 0xff)) return undefined;
  return [...replies.values()].find(({ name }) => name === idAsCommand);
}

function inDirection(
  tables: Pick<CompiledSpec, 'requests' | 'replies'>,
  type: number,
  isRequest: boolean,
): MessageDef | undefined {
  const { requests, replies } = tables;
  return isRequest ? (requests.get(type) ?? replies.get(type)) : (replies.get(type) ?? requests.get(type));
}

/** The spec that a set or an operation belongs to, by its id. */
export function ownerOf(id: string): string {
  return id.slice(0, id.indexOf('/'));
}

/** A spec that is compiled when something first needs it; copies of a library share what was compiled. */
class OfferedSpec {
  readonly name: string;
  readonly protocol: number;
  readonly short: string;
  readonly #spec: LazySpec;
  readonly #view: LazyView | undefined;
  #compiled: CompiledSpec | null = null;

  constructor(spec: LazySpec, view: LazyView | undefined) {
    this.name = spec.name;
    this.short = shortName(spec.name, view);
    this.protocol = protocolOf(spec);
    this.#spec = spec;
    this.#view = view;
  }

  compiled(elsewhere: FindSpace): CompiledSpec {
    this.#compiled ??= openSpec(this.#spec.read(), this.#view?.read(), elsewhere);
    return this.#compiled;
  }
}

/** Commands of a family that only its policy describes: notifications and answers have numbers that no policy names. */
class PolicyCommands {
  readonly spec: CompiledSpec;
  readonly #made = new Map<number, MessageDef>();

  constructor(spec: CompiledSpec) {
    this.spec = spec;
  }

  message(cmd: number): MessageDef {
    const made = this.#made.get(cmd);
    if (made !== undefined) return made;
    const { spec } = this;
    const message: MessageDef = {
      spec,
      number: cmd,
      name: policyCommand(spec.name, cmd),
      specName: policyOperation(cmd),
      doc: '',
      header: spec.structs.get(POLICY_HEADER) ?? null,
      space: spec.spaces.get(POLICY_COMMON)!,
      options: '',
      bareDump: false,
      ownHeader: null,
    };
    this.#made.set(cmd, message);
    return message;
  }
}

/**
 * The specs in force: finds what a message is by protocol, type and direction, and operations and attribute sets by
 * name. A spec added later takes the place of an earlier one of the same name.
 */
export class SpecLibrary {
  readonly shared: SharedDefs;
  /** By name, in the order in which they came into force; null: offered and not compiled yet. */
  readonly #specs = new Map<string, CompiledSpec | null>();
  readonly #offered = new Map<string, OfferedSpec>();
  /** Other specs whose sets a spec names, by its name. */
  readonly #uses = new Map<string, readonly string[]>();
  readonly #raw = new Map<number, NumberSpace>();
  readonly #genl = new Map<string, CompiledSpec>();
  readonly #spaces = new Map<string, AttrSpace>();
  readonly #operations = new Map<string, OperationDef>();
  /** Families whose policy has been told since it was last made a spec. */
  readonly #policies = new Map<string, PolicyFamily>();
  readonly #learned = new Map<string, FamilyPolicy>();
  readonly #fromPolicy = new Map<string, PolicyCommands>();

  /** Names of specs that `compileOne` has seen to. */
  readonly #complete = new Set<string>();
  /** Specs that are being compiled. */
  #compiling = 0;
  #revision = 0;
  /** Answers of `soleName`, and the revision that they are of. */
  readonly #soleNames = new Map<number, string | undefined>();
  #soleRevision = 0;
  #choices: DecodeChoices | null = null;

  constructor(shared: SharedDefs = sharedDefs()) {
    this.shared = shared;
  }

  /** What the user wants read otherwise than specs say; null for nothing. */
  get choices(): DecodeChoices | null {
    return this.#choices;
  }

  /** Puts rules in force in place of those before. Returns those that cannot be: they are left out. */
  choose(rules: readonly DecodeRule[]): readonly ChoiceProblem[] {
    const choices = new DecodeChoices(rules, this);
    this.#choices = choices.rules.length === 0 ? null : choices;
    this.#revision++;
    return choices.problems;
  }

  /** Changes whenever a spec or a user's choice comes into force. */
  get revision(): number {
    return this.#revision;
  }

  /** A library of the same specs, to which others can be added without changing this one. */
  copy(): SpecLibrary {
    const library = new SpecLibrary(this.shared);
    this.#compilePolicies();
    for (const [name, spec] of this.#specs) library.#specs.set(name, spec);
    for (const [name, offered] of this.#offered) library.#offered.set(name, offered);
    for (const [name, uses] of this.#uses) library.#uses.set(name, uses);
    for (const [number, { requests, replies, selected, legacyDumps }] of this.#raw) {
      library.#raw.set(number, {
        requests: new Map(requests),
        replies: new Map(replies),
        selected: [...selected],
        legacyDumps,
      });
    }
    for (const [family, spec] of this.#genl) library.#genl.set(family, spec);
    for (const [id, space] of this.#spaces) library.#spaces.set(id, space);
    for (const [id, operation] of this.#operations) library.#operations.set(id, operation);
    for (const [name, commands] of this.#fromPolicy) library.#fromPolicy.set(name, commands);
    for (const [name, policy] of this.#learned) library.#learned.set(name, policy);
    library.#choices = this.#choices;
    return library;
  }

  /**
   * Compiles a YNL document and puts it in force. Its view may name attribute sets of the specs in force by then.
   * @throws SpecError when the document is wrong.
   */
  add(document: YnlDocument, view?: ViewDocument): CompiledSpec {
    const uses = new Set<string>();
    const spec = compileSpec(document, view, (id) => {
      uses.add(ownerOf(id));
      return this.#spaceOf(id);
    });
    this.#uses.set(spec.name, [...uses]);
    // Others may name sets of the spec whose place this one takes.
    if (this.#specs.has(spec.name)) this.specs().forEach(completeSpec);
    // What comes later takes the place of earlier specs' types.
    else if (spec.protocol !== NETLINK_GENERIC) this.#compileProtocol(spec.protocol);
    return this.#enforce(spec);
  }

  /** Puts a spec in force that is parsed and compiled when something first needs it. It must be right. */
  offer(spec: LazySpec, view?: LazyView): void {
    const offered = new OfferedSpec(spec, view);
    this.#offered.set(spec.name, offered);
    this.#specs.set(spec.name, null);
    this.#uses.set(spec.name, view?.uses ?? []);
    this.#revision++;
  }

  readonly #findSpace: FindSpace = (id) => this.#spaceOf(id);

  /**
   * Compiles a spec, and with it all that share a protocol other than generic netlink: its types are known all together,
   * or whoever asks about one would take a part of them for the whole.
   */
  #compileOffered(offered: OfferedSpec | undefined): void {
    if (offered === undefined) return;
    // Sets of another spec, of which one that is being compiled needs some: the rest comes after it.
    if (offered.protocol === NETLINK_GENERIC || this.#compiling > 0) this.#compileAlone(offered);
    else this.#compileProtocol(offered.protocol);
  }

  #compileAlone(offered: OfferedSpec): void {
    this.#offered.delete(offered.name);
    this.#compiling++;
    try {
      this.#file(offered.compiled(this.#findSpace));
    } finally {
      this.#compiling--;
    }
  }

  #compileProtocol(protocol: number): NumberSpace | undefined {
    for (const offered of [...this.#offered.values()]) {
      if (offered.protocol === protocol && this.#offered.has(offered.name)) this.#compileAlone(offered);
    }
    return this.#raw.get(protocol);
  }

  /** Compiles the spec that a set or an operation belongs to, by the first part of its id. */
  #compileOwner(id: string): void {
    this.#compileOffered(this.#offered.get(ownerOf(id)));
  }

  #spaceOf(id: string): AttrSpace | undefined {
    if (!this.#spaces.has(id)) this.#compileOwner(id);
    return this.#spaces.get(id);
  }

  /**
   * Puts in force what the kernel's policy says of a generic netlink family, unless a spec describes it. Later policies
   * of the same family take the place of earlier ones.
   */
  learnPolicy(family: PolicyFamily): void {
    const own = this.#fromPolicy.has(family.name);
    if (!own && (this.#genl.has(family.name) || this.#specs.has(family.name))) return;
    this.#policies.set(family.name, family);
    this.#revision++;
  }

  /** Whether all that is known of a spec is the kernel's policy. */
  isFromPolicy(spec: CompiledSpec): boolean {
    return this.#fromPolicy.get(spec.name)?.spec === spec;
  }

  /** Whether a spec describes a generic netlink family: what the kernel's policy alone tells is no spec. */
  describes(family: string): boolean {
    const known = this.#offered.get(family)?.protocol === NETLINK_GENERIC || this.#genl.has(family);
    return known && !this.#fromPolicy.has(family);
  }

  /** Policies come in many messages: they are compiled when somebody asks. */
  #compilePolicies(): void {
    for (const family of this.#policies.values()) {
      if (!hasPolicy(family) || this.#learned.get(family.name) === family.policy) continue;
      this.#learned.set(family.name, family.policy!);
      const { document, view } = policySpec(family);
      const spec = this.#enforce(compileSpec(document, view));
      this.#fromPolicy.set(spec.name, new PolicyCommands(spec));
    }
    this.#policies.clear();
  }

  #enforce(spec: CompiledSpec): CompiledSpec {
    this.#revision++;
    this.#drop(this.#specs.get(spec.name));
    this.#fromPolicy.delete(spec.name);
    return this.#file(spec);
  }

  #file(spec: CompiledSpec): CompiledSpec {
    this.#specs.set(spec.name, spec);
    for (const space of spec.spaces.values()) this.#spaces.set(space.id, space);
    for (const operation of spec.operations) this.#operations.set(operation.id, operation);
    if (spec.protocol === NETLINK_GENERIC) {
      this.#genl.set(spec.genlFamily, spec);
      return spec;
    }
    const empty: NumberSpace = { requests: new Map(), replies: new Map(), selected: [], legacyDumps: null };
    const numbers = this.#raw.get(spec.protocol) ?? empty;
    this.#raw.set(spec.protocol, numbers);
    numbers.legacyDumps = spec.legacyDumps ?? numbers.legacyDumps;
    const same = numbers.selected.findIndex(({ name }) => name === spec.name);
    if (same >= 0) numbers.selected.splice(same, 1);
    if (spec.select.length > 0) {
      if (spec.select.some(({ kind }) => kind !== 'byte')) numbers.selected.unshift(spec);
      else numbers.selected.push(spec);
      return spec;
    }
    for (const [number, message] of spec.requests) numbers.requests.set(number, message);
    for (const [number, message] of spec.replies) numbers.replies.set(number, message);
    return spec;
  }

  /**
   * What an nlmsg_type of a protocol other than generic netlink means; undefined when no spec covers it. Where several
   * specs describe a type, the message's bytes choose among them; without bytes it is the one that asks nothing of them,
   * else any, for its name.
   */
  message(protocol: number, type: number, isRequest: boolean, bytes?: MessageBytes): MessageDef | undefined {
    const choice = this.#choices?.ofMessage(protocol, type);
    if (choice !== undefined) return choice.spec === null ? undefined : inDirection(choice.spec, type, isRequest);
    const numbers = this.#raw.get(protocol) ?? this.#compileProtocol(protocol);
    if (numbers === undefined) return undefined;
    const found = inDirection(numbers, type, isRequest);
    if (bytes === undefined && found !== undefined) return found;
    for (const spec of numbers.selected) {
      const message = inDirection(spec, type, isRequest);
      if (message === undefined) continue;
      if (bytes === undefined || spec.select.some((rule) => selects(rule, bytes))) return message;
    }
    const { legacyDumps } = numbers;
    if (legacyDumps === null || found === undefined || bytes === undefined || !isRequest) return found;
    return legacyDumps.fromBytes(found, bytes);
  }

  /**
   * Rules by which more of a message than its nlmsghdr and the first byte after that may say what it is; null where it may
   * without a rule.
   */
  furtherRules(protocol: number, isRequest: boolean): readonly SelectRule[] | null {
    const numbers = this.#raw.get(protocol) ?? this.#compileProtocol(protocol);
    if (numbers === undefined || (numbers.legacyDumps !== null && isRequest)) return null;
    const rules = numbers.selected.flatMap(({ select }) => select);
    return rules.filter((rule) => rule.kind !== 'byte' || rule.offset !== 0);
  }

  /** The name of a type that has the same whatever the bytes; undefined where they choose, and where no spec covers it. */
  soleName(protocol: number, type: number, isRequest: boolean): string | undefined {
    if (this.#choices !== null) return undefined;
    if (this.#soleRevision !== this.#revision) {
      this.#soleNames.clear();
      this.#soleRevision = this.#revision;
    }
    const key = (protocol * 0x10000 + type) * 2 + (isRequest ? 1 : 0);
    const known = this.#soleNames.get(key);
    if (known !== undefined || this.#soleNames.has(key)) return known;
    const name = this.#findSoleName(protocol, type, isRequest);
    this.#soleNames.set(key, name);
    return name;
  }

  #findSoleName(protocol: number, type: number, isRequest: boolean): string | undefined {
    const numbers = this.#raw.get(protocol) ?? this.#compileProtocol(protocol);
    if (numbers === undefined) return undefined;
    const name = inDirection(numbers, type, isRequest)?.name;
    for (const spec of numbers.selected) {
      const other = inDirection(spec, type, isRequest)?.name;
      if (other !== undefined && other !== name) return undefined;
    }
    return name;
  }

  /** As `message`, for a message that is still values: its fixed header chooses (undefined: it has none). */
  messageLike(protocol: number, type: number, isRequest: boolean, header?: StructValue): MessageDef | undefined {
    if (this.#choices?.ofMessage(protocol, type) !== undefined) return this.message(protocol, type, isRequest);
    const numbers = this.#raw.get(protocol) ?? this.#compileProtocol(protocol);
    if (numbers === undefined) return undefined;
    const candidates = this.candidates(protocol, type, isRequest);
    const fitting = candidates.find((message) => message.spec.select.length > 0 && fits(message, header));
    const found = fitting ?? inDirection(numbers, type, isRequest) ?? candidates[0];
    return found === undefined || !isRequest ? found : (numbers.legacyDumps?.fromValues(found, header) ?? found);
  }

  /** All that an nlmsg_type of a protocol other than generic netlink may mean. */
  candidates(protocol: number, type: number, isRequest: boolean): MessageDef[] {
    const numbers = this.#raw.get(protocol) ?? this.#compileProtocol(protocol);
    if (numbers === undefined) return [];
    const found = [...numbers.selected, numbers].flatMap((tables) => inDirection(tables, type, isRequest) ?? []);
    return isRequest ? found.flatMap((message) => [message, ...(numbers.legacyDumps?.ofOld(message) ?? [])]) : found;
  }

  /** The one message that a type means whatever its bytes; undefined where they choose, and where no spec covers it. */
  onlyCandidate(protocol: number, type: number, isRequest: boolean): MessageDef | undefined {
    if (this.#choices !== null) return undefined;
    const [only, ...others] = this.candidates(protocol, type, isRequest);
    return others.length === 0 && only?.spec.select.length === 0 ? only : undefined;
  }

  /** Forgets the sets and operations of a spec whose place another takes. */
  #drop(spec: CompiledSpec | null | undefined): void {
    if (!spec) return;
    for (const { id } of spec.spaces.values()) this.#spaces.delete(id);
    for (const { id } of spec.operations) this.#operations.delete(id);
  }

  /** The spec of a generic netlink family by its name. */
  genlSpec(family: string): CompiledSpec | undefined {
    if (this.#policies.size > 0) this.#compilePolicies();
    const spec = this.#genl.get(family);
    if (spec !== undefined) return spec;
    const offered = this.#offered.get(family);
    if (offered?.protocol === NETLINK_GENERIC) this.#compileOffered(offered);
    return this.#genl.get(family);
  }

  /** All messages of a generic netlink family that a spec describes; none where only its policy is known. */
  genlMessages(family: string): MessageDef[] {
    const spec = this.genlSpec(family);
    if (spec === undefined || this.isFromPolicy(spec)) return [];
    return [spec.requests, spec.replies, spec.events].flatMap((table) => [...table.values()]);
  }

  /** What a command of a generic netlink family means; `isEvent`: the message is nobody's answer. `id`: the family's, if known. */
  genlMessage(family: string, cmd: number, isRequest: boolean, isEvent = false, id = -1): MessageDef | undefined {
    const choice = this.#choices?.ofCommand(id, family, cmd);
    if (choice?.payload != null) return undefined;
    const spec = choice?.spec ?? this.genlSpec(family);
    if (spec === undefined) return undefined;
    const event = isEvent ? spec.events.get(cmd) : undefined;
    const known =
      event ??
      inDirection(spec, cmd, isRequest) ??
      spec.events.get(cmd) ??
      (isRequest ? undefined : byId(spec, cmd, id));
    return known ?? (this.#fromPolicy.size === 0 ? undefined : this.#fromPolicy.get(spec.name)?.message(cmd));
  }

  /**
   * A message by its constant (RTM_NEWLINK) within a protocol, or within a generic netlink family. Where a name stands
   * for different numbers as request and as reply, `isRequest` decides; where several specs have it, the values of the
   * fixed header do (undefined: the message has none), and the first spec when they fit none.
   */
  messageByName(
    protocol: number,
    family: string,
    name: string,
    isRequest: boolean,
    header?: StructValue,
  ): MessageDef | undefined {
    const found = this.#named(protocol, family, name, isRequest, header);
    if (found === undefined || !isRequest) return found;
    return this.#raw.get(protocol)?.legacyDumps?.fromValues(found, header) ?? found;
  }

  #named(
    protocol: number,
    family: string,
    name: string,
    isRequest: boolean,
    header: StructValue | undefined,
  ): MessageDef | undefined {
    let first: MessageDef | undefined;
    const own = family === '' ? undefined : this.genlSpec(family);
    if (own === undefined) this.#compileProtocol(protocol);
    const known = own === undefined ? this.#specs.values() : [own];
    for (const spec of [...(this.#choices?.specs ?? []), ...known]) {
      if (spec?.protocol !== protocol || (family !== '' && spec.genlFamily !== family)) continue;
      for (const table of isRequest ? [spec.requests, spec.replies] : [spec.replies, spec.requests, spec.events]) {
        for (const message of table.values()) {
          if (message.name !== name) continue;
          if (fits(message, header)) return message;
          first ??= message;
        }
      }
    }
    return first;
  }

  operation(id: string): OperationDef | undefined {
    if (this.#policies.size > 0) this.#compilePolicies();
    if (!this.#operations.has(id)) this.#compileOwner(id);
    return this.#operations.get(id);
  }

  /** All operations; where names are the same, those whose specs ask nothing of the bytes stand first. */
  operations(): OperationDef[] {
    const specs = this.specs();
    const plain = specs.filter(({ select }) => select.length === 0);
    const choosy = specs.filter(({ select }) => select.length > 0);
    return [...plain, ...choosy].flatMap(({ operations }) => operations);
  }

  /** An attribute set by its id, "rt-link/link-attrs". */
  space(id: string): AttrSpace | undefined {
    if (this.#policies.size > 0) this.#compilePolicies();
    return this.#spaceOf(id);
  }

  /** All specs in force, in the order in which they came. */
  specs(): CompiledSpec[] {
    if (this.#policies.size > 0) this.#compilePolicies();
    for (const offered of [...this.#offered.values()]) this.#compileOffered(offered);
    return [...this.#specs.values()].filter((spec) => spec !== null);
  }

  /** The specs whose filter names begin with a word, in the order in which they came into force. */
  specsCalled(short: string): CompiledSpec[] {
    const specs = this.#namesCalled(short).map((name) => {
      this.#compileOffered(this.#offered.get(name));
      return this.#specs.get(name);
    });
    return specs.filter((spec) => spec != null);
  }

  #namesCalled(short: string): string[] {
    if (this.#policies.size > 0) this.#compilePolicies();
    return [...this.#specs.keys()].filter((name) => {
      const spec = this.#specs.get(name) ?? this.#offered.get(name);
      return spec?.short === short;
    });
  }

  /** Names of the specs in whose sets may be, at any depth, attributes of those whose filter names begin with a word. */
  holdersOf(short: string): ReadonlySet<string> {
    const holders = new Set(this.#namesCalled(short));
    // What is added is visited too.
    for (const name of holders) {
      for (const [user, uses] of this.#uses) if (uses.includes(name)) holders.add(user);
    }
    return holders;
  }

  /** Whether one of some specs has messages of a protocol other than generic netlink. */
  areInProtocol(names: ReadonlySet<string>, protocol: number): boolean {
    for (const name of names) {
      if ((this.#specs.get(name) ?? this.#offered.get(name))?.protocol === protocol) return true;
    }
    return false;
  }

  /** Compiles all of one of the specs that are not yet; false when there is none left. */
  compileOne(): boolean {
    for (const name of this.#specs.keys()) {
      if (this.#complete.has(name)) continue;
      this.#complete.add(name);
      this.#compileOffered(this.#offered.get(name));
      completeSpec(this.#specs.get(name)!);
      return true;
    }
    return false;
  }
}
