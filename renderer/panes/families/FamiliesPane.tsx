import { Check, ChevronDown, ChevronRight, Lock, Minus, Search, X } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useId, useMemo, useRef, useState } from 'react';
import { setGroups } from '../../actions/capture.ts';
import { count } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, usePreferences, useSession } from '../../stores/hooks.ts';
import { classes, IconButton } from '../../widgets/Button.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { TextInput } from '../../widgets/Field.tsx';
import { PaneHead } from '../../widgets/PaneHead.tsx';
import { chosenGroups, defaultOptions, type FamilyRow, familyKey, familyRows, refKey } from './familyTree.ts';
import { PermissionFooter } from './PermissionFooter.tsx';
import { TapSwitch } from './TapSwitch.tsx';
import './families.css';

/** Groups that are joined, or will be at the next start, as keys. Follows the host, preferences and inventory. */
export function useChosenGroups(): ReadonlySet<string> {
  const inventory = useSession((session) => session.inventory);
  const joined = useHostState((state) => (state.capture === 'capturing' ? state.joined : null));
  const preferred = usePreferences((preferences) => preferences.capture);
  return useMemo(() => {
    const groups = joined ?? chosenGroups(inventory, preferred ?? defaultOptions(inventory));
    return new Set(groups.map(refKey));
  }, [inventory, joined, preferred]);
}

/** What this kernel can tell: protocols, generic netlink families and their groups. A click joins or leaves. */
export function FamiliesPane({ onClose }: { onClose?: () => void }) {
  const app = useApp();
  const inventory = useSession((session) => session.inventory);
  const counts = useHostState((state) => state.counts);
  const chosen = useChosenGroups();
  const [openness, setOpenness] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [search, setSearch] = useState<string | null>(null);
  const [current, setCurrent] = useState(0);
  const body = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = useMemo(
    () => (inventory ? familyRows({ inventory, chosen, counts, openness, search: search ?? '' }) : []),
    [inventory, chosen, counts, openness, search],
  );

  const setOpen = (row: FamilyRow, open: boolean) => setOpenness((before) => new Map(before).set(row.key, open));
  const act = (row: FamilyRow) => {
    if (row.kind === 'more') setOpen(row, !row.open);
    else if (row.locked === null && row.refs.length > 0) setGroups(app, row.refs, row.checked !== true);
  };
  const go = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    setCurrent(next);
    body.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };
  const press = (event: KeyboardEvent) => {
    const row = rows[current];
    const move = event.ctrlKey || event.altKey ? null : familyKey(rows, current, event.key);
    if (!row || !move) return;
    event.preventDefault();
    if (move.kind === 'go') go(move.line);
    else if (move.kind === 'open') setOpen(row, move.open);
    else act(row);
  };
  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const at = Number(target.closest<HTMLElement>('[data-line]')?.dataset.line ?? -1);
    const row = rows[at];
    if (!row) return;
    setCurrent(at);
    if (target.closest('[data-twisty]') && row.expandable) setOpen(row, !row.open);
    else act(row);
  };

  return (
    <section className="pane families" data-pane="families" aria-label="Families">
      <PaneHead
        title="Families"
        actions={
          <>
            <IconButton
              label={search === null ? 'Search families and groups' : 'End search'}
              icon={search === null ? Search : X}
              size="sm"
              onClick={() => setSearch(search === null ? '' : null)}
            />
            {onClose && <IconButton label="Close families" icon={X} size="sm" onClick={onClose} />}
          </>
        }
      />
      {search !== null && (
        <div className="families-search">
          <TextInput
            value={search}
            onChange={setSearch}
            placeholder="Family or group"
            aria-label="Search families and groups"
            autoFocus
            onKeyDown={(event) => event.key === 'Escape' && setSearch(null)}
          />
        </div>
      )}
      <div
        ref={body}
        className="families-body"
        role="tree"
        aria-label="Families and groups"
        aria-activedescendant={rows.length > 0 ? `${id}-${current}` : undefined}
        tabIndex={0}
        data-pane-focus
        data-testid="families"
        onKeyDown={press}
        onClick={click}
      >
        {rows.map((row, line) => (
          <FamilyLine key={row.key} row={row} line={line} id={`${id}-${line}`} current={line === current} />
        ))}
        {rows.length === 0 && (
          <EmptyState text={search ? `Nothing is called “${search}”.` : 'Asking the kernel what it has…'} />
        )}
      </div>
      <TapSwitch />
      <PermissionFooter />
    </section>
  );
}

function FamilyLine({ row, line, id, current }: { row: FamilyRow; line: number; id: string; current: boolean }) {
  const { kind, level, label, code, checked, messages, locked, expandable, open } = row;
  return (
    <div
      role="treeitem"
      id={id}
      tabIndex={-1}
      aria-level={level + 1}
      aria-expanded={expandable ? open : undefined}
      aria-checked={checked ?? undefined}
      aria-disabled={locked !== null}
      data-line={line}
      data-key={row.key}
      data-testid="family-row"
      title={locked ? `${locked.message}${locked.hint ? `\n${locked.hint}` : ''}` : row.doc || undefined}
      className={classes(
        'family-row',
        `level-${level}`,
        kind,
        code && `family-${code}`,
        locked && 'locked',
        current && 'current',
      )}
    >
      {(kind === 'protocol' || kind === 'genlFamily') && (
        <span className="twisty" data-twisty aria-hidden>
          {expandable && (open ? <ChevronDown size={12} /> : <ChevronRight size={12} />)}
        </span>
      )}
      {kind !== 'more' && (
        <span
          className={classes(
            'family-box',
            checked === true && 'on',
            checked === 'mixed' && 'mixed',
            checked === null && 'none',
          )}
          aria-hidden
        >
          {checked === true && <Check size={10} strokeWidth={3} />}
          {checked === 'mixed' && <Minus size={10} strokeWidth={3} />}
        </span>
      )}
      {code && <span className="family-code">{code === 'OTHER' ? 'OTHR' : code}</span>}
      <span className="ellipsis">{label}</span>
      {locked ? (
        <Lock className="family-lock" size={12} aria-label={`locked, needs ${locked.capability ?? 'more rights'}`} />
      ) : (
        messages !== null && (
          <span className={messages === 0 ? 'family-count zero' : 'family-count'}>{count(messages)}</span>
        )
      )}
    </div>
  );
}
