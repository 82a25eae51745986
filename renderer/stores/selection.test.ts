import { describe, expect, it } from 'vitest';
import { NOTHING_SELECTED, reduceSelection, type SelectionAction, type SelectionState } from './selection.ts';

function play(...actions: SelectionAction[]): SelectionState {
  return actions.reduce(reduceSelection, NOTHING_SELECTED);
}

const message = (number: number, step = false): SelectionAction => ({ type: 'message', number, step });

describe('reduceSelection', () => {
  it('goes back and forward over the messages visited', () => {
    const visited = play(message(5), message(90), message(7));
    const once = reduceSelection(visited, { type: 'back' });
    expect(once.current).toEqual({ kind: 'message', number: 90 });
    const twice = reduceSelection(once, { type: 'back' });
    expect(twice.current).toEqual({ kind: 'message', number: 5 });
    expect(reduceSelection(twice, { type: 'back' })).toBe(twice);
    const again = reduceSelection(reduceSelection(twice, { type: 'forward' }), { type: 'forward' });
    expect(again.current).toEqual({ kind: 'message', number: 7 });
    expect(again.forward).toEqual([]);
  });

  it('forgets the way forward when something else is selected', () => {
    const state = play(message(1), message(2), { type: 'back' }, message(3));
    expect(state.forward).toEqual([]);
    expect(state.back).toEqual([1]);
  });

  it('keeps one entry for a walk of single steps', () => {
    const state = play(message(100), message(10), message(11, true), message(12, true), message(13, true), message(50));
    expect(state.back).toEqual([100, 13]);
  });

  it('moves inside a message without a trace in the history', () => {
    const state = play(
      message(4),
      { type: 'field', number: 4, path: '1.0', namePath: 'a', range: { start: 16, end: 20 } },
      { type: 'bytes', number: 4, range: { start: 0, end: 3 } },
    );
    expect(state.current).toEqual({ kind: 'bytes', number: 4, range: { start: 0, end: 3 } });
    expect(state.back).toEqual([]);
  });

  it('selecting the message again keeps the same state, and drops a field', () => {
    const selected = play(message(4));
    expect(reduceSelection(selected, message(4))).toBe(selected);
    const field = reduceSelection(selected, {
      type: 'field',
      number: 4,
      path: '0',
      namePath: 'a',
      range: { start: 0, end: 16 },
    });
    expect(reduceSelection(field, message(4)).current.kind).toBe('message');
  });
});
