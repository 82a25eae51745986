import { ArrowDown, ArrowLeftRight, ArrowUp, Copy, ListFilter, Timer, X } from 'lucide-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { SIGNS } from '../../../app/compare/index.ts';
import type { ComparedObject, DumpComparison } from '../../../app/contracts/index.ts';
import { chooseObject, selectCompared } from '../../actions/compare.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { command, runCommand } from '../../commands/table.ts';
import { count, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import type { ComparedPair } from '../../stores/compare.ts';
import type { DetailModel } from '../../stores/detail.ts';
import { useCompare } from '../../stores/hooks.ts';
import { classes, IconButton } from '../../widgets/Button.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { HexView } from '../../widgets/HexView.tsx';
import { PaneHead } from '../../widgets/PaneHead.tsx';
import { revealRow, useWindowedRows } from '../../widgets/useWindowedRows.ts';
import { Split, SplitPanel } from '../Split.tsx';
import { nodeAtOffset } from '../tree/treeRows.ts';
import { CompareTree, STANDING_WORDS } from './CompareTree.tsx';
import { differenceCount, fieldAt, pathAtOffset, shownObjects } from './compareRows.ts';
import './compare.css';

/** Two messages field by field with the bytes of both; of two dumps the objects that differ beside them. */
export function ComparePane() {
  const { pair, dumps, expected } = useCompare((compare) => compare);
  return (
    <section className="pane compare" data-pane="compare" aria-label="Comparison" data-testid="compare">
      <CompareHead />
      <div className="compare-body">
        {dumps ? (
          <Split id="compare-dumps" orientation="horizontal">
            <SplitPanel id="panel-objects" defaultSize="36" minSize={220}>
              <Objects dumps={dumps} expected={expected} />
            </SplitPanel>
            <SplitPanel id="panel-compared" defaultSize="64" minSize={360}>
              {pair ? (
                <Pair pair={pair} stacked />
              ) : (
                <EmptyState text={nothingDiffers(dumps, expected)} testId="compare-same" />
              )}
            </SplitPanel>
          </Split>
        ) : (
          pair && <Pair pair={pair} />
        )}
      </div>
    </section>
  );
}

function nothingDiffers({ expected: byItself }: DumpComparison, expected: boolean): string {
  return byItself > 0 && !expected
    ? `Nothing changed, but for counters and ages of ${plural(byItself, 'object')}.`
    : 'Nothing changed between the two dumps.';
}

/** What is compared, how much differs, and the buttons. */
function CompareHead() {
  const app = useApp();
  const { asked, pair, dumps, differing, expected } = useCompare((compare) => compare);
  const differences = useMemo(() => (pair ? differenceCount(pair.fields, expected) : 0), [pair, expected]);
  const button = (id: string, label: string, icon: typeof X, pressed?: boolean) => {
    const found = command(id);
    return (
      <IconButton
        label={label}
        keys={found.keys[0]}
        icon={icon}
        size="sm"
        pressed={pressed}
        disabled={found.when?.(app) === false}
        onClick={() => runCommand(app, found)}
        data-testid={id}
      />
    );
  };
  return (
    <PaneHead
      title={dumps ? 'Compare dumps' : 'Compare'}
      actions={
        <span className="compare-actions">
          {button('compare.differing', 'Show only what differs', ListFilter, differing)}
          {button('compare.counters', 'Count counters, ages and sequence numbers', Timer, expected)}
          <span className="toolbar-line" />
          {button('compare.previous', 'Go to previous difference', ArrowUp)}
          {button('compare.next', 'Go to next difference', ArrowDown)}
          {button('compare.swap', 'Swap A and B', ArrowLeftRight)}
          {button('compare.copy', 'Copy as text', Copy)}
          {button('compare.close', 'Close the comparison', X)}
        </span>
      }
    >
      <span data-testid="compare-what">
        <b>A</b> <span className="mono">#{count(asked?.a ?? 0)}</span> <b>B</b>{' '}
        <span className="mono">#{count(asked?.b ?? 0)}</span>
        {dumps ? (
          <DumpCounts dumps={dumps} />
        ) : (
          <span data-testid="compare-count"> · {plural(differences, 'difference')}</span>
        )}
      </span>
    </PaneHead>
  );
}

function DumpCounts({ dumps: { counts, expected, matchedBy, differing } }: { dumps: DumpComparison }) {
  const listed = counts.changed + counts.onlyA + counts.onlyB;
  return (
    <span
      data-testid="compare-count"
      title={matchedBy.map(({ type, fields }) => `${type}: matched by ${fields.join(', ') || 'type'}`).join('\n')}
    >
      {' '}
      · {count(counts.onlyB)} added · {count(counts.onlyA)} removed · {count(counts.changed)} changed
      {expected > 0 && ` (${count(expected)} in counters or ages only)`} · {count(counts.same)} the same
      {differing.length < listed && ` · the first ${count(differing.length)} are listed`}
    </span>
  );
}

const ROW_HEIGHT = 24;

/** The objects of two dumps that differ. */
function Objects({ dumps, expected }: { dumps: DumpComparison; expected: boolean }) {
  const app = useApp();
  const chosen = useCompare(({ object }) => object);
  const objects = useMemo(() => shownObjects(dumps, expected), [dumps, expected]);
  const scroller = useRef<HTMLDivElement>(null);
  const { first, last, pageRows } = useWindowedRows(scroller, objects.length, ROW_HEIGHT);
  const choose = (place: number) => {
    const target = Math.max(0, Math.min(objects.length - 1, place));
    void chooseObject(app, target);
    if (scroller.current) revealRow(scroller.current, target, ROW_HEIGHT);
  };
  const press = (event: KeyboardEvent) => {
    const steps: { readonly [key: string]: number } = {
      ArrowDown: 1,
      j: 1,
      ArrowUp: -1,
      k: -1,
      PageDown: pageRows,
      PageUp: -pageRows,
      Home: -objects.length,
      End: objects.length,
    };
    const by = steps[event.key];
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (by !== undefined) choose(chosen + by);
    else if (event.key === 'Enter') goTo(chosen);
    else return;
    event.preventDefault();
  };
  const goTo = (place: number) => {
    const object = objects[place];
    if (object) void goToMessage(app, object.b || object.a);
  };
  const placeOf = (target: EventTarget) => {
    const line = (target as Element).closest<HTMLElement>('[data-line]')?.dataset.line;
    return line === undefined ? -1 : Number(line);
  };
  return (
    <div
      ref={scroller}
      className="tree compare-objects"
      role="listbox"
      aria-label="Objects that differ"
      aria-activedescendant={objects.length > 0 ? `compared-object-${chosen}` : undefined}
      tabIndex={0}
      data-testid="compare-objects"
      onKeyDown={press}
      onClick={(event) => {
        const place = placeOf(event.target);
        if (place >= 0) choose(place);
      }}
      onDoubleClick={(event) => goTo(placeOf(event.target))}
    >
      <div className="tree-canvas" role="presentation" style={{ height: objects.length * ROW_HEIGHT }}>
        {objects.slice(first, last).map((object, at) => (
          <ObjectLine
            key={`${object.a} ${object.b}`}
            object={object}
            line={first + at}
            selected={first + at === chosen}
          />
        ))}
      </div>
    </div>
  );
}

function ObjectLine({ object, line, selected }: { object: ComparedObject; line: number; selected: boolean }) {
  const { standing, summary, changes, more, a, b } = object;
  const numbers = [a, b].filter((number) => number > 0).map((number) => `#${count(number)}`);
  const all = [...changes, ...(more > 0 ? [`and ${count(more)} more`] : [])];
  return (
    <div
      role="option"
      id={`compared-object-${line}`}
      tabIndex={-1}
      aria-selected={selected}
      aria-label={`${STANDING_WORDS[standing]}: ${summary}`}
      data-line={line}
      data-testid="compare-object"
      data-standing={standing}
      title={[`${summary} (${numbers.join(' and ')})`, ...all].join('\n')}
      className={classes('tree-row compare-object', selected && 'selected', standing)}
      style={{ top: line * ROW_HEIGHT }}
    >
      <span className="compare-sign" aria-hidden>
        {SIGNS[standing]}
      </span>
      <span className="compare-summary ellipsis">{summary}</span>
      {all.length > 0 && <span className="compare-changes ellipsis">{all.join(', ')}</span>}
    </div>
  );
}

/** The fields of both, and their bytes beside them, or below where there is less room. */
function Pair({ pair, stacked = false }: { pair: ComparedPair; stacked?: boolean }) {
  const [hovered, setHovered] = useState<string | null>(null);
  const bytes = (
    <Split id={stacked ? 'compare-bytes-row' : 'compare-bytes'} orientation={stacked ? 'horizontal' : 'vertical'}>
      <SplitPanel id="panel-bytes-a" defaultSize="50" minSize={60}>
        <SideBytes pair={pair} side="a" hovered={hovered} onHover={setHovered} />
      </SplitPanel>
      <SplitPanel id="panel-bytes-b" defaultSize="50" minSize={60}>
        <SideBytes pair={pair} side="b" hovered={hovered} onHover={setHovered} />
      </SplitPanel>
    </Split>
  );
  return (
    <Split id={stacked ? 'compare-stacked' : 'compare'} orientation={stacked ? 'vertical' : 'horizontal'}>
      <SplitPanel id="panel-compare-tree" defaultSize={stacked ? '62' : '62'} minSize={stacked ? 80 : 340}>
        <div className="compare-fields">
          <div className="compare-row compare-titles" aria-hidden>
            <span />
            <span>Field</span>
            <SideTitle letter="A" model={pair.a} />
            <SideTitle letter="B" model={pair.b} />
          </div>
          <CompareTree pair={pair} onHover={setHovered} />
        </div>
      </SplitPanel>
      <SplitPanel id="panel-compare-bytes" defaultSize="38" minSize={stacked ? 60 : 240}>
        {bytes}
      </SplitPanel>
    </Split>
  );
}

function SideTitle({ letter, model }: { letter: 'A' | 'B'; model: DetailModel | null }) {
  return (
    <span className="ellipsis" title={model?.detail.summary}>
      <b>{letter}</b> {model ? <span className="mono">#{count(model.number)}</span> : 'not there'}
    </span>
  );
}

interface SideBytesProps {
  pair: ComparedPair;
  side: 'a' | 'b';
  hovered: string | null;
  onHover(path: string | null): void;
}

/** The bytes of one side: what is selected in the tree is selected here, and the other way round. */
function SideBytes({ pair, side, hovered, onHover }: SideBytesProps) {
  const app = useApp();
  const path = useCompare((compare) => compare.path);
  const model = pair[side];
  const letter = side.toUpperCase();
  if (!model) return <EmptyState text={`${letter} does not have this object.`} />;
  const rangeOf = (of: string | null) => {
    const node = fieldAt(pair.fields, of)?.[side];
    return node && node.kind !== 'generated' ? node.range : null;
  };
  return (
    <section className="pane compare-bytes" aria-label={`Bytes of ${letter}`}>
      <header className="compare-bytes-head">
        <b>{letter}</b> <span className="mono">#{count(model.number)}</span>
        <span className="muted ellipsis">{plural(model.bytes.length, 'byte')}</span>
      </header>
      <HexView
        bytes={model.bytes}
        depths={model.depths}
        selected={rangeOf(path)}
        hovered={rangeOf(hovered)}
        onHover={(offset) => onHover(offset === null ? null : pathAtOffset(pair.fields, side, offset))}
        onSelect={(range) => selectCompared(app, pathAtOffset(pair.fields, side, range.start))}
        describe={(offset) => nodeAtOffset(model.detail.tree, offset)?.node.name ?? 'padding'}
        label={`Bytes of message ${model.number}`}
        testId={`compare-bytes-${side}`}
      />
    </section>
  );
}
