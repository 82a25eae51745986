import type { ViewDocument, YnlAttribute, YnlAttributeSet, YnlDocument, YnlOperation } from './ynl.ts';

/** What the kernel accepts for one attribute (linux/netlink.h, enum netlink_policy_type_attr). */
export interface PolicyAttribute {
  /** Policy the attribute belongs to, and its number in it. */
  readonly policy: number;
  readonly number: number;
  /** NL_ATTR_TYPE_*. */
  readonly type: number;
  /** Least and greatest value of an integer. */
  readonly min?: bigint;
  readonly max?: bigint;
  /** Bytes of a string or of binary data. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** Policy of the attributes inside a nest. */
  readonly nested?: number;
  /** Bits that an integer or a bitfield32 may have. */
  readonly mask?: bigint;
}

/** Which policies the requests of a command are checked by; null where a command is not asked that way. */
export interface PolicyOperation {
  readonly cmd: number;
  readonly do: number | null;
  readonly dump: number | null;
}

/** What CTRL_CMD_GETPOLICY tells of a generic netlink family, or a part of it: it comes in many messages. */
export interface FamilyPolicy {
  readonly attributes: readonly PolicyAttribute[];
  readonly operations: readonly PolicyOperation[];
}

/** The part of a generic netlink family that a spec can be made of. */
export interface PolicyFamily {
  readonly name: string;
  readonly version: number;
  /** Bytes of the family's own header. */
  readonly headerSize: number;
  readonly operations: readonly { readonly cmd: number; readonly flags: number }[];
  readonly policy?: FamilyPolicy;
}

/** A policy that is put together of its parts; what a later part says of an attribute or a command counts. */
export class PolicyParts {
  readonly #attributes = new Map<string, PolicyAttribute>();
  readonly #operations = new Map<number, PolicyOperation>();
  #whole: FamilyPolicy | null = null;

  /** Adds a part. True when it says anything new. */
  add({ attributes, operations }: FamilyPolicy): boolean {
    let changed = false;
    for (const attribute of attributes) {
      const key = attributeKey(attribute);
      const known = this.#attributes.get(key);
      if (known !== undefined && sameAttribute(known, attribute)) continue;
      this.#attributes.set(key, attribute);
      changed = true;
    }
    for (const operation of operations) {
      const known = this.#operations.get(operation.cmd);
      if (known !== undefined && known.do === operation.do && known.dump === operation.dump) continue;
      this.#operations.set(operation.cmd, operation);
      changed = true;
    }
    if (changed) this.#whole = null;
    return changed;
  }

  /** All that has been added; the same object until something new is. */
  get policy(): FamilyPolicy {
    this.#whole ??= { attributes: [...this.#attributes.values()], operations: [...this.#operations.values()] };
    return this.#whole;
  }
}

function attributeKey({ policy, number }: PolicyAttribute): string {
  return `${policy}/${number}`;
}

