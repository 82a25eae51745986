import type { AbandonedCapture } from '../../app/contracts/index.ts';
import { abandonedCaptures, discardAbandoned } from '../engine/abandoned.ts';
import { createDecoding } from '../engine/decoding.ts';
import { putBackNotes } from '../engine/notesJournal.ts';
import { notesPath } from '../engine/spool.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { createOutput } from './output.ts';
import { writeDocument } from './read.ts';
import { serve } from './serve.ts';

export interface RecoverCommand {
  /** Which capture of the list, from 1. */
  readonly number?: number;
  /** -w: where it is written to. */
  readonly w?: string;
  readonly open?: boolean;
  readonly discard?: boolean;
  readonly json?: boolean;
}

/** Lists, saves, opens or removes captures that were not closed because nlscope was brought down. Status 0. */
export async function recover(command: RecoverCommand): Promise<number> {
  const captures = abandonedCaptures();
  if (command.w === undefined && !command.open && !command.discard) return list(captures, command);
  const capture = choose(captures, command.number);
  if (command.open) {
    return serve({ port: 0, host: '127.0.0.1', open: true, capture: capture.path, insecureRemote: false });
  }
  if (command.w !== undefined) {
    const input = await openCaptureFile(capture.path, createDecoding());
    putBackNotes(notesPath(capture.path), input.document.store);
    writeDocument(input.document, command.w, null);
    reportBreak(capture.path, input);
  }
  if (command.discard) {
    const discarded = discardAbandoned(capture.path);
    if (!discarded.ok) throw new CommandFailure(failureLine(discarded.error));
  }
  return 0;
}

/** Lists all captures, or the one that was named. */
function list(captures: readonly AbandonedCapture[], { number, json }: RecoverCommand): number {
  const output = createOutput();
  const named = number === undefined ? null : choose(captures, number);
  const digits = `${captures.length}`.length;
  captures.forEach((capture, index) => {
    if (named !== null && capture !== named) return;
    const { path, bytes, writtenAt } = capture;
    const place = `${index + 1}`.padStart(digits);
    output.line(
      json ? JSON.stringify({ number: index + 1, ...capture }) : `${place}  ${writtenAt}  ${bytes} bytes  ${path}`,
    );
  });
  output.flush();
  if (captures.length === 0) process.stderr.write('Nothing is left to recover.\n');
  return 0;
}

function choose(captures: readonly AbandonedCapture[], number: number | undefined): AbandonedCapture {
  if (captures.length === 0) throw new CommandFailure('nothing is left to recover');
  if (number === undefined && captures.length > 1) {
    throw new CommandFailure(
      `there are ${captures.length} captures: give the number of one, as nlscope recover lists them`,
    );
  }
  const chosen = captures[(number ?? 1) - 1];
  if (chosen === undefined)
    throw new CommandFailure(`there is no capture ${number}: nlscope recover lists ${captures.length}`);
  return chosen;
}
