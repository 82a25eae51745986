import { beforeAll, expect, test } from 'vitest';
import type { OperationInfo } from '../../app/contracts/index.ts';
import { rawWarning } from './rawWarning.ts';
import { localCraft } from './testing/localCraft.ts';

const host = localCraft();
let operations: OperationInfo[];
beforeAll(async () => {
  operations = await host.operations();
});

/** nlmsghdr (type in bytes 4 and 5) and rtmsg, as hex. */
async function warningFor(type: string) {
  const decoded = await host.decodeHex('NETLINK_ROUTE', `1c000000${type}05000100000000000000${'00'.repeat(12)}`);
  if (!decoded.ok) throw new Error(decoded.error.message);
  return rawWarning({ protocol: 'NETLINK_ROUTE', decoded: decoded.value }, operations, undefined);
}

test('bytes of a request that changes something are warned of as the form warns', async () => {
  expect((await warningFor('1800'))?.what).toBe('NETLINK_ROUTE RTM_NEWROUTE creates or changes something');
});

test('bytes of a question are not', async () => {
  expect(await warningFor('1a00')).toBeNull();
});

test('bytes that nobody knows are', async () => {
  expect((await warningFor('ff0f'))?.what).toContain('no spec describes');
});

test('bytes that are no message at all are', () => {
  expect(rawWarning({ protocol: 'NETLINK_ROUTE', decoded: { messages: [] } }, operations, undefined)).not.toBeNull();
});
