import type { ByteRange } from '../contracts/index.ts';
import { IDENTITIES } from './identities.ts';
import type { ComparableField } from './trees.ts';

/** By what messages of a type are known to be about the same object. */
export interface Identity {
  /** Fields as IDENTITIES names them. */
  readonly fields: readonly string[];
  /** The same for messages about the same object. */
  readonly key: string;
}

/** Names of fields that tell an object of a type that is not written down. */
const LIKELY = /(^|_)(id|index|ifindex|name|handle|cookie|wdev|wiphy|ifname|bus_name|dev_name)$/i;
const FAMILY = /(^|_)family$/;

/**
 * Tells which object a message is about: by the key that the kernel keeps such objects under where it is written down,
 * else by the fields at its top that are named like one.
 * @param type of the message: RTM_NEWLINK, CTRL_CMD_NEWFAMILY
 */
export function identityOf(type: string, tree: readonly ComparableField[], bytes: Uint8Array): Identity {
  const known = Object.hasOwn(IDENTITIES, type) ? IDENTITIES[type] : null;
  const fields = known === null ? likelyFields(tree) : known.flatMap((path) => presentOf(tree, path));
  const values = fields.map((path) => `${path}=${hexOf(find(tree, path), bytes)}`);
  return { fields, key: [type, ...values].join('\n') };
}

/** Which of the alternatives "A|B" the message has; none where it has neither. */
function presentOf(tree: readonly ComparableField[], path: string): string[] {
  const present = path.split('|').find((one) => find(tree, one) !== null);
  return present === undefined ? [] : [present];
}

/** The field of a path: a name at the top, or HEADER.MEMBER. */
export function find(tree: readonly ComparableField[], path: string): ComparableField | null {
  const [top, member] = path.split('.');
  const found = tree.find(({ name, kind }) => name === top && kind !== 'generated') ?? null;
  return member === undefined ? found : (found?.children.find(({ name }) => name === member) ?? null);
}

/** The value as it stands in the bytes: texts may tell the names of another time. */
function hexOf(field: ComparableField | null, bytes: Uint8Array): string {
  if (field === null) return '';
  const { start, end }: ByteRange = field.payload;
  return Array.from(bytes.subarray(start, end), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function likelyFields(tree: readonly ComparableField[]): string[] {
  const found: string[] = [];
  for (const field of tree) {
    if (field.kind === 'generated' || field.name === 'nlmsghdr' || field.name === 'genlmsghdr') continue;
    if (field.kind !== 'header') {
      if (LIKELY.test(field.name) && field.children.length === 0) found.push(field.name);
      continue;
    }
    for (const { name } of field.children) {
      if (LIKELY.test(name) || FAMILY.test(name)) found.push(`${field.name}.${name}`);
    }
  }
  return found;
}
