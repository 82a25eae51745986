import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import type { ByteSink, ByteSource } from '../../app/captureFile/index.ts';
import { reasonOf } from './fileBytes.ts';
import { type Advance, STOPPED } from './jobs.ts';
import { nextTurn } from './turns.ts';

/** Bytes decompressed between two looks at other work. */
const PIECE = 1 << 20;

/** Takes compressed pieces, and hands decompressed ones to an output before its promises resolve. */
interface Decompressor {
  push(piece: Uint8Array): Promise<void>;
  end(): Promise<void>;
}
export type MakeDecompressor = (output: (bytes: Uint8Array) => void) => Decompressor;

/** RFC 1952. */
export const gunzip: MakeDecompressor = (output) => {
  const stream = createGunzip();
  let failure: unknown;
  let failed: (error: unknown) => void = () => {};
  stream.on('data', output);
  stream.on('error', (error) => {
    failure = error;
    failed(error);
  });
  const step = (act: (done: (error?: Error | null) => void) => void) =>
    new Promise<void>((resolve, reject) => {
      if (failure !== undefined) return reject(failure);
      failed = reject;
      act((error) => (error == null ? resolve() : reject(error)));
    });
  return {
    push: (piece) => step((done) => stream.write(piece, done)),
    end: () =>
      step((done) => {
        stream.once('end', () => done());
        stream.end();
      }),
  };
};

/** RFC 8878. Node has it since 22.15 only. */
export const unzstd: MakeDecompressor = (output) => {
  const stream = new Decompress(output);
  return {
    push: async (piece) => void stream.push(piece),
    end: async () => void stream.push(new Uint8Array(0), true),
  };
};

interface Bounds {
  /** Bytes that it may make. */
  readonly limit: number;
  readonly advance: Advance;
}

/**
 * Decompresses a file in turns. Data that ends early or is damaged gives what came before, and a note. Throws when it
 * makes more than it may or is stopped, and what the sink throws.
 */
export async function decompress(
  from: ByteSource,
  to: ByteSink,
  notes: string[],
  make: MakeDecompressor,
  { limit, advance }: Bounds,
): Promise<void> {
  let size = 0;
  let failure: unknown = null;
  const stream = make((bytes) => {
    if (failure !== null) return;
    size += bytes.length;
    try {
      if (size > limit) throw new Error(`decompressed it is larger than ${Math.floor(limit / 2 ** 20)} MiB`);
      to.write(bytes);
    } catch (error) {
      failure = error;
    }
  });
  try {
    for (let at = 0; at < from.size && failure === null; at += PIECE) {
      if (!advance(at, from.size)) {
        failure = new Error(STOPPED);
        break;
      }
      await stream.push(from.read(at, PIECE));
      await nextTurn();
    }
    if (failure === null) await stream.end();
  } catch (error) {
    notes.push(`the compressed data breaks off (${reasonOf(error)}): what came before was read`);
  }
  if (failure !== null) throw failure;
}
