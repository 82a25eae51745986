import { setTimeout as sleep } from 'node:timers/promises';
import {
  isAsExpected,
  type SequenceAnswer,
  type SequenceNumber,
  type SequencePlan,
  type SequenceStep,
} from '../../app/contracts/index.ts';
import { RowView } from '../../app/session/index.ts';
import { MemoryLog } from '../engine/memoryDocument.ts';
import { type PreparedSequence, prepareSequence, requestsAmong, sendDatagram } from '../engine/sequences.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { rowFilter } from './filterOption.ts';
import { createOutput } from './output.ts';
import { userDecoding } from './userDecoding.ts';

export interface ReplayCommand {
  readonly file: string;
  /** -Y */
  readonly Y?: string;
  readonly netns?: string;
  /** Tells what would be sent, and sends nothing. */
  readonly dryRun?: boolean;
  /** Requests that only ask, too. */
  readonly reads?: boolean;
  /** Goes on after a refusal. */
  readonly keepGoing?: boolean;
  readonly pauses: 'recorded' | 'none';
  /** Numbers without a counterpart are sent as they were recorded. */
  readonly asRecorded?: boolean;
  readonly json?: boolean;
}

/** Milliseconds of filtering between two questions whether there is more. */
const STEP_MS = 1000;

/**
 * Sends the requests of a capture again, in their order, and tells what comes of each.
 * @returns 1 when one was refused or stayed without an answer, 2 when the capture breaks off (nothing is sent then), else 0
 */
export async function replay(command: ReplayCommand): Promise<number> {
  const decoding = userDecoding();
  const input = await openCaptureFile(command.file, decoding);
  const { document } = input;
  if (reportBreak(command.file, input) && !command.dryRun) throw new CommandFailure('nothing was sent');
  const view = new RowView(document.store);
  if (command.Y !== undefined) view.setFilter(rowFilter(document, decoding, command.Y));
  while (view.step(STEP_MS));
  const found = await requestsAmong(document, command.Y === undefined ? null : (row) => view.passes(row));
  if (!found.ok) throw new CommandFailure(failureLine(found.error));
  const { changes, reads } = found.value;
  const numbers = command.reads ? [...changes, ...reads].sort((a, b) => a - b) : changes;
  if (numbers.length === 0) {
    const others = reads.length > 0 && !command.reads;
    throw new CommandFailure(
      others
        ? `${command.file}: no request of it changes anything; ${reads.length} only ask, which --reads sends, too`
        : `${command.file}: there is no request to a kernel in it`,
    );
  }
  const prepared = await prepareSequence(
    0,
    {
      items: numbers.map((number) => ({ kind: 'row', number })),
      netns: command.netns,
      asRecorded: command.asRecorded ?? false,
    },
    document,
    decoding,
  );
  if (!prepared.ok) throw new CommandFailure(failureLine(prepared.error));
  const { plan, target } = prepared.value;
  const output = createOutput();
  for (const note of plan.notes) process.stderr.write(`nlscope: ${note}\n`);
  if (command.dryRun) {
    if (command.json) for (const step of plan.steps) output.line(JSON.stringify(step));
    else for (const line of planLines(plan, target.place)) output.line(line);
    output.flush();
  }
  if (plan.blocked !== '') {
    if (!command.dryRun) for (const line of planLines(unknowns(plan), target.place)) process.stderr.write(`${line}\n`);
    const way = plan.steps.some(({ problem }) => problem !== '')
      ? ''
      : '; --as-recorded sends such numbers as they are, -Y leaves requests out';
    throw new CommandFailure(`nothing was sent: ${plan.blocked.replace(/\.$/, '')}${way}`);
  }
  return command.dryRun
    ? 0
    : send(command, prepared.value, (line) => {
        output.line(line);
        output.flush();
      });

  /** The plan with what stands in its way alone. */
  function unknowns({ steps, ...rest }: SequencePlan): SequencePlan {
    const bad = (step: SequenceStep) => step.problem !== '' || step.numbers.some(({ fate }) => fate === 'unknown');
    return { ...rest, steps: steps.filter(bad) };
  }

  async function send(
    { pauses, keepGoing, json }: ReplayCommand,
    sequence: PreparedSequence,
    print: (line: string) => void,
  ): Promise<number> {
    const log = new MemoryLog(decoding);
    for (const facts of document.facts()) log.document.learnFacts({ ...facts, owners: [], interfaces: [] });
    const { datagrams } = sequence;
    let refused = 0;
    for (const [position, steps] of datagrams.entries()) {
      const { pause } = plan.steps[steps[0]!]!;
      if (pauses === 'recorded' && position > 0 && pause > 0) await sleep(pause / 1e6);
      const sent = await sendDatagram(sequence, position, log, decoding);
      const answers: readonly (SequenceAnswer | null)[] = sent.ok ? sent.value : steps.map(() => null);
      steps.forEach((step, at) => {
        const answer = answers[at] ?? null;
        const unsent = sent.ok ? '' : failureLine(sent.error);
        if (json) print(JSON.stringify({ ...plan.steps[step], answer, unsent }));
        else for (const line of answerLines(plan.steps[step]!, answer, unsent)) print(line);
      });
      if (steps.every((step, at) => answers[at] != null && isAsExpected(answers[at], plan.steps[step]!))) continue;
      refused++;
      const left = datagrams.slice(position + 1).reduce((sum, { length }) => sum + length, 0);
      if (keepGoing || left === 0) continue;
      process.stderr.write(`nlscope: stopped; ${left} ${left === 1 ? 'request was' : 'requests were'} not sent\n`);
      break;
    }
    return refused > 0 ? 1 : 0;
  }
}

function planLines({ steps, datagrams }: SequencePlan, place: string): string[] {
  const lines = steps.flatMap((step) => [
    stepLine(step),
    ...(step.problem === '' ? [] : [`        ! ${step.problem}`]),
    ...step.numbers.flatMap(numberLine),
  ]);
  const requests = `${steps.length} ${steps.length === 1 ? 'request' : 'requests'}`;
  return [...lines, `${requests} in ${datagrams} ${datagrams === 1 ? 'datagram' : 'datagrams'} to ${place}`];
}

function stepLine({ number, summary, datagram }: SequenceStep): string {
  return `${`#${number}`.padStart(6)}  ${String(datagram + 1).padStart(4)}  ${summary}`;
}

/** What stays the same is not worth a line. */
function numberLine({ fate, field, recorded, text }: SequenceNumber): string[] {
  if (fate === 'same') return [];
  return [`        ${fate === 'unknown' ? '!' : '·'} ${field} ${recorded}: ${text}`];
}

function answerLines(step: SequenceStep, answer: SequenceAnswer | null, unsent: string): string[] {
  if (answer === null) return [`${stepLine(step)}  NOT SENT`, `        ! ${unsent}`];
  const { outcome, errno, message, attribute, latency, numbers } = answer;
  const words = { ack: 'ACK', done: 'DONE', reply: 'reply', sent: 'sent', timeout: 'NO ANSWER', undone: 'UNDONE' };
  const head = outcome === 'error' ? `${errno}${errno === step.refused ? ', as it was' : ''}` : words[outcome];
  const time = latency === null ? '' : ` ${(latency / 1e6).toFixed(2)} ms`;
  const why =
    outcome === 'undone' ? 'another message of its batch was refused' : [message, attribute].filter(Boolean).join(': ');
  return [
    `${stepLine(step)}  ${head}${time}`,
    ...numbers.map((number) => `        · ${number}`),
    ...(why === '' ? [] : [`        ${isAsExpected(answer, step) ? '·' : '!'} ${why}`]),
  ];
}
