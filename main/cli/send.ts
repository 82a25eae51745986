import * as v from 'valibot';
import type { AttributeValue, MessageValue } from '../../app/contracts/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { toHex } from '../../app/dissect/index.ts';
import { thereIs } from '../../app/filter/index.ts';
import type { OperationDef } from '../../app/specs/index.ts';
import { datagramFor, NETLINK_GENERIC, NLMSG_MIN_TYPE, type Protocol } from '../../app/wire/index.ts';
import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { fillTemplate, UnknownNameError } from '../engine/flatValues.ts';
import { operationForm } from '../engine/forms.ts';
import { listFamilies } from '../engine/genlKnowledge.ts';
import { MemoryLog } from '../engine/memoryDocument.ts';
import { messageValue } from '../engine/methods.ts';
import { printedMessage } from '../engine/printedMessage.ts';
import { printLine } from '../engine/printers.ts';
import { explainRow } from '../engine/refusalOf.ts';
import { listStrings } from '../engine/stringKnowledge.ts';
import { transmit } from '../engine/transmit.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import type { RequestOutcome } from '../sources/request.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { parseHex } from './hexInput.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface SendCommand {
  readonly protocol: Protocol;
  readonly op?: string;
  readonly json?: string;
  readonly dump?: boolean;
  readonly hex?: string;
  readonly text?: string;
  readonly portid: number;
  readonly groups: number;
  readonly netns?: string;
  /** Seconds. */
  readonly timeout: number;
}

/**
 * Sends a datagram and prints what was sent and what came back, one line for each message, then how it ended.
 * @returns 1 when the kernel refused or did not answer, else 0
 */
export async function send(command: SendCommand): Promise<number> {
  const { netns = '', protocol } = command;
  const decoding = userDecoding();
  const log = new MemoryLog(decoding);
  const { document } = log;
  const known = document.hosts.of(undefined);
  if (protocol.number === NETLINK_GENERIC) {
    const families = await listFamilies(decoding, netns);
    if (families.ok) known.learn({ families: families.value });
    known.learn({ strings: await listStrings({ name: undefined, path: netns }, known.families) });
  }
  const interfaces = await interfaceNames(netns);
  if (interfaces.ok) for (const [index, name] of interfaces.value) known.interfaces.learn(index, name, 0n);
  const given = datagramOf(command, decoding, document);
  const bytes = command.op === undefined ? given : datagramFor(protocol.number, given, HOST_LITTLE_ENDIAN).bytes;
  const sent = await transmit(
    {
      protocol: protocol.number,
      destPortid: command.portid,
      groupMask: command.groups,
      netns,
      extAck: true,
      strictCheck: true,
      timeout: command.timeout * 1000,
    },
    bytes,
    (envelope, timeNs, datagram, originalLength) => void log.add(envelope, timeNs, datagram, originalLength),
  );
  if (!sent.ok) throw new CommandFailure(failureLine(sent.error));
  document.learn();
  return report(document, decoding, sent.value);
}

function report(document: Document, decoding: Decoding, outcome: RequestOutcome): number {
  const { store } = document;
  const output = createOutput();
  for (let row = 0; row < store.count; row++) {
    printLine(printedMessage(document, row), output.text);
    output.endLine();
  }
  output.flush();
  for (let row = 0; row < store.count; row++) {
    const refusal = store.envelope(row).direction === 'request' ? explainRow(document, decoding, row) : null;
    if (refusal === null) continue;
    const { errno, meaning, message, attribute, range, advice } = refusal;
    const where = range === null ? '' : ` at bytes ${range.start}..${range.end}`;
    const said = [
      meaning === '' ? errno : `${errno} (${meaning})`,
      message,
      attribute === '' ? '' : `${attribute}${where}`,
      advice,
    ];
    process.stderr.write(`nlscope: the kernel refused: ${said.filter((part) => part !== '').join(': ')}\n`);
  }
  if (outcome === 'timeout') process.stderr.write('nlscope: no answer came in time\n');
  return outcome === 'error' || outcome === 'timeout' ? 1 : 0;
}

