import { MOST_IN_BLOCK } from '../filter/fields.ts';
import { kernel, type Piece } from '../kernel/index.ts';
import type { AttrDef } from '../specs/index.ts';
import type { KernelRows } from './api.ts';
import {
  type Asked,
  type AttributeScan,
  CHOOSE,
  CHOOSES_BY_TEXT,
  type Choice,
  ENTER,
  ENTER_ITEMS,
  GIVE_UP,
  type Level,
  PASS_OVER,
  TAKE,
  type Way,
} from './attributeScan.ts';

/** What a nest may hold, as the kernel knows it. */
interface WrittenChoices {
  readonly place: number;
  readonly known: readonly Choice[];
  written: number;
}

/** What is done with an attribute, as the kernel reads it. */
interface WrittenAction {
  readonly action: number;
  readonly inner?: number;
  readonly header?: number;
  readonly order?: number;
  readonly signed?: boolean;
  readonly counted?: number;
}

/** Sizes of integers that the kernel reads. */
const SIZES: readonly number[] = [1, 2, 4];

/**
 * Asks the kernel about an attribute of many messages: as AttributeScan, of those levels, values and tests that it
 * knows. Of all others it says that only the host can tell.
 */
export class KernelScan {
  readonly #kernel = kernel();
  readonly #piece: Piece;
  readonly #scan: AttributeScan;
  readonly #picks: Uint16Array;
  readonly #plans: Uint8Array;
  /** Addresses. */
  readonly #levels = new Map<Level, number>();
  /** Plans by what tells ways apart. */
  readonly #plansByWays = new Map<string, number>();
  #ways = 0;
  #choices: WrittenChoices[] = [];
  /** Where free memory begins in the piece, and where it began at first. */
  #free: number;
  readonly #begin: number;

  constructor(scan: AttributeScan, asked: Asked) {
    const { layout } = this.#kernel;
    this.#scan = scan;
    this.#piece = this.#kernel.allocate(layout.SCAN_SIZE);
    const { buffer, byteOffset } = this.#piece.bytes;
    this.#picks = new Uint16Array(buffer, byteOffset + layout.SCAN_PICKS, MOST_IN_BLOCK);
    this.#plans = new Uint8Array(buffer, byteOffset + layout.SCAN_PLANS, layout.KIND_COUNT);
    this.#begin = layout.SCAN_FREE + this.#ask(asked);
    this.#free = this.#begin;
  }

