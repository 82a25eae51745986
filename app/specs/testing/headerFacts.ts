import { constantName } from '../compile.ts';
import type { ViewDocument, YnlAttributeSet, YnlDefinition, YnlDocument, YnlMember } from '../ynl.ts';

/**
 * What a spec claims about C headers: the value of every constant it names and the layout of every struct it describes.
 * The header bench compares these claims with what a compiler reads from the real headers.
 */

/** The sidecar's keys that only header checking reads. */
export interface HeaderView extends ViewDocument {
  /** Spec paths, or the names of whole sets, enums and structs, that no header declares; a whole spec by its name. */
  readonly notInHeaders?: readonly string[];
  /** The same for headers older than the kernel version given: what was renumbered or laid out anew there; a whole spec by its name. */
  readonly since?: { readonly [path: string]: string };
  /** Structs that stand for an array whose elements headers name by index: the index of the first element. */
  readonly indexed?: { readonly [struct: string]: number };
  /** The constant in the upper byte of every message type (NFNL_SUBSYS_*): headers number messages without it. */
  readonly subsystem?: string;
  /** How headers make a message type of a constant, which stands for NAME: RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, NAME). */
  readonly typeInHeaders?: string;
  /** How headers write the flags of a definition, where not as masks: by bit number, or as masks in network order. */
  readonly flagsInHeaders?: { readonly [definition: string]: 'bit' | 'mask' | 'be16' | 'be32' };
}

/** One claim: `expression`, an integer constant expression of C, has the value `expected`. */
export interface HeaderFact {
  /** An attribute's number, another constant, a struct's size, or a member's offset or length in bytes. */
  readonly kind: 'attribute' | 'constant' | 'size' | 'offset' | 'length';
  /** The set, enum or struct that claims it. */
  readonly owner: string;
  /** `owner/name`, or the owner alone for the size of a struct. */
  readonly path: string;
  readonly expression: string;
  readonly expected: bigint;
}

const SCALAR_BYTES: { readonly [type: string]: number } = {
  u8: 1,
  s8: 1,
  u16: 2,
  s16: 2,
  u32: 4,
  s32: 4,
  u64: 8,
  s64: 8,
};

/** The headers a spec speaks of, each once, in the order to include them. */
export function headersOf(spec: YnlDocument, view: HeaderView): string[] {
  const own = [spec['uapi-header'] ?? `linux/${spec.name}.h`];
  const parts = [...(spec.definitions ?? []), ...(spec['attribute-sets'] ?? [])].map((part) => part.header);
  return [...new Set([...own, ...(view.headers ?? []), ...parts.filter((header) => header !== undefined)])];
}

/**
 * Every claim a spec makes.
 * @throws Error where a set or enum has no `name-prefix`, so that its constants have no certain name.
 */
export function factsOf(spec: YnlDocument, view: HeaderView): HeaderFact[] {
  const absent = new Set(view.notInHeaders ?? []);
  if (absent.has(spec.name)) return [];
  const facts = [
    ...(spec['attribute-sets'] ?? []).flatMap((set) => attributeFacts(set, view)),
    ...(spec.definitions ?? []).flatMap((definition) =>
      definition.type === 'struct'
        ? (arrayFacts(definition, view) ?? structFacts(definition, spec, view))
        : definition.type === 'const'
          ? []
          : enumFacts(definition, view),
    ),
    ...operationFacts(spec, view),
    ...groupFacts(spec, view),
  ];
  return facts.filter((fact) => !absent.has(fact.path) && !absent.has(fact.owner));
}

function nameInC(owner: string, prefix: string, name: string, view: HeaderView): string {
  return view.constants?.[`${owner}/${name}`] ?? constantName(prefix, name);
}

function prefixOf(part: { readonly name: string; readonly 'name-prefix'?: string }): string {
  const prefix = part['name-prefix'];
  if (prefix === undefined) throw new Error(`${part.name} has no name-prefix`);
  return prefix;
}

/** Attributes count from 1, each one more than the one before unless it says so; subsets claim nothing of their own. */
function attributeFacts(set: YnlAttributeSet, view: HeaderView): HeaderFact[] {
  if (set['subset-of'] !== undefined) return [];
  const setPrefix = prefixOf(set);
  let next = 1;
  return set.attributes.map((attribute) => {
    const number = attribute.value ?? next;
    next = number + 1;
    return {
      kind: 'attribute',
      owner: set.name,
      path: `${set.name}/${attribute.name}`,
      expression: nameInC(set.name, attribute['name-prefix'] ?? setPrefix, attribute.name, view),
      expected: BigInt(number),
    };
  });
}

/** Entries count from 0 (or value-start); those of `flags` are bit numbers, which headers mostly write as masks. */
function enumFacts(definition: YnlDefinition, view: HeaderView): HeaderFact[] {
  const prefix = prefixOf(definition);
  const form = view.flagsInHeaders?.[definition.name];
  const masks = form === 'mask' || (definition.type === 'flags' && form !== 'bit');
  let next = definition['value-start'] ?? 0;
  return (definition.entries ?? []).map((entry) => {
    const { name, value } = typeof entry === 'string' ? { name: entry, value: undefined } : entry;
    const number = value ?? next;
    next = number + 1;
    const constant = nameInC(definition.name, prefix, name, view);
    return {
      kind: 'constant',
      owner: definition.name,
      path: `${definition.name}/${name}`,
      expression: form === 'be16' || form === 'be32' ? `__${form}_to_cpu(${constant})` : constant,
      expected: masks ? 1n << BigInt(number) : BigInt(number),
    };
  });
}

