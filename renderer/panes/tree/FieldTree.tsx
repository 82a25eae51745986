import { ChevronDown, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, memo, useId, useLayoutEffect, useMemo, useRef } from 'react';
import type { ByteRange } from '../../../app/contracts/index.ts';
import { fieldNameAt, hideField, showField } from '../../actions/columns.ts';
import { decodeAs, positions, removeDecodeRule } from '../../actions/decoding.ts';
import { applyClause, clauseOf } from '../../actions/filter.ts';
import { colourEntries } from '../../actions/filterSets.ts';
import { copyText } from '../../actions/message.ts';
import { goToMessage, hover, openInTree, selectedMessage, selectField } from '../../actions/navigate.ts';
import { type App, useApp } from '../../stores/app.ts';
import { fieldsOf } from '../../stores/columnChoice.ts';
import type { DetailModel } from '../../stores/detail.ts';
import { useSelection, useUi } from '../../stores/hooks.ts';
import { classes } from '../../widgets/Button.tsx';
import { hexOf } from '../../widgets/hexLayout.ts';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { ContextMenu, type MenuEntry } from '../../widgets/Menu.tsx';
import { revealRow, useWindowedRows } from '../../widgets/useWindowedRows.ts';
import { dragField } from '../columnDrag.ts';
import { filterEntries } from '../filterMenu.ts';
import { focusPane } from '../focus.ts';
import { nodeAtRange, subtreeNames, type TreeRow, treeKey, visibleTreeRows } from './treeRows.ts';
import { rawHint, splitValue } from './valueText.ts';
import './tree.css';

const ROW_HEIGHT = 24;
const INDENT = 16;

interface FieldTreeProps {
  model: DetailModel;
  /** The attribute that an error is about. */
  marked?: ByteRange | null;
  testId: string;
}

/** A message's fields as a tree, linked with its bytes. Only the visible lines exist in the document. */
export function FieldTree({ model, marked, testId }: FieldTreeProps) {
  const app = useApp();
  const { number, detail, bytes } = model;
  const openness = useUi((ui) => ui.treeOpenness);
  const hovered = useUi((ui) => (ui.hover?.number === number ? ui.hover.range : null));
  const selectedPath = useSelection(({ current }) =>
    current.kind === 'field' && current.number === number ? current.path : null,
  );
  const rows = useMemo(() => visibleTreeRows(detail.tree, openness), [detail, openness]);
  const current = rows.findIndex((row) => row.path === selectedPath);
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last, pageRows } = useWindowedRows(scroller, rows.length, ROW_HEIGHT);
  const id = useId();
  const markedPath = useMemo(() => (marked ? nodeAtRange(detail.tree, marked)?.path : undefined), [detail, marked]);
  const hoveredPath = useMemo(() => (hovered ? nodeAtRange(detail.tree, hovered)?.path : undefined), [detail, hovered]);

  useLayoutEffect(() => {
    if (scroller.current && current >= 0) revealRow(scroller.current, current, ROW_HEIGHT);
  }, [current]);

  const select = (row: TreeRow) => {
    if (selectedMessage(app) !== number) void goToMessage(app, number);
    selectField(app, number, row);
  };
  const press = (event: KeyboardEvent) => {
    const move = treeKey(rows, current, event, pageRows);
    if (!move) return;
    event.preventDefault();
    const target = move.kind === 'go' ? rows[move.row] : undefined;
    if (target) select(target);
    else if (move.kind === 'set') openInTree(app, move.names, move.open);
  };
  const rowAt = (target: EventTarget): TreeRow | undefined => {
    const line = target instanceof Element ? target.closest<HTMLElement>('[data-line]')?.dataset.line : undefined;
    return line === undefined ? undefined : rows[Number(line)];
  };
  const click = (event: MouseEvent) => {
    const row = rowAt(event.target);
    if (!row) return;
    select(row);
    const target = event.target as Element;
    if (target.closest('[data-more]')) focusPane('bytes');
    if (target.closest('[data-twisty]') || event.detail === 2)
      openInTree(app, row.expandable ? [row.namePath] : [], !row.open);
  };

  return (
    <ContextMenu
      label="Field"
      entriesFor={(target) => {
        const row = rowAt(target);
        if (row) select(row);
        return row ? fieldMenu(app, model, row) : [];
      }}
    >
      <div
        ref={scroller}
        className="tree"
        role="tree"
        aria-label={`Fields of message ${number}`}
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        tabIndex={0}
        data-pane-focus
        data-testid={testId}
        onKeyDown={press}
        onFocus={() => {
          const top = rows[0];
          if (
            current < 0 &&
            top &&
            selectedPath === null &&
            selectedMessage(app) === number &&
            scroller.current?.matches(':focus-visible')
          )
            select(top);
        }}
        onClick={click}
        onDragStart={(event) => {
          const row = rowAt(event.target);
          const field = row && fieldNameAt(detail.tree, row.path);
          if (field) dragField(event, field);
          else event.preventDefault();
        }}
        onMouseOver={(event) => hover(app, number, rowAt(event.target)?.node.range ?? null)}
        onMouseLeave={() => hover(app, number, null)}
      >
        <div className="tree-canvas" role="presentation" style={{ height: rows.length * ROW_HEIGHT }}>
          {rows.slice(first, last).map((row, at) => (
            <FieldLine
              key={row.path}
              row={row}
              line={first + at}
              id={`${id}-${first + at}`}
              bytes={bytes}
              draggable={fieldNameAt(detail.tree, row.path) !== null}
              selected={row.path === selectedPath}
              hovered={row.path === hoveredPath}
              marked={row.path === markedPath}
            />
          ))}
        </div>
      </div>
    </ContextMenu>
  );
}

