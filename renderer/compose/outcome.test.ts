import { expect, test } from 'vitest';
import type { SendReport } from '../../app/contracts/index.ts';
import { latencyText, outcomeText } from './outcome.ts';

const report: SendReport = {
  number: 1,
  replies: [2],
  outcome: 'ack',
  errno: '',
  message: '',
  attribute: '',
  range: null,
  latency: 180_830_000,
};

test.each<[Partial<SendReport>, string, string[]]>([
  [{}, 'ACK', ['180.83 ms', 'no extack']],
  [{ message: 'a warning' }, 'ACK', ['180.83 ms', 'a warning']],
  [{ outcome: 'done', replies: [2, 3] }, 'DONE', ['180.83 ms', '2 replies']],
  [{ outcome: 'reply' }, 'Reply', ['180.83 ms', '1 reply']],
  [{ outcome: 'error', errno: 'ERANGE', message: 'Invalid VLAN id' }, 'ERANGE', ['Invalid VLAN id', '180.83 ms']],
  [{ outcome: 'error', errno: 'EINVAL' }, 'EINVAL', ['the kernel gave no words', '180.83 ms']],
  [{ outcome: 'timeout', latency: null }, 'No answer', ['the kernel did not answer in time']],
  [{ outcome: 'sent', latency: null }, 'Sent', ['no answer was asked for']],
])('%j', (change, head, details) => {
  expect(outcomeText({ ...report, ...change })).toMatchObject({ head, details });
});

test('latency has a unit that fits', () => {
  expect([412_300, 999_999, 1_000_000, 73_380_000].map(latencyText)).toEqual([
    '412 µs',
    '1000 µs',
    '1.00 ms',
    '73.38 ms',
  ]);
});
