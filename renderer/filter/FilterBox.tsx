import { Check, CircleDashed, Clock, Filter, SquarePlus, Star, X } from 'lucide-react';
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import type { HostApi } from '../../app/contracts/index.ts';
import { useHostState } from '../stores/hooks.ts';
import { classes, IconButton } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { FilterMessage } from './FilterMessage.tsx';
import { HistoryList } from './HistoryList.tsx';
import {
  type FilterHistory,
  forget,
  historyEntries,
  isSaved,
  loadHistory,
  remember,
  storeHistory,
  toggleSaved,
} from './history.ts';
import { type FilterCounts, type FilterStatus, filterStatus } from './status.ts';
import { useFilterCheck, useFilterEditor } from './useFilterEditor.ts';
import './filter.css';

/** What the window can do with the filter box. */
export interface FilterBoxHandle {
  focus(): void;
  /** Puts a filter into the box; with `apply` also in force, without it the user goes on typing. */
  setText(text: string, apply: boolean): void;
}

export interface FilterBoxProps {
  host: HostApi;
  /** The filter in force. */
  applied: string;
  counts: FilterCounts;
  /** A filter came into force. */
  onApplied(text: string): void;
  /** Escape was pressed with nothing left to revert: the list should have the keyboard. */
  onLeave?(): void;
  /** The user wants a button of this filter. */
  onMakeButton?(text: string): void;
  ref?: Ref<FilterBoxHandle>;
}

