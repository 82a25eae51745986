/** What is known of many spans of time, in nanoseconds. */
export interface SpanSummary {
  readonly count: number;
  readonly min: number;
  readonly avg: number;
  readonly max: number;
  /** As many of a hundred spans are at most so long: exact for a thousand, then to better than one percent. */
  readonly p95: number;
}

/** Spans that are kept as they are; of more, only their slots are counted. */
const MOST_KEPT = 1024;
/** Bits of a span below its highest one that tell its slot: slots are as many parts of every power of two. */
const SLOT_BITS = 7;
/** Slots of spans below 2^64. */
const SLOTS = 64 << SLOT_BITS;

/** A span as a double: its exponent and the bits below stand in the upper word. */
const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const UPPER = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
const SHIFT = 20 - SLOT_BITS;
const SLOT_OF_ONE = 1023 << SLOT_BITS;

/** Spans of time of which only a summary is asked: any number of them takes little room. */
export class Spans {
  private count = 0;
  private sum = 0;
  private min = Number.POSITIVE_INFINITY;
  private max = 0;
  private kept: number[] = [];
  private slots: Uint32Array | null = null;

  /** @param span nanoseconds; clocks that went back make it negative, which counts as none */
  add(span: number): void {
    const length = Math.max(0, span);
    this.count++;
    this.sum += length;
    this.min = Math.min(this.min, length);
    this.max = Math.max(this.max, length);
    if (this.slots !== null) this.slots[slotOf(length)]++;
    else if (this.kept.push(length) === MOST_KEPT) this.countKept();
  }

  /** Takes in the spans of another. */
  merge(other: Spans): void {
    if (other.slots === null) {
      for (const span of other.kept) this.add(span);
      return;
    }
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    const slots = this.slots ?? this.countKept();
    for (let slot = 0; slot < SLOTS; slot++) slots[slot] += other.slots[slot];
  }

  /** Null when there was none. */
  summary(): SpanSummary | null {
    const { count, min, max } = this;
    return count === 0 ? null : { count, min, avg: this.sum / count, max, p95: this.quantile(0.95) };
  }

  private countKept(): Uint32Array {
    const slots = new Uint32Array(SLOTS);
    for (const span of this.kept) slots[slotOf(span)]++;
    this.slots = slots;
    this.kept = [];
    return slots;
  }

  /** The span that this share (0..1) of all spans does not exceed. */
  private quantile(share: number): number {
    const wanted = Math.ceil(this.count * share);
    const { slots } = this;
    if (slots === null) return Float64Array.from(this.kept).sort()[wanted - 1];
    let slot = 0;
    for (let counted = slots[0]; counted < wanted; counted += slots[slot]) slot++;
    return Math.min(this.max, Math.max(this.min, middleOf(slot)));
  }
}

function slotOf(length: number): number {
  double[0] = length;
  return Math.min(SLOTS - 1, Math.max(0, (words[UPPER] >>> SHIFT) - SLOT_OF_ONE));
}

function middleOf(slot: number): number {
  const parts = 1 << SLOT_BITS;
  return 2 ** (slot >>> SLOT_BITS) * (1 + ((slot % parts) + 0.5) / parts);
}
