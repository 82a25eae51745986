import { plainEnvelope } from '../../../app/captureFile/index.ts';
import type { AttributeValue, Envelope, FieldValue, MessageValue } from '../../../app/contracts/index.ts';
import { encodeMessage } from '../../../app/craft/index.ts';
import { bareContext, type DecodeContext } from '../../../app/dissect/index.ts';
import { forEachMessage, GenlFamilyTable } from '../../../app/session/index.ts';
import { findProtocol, NLMSG_MIN_TYPE, viewOf } from '../../../app/wire/index.ts';
import { createDecoding } from '../../engine/decoding.ts';
import { HOST_LITTLE_ENDIAN } from '../../sources/batches.ts';
import type { Kernel } from './kernel.ts';
import { NotRecorded } from './recording.ts';

/** A message as nested values by name; an attribute that occurs more than once has them in an array. */
export type Shown = { readonly [name: string]: ShownValue };
export type ShownValue = FieldValue | Shown | readonly ShownValue[];

/** A message that the kernel tells of, and our summary of it. */
export type Event = Shown & { readonly type: string; readonly summary: string };

const { library, dissector } = createDecoding();

/** A sort of thing that not every kernel can make, and the commands that make it. */
export interface Kind {
  readonly name: string;
  readonly lines: readonly string[];
  /** Standard input of the commands. */
  readonly input?: string;
}

/** A kernel with things in it, its tools, and our own questions to it. */
export class Scene {
  readonly kernel: Kernel;
  /** Kinds that this kernel or its tools refused, with what they said. */
  readonly refused = new Map<string, string>();
  /** Names of links, as far as messages told of them. */
  readonly #names = new Map<number, string>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Makes things of each kind; the first refusal ends a kind and is remembered. */
  make(kinds: readonly Kind[]): void {
    for (const { name, lines, input } of kinds) {
      try {
        for (const line of lines) this.run(line, input);
      } catch (error) {
        if (error instanceof NotRecorded) throw error;
        this.refused.set(name, error instanceof Error ? error.message.replaceAll('\n', ' ') : String(error));
      }
    }
  }

  /** Runs a program inside; each word of `line` is an argument. Returns what it printed. */
  run(line: string, input?: string): string {
    return this.kernel.run(line, input);
  }

  /** Runs a program that prints JSON; undefined (and remembered as refused) where it is not well-formed. */
  json(line: string): unknown {
    const text = this.run(line).trim();
    try {
      return text === '' ? [] : JSON.parse(text);
    } catch (error) {
      this.refused.set(`JSON of ${line}`, `${error instanceof Error ? error.message : error}: ${text.slice(0, 400)}`);
      return undefined;
    }
  }

  /** Asks the kernel and returns its answers as our decoder reads them (acknowledgements and NLMSG_DONE left out). */
  async ask(request: Partial<MessageValue> & Pick<MessageValue, 'protocol'>, strictCheck = false): Promise<Shown[]> {
    const families = new GenlFamilyTable();
    if (request.protocol === 'NETLINK_GENERIC') {
      for (const family of await this.kernel.families()) families.learn(family);
    }
    const context = { library, genl: families, littleEndian: HOST_LITTLE_ENDIAN };
    const { bytes, problems } = encodeMessage({ ...DUMP, ...request }, context);
    if (problems.length > 0) throw new Error(`the request cannot be written: ${JSON.stringify(problems)}`);
    const protocol = findProtocol(request.protocol)?.number ?? -1;
    const replies = await this.kernel.request({ protocol, bytes, strictCheck });
    return replies.flatMap((reply) => this.#read(protocol, reply, 'reply', families, () => bytes));
  }

  /** The messages of a datagram that came to a group. */
  read(protocol: number, datagram: Uint8Array): Event[] {
    return this.#read(protocol, datagram, 'notify', new GenlFamilyTable(), () => undefined);
  }

  #read(
    protocol: number,
    datagram: Uint8Array,
    direction: Envelope['direction'],
    families: GenlFamilyTable,
    request: DecodeContext['request'],
  ): Event[] {
    const envelope: Envelope = { ...plainEnvelope(protocol, HOST_LITTLE_ENDIAN), direction, group: 0 };
    const around = { ...bareContext(families), request, interfaceName: (index: number) => this.#names.get(index) };
    const shown: Event[] = [];
    const view = viewOf(datagram);
    forEachMessage(view, 0, datagram.length, protocol, HOST_LITTLE_ENDIAN, (start, length, shape) => {
      const type = shape === 'raw' ? NLMSG_MIN_TYPE : view.getUint16(start + 4, HOST_LITTLE_ENDIAN);
      if (type < NLMSG_MIN_TYPE) return;
      const message = datagram.subarray(start, start + length);
      const wrong = dissector.notes(message, envelope, around).filter(({ severity }) => severity !== 'note');
      if (wrong.length > 0) throw new Error(wrong.map(({ text }) => text).join(', '));
      const value = dissector.values(message, envelope, around);
      if (value === null) throw new Error(`message type ${type} is not covered by a spec`);
      const event = shownMessage(value);
      if (event.type === 'RTM_NEWLINK') this.#names.set(Number(event['ifi_index']), String(event['IFLA_IFNAME']));
      shown.push({ ...event, summary: dissector.summarize(message, envelope, around).info.join('') });
    });
    return shown;
  }
}

const DUMP = { flags: ['NLM_F_REQUEST', 'NLM_F_DUMP'], seq: 7, portid: 0, attributes: [] };

function shownMessage({ type = '', flags, header = {}, attributes }: MessageValue): Shown & { readonly type: string } {
  return { nlmsg_flags: flags, ...header, ...shownAttributes(attributes), type: String(type) };
}

function shownAttributes(attributes: readonly AttributeValue[]): Shown {
  const shown: { [name: string]: ShownValue } = {};
  const repeated = new Set<string>();
  for (const attribute of attributes) {
    const name = attribute.name ?? String(attribute.type);
    const value = shownAttribute(attribute);
    const before = shown[name];
    if (before === undefined) shown[name] = value;
    else if (repeated.has(name)) (before as ShownValue[]).push(value);
    else {
      shown[name] = [before, value];
      repeated.add(name);
    }
  }
  return shown;
}

function shownAttribute({ attributes, value, hex }: AttributeValue): ShownValue {
  if (attributes === undefined) return value ?? hex ?? null;
  if (attributes.length > 0 && attributes.every(({ name, type }) => name === undefined && type === undefined)) {
    return attributes.map(shownAttribute);
  }
  const nested = shownAttributes(attributes);
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value, ...nested } : nested;
}
