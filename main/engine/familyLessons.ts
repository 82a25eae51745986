import type { Envelope } from '../../app/contracts/index.ts';
import {
  type ControlFacts,
  CTRL_CMD_NEWFAMILY,
  type DecodeContext,
  type GenlFamily,
  learnFacts,
  toldFacts,
} from '../../app/dissect/index.ts';
import type { GenlFamilyTable } from '../../app/session/index.ts';
import { PayloadTable } from './payloadTable.ts';

/** What a payload says, and where it was said last. */
interface Lesson {
  readonly facts: ControlFacts;
  readonly littleEndian: boolean;
  row: number;
  /** It is to be learned. */
  waits: boolean;
  /** The family that it taught last: null where only learning it anew tells. */
  family: GenlFamily | null;
}

/**
 * Learns generic netlink families from nlctrl's messages. Tools ask for the same families again and again: what is said
 * once more is not read again, and of what is said many times the last time counts.
 */
export class FamilyLessons {
  readonly #families: GenlFamilyTable;
  readonly #known = new PayloadTable<Lesson>();
  /** All that is to be learned, and what of it has not been heard before. */
  #waiting: Lesson[] = [];
  #news: Lesson[] = [];

  constructor(families: GenlFamilyTable) {
    this.#families = families;
  }

  /** Hears a message of nlctrl, `length` bytes from `start` of a view, that is no request. */
  hear(row: number, view: DataView, start: number, length: number, envelope: Envelope): void {
    const { littleEndian } = envelope;
    let lesson = this.#known.find(view, start, length);
    if (lesson?.littleEndian !== littleEndian) {
      const message = new Uint8Array(view.buffer, view.byteOffset + start, length).slice();
      const facts = toldFacts(message, envelope);
      if (facts === undefined) return;
      lesson = { facts, littleEndian, row, waits: false, family: null };
      this.#known.put(message, lesson);
      this.#news.push(lesson);
    }
    lesson.row = row;
    if (lesson.waits) return;
    lesson.waits = true;
    this.#waiting.push(lesson);
  }

  /**
   * Learns what was heard, in the order in which it was said last.
   * @param all false takes only what was never heard before, as a foretaste: all of it is learned in order at last
   * @param contextOf tells the request that a row answers
   */
  learn(all: boolean, contextOf: (row: number) => Pick<DecodeContext, 'request'>): void {
    const lessons = all ? this.#waiting.sort((a, b) => a.row - b.row) : this.#news;
    this.#news = [];
    if (all) this.#waiting = [];
    for (const lesson of lessons) {
      if (all) lesson.waits = false;
      if (!this.#isTaught(lesson)) this.#take(lesson, contextOf(lesson.row));
    }
  }

  #take(lesson: Lesson, context: Pick<DecodeContext, 'request'>): void {
    const { facts } = lesson;
    learnFacts(facts, lesson, context, this.#families);
    const tells = facts.command === CTRL_CMD_NEWFAMILY && facts.id !== undefined;
    lesson.family = tells ? (this.#families.byId(facts.id) ?? null) : null;
  }

  #isTaught({ family }: Lesson): boolean {
    return family !== null && this.#families.holds(family);
  }
}
