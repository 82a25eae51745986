import type { AttributeValue, MessageValue, StructValue } from '../contracts/index.ts';
import type { DecodeState, Field } from './field.ts';
import type { InfoWriter } from './template.ts';

/** What a message carries after its nlmsghdr, as values (the parts of a MessageValue that a body format fills). */
export interface BodyValue {
  header?: StructValue;
  attributes?: AttributeValue[];
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
  /** The bytes of such values. `report` takes what is wrong with one, by its path; zeros or nothing stand in its place. */
  encode(value: BodyValue, littleEndian: boolean, report: Report): Uint8Array;
  /** One line about it, as the protocol's own tool prints it. */
  summarize?(fields: readonly Field[], info: InfoWriter): void;
}

export type Report = (path: readonly (string | number)[], text: string) => void;

/** Body formats by protocol and range of nlmsg_type, both ends included; of several the first counts. */
const BODIES: readonly {
  readonly protocol: number;
  readonly types: readonly [number, number];
  readonly format: BodyFormat;
}[] = [];

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
  const back = format.encode(values, littleEndian, () => problems++);
  const same = problems === 0 && back.length === bytes.length && back.every((byte, i) => byte === bytes[i]);
  return same ? values : null;
}

/** The part of a message's values that a body format writes. */
export function bodyValue({ header, attributes }: MessageValue): BodyValue {
  return { ...(header === undefined ? {} : { header }), attributes };
}
