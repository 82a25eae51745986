import type { FindPlace } from '../contracts/index.ts';
import { CHUNK_BITS, CHUNK_MASK } from './columns.ts';
import type { RowFilter, RowView } from './view.ts';

/** Rows that the filter is asked about at once: few near where a search begins, since it is often answered there. */
const FEWEST = 16;
const MOST = 256;

/** What a search looks for. */
export interface Wanted {
  readonly filter: RowFilter;
  /** Gaps are found, too. */
  readonly gaps: boolean;
}

/** Where a search has come to in a list that stays as it is. */
export type SearchPlace = Omit<FindPlace, 'generation'>;

/**
 * Looks for the next row of a list, in blocks as its filter does. `from`: the row that is left out at first and looked
 * at last; -1: none.
 */
export class RowSearch {
  private readonly view: RowView;
  private readonly wanted: Wanted;
  private readonly from: number;
  private readonly backwards: boolean;
  private readonly messages = new Uint32Array(MOST);
  private readonly picks = new Uint16Array(MOST);
  private size = FEWEST;
  private at: number;
  private wrapped: boolean;

  /** @param place where an earlier search for the same came to, while the view's generation was the same */
  constructor(view: RowView, wanted: Wanted, from: number, backwards: boolean, place: SearchPlace | null = null) {
    this.view = view;
    this.wanted = wanted;
    this.from = Math.min(from, view.rowCount);
    this.backwards = backwards;
    this.at = place?.at ?? this.from + (backwards ? -1 : 1);
    this.wrapped = place?.wrapped ?? false;
  }

  get place(): SearchPlace {
    return { at: this.at, wrapped: this.wrapped };
  }

  /** Share of the list that has been looked at. */
  get progress(): number {
    const { rowCount } = this.view;
    if (rowCount === 0) return 1;
    const from = Math.max(0, this.from);
    const before = this.backwards ? from - this.at : this.at - from;
    return Math.max(0, Math.min(1, (this.wrapped ? before + rowCount : before) / rowCount));
  }

  /**
   * Looks at a block of rows. The row that was found, -1 when there is none in the whole list, null when the search
   * goes on.
   */
  step(): number | null {
    const { rowCount } = this.view;
    if (this.at < 0 || this.at >= rowCount) {
      if (this.wrapped) return -1;
      this.wrapped = true;
      this.at = this.backwards ? rowCount - 1 : 0;
    }
    const last = this.lastRow(rowCount);
    const left = this.backwards ? this.at - last + 1 : last - this.at + 1;
    const count = Math.min(this.size, left);
    if (count <= 0) return -1;
    this.size = Math.min(MOST, this.size * 2);
    const first = this.backwards ? this.at - count + 1 : this.at;
    this.at = this.backwards ? first - 1 : first + count;
    return this.lookAt(first, count);
  }

  /** The last row before the end of the list, or before the search is where it began. */
  private lastRow(rowCount: number): number {
    if (!this.wrapped) return this.backwards ? 0 : rowCount - 1;
    return this.backwards ? Math.max(0, this.from) : Math.min(this.from, rowCount - 1);
  }

  private lookAt(first: number, count: number): number | null {
    const { view, messages, backwards } = this;
    for (let i = 0; i < count; i++) messages[i] = view.messageAt(first + i);
    for (let done = 0; done < count; ) {
      const [start, end] = backwards
        ? [this.runBefore(count - done), count - done]
        : [done, this.runAfter(done, count)];
      const found = this.lookAtRun(start, end);
      if (found >= 0) return first + found;
      done += end - start;
    }
    return null;
  }

  /** Place in the block of the row that is found among those of a run, -1 for none. */
  private lookAtRun(start: number, end: number): number {
    const { view, wanted, messages, picks, backwards } = this;
    if (view.isGap(messages[start])) return wanted.gaps ? start : -1;
    const base = messages[start] & ~CHUNK_MASK;
    for (let i = start; i < end; i++) picks[i - start] = messages[i] - base;
    const kept = wanted.filter.narrow(base, picks, end - start);
    if (kept === 0) return -1;
    const found = base + picks[backwards ? kept - 1 : 0];
    let place = start;
    while (messages[place] !== found) place++;
    return place;
  }

  /** Where the run of rows ends that begins at a place: a gap, or messages of one chunk that ascend. */
  private runAfter(start: number, count: number): number {
    const { view, messages } = this;
    let end = start + 1;
    if (view.isGap(messages[start])) return end;
    while (end < count && follow(messages[end - 1], messages[end]) && !view.isGap(messages[end])) end++;
    return end;
  }

  private runBefore(end: number): number {
    const { view, messages } = this;
    let start = end - 1;
    if (view.isGap(messages[start])) return start;
    while (start > 0 && follow(messages[start - 1], messages[start]) && !view.isGap(messages[start - 1])) start--;
    return start;
  }
}

/** Whether the filter can be asked about two messages at once, in this order. */
function follow(before: number, message: number): boolean {
  return message > before && message >>> CHUNK_BITS === before >>> CHUNK_BITS;
}