function datagramOf(command: SendCommand, decoding: Decoding, document: Document): Uint8Array {
  if (command.hex !== undefined) return parseHex(command.hex);
  if (command.text !== undefined) return encode(textMessage(command.protocol, command.text), decoding, document);
  if (command.op === undefined) throw new CommandFailure('give --op with --json, --hex or --text');
  const operation = findOperation(decoding, command.protocol, command.op, command.dump ?? command.json === undefined);
  return encode(requestValue(decoding, operation, command.json ?? '{}'), decoding, document);
}

/** A message that carries text, ended by a NUL: what kernel modules and other programs of one's own expect. */
function textMessage(protocol: Protocol, text: string): MessageValue {
  const payload = `${toHex(new TextEncoder().encode(text))}00`;
  return {
    protocol: protocol.name,
    type: NLMSG_MIN_TYPE,
    flags: ['NLM_F_REQUEST'],
    seq: 1,
    portid: 0,
    attributes: [],
    payload,
  };
}

/** The operation of a name (RTM_NEWLINK) or id (rt-link/RTM_NEWLINK/do); as a dump where that is wanted and possible. */
function findOperation({ library }: Decoding, protocol: Protocol, name: string, dump: boolean): OperationDef {
  const wanted = name.toUpperCase();
  const all = [...library.operations()].filter(({ message }) => message.spec.protocol === protocol.number);
  const matching = all.filter(
    ({ id, message }) =>
      id === name || message.name.toUpperCase() === wanted || id.toLowerCase().startsWith(`${name.toLowerCase()}/`),
  );
  const mode = dump ? 'dump' : 'do';
  const found = matching.find((operation) => operation.mode === mode) ?? matching[0];
  if (found !== undefined) return found;
  const names = new Set(all.map(({ message }) => message.name));
  if (names.size === 0) throw new CommandFailure(`no spec describes operations of ${protocol.name}; use --hex`);
  const near = thereIs(name, names) || `; it has ${[...names].slice(0, 12).join(', ')}, …`;
  throw new CommandFailure(`${protocol.name} has no operation "${name}"${near}`);
}

function requestValue({ library }: Decoding, operation: OperationDef, json: string): MessageValue {
  const { template } = operationForm(library, operation.id)!;
  let filled: MessageValue;
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('not an object');
    filled = fillTemplate(template, operation, parsed as { [key: string]: unknown });
  } catch (error) {
    if (error instanceof SyntaxError) throw new CommandFailure(`--json: ${error.message}`);
    if (error instanceof UnknownNameError) throw new CommandFailure(`--json: ${error.message}`);
    throw error;
  }
  const checked = v.safeParse(messageValue, filled);
  if (!checked.success) {
    const [issue] = checked.issues;
    throw new CommandFailure(`--json: ${v.getDotPath(issue) ?? ''}: ${issue.message}`);
  }
  return { ...checked.output, seq: checked.output.seq || 1 };
}

function encode(value: MessageValue, { library }: Decoding, { hosts }: Document): Uint8Array {
  const { families } = hosts.of(undefined);
  const { bytes, problems } = encodeMessage(value, { library, genl: families, littleEndian: HOST_LITTLE_ENDIAN });
  const [problem] = problems;
  if (problem !== undefined) throw new CommandFailure(`--json: ${wayTo(problem.path, value)}: ${problem.text}`);
  return bytes;
}

/** A place in a message as its user named it: IFLA_LINKINFO.IFLA_INFO_KIND, ifi_index. */
function wayTo(path: readonly (string | number)[], value: MessageValue): string {
  const names: string[] = [];
  let at: unknown = value;
  for (const step of path) {
    const list: unknown = at;
    at = typeof at === 'object' && at !== null ? (at as { readonly [step: string]: unknown })[step] : undefined;
    if (Array.isArray(list)) names.push((at as Partial<AttributeValue> | undefined)?.name ?? `${step}`);
    else if (!STRUCTURE.has(`${step}`)) names.push(`${step}`);
  }
  return names.length === 0 ? path.join('.') : names.join('.');
}

/** Members of the model that no user writes. */
const STRUCTURE: ReadonlySet<string> = new Set(['attributes', 'value', 'header']);
