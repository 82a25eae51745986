import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../../../app/contracts/index.ts';
import { describeRange } from './rangeText.ts';

const bytes = new Uint8Array([0x08, 0x00, 0x04, 0x00, 0xdc, 0x05, 0x00, 0x00, 0x12, 0x34]);
const mtu = {
  name: 'IFLA_MTU',
  kind: 'attr',
  type: 'u32',
  value: 1500,
  range: { start: 0, end: 8 },
  payload: { start: 4, end: 8 },
  children: [],
} as unknown as FieldNode;

describe('describeRange', () => {
  it('says where a field is, how long, of what type and byte order', () => {
    expect(describeRange(bytes, mtu.range, mtu, true)).toEqual({
      offset: '0x0',
      length: 8,
      type: 'u32le',
      value: '1500',
    });
  });

  it('tells the byte order from the value, not from the host', () => {
    const port = { ...mtu, type: 'u16', value: 0x1234, range: { start: 8, end: 10 }, payload: { start: 8, end: 10 } };
    expect(describeRange(bytes, port.range, port, true).type).toBe('u16be');
  });

  it('reads bytes that are no field as an integer in the byte order of the capture', () => {
    expect(describeRange(bytes, { start: 4, end: 6 }, null, true)).toMatchObject({ type: 'u16le', value: '1500' });
    expect(describeRange(bytes, { start: 8, end: 10 }, null, false)).toMatchObject({ type: 'u16be', value: '4660' });
    expect(describeRange(bytes, { start: 0, end: 1 }, null, true)).toMatchObject({ type: 'u8', value: '8' });
    expect(describeRange(bytes, { start: 0, end: 3 }, null, true)).toMatchObject({ length: 3, type: '', value: '' });
  });

  it('leaves text as text and shortens it', () => {
    const name = { ...mtu, type: 'string', value: 'x'.repeat(100) };
    expect(describeRange(bytes, name.range, name, true)).toMatchObject({
      type: 'string',
      value: `"${'x'.repeat(47)}…`,
    });
  });
});
