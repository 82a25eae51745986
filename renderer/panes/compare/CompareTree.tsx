import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, memo, useId, useLayoutEffect, useMemo, useRef } from 'react';
import { SIGNS } from '../../../app/compare/index.ts';
import type { FieldNode, Standing } from '../../../app/contracts/index.ts';
import { openCompared, selectCompared } from '../../actions/compare.ts';
import { applyClause, clauseOf } from '../../actions/filter.ts';
import { copyText } from '../../actions/message.ts';
import { type App, useApp } from '../../stores/app.ts';
import type { ComparedPair } from '../../stores/compare.ts';
import { useCompare } from '../../stores/hooks.ts';
import { classes } from '../../widgets/Button.tsx';
import { ContextMenu, type MenuEntry } from '../../widgets/Menu.tsx';
import { revealRow, useWindowedRows } from '../../widgets/useWindowedRows.ts';
import { filterEntries } from '../filterMenu.ts';
import { splitValue } from '../tree/valueText.ts';
import { type CompareRow, compareRows } from './compareRows.ts';

const ROW_HEIGHT = 24;
const INDENT = 16;

export const STANDING_WORDS: { readonly [standing in Standing]: string } = {
  same: 'the same',
  changed: 'changed',
  onlyA: 'only in A',
  onlyB: 'only in B',
};

interface CompareTreeProps {
  pair: ComparedPair;
  /** Where the pointer is, by path; null: nowhere. */
  onHover(path: string | null): void;
}

/** The fields of two messages as one tree, with the values of both. Only the visible lines exist in the document. */
export function CompareTree({ pair, onHover }: CompareTreeProps) {
  const app = useApp();
  const { path, openness, differing, expected } = useCompare((compare) => compare);
  const rows = useMemo(
    () => compareRows(pair.fields, { differing, expected, openness }),
    [pair, differing, expected, openness],
  );
  const current = rows.findIndex((row) => row.path === path);
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last, pageRows } = useWindowedRows(scroller, rows.length, ROW_HEIGHT);
  const id = useId();

  useLayoutEffect(() => {
    if (scroller.current && current >= 0) revealRow(scroller.current, current, ROW_HEIGHT);
  }, [current]);

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = rows[current];
    const target = moveTo(rows, current, event.key, pageRows);
    if (target !== null) selectCompared(app, rows[target]?.path ?? null);
    else if (row?.expandable && ['Enter', ' '].includes(event.key)) openCompared(app, row.path, !row.open);
    else if (row?.expandable && !row.open && event.key === 'ArrowRight') openCompared(app, row.path, true);
    else if (row?.open && event.key === 'ArrowLeft') openCompared(app, row.path, false);
    else return;
    event.preventDefault();
  };
  const rowAt = (target: EventTarget): CompareRow | undefined => {
    const line = target instanceof Element ? target.closest<HTMLElement>('[data-line]')?.dataset.line : undefined;
    return line === undefined ? undefined : rows[Number(line)];
  };
  const click = (event: MouseEvent) => {
    const row = rowAt(event.target);
    if (!row) return;
    selectCompared(app, row.path);
    if (row.expandable && ((event.target as Element).closest('[data-twisty]') || event.detail === 2))
      openCompared(app, row.path, !row.open);
  };

  return (
    <ContextMenu
      label="Field"
      entriesFor={(target) => {
        const row = rowAt(target);
        if (row) selectCompared(app, row.path);
        return row ? fieldMenu(app, row) : [];
      }}
    >
      <div
        ref={scroller}
        className={classes('tree compare-tree', (pair.a === null || pair.b === null) && 'single')}
        role="tree"
        aria-label="Fields of both messages"
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        tabIndex={0}
        data-pane-focus
        data-testid="compare-tree"
        onKeyDown={press}
        onClick={click}
        onPointerOver={(event) => onHover(rowAt(event.target)?.path ?? null)}
        onPointerLeave={() => onHover(null)}
      >
        <div className="tree-canvas" role="presentation" style={{ height: rows.length * ROW_HEIGHT }}>
          {rows.slice(first, last).map((row, at) => (
            <CompareLine
              key={row.path}
              row={row}
              line={first + at}
              id={`${id}-${first + at}`}
              selected={row.path === path}
              expected={expected}
            />
          ))}
        </div>
        {rows.length === 0 && (
          // A tree without a line would be none.
          <div
            className="compare-nothing"
            role="treeitem"
            aria-selected={false}
            tabIndex={-1}
            data-testid="compare-same"
          >
            {differing && !expected
              ? 'No field differs, but for counters, ages and sequence numbers at most.'
              : 'All fields are the same.'}
          </div>
        )}
      </div>
    </ContextMenu>
  );
}

