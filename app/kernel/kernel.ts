import { type Calls, type Layout, type LineHost, layoutOf } from './exports.ts';
import { KERNEL } from './kernel.generated.ts';

/** Bytes in a page of the kernel's memory, and the most pages it can have: all that 32 bits address. */
const PAGE = 65_536;
const MOST_PAGES = 65_536;
/** Memory is given out in pieces of at least so many bytes. */
const SMALLEST_PIECE = 4096;
/**
 * So far memory grows by what is asked for: it is enough for small captures. Then it grows by so many bytes at once,
 * which the system provides when they are touched: many huge pages lie in them whole.
 */
const SMALL = 4 << 20;
const STEP = 64 << 20;
/** The kernel reads texts eight bytes at a time, so that there must be some after the last piece. */
const BEYOND = 8;
/** When so many bytes have been given out, the garbage collector is told what pieces are worth. */
const MUCH = 128 << 20;

/** What the kernel leaves of the rows that it has just outlined. */
export interface OutlinedRows {
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
  readonly shapes: Uint8Array;
}

/** Memory in the kernel that is the holder's until it is collected. */
export interface Piece {
  /** Its address. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /**
   * As large once much has been given out, and never touched, so that it takes no memory: by its size the garbage
   * collector knows what the piece is worth, and comes for those that nobody holds before they are many.
   */
  readonly weight: ArrayBuffer | null;
}

/** A piece that is read as half words. */
export interface HalfWords {
  readonly piece: Piece;
  readonly values: Uint16Array;
}

/**
 * The loops over every message of a capture (finding datagrams, taking them apart, pairing requests with answers),
 * compiled ahead of time to WebAssembly: they are fast from the first message on, and what hostile bytes could do ends
 * at the borders of their memory. One instance serves a thread.
 *
 * The memory is of the shared kind, though nobody shares it: then growing leaves views as they are.
 */
