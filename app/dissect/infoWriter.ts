/** Text with its runs of blanks made one. */
export function withSingleBlanks(text: string): string {
  return text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text;
}

/** Collects alternating descriptive and value text, with runs of blanks made one. */
export class InfoWriter {
  /** Descriptive text at even places, values at odd ones; what stands after `#count` of them has been taken back. */
  readonly #parts: string[] = [''];
  #count = 1;
  /** The next blank would follow another, or begin the line. */
  #blank = true;

  /** Descriptive text. */
  muted(text: string): void {
    this.#push(withSingleBlanks(text), 0);
  }

  /** Descriptive text that is known to have single blanks. */
  fixed(text: string): void {
    this.#push(text, 0);
  }

  /** A value. */
  strong(text: string): void {
    this.#push(withSingleBlanks(text), 1);
  }

  append(parts: readonly string[]): void {
    parts.forEach((text, i) => {
      this.#push(withSingleBlanks(text), i % 2);
    });
  }

  #push(text: string, parity: number): void {
    if (text === '') return;
    const rest = this.#blank && text.charCodeAt(0) === BLANK ? text.slice(1) : text;
    const last = this.#count - 1;
    if ((last & 1) === parity) this.#parts[last] += rest;
    else this.#parts[this.#count++] = rest;
    if (rest !== '') this.#blank = rest.charCodeAt(rest.length - 1) === BLANK;
  }

  /** What `reset` goes back to: how many parts there are, the last of them, and whether a blank may follow it. */
  get count(): number {
    return this.#count;
  }

  get last(): string {
    return this.#parts[this.#count - 1];
  }

  get blank(): boolean {
    return this.#blank;
  }

  /** Takes back what was written since. */
  reset(count: number, last: string, blank: boolean): void {
    this.#count = count;
    this.#parts[count - 1] = last;
    this.#blank = blank;
  }

  /** Alternating parts, descriptive first, the end trimmed. */
  finish(): string[] {
    const out = this.#parts;
    let count = this.#count;
    while (count > 0) {
      const text = out[count - 1].trimEnd();
      out[count - 1] = text;
      if (text !== '') break;
      count--;
    }
    if (count === out.length) return out;
    return count === 0 ? [''] : out.slice(0, count);
  }
}

const BLANK = 32;
