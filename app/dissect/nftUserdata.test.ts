import { describe, expect, it } from 'vitest';
import { nftSetUserdataText, nftUserdataText } from './nftUserdata.ts';
import { fromHex } from './text.ts';

describe('user data of nf_tables', () => {
  it.each([
    ['000a6120636f6d6d656e7400', 'comment "a comment"'],
    ['000361620001040000002a', 'comment "ab", 1 00 00 00 2a'],
    ['00026100010161', 'comment "a", 1 61'],
    ['0000', 'comment '],
    ['0005610', null],
    ['000561', null],
    ['00', null],
    ['', null],
  ])('%s', (hex, text) => {
    const bytes = fromHex(hex);
    expect(bytes === null ? null : nftUserdataText(bytes)).toBe(text);
  });

  it('of a set: its byte order and comment', () => {
    // nft: set s { type ipv4_addr; comment "hi"; }
    expect(nftSetUserdataText(fromHex('0004020000000703686900')!)).toBe('key-byteorder 02 00 00 00, comment "hi"');
  });
});
