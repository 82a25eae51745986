import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../captureFile/index.ts';
import { PageCache } from './pages.ts';

const PAGE = 1 << 16;

/** A source whose bytes follow from their offsets, so that a byte in the wrong place shows. */
function counted(size: number, withInto: boolean): ByteSource & { size: number } {
  const at = (offset: number): number => (offset * 31 + (offset >>> 8) + (offset >>> 16)) & 0xff;
  const source = {
    size,
    read: (offset: number, length: number) =>
      Uint8Array.from({ length: Math.max(0, Math.min(length, source.size - offset)) }, (_, i) => at(offset + i)),
  };
  if (!withInto) return source;
  return Object.assign(source, {
    readInto(target: Uint8Array, offset: number) {
      const bytes = source.read(offset, target.length);
      target.set(bytes);
      return bytes.length;
    },
  });
}

describe.each([true, false])('pages of a source (read into: %s)', (withInto) => {
  const source = counted(PAGE * 20 + 1000, withInto);
  const plain = counted(source.size, false);

  it('give the bytes of ranges inside, across and beyond them', () => {
    const pages = new PageCache(source);
    const ranges: [number, number][] = [
      [0, 16],
      [PAGE - 10, 10],
      [PAGE - 10, 11],
      [PAGE - 1, 4096],
      [PAGE * 3 - 100, PAGE],
      [PAGE * 5 + 7, PAGE + 1],
      [source.size - 5, 5],
      [source.size - 5, 50],
      [PAGE * 20 - 5, 2000],
      [source.size, 10],
    ];
    for (const [offset, length] of ranges) {
      expect(Buffer.from(pages.read(offset, length)), `${offset}+${length}`).toEqual(
        Buffer.from(plain.read(offset, length)),
      );
    }
  });

  it('stay right when more of them are read than are kept', () => {
    const pages = new PageCache(source);
    for (let round = 0; round < 3; round++) {
      for (let page = 0; page < 20; page++) {
        const offset = page * PAGE + round;
        expect(Buffer.from(pages.read(offset, 64))).toEqual(Buffer.from(plain.read(offset, 64)));
      }
    }
  });

  it('are not kept but for some: the memory that a capture takes does not grow with it', () => {
    let reads = 0;
    const watched: ByteSource = {
      size: source.size,
      read: (offset, length) => {
        reads++;
        return source.read(offset, length);
      },
      ...(withInto && {
        readInto: (target: Uint8Array, offset: number) => {
          reads++;
          return source.readInto?.(target, offset) ?? 0;
        },
      }),
    };
    const pages = new PageCache(watched);
    for (let page = 0; page < 20; page++) pages.read(page * PAGE, 16);
    expect(reads).toBe(20);
    pages.read(19 * PAGE, 16);
    expect(reads).toBe(20);
    pages.read(0, 16);
    expect(reads).toBe(21);
  });

  it('grow with their source', () => {
    const growing = counted(PAGE - 100, withInto);
    const pages = new PageCache(growing);
    const early = pages.read(PAGE - 200, 100);
    expect(pages.read(PAGE - 150, 100).length).toBe(50);
    growing.size = PAGE + 100;
    expect(Buffer.from(pages.read(PAGE - 150, 200))).toEqual(Buffer.from(plain.read(PAGE - 150, 200)));
    expect(Buffer.from(early)).toEqual(Buffer.from(plain.read(PAGE - 200, 100)));
  });
});
