import { Clock, Star, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { classes } from '../widgets/Button.tsx';
import { Kbd } from '../widgets/Kbd.tsx';
import type { HistoryEntry } from './history.ts';

interface HistoryListProps {
  entries: readonly HistoryEntry[];
  /** Index of the entry that Enter takes. */
  chosen: number;
  onPick(text: string): void;
  onForget(text: string): void;
  onToggleSaved(text: string): void;
}

/** Saved and recent filters below the box. The box keeps the keyboard; the arrows it gets move through this list. */
export function HistoryList({ entries, chosen, onPick, onForget, onToggleSaved }: HistoryListProps) {
  const row = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another row has become the chosen one
  useEffect(() => {
    row.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const keepFocus = (event: React.SyntheticEvent) => event.preventDefault();
  return (
    <div className="filter-popover filter-history" data-testid="filter-history" onPointerDown={keepFocus}>
      {entries.length === 0 && <p className="filter-history-empty muted">No filters used yet.</p>}
      <div className="filter-history-rows">
        {entries.map(({ text, saved }, i) => (
          <div
            key={text}
            ref={i === chosen ? row : undefined}
            className={classes('filter-history-row', i === chosen && 'chosen')}
          >
            <button
              type="button"
              tabIndex={-1}
              className="filter-history-mark"
              aria-label={saved ? 'Remove from saved filters' : 'Save this filter'}
              onClick={() => onToggleSaved(text)}
            >
              {saved ? <Star size={12} className="starred" aria-hidden /> : <Clock size={12} aria-hidden />}
            </button>
            <button
              type="button"
              tabIndex={-1}
              className="filter-history-text mono ellipsis"
              onClick={() => onPick(text)}
            >
              {text}
            </button>
            <button
              type="button"
              tabIndex={-1}
              className="filter-history-mark"
              aria-label="Forget this filter"
              onClick={() => onForget(text)}
            >
              <X size={12} aria-hidden />
            </button>
          </div>
        ))}
      </div>
      <footer className="filter-history-foot muted">
        <span>
          <Kbd keys="↓" /> choose
        </span>
        <span>
          <Kbd keys="Enter" /> apply
        </span>
        <span>
          <Kbd keys="Esc" /> close
        </span>
      </footer>
    </div>
  );
}
