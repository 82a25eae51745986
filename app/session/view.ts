import type { RowPlace } from '../contracts/index.ts';
import { CHUNK_MASK, CHUNK_ROWS, growingU32, LongList, upperBound } from './columns.ts';
import type { MessageStore } from './store.ts';

/** One row of the list. */
export interface ViewRow {
  /** Message index in the store. */
  readonly message: number;
  readonly depth: 0 | 1;
  /** Whether the row opens, or is a child, or the last one. */
  readonly relation: 'none' | 'collapsed' | 'expanded' | 'child' | 'last';
}

/** Decides which messages are shown. */
export interface RowFilter {
  /**
   * Of the `count` messages that `picks` begins with, those that pass are moved to its front, in their order. They are
   * told by their distance from the message `base`, a multiple of CHUNK_ROWS, and less than CHUNK_ROWS beyond it. Gaps
   * are never asked about. Returns how many passed.
   */
  narrow(base: number, picks: Uint16Array, count: number): number;
}

/** A request that is open, with its shown children. */
interface Expansion {
  readonly request: number;
  /** Its position among the top-level rows, as they are sorted. */
  top: number;
  readonly children: number[];
  /** Messages before this one have been searched for children; all that are placed, once nothing is left to search. */
  searched: number;
}

/** Rows placed between two looks at the clock: many when they cost nothing, few when a filter may decode each. */
const PLAIN_SLICE = CHUNK_ROWS;
const FILTER_SLICE = 256;
/** Bits in a word. */
const WORD = 32;

/**
 * The list as it is shown: what passes the filter, replies tucked under their request while grouping is on. A reply
 * whose request does not pass stands on its own; a gap is always shown. Messages come in by `step`, both the ones a new
 * filter has to examine again and the ones that arrive while capturing, so that one slice of work never blocks.
 */
export class RowView {
  private readonly store: MessageStore;
  private filter: RowFilter | null = null;
  private readonly picks = new Uint16Array(FILTER_SLICE);
  private isGrouped = true;
  private limit = Number.POSITIVE_INFINITY;
  /** Bit of each examined message that passes; empty while there is no filter. */
  private readonly passing = growingU32();
  private examined = 0;
  private placed = 0;
  private shownMessages = 0;
  /** Messages at depth 0, ascending. */
  private readonly top = new LongList();
  /** Where the list is sorted: the place among `top` of every position, and the position of every place. */
  private order: Uint32Array | null = null;
  private positions: Uint32Array | null = null;
  /** Bit of each placed message that others are tucked under, open or not. */
  private readonly parents = growingU32();
  private readonly wanted = new Set<number>();
  /** By place of their request; `starts` are the row indices of those, computed when asked for. */
  private expansions: Expansion[] = [];
  private readonly byRequest = new Map<number, Expansion>();
  private starts: number[] | null = null;
  /** Those of which not all children have been found yet: a request may have millions, anywhere in the capture. */
  private readonly unfinished = new Set<Expansion>();
  private childRows = 0;
  private changes: number;
  private began = 0;

  /** `generation`: what to count from, so that the view of another capture never repeats an earlier number. */
  constructor(store: MessageStore, generation = 1) {
    this.store = store;
    this.changes = generation;
  }

  /**
   * Counts the changes after which a row index may mean another message: filter, grouping, expansion, and a late reply
   * under an open request that other rows follow.
   */
  get generation(): number {
    return this.changes;
  }

  /** Counts the times that the list was made anew, in the order of the capture. */
  get restarts(): number {
    return this.began;
  }

  get grouped(): boolean {
    return this.isGrouped;
  }

  /** Rows in the list. */
  get rowCount(): number {
    return this.top.length + this.childRows;
  }

  /** Messages that pass the filter so far. */
  get shown(): number {
    return this.shownMessages;
  }

  /** Messages that belong in the list: those that came while it is paused do not. */
  get end(): number {
    return Math.min(this.store.count, this.limit);
  }

  /** The first message that the filter has not been asked about yet. */
  get examinedEnd(): number {
    return Math.min(this.examined, this.end);
  }

