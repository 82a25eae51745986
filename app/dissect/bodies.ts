import type { AttributeValue, MessageValue, StructValue } from '../contracts/index.ts';
import { NETLINK_AUDIT } from '../wire/index.ts';
import { auditRecord } from './auditRecord.ts';
import { auditRule } from './auditRule.ts';
import { auditTree } from './auditTree.ts';
import type { DecodeState, Field } from './field.ts';
import type { InfoWriter } from './infoWriter.ts';
import { fromHex } from './text.ts';

/** What a message carries after its nlmsghdr, as values (the parts of a MessageValue that a body format fills). */
export interface BodyValue {
  header?: StructValue;
  attributes?: AttributeValue[];
  /** Bytes after all that, in hex. */
  tail?: string;
}

/**
 * A message body whose layout depends on its content, so that no spec can say it. Both directions in one place: what
 * `decode` reads, `encode` writes.
 */
export interface BodyFormat {
  /** Reads the bytes from `start` to `end`. Never throws; what cannot be is noted. */
  decode(state: DecodeState, start: number, end: number): Field[];
  /** The values of decoded fields; null where they could not give the bytes back. */
  values(fields: readonly Field[]): BodyValue | null;
  /** The bytes of such values, without their tail. `report` takes what is wrong with one, by its path; zeros or nothing stand in its place. */
  encode(value: BodyValue, littleEndian: boolean, report: Report): Uint8Array;
  /** One line about it, as the protocol's own tool prints it. */
  summarize?(fields: readonly Field[], info: InfoWriter): void;
}

export type Report = (path: readonly (string | number)[], text: string) => void;

interface Entry {
  readonly protocol: number;
  readonly types: readonly [first: number, last: number];
  readonly format: BodyFormat;
}

/** Body formats by protocol and range of nlmsg_type (linux/audit.h), both ends included; specs describe what is not here. */
const BODIES: readonly Entry[] = [
  { protocol: NETLINK_AUDIT, types: [1005, 1006], format: auditRecord },
  { protocol: NETLINK_AUDIT, types: [1011, 1013], format: auditRule },
  { protocol: NETLINK_AUDIT, types: [1015, 1015], format: auditTree },
  { protocol: NETLINK_AUDIT, types: [1100, 1328], format: auditRecord },
  { protocol: NETLINK_AUDIT, types: [1330, 2999], format: auditRecord },
];

/** The format of the body of a protocol's messages of that type; undefined where specs say all there is to say. */
export function bodyFormat(protocol: number, type: number): BodyFormat | undefined {
  return BODIES.find((entry) => entry.protocol === protocol && type >= entry.types[0] && type <= entry.types[1])
    ?.format;
}

/** Whether bodies of some of a protocol's messages are read without a spec. */
export function hasBodyFormat(protocol: number): boolean {
  return BODIES.some((entry) => entry.protocol === protocol);
}

/** Values of a body that give exactly its bytes back; null where there are none. */
export function exactValues(
  format: BodyFormat,
  fields: readonly Field[],
  bytes: Uint8Array,
  littleEndian: boolean,
): BodyValue | null {
  const values = format.values(fields);
  if (values === null) return null;
  let problems = 0;
  const back = [...format.encode(values, littleEndian, () => problems++), ...(fromHex(values.tail ?? '') ?? [])];
  const same = problems === 0 && back.length === bytes.length && back.every((byte, i) => byte === bytes[i]);
  return same ? values : null;
}

/** The part of a message's values that a body format writes. */
export function bodyValue({ header, attributes }: MessageValue): BodyValue {
  return { ...(header === undefined ? {} : { header }), attributes };
}