/** The line that a key goes to; null: it goes nowhere. */
function moveTo(rows: readonly CompareRow[], current: number, key: string, pageRows: number): number | null {
  const steps: { readonly [key: string]: number } = {
    ArrowDown: 1,
    j: 1,
    ArrowUp: -1,
    k: -1,
    PageDown: pageRows,
    PageUp: -pageRows,
    Home: -rows.length,
    End: rows.length,
  };
  const by = steps[key];
  const row = rows[current];
  if (by !== undefined) return Math.max(0, Math.min(rows.length - 1, current + by));
  if (!row) return null;
  if (key === 'ArrowRight' && row.open) return current + 1;
  if (key !== 'ArrowLeft' || row.open) return null;
  const parent = rows.slice(0, current).findLastIndex(({ depth }) => depth < row.depth);
  return parent < 0 ? null : parent;
}

interface CompareLineProps {
  row: CompareRow;
  line: number;
  id: string;
  selected: boolean;
  /** What differs by itself counts as a difference. */
  expected: boolean;
}

const CompareLine = memo(function CompareLine({ row, line, id, selected, expected }: CompareLineProps) {
  const { field, depth, expandable, open, position, siblings } = row;
  const { name, a, b, standing, children } = field;
  // Where what is inside tells what changed, the field itself stays calm.
  const shown: Standing = standing === 'changed' && children.length > 0 ? 'same' : standing;
  const quiet = shown === 'same' || (field.expected && !expected);
  return (
    <div
      role="treeitem"
      id={id}
      tabIndex={-1}
      aria-level={depth + 1}
      aria-posinset={position}
      aria-setsize={siblings}
      aria-expanded={expandable ? open : undefined}
      aria-selected={selected}
      aria-label={`${name}, ${STANDING_WORDS[standing]}${valueLabel(a, b, shown)}`}
      data-line={line}
      data-testid="compare-row"
      data-name={name}
      data-standing={standing}
      title={(b ?? a)?.doc}
      className={classes('tree-row compare-row', selected && 'selected', quiet ? 'quiet' : shown)}
      style={{ top: line * ROW_HEIGHT }}
    >
      <span className="compare-sign" aria-hidden>
        {SIGNS[shown]}
      </span>
      <span className="compare-name" style={{ paddingLeft: depth * INDENT }}>
        <span className="twisty" data-twisty aria-hidden>
          {expandable && (open ? <ChevronDown size={12} /> : <ChevronRight size={12} />)}
        </span>
        <span className="field-name ellipsis">{name}</span>
      </span>
      <CompareValue node={a} />
      <CompareValue node={b} />
    </div>
  );
});

function CompareValue({ node }: { node: FieldNode | null }) {
  if (!node) return <span className="compare-value none">–</span>;
  const { value, rest, more } = splitValue(node);
  return (
    <span className="compare-value cut">
      {value}
      {rest && <span className="muted"> {rest}</span>}
      {more > 0 && <span className="muted"> … {more.toLocaleString('en-US')} more bytes</span>}
    </span>
  );
}

function valueLabel(a: FieldNode | null, b: FieldNode | null, standing: Standing): string {
  if (standing === 'changed') return `: ${a?.text} became ${b?.text}`;
  const text = (b ?? a)?.text ?? '';
  return text === '' ? '' : `: ${text}`;
}

function fieldMenu(app: App, { field }: CompareRow): readonly MenuEntry[] {
  const { a, b, name } = field;
  const clause = clauseOf(b ?? a ?? {});
  const copy = (label: string, text: string | undefined): MenuEntry => ({
    kind: 'item',
    label,
    disabled: !text,
    run: () => void copyText(app, text ?? ''),
  });
  return [
    ...filterEntries(clause, false, (text, join) => applyClause(app, text, join)),
    copy('Copy value of A', a?.text),
    copy('Copy value of B', b?.text),
    copy('Copy name', name),
  ];
}
