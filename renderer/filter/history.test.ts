import { describe, expect, test } from 'vitest';
import {
  EMPTY_HISTORY,
  forget,
  historyEntries,
  isSaved,
  loadHistory,
  RECENT_LIMIT,
  remember,
  storeHistory,
  type TextStorage,
  toggleSaved,
} from './history.ts';

function memory(initial?: string): TextStorage & { value: string | null } {
  return {
    value: initial ?? null,
    getItem() {
      return this.value;
    },
    setItem(_key, value) {
      this.value = value;
    },
  };
}

describe('remember', () => {
  test('newest first, a repeated filter moves up instead of standing twice', () => {
    const history = ['link', 'addr', 'link'].reduce(remember, EMPTY_HISTORY);
    expect(history.recent).toEqual(['link', 'addr']);
  });

  test('ignores surrounding space and nothing at all', () => {
    expect(remember(remember(EMPTY_HISTORY, ' link '), '  ').recent).toEqual(['link']);
  });

  test('is bounded', () => {
    const many = Array.from({ length: RECENT_LIMIT + 10 }, (_, i) => `nl.seq == ${i}`);
    const { recent } = many.reduce(remember, EMPTY_HISTORY);
    expect(recent).toHaveLength(RECENT_LIMIT);
    expect(recent[0]).toBe(many.at(-1));
  });
});

test('a star is set and taken away by the same act', () => {
  const starred = toggleSaved(EMPTY_HISTORY, 'link.mtu > 1500');
  expect(isSaved(starred, ' link.mtu > 1500')).toBe(true);
  expect(isSaved(toggleSaved(starred, 'link.mtu > 1500'), 'link.mtu > 1500')).toBe(false);
});

test('the list shows starred filters first, none twice, and finds by words in any order', () => {
  let history = ['link.mtu > 9000', 'addr', 'link.mtu == 1500'].reduce(remember, EMPTY_HISTORY);
  history = toggleSaved(history, 'addr');
  expect(historyEntries(history, '')).toEqual([
    { text: 'addr', saved: true },
    { text: 'link.mtu == 1500', saved: false },
    { text: 'link.mtu > 9000', saved: false },
  ]);
  expect(historyEntries(history, '9000 LINK').map((e) => e.text)).toEqual(['link.mtu > 9000']);
});

test('forget removes from both lists', () => {
  const history = toggleSaved(remember(EMPTY_HISTORY, 'link'), 'link');
  expect(forget(history, 'link')).toEqual(EMPTY_HISTORY);
});

describe('storage', () => {
  test('what is stored comes back', () => {
    const storage = memory();
    const history = toggleSaved(remember(EMPTY_HISTORY, 'link'), 'addr');
    storeHistory(storage, history);
    expect(loadHistory(storage)).toEqual(history);
  });

  test.each(['', '{', 'null', '7', '{"recent":7}', '{"recent":[1,"",null],"saved":{}}'])(
    'damaged storage %j counts as empty',
    (text) => {
      expect(loadHistory(memory(text))).toEqual(EMPTY_HISTORY);
    },
  );

  test('a storage that refuses does not stop the user', () => {
    const refusing: TextStorage = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('quota');
      },
    };
    expect(loadHistory(refusing)).toEqual(EMPTY_HISTORY);
    expect(() => storeHistory(refusing, EMPTY_HISTORY)).not.toThrow();
  });
});