  /** Share of the messages that has been placed, 1 when the list is complete, with the answers of what is open. */
  get progress(): number {
    const end = this.end;
    const done = Math.min(this.placed, ...Array.from(this.unfinished, ({ searched }) => searched));
    return end === 0 ? 1 : done / end;
  }

  /** Shows only messages that pass the filter, which is asked once about each; null shows all. */
  setFilter(filter: RowFilter | null): void {
    this.filter = filter;
    this.passing.clear();
    this.examined = 0;
    this.restart();
  }

  /** Tucks replies under their requests, or not. */
  setGrouped(grouped: boolean): void {
    if (grouped === this.isGrouped) return;
    this.isGrouped = grouped;
    this.restart();
  }

  /** While paused, messages that arrive stay out of the list. */
  setPaused(paused: boolean): void {
    this.limit = paused ? this.store.count : Number.POSITIVE_INFINITY;
  }

  /**
   * Opens or closes a request. It stays so through changes of filter and grouping. Where its answers lie far apart, or
   * are many, `step` has to find the rest of them.
   */
  setExpanded(request: number, expanded: boolean): void {
    if (this.wanted.has(request) === expanded) return;
    if (expanded) this.wanted.add(request);
    else this.wanted.delete(request);
    if (!this.isGrouped || request >= this.placed) return;
    const place = this.topPlace(request);
    if (place < 0) return;
    this.changes++;
    this.starts = null;
    const at = this.expansionsBefore(place);
    if (expanded) {
      const expansion = { request, top: place, children: [], searched: request + 1 };
      this.expansions.splice(at, 0, expansion);
      this.byRequest.set(request, expansion);
      this.unfinished.add(expansion);
      this.findChildren(expansion);
      return;
    }
    const [closed] = this.expansions.splice(at, 1);
    this.unfinished.delete(closed);
    this.byRequest.delete(request);
    this.childRows -= closed.children.length;
  }

  /** Works for about so many milliseconds on messages that are not in the list yet. True when some are left. */
  step(budgetMs: number): boolean {
    const deadline = Date.now() + budgetMs;
    const slice = this.filter === null ? PLAIN_SLICE : FILTER_SLICE;
    // First, so that what is placed after it can go to its end.
    for (const expansion of this.unfinished) {
      while (this.unfinished.has(expansion)) {
        this.findChildren(expansion);
        if (Date.now() >= deadline) return this.unfinished.size > 0 || this.placed < this.end;
      }
    }
    while (this.placed < this.end) {
      const end = Math.min(this.end, this.placed + slice, (this.placed & ~CHUNK_MASK) + CHUNK_ROWS);
      if (this.examined < end) this.examine(Math.max(this.examined, this.placed), end);
      while (this.placed < end) {
        if (this.passesNone(this.placed, end)) this.placed += WORD;
        else this.place(this.placed++);
      }
      if (Date.now() >= deadline) break;
    }
    return this.placed < this.end;
  }

  /** The shown request that a message is tucked under, be that open or not; the message itself where there is none. */
  parentOf(message: number): number {
    const request = message >= 0 && message < this.placed ? this.requestAbove(message) : -1;
    return request < 0 ? message : request;
  }

  /** Top-level rows in the list, and how many of them are sorted: what came later stands after them. */
  get topCount(): number {
    return this.top.length;
  }

  get sortedCount(): number {
    return this.order?.length ?? 0;
  }

  /** Message of a top-level row by its place in the capture's order (0..topCount-1). */
  topMessage(place: number): number {
    return this.top.at(place);
  }

  /**
   * Puts the top-level rows in another order, answers stay with their requests; null: that of the capture. Rows that come
   * later follow in the order in which they come, and a change of filter or grouping brings back that of the capture.
   * @param order for each position the place that `topMessage` knows; a permutation
   */
  sort(order: Uint32Array | null): void {
    const requests = this.expansions.map((expansion) => ({
      expansion,
      place: this.top.upperBound(expansion.request) - 1,
    }));
    this.order = order;
    this.positions = order && new Uint32Array(order.length);
    const { positions } = this;
    if (order !== null && positions !== null) for (let at = 0; at < order.length; at++) positions[order[at]] = at;
    for (const { expansion, place } of requests) expansion.top = this.positionOf(place);
    this.expansions.sort((one, other) => one.top - other.top);
    this.starts = null;
    this.changes++;
  }

