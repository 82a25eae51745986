import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fail, type Result } from '../../app/contracts/index.ts';
import { STANDARD_INPUT } from '../sources/pipe.ts';
import { callEngine, type EngineHandle } from './host.ts';

/** Opens the capture that a command line names: a file, or a pipe that is then read as it is written to. */
export async function showCapture(engine: EngineHandle, capture: string): Promise<Result<unknown>> {
  const isInput = capture === STANDARD_INPUT;
  const path = isInput ? '/dev/stdin' : resolve(capture);
  const about = isInput ? fstatSync(0) : statSync(path, { throwIfNoEntry: false });
  if (about?.isFIFO() || about?.isSocket()) {
    const started = await callEngine(engine, 'startCapture', { groups: [], pipes: [isInput ? capture : path] });
    if (isInput && about.isFIFO()) leaveStandardInput();
    return started;
  }
  if (isInput && !about?.isFile()) return fail('nothing comes through standard input: it is neither a pipe nor a file');
  return callEngine(engine, 'openFile', path);
}

/** The engine reads it by a descriptor of its own: when that is closed, the writer shall know. */
function leaveStandardInput(): void {
  closeSync(0);
  // The lowest descriptor that is free takes its place.
  openSync('/dev/null', 'r');
}
