import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { stopFind } from '../../actions/find.ts';
import { expandRow, moveSelection, selectField, selectRow } from '../../actions/navigate.ts';
import { count, dateAndClock } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { isHidden } from '../../stores/columnChoice.ts';
import type { DetailState } from '../../stores/detail.ts';
import { useHostState, useList, usePreferences } from '../../stores/hooks.ts';
import { rulesOf } from '../../stores/preferences.ts';
import { Kbd } from '../../widgets/Kbd.tsx';
import { ContextMenu } from '../../widgets/Menu.tsx';
import { useWidth } from '../../widgets/useWidth.ts';
import { focusPane } from '../focus.ts';
import { nodeAtRange } from '../tree/treeRows.ts';
import { columnsFor, gridTemplate, NARROW_LIST, SOURCE_WIDTH } from './columns.ts';
import { headMenu } from './headMenu.ts';
import { ListEmpty } from './ListEmpty.tsx';
import { ListHeader } from './ListHeader.tsx';
import { ListRow } from './ListRow.tsx';
import { listMenu } from './listMenu.ts';
import { OverviewStrip } from './OverviewStrip.tsx';
import { canvasHeight, originRow, rowSlots, slotCount, visibleRows } from './scroller.ts';
import { useListScroll } from './useListScroll.ts';
import './list.css';

const ROW_HEIGHT = 24;
const HEAD_HEIGHT = 24;
const rowId = (index: number) => `list-row-${index}`;