  /** Message of a row (0..rowCount-1). */
  messageAt(index: number): number {
    const expansion = this.expansionAt(index);
    if (expansion === null) return this.topAt(index);
    const below = index - expansion.start;
    const { top, children } = expansion.of;
    if (below === 0) return this.topAt(top);
    return below <= children.length ? children[below - 1] : this.topAt(top + below - children.length);
  }

  /** Whether a message of the list says that messages were lost. */
  isGap(message: number): boolean {
    return this.store.isGap(message);
  }

  /** A row (0..rowCount-1) with its place in the tree. */
  rowAt(index: number): ViewRow {
    const expansion = this.expansionAt(index);
    const below = expansion === null ? 0 : index - expansion.start;
    if (expansion !== null && below > 0 && below <= expansion.of.children.length) {
      const { children } = expansion.of;
      return { message: children[below - 1], depth: 1, relation: below === children.length ? 'last' : 'child' };
    }
    const message = this.messageAt(index);
    if (!this.hasChildren(message)) return { message, depth: 0, relation: 'none' };
    return { message, depth: 0, relation: this.byRequest.has(message) ? 'expanded' : 'collapsed' };
  }

  /** Where a message (0..) stands in the list. */
  indexOf(message: number): RowPlace {
    const place = this.topPlace(message);
    if (place >= 0) return { index: this.rowOfTop(place), exact: true, tucked: false };
    const request = message < this.placed ? this.requestAbove(message) : -1;
    const expansion = this.byRequest.get(request);
    if (expansion !== undefined && message < expansion.searched && this.passes(message)) {
      const child = upperBound(expansion.children, expansion.children.length, message);
      return { index: this.rowOfTop(expansion.top) + child, exact: true, tucked: false };
    }
    const nearest = request >= 0 ? this.topPlace(request) : this.positionOf(this.top.upperBound(message) - 1);
    const tucked = request >= 0 && this.passes(message);
    return { index: nearest < 0 ? -1 : this.rowOfTop(nearest), exact: false, tucked };
  }

  /** Whether a message is in the list, be it tucked under its request. Messages not examined yet are not. */
  passes(message: number): boolean {
    if (message >= this.examined) return false;
    return this.filter === null || (this.passing.values[message >>> 5] & (1 << (message & 31))) !== 0;
  }

  /** What `passes` says now of the messages before `end`, whatever becomes of the list. */
  examinedRows(): { readonly end: number; passes(message: number): boolean } {
    const { examined: end, filter } = this;
    const words = this.passing.values.slice(0, (end + WORD - 1) >>> 5);
    return {
      end,
      passes: (message) => filter === null || (words[message >>> 5] & (1 << (message & 31))) !== 0,
    };
  }

  private restart(): void {
    this.began++;
    this.changes++;
    this.placed = 0;
    this.shownMessages = 0;
    this.top.clear();
    this.order = null;
    this.positions = null;
    this.parents.clear();
    this.expansions = [];
    this.unfinished.clear();
    this.byRequest.clear();
    this.starts = null;
    this.childRows = 0;
  }

  private place(message: number): void {
    if (!this.passes(message)) return;
    if (!this.store.isGap(message)) this.shownMessages++;
    const request = this.requestAbove(message);
    if (request >= 0) {
      this.placeChild(message, request);
      return;
    }
    if (this.wanted.has(message) && this.isGrouped) {
      const expansion = { request: message, top: this.top.length, children: [], searched: Number.POSITIVE_INFINITY };
      this.expansions.push(expansion);
      this.byRequest.set(message, expansion);
      this.starts = null;
    }
    this.top.push(message);
  }

  private placeChild(message: number, request: number): void {
    this.parents.extend((request >>> 5) + 1);
    this.parents.values[request >>> 5] |= 1 << (request & 31);
    const expansion = this.byRequest.get(request);
    if (expansion === undefined) return;
    expansion.children.push(message);
    this.grew(expansion, 1);
  }

