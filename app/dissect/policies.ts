import type { AttrSpace, SpecLibrary } from '../specs/index.ts';
import { NLA_TYPE_MASK } from '../wire/index.ts';
import type { DecodeContext, PolicyDump } from './api.ts';
import type { Field } from './field.ts';
import { isEmptyValue } from './present.ts';

/** The attribute set that a policy of a dump is about; undefined where the dump or the family's spec does not tell. */
function spaceOf(
  dump: PolicyDump | undefined,
  policy: number,
  ofOperation: (cmd: number) => AttrSpace | null,
): AttrSpace | undefined {
  if (dump === undefined) return undefined;
  const open: [number, AttrSpace | null][] = [];
  for (const [cmd, policies] of dump.operations) for (const one of policies) open.push([one, ofOperation(cmd)]);
  const seen = new Set<number>();
  for (const [number, space] of open) {
    if (space === null || seen.has(number)) continue;
    if (number === policy) return space;
    seen.add(number);
    for (const [attribute, inner] of dump.nests.get(number) ?? []) {
      open.push([inner, space.byNumber.get(attribute)?.space ?? null]);
    }
  }
  return undefined;
}

/**
 * Gives the numbers in a message of nlctrl that belong to the family it is about their names: commands, attributes of
 * policies, and the family itself where only its id is there.
 */
export function nameNumbers(fields: readonly Field[], library: SpecLibrary, context: DecodeContext): void {
  const id = fieldOf(fields, 'CTRL_ATTR_FAMILY_ID');
  const told = fieldOf(fields, 'CTRL_ATTR_FAMILY_NAME')?.raw;
  // A policy is told in any namespace, a family's id only where it works.
  const known = told ?? context.genl.byId(Number(id?.raw ?? -1))?.name;
  const name = known ?? fieldOf(fields[0]?.state.request() ?? [], 'CTRL_ATTR_FAMILY_NAME')?.raw;
  if (typeof name !== 'string') return;
  if (id !== undefined && told === undefined) id.override = `${name} (${id.raw})`;
  const messageOf = (cmd: number) => library.genlMessage(name, cmd, true);
  const nameCommand = (field: Field | undefined): void => {
    const message = typeof field?.raw === 'number' ? messageOf(field.raw) : undefined;
    if (field !== undefined && message !== undefined) field.override = `${message.name} (${field.raw})`;
  };
  nameCommand(fieldOf(fields, 'CTRL_ATTR_OP'));
  for (const operation of itemsOf(fields, 'CTRL_ATTR_OPS')) nameCommand(operation.child('CTRL_ATTR_OP_ID'));
  for (const operation of itemsOf(fields, 'CTRL_ATTR_OP_POLICY')) {
    // Some kernels number commands that can only be dumped 0 here.
    const command = messageOf(numberOf(operation))?.name ?? `command ${numberOf(operation)}`;
    operation.override = `${command}: ${policiesText(operation)}`;
  }
  const ofOperation = (cmd: number): AttrSpace | null => messageOf(cmd)?.space ?? null;
  const policies = itemsOf(fields, 'CTRL_ATTR_POLICY');
  const dump = policies.length === 0 ? undefined : context.policyDump();
  for (const policy of policies) {
    const number = numberOf(policy);
    const space = spaceOf(dump, number, ofOperation) ?? guessedSpace(fields, number, ofOperation);
    if (space === undefined) continue;
    const names = policy.children.map((attribute) => {
      const def = space.byNumber.get(numberOf(attribute));
      if (def !== undefined) attribute.override = `${def.name}: ${limitsText(attribute)}`;
      return def?.name ?? String(numberOf(attribute));
    });
    policy.override = `${space.name}: ${names.join(', ')}`;
  }
}

/** The set of the operation that was asked about, whose policy comes first: for dumps whose beginning is not there. */
function guessedSpace(
  fields: readonly Field[],
  policy: number,
  ofOperation: (cmd: number) => AttrSpace | null,
): AttrSpace | undefined {
  const asked = fieldOf(fields[0]?.state.request() ?? [], 'CTRL_ATTR_OP')?.raw;
  return policy === 0 && typeof asked === 'number' ? (ofOperation(asked) ?? undefined) : undefined;
}

/** "do 0, dump 1". */
function policiesText(operation: Field): string {
  return operation.children.map(({ def, raw }) => `${def?.specName ?? ''} ${raw}`).join(', ');
}

/** Type and limits of an attribute: "u32, max-value-u 4". */
function limitsText(attribute: Field): string {
  const type = attribute.child('NL_POLICY_TYPE_ATTR_TYPE');
  const name = typeof type?.raw === 'number' ? type.def?.enum?.byValue.get(type.raw)?.short.toLowerCase() : undefined;
  const limits = attribute.children.filter((child) => child !== type && child.def !== null && !isEmptyValue(child));
  return [name ?? '?', ...limits.map(({ def, text }) => `${def?.specName} ${text}`)].join(', ');
}

function fieldOf(fields: readonly Field[], name: string): Field | undefined {
  return fields.find((field) => field.name === name);
}

function itemsOf(fields: readonly Field[], name: string): readonly Field[] {
  return fields.filter((field) => field.name === name).flatMap(({ children }) => children);
}

/** The number that an item has in place of an attribute's. */
function numberOf(item: Field): number {
  return item.wireType & NLA_TYPE_MASK;
}
