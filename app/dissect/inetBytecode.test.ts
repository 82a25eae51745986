import { describe, expect, it } from 'vitest';
import { bytecodeParts } from './inetBytecode.ts';
import { fromHex } from './text.ts';

function read(hex: string, littleEndian = true): string[] {
  return bytecodeParts(fromHex(hex)!, littleEndian).map(({ name, text }) => `${name} ${text}`);
}

describe('bytecodeParts', () => {
  it('follows the jumps of what ss compiled for "sport = :7001 or dport = :7001"', () => {
    expect(read('0710140000000000591b000000000000010414000810140000000000591b000000000000')).toEqual([
      '000 src = *:7001 else go to 020',
      '016 jump accept',
      '020 dst = *:7001 accept, else reject',
    ]);
  });

  it('reads every kind of operand', () => {
    expect(read('02080c000000901f')).toEqual(['000 sport >= 8080 accept, else reject']);
    expect(read('09080c0002000000')).toEqual(['000 dev = 2 accept, else reject']);
    expect(read('0a0c100007000000ff000000')).toEqual(['000 mark = 0x7/0xff accept, else reject']);
    expect(read('0d0c10000100000000000000')).toEqual(['000 cgroup = 1 accept, else reject']);
    expect(read('0710140002180000ffffffff0a010200')).toEqual(['000 src = 10.1.2.0/24 accept, else reject']);
    expect(read(`071c20000a80000016000000${'0'.repeat(30)}01`)).toEqual(['000 src = [::1]:22 accept, else reject']);
    expect(read('06040800')).toEqual(['000 autobound accept, else reject']);
  });

  it('reads words in the byte order of the host', () => {
    expect(read('0a0c001000000007000000ff', false)).toEqual(['000 mark = 0x7/0xff accept, else reject']);
  });

  it('ends with the bytes, whatever they are', () => {
    expect(read('')).toEqual([]);
    expect(read('0710')).toEqual([]);
    expect(read('ff000000')).toEqual(['000 ? go to 000, else go to 000']);
    expect(read('07ff14000a80')).toEqual(['000 src = reject, else reject']);
    expect(read('00'.repeat(64))).toHaveLength(16);
  });
});
