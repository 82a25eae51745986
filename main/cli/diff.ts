import { existsSync } from 'node:fs';
import type { ComparedField } from '../../app/compare/index.ts';
import {
  compareDumps,
  compareTrees,
  comparisonLines,
  counts,
  type DumpedMessage,
  dumpLines,
  identityOf,
} from '../../app/compare/index.ts';
import type { DumpComparison } from '../../app/contracts/index.ts';
import { toHex } from '../../app/dissect/index.ts';
import { NLM_F_MULTI, NLMSG_HDRLEN, NLMSG_MIN_TYPE } from '../../app/wire/index.ts';
import { asksForDump, compareDumpsOf, dumpedMessage, readMessage } from '../engine/compareDumps.ts';
import type { Decoding } from '../engine/decoding.ts';
import { isMessage } from '../engine/detail.ts';
import type { Document } from '../engine/document.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface DiffCommand {
  readonly file: string;
  /** Another file, or the number of a message; then of another one. */
  readonly others: readonly string[];
  /** -Y: of two files, what is compared. */
  readonly Y?: string;
  /** Fields that are the same, too. */
  readonly all?: boolean;
  /** Counters, ages and sequence numbers, too. */
  readonly counters?: boolean;
  readonly json?: boolean;
}

/**
 * Compares two messages of a capture (two dumps, where both ask for one), or what the dumps of two captures tell of.
 * @returns 1 when they differ, 2 when a capture breaks off, else 0
 */
export async function diff(command: DiffCommand): Promise<number> {
  const decoding = userDecoding();
  const [other, ...more] = command.others;
  if (other !== undefined && more.length === 0) {
    if (NUMBER.test(other) && !existsSync(other)) {
      throw new CommandFailure(`diff takes two messages, or two files: ${other} is one message`);
    }
    return diffFiles(command, other, decoding);
  }
  if (command.Y !== undefined) throw new CommandFailure('-Y goes with two files');
  const input = await openCaptureFile(command.file, decoding);
  const { document } = input;
  const [a, b] = command.others.map((text) => rowOf(document, command.file, text));
  const status =
    asksForDump(document, a) && asksForDump(document, b)
      ? tellDumps(command, await dumpsOf(document, a, b))
      : tellMessages(command, document, a, b);
  return reportBreak(command.file, input) ? 2 : status;
}

/** How a message is named. */
const NUMBER = /^#?\d+$/;

function rowOf(document: Document, file: string, text: string): number {
  const row = NUMBER.test(text) ? Number(text.replace('#', '')) - 1 : Number.NaN;
  if (isMessage(document, row)) return row;
  throw new CommandFailure(`${file} has no message ${text}: it has those from 1 to ${document.store.count}`);
}

function tellMessages(command: DiffCommand, document: Document, a: number, b: number): number {
  const compared = compareTrees(readMessage(document, a), readMessage(document, b));
  const expected = command.counters ?? false;
  const output = createOutput();
  if (command.json) output.line(JSON.stringify({ a: a + 1, b: b + 1, fields: compared.map(plainField) }));
  else {
    output.line(`--- #${a + 1} ${dumpedMessage(document, a).summary()}`);
    output.line(`+++ #${b + 1} ${dumpedMessage(document, b).summary()}`);
    for (const line of comparisonLines(compared, { differing: !command.all, expected })) output.line(line);
  }
  output.flush();
  return compared.some((field) => counts(field, expected)) ? 1 : 0;
}

interface PlainField {
  readonly name: string;
  readonly standing: ComparedField['standing'];
  readonly expected: boolean;
  readonly a?: string;
  readonly b?: string;
  readonly children: readonly PlainField[];
}

function plainField({ name, standing, expected, a, b, children }: ComparedField): PlainField {
  return { name, standing, expected, a: a?.text, b: b?.text, children: children.map(plainField) };
}

async function dumpsOf(document: Document, a: number, b: number): Promise<DumpComparison> {
  const compared = await compareDumpsOf(document, a, b, () => true);
  if (!compared.ok) throw new CommandFailure(failureLine(compared.error));
  return compared.value;
}

function tellDumps({ json, counters = false }: DiffCommand, comparison: DumpComparison): number {
  const output = createOutput();
  if (json) output.line(JSON.stringify(comparison));
  else for (const line of dumpLines(comparison, counters)) output.line(line);
  output.flush();
  return comparison.differing.some(({ expected }) => counters || !expected) ? 1 : 0;
}

async function diffFiles(command: DiffCommand, other: string, decoding: Decoding): Promise<number> {
  const sides: DumpedMessage[][] = [];
  let broken = false;
  for (const file of [command.file, other]) {
    const input = await openCaptureFile(file, decoding);
    const { document } = input;
    const passes = command.Y === undefined ? null : rowFilter(document, decoding, command.Y).passes;
    const told = lastTold(document, passes);
    if (told.length === 0) {
      throw new CommandFailure(
        `${file} has no answers to a dump${command.Y === undefined ? '' : ' that pass the filter'}`,
      );
    }
    sides.push(told);
    if (reportBreak(file, input)) broken = true;
  }
  const steps = compareDumps(0, sides[0], 0, sides[1]);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const status = tellDumps(command, step.value);
  return broken ? 2 : status;
}

/**
 * What the dumps of a capture say of each object. Of a dump that was asked for several times the last one counts, and of
 * an object that several dumps tell of what the last of them says.
 */
function lastTold(document: Document, passes: ((row: number) => boolean) | null): DumpedMessage[] {
  const { store } = document;
  const rows = answersOfDumps(document);
  const lastAsked = new Map<string, number>();
  for (const row of rows) lastAsked.set(questionOf(document, row), store.transaction(row));
  const objects = new Map<string, { readonly transaction: number; readonly messages: DumpedMessage[] }>();
  for (const row of rows) {
    const transaction = store.transaction(row);
    if (lastAsked.get(questionOf(document, row)) !== transaction || !(passes?.(row) ?? true)) continue;
    const message = dumpedMessage(document, row);
    const { tree, bytes } = message.read();
    const { key } = identityOf(message.type, tree, bytes);
    const told = objects.get(key);
    if (told?.transaction === transaction) told.messages.push(message);
    else objects.set(key, { transaction, messages: [message] });
  }
  return [...objects.values()].flatMap(({ messages }) => messages);
}

function answersOfDumps({ store }: Document): number[] {
  const rows: number[] = [];
  for (let row = 0; row < store.count; row++) {
    if (store.isGap(row) || (store.flags(row) & NLM_F_MULTI) === 0 || store.type(row) < NLMSG_MIN_TYPE) continue;
    if (store.envelope(row).direction === 'reply') rows.push(row);
  }
  return rows;
}

/** What was asked, the same for the same question; by the type of the answer where the request was not seen. */
function questionOf(document: Document, row: number): string {
  const { store } = document;
  const id = store.transaction(row);
  const { protocol } = store.envelope(row);
  if (id === 0) return `${protocol} ${store.type(row)}`;
  const { request } = store.transactions.get(id);
  return `${protocol} ${store.type(request)} ${toHex(store.bytes(request).subarray(NLMSG_HDRLEN))}`;
}
