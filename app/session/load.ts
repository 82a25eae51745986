import type { CaptureReader, CaptureReport } from '../captureFile/index.ts';
import { joinTime } from '../captureFile/index.ts';
import type { GenlFamilyTable } from './genlFamilies.ts';
import type { InterfaceNames } from './interfaces.ts';
import type { AddressOwners } from './owners.ts';
import type { MessageStore } from './store.ts';
import type { StringSets } from './stringSets.ts';

/** Where the contents of a capture file go. */
export interface LoadTargets {
  readonly store: MessageStore;
  readonly families: GenlFamilyTable;
  readonly interfaces: InterfaceNames;
  readonly strings: StringSets;
  readonly owners: AddressOwners;
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
      for (const family of reader.facts.families) to.families.learn(family);
      for (const { id, policy } of reader.facts.policies) to.families.learnPolicy(id, policy);
      for (const known of reader.facts.interfaces)
        to.interfaces.learn(known.index, known.name, known.timeNs, known.nsid, known.netns);
      for (const known of reader.facts.strings) to.strings.learn(known);
      for (const owner of reader.facts.owners) to.owners.learn(owner);
      break;
    }
    if (kind === 'gap') {
      store.appendGap(reader.gap, joinTime(frame.timeHigh, frame.timeLow));
      continue;
    }
    const first = store.appendFrame(
      frame.envelope,
      frame.timeHigh,
      frame.timeLow,
      frame.offset,
      frame.view,
      frame.start,
      frame.length,
      frame.originalLength,
      frame.continued,
    );
    if (frame.comment !== '') store.setComment(first, frame.comment);
    for (const mark of frame.marks) if (first + mark < store.count) store.setMarked(first + mark, true);
  }
  return { ...reader.report(), offset: frame.offset, finished };
}
