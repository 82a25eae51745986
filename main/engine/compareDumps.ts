import { compareDumps, type DumpedMessage } from '../../app/compare/index.ts';
import { type DumpComparison, fail, ok, type Result } from '../../app/contracts/index.ts';
import { NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { isMessage } from './detail.ts';
import type { Document } from './document.ts';
import { type Advance, STOPPED } from './jobs.ts';
import { Turns } from './turns.ts';

/** A row as a comparison of dumps asks about it. */
export function dumpedMessage(document: Document, row: number): DumpedMessage {
  const { store } = document;
  return {
    number: row + 1,
    type: document.line(row).type,
    body: () => store.bytes(row).subarray(NLMSG_HDRLEN),
    read: () => readMessage(document, row),
    summary: () => document.lineText(row),
  };
}

/** A row as a comparison of messages takes it. */
export function readMessage(document: Document, row: number): ReturnType<DumpedMessage['read']> {
  const { store } = document;
  const { littleEndian } = store.envelope(row);
  return { tree: document.dissect(row).tree, bytes: store.bytes(row), littleEndian };
}

/** Whether a row is a request for a dump. */
export function asksForDump(document: Document, row: number): boolean {
  return isMessage(document, row) && document.summarize(row).dump;
}

/** The rows of the answers to a request for a dump, without what ends it. */
function answersTo({ store }: Document, request: number): number[] {
  const id = store.transaction(request);
  if (id === 0) return [];
  const { end } = store.transactions.get(id);
  return store.members(id).filter((row) => row !== request && row !== end && store.envelope(row).direction === 'reply');
}

/**
 * Tells what changed between two dumps of a capture, in turns.
 * @param a row of the request for the one before, `b` of the one after
 */
export async function compareDumpsOf(
  document: Document,
  a: number,
  b: number,
  advance: Advance,
): Promise<Result<DumpComparison>> {
  const wrong = [a, b].find((row) => !asksForDump(document, row));
  if (wrong !== undefined) {
    return fail(`Message ${wrong + 1} asks for no dump.`, {
      hint: 'Choose two requests with NLM_F_DUMP, such as RTM_GETROUTE.',
    });
  }
  const turns = new Turns();
  const sides: DumpedMessage[][] = [];
  for (const request of [a, b]) {
    const side: DumpedMessage[] = [];
    for (const row of answersTo(document, request)) {
      side.push(dumpedMessage(document, row));
      if (turns.isOver) await turns.next();
    }
    sides.push(side);
  }
  const [before, after] = sides;
  const steps = compareDumps(a + 1, before, b + 1, after);
  for (;;) {
    const step = steps.next();
    if (step.done) return ok(step.value);
    if (!turns.isOver) continue;
    if (!advance(step.value, before.length + after.length)) return fail(`The dumps were not compared: ${STOPPED}.`);
    await turns.next();
  }
}
