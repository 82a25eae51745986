import type { MessageValue, SendRequest } from '../../app/contracts/index.ts';

/** How a request is sent, beside what it says. */
export interface SendOptions {
  /** Path of the network namespace, '' for the host's own. */
  readonly netns: string;
  readonly extAck: boolean;
  readonly strictCheck: boolean;
  readonly destPortid: number;
  readonly groupMask: number;
  /** Milliseconds to wait for an answer. */
  readonly timeout: number;
}

export const DEFAULT_OPTIONS: SendOptions = {
  netns: '',
  extAck: true,
  strictCheck: true,
  destPortid: 0,
  groupMask: 0,
  timeout: 2000,
};

/** Marks our files, and the version of their form. */
const MARK = 'nlscopeRequest';
const VERSION = 1;

/** A request as a file holds it: values and options, no bytes, so that a person can read and compare it. */
export function savedRequest(message: MessageValue, options: SendOptions): string {
  return `${JSON.stringify({ [MARK]: VERSION, message, options }, null, 2)}\n`;
}

/** Reads a saved request, or the bare JSON of a MessageValue. Null: it is neither. Unknown options are left out. */
export function readRequest(text: string): { message: MessageValue; options: SendOptions } | null {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(document)) return null;
  if (isMessage(document)) return { message: document, options: DEFAULT_OPTIONS };
  const { message, options } = document;
  if (document[MARK] !== VERSION || !isMessage(message)) return null;
  return { message, options: readOptions(isObject(options) ? options : {}) };
}

/** Name for the file of a request: "RTM_NEWLINK.json". */
export function requestFileName(message: MessageValue): string {
  const name = String(message.genl?.cmd ?? message.type ?? 'request');
  return `${name.replace(/[^\w.-]/g, '_')}.json`;
}

/** What `HostApi.send` is to send: values, or the bytes (base64) of a datagram in place of them. */
export function sendRequest(
  content: { readonly message: MessageValue } | { readonly bytes: string },
  protocol: string,
  options: SendOptions,
): SendRequest {
  const { netns, extAck, strictCheck, destPortid, groupMask, timeout } = options;
  return {
    ...content,
    protocol,
    extAck,
    strictCheck,
    timeout,
    ...(netns === '' ? {} : { netns }),
    ...(destPortid === 0 ? {} : { destPortid }),
    ...(groupMask === 0 ? {} : { groupMask }),
  };
}

function readOptions(given: { [key: string]: unknown }): SendOptions {
  const number = (value: unknown, otherwise: number) =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : otherwise;
  return {
    netns: typeof given['netns'] === 'string' ? given['netns'] : '',
    extAck: given['extAck'] !== false,
    strictCheck: given['strictCheck'] !== false,
    destPortid: number(given['destPortid'], 0),
    groupMask: number(given['groupMask'], 0),
    timeout: number(given['timeout'], DEFAULT_OPTIONS.timeout),
  };
}

/** The parts that everything else relies on; the encoder reports the rest field by field. */
function isMessage(value: unknown): value is MessageValue {
  if (!isObject(value)) return false;
  const { protocol, flags, seq, portid, attributes } = value;
  return (
    typeof protocol === 'string' &&
    Array.isArray(flags) &&
    typeof seq === 'number' &&
    typeof portid === 'number' &&
    areAttributes(attributes)
  );
}

function areAttributes(list: unknown): boolean {
  const waiting: unknown[] = [list];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!Array.isArray(next)) return false;
    for (const attribute of next) {
      if (!isObject(attribute)) return false;
      if (attribute['attributes'] !== undefined) waiting.push(attribute['attributes']);
    }
  }
  return list !== undefined;
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