interface FieldLineProps {
  row: TreeRow;
  line: number;
  id: string;
  bytes: Uint8Array;
  /** Onto the heads of the list, to become a column. */
  draggable: boolean;
  selected: boolean;
  hovered: boolean;
  marked: boolean;
}

const FieldLine = memo(function FieldLine(props: FieldLineProps) {
  const { row, line, id, bytes, draggable, selected, hovered, marked } = props;
  const { node, depth, expandable, open, position, siblings } = row;
  const { value, rest, more } = splitValue(node);
  const generated = node.kind === 'generated';
  const severity = marked ? 'error' : node.severity;
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
      data-line={line}
      data-testid="tree-row"
      data-name={node.name}
      data-severity={severity}
      draggable={draggable}
      title={[node.doc, node.note].filter(Boolean).join('\n') || undefined}
      className={classes('tree-row', `kind-${node.kind}`, selected && 'selected', hovered && 'hovered', severity)}
      style={{ top: line * ROW_HEIGHT, paddingLeft: 10 + depth * INDENT }}
    >
      <span className="twisty" data-twisty aria-hidden>
        {expandable && (open ? <ChevronDown size={12} /> : <ChevronRight size={12} />)}
      </span>
      {severity && <SeverityIcon severity={severity} size={12} label={severity} />}
      <span className="field-name">{generated ? `[${node.name}` : node.name}</span>
      <span className="field-value">
        {value}
        {rest && <span className="muted"> {rest}</span>}
        {generated && ']'}
        {more > 0 && (
          <span className="field-more" data-more>
            … {more.toLocaleString('en-US')} more bytes
          </span>
        )}
        {node.note && <span className="field-note"> {node.note}</span>}
        {node.decodedAs && <span className="field-choice">as {readingOf(node.decodedAs)}</span>}
      </span>
      <span className="field-hex">{rawHint(node, bytes)}</span>
    </div>
  );
});

/** The part of a decode-as rule that says how something reads. */
function readingOf(rule: string): string {
  return rule.slice(rule.indexOf('=') + 1);
}

/** What can be done with a field: filter by it, copy parts of it, open and close what is below. */
function fieldMenu(app: App, model: DetailModel, { node, namePath, path }: TreeRow): readonly MenuEntry[] {
  const { bytes, number } = model;
  const rule = node.decodedAs;
  const clause = clauseOf(node);
  const below = subtreeNames(node, namePath);
  const copy = (label: string, text: string, keys?: string): MenuEntry => ({
    kind: 'item',
    label,
    keys,
    disabled: text === '',
    run: () => void copyText(app, text),
  });
  return [
    ...filterEntries(clause, true, (text, join) => applyClause(app, text, join)),
    ...colourEntries(app, clause),
    copy('Copy value', node.text),
    copy('Copy name', node.name),
    copy('Copy bytes as hex', hexOf(bytes.subarray(node.range.start, node.range.end)), 'Ctrl+C'),
    copy('Copy filter', clause ?? ''),
    { kind: 'separator' },
    columnEntry(app, fieldNameAt(model.detail.tree, path)),
    {
      kind: 'item',
      label: 'About this field',
      keys: 'F',
      run: () => app.ui.setState({ dialog: { kind: 'field', node } }),
    },
    {
      kind: 'item',
      label: 'Decode as…',
      keys: 'Ctrl+Shift+U',
      run: () => decodeAs(app, { number, path: positions(path) }),
    },
    ...(rule === undefined
      ? []
      : [{ kind: 'item' as const, label: 'Decode as specs say', run: () => void removeDecodeRule(app, rule) }]),
    { kind: 'separator' },
    {
      kind: 'item',
      label: 'Open all below',
      disabled: below.length === 0,
      keys: 'Shift+Right',
      run: () => openInTree(app, below, true),
    },
    { kind: 'item', label: 'Close all below', disabled: below.length === 0, run: () => openInTree(app, below, false) },
  ];
}

function columnEntry(app: App, field: string | null): MenuEntry {
  const hasColumn = field !== null && fieldsOf(app.preferences.getState().columns).includes(field);
  if (hasColumn) return { kind: 'item', label: 'Remove its column', run: () => hideField(app, field) };
  return {
    kind: 'item',
    label: 'Show as column',
    disabled: field === null,
    run: () => field !== null && showField(app, field),
  };
}
