import { expect, test } from 'vitest';
import type { MessageValue } from '../../app/contracts/index.ts';
import { type Draft, EMPTY_DRAFT, focusAfterRemoval, hidingRows, reduceDraft } from './draft.ts';
import { removeAttribute } from './model.ts';

const message: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWLINK',
  flags: [],
  seq: 0,
  portid: 0,
  attributes: [{ name: 'A', attributes: [] }, { name: 'B', attributes: [{ name: 'C', value: 1 }] }, { name: 'D' }],
};
const draft: Draft = { ...EMPTY_DRAFT, message, toggled: new Set(['header', '1', '2']) };

test('rows stay closed when what stands before them is removed', () => {
  const shift = { kind: 'remove', path: [0] } as const;
  const next = reduceDraft(draft, { kind: 'shift', message: removeAttribute(message, [0]), shift, focus: [0] });
  expect([...next.toggled]).toEqual(['header', '0', '1']);
  expect(next.message?.attributes.map(({ name }) => name)).toEqual(['B', 'D']);
});

test('a removed row takes its state with it', () => {
  const shift = { kind: 'remove', path: [1] } as const;
  const next = reduceDraft(draft, { kind: 'shift', message: removeAttribute(message, [1]), shift, focus: null });
  expect([...next.toggled]).toEqual(['header', '1']);
});

test('toggling twice is nothing; the same focus is the same draft', () => {
  const once = reduceDraft(draft, { kind: 'toggle', path: [1] });
  expect(once.toggled.has('1')).toBe(false);
  expect(reduceDraft(once, { kind: 'toggle', path: [1] }).toggled).toEqual(draft.toggled);
  const focused = reduceDraft(draft, { kind: 'focus', path: [1, 0] });
  expect(reduceDraft(focused, { kind: 'focus', path: [1, 0] })).toBe(focused);
  expect(reduceDraft(focused, { kind: 'focus', path: [1] }).focus).toEqual([1]);
});

test('what hides a row', () => {
  expect(hidingRows(draft, [1, 0])).toEqual([[1]]);
  expect(hidingRows(EMPTY_DRAFT, [1, 0])).toEqual([]);
  expect(hidingRows(EMPTY_DRAFT, ['header', 'ifi_index'])).toEqual([]);
  expect(hidingRows(draft, ['header', 'ifi_index'])).toEqual([['header']]);
  // A struct in the header is closed at first.
  expect(hidingRows(EMPTY_DRAFT, ['header', 'id', 'daddr'])).toEqual([['header', 'id']]);
});

test('loading forgets the rows of what was there before', () => {
  expect(reduceDraft(draft, { kind: 'load', message, form: null, from: 7 })).toEqual({
    ...EMPTY_DRAFT,
    message,
    from: 7,
    revision: 1,
  });
});

test('the keyboard stays near what was removed', () => {
  expect(focusAfterRemoval([1, 0], 2)).toEqual([1, 0]);
  expect(focusAfterRemoval([1, 2], 2)).toEqual([1, 1]);
  expect(focusAfterRemoval([1, 0], 0)).toEqual([1]);
  expect(focusAfterRemoval([0], 0)).toBeNull();
});