export class Kernel {
  readonly calls: Calls;
  readonly layout: Layout;
  readonly rows: OutlinedRows;
  /** All of the memory that has been given out. Another object after `allocate`. */
  view: DataView;
  /** Is told of memory that is new, and belongs to a session that grows large. */
  grown: (bytes: Uint8Array) => void = () => {};
  /** Whom it asks while it writes a line. */
  lineHost: LineHost | null = null;
  readonly #memory: WebAssembly.Memory;
  readonly #buffers = new WeakSet<ArrayBufferLike>();
  readonly #words: Uint32Array;
  /** Where memory begins that has never been given out. */
  #top: number;
  /** Addresses of pieces that were given back, by size. */
  readonly #returned = new Map<number, number[]>();
  readonly #holders = new FinalizationRegistry<{ readonly at: number; readonly size: number }>(({ at, size }) => {
    const known = this.#returned.get(size);
    if (known === undefined) this.#returned.set(size, [at]);
    else known.push(at);
  });
  #scratch: Piece;

  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 4, maximum: MOST_PAGES, shared: true });
    const module = new WebAssembly.Module(fromBase64(KERNEL));
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory: this.#memory },
      lineHost: this.#lineHostImports(),
    });
    this.calls = exports as unknown as Calls;
    this.layout = layoutOf(exports);
    const { buffer } = this.#memory;
    this.#words = new Uint32Array(buffer);
    this.rows = outlinedRows(buffer, this.layout);
    this.#top = align(this.layout.FREE, SMALLEST_PIECE);
    this.view = this.#adopt(buffer);
    this.#scratch = this.allocate(SMALLEST_PIECE);
  }

  /** The functions by which it asks; they are fixed, whom they ask is not. */
  #lineHostImports(): LineHost {
    const host = (): LineHost => this.lineHost!;
    return {
      openPlace: (place, def) => host().openPlace(place, def),
      findFormat: (inside, text, length, number) => host().findFormat(inside, text, length, number),
      wordOption: (option, def) => host().wordOption(option, def),
      prepareTest: (part, def) => host().prepareTest(part, def),
      testNumber: (part, place, number) => host().testNumber(part, place, number),
      tellNumber: (part, option, number) => host().tellNumber(part, option, number),
      nameInterface: (index) => host().nameInterface(index),
      isThere: (place) => host().isThere(place),
      isEmptyThere: (place) => host().isEmptyThere(place),
      tellOption: (part, option) => host().tellOption(part, option),
      tellList: (part) => host().tellList(part),
      holds: (part) => host().holds(part),
    };
  }

  #adopt(buffer: ArrayBufferLike): DataView {
    this.#buffers.add(buffer);
    return new DataView(buffer);
  }

  /** Bytes of memory that have been given out, those that were given back included. */
  get byteLength(): number {
    return this.#top;
  }

  /** As many of them as neither the garbage collector nor process.memoryUsage knows of. */
  get weightless(): number {
    return Math.min(this.#top, MUCH);
  }

  /** A word that the last call left at an address of the layout. */
  word(address: number): number {
    return this.#words[address >>> 2];
  }

  /**
   * Memory for whoever holds the piece, all zero.
   * @throws RangeError when the system has no more
   */
  allocate(bytes: number): Piece {
    let size = SMALLEST_PIECE;
    while (size < bytes) size *= 2;
    const returned = this.#returned.get(size)?.pop();
    const at = returned ?? this.#grow(size);
    const { buffer } = this.view;
    const piece = {
      at,
      bytes: new Uint8Array(buffer, at, size),
      view: new DataView(buffer, at, size),
      weight: this.#top > MUCH ? new ArrayBuffer(size) : null,
    };
    if (returned !== undefined) piece.bytes.fill(0);
    this.#holders.register(piece, { at, size });
    return piece;
  }

  /** As `allocate`, room for at least so many half words. */
  halfWords(length: number): HalfWords {
    const piece = this.allocate(length * Uint16Array.BYTES_PER_ELEMENT);
    const { buffer, byteOffset, byteLength } = piece.bytes;
    return { piece, values: new Uint16Array(buffer, byteOffset, byteLength / Uint16Array.BYTES_PER_ELEMENT) };
  }

  #grow(size: number): number {
    const at = this.#top;
    const { byteLength } = this.view;
    const missing = at + size + BEYOND - byteLength;
    if (missing > 0) {
      const step = byteLength < SMALL ? PAGE : STEP;
      this.#memory.grow((Math.ceil(missing / step) * step) / PAGE);
      this.view = this.#adopt(this.#memory.buffer);
      if (step === STEP) this.grown(new Uint8Array(this.view.buffer, byteLength));
    }
    this.#top = at + size;
    return at;
  }

  /** Address of some bytes of a view or an array, which are copied to where the next call of this may overwrite them unless they are the kernel's. */
  addressOf(view: ArrayBufferView, start: number, length: number): number {
    if (this.#buffers.has(view.buffer)) return view.byteOffset + start;
    if (length > this.#scratch.bytes.length) this.#scratch = this.allocate(length);
    this.#scratch.bytes.set(new Uint8Array(view.buffer, view.byteOffset + start, length));
    return this.#scratch.at;
  }
}

/** Reads ASCII in a piece. */
export interface AsciiReader {
  latin1Slice(start: number, end: number): string;
}

/** Node's Buffer, which reads shared memory as it is; TextDecoder refuses that. */
type Buffers = { from(buffer: ArrayBufferLike, at: number, length: number): AsciiReader };

/** The reader of a piece: the host's own where it has one. */
export function asciiReader({ bytes }: Piece): AsciiReader {
  const buffers = (globalThis as { readonly Buffer?: unknown }).Buffer as Buffers | undefined;
  if (buffers !== undefined) return buffers.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const decoder = new TextDecoder();
  return { latin1Slice: (start, end) => decoder.decode(bytes.slice(start, end)) };
}

let instance: Kernel | null = null;

/** The thread's kernel, made at its first use. */
export function kernel(): Kernel {
  instance ??= new Kernel();
  return instance;
}

function outlinedRows(buffer: ArrayBufferLike, layout: Layout): OutlinedRows {
  return {
    starts: new Uint32Array(buffer, layout.ROW_START, layout.MOST_ROWS),
    lengths: new Uint32Array(buffer, layout.ROW_LENGTH, layout.MOST_ROWS),
    shapes: new Uint8Array(buffer, layout.ROW_SHAPE, layout.MOST_ROWS),
  };
}

function align(address: number, to: number): number {
  return Math.ceil(address / to) * to;
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
