import { asciiReader, kernel, type LineHost, type Piece } from '../kernel/index.ts';
import * as L from '../kernel/lineLayout.ts';
import type { MessageDef } from '../specs/index.ts';
import { readString } from './decode.ts';
import type { DecodeState } from './field.ts';
import { isAscii, LineProgram } from './lineProgram.ts';
import type { Skim } from './skim.ts';
import { numberForm } from './textForms.ts';
import { MOST_TEXTS } from './wordings.ts';

/** Longer messages are not copied to the kernel: there are few, and what makes their line is not their length. */
const LONGEST_MESSAGE = 0x10000;
/** Answers that a test remembers. */
const MOST_ANSWERS = 64;

/** Where the kernel writes the line of a thread's message at hand. */
class Desk {
  readonly block: Piece = kernel().allocate(L.LINE_SIZE);
  /** Texts are read eight bytes at a time: a few more than the message has. */
  readonly message: Piece = kernel().allocate(LONGEST_MESSAGE + 8);
  readonly #text = asciiReader(this.block);
  // Of what a module exports, V8 looks up every name anew.
  readonly writeLine = kernel().calls.writeLine;
  /** Where parts of the line end. */
  readonly ends: Uint32Array;

  constructor() {
    const { buffer, byteOffset } = this.block.bytes;
    this.ends = new Uint32Array(buffer, byteOffset + L.LINE_PART_ENDS, L.MOST_PARTS);
  }

  /** The line that has been written in so many parts. */
  lineOf(parts: number): string {
    return this.#text.latin1Slice(L.LINE_TEXT, L.LINE_TEXT + this.ends[parts - 1]);
  }

  /** Leaves a text for the kernel; -1 where it is not ASCII, or too long. */
  answer(text: string): number {
    const { length } = text;
    if (length > L.LONGEST_ANSWER) return -1;
    const { bytes } = this.block;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return -1;
      bytes[L.LINE_ANSWER + i] = code;
    }
    return length;
  }
}

let thread: Desk | null = null;

/**
 * Writes the line about messages of one kind in the kernel, by a program made of its template. What that cannot tell it
 * asks for, and gets from the Skim of the same template.
 */
export class KernelLine implements LineHost {
  readonly #desk: Desk;
  readonly #kernel = kernel();
  readonly #skim: Skim;
  readonly #program: LineProgram;
  /** Address and length of what a line begins with; null where that is not ASCII. */
  readonly #leads = new Map<string, { readonly at: number; readonly length: number } | null>();
  // The message at hand.
  #state: DecodeState | null = null;
  #start = 0;
  #isSkimmed = false;

  private constructor(program: LineProgram, skim: Skim) {
    thread ??= new Desk();
    this.#desk = thread;
    this.#program = program;
    this.#skim = skim;
  }

  /** null where the kernel cannot write such lines. */
  static of(message: MessageDef, skim: Skim): KernelLine | null {
    const program = LineProgram.of(skim.template, message);
    return program === null ? null : new KernelLine(program, skim);
  }

  /**
   * The line about a message whose own header and attributes begin at `start`; null where the kernel cannot write it.
   * @param lead ASCII that describes what follows
   */
  text(state: DecodeState, start: number, lead: string): string | null {
    const count = this.#write(state, start, lead);
    return count === 0 ? null : this.#desk.lineOf(count).trimEnd();
  }

