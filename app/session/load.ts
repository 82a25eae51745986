import type { CaptureReader, CaptureReport, PlainFrames } from '../captureFile/index.ts';
import { joinTime } from '../captureFile/index.ts';
import type { Hosts } from './hosts.ts';
import type { MessageStore } from './store.ts';

/** Where the contents of a capture file go. */
export interface LoadTargets {
  readonly store: MessageStore;
  readonly hosts: Hosts;
}

/** How far a capture has been loaded. */
export interface LoadReport extends CaptureReport {
  /** Byte offset in the source up to which it has been read: with the source's size, the progress. */
  readonly offset: number;
  /** The end of the capture, or its break, has been reached. */
  readonly finished: boolean;
}

/**
 * Loads at most `frames` more datagrams and gaps of a capture, so that a caller can do other work in between. When it
 * has finished, the families, interface names, string sets and processes that the file keeps have been learned too.
 */
export function loadCapture(reader: CaptureReader, to: LoadTargets, frames = Number.POSITIVE_INFINITY): LoadReport {
  const { plain } = reader;
  const finished = plain === undefined ? loadFrames(reader, to.store, frames) : loadPlain(plain, to.store, frames);
  if (finished) {
    for (const facts of reader.facts.hosts) to.hosts.learn(facts);
    to.store.namesChanged();
  }
  return { ...reader.report(), offset: reader.position, finished };
}

/** True when the end has been reached. */
function loadPlain(plain: PlainFrames, store: MessageStore, frames: number): boolean {
  for (let left = frames; left > 0; ) {
    const found = plain.run(left);
    if (found === 0) return true;
    store.appendPlain(found, plain);
    left -= found;
  }
  return false;
}

function loadFrames(reader: CaptureReader, store: MessageStore, frames: number): boolean {
  const { frame } = reader;
  for (let n = 0; n < frames; n++) {
    const kind = reader.next();
    if (kind === 'end') return true;
    if (kind === 'gap') {
      store.appendGap(reader.gap, joinTime(frame.timeHigh, frame.timeLow));
      continue;
    }
    const first = store.appendFrame(frame);
    store.annotate(first, frame);
  }
  return false;
}