/** An array as a struct (the settings of IPv4 on a link): members carry the names of its indices. Null for real structs. */
function arrayFacts(definition: YnlDefinition, view: HeaderView): HeaderFact[] | null {
  const first = view.indexed?.[definition.name];
  if (first === undefined) return null;
  return (definition.members ?? []).map((member, index) => ({
    kind: 'constant',
    owner: definition.name,
    path: `${definition.name}/${member.name}`,
    expression: constantName('', member.name),
    expected: BigInt(first + index),
  }));
}

/** Structs in specs are packed: every member starts where the one before ends, padding is a member of its own. */
function structFacts(definition: YnlDefinition, spec: YnlDocument, view: HeaderView): HeaderFact[] {
  const owner = definition.name;
  const type = view.constants?.[owner] ?? `struct ${owner.replaceAll('-', '_')}`;
  const facts: HeaderFact[] = [];
  let offset = 0;
  for (const member of definition.members ?? []) {
    const open = member.len === undefined && view.members?.[memberKey(owner, member)]?.array !== undefined;
    const bytes = open ? null : memberBytes(member, spec);
    if (member.type !== 'pad') {
      const path = `${owner}/${member.name}`;
      const field = view.constants?.[path] ?? member.name.replaceAll('-', '_');
      const size = `sizeof(((${type} *)0)->${field})`;
      facts.push({ kind: 'offset', owner, path, expression: `offsetof(${type}, ${field})`, expected: BigInt(offset) });
      if (bytes !== null) facts.push({ kind: 'length', owner, path, expression: size, expected: BigInt(bytes) });
    }
    if (bytes === null) return facts;
    offset += bytes;
  }
  facts.push({ kind: 'size', owner, path: owner, expression: `sizeof(${type})`, expected: BigInt(offset) });
  return facts;
}

/** How a view names a member: `tc_u32_sel.keys`. */
function memberKey(owner: string, member: YnlMember): string {
  return `${owner}.${member.name}`.replaceAll('-', '_');
}

/** Bytes a struct member takes, or null for a last member that takes what is left. */
function memberBytes(member: YnlMember, spec: YnlDocument): number | null {
  const scalar = SCALAR_BYTES[member.type];
  if (scalar !== undefined) return scalar;
  if (member.len !== undefined) return length(member.len, spec);
  const nested = spec.definitions?.find((definition) => definition.name === member.struct);
  if (nested === undefined) return null;
  return (nested.members ?? []).reduce((sum, inner) => sum + (memberBytes(inner, spec) ?? 0), 0);
}

/** A `len` is a number, the name of a `const` definition, or such a name minus one. */
function length(len: number | string, spec: YnlDocument): number {
  if (typeof len === 'number') return len;
  const name = len.replace(/ - 1$/, '');
  const value = spec.definitions?.find((definition) => definition.name === name)?.value;
  if (value === undefined) throw new Error(`no const named ${name}`);
  return Number(value) - (name === len ? 0 : 1);
}

/**
 * Message numbers: what requests carry, what replies carry that have constants of their own, and what notifications
 * carry where no request has the number (the notification of a link is named after the request to make one).
 */
function operationFacts(spec: YnlDocument, view: HeaderView): HeaderFact[] {
  const list = spec.operations?.list ?? [];
  const asked = list.map((operation) => (operation.do ?? operation.dump)?.request?.value);
  const apart = view.replySuffix !== undefined;
  return list.flatMap((operation, i) => {
    const isEvent = operation.event !== undefined || operation.notify !== undefined;
    const asyncPrefix = isEvent ? spec.operations?.['async-prefix'] : undefined;
    const prefix = operation['name-prefix'] ?? asyncPrefix ?? spec.operations?.['name-prefix'] ?? '';
    const constant = view.constants?.[operation.name] ?? constantName(prefix, operation.name);
    const claim = (name: string, number: number): HeaderFact => {
      const form = view.typeInHeaders ?? (view.subsystem === undefined ? 'NAME' : `(${view.subsystem} << 8) | (NAME)`);
      const expression = form.replace('NAME', name);
      const path = `operations/${operation.name}`;
      return { kind: 'constant', owner: 'operations', path, expression, expected: BigInt(number) };
    };
    const facts: HeaderFact[] = [];
    const number = asked[i] ?? operation.value;
    if (
      number !== undefined &&
      (apart || asyncPrefix !== undefined || asked[i] !== undefined || !asked.includes(number))
    ) {
      facts.push(claim(constant, number));
    }
    const reply = (operation.do ?? operation.dump)?.reply?.value;
    if (apart && reply !== undefined)
      facts.push(claim(`${constant}${constantName(view.replySuffix ?? '', '')}`, reply));
    return facts;
  });
}

function groupFacts(spec: YnlDocument, view: HeaderView): HeaderFact[] {
  return (spec['mcast-groups']?.list ?? []).flatMap(({ name, value }) =>
    value === undefined
      ? []
      : [
          {
            kind: 'constant',
            owner: 'mcast-groups',
            path: `mcast-groups/${name}`,
            expression: nameInC('mcast-groups', '', name, view),
            expected: BigInt(value),
          },
        ],
  );
}