  /** The same in parts as InfoWriter has them. */
  parts(state: DecodeState, start: number, lead: string): string[] | null {
    const count = this.#write(state, start, lead);
    return count === 0 ? null : partsOf(this.#desk.lineOf(count), this.#desk.ends, count);
  }

  /** How many parts have been written; 0 where the kernel cannot. */
  #write(state: DecodeState, start: number, lead: string): number {
    const { bytes } = state;
    const { length } = bytes;
    const { block, message, writeLine } = this.#desk;
    // While it waits for an answer it has no hand free for another line.
    if (length > LONGEST_MESSAGE || this.#kernel.lineHost !== null) return 0;
    const begin = this.#leadAt(lead);
    if (begin === null) return 0;
    message.bytes.set(bytes);
    this.#state = state;
    this.#start = start;
    this.#kernel.lineHost = this;
    try {
      const little = state.littleEndian ? 1 : 0;
      const { at } = this.#program;
      return writeLine(block.at, at, message.at, length, start, little, begin.at, begin.length);
    } finally {
      // The bytes are the caller's.
      this.#state = null;
      this.#kernel.lineHost = null;
      if (this.#isSkimmed) this.#skim.leave();
      this.#isSkimmed = false;
    }
  }

  #leadAt(lead: string): { readonly at: number; readonly length: number } | null {
    let known = this.#leads.get(lead);
    if (known === undefined) {
      known = isAscii(lead) ? { at: this.#program.textAt(lead), length: lead.length } : null;
      this.#leads.set(lead, known);
    }
    return known;
  }

  /** Looks into the message at hand, once. */
  #look(): Skim {
    if (!this.#isSkimmed) {
      this.#isSkimmed = true;
      this.#skim.begin(this.#state!, this.#start);
    }
    return this.#skim;
  }

  openPlace(place: number, def: number): number {
    return this.#program.openPlace(place, def);
  }

  findFormat(inside: number, text: number, length: number, number: number): number {
    const at = text - this.#desk.message.at;
    const selected = length < 0 ? number : readString(this.#state!.bytes, at, at + length);
    return this.#program.findFormat(inside, selected);
  }

  wordOption(option: number, def: number): number {
    return this.#program.wordOption(option, def);
  }

  prepareTest(part: number, def: number): void {
    this.#program.prepareTest(part, def);
  }

  testNumber(part: number, place: number, number: bigint): number {
    const test = this.#program.parts[part].test!;
    const holds = this.#look().holds(test, place);
    if (test.isByNumber(this.#program.testDef(part))) this.#program.noteTest(part, number, holds, MOST_ANSWERS);
    return holds ? 1 : 0;
  }

  tellNumber(part: number, option: number, bits: bigint): number {
    const written = this.#program.parts[part];
    const form = numberForm(written.write);
    const { signed } = this.#program.optionDef(option);
    const number = signed ? bits : BigInt.asUintN(64, bits);
    const text = form === undefined ? this.#look().text(written, this.#program.options[option]) : form(Number(number));
    const length = this.#desk.answer(text);
    if (length >= 0) this.#program.noteText(option, bits, text, MOST_TEXTS);
    return length;
  }

  nameInterface(index: number): number {
    const name = index > 0 ? this.#state!.context.interfaceName(index) : undefined;
    return this.#desk.answer(name ?? `if${index}`);
  }

  isThere(place: number): number {
    return this.#look().has(place) ? 1 : 0;
  }

  isEmptyThere(place: number): number {
    return this.#look().isEmpty(place) ? 1 : 0;
  }

  tellOption(part: number, option: number): number {
    return this.#desk.answer(this.#look().text(this.#program.parts[part], this.#program.options[option]));
  }

  tellList(part: number): number {
    return this.#desk.answer(this.#look().value(this.#program.parts[part]));
  }

  holds(number: number): number {
    const part = this.#program.parts[number];
    const { kind, test, options, filled } = part;
    const skim = this.#look();
    if (kind === 'test') return skim.holds(test!, options[0].place) ? 1 : 0;
    const [one, other] = options;
    if (!skim.has(one.place) || !skim.has(other.place)) return 2;
    return (skim.text(part, one) === skim.text(part, other)) === filled ? 1 : 0;
  }
}

/** Cuts a line into its parts, the end trimmed, as InfoWriter does. */
function partsOf(text: string, ends: Uint32Array, count: number): string[] {
  const parts: string[] = new Array(count);
  let from = 0;
  for (let i = 0; i < count; i++) {
    const to = ends[i];
    parts[i] = text.slice(from, to);
    from = to;
  }
  for (let last = count - 1; last >= 0; last--) {
    parts[last] = parts[last].trimEnd();
    if (parts[last] !== '') break;
    parts.pop();
  }
  return parts.length === 0 ? [''] : parts;
}
