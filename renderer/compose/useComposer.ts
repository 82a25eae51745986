import { useEffect, useMemo, useReducer, useRef, useState, useSyncExternalStore } from 'react';
import type { AttributeInfo, EncodeReport, HostApi, MessageValue, OperationInfo } from '../../app/contracts/index.ts';
import { createLatest } from '../filter/latest.ts';
import type { FormActions } from './AttributeForm.tsx';
import { type Draft, focusAfterRemoval, hidingRows } from './draft.ts';
import { toHex } from './exports.ts';
import { afterLeaving, type History, NO_HISTORY, reduceHistory } from './history.ts';
import { nodeAt } from './locate.ts';
import {
  attributeAt,
  childrenAt,
  duplicateAttribute,
  editAttribute,
  type FormPath,
  insertAttribute,
  moveAttribute,
  moveTarget,
  removeAttribute,
  setRaw,
  setValue,
} from './model.ts';
import { operationOf, switchOperation } from './operations.ts';
import { DEFAULT_OPTIONS, readRequest, type SendOptions } from './requests.ts';
import { type FormRows, formRows, newAttribute } from './rows.ts';
import { createSpaceCache } from './spaces.ts';

/** Milliseconds a message must rest before its bytes are made. */
const ENCODE_DELAY = 60;

/** What a window is opened with. */
export type ComposeStart =
  | { readonly kind: 'new' | 'sequence' }
  | { readonly kind: 'message'; readonly number: number };

export interface Composer {
  /** Null while they are fetched. */
  readonly operations: readonly OperationInfo[] | null;
  readonly draft: Draft;
  readonly form: FormRows;
  /** Bytes and tree of the message as it was when it last rested. */
  readonly encoded: EncodeReport | null;
  readonly bytes: Uint8Array;
  readonly options: SendOptions;
  /** Why there is nothing to edit, '' when there is. */
  readonly failure: string;
  /** Counts requests to move the keyboard to `draft.focus`. */
  readonly focusRequest: number;
  readonly actions: FormActions;
  /** Takes back the last change of the message; null: there is none. */
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
  /** Begins with an empty form. */
  clear(): void;
  setOptions(change: Partial<SendOptions>): void;
  setMessage(message: MessageValue): void;
  chooseOperation(id: string): Promise<void>;
  /** Goes on with a message from elsewhere: decoded bytes, a saved request. */
  load(message: MessageValue, from: number | null): Promise<void>;
  /** Reads a saved request; false when the text is none. */
  open(text: string): Promise<boolean>;
  /** Opens what hides a row and marks it. */
  show(path: FormPath): void;
  /** Shows a row and moves the keyboard there. */
  reveal(path: FormPath): void;
}

const NOTHING = new Uint8Array();

/** What a drawer held when it was closed. */
interface Left {
  readonly history: History;
  readonly options: SendOptions;
}

/** Drawers are opened and closed for room: what was being written is found again, until the window closes. */
const leftDrafts = new WeakMap<HostApi, Left>();

/**
 * The state of the drawer: the message being written, its form, its bytes.
 * @param knowledge another one when the host may know other operations: specs were read anew, a family came
 */
