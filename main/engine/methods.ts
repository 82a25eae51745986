import * as v from 'valibot';
import {
  type AttributeValue,
  type HostApi,
  MAX_COMMENT,
  type MessageValue,
  MOST_IN_SEQUENCE,
  STATISTICS_TABLES,
} from '../../app/contracts/index.ts';
import type { FieldValue, StructValue } from '../../app/contracts/message.ts';
import { LONGEST_FILTER, MOST_IN_SET, profileName, someOfProfile } from '../../app/settings/profile.ts';

/** Rows a window may ask for at once; pages are 256 rows. */
export const MAX_ROWS_PER_CALL = 4096;
/** Fields it may want told of each, and how long their names may be. */
const MAX_ROW_FIELDS = 64;
const MAX_FIELD_NAME = 256;

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const messageNumber = count;
const rowIndex = v.pipe(v.number(), v.integer(), v.minValue(-1), v.maxValue(Number.MAX_SAFE_INTEGER));
const protocolNumber = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255));
const u32 = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));

const groupRef = v.object({
  protocol: protocolNumber,
  group: u32,
  genlFamily: v.optional(text),
  name: v.optional(text),
});

/** A limit of a capture: seconds may have fractions, everything else is counted. */
const seconds = v.pipe(v.number(), v.gtValue(0), v.maxValue(1e9));
const limit = v.pipe(count, v.minValue(1));
const ringBuffer = v.object({
  path: text,
  filesize: v.optional(limit),
  duration: v.optional(seconds),
  messages: v.optional(limit),
  files: v.optional(limit),
});
const autostop = v.object({
  duration: v.optional(seconds),
  filesize: v.optional(limit),
  messages: v.optional(limit),
  files: v.optional(limit),
});

const captureOptions = v.object({
  groups: v.array(groupRef),
  everything: v.optional(v.boolean()),
  netns: v.optional(text),
  namespaces: v.optional(v.array(text)),
  allNsid: v.optional(v.boolean()),
  receiveBuffer: v.optional(count),
  tap: v.optional(v.boolean()),
  ringBuffer: v.optional(ringBuffer),
  autostop: v.optional(autostop),
  pipes: v.optional(v.array(text)),
  remotes: v.optional(v.array(v.object({ host: text, command: v.optional(text) }))),
});

const BYTES_FORMATS = ['hex', 'hexdump', 'base64', 'c'] as const;
const saveSelection = v.variant('kind', [
  v.object({ kind: v.picklist(['all', 'displayed']) }),
  v.object({ kind: v.literal('numbers'), numbers: v.array(messageNumber) }),
]);

const rowFields = v.pipe(v.array(v.pipe(text, v.maxLength(MAX_FIELD_NAME))), v.maxLength(MAX_ROW_FIELDS));

/** Filters that rows are told apart by. */
const rowColours = v.pipe(v.array(v.pipe(text, v.maxLength(LONGEST_FILTER))), v.maxLength(MOST_IN_SET));

const findQuery = v.object({
  kind: v.picklist(['severity', 'marked', 'commented', 'text', 'bytes', 'filter']),
  text: v.optional(text),
  from: rowIndex,
  backwards: v.optional(v.boolean()),
  place: v.optional(v.object({ generation: count, at: rowIndex, wrapped: v.boolean() })),
});

const profileEdit = v.variant('kind', [
  v.object({ kind: v.picklist(['switch', 'remove']), name: text }),
  v.object({ kind: v.literal('add'), name: profileName, values: v.optional(someOfProfile), of: v.optional(text) }),
  v.object({ kind: v.literal('rename'), name: text, to: profileName }),
]);

const integer = v.union([v.number(), text]);
const fieldValue: v.GenericSchema<FieldValue> = v.lazy(() =>
  v.union([v.number(), text, v.boolean(), v.null(), v.array(fieldValue), v.record(text, fieldValue)]),
);
const structValue: v.GenericSchema<StructValue> = v.record(text, fieldValue);
const attributeValue: v.GenericSchema<AttributeValue> = v.object({
  name: v.optional(text),
  type: v.optional(v.number()),
  flags: v.optional(v.number()),
  value: v.optional(fieldValue),
  attributes: v.optional(v.array(v.lazy(() => attributeValue))),
  hex: v.optional(text),
  rest: v.optional(text),
  padding: v.optional(text),
  length: v.optional(v.number()),
});

/** A message as values, as the compose form and `nlscope send --json` give it. */
export const messageValue: v.GenericSchema<MessageValue> = v.object({
  protocol: text,
  genlFamily: v.optional(text),
  type: v.optional(integer),
  flags: v.array(integer),
  seq: v.number(),
  portid: v.number(),
  length: v.optional(v.number()),
  genl: v.optional(v.object({ cmd: integer, version: v.number(), reserved: v.optional(v.number()) })),
  header: v.optional(structValue),
  attributes: v.array(attributeValue),
  payload: v.optional(text),
  tail: v.optional(text),
});

const sendRequest = v.object({
  message: v.optional(messageValue),
  bytes: v.optional(text),
  protocol: text,
  destPortid: v.optional(u32),
  groupMask: v.optional(u32),
  netns: v.optional(text),
  extAck: v.boolean(),
  strictCheck: v.boolean(),
  timeout: v.optional(count),
});

