import { expect, test } from 'vitest';
import { pastedHex, pastedMessage } from './pasted.ts';

/** RTM_GETLINK of lo, 28 bytes of which 16 are nlmsghdr. */
const GETLINK = '1c000000120001030000000000000000000000000100000000000000';

test('reads what messages are copied as', () => {
  const dump = `00000000  1c 00 00 00 12 00 01 03  00 00 00 00 00 00 00 00  |................|
00000010  00 00 00 00 01 00 00 00  00 00 00 00              |............|`;
  expect(pastedHex(dump)).toBe(GETLINK);
  const bytes = GETLINK.match(/../g) ?? [];
  const array = `static const unsigned char message[28] = {\n  ${bytes.map((byte) => `0x${byte}`).join(', ')},\n};`;
  expect(pastedHex(array)).toBe(GETLINK);
  expect(pastedHex('HAAAABIAAQMAAAAAAAAAAAAAAAABAAAAAAAAAA==')).toBe(GETLINK);
});

test('leaves plain hex as it was written, and what is no bytes', () => {
  expect(pastedHex(GETLINK)).toBeNull();
  expect(pastedHex('1c:00:00:00')).toBeNull();
  expect(pastedHex('0x1c, 0x00')).toBeNull();
  for (const text of ['', 'newlink', 'RTM_NEWLINK', '{"type": 16}', '{ 0x1c, x }', '=', '\u0000'])
    expect(pastedHex(text), text).toBeNull();
});

test('takes for a message only what can be one', () => {
  expect(pastedMessage(GETLINK)).toBe(GETLINK);
  expect(pastedMessage(`  ${GETLINK.match(/../g)?.join(' ')}\n`)).toBe(GETLINK);
  for (const text of ['dead beef', 'getlink dump', 'test', '1500', '']) expect(pastedMessage(text), text).toBe('');
});