/** The message list: a window of rows over a view of any size. */
export function ListPane() {
  const app = useApp();
  const { list } = app;
  const root = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const chosenWidths = usePreferences((preferences) => preferences.columnWidths);
  const magnitude = useHostState(({ view }) => 10 ** `${view.total}`.length - 1);
  const { rows, selectedIndex } = useList((state) => ({
    rows: state.rows,
    selectedIndex: state.selectedIndex,
    version: state.version,
  }));
  const capturesSources = useHostState((state) => state.sources.some(({ name }) => name !== ''));
  const choice = usePreferences((preferences) => preferences.columns);
  const sources = (capturesSources || list.cache.hasSources) && !isHidden(choice, 'source');
  const timeFormat = usePreferences((preferences) => preferences.timeFormat);
  const isMeasured = useHostState(({ references }) => references.messages > 0);
  const width = useWidth(root, NARROW_LIST) - (sources ? SOURCE_WIDTH : 0);
  const columns = useMemo(
    () => columnsFor(width, chosenWidths, magnitude, sources, timeFormat, choice, isMeasured),
    [width, chosenWidths, magnitude, sources, timeFormat, choice, isMeasured],
  );
  const aboveOf = (index: number): string => list.cache.get(Math.max(0, index - 1))?.time ?? '';
  const showsAbove = columns.some(({ id }) => id === 'deltaShown');
  /** What the time of a row is measured from. */
  const sinceOf = (index: number): string => {
    if (timeFormat === 'start') return list.cache.get(index)?.since ?? '';
    return timeFormat === 'previous' ? aboveOf(index) : '';
  };
  const rules = usePreferences(rulesOf);
  const ruleOf = (index: number) => {
    const colour = list.cache.get(index)?.colour;
    return colour === undefined ? undefined : rules[colour];
  };
  const scroll = useListScroll(scroller, ROW_HEIGHT, HEAD_HEIGHT);
  const { first, last } = visibleRows(scroll.geometry, scroll.offset);
  const slots = slotCount(scroll.geometry);
  const turn = useTurn(first % slots);

  // With every drawing: rows that arrived, left or became stale change what has to be fetched, not only scrolling.
  useLayoutEffect(() => list.cache.show(Math.max(0, first - 1), Math.min(first + slots, rows)));

  const press = (event: KeyboardEvent) => {
    if (listKey(event)) event.preventDefault();
  };
  const listKey = (event: KeyboardEvent): boolean => {
    if (event.ctrlKey || event.altKey || event.metaKey) return false;
    const page = Math.max(1, Math.floor(scroll.geometry.viewport / ROW_HEIGHT) - 1);
    const steps: { readonly [key: string]: number } = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: page,
      PageUp: -page,
    };
    const by = steps[event.key];
    if (by !== undefined) {
      moveSelection(app, by);
      return true;
    }
    const row = list.cache.get(selectedIndex);
    switch (event.key) {
      case 'Home':
        void selectRow(app, 0);
        return true;
      case 'End':
        void selectRow(app, rows - 1);
        list.follow(true);
        return true;
      case 'ArrowRight':
        if (row?.relation === 'collapsed') expandRow(app, row.number, true);
        else if (row?.relation === 'expanded') moveSelection(app, 1);
        return true;
      case 'ArrowLeft':
        if (row?.relation === 'expanded') expandRow(app, row.number, false);
        else if (row && row.depth > 0) void selectRow(app, requestIndex());
        return true;
      case 'Enter':
        return focusPane('tree');
      case 'Escape':
        return stopFind(app);
      default:
        return false;
    }
  };
  /** The row of the request that the selected row answers. */
  const requestIndex = (): number => {
    let index = selectedIndex - 1;
    while (index > 0 && (list.cache.get(index)?.depth ?? 0) > 0) index--;
    return index;
  };

  const click = (event: MouseEvent) => {
    const target = event.target as Element;
    const index = indexAt(target);
    const row = list.cache.get(index);
    if (index < 0 || event.button > 2) return;
    if (row && event.button === 0 && target.closest('[data-column="relation"]') && row.relation !== 'none') {
      if (row.relation === 'collapsed' || row.relation === 'expanded')
        expandRow(app, row.number, row.relation === 'collapsed');
    }
    void selectRow(app, index).then(() => {
      if (row && target.closest('[data-attribute-link]')) showOffender(row.number);
    });
  };
  /** Selects the attribute that an error names, as soon as the message's fields are here. */
  const showOffender = (number: number) => {
    const show = ({ shown }: DetailState) => {
      const explanation = shown?.detail.explanation;
      if (!shown || !explanation?.range || explanation.requestNumber !== number) return;
      const found = nodeAtRange(shown.detail.tree, explanation.range);
      if (found) selectField(app, number, found);
    };
    const now = app.detail.getState();
    if (now.shown?.number === number) {
      show(now);
      return;
    }
    const stop = app.detail.subscribe((next) => {
      stop();
      if (next.shown?.number === number) show(next);
    });
  };

  /** The time in full where the pointer rests on it: the column may have room for its seconds only. */
  const tellTime = ({ target }: MouseEvent) => {
    const cell = (target as Element).closest<HTMLElement>('[data-column="time"]');
    const row = cell && list.cache.get(indexAt(cell));
    if (cell && row) cell.title = dateAndClock(row.time);
  };

  const origin = originRow(first);
  return (
    <section
      ref={root}
      className="list"
      data-pane="list"
      style={{ '--list-columns': gridTemplate(columns) } as React.CSSProperties}
      aria-label="Messages"
    >
      <ContextMenu
        label={(target) => (target.closest('[data-head]') ? 'Columns' : 'Message')}
        entriesFor={(target) => {
          const head = target.closest<HTMLElement>('[data-head]')?.dataset.head;
          const column = columns.find(({ id }) => id === head);
          if (column) return headMenu(app, column.id, columns);
          const row = list.cache.get(indexAt(target));
          const cell = target.closest<HTMLElement>('[data-column]');
          return row ? listMenu(app, row, cell?.dataset.column ?? '', cell?.textContent ?? '') : [];
        }}
      >
        <div
          ref={scroller}
          className="list-grid"
          id="message-list"
          role="grid"
          aria-label="Messages"
          aria-rowcount={rows + 1}
          aria-busy={list.cache.isOutdated}
          aria-colcount={columns.length}
          aria-activedescendant={selectedIndex >= first && selectedIndex < last ? rowId(selectedIndex) : undefined}
          tabIndex={0}
          data-pane-focus
          data-testid="list"
          onKeyDown={press}
          onMouseDown={click}
          onPointerOver={tellTime}
        >
          <ListHeader columns={columns} />
          <div role="rowgroup" style={{ height: canvasHeight(scroll.geometry) }}>
            <div className="list-viewport" role="presentation" style={{ height: scroll.geometry.viewport }}>
              <div
                className="list-rows"
                role="presentation"
                style={{ transform: `translateY(${Math.round(origin * ROW_HEIGHT - scroll.offset)}px)` }}
              >
                {rowSlots(first, scroll.geometry, slots, turn).map(({ slot, index }) => (
                  <ListRow
                    key={slot}
                    id={rowId(index)}
                    index={index}
                    top={(index - origin) * ROW_HEIGHT}
                    row={list.cache.get(index)}
                    columns={columns}
                    since={sinceOf(index)}
                    above={showsAbove ? aboveOf(index) : ''}
                    selected={index === selectedIndex}
                    rule={ruleOf(index)}
                  />
                ))}
              </div>
            </div>
          </div>
        </div>
      </ContextMenu>
      <OverviewStrip {...scroll} />
      <ListEmpty />
      <NewPill onEnd={() => scroll.scrollTo(Number.MAX_SAFE_INTEGER)} />
    </section>
  );
}

/** Milliseconds without scrolling after which the rows' elements stand in the order in which they are seen. */
const SETTLED = 200;

/** The slot that stands first, as it was when the list last rested: who reads the document reads it in order. */
function useTurn(first: number): number {
  const [turn, setTurn] = useState(first);
  useEffect(() => {
    const timer = setTimeout(() => setTurn(first), SETTLED);
    return () => clearTimeout(timer);
  }, [first]);
  return turn;
}

/** "1,204 new (End)" while rows arrive below the viewport, or that the list is paused. */
function NewPill({ onEnd }: { onEnd(): void }) {
  const fresh = useList(({ rows, seen, following }) => (following ? 0 : rows - seen));
  const live = useHostState(({ capture, viewPaused }) => capture === 'capturing' && !viewPaused);
  if (!live || fresh <= 0) return null;
  return (
    <button type="button" className="pill" data-testid="new-messages" onClick={onEnd}>
      <span className="mono">{count(fresh)} new</span>
      <Kbd keys="End" />
    </button>
  );
}

function indexAt(target: Element): number {
  const index = target.closest<HTMLElement>('[data-index]')?.dataset.index;
  return index === undefined ? -1 : Number(index);
}