  /** Writes down what is asked. Returns how many bytes that takes from SCAN_FREE on. */
  #ask({ test, isAny, wanted, isNot }: Asked): number {
    const { layout } = this.#kernel;
    const { at, bytes, view } = this.#piece;
    view.setUint32(layout.SCAN_ALL, isAny ? 0 : 1, true);
    const range = test?.range;
    const room = layout.SCAN_SIZE - layout.SCAN_FREE;
    if (test === null) view.setUint32(layout.SCAN_TEST, layout.TEST_PRESENCE, true);
    else if (range !== undefined) {
      view.setUint32(layout.SCAN_TEST, layout.TEST_RANGE, true);
      view.setUint32(layout.SCAN_NOT, range.isOutside ? 1 : 0, true);
      view.setFloat64(layout.SCAN_LOW, range.low, true);
      view.setFloat64(layout.SCAN_HIGH, range.high, true);
    } else if (wanted !== null && wanted.length <= room) {
      view.setUint32(layout.SCAN_TEST, layout.TEST_EQUALS, true);
      view.setUint32(layout.SCAN_NOT, isNot ? 1 : 0, true);
      view.setUint32(layout.SCAN_WANTED, at + layout.SCAN_FREE, true);
      view.setUint32(layout.SCAN_WANTED_LENGTH, wanted.length, true);
      bytes.set(wanted, layout.SCAN_FREE);
      return (wanted.length + 3) & ~3;
    } else view.setUint32(layout.SCAN_TEST, layout.TEST_OTHER, true);
    return 0;
  }

  /** Forgets what is done with messages of all kinds. */
  forget(): void {
    this.#plans.fill(0);
    this.#levels.clear();
    this.#plansByWays.clear();
    this.#ways = 0;
    this.#choices = [];
    this.#free = this.#begin;
  }

  /** Forgets what is done with messages of a kind. */
  forgetKind(kind: number): void {
    this.#plans[kind] = this.#kernel.layout.PLAN_UNKNOWN;
  }

  /**
   * Tells how messages of a kind may be read: in no way that finds the attribute, in one, or in several of which their
   * bytes choose; null where only the host can tell.
   */
  setWays(kind: number, ways: readonly Way[] | null, littleEndian: boolean): void {
    const { PLAN_PASS_OVER, PLAN_ASK } = this.#kernel.layout;
    if (ways === null) this.#plans[kind] = PLAN_ASK;
    else this.#plans[kind] = ways.length === 0 ? PLAN_PASS_OVER : this.#planBy(ways, littleEndian);
  }

  #planBy(ways: readonly Way[], littleEndian: boolean): number {
    const { layout } = this.#kernel;
    const levels = ways.map(({ level }) => this.#addressOf(level));
    const isKnown = levels.every((address) => address !== 0) && !ways.some(({ hasFamilyHeader }) => hasFamilyHeader);
    if (!isKnown || this.#ways + ways.length > layout.MOST_WAYS) return layout.PLAN_ASK;
    const key = [littleEndian, ...ways.map(({ start }, i) => `${levels[i]} ${start}`)].join();
    let plan = this.#plansByWays.get(key);
    if (plan === undefined) {
      plan = layout.PLAN_WAYS + this.#ways;
      this.#plansByWays.set(key, plan);
      for (const [i, { start }] of ways.entries()) {
        const place = layout.SCAN_WAYS + this.#ways++ * layout.WAY_SIZE;
        const { view } = this.#piece;
        view.setUint32(place + layout.WAY_LEVEL, levels[i]!, true);
        view.setUint32(place + layout.WAY_START, start, true);
        view.setUint32(place + layout.WAY_LITTLE_ENDIAN, littleEndian ? 1 : 0, true);
        view.setUint32(place + layout.WAY_OTHER, i === ways.length - 1 ? 0 : this.#ways + 1, true);
      }
    }
    return plan;
  }

  /** Where there is room for so many bytes, 0 when there is none. */
  #reserve(size: number): number {
    const place = this.#free;
    const end = place + ((size + 3) & ~3);
    if (end > this.#kernel.layout.SCAN_SIZE) return 0;
    this.#free = end;
    return place;
  }

  /** Address of a level as the kernel reads it, 0 when there is no room. */
  #addressOf(level: Level): number {
    const known = this.#levels.get(level);
    if (known !== undefined) return known;
    const { layout } = this.#kernel;
    const { at, view } = this.#piece;
    const { actions, bigEndian } = level;
    const place = this.#reserve(layout.ATTRS + actions.length * layout.ATTR_SIZE);
    if (place === 0) return 0;
    // Sets may be inside themselves.
    this.#levels.set(level, at + place);
    view.setUint32(place + layout.LEVEL_COUNT, actions.length, true);
    view.setUint32(place + layout.LEVEL_BIG_ENDIAN, bigEndian ? 1 : 0, true);
    for (let number = 0; number < actions.length; number++) {
      this.#writeAttribute(place + layout.ATTRS + number * layout.ATTR_SIZE, level, number);
    }
    return at + place;
  }

  #writeAttribute(place: number, level: Level, number: number): void {
    const { layout } = this.#kernel;
    const { view } = this.#piece;
    const { action, inner = 0, header = 0, order = 0, signed = false, counted = 0 } = this.#actionOf(level, number);
    view.setUint8(place + layout.ATTR_ACTION, action);
    view.setUint8(place + layout.ATTR_ORDER, order);
    view.setUint8(place + layout.ATTR_SIGNED, signed ? 1 : 0);
    view.setUint16(place + layout.ATTR_HEADER, header, true);
    view.setUint16(place + layout.ATTR_COUNTED, counted, true);
    view.setUint32(place + layout.ATTR_INNER, inner, true);
  }

  #actionOf(level: Level, number: number): WrittenAction {
    const { layout } = this.#kernel;
    const ask = { action: layout.ASK_HOST };
    const action = level.actions[number];
    switch (action) {
      case PASS_OVER:
        return { action: layout.PASS_OVER };
      case TAKE:
        return this.#takeOf(level.defs[number]!);
      case ENTER:
      case ENTER_ITEMS: {
        const inner = this.#addressOf(level.inner[number]!);
        if (inner === 0) return ask;
        return { action: action === ENTER ? layout.ENTER : layout.ENTER_ITEMS, inner, header: level.headers[number]! };
      }
      case CHOOSE: {
        const inner = this.#choicesFor(level, number);
        return inner === 0 ? ask : { action: layout.CHOOSE, inner };
      }
      default:
        return ask;
    }
  }

  /** Address of what a nest may hold, 0 when there is no room. */
  #choicesFor({ choosers, choices }: Level, number: number): number {
    const { layout } = this.#kernel;
    const { at, bytes, view } = this.#piece;
    const siblings = choosers[number]!;
    const place = this.#reserve(layout.CHOOSERS + siblings.length);
    if (place === 0) return 0;
    view.setUint32(place + layout.CHOICES_KNOWN, 0, true);
    view.setUint32(place + layout.CHOICES_SIBLINGS, siblings.length, true);
    for (const [sibling, chooses] of siblings.entries()) {
      const how = chooses === CHOOSES_BY_TEXT ? layout.CHOOSES_BY_TEXT : layout.CHOOSES_OTHERWISE;
      bytes[place + layout.CHOOSERS + sibling] = chooses === 0 ? 0 : how;
    }
    this.#choices.push({ place, known: choices[number]!, written: 0 });
    return at + place;
  }

  /** Tells the kernel the choices that were found since. */
  #updateChoices(): void {
    const { layout } = this.#kernel;
    for (const choices of this.#choices) {
      const { place, known } = choices;
      while (choices.written < Math.min(known.length, layout.MOST_CHOICES)) {
        const choice = place + layout.CHOICES + choices.written * layout.CHOICE_SIZE;
        if (!this.#writeChoice(choice, known[choices.written]!)) return;
        this.#piece.view.setUint32(place + layout.CHOICES_KNOWN, ++choices.written, true);
      }
    }
  }

  /** False when there is no room. */
  #writeChoice(place: number, { text, action, header, level }: Choice): boolean {
    const { layout } = this.#kernel;
    const { at, bytes, view } = this.#piece;
    const inner = level === null ? 0 : this.#addressOf(level);
    const copy = this.#reserve(text.length);
    if (copy === 0 || (level !== null && inner === 0)) return false;
    const without = action === GIVE_UP ? layout.ASK_HOST : layout.PASS_OVER;
    bytes.set(text, copy);
    view.setUint32(place + layout.CHOICE_TEXT, at + copy, true);
    view.setUint32(place + layout.CHOICE_LENGTH, text.length, true);
    view.setUint32(place + layout.CHOICE_ACTION, action !== GIVE_UP && level !== null ? layout.ENTER : without, true);
    view.setUint32(place + layout.CHOICE_HEADER, header, true);
    view.setUint32(place + layout.CHOICE_LEVEL, inner, true);
    return true;
  }

  /** How a value is tested. */
  #takeOf(def: AttrDef): WrittenAction {
    const { layout } = this.#kernel;
    switch (this.#scan.formOf(def)) {
      case 'bytes':
        return def.significant > 0xffff
          ? { action: layout.ASK_HOST }
          : { action: layout.TAKE_BYTES, counted: def.significant };
      case 'text':
        return { action: layout.TAKE_TEXT };
      case 'presence':
        return { action: layout.TAKE_PRESENCE };
      case 'integer': {
        if (!SIZES.includes(def.size)) return { action: layout.ASK_HOST };
        const order = def.big === null ? layout.ORDER_MESSAGE : def.big ? layout.ORDER_BIG : layout.ORDER_LITTLE;
        return { action: layout.TAKE_INTEGER, order, signed: def.signed, counted: def.size };
      }
      default:
        return { action: layout.ASK_HOST };
    }
  }

  /**
   * Goes through picks.
   * @param lacksPlan is called for places whose kind has no plan, and has to set one
   * @param passes tells of the rows of which the kernel cannot
   * @returns how many passed: they are at the picks' front
   */
  narrow(
    rows: KernelRows,
    picks: Uint16Array,
    count: number,
    lacksPlan: (place: number) => void,
    passes: (place: number) => boolean,
  ): number {
    const { calls, layout } = this.#kernel;
    const { at: scan, view } = this.#piece;
    this.#picks.set(count === picks.length ? picks : picks.subarray(0, count));
    let kept = 0;
    this.#showWindow(rows);
    for (let at = calls.scanRows(scan, rows.chunk, rows.kinds, 0, count, 0); at < count; ) {
      kept = view.getUint32(layout.SCAN_KEPT, true);
      const needed = view.getUint32(layout.SCAN_NEEDED, true);
      const place = picks[at]!;
      if (needed === 0) lacksPlan(place);
      else {
        const isThere = rows.reach(place, needed);
        this.#showWindow(rows);
        // What the source does not have any more, or too much at once.
        if (!isThere) {
          this.#picks[kept++] = place | layout.PICK_UNSURE;
          at++;
        }
      }
      at = calls.scanRows(scan, rows.chunk, rows.kinds, at, count, kept);
    }
    kept = view.getUint32(layout.SCAN_KEPT, true);
    let passed = 0;
    for (let i = 0; i < kept; i++) {
      const pick = this.#picks[i]!;
      const place = pick & ~layout.PICK_UNSURE;
      if (pick === place || passes(place)) picks[passed++] = place;
    }
    this.#updateChoices();
    return passed;
  }

  #showWindow({ window }: KernelRows): void {
    const { layout } = this.#kernel;
    const { view } = this.#piece;
    view.setUint32(layout.SCAN_WINDOW, window.address, true);
    view.setUint32(layout.SCAN_WINDOW_LENGTH, window.length, true);
    view.setFloat64(layout.SCAN_WINDOW_AT, window.at, true);
  }
}
