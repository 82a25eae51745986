import { viewOf } from '../../app/wire/index.ts';
import { MOST_DIGITS, type Piece, putNumber, putPiece, WORD } from './textPieces.ts';

/** Bytes a buffer begins with, and most that it keeps once what needed more is gone. */
const INITIAL = 512 * 1024;
const MOST_KEPT = 4 * 1024 * 1024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
/** Longer strings are cheaper to hand over to the engine's own encoder than to copy letter by letter. */
const SHORT = 64;

const QUOTE = 0x22;
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
  #capacity = INITIAL;
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

  /**
   * Makes room for so many bytes. What is written into the view it returns, from `size` on, counts when `advance` says
   * so: that is for pieces (see textPieces), which may be overrun by less than a word.
   */
  room(count: number): DataView {
    if (this.#size + count + WORD > this.#capacity) this.#grow(count + WORD);
    return this.#view;
  }

  /** Ends what has been written at `size`. */
  advance(size: number): void {
    this.#size = size;
  }

  #grow(count: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#size + count));
    larger.set(this.bytes);
    this.#use(larger);
  }

  #use(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#capacity = bytes.length;
  }

  /** Text that was encoded once. */
  put(piece: Piece): void {
    this.#size = putPiece(this.room(piece.length), this.#size, piece);
  }

  /** One letter of ASCII. */
  letter(code: number): void {
    this.room(1);
    this.#bytes[this.#size++] = code;
  }

  /** A string as it is. */
  text(text: string): void {
    const { length } = text;
    this.room(length * BYTES_PER_UNIT);
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
    this.letter(QUOTE);
    this.jsonPart(text);
    this.letter(QUOTE);
  }

  /** The same without the quotes. */
  jsonPart(text: string): void {
    const { length } = text;
    this.room(length * BYTES_PER_UNIT);
    const bytes = this.#bytes;
    const start = this.#size;
    let isPlain = true;
    if (length <= SHORT) {
      for (let i = 0; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code < 0x20 || code > DELETE || code === QUOTE || code === BACKSLASH) {
          isPlain = false;
          break;
        }
        bytes[start + i] = code;
      }
    } else isPlain = bytes.write(text, start) === length && isPlainJson(bytes, start, start + length);
    if (isPlain) this.#size = start + length;
    else this.text(SAFE.test(text) ? text : JSON.stringify(text).slice(1, -1));
  }

  /** What has been written between two places, once more. */
  repeat(from: number, to: number): void {
    this.room(to - from);
    this.#bytes.copyWithin(this.#size, from, to);
    this.#size += to - from;
  }

  /** A number in decimal. */
  number(number: number): void {
    if (number >= 0 && number <= Number.MAX_SAFE_INTEGER && Math.floor(number) === number) {
      this.#size = putNumber(this.room(MOST_DIGITS), this.#size, number);
    } else this.text(String(number));
  }
}

/** Letters that JSON carries as they are, without those of pairs, whose halves may stand alone. */
const SAFE = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

/** Whether bytes of ASCII are what JSON carries as it is. */
function isPlainJson(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = bytes[at];
    if (code < 0x20 || code === QUOTE || code === BACKSLASH) return false;
  }
  return true;
}
