import type { ByteRange } from '../../app/contracts/index.ts';

/** What the window points at: nothing, a message, one of its fields, or some of its bytes. */
export type Selection =
  | { readonly kind: 'none' }
  | { readonly kind: 'message'; readonly number: number }
  /** `path` names the field by positions in this tree ("2.0"), `namePath` by names that other messages have, too. */
  | {
      readonly kind: 'field';
      readonly number: number;
      readonly path: string;
      readonly namePath: string;
      readonly range: ByteRange;
    }
  | { readonly kind: 'bytes'; readonly number: number; readonly range: ByteRange };

export interface SelectionState {
  readonly current: Selection;
  /** Messages visited before and after the current one, the nearest last. */
  readonly back: readonly number[];
  readonly forward: readonly number[];
}

export type SelectionAction =
  /** `step`: moved by one row; a walk through rows leaves one entry in the history, not hundreds. */
  | { readonly type: 'message'; readonly number: number; readonly step?: boolean }
  | {
      readonly type: 'field';
      readonly number: number;
      readonly path: string;
      readonly namePath: string;
      readonly range: ByteRange;
    }
  | { readonly type: 'bytes'; readonly number: number; readonly range: ByteRange }
  | { readonly type: 'back' }
  | { readonly type: 'forward' }
  | { readonly type: 'clear' };

export const NOTHING_SELECTED: SelectionState = { current: { kind: 'none' }, back: [], forward: [] };

const HISTORY_LENGTH = 200;

/** The message a selection is in, or null. */
export function selectedNumber(selection: Selection): number | null {
  return selection.kind === 'none' ? null : selection.number;
}

/** The bytes a selection covers, or null when it is no part of a message. */
export function selectedRange(selection: Selection): ByteRange | null {
  return selection.kind === 'field' || selection.kind === 'bytes' ? selection.range : null;
}

/** The selection after an action; the same object when nothing changes. */
export function reduceSelection(state: SelectionState, action: SelectionAction): SelectionState {
  switch (action.type) {
    case 'clear':
      return NOTHING_SELECTED;
    case 'back':
      return travel(state, 'back', 'forward');
    case 'forward':
      return travel(state, 'forward', 'back');
    case 'message':
      return visit(state, { kind: 'message', number: action.number }, action.step ?? false);
    case 'field':
      return visit(
        state,
        {
          kind: 'field',
          number: action.number,
          path: action.path,
          namePath: action.namePath,
          range: action.range,
        },
        false,
      );
    case 'bytes':
      return visit(state, { kind: 'bytes', number: action.number, range: action.range }, false);
  }
}

function visit(state: SelectionState, next: Selection & { number: number }, step: boolean): SelectionState {
  const left = selectedNumber(state.current);
  if (left === next.number)
    return state.current.kind === 'message' && next.kind === 'message' ? state : { ...state, current: next };
  const back = left === null || step ? state.back : [...state.back, left].slice(-HISTORY_LENGTH);
  return { current: next, back, forward: [] };
}

function travel(state: SelectionState, from: 'back' | 'forward', to: 'back' | 'forward'): SelectionState {
  const target = state[from].at(-1);
  if (target === undefined) return state;
  const left = selectedNumber(state.current);
  return {
    ...state,
    current: { kind: 'message', number: target },
    [from]: state[from].slice(0, -1),
    [to]: left === null ? state[to] : [...state[to], left],
  };
}
