import { beforeAll, expect, test } from 'vitest';
import type { FieldNode, MessageValue } from '../../app/contracts/index.ts';
import { nodeAt, pathAt, pathOfRange } from './locate.ts';
import { localCraft } from './testing/localCraft.ts';

/** `ip route add 10.66.0.0/16 via 10.6.0.2 dev 5 mtu 1400`, written by the product's own encoder. */
const message: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWROUTE',
  flags: ['NLM_F_REQUEST', 'NLM_F_ACK', 'NLM_F_CREATE', 'NLM_F_EXCL'],
  seq: 1,
  portid: 0,
  header: { rtm_family: 'AF_INET', rtm_dst_len: 16, rtm_table: 254, rtm_type: 'RTN_UNICAST' },
  attributes: [
    { name: 'RTA_DST', value: '10.66.0.0' },
    { name: 'RTA_METRICS', attributes: [{ name: 'RTAX_MTU', value: 1400 }] },
    { name: 'RTA_GATEWAY', value: '10.6.0.2' },
    { name: 'RTA_CACHEINFO', value: { rta_clntref: 1, rta_used: 3 } },
  ],
};

let tree: readonly FieldNode[];
beforeAll(async () => {
  const report = await localCraft().encode(message);
  expect(report.problems).toEqual([]);
  ({ tree } = report);
});

test('every field of the form has its bytes', () => {
  // nlmsghdr 16, rtmsg 12; RTA_DST 8 from 28; RTA_METRICS 4 + RTAX_MTU 8 from 36; RTA_GATEWAY 8 from 48;
  // RTA_CACHEINFO 36 from 56, rta_used its fifth u32
  expect(nodeAt(tree, ['header'])).toMatchObject({ name: 'rtmsg', range: { start: 16, end: 28 } });
  expect(nodeAt(tree, ['header', 'rtm_dst_len'])?.range).toEqual({ start: 17, end: 18 });
  expect(nodeAt(tree, [0])).toMatchObject({ name: 'RTA_DST', range: { start: 28, end: 36 } });
  expect(nodeAt(tree, [1, 0])).toMatchObject({ name: 'RTAX_MTU', range: { start: 40, end: 48 } });
  expect(nodeAt(tree, [2])).toMatchObject({ name: 'RTA_GATEWAY', range: { start: 48, end: 56 } });
  expect(nodeAt(tree, [3, 'rta_used'])?.range).toEqual({ start: 76, end: 80 });
  for (const path of [[9], [0, 0], ['header', 'nope'], ['seq']]) expect(nodeAt(tree, path)).toBeNull();
});

test('every byte has its field', () => {
  expect(pathAt(tree, 3)).toBeNull();
  expect(pathAt(tree, 17)).toEqual(['header', 'rtm_dst_len']);
  expect(pathAt(tree, 28)).toEqual([0]);
  expect(pathAt(tree, 37)).toEqual([1]);
  expect(pathAt(tree, 44)).toEqual([1, 0]);
  expect(pathAt(tree, 77)).toEqual([3, 'rta_used']);
  expect(pathAt(tree, 4000)).toBeNull();
});

test('the offset of an extended ack leads to the attribute that begins there', () => {
  expect(pathOfRange(tree, { start: 40, end: 48 })).toEqual([1, 0]);
  expect(pathOfRange(tree, { start: 36, end: 48 })).toEqual([1]);
  expect(pathOfRange(tree, { start: 52, end: 56 })).toEqual([2]);
});

test('a path found by its bytes leads back to a node that holds them', () => {
  for (let offset = 16; offset < 92; offset++) {
    const path = pathAt(tree, offset);
    expect(path).not.toBeNull();
    const range = nodeAt(tree, path!)!.range;
    expect(offset >= range.start && offset < range.end).toBe(true);
  }
});
