import type { FilterError, Result, RowSort, ViewInfo } from '../../app/contracts/index.ts';
import { createFieldRegistry, type FilterRecord } from '../../app/dissect/filterFields.ts';
import {
  compileFilter,
  expandMacros,
  type FieldRegistry,
  type FilterMacros,
  withMacros,
} from '../../app/filter/index.ts';
import { ExpertList, RowView } from '../../app/session/index.ts';
import type { Document } from './document.ts';
import { DocumentFilter } from './filterRecord.ts';
import { Statistics } from './statistics.ts';

const NO_MACROS: FilterMacros = new Map();

/** Rows the expert looks at between two looks at the clock. */
const EXPERT_SLICE = 16;

/** Which of some filters is the first that a message passes; undefined for none. */
export type Colouring = (row: number) => number | undefined;

/** The list of a document as windows see it: its filter, its grouping, and the expert's notes about it. */
export class Listing {
  readonly document: Document;
  readonly view: RowView;
  #experts = new ExpertList();
  #registry: FieldRegistry<FilterRecord>;
  readonly #macros: () => FilterMacros;
  #severities = { error: 0, warn: 0, note: 0 };
  readonly #statistics = { all: new Statistics(this, false), displayed: new Statistics(this, true) };
  #filter = '';
  #suspended = '';
  /** With what stands for its macros. */
  #expanded = '';
  /** What the rows are to be sorted by. */
  sort: RowSort | null = null;
  /** The filters that rows were last told apart by. */
  #colouring: { readonly key: string; readonly of: Colouring } | null = null;
  #examined = 0;

  /**
   * @param generation what the view's generations count from, above those of the document shown before
   * @param macros those that filters may use, as they are now
   */
  constructor(document: Document, generation: number, macros: () => FilterMacros = () => NO_MACROS) {
    this.document = document;
    this.view = new RowView(document.store, generation);
    this.#macros = macros;
    this.#registry = fieldsOf(document, macros);
  }

  get experts(): ExpertList {
    return this.#experts;
  }

  /** Fields that display filters may name. */
  get registry(): FieldRegistry<FilterRecord> {
    return this.#registry;
  }

  /** The expert's notes so far, by severity. */
  get severities(): { readonly error: number; readonly warn: number; readonly note: number } {
    return this.#severities;
  }

  /** The document reads by other specs: filters and notes begin anew. Fails when the filter means nothing any more. */
  reread(): Result<null, FilterError> {
    this.document.store.clearSeverities();
    this.#experts = new ExpertList();
    this.#severities = { error: 0, warn: 0, note: 0 };
    this.#examined = 0;
    this.#registry = fieldsOf(this.document, this.#macros);
    return this.#refilter();
  }

  /** Macros have changed: filters are read anew. Fails when the filter means nothing any more. */
  macrosChanged(): Result<null, FilterError> {
    if (`${this.#filter}${this.#suspended}`.includes('$')) return this.#refilter();
    this.#colouring = null;
    return { ok: true, value: null };
  }

