import { expect, test } from 'vitest';
import type { MessageValue } from '../../app/contracts/index.ts';
import { afterLeaving, type History, type HistoryAction, NO_HISTORY, reduceHistory } from './history.ts';

const request = (mtu: number, ...names: string[]): MessageValue => ({
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWLINK',
  flags: [],
  seq: 0,
  portid: 0,
  attributes: [{ name: 'IFLA_MTU', value: mtu }, ...names.map((name) => ({ name }))],
});
const load = (message: MessageValue): HistoryAction => ({ kind: 'load', message, form: null, from: null });
const run = (actions: readonly HistoryAction[], from: History = NO_HISTORY) => actions.reduce(reduceHistory, from);
const mtuOf = ({ draft }: History) => draft.message?.attributes[0]?.value;

test('a removed attribute comes back, and goes again', () => {
  const before = request(1, 'IFLA_IFNAME');
  const shift = { kind: 'remove', path: [1] } as const;
  const removed = run([load(before), { kind: 'shift', message: request(1), shift, focus: [0] }]);
  const undone = reduceHistory(removed, { kind: 'undo' });
  expect(undone.draft.message).toBe(before);
  expect(undone.draft.revision).toBeGreaterThan(removed.draft.revision);
  expect(reduceHistory(undone, { kind: 'redo' }).draft.message).toEqual(request(1));
});

test('what is typed in a field is one step, in another field another one', () => {
  const typed = run([
    load(request(0)),
    { kind: 'edit', message: request(1), path: [0] },
    { kind: 'edit', message: request(15), path: [0] },
    { kind: 'focus', path: [1] },
    { kind: 'edit', message: request(150), path: [0] },
    { kind: 'edit', message: request(150, 'IFLA_IFNAME'), path: [1] },
  ]);
  const once = reduceHistory(typed, { kind: 'undo' });
  expect(mtuOf(once)).toBe(150);
  const twice = reduceHistory(once, { kind: 'undo' });
  expect(mtuOf(twice)).toBe(0);
  expect(reduceHistory(twice, { kind: 'undo' })).toBe(twice);
  // A change after steps back has nothing to go forward to.
  expect(reduceHistory(twice, { kind: 'edit', message: request(9) }).future).toEqual([]);
});

test('another message and an empty form are steps, the empty form at first is none', () => {
  const other = run([load(request(1)), load(request(2)), { kind: 'clear' }]);
  expect(other.draft.message).toBeNull();
  expect([1, 2].map((steps) => mtuOf(run(Array<HistoryAction>(steps).fill({ kind: 'undo' }), other)))).toEqual([2, 1]);
  expect(run([load(request(1))]).past).toEqual([]);
});

test('what was left can be brought back from what came in its place', () => {
  const left = run([load(request(1))]);
  const next = run([load(request(2))], afterLeaving(left));
  expect(mtuOf(reduceHistory(next, { kind: 'undo' }))).toBe(1);
  expect(afterLeaving(NO_HISTORY)).toBe(NO_HISTORY);
});
