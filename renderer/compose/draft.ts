import type { MessageValue, OperationForm } from '../../app/contracts/index.ts';
import { attributePath, type FormPath, isWithin, pathKey, type Shift, shiftPath } from './model.ts';

/** A request being written in the form. */
export interface Draft {
  readonly message: MessageValue | null;
  /** Null when no spec describes the message: its attributes are then edited as bytes. */
  readonly form: OperationForm | null;
  /** Number of the captured message it was made from. */
  readonly from: number | null;
  /** Rows that are not open or closed as they are at first, by key. */
  readonly toggled: ReadonlySet<string>;
  /** The row the user is at: where the keyboard is, or was last, or whose bytes were clicked. */
  readonly focus: FormPath | null;
  /** Counts loads: fields forget what was half typed when another message takes the place of theirs. */
  readonly revision: number;
}

export type DraftAction =
  | {
      readonly kind: 'load';
      readonly message: MessageValue;
      readonly form: OperationForm | null;
      readonly from: number | null;
    }
  /** A value changed, that of the row at `path` where it is one; the list of attributes did not. */
  | { readonly kind: 'edit'; readonly message: MessageValue; readonly path?: FormPath }
  /** Attributes came, went or moved; `focus` is where the keyboard goes. */
  | { readonly kind: 'shift'; readonly message: MessageValue; readonly shift: Shift; readonly focus: FormPath | null }
  /** The specs changed: the same message has another form. */
  | { readonly kind: 'form'; readonly form: OperationForm | null }
  | { readonly kind: 'toggle'; readonly path: FormPath }
  | { readonly kind: 'focus'; readonly path: FormPath };

export const EMPTY_DRAFT: Draft = {
  message: null,
  form: null,
  from: null,
  toggled: new Set(),
  focus: null,
  revision: 0,
};

/** The draft after an action. Rows keep their state when the attributes around them come, go or move. */
export function reduceDraft(draft: Draft, action: DraftAction): Draft {
  switch (action.kind) {
    case 'load':
      return {
        ...EMPTY_DRAFT,
        message: action.message,
        form: action.form,
        from: action.from,
        revision: draft.revision + 1,
      };
    case 'edit':
      return { ...draft, message: action.message };
    case 'shift':
      return {
        ...draft,
        message: action.message,
        toggled: shiftKeys(draft.toggled, action.shift),
        focus: action.focus,
      };
    case 'form':
      return { ...draft, form: action.form };
    case 'toggle':
      return { ...draft, toggled: flip(draft.toggled, pathKey(action.path)) };
    case 'focus':
      return samePath(draft.focus, action.path) ? draft : { ...draft, focus: action.path };
  }
}

/** Whether a row is open at first: structs within the header are not, so that all of the header can be seen. */
export function isOpenAtFirst(path: FormPath): boolean {
  return path[0] !== 'header' || path.length === 1;
}

/** Rows above `path` that are closed and would hide it: toggling them shows it. */
export function hidingRows(draft: Draft, path: FormPath): FormPath[] {
  const above = path.slice(0, -1).map((_, i) => path.slice(0, i + 1));
  return above.filter((row) => draft.toggled.has(pathKey(row)) === isOpenAtFirst(row));
}

function samePath(a: FormPath | null, b: FormPath): boolean {
  return a !== null && a.length === b.length && isWithin(a, b);
}

function flip(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

function shiftKeys(keys: ReadonlySet<string>, shift: Shift): ReadonlySet<string> {
  const next = new Set<string>();
  for (const key of keys) {
    const path = shiftPath(parseKey(key), shift);
    if (path !== null) next.add(pathKey(path));
  }
  return next;
}

function parseKey(key: string): FormPath {
  return key.split('/').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** The attribute that the keyboard should go to when the one at `path` is removed: its place, or the one before. */
export function focusAfterRemoval(path: FormPath, remaining: number): FormPath | null {
  const index = attributePath(path).at(-1) ?? 0;
  const parent = path.slice(0, -1);
  if (remaining === 0) return parent.length === 0 ? null : parent;
  return [...parent, Math.min(index, remaining - 1)];
}
