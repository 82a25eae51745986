import type { CaptureReader, CaptureReport } from '../captureFile/index.ts';
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
  /** Byte offset in the source of the last datagram read: with the source's size, the progress. */
  readonly offset: number;
  /** The end of the capture, or its break, has been reached. */
  readonly finished: boolean;
}

/**
 * Loads at most `frames` more datagrams and gaps of a capture, so that a caller can do other work in between. When it
 * has finished, the families, interface names, string sets and processes that the file keeps have been learned too.
 */
export function loadCapture(reader: CaptureReader, to: LoadTargets, frames = Number.POSITIVE_INFINITY): LoadReport {
  const { store } = to;
  const { frame } = reader;
  let finished = false;
  for (let n = 0; n < frames; n++) {
    const kind = reader.next();
    if (kind === 'end') {
      finished = true;
      for (const facts of reader.facts.hosts) to.hosts.learn(facts);
      break;
    }
    if (kind === 'gap') {
      store.appendGap(reader.gap, joinTime(frame.timeHigh, frame.timeLow));
      continue;
    }
    const first = store.appendFrame(frame);
    if (frame.comment !== '') store.setComment(first, frame.comment);
    if (frame.marks.length === 0) continue;
    for (const mark of frame.marks) if (first + mark < store.count) store.setMarked(first + mark, true);
  }
  return { ...reader.report(), offset: frame.offset, finished };
}
