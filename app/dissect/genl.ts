import type { FamilyPolicy, PolicyAttribute, PolicyOperation } from '../specs/index.ts';
import { NLA_TYPE_MASK } from '../wire/index.ts';
import type { GenlFamilies, GenlFamily } from './api.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { learnPolicies } from './policies.ts';

/** nlctrl's own family id never changes (linux/genetlink.h GENL_ID_CTRL). */
export const GENL_ID_CTRL = 16;

/** The id of the family that a message of nlctrl is about; undefined when it names none. */
export function taughtFamily({ fields }: DecodedMessage): number | undefined {
  const raw = fields.find(({ name }) => name === 'CTRL_ATTR_FAMILY_ID')?.raw;
  return typeof raw === 'number' ? raw : undefined;
}

/**
 * Remembers what an nlctrl message says of a family (CTRL_CMD_NEWFAMILY, DELFAMILY, the multicast group changes, and
 * the policies that CTRL_CMD_GETPOLICY answers with). Returns true when the map changed.
 */
export function learnFamily(decoded: DecodedMessage, families: GenlFamilies): boolean {
  if (decoded.genlFamily !== 'nlctrl' || decoded.isRequest || decoded.form !== 'data') return false;
  const number = (name: string): number | undefined => {
    const raw = decoded.fields.find((f) => f.name === name)?.raw;
    return typeof raw === 'number' ? raw : undefined;
  };
  const id = taughtFamily(decoded);
  const name = decoded.fields.find((f) => f.name === 'CTRL_ATTR_FAMILY_NAME')?.raw;
  if (id === undefined) return false;
  if (decoded.typeName === 'CTRL_CMD_GETPOLICY') {
    learnPolicies(decoded.fields, families.policies);
    return learnPolicy(decoded, id, families);
  }
  if (decoded.typeName === 'CTRL_CMD_DELFAMILY') return families.forget(id);
  if (typeof name !== 'string' || name === '') return false;
  const old = families.byId(id);
  const groups = items(decoded, 'CTRL_ATTR_MCAST_GROUPS').map((item) => ({
    id: Number(item.child('CTRL_ATTR_MCAST_GRP_ID')?.raw ?? 0),
    name: String(item.child('CTRL_ATTR_MCAST_GRP_NAME')?.raw ?? ''),
  }));
  const operations = items(decoded, 'CTRL_ATTR_OPS').map((item) => ({
    cmd: Number(item.child('CTRL_ATTR_OP_ID')?.raw ?? 0),
    flags: Number(item.child('CTRL_ATTR_OP_FLAGS')?.raw ?? 0),
  }));
  const family: GenlFamily = {
    id,
    name,
    version: number('CTRL_ATTR_VERSION') ?? old?.version ?? 1,
    headerSize: number('CTRL_ATTR_HDRSIZE') ?? old?.headerSize ?? 0,
    maxAttr: number('CTRL_ATTR_MAXATTR') ?? old?.maxAttr ?? 0,
    groups: groups.length > 0 ? groups : (old?.groups ?? []),
    operations: operations.length > 0 ? operations : (old?.operations ?? []),
  };
  return families.learn(family);
}

function items(decoded: DecodedMessage, name: string): readonly Field[] {
  return decoded.fields.find((f) => f.name === name)?.children ?? [];
}

/** A policy of one command alone counts its policies anew, so that its numbers would not fit to the family's own. */
function learnPolicy(decoded: DecodedMessage, id: number, families: GenlFamilies): boolean {
  const request = decoded.state.request();
  if (request.some(({ name }) => name === 'CTRL_ATTR_OP')) return false;
  if (families.byId(id) === undefined) {
    const name = request.find((field) => field.name === 'CTRL_ATTR_FAMILY_NAME')?.raw;
    if (typeof name !== 'string') return false;
    families.learn({ id, name, version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
  }
  return families.learnPolicy(id, policyPart(decoded));
}

/** What one answer to CTRL_CMD_GETPOLICY says: some attributes of some policies, or which policies commands use. */
export function policyPart(decoded: DecodedMessage): FamilyPolicy {
  const attributes: PolicyAttribute[] = [];
  for (const policy of items(decoded, 'CTRL_ATTR_POLICY')) {
    for (const attribute of policy.children) {
      attributes.push(policyAttribute(attribute, policy.wireType & NLA_TYPE_MASK, attribute.wireType & NLA_TYPE_MASK));
    }
  }
  const operations = items(decoded, 'CTRL_ATTR_OP_POLICY').map((item): PolicyOperation => {
    const index = (name: string): number | null => integer(item, `CTRL_ATTR_POLICY_${name}`) ?? null;
    return { cmd: item.wireType & NLA_TYPE_MASK, do: index('DO'), dump: index('DUMP') };
  });
  return { attributes, operations };
}

function policyAttribute(field: Field, policy: number, number: number): PolicyAttribute {
  const wide = (...names: string[]): bigint | undefined => {
    for (const name of names) {
      const raw = field.child(`NL_POLICY_TYPE_ATTR_${name}`)?.raw;
      if (typeof raw === 'number' || typeof raw === 'bigint') return BigInt(raw);
    }
    return undefined;
  };
  const told = {
    min: wide('MIN_VALUE_U', 'MIN_VALUE_S'),
    max: wide('MAX_VALUE_U', 'MAX_VALUE_S'),
    minLength: integer(field, 'NL_POLICY_TYPE_ATTR_MIN_LENGTH'),
    maxLength: integer(field, 'NL_POLICY_TYPE_ATTR_MAX_LENGTH'),
    nested: integer(field, 'NL_POLICY_TYPE_ATTR_POLICY_IDX'),
    mask: wide('MASK', 'BITFIELD32_MASK'),
  };
  const known = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
  return { policy, number, type: integer(field, 'NL_POLICY_TYPE_ATTR_TYPE') ?? 0, ...known };
}

function integer(field: Field, child: string): number | undefined {
  const raw = field.child(child)?.raw;
  return typeof raw === 'number' ? raw : undefined;
}