  /** Children have been added to an open request. */
  private grew(expansion: Expansion, children: number): void {
    this.childRows += children;
    if (expansion.top === this.top.length - 1) return;
    this.starts = null;
    this.changes++;
  }

  /** Looks for children of an open request in the next messages. */
  private findChildren(expansion: Expansion): void {
    const { request, children, searched } = expansion;
    const transaction = this.store.transaction(request);
    const end = Math.min(searched + CHUNK_ROWS, this.placed);
    const before = children.length;
    for (const message of this.store.members(transaction, { from: searched, end })) {
      if (this.passes(message)) children.push(message);
    }
    const isDone = end === this.placed || transaction === 0 || this.store.transactions.lastOf(transaction) < end;
    expansion.searched = isDone ? Number.POSITIVE_INFINITY : end;
    if (isDone) this.unfinished.delete(expansion);
    if (children.length > before) this.grew(expansion, children.length - before);
  }

  /** Asks the filter about messages of one chunk. */
  private examine(start: number, end: number): void {
    this.examined = end;
    const { filter, picks, passing, store } = this;
    if (filter === null) return;
    passing.extend(((end - 1) >>> 5) + 1);
    const base = start & ~CHUNK_MASK;
    let count = 0;
    for (let message = start; message < end; message++) {
      if (store.isGap(message)) passing.values[message >>> 5] |= 1 << (message & 31);
      else picks[count++] = message - base;
    }
    const kept = filter.narrow(base, picks, count);
    for (let i = 0; i < kept; i++) {
      const message = base + picks[i];
      passing.values[message >>> 5] |= 1 << (message & 31);
    }
  }

  /** Whether this and the messages after it, as many as share a word of bits, all fail the filter. */
  private passesNone(message: number, end: number): boolean {
    const isWord = (message & (WORD - 1)) === 0 && message + WORD <= end;
    return this.filter !== null && isWord && this.passing.values[message >>> 5] === 0;
  }

  /** The shown request that a message is tucked under, -1 when it stands on its own. */
  private requestAbove(message: number): number {
    if (!this.isGrouped) return -1;
    const transaction = this.store.transaction(message);
    if (transaction === 0) return -1;
    const request = this.store.transactions.requestOf(transaction);
    return request !== message && this.passes(request) ? request : -1;
  }

  private hasChildren(message: number): boolean {
    const word = message >>> 5;
    return word < this.parents.length && (this.parents.values[word] & (1 << (message & 31))) !== 0;
  }

  /** Position of a message among the top-level rows, -1 when it is not one. */
  private topPlace(message: number): number {
    const place = this.top.upperBound(message) - 1;
    return place >= 0 && this.top.at(place) === message ? this.positionOf(place) : -1;
  }

  private topAt(position: number): number {
    const { order } = this;
    return this.top.at(order !== null && position < order.length ? order[position] : position);
  }

  private positionOf(place: number): number {
    const { positions } = this;
    return positions !== null && place >= 0 && place < positions.length ? positions[place] : place;
  }

  private rowOfTop(place: number): number {
    const count = this.expansionsBefore(place);
    if (count === 0) return place;
    const before = this.expansions[count - 1];
    return this.expansionStarts()[count - 1] + before.children.length + (place - before.top);
  }

  /** How many open requests stand before this top-level place. */
  private expansionsBefore(place: number): number {
    let low = 0;
    let high = this.expansions.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.expansions[middle].top < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last open request at or before a row, and its row. */
  private expansionAt(index: number): { readonly of: Expansion; readonly start: number } | null {
    const starts = this.expansionStarts();
    const at = upperBound(starts, starts.length, index) - 1;
    return at < 0 ? null : { of: this.expansions[at], start: starts[at] };
  }

  private expansionStarts(): number[] {
    if (this.starts === null) {
      let children = 0;
      this.starts = this.expansions.map((expansion) => {
        const start = expansion.top + children;
        children += expansion.children.length;
        return start;
      });
    }
    return this.starts;
  }
}
