import { viewOf } from '../../app/wire/index.ts';

/** Bytes a buffer begins with, and most that it keeps once what needed more is gone. */
const INITIAL = 512 * 1024;
const MOST_KEPT = 4 * 1024 * 1024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** Longer strings are cheaper to hand over to the engine's own encoder than to copy letter by letter. */
const SHORT = 48;
/** Bytes that a fragment is copied by. */
const WORD = 4;
/** Digits of 2^32. */
const MOST_DIGITS = 10;

const QUOTE = 0x22;
const ZERO = 0x30;
const BACKSLASH = 0x5c;
/** The last letter of ASCII. */
const DELETE = 0x7f;

/**
 * Text in the making, as UTF-8 in one buffer that is used again and again: whoever prints many messages makes no strings
 * of them.
 */
export class TextBuffer {
  #bytes = Buffer.allocUnsafeSlow(INITIAL);
  #view = viewOf(this.#bytes);
  #size = 0;

  /** Bytes written since it was last cleared. */
  get size(): number {
    return this.#size;
  }

  /** What has been written, until it is cleared or written to. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  clear(): void {
    this.#size = 0;
    if (this.#bytes.length > MOST_KEPT) this.#use(Buffer.allocUnsafeSlow(INITIAL));
  }

  /** What has been written as a string; the buffer is cleared. */
  take(): string {
    const text = this.#bytes.toString('utf8', 0, this.#size);
    this.clear();
    return text;
  }

  /** Makes room for so many bytes. */
  #reserve(count: number): void {
    if (this.#size + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#size + count));
    larger.set(this.bytes);
    this.#use(larger);
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** Text that was encoded once (see `encoded`). */
  put({ words, length }: Fragment): void {
    const count = words.length;
    this.#reserve(count * WORD);
    const view = this.#view;
    let at = this.#size;
    // What is written beyond the fragment's end is overwritten by what follows it.
    for (let i = 0; i < count; i++, at += WORD) view.setInt32(at, words[i], true);
    this.#size += length;
  }

  /** One letter of ASCII. */
  letter(code: number): void {
    this.#reserve(1);
    this.#bytes[this.#size++] = code;
  }

  /** A string as it is. */
  text(text: string): void {
    const { length } = text;
    this.#reserve(length * BYTES_PER_UNIT);
    const bytes = this.#bytes;
    const start = this.#size;
    if (length <= SHORT) {
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > DELETE) break;
        bytes[start + i] = code;
      }
      if (i === length) {
        this.#size = start + length;
        return;
      }
    }
    this.#size = start + bytes.write(text, start);
  }

  /** A string in quotes, as JSON writes it (RFC 8259, section 7). */
  json(text: string): void {
    const { length } = text;
    if (length <= SHORT) {
      this.#reserve(length + 2);
      const bytes = this.#bytes;
      const start = this.#size + 1;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code < 0x20 || code > DELETE || code === QUOTE || code === BACKSLASH) break;
        bytes[start + i] = code;
      }
      if (i === length) {
        bytes[start - 1] = QUOTE;
        bytes[start + length] = QUOTE;
        this.#size = start + length + 1;
        return;
      }
    }
    this.text(SAFE.test(text) ? `"${text}"` : JSON.stringify(text));
  }

  /** A number in decimal. */
  number(number: number): void {
    let rest = number >>> 0;
    if (rest !== number) {
      this.text(String(number));
      return;
    }
    this.#reserve(MOST_DIGITS);
    const bytes = this.#bytes;
    if (rest < 10) {
      bytes[this.#size++] = ZERO + rest;
      return;
    }
    let length = 2;
    for (let limit = 100; limit <= rest; limit *= 10) length++;
    this.#size += length;
    let at = this.#size;
    do {
      const tens = (rest / 10) >>> 0;
      bytes[--at] = ZERO + rest - tens * 10;
      rest = tens;
    } while (rest > 0);
  }
}

/** Letters that JSON carries as they are, without those of pairs, whose halves may stand alone. */
const SAFE = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** Text that is written again and again, four bytes to a word. */
export interface Fragment {
  readonly words: Int32Array;
  /** Bytes. */
  readonly length: number;
}

const encoder = new TextEncoder();

/** Text as a fragment for `TextBuffer.put`. */
export function encoded(text: string): Fragment {
  const bytes = encoder.encode(text);
  const padded = new Uint8Array(Math.ceil(bytes.length / WORD) * WORD);
  padded.set(bytes);
  const view = viewOf(padded);
  return {
    words: Int32Array.from({ length: padded.length / WORD }, (_, i) => view.getInt32(i * WORD, true)),
    length: bytes.length,
  };
}
