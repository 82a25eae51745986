import { type Draft, type DraftAction, EMPTY_DRAFT, reduceDraft } from './draft.ts';
import { pathKey } from './model.ts';

/** A request being written, and what it was before. */
export interface History {
  readonly draft: Draft;
  /** What can be brought back, the newest last. */
  readonly past: readonly Draft[];
  /** What was taken back, the next to come last. */
  readonly future: readonly Draft[];
  /** The field whose value the last step changed, by key: what is typed there goes on with that step. Null: none. */
  readonly typing: string | null;
}

export type HistoryAction = DraftAction | { readonly kind: 'clear' | 'undo' | 'redo' };

export const NO_HISTORY: History = { draft: EMPTY_DRAFT, past: [], future: [], typing: null };

/** Steps that are kept. Drafts share what did not change between them. */
const MOST_STEPS = 200;

/** The history after an action. Opening rows and moving between them is no step; nor is leaving an empty draft. */
export function reduceHistory(history: History, action: HistoryAction): History {
  switch (action.kind) {
    case 'undo':
    case 'redo':
      return travel(history, action.kind);
    case 'form':
    case 'toggle':
    case 'focus':
      return { ...history, draft: reduceDraft(history.draft, action) };
    case 'edit':
      return step(history, reduceDraft(history.draft, action), action.path ? pathKey(action.path) : null);
    case 'clear':
      return step(history, { ...EMPTY_DRAFT, revision: history.draft.revision + 1 }, null);
    default:
      return step(history, reduceDraft(history.draft, action), null);
  }
}

/** A history that begins with nothing, where a draft that was left can be brought back. */
export function afterLeaving({ draft }: History): History {
  return draft.message === null ? NO_HISTORY : { ...NO_HISTORY, past: [draft] };
}

function step(history: History, draft: Draft, typing: string | null): History {
  const { draft: before, past } = history;
  const goesOn = typing !== null && typing === history.typing;
  if (before.message === null || goesOn) return { draft, past, future: [], typing };
  return { draft, past: [...past, before].slice(-MOST_STEPS), future: [], typing };
}

/** Fields are drawn anew after a step back, so that none shows what was typed. */
function travel(history: History, kind: 'undo' | 'redo'): History {
  const from = kind === 'undo' ? history.past : history.future;
  const to = from.at(-1);
  if (to === undefined) return history;
  const rest = from.slice(0, -1);
  const draft = { ...to, revision: history.draft.revision + 1 };
  const left = history.draft.message === null && kind === 'undo' ? [] : [history.draft];
  return kind === 'undo'
    ? { draft, past: rest, future: [...history.future, ...left], typing: null }
    : { draft, past: [...history.past, ...left], future: rest, typing: null };
}
