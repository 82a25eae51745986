import { expect, it } from 'vitest';
import { builtinLibrary } from '../specs/index.ts';
import type { NftSetTypes } from './api.ts';
import { bareContext, createDissector } from './dissector.ts';
import { toldNftSet } from './nftSet.ts';
import { newFamilies, readCorpus } from './testing/corpus.ts';

const dissector = createDissector(builtinLibrary());
const messages = readCorpus('nft-sets-d');
const IPV4_AND_SERVICE = (7 << 6) | 13;

/** The line about the elements 10.0.0.1 . 80 and 10.0.0.2 . 443, were their set of those types. */
function lineBy(types: Partial<NftSetTypes> | undefined): string {
  const plain = { keyType: 0, dataType: 0, partLengths: [], isInterval: false, isKeyHost: false, isDataHost: false };
  const context = {
    ...bareContext(newFamilies()),
    nftSet: () => (types === undefined ? undefined : { ...plain, ...types }),
  };
  for (const { bytes, envelope } of messages) {
    const line = dissector.summarize(bytes, envelope, context).info.join('');
    if (line.startsWith('add element inet f c1 ')) return /\{ (.*) \}/.exec(line)?.[1] ?? '';
  }
  return '';
}

it('reads elements by the definition of their set', () => {
  expect(lineBy({ keyType: IPV4_AND_SERVICE })).toBe('10.0.0.1 . 80, 10.0.0.2 . 443');
  expect(lineBy({ keyType: IPV4_AND_SERVICE, partLengths: [4, 2] })).toBe('10.0.0.1 . 80, 10.0.0.2 . 443');
});

it('leaves bytes as they are where a definition does not fit them', () => {
  const bytes = '0x0a00000100500000, 0x0a00000201bb0000';
  expect(lineBy(undefined)).toBe(bytes);
  expect(lineBy({})).toBe(bytes);
  expect(lineBy({ keyType: 7 })).toBe(bytes);
  expect(lineBy({ keyType: (8 << 6) | 13 })).toBe(bytes);
  expect(lineBy({ keyType: 0xffffffff })).toBe(bytes);
  expect(lineBy({ keyType: (4 << 6) | 4 })).toBe(bytes);
  expect(lineBy({ keyType: IPV4_AND_SERVICE, partLengths: [400, 2] })).toBe(bytes);
});

it('reads definitions of any length without failing', () => {
  const definitions = messages.filter(({ bytes }) => bytes[4] === 9 && bytes[5] === 10);
  expect(definitions.length).toBeGreaterThan(0);
  for (const { bytes, envelope } of definitions) {
    expect(toldNftSet(bytes, envelope.littleEndian)?.name.table).toBe('f');
    for (let length = 0; length < bytes.length; length++) {
      expect(() => toldNftSet(bytes.subarray(0, length), envelope.littleEndian)).not.toThrow();
    }
  }
});