export function useComposer(host: HostApi, start: ComposeStart, knowledge: unknown): Composer {
  const [operations, setOperations] = useState<readonly OperationInfo[] | null>(null);
  const [history, dispatch] = useReducer(reduceHistory, null, () => {
    const { history: left = NO_HISTORY } = leftDrafts.get(host) ?? {};
    return start.kind === 'message' ? afterLeaving(left) : left;
  });
  const { draft } = history;
  const [encoded, setEncoded] = useState<EncodeReport | null>(null);
  const [options, setOptions] = useState<SendOptions>(() => leftDrafts.get(host)?.options ?? DEFAULT_OPTIONS);
  const [failure, setFailure] = useState('');
  const [focusRequest, setFocusRequest] = useState(0);
  const { message, form } = draft;

  const left = useRef<Left>({ history, options });
  useEffect(() => {
    left.current = { history, options };
  });
  useEffect(() => () => void leftDrafts.set(host, left.current), [host]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what the host knows of them may have changed
  const spaces = useMemo(() => createSpaceCache(host), [host, knowledge]);
  const spacesVersion = useSyncExternalStore(spaces.subscribe, spaces.version);
  const encoder = useMemo(
    () => createLatest((value: MessageValue) => host.encode(value), setEncoded, ENCODE_DELAY),
    [host],
  );
  useEffect(() => () => encoder.cancel(), [encoder]);
  useEffect(() => {
    if (message === null) setEncoded(null);
    else encoder.ask(message);
  }, [encoder, message]);

  /** A request may be opened before they have come: without its operation it would have no form. */
  const knownOperations = async () => operations ?? (await host.operations());
  const loadWith = async (value: MessageValue, from: number | null, known: readonly OperationInfo[]) => {
    const operation = operationOf(value, known);
    const found = operation === null ? null : await host.operationForm(operation.id);
    dispatch({ kind: 'load', message: value, form: found, from });
    setFailure('');
  };

  const requestFocus = () => setFocusRequest((count) => count + 1);

  const startNumber = start.kind === 'message' ? start.number : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew when the window is opened with something else
  useEffect(() => {
    let current = true;
    const begin = async () => {
      const known = await knownOperations();
      if (!current) return;
      setOperations(known);
      if (startNumber === null) return;
      const value = await host.messageValue(startNumber);
      if (!current) return;
      if (value.ok) {
        await loadWith(requestOf(value.value), startNumber, known);
        if (!current || value.value.attributes.length === 0) return;
        dispatch({ kind: 'focus', path: [0] });
        requestFocus();
      } else setFailure(value.error.message);
    };
    begin().catch((error: unknown) => setFailure(String(error)));
    return () => {
      current = false;
    };
  }, [host, startNumber]);

  const seen = useRef(knowledge);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asks again only when the host knows something else
  useEffect(() => {
    if (seen.current === knowledge) return;
    seen.current = knowledge;
    let current = true;
    const renew = async () => {
      const known = await host.operations();
      const operation = message === null ? null : operationOf(message, known);
      const next = operation === null ? null : await host.operationForm(operation.id);
      if (!current) return;
      setOperations(known);
      dispatch({ kind: 'form', form: next });
      if (message !== null) encoder.ask(message);
    };
    // A lost connection is told elsewhere, and what was known stays.
    renew().catch(() => undefined);
    return () => {
      current = false;
    };
  }, [host, knowledge]);

  const { toggled, focus } = draft;
  // biome-ignore lint/correctness/useExhaustiveDependencies: spacesVersion says that a space has arrived
  const laidOut = useMemo(() => {
    if (message === null) return { rows: [], missing: [], firstError: null };
    const problems = encoded?.problems ?? [];
    return formRows({ message, form, space: spaces.get, toggled, focus, problems });
  }, [message, form, toggled, focus, encoded, spaces, spacesVersion]);
  useEffect(() => spaces.load(laidOut.missing), [spaces, laidOut]);

  const bytes = useMemo(() => (encoded === null ? NOTHING : fromBase64(encoded.bytes)), [encoded]);
  const show = (path: FormPath) => {
    for (const row of hidingRows(draft, path)) dispatch({ kind: 'toggle', path: row });
    dispatch({ kind: 'focus', path });
  };

  const actions: FormActions = {
    focus: (path) => dispatch({ kind: 'focus', path }),
    toggle: (path) => dispatch({ kind: 'toggle', path }),
    setValue(row, value) {
      if (message === null) return;
      const next =
        row.info === null || row.type === 'bytes'
          ? setRaw(message, row.path, String(value))
          : setValue(message, row.path, value);
      dispatch({ kind: 'edit', message: next, path: row.path });
    },
    add(parent, choice) {
      if (message === null) return;
      const path = [...parent, childrenAt(message, parent).length];
      const next = insertAttribute(message, parent, newAttribute(choice));
      dispatch({ kind: 'shift', message: next, shift: { kind: 'insert', path }, focus: path });
      requestFocus();
    },
    remove(path) {
      if (message === null) return;
      const next = removeAttribute(message, path);
      const remaining = childrenAt(next, path.slice(0, -1)).length;
      dispatch({
        kind: 'shift',
        message: next,
        shift: { kind: 'remove', path },
        focus: focusAfterRemoval(path, remaining),
      });
      requestFocus();
    },
    duplicate(path) {
      const index = path.at(-1);
      if (message === null || typeof index !== 'number') return;
      const copy = path.with(-1, index + 1);
      const next = duplicateAttribute(message, path);
      dispatch({ kind: 'shift', message: next, shift: { kind: 'insert', path: copy }, focus: copy });
      requestFocus();
    },
    move(path, by) {
      if (message === null) return;
      const to = moveTarget(message, path, by);
      if (to === null) return;
      const next = moveAttribute(message, path, by);
      dispatch({ kind: 'shift', message: next, shift: { kind: 'move', path, to }, focus: path.with(-1, to) });
      requestFocus();
    },
    setRaw(row, raw) {
      if (message === null) return;
      if (raw) {
        const payload = nodeAt(encoded?.tree ?? [], row.path)?.payload;
        const hex = payload === undefined ? '' : toHex(bytes.subarray(payload.start, payload.end));
        dispatch({ kind: 'edit', message: setRaw(message, row.path, hex) });
      } else if (row.info !== null) {
        const { name, type } = attributeAt(message, row.path) ?? {};
        const fresh = newAttribute(row.info as AttributeInfo);
        const kept = name === undefined ? { ...fresh, type } : { ...fresh, name };
        dispatch({ kind: 'edit', message: editAttribute(message, row.path, () => kept) });
      }
    },
  };

  const travel = (kind: 'undo' | 'redo', steps: readonly Draft[]) =>
    steps.length === 0
      ? null
      : () => {
          dispatch({ kind });
          requestFocus();
        };

  return {
    operations,
    draft,
    undo: travel('undo', history.past),
    redo: travel('redo', history.future),
    clear: () => dispatch({ kind: 'clear' }),
    form: laidOut,
    encoded,
    bytes,
    options,
    failure,
    focusRequest,
    actions,
    setOptions: (change) => setOptions((before) => ({ ...before, ...change })),
    setMessage: (next) => dispatch({ kind: 'edit', message: next }),
    async chooseOperation(id) {
      const next = await host.operationForm(id);
      if (next === null) return;
      dispatch({ kind: 'load', message: switchOperation(message, form, next), form: next, from: null });
      setFailure('');
    },
    load: async (value, from) => loadWith(value, from, await knownOperations()),
    async open(text) {
      const saved = readRequest(text);
      if (saved === null) return false;
      setOptions(saved.options);
      await loadWith(saved.message, null, await knownOperations());
      return true;
    },
    show,
    reveal(path) {
      show(path);
      requestFocus();
    },
  };
}

/** A captured message as a request of our own: the host gives it a sequence number and our socket's address. */
function requestOf(message: MessageValue): MessageValue {
  return { ...message, seq: 0, portid: 0 };
}

/** Bytes of a base64 text. */
export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