const sequenceSelection = v.variant('kind', [
  v.object({ kind: v.literal('displayed') }),
  v.object({ kind: v.literal('marked') }),
  v.object({ kind: v.literal('numbers'), numbers: v.array(messageNumber) }),
]);
const sequenceOptions = v.object({
  items: v.pipe(
    v.array(
      v.variant('kind', [
        v.object({ kind: v.literal('row'), number: messageNumber }),
        v.object({ kind: v.literal('message'), message: messageValue, from: v.optional(messageNumber) }),
      ]),
    ),
    v.maxLength(MOST_IN_SEQUENCE),
  ),
  netns: v.optional(text),
  asRecorded: v.boolean(),
});

/**
 * The arguments of every method of HostApi. A window is another process (and a browser page in the served edition), so
 * nothing it sends reaches the engine unchecked; a method that is not listed here cannot be called.
 */
export const METHOD_ARGUMENTS: {
  readonly [Method in keyof HostApi]: v.GenericSchema<unknown, Parameters<HostApi[Method]>>;
} = {
  info: v.tuple([]),
  inventory: v.tuple([]),
  sockets: v.tuple([text]),
  startCapture: v.tuple([captureOptions]),
  stopCapture: v.tuple([]),
  pauseView: v.tuple([v.boolean()]),
  subscribe: v.tuple([v.object({ add: v.array(groupRef), remove: v.array(groupRef) })]),
  clear: v.tuple([]),
  openFile: v.tuple([text]),
  saveFile: v.tuple([text, saveSelection]),
  exportFile: v.tuple([text, saveSelection, v.picklist(['csv', 'json', 'text'])]),
  recentFiles: v.tuple([]),
  abandonedCaptures: v.tuple([]),
  stopJob: v.tuple([]),
  discardAbandoned: v.tuple([text]),
  setFilter: v.tuple([text]),
  setGrouping: v.tuple([v.boolean()]),
  expand: v.tuple([messageNumber, v.boolean()]),
  sort: v.tuple([v.nullable(v.object({ column: v.pipe(text, v.maxLength(MAX_FIELD_NAME)), descending: v.boolean() }))]),
  rows: v.tuple([count, v.pipe(count, v.maxValue(MAX_ROWS_PER_CALL)), v.optional(rowFields), v.optional(rowColours)]),
  indexOf: v.tuple([messageNumber]),
  find: v.tuple([findQuery]),
  mark: v.tuple([v.array(messageNumber), v.boolean()]),
  nearestMark: v.tuple([messageNumber]),
  setReference: v.tuple([messageNumber, v.boolean()]),
  clearReferences: v.tuple([]),
  setComment: v.tuple([messageNumber, v.pipe(text, v.maxLength(MAX_COMMENT))]),
  comments: v.tuple([count, v.pipe(count, v.maxValue(MAX_ROWS_PER_CALL))]),
  overview: v.tuple([v.pipe(count, v.maxValue(10_000)), v.optional(rowColours)]),
  experts: v.tuple([count, v.pipe(count, v.maxValue(MAX_ROWS_PER_CALL))]),
  statistics: v.tuple([v.boolean()]),
  exportStatistics: v.tuple([text, v.boolean(), v.picklist(STATISTICS_TABLES)]),
  detail: v.tuple([messageNumber]),
  copyAs: v.tuple([messageNumber, v.picklist([...BYTES_FORMATS, 'summary', 'json', 'text'])]),
  copyBytes: v.tuple([messageNumber, v.object({ start: count, end: count }), v.picklist(BYTES_FORMATS)]),
  compareDumps: v.tuple([messageNumber, messageNumber]),
  checkFilter: v.tuple([text, v.optional(text)]),
  completeFilter: v.tuple([text, count]),
  settings: v.tuple([]),
  changeProfile: v.tuple([profileName, someOfProfile]),
  editProfiles: v.tuple([profileEdit]),
  exportProfile: v.tuple([text, profileName]),
  decodeRules: v.tuple([]),
  setDecodeRules: v.tuple([v.pipe(v.array(text), v.maxLength(1000))]),
  decodeOptions: v.tuple([messageNumber, v.pipe(v.array(count), v.maxLength(64))]),
  previewRule: v.tuple([messageNumber, text]),
  specs: v.tuple([]),
  reloadSpecs: v.tuple([]),
  operations: v.tuple([]),
  operationForm: v.tuple([text]),
  attributeSpace: v.tuple([text]),
  interfaces: v.tuple([text]),
  encode: v.tuple([messageValue]),
  decodeHex: v.tuple([text, text]),
  messageValue: v.tuple([messageNumber]),
  send: v.tuple([sendRequest]),
  sequenceRequests: v.tuple([sequenceSelection]),
  planSequence: v.tuple([sequenceOptions]),
  sendSequence: v.tuple([count, count]),
};

const callFrame = v.object({
  kind: v.literal('call'),
  id: count,
  method: v.picklist(Object.keys(METHOD_ARGUMENTS) as (keyof HostApi)[]),
  args: v.array(v.unknown()),
});

/** A frame of a window's that asks for a method. */
export type CallFrame = v.InferOutput<typeof callFrame>;

/** The call a frame makes, or null when it is none (or names a method that does not exist). */
export function parseCall(frame: unknown): CallFrame | null {
  const parsed = v.safeParse(callFrame, frame);
  return parsed.success ? parsed.output : null;
}

/**
 * Checks a call's arguments and makes the call.
 * @returns what the method returns; rejects with one sentence when an argument is not what the method takes
 */
export async function invoke(api: HostApi, call: CallFrame): Promise<unknown> {
  const method = api[call.method] as (...args: unknown[]) => Promise<unknown>;
  const parsed = v.safeParse(METHOD_ARGUMENTS[call.method], call.args);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new TypeError(`${call.method}: argument ${v.getDotPath(issue) ?? '?'}: ${issue.message}`);
  }
  return method.apply(api, parsed.output as unknown[]);
}