function sameAttribute(a: PolicyAttribute, b: PolicyAttribute): boolean {
  const keys = ['type', 'min', 'max', 'minLength', 'maxLength', 'nested', 'mask'] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** YNL types by NL_ATTR_TYPE_* (linux/netlink.h, enum netlink_attribute_type); the first stands for no type at all. */
const TYPES = [
  'binary',
  'flag',
  'u8',
  'u16',
  'u32',
  'u64',
  's8',
  's16',
  's32',
  's64',
  'binary',
  'string',
  'string',
  'nest',
  'indexed-array',
  'bitfield32',
  'sint',
  'uint',
] as const;

/** linux/genetlink.h. */
const GENL_ADMIN_PERM = 0x01;
const GENL_CMD_CAP_DO = 0x02;
const GENL_CMD_CAP_DUMP = 0x04;
const GENL_UNS_ADMIN_PERM = 0x10;

/** Attribute set of the policies that commands are not known to use: what all of them agree on. */
export const POLICY_COMMON = 'common-attrs';
/** Attribute set of nests of which no policy tells what is in them. */
const UNKNOWN = 'unknown-attrs';

/** A YNL document for a family that no spec knows, and the names its constants have. */
export interface PolicySpec {
  readonly document: YnlDocument;
  readonly view: ViewDocument;
}

/** Whether a family's policy says anything that a spec can be made of. */
export function hasPolicy(family: PolicyFamily): boolean {
  return (family.policy?.attributes.length ?? 0) > 0;
}

/**
 * Makes a spec of what the kernel says of a family. Attributes are called by their numbers (ATTR_3), commands too
 * (`NAME cmd 5`). A policy tells what requests may hold: replies are read by the set of their command, or by what all
 * policies agree on.
 */
export function policySpec(family: PolicyFamily): PolicySpec {
  return new PolicyWriter(family).write();
}

class PolicyWriter {
  readonly #family: PolicyFamily;
  readonly #policies = new Map<number, Map<number, PolicyAttribute>>();
  readonly #used = new Map<number, PolicyOperation>();
  readonly #sets = new Map<string, YnlAttributeSet>();

  constructor(family: PolicyFamily) {
    this.#family = family;
    for (const operation of family.policy?.operations ?? []) this.#used.set(operation.cmd, operation);
    for (const attribute of family.policy?.attributes ?? []) {
      const policy = this.#policies.get(attribute.policy) ?? new Map<number, PolicyAttribute>();
      policy.set(attribute.number, attribute);
      this.#policies.set(attribute.policy, policy);
    }
  }

  write(): PolicySpec {
    const { name, version, headerSize } = this.#family;
    for (const index of [...this.#policies.keys()].sort((a, b) => a - b)) {
      this.#addSet(setName(index), this.#policies.get(index)!.values());
    }
    this.#addSet(POLICY_COMMON, this.#common());
    const operations = this.#commands().map(({ cmd, flags }) => this.#operation(cmd, flags));
    const constants = operations.map((operation) => [operation.name, policyCommand(name, operation.value!)]);
    return {
      document: {
        name,
        protocol: 'genetlink-legacy',
        version,
        doc: `Read from the kernel's policy for ${name}.`,
        ...(headerSize > 0 ? { definitions: [headerStruct(headerSize)] } : {}),
        'attribute-sets': [...this.#sets.values()],
        operations: {
          'enum-model': 'unified',
          ...(headerSize > 0 ? { 'fixed-header': POLICY_HEADER } : {}),
          list: operations,
        },
      },
      view: { spec: name, short: filterWord(name), constants: Object.fromEntries(constants) },
    };
  }

  /** Commands that the family lists, and those that only its policy names. */
  #commands(): { cmd: number; flags: number }[] {
    const flags = new Map<number, number>();
    for (const operation of this.#used.values()) {
      const asked = (operation.do === null ? 0 : GENL_CMD_CAP_DO) | (operation.dump === null ? 0 : GENL_CMD_CAP_DUMP);
      flags.set(operation.cmd, asked);
    }
    for (const operation of this.#family.operations) flags.set(operation.cmd, operation.flags);
    return [...flags].sort(([a], [b]) => a - b).map(([cmd, flags]) => ({ cmd, flags }));
  }

  #operation(cmd: number, flags: number): YnlOperation {
    const used = this.#used.get(cmd);
    const set = this.#setOf(used);
    const requested = (policy: number | null | undefined): string[] => {
      const own = policy === null || policy === undefined ? undefined : this.#policies.get(policy);
      return [...(own?.keys() ?? [])].sort((a, b) => a - b).map(attributeName);
    };
    const attributes = (mode: 'do' | 'dump') => ({ request: { attributes: requested(used?.[mode]) } });
    const privileges = [
      ...((flags & GENL_ADMIN_PERM) !== 0 ? ['admin-perm'] : []),
      ...((flags & GENL_UNS_ADMIN_PERM) !== 0 ? ['uns-admin-perm'] : []),
    ];
    return {
      name: policyOperation(cmd),
      value: cmd,
      'attribute-set': set,
      ...(privileges.length > 0 ? { flags: privileges } : {}),
      ...((flags & GENL_CMD_CAP_DO) !== 0 ? { do: attributes('do') } : {}),
      ...((flags & GENL_CMD_CAP_DUMP) !== 0 ? { dump: attributes('dump') } : {}),
    };
  }

  /** The set of a command: that of its policy, or of both policies where requests for a dump have one of their own. */
  #setOf(used: PolicyOperation | undefined): string {
    const indices = [used?.do, used?.dump].filter((index): index is number => typeof index === 'number');
    const known = [...new Set(indices)].filter((index) => this.#policies.has(index));
    if (known.length === 0) return POLICY_COMMON;
    if (known.length === 1) return setName(known[0]);
    const name = `policy-${known[0]}-and-${known[1]}-attrs`;
    const both = new Map(known.reverse().flatMap((index) => [...this.#policies.get(index)!]));
    this.#addSet(name, both.values());
    return name;
  }

  /** Attributes that mean the same wherever a command's own policy has them. */
  #common(): PolicyAttribute[] {
    const top = new Set([...this.#used.values()].flatMap((operation) => [operation.do, operation.dump]));
    const found = new Map<number, PolicyAttribute | null>();
    for (const [index, policy] of this.#policies) {
      if (!(top.size === 0 ? index === 0 : top.has(index))) continue;
      for (const attribute of policy.values()) {
        const other = found.get(attribute.number);
        const agrees = other === undefined || (other !== null && likeness(other) === likeness(attribute));
        found.set(attribute.number, agrees ? attribute : null);
      }
    }
    return [...found.values()].filter((attribute) => attribute !== null);
  }

  #addSet(name: string, attributes: Iterable<PolicyAttribute>): void {
    if (this.#sets.has(name)) return;
    const sorted = [...attributes].sort((a, b) => a.number - b.number);
    this.#sets.set(name, { name, 'name-prefix': '', attributes: sorted.map((one) => this.#attribute(one)) });
  }

  #attribute(attribute: PolicyAttribute): YnlAttribute {
    const type = TYPES[attribute.type] ?? 'binary';
    const checks = checksOf(attribute);
    return {
      name: attributeName(attribute.number),
      value: attribute.number,
      type,
      doc: policyText(attribute, type),
      ...(type === 'indexed-array' ? { 'sub-type': 'nest' } : {}),
      ...(type === 'nest' || type === 'indexed-array' ? { 'nested-attributes': this.#inside(attribute) } : {}),
      ...(Object.keys(checks).length > 0 ? { checks } : {}),
    };
  }

  #inside({ nested }: PolicyAttribute): string {
    if (nested !== undefined && this.#policies.has(nested)) return setName(nested);
    this.#addSet(UNKNOWN, []);
    return UNKNOWN;
  }
}

/** What a command without a name is called in a spec, and to a user. */
export function policyOperation(cmd: number): string {
  return `cmd-${cmd}`;
}

export function policyCommand(family: string, cmd: number): string {
  return `${family} cmd ${cmd}`;
}

function setName(policy: number): string {
  return `policy-${policy}-attrs`;
}

function attributeName(number: number): string {
  return `attr-${number}`;
}

/** What two attributes of one number have in common when they are read alike. */
function likeness({ type, nested }: PolicyAttribute): string {
  return `${TYPES[type]} ${nested}`;
}

/** Struct of the family's own header: its length is all that is known. */
export const POLICY_HEADER = 'family-header';

function headerStruct(size: number) {
  return { name: POLICY_HEADER, type: 'struct' as const, members: [{ name: 'bytes', type: 'binary', len: size }] };
}

/** A family's name as the first word of its filter fields. */
function filterWord(name: string): string {
  const word = name.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return /^[a-z]/.test(word) ? word : `genl_${word}`;
}

function checksOf({ min, max, minLength, maxLength, mask }: PolicyAttribute): NonNullable<YnlAttribute['checks']> {
  return {
    ...(min === undefined ? {} : { min: exact(min) }),
    ...(max === undefined ? {} : { max: exact(max) }),
    ...(minLength === undefined ? {} : { 'min-len': minLength }),
    ...(maxLength === undefined ? {} : { 'max-len': maxLength }),
    ...(mask === undefined ? {} : { 'flags-mask': exact(mask) }),
  };
}

/** A number where a double holds it, else its digits. */
function exact(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}

/** What the kernel says of an attribute, in a line. */
function policyText({ min, max, minLength, maxLength, mask, nested }: PolicyAttribute, type: string): string {
  const said = [type];
  if (min !== undefined || max !== undefined) said.push(`from ${min ?? 'the least'} to ${max ?? 'the greatest'}`);
  if (mask !== undefined) said.push(`bits 0x${mask.toString(16)}`);
  if (minLength !== undefined && minLength === maxLength) said.push(`${minLength} bytes`);
  else {
    if (minLength !== undefined) said.push(`at least ${minLength} bytes`);
    if (maxLength !== undefined) said.push(`at most ${maxLength} bytes`);
  }
  if (nested !== undefined) said.push(`policy ${nested}`);
  return `From the kernel's policy: ${said.join(', ')}.`;
}
