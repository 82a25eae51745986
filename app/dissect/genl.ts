import type { GenlFamilies, GenlFamily } from './api.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { learnPolicies } from './policies.ts';

/** nlctrl's own family id never changes (linux/genetlink.h GENL_ID_CTRL). */
export const GENL_ID_CTRL = 16;

/**
 * Remembers what an nlctrl message says of a family (CTRL_CMD_NEWFAMILY, DELFAMILY, the multicast group changes, and
 * GETPOLICY's answers). Returns true when the map of families changed.
 */
export function learnFamily(decoded: DecodedMessage, families: GenlFamilies): boolean {
  if (decoded.genlFamily !== 'nlctrl' || decoded.isRequest || decoded.form !== 'data') return false;
  if (decoded.typeName === 'CTRL_CMD_GETPOLICY') {
    learnPolicies(decoded.fields, families.policies);
    return false;
  }
  const number = (name: string): number | undefined => {
    const raw = decoded.fields.find((f) => f.name === name)?.raw;
    return typeof raw === 'number' ? raw : undefined;
  };
  const id = number('CTRL_ATTR_FAMILY_ID');
  const name = decoded.fields.find((f) => f.name === 'CTRL_ATTR_FAMILY_NAME')?.raw;
  if (id === undefined) return false;
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