  #refilter(): Result<null, FilterError> {
    this.#colouring = null;
    const wasSuspended = this.#suspended !== '';
    const wanted = wasSuspended ? this.#suspended : this.#filter;
    const applied = this.#apply(wanted);
    this.#suspended = applied.ok ? '' : wanted;
    if (applied.ok) return applied;
    this.#apply('');
    // That it cannot be in force has been told then.
    return wasSuspended ? { ok: true, value: null } : applied;
  }

  /** Whether a pattern is found in the filter in force, or in a macro that it uses. */
  filterHas(pattern: RegExp): boolean {
    return pattern.test(this.#expanded);
  }

  get filter(): string {
    return this.#filter;
  }

  /** The filter that a change of macros or specs put out of force, until one brings it back; '' for none. */
  get suspended(): string {
    return this.#suspended;
  }

  /** Applies a display filter; on a mistake the one before stays. */
  setFilter(text: string): Result<null, FilterError> {
    const applied = this.#apply(text);
    if (applied.ok) this.#suspended = '';
    return applied;
  }

  /** Applies the filter in force anew: what it is about has changed. */
  filterAgain(): void {
    this.#apply(this.#filter);
  }

  /** Filters as the listing that was shown before. */
  filterAs({ filter, suspended }: Listing): void {
    this.#apply(filter);
    this.#suspended = suspended;
  }

  #apply(text: string): Result<null, FilterError> {
    const compiled = this.compile(text);
    if (!compiled.ok) return compiled;
    this.#filter = text.trim();
    this.#expanded = expandMacros(this.#filter, this.#macros()).text;
    this.view.setFilter(this.#filter === '' ? null : compiled.value);
    for (const statistics of Object.values(this.#statistics)) statistics.forget();
    return { ok: true, value: null };
  }

  /** What is counted of its messages, or of those alone that the filter shows. */
  statistics(displayed: boolean): Statistics {
    return displayed ? this.#statistics.displayed : this.#statistics.all;
  }

  /** A display filter for the rows of the document; gaps never pass. */
  compile(text: string): Result<DocumentFilter, FilterError> {
    const compiled = compileFilter(text, this.#registry);
    if (!compiled.ok) return { ok: false, error: compiled.error };
    return { ok: true, value: new DocumentFilter(this.document, compiled) };
  }

  /**
   * Tells of a message which of these display filters is the first that it passes, undefined for none; null when there
   * are none. Filters that mean nothing pass nothing.
   */
  colouring(filters: readonly string[]): Colouring | null {
    if (filters.length === 0) return null;
    const key = filters.join('\n');
    if (this.#colouring?.key !== key) {
      const compiled = filters.map((text) => (text.trim() === '' ? null : this.compile(text)));
      const passing = compiled.flatMap((filter, place) => (filter?.ok ? [{ place, passes: filter.value.passes }] : []));
      this.#colouring = { key, of: (row) => passing.find(({ passes }) => passes(row))?.place };
    }
    return this.#colouring.of;
  }

  /**
   * Places messages in the list, then lets the expert look at some, for about so many milliseconds in all. True when
   * there is more to do.
   */
  step(budgetMs: number): boolean {
    const deadline = Date.now() + budgetMs;
    if (this.view.step(budgetMs)) return true;
    const { store } = this.document;
    while (this.#examined < store.count && Date.now() < deadline) {
      const end = Math.min(store.count, this.#examined + EXPERT_SLICE);
      while (this.#examined < end) this.#examine(this.#examined++);
    }
    return this.#examined < store.count;
  }

  /** Makes ready some of what the first filter needs, in a few milliseconds; false when all of it is. */
  prepare(): boolean {
    if (this.document.decoding.library.compileOne()) return true;
    this.registry.complete('', 1);
    return false;
  }

  info(): ViewInfo {
    const { view } = this;
    const { store } = this.document;
    return {
      generation: view.generation,
      rows: view.rowCount,
      shown: view.shown,
      total: store.count - store.gapCount,
      marked: store.markedCount,
      filter: this.#filter,
      grouped: view.grouped,
      sort: this.sort ?? undefined,
      progress: view.progress,
    };
  }

  #examine(row: number): void {
    const { store } = this.document;
    if (store.isGap(row)) return;
    const notes = this.document.notes(row);
    if (notes.length === 0) return;
    this.#experts.add(row, notes);
    for (const { severity } of notes) {
      store.raiseSeverity(row, severity);
      this.#severities[severity]++;
    }
    // A request that was refused stands out like the message that says so.
    const transaction = store.transaction(row);
    if (transaction === 0 || store.severity(row) !== 'error') return;
    const { request, state } = store.transactions.get(transaction);
    if (state === 'error') store.raiseSeverity(request, 'error');
  }
}

function fieldsOf({ decoding, store }: Document, macros: () => FilterMacros): FieldRegistry<FilterRecord> {
  return withMacros(
    createFieldRegistry(decoding.library, () => (store.count > 0 ? store.timeNs(0) : 0n)),
    macros,
  );
}