/** The display filter: one line that is checked while it is typed. The filter in force stays until a good one replaces it. */
export function FilterBox({ host, applied, counts, onApplied, onLeave, onMakeButton, ref }: FilterBoxProps) {
  /** The filter in force that the editor showed last; null while there is no editor. */
  const shown = useRef<string | null>(null);
  const settings = useHostState((state) => state.settings);
  const shownSettings = useRef(settings);
  const [text, setText] = useState(applied);
  const [focused, setFocused] = useState(false);
  const [messageHidden, setMessageHidden] = useState(false);
  const [history, setHistory] = useState<FilterHistory>(() => loadHistory(localStorage));
  const [completing, setCompleting] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);

  const updateHistory = (next: FilterHistory) => {
    setHistory(next);
    storeHistory(localStorage, next);
  };
  const { place, view, replace } = useFilterEditor({
    placeholder: 'Filter: link.mtu > 1500, nl.type == RTM_NEWLINK, "eth0"',
    label: 'Display filter',
    testId: 'filter-input',
    complete: (input: string, offset: number) => host.completeFilter(input, offset),
    changed(next: string) {
      setText(next);
      setChosen(null);
      setCheck(null);
      setMessageHidden(false);
      checker.ask(next);
    },
    completing: setCompleting,
    focused(next: boolean) {
      setFocused(next);
      if (!next) setChosen(null);
    },
    enter() {
      const entry = chosen === null ? undefined : entries[chosen];
      if (entry !== undefined) pick(entry.text);
      else void apply(text);
      return true;
    },
    escape() {
      if (chosen !== null) setChosen(null);
      else if (text !== applied) revert();
      else onLeave?.();
      return true;
    },
    vertical(by: 1 | -1) {
      if (chosen === null) {
        if (by < 0) return false;
        setChosen(0);
      } else setChosen(Math.max(0, Math.min(chosen + by, entries.length - 1)));
      return true;
    },
  });
  const { check, checker, setCheck, showError } = useFilterCheck(host, view);
  useLayoutEffect(
    () => () => {
      shown.current = null;
    },
    [],
  );

  const apply = async (next: string) => {
    setChosen(null);
    checker.cancel();
    const filter = next.trim();
    const result = await host.setFilter(next);
    const untouched = view.current?.state.doc.toString() === next;
    if (result.ok) {
      updateHistory(remember(loadHistory(localStorage), filter));
      onApplied(filter);
      if (untouched) {
        replace(filter);
        setCheck({ state: 'ok' });
      }
    } else if (untouched) {
      setCheck({ state: 'error', error: result.error });
      setMessageHidden(false);
      showError(result.error);
    }
  };
  const revert = () => {
    replace(applied);
    setCheck({ state: 'ok' });
    checker.cancel();
  };
  const entries = chosen === null ? [] : historyEntries(history, text === applied ? '' : text);
  const pick = (filter: string) => {
    replace(filter);
    setChosen(null);
    void apply(filter);
  };

  // A filter that came into force elsewhere takes the place of what stands here, unless the user is writing. One that a
  // changed macro has put out of force stays, to be mended.
  useLayoutEffect(() => {
    const editor = view.current;
    if (editor === null) return;
    const typed = editor.state.doc.toString();
    const untouched = shown.current === null || typed === shown.current;
    const isBroken = applied === '' && typed.includes('$') && settings !== shownSettings.current;
    shown.current = applied;
    shownSettings.current = settings;
    if (!untouched || typed === applied || isBroken) return;
    editor.dispatch({ changes: { from: 0, to: typed.length, insert: applied } });
    checker.cancel();
    setCheck({ state: 'ok' });
  }, [applied, settings, checker, view, setCheck]);

  useImperativeHandle(ref, () => ({
    focus() {
      const editor = view.current;
      editor?.focus();
      editor?.dispatch({ selection: { anchor: 0, head: editor.state.doc.length } });
    },
    setText(next: string, andApply: boolean) {
      replace(next);
      if (andApply) void apply(next);
      else view.current?.focus();
    },
  }));

  const status = filterStatus(text, applied, check, counts);
  const wrong = check?.state === 'error' && text !== applied ? check.error : null;
  const saved = isSaved(history, text);
  return (
    <search className={classes('filter-box', focused && 'focused', wrong !== null && 'wrong')}>
      <Filter size={16} strokeWidth={1.5} className="filter-icon" aria-hidden />
      <div ref={place} className="filter-editor" />
      <StatusLabel status={status} />
      {text.trim() !== '' && (
        <>
          <IconButton
            label={saved ? 'Remove from saved filters' : 'Save this filter'}
            icon={Star}
            size="sm"
            pressed={saved}
            className="filter-star"
            disabled={wrong !== null}
            onClick={() => updateHistory(toggleSaved(history, text))}
          />
          {onMakeButton && (
            <IconButton
              label="Make a button of this filter"
              icon={SquarePlus}
              size="sm"
              disabled={wrong !== null}
              onClick={() => onMakeButton(text.trim())}
              data-testid="filter-make-button"
            />
          )}
          <IconButton
            label="Clear filter"
            icon={X}
            size="sm"
            onClick={() => {
              replace('');
              void apply('');
            }}
          />
        </>
      )}
      <Announcement text={text === applied && counts.progress === 1 && applied !== '' ? status.text : ''} />
      {focused && wrong !== null && !messageHidden && !completing && chosen === null && (
        <FilterMessage
          error={wrong}
          onRevert={revert}
          onDismiss={() => setMessageHidden(true)}
          canRevert={text !== applied}
        />
      )}
      {focused && chosen !== null && (
        <HistoryList
          entries={entries}
          chosen={chosen}
          onPick={pick}
          onForget={(filter) => updateHistory(forget(history, filter))}
          onToggleSaved={(filter) => updateHistory(toggleSaved(history, filter))}
        />
      )}
    </search>
  );
}

function StatusLabel({ status }: { status: FilterStatus }) {
  return (
    <span className={classes('filter-status', status.tone)} data-testid="filter-status" data-tone={status.tone}>
      {STATUS_ICONS[status.tone]}
      <span className="filter-status-text">{status.text}</span>
    </span>
  );
}

const STATUS_ICONS = {
  none: null,
  ok: <Check size={16} strokeWidth={1.5} className="tone-ok" aria-hidden />,
  incomplete: <CircleDashed size={16} strokeWidth={1.5} aria-hidden />,
  error: <SeverityIcon severity="error" size={14} />,
  busy: <Clock size={16} strokeWidth={1.5} aria-hidden />,
} as const;

/** Milliseconds between two announcements to a screen reader. */
const ANNOUNCE_EVERY = 2000;

/** Speaks the result of a filter, not oftener than every two seconds while messages arrive. */
function Announcement({ text }: { text: string }) {
  const [spoken, setSpoken] = useState('');
  const newest = useRef(text);
  newest.current = text;
  useEffect(() => {
    const timer = setInterval(() => setSpoken(newest.current), ANNOUNCE_EVERY);
    return () => clearInterval(timer);
  }, []);
  return (
    <span className="sr-only" role="status">
      {spoken}
    </span>
  );
}
