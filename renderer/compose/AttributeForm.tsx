import { ChevronDown, ChevronRight, Ellipsis, Plus, X } from 'lucide-react';
import { type KeyboardEvent, memo, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { AttributeInfo, FieldValue } from '../../app/contracts/index.ts';
import { classes } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { Menu, type MenuEntry } from '../widgets/Menu.tsx';
import { Combobox, type ComboOption } from './Combobox.tsx';
import { FieldInput } from './FieldInput.tsx';
import { type FormPath, pathKey } from './model.ts';
import { type AddRow, type FieldRow, type FormRow, sameRow } from './rows.ts';

/** What the form can do with a row. */
export interface FormActions {
  focus(path: FormPath): void;
  toggle(path: FormPath): void;
  setValue(row: FieldRow, value: FieldValue): void;
  add(parent: FormPath, attribute: AttributeInfo | { readonly type: number }): void;
  remove(path: FormPath): void;
  duplicate(path: FormPath): void;
  move(path: FormPath, by: 1 | -1): void;
  /** Edits an attribute as bytes, or as a value again. */
  setRaw(row: FieldRow, raw: boolean): void;
}

interface AttributeFormProps {
  rows: readonly FormRow[];
  focus: FormPath | null;
  /** Changes when the keyboard is to go to `focus`; otherwise the form only follows the user. */
  focusRequest: number;
  /** Where the attribute stands that the kernel objected to, and its words. */
  offending: { readonly path: FormPath; readonly words: string } | null;
  actions: FormActions;
}

/** The fixed header and the attributes as lines: name, value, type. */
export function AttributeForm({ rows, focus, focusRequest, offending, actions: given }: AttributeFormProps) {
  const list = useRef<HTMLDivElement>(null);
  const { pressStarts, whenReleased } = useAfterRelease();
  const actions = useStableActions({ ...given, focus: (path) => whenReleased(() => given.focus(path)) });
  const focusKey = focus === null ? null : pathKey(focus);
  const rowElement = () =>
    focusKey === null ? null : list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(focusKey)}"]`);
  // biome-ignore lint/correctness/useExhaustiveDependencies: scrolls when another row is the current one
  useEffect(() => {
    rowElement()?.scrollIntoView({ block: 'nearest' });
  }, [focusKey]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a request moves the keyboard
  useEffect(() => {
    if (focusRequest === 0) return;
    const row = rowElement();
    const target = FOCUSABLE.map((part) => row?.querySelector<HTMLElement>(part)).find(Boolean);
    // Where no row is left, one can be added.
    (target ?? list.current?.querySelector<HTMLElement>('[data-testid="compose-add"][data-name=""]'))?.focus();
  }, [focusRequest]);

  const press = (event: KeyboardEvent) => {
    const act = event.altKey && !event.ctrlKey ? ROW_KEYS[event.key] : undefined;
    if (act === undefined || !(event.target instanceof Element)) return;
    const key = event.target.closest('[data-testid="compose-attr"]')?.getAttribute('data-key');
    const row = rows.find((candidate) => candidate.key === key);
    if (row === undefined) return;
    event.preventDefault();
    act(actions, row.path);
  };

  return (
    <div
      ref={list}
      className="form-rows"
      role="group"
      aria-label="Attributes"
      onKeyDown={press}
      onPointerDownCapture={pressStarts}
    >
      {rows.map((row) =>
        row.kind === 'add' ? (
          <AddLine key={row.key} row={row} actions={actions} />
        ) : (
          <FieldLine
            key={row.key}
            row={row}
            selected={row.key === focusKey}
            objection={offending !== null && pathKey(offending.path) === row.key ? offending.words : null}
            actions={actions}
          />
        ),
      )}
    </div>
  );
}

/** The newest actions behind functions that never change: rows that stay the same are not drawn again. */
function useStableActions(newest: FormActions): FormActions {
  const latest = useRef(newest);
  useLayoutEffect(() => {
    latest.current = newest;
  });
  return useMemo(
    () => ({
      focus: (path) => latest.current.focus(path),
      toggle: (path) => latest.current.toggle(path),
      setValue: (row, value) => latest.current.setValue(row, value),
      add: (parent, attribute) => latest.current.add(parent, attribute),
      remove: (path) => latest.current.remove(path),
      duplicate: (path) => latest.current.duplicate(path),
      move: (path, by) => latest.current.move(path, by),
      setRaw: (row, raw) => latest.current.setRaw(row, raw),
    }),
    [],
  );
}

/**
 * Puts off what follows from a press until the button is released. The row that gets the keyboard shows its doc and the
 * one that loses it hides it: done at once, that would move the form away under the pointer and lose the click.
 */
function useAfterRelease() {
  const pressed = useRef(false);
  const waiting = useRef<(() => void) | null>(null);
  const pressStarts = () => {
    pressed.current = true;
    const release = () => {
      pressed.current = false;
      waiting.current?.();
      waiting.current = null;
    };
    // The click comes right after the release: it should still find everything where it was.
    const stop = new AbortController();
    for (const end of ['pointerup', 'pointercancel']) {
      window.addEventListener(
        end,
        () => {
          stop.abort();
          setTimeout(release);
        },
        { signal: stop.signal },
      );
    }
  };
  const whenReleased = (action: () => void) => {
    if (pressed.current) waiting.current = action;
    else action();
  };
  return { pressStarts, whenReleased };
}

/** Parts of a row that can have the keyboard, best first. */
const FOCUSABLE = ['input', '.field-button', '.form-name'];

interface FieldLineProps {
  row: FieldRow;
  selected: boolean;
  /** What the kernel objected to it; null: nothing. */
  objection: string | null;
  actions: FormActions;
}

const FieldLine = memo(function FieldLine({ row, selected, objection, actions }: FieldLineProps) {
  const { path, depth, label, open, kind, info, problem } = row;
  const isAttribute = kind === 'attribute';
  // A menu is made when the pointer or the keyboard has come near: a message may have a thousand rows.
  const [visited, setVisited] = useState(false);
  const id = useId();
  const said = objection === null ? [] : [{ severity: 'error' as const, text: `The kernel: ${objection}` }];
  const told = problem === null ? said : [problem, ...said];
  const docs = selected ? docLines(row) : [];
  return (
    <div
      className={classes('form-line', selected && 'selected', objection !== null && 'offending')}
      data-testid={isAttribute ? 'compose-attr' : 'compose-member'}
      data-name={label}
      data-key={row.key}
      onPointerEnter={() => setVisited(true)}
    >
      <div className="form-row" style={{ paddingLeft: 12 + depth * 15 }}>
        <button
          type="button"
          className="form-name mono"
          aria-expanded={open ?? undefined}
          title={info?.doc || undefined}
          tabIndex={open === null ? -1 : 0}
          onFocus={() => actions.focus(path)}
          onClick={() => (open === null ? actions.focus(path) : actions.toggle(path))}
        >
          <span className="form-twisty">
            {open !== null && (open ? <ChevronDown size={12} /> : <ChevronRight size={12} />)}
          </span>
          <span className="ellipsis">{label}</span>
          {objection !== null && <SeverityIcon severity="error" size={12} label="the kernel objects to this" />}
        </button>
        <FieldInput
          row={row}
          describedBy={told.map((_, at) => `${id}-${at}`).join(' ') || undefined}
          onFocus={() => actions.focus(path)}
          onChange={(value) => actions.setValue(row, value)}
        />
        {row.summary !== '' && <span className="form-summary ellipsis">{row.summary}</span>}
        <span className="form-type ellipsis" title={row.type}>
          {row.type}
        </span>
        {isAttribute && (
          <>
            {(visited || selected) && (
              <Menu
                label={`More for ${label}`}
                align="end"
                trigger={
                  <button type="button" className="icon-button sm form-more" aria-label={`More for ${label}`}>
                    <Ellipsis size={16} strokeWidth={1.5} aria-hidden />
                  </button>
                }
                entries={rowEntries(row, actions)}
              />
            )}
            <button
              type="button"
              className="icon-button sm"
              aria-label={`Remove ${label}`}
              title="Remove (Alt+Delete)"
              onClick={() => actions.remove(path)}
            >
              <X size={16} strokeWidth={1.5} aria-hidden />
            </button>
          </>
        )}
      </div>
      {docs.length > 0 && (
        <div className="form-doc" style={{ paddingLeft: 30 + depth * 15 }}>
          {docs.join(' ')}
        </div>
      )}
      {told.map(({ severity, text }, at) => (
        <div
          key={text}
          id={`${id}-${at}`}
          className={classes('form-problem', severity)}
          style={{ paddingLeft: 30 + depth * 15 }}
          role="alert"
        >
          <SeverityIcon severity={severity} size={12} />
          {text}
        </div>
      ))}
    </div>
  );
}, sameLine);

function sameLine(a: FieldLineProps, b: FieldLineProps): boolean {
  return a.selected === b.selected && a.objection === b.objection && a.actions === b.actions && sameRow(a.row, b.row);
}

/** Keys on an attribute, with Alt. */
const ROW_KEYS: { readonly [key: string]: ((actions: FormActions, path: FormPath) => void) | undefined } = {
  ArrowUp: (actions, path) => actions.move(path, -1),
  ArrowDown: (actions, path) => actions.move(path, 1),
  Delete: (actions, path) => actions.remove(path),
};

function rowEntries(row: FieldRow, actions: FormActions): MenuEntry[] {
  const { path, editor, info } = row;
  const raw = editor === 'hex' && row.type === 'bytes';
  return [
    { kind: 'item', label: 'Move up', keys: 'Alt+↑', run: () => actions.move(path, -1) },
    { kind: 'item', label: 'Move down', keys: 'Alt+↓', run: () => actions.move(path, 1) },
    { kind: 'item', label: 'Duplicate', run: () => actions.duplicate(path) },
    { kind: 'separator' },
    raw
      ? { kind: 'item', label: 'Edit as value', disabled: info === null, run: () => actions.setRaw(row, false) }
      : { kind: 'item', label: 'Edit as bytes', run: () => actions.setRaw(row, true) },
    { kind: 'separator' },
    { kind: 'item', label: 'Remove', keys: 'Alt+Del', danger: true, run: () => actions.remove(path) },
  ];
}

/** What is known of the field under the keyboard: the spec's words, and what the kernel takes. */
function docLines({ info }: FieldRow): string[] {
  if (info === null) return [];
  const lines = info.doc === '' ? [] : [info.doc];
  if (info.min !== undefined && info.max !== undefined) lines.push(`${info.min} to ${info.max}.`);
  else if (info.max !== undefined) lines.push(`At most ${info.max}.`);
  else if (info.min !== undefined) lines.push(`At least ${info.min}.`);
  if (info.maxLength !== undefined) lines.push(`At most ${info.maxLength} bytes.`);
  return lines;
}

/** Choosing it makes an attribute that no table names. */
const UNKNOWN = /^\d{1,5}$/;

function AddLine({ row, actions }: { row: AddRow; actions: FormActions }) {
  const what = row.label === '' ? 'Add attribute' : `Add attribute to ${row.label}`;
  return (
    <div className="form-add" style={{ paddingLeft: 26 + row.depth * 15 }}>
      <Combobox
        text=""
        label={what}
        placeholder={what}
        testId="compose-add"
        dataName={row.label}
        width="wide"
        before={<Plus size={12} aria-hidden />}
        find={(query) => addOptions(row, query)}
        onFocus={() => row.path.length > 0 && actions.focus(row.path)}
        onPick={(id) => {
          const choice = row.choices.find(({ name }) => name === id);
          actions.add(row.path, choice ?? { type: Number(id) });
        }}
      />
    </div>
  );
}

/** Attributes to add: the operation's own first, then those that are not there yet, then the rest. */
function addOptions(row: AddRow, query: string): ComboOption[] {
  const words = query
    .toLowerCase()
    .split(/[\s_]+/)
    .filter(Boolean);
  const fits = ({ name, number, doc }: AttributeInfo) => {
    const text = `${name} ${number} ${doc}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const rank = ({ name, multi }: AttributeInfo) => {
    if (row.present.has(name) && !multi) return 2;
    return row.suggested.has(name) ? 0 : 1;
  };
  const groups = [row.suggested.size > 0 ? 'For this operation' : 'Attributes', 'Other attributes', 'Already there'];
  const named = row.choices
    .filter(fits)
    .map((info) => ({ info, rank: rank(info) }))
    .sort((a, b) => a.rank - b.rank || matchRank(a.info, words) - matchRank(b.info, words))
    .map(({ info, rank: at }) => ({
      id: info.name,
      label: info.name,
      detail: info.type,
      doc: info.doc,
      group: groups[row.suggested.size === 0 && at === 1 ? 0 : at]!,
    }));
  if (!UNKNOWN.test(query) || Number(query) > 0x3fff) return named;
  const unknown = { id: query, label: `nla_type ${query}`, detail: 'bytes', group: 'Not in any table' };
  return [...named, unknown];
}

/** Names that hold the words come before docs that do. */
function matchRank({ name }: AttributeInfo, words: readonly string[]): number {
  const lower = name.toLowerCase();
  return words.every((word) => lower.includes(word)) ? 0 : 1;
}
