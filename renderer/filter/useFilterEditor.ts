import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FilterCheck, FilterError, HostApi } from '../../app/contracts/index.ts';
import { useHostState } from '../stores/hooks.ts';
import { type EditorParts, filterEditor, underline } from './editor.ts';
import { createLatest, type Latest } from './latest.ts';
import { underlined } from './status.ts';

/** Milliseconds the text must rest before it is checked. */
const CHECK_DELAY = 120;

/** An editor for one line of the filter language. */
export interface FilterEditor {
  /** The element that it is put into. */
  readonly place: RefObject<HTMLDivElement | null>;
  readonly view: RefObject<EditorView | null>;
  /** Puts another text in place of what stands there. */
  replace(text: string): void;
}

/**
 * Makes an editor that lives as long as the component; it calls what the newest render made of `parts`.
 * @param text what stands in it at first
 */
export function useFilterEditor(parts: EditorParts, text = ''): FilterEditor {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(parts);
  useLayoutEffect(() => {
    latest.current = parts;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is made once
  useLayoutEffect(() => {
    const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
    const extensions = filterEditor(
      {
        placeholder: parts.placeholder,
        label: parts.label,
        testId: parts.testId,
        complete: (input, offset) => latest.current.complete(input, offset),
        changed: (next) => latest.current.changed(next),
        focused: (next) => latest.current.focused(next),
        completing: (open) => latest.current.completing(open),
        enter: () => latest.current.enter(),
        escape: () => latest.current.escape(),
        vertical: (by) => latest.current.vertical(by),
      },
      nonce,
    );
    const editor = new EditorView({ parent: place.current!, state: EditorState.create({ doc: text, extensions }) });
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, []);
  const replace = (next: string) => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === next) return;
    current.dispatch({
      changes: { from: 0, to: current.state.doc.length, insert: next },
      selection: { anchor: next.length },
    });
  };
  return { place, view, replace };
}

/** What the host says of the text of an editor, once it has rested. */
export interface EditorCheck {
  /** The newest answer, null while it is awaited. */
  readonly check: FilterCheck | null;
  readonly checker: Latest<string>;
  setCheck(check: FilterCheck | null): void;
  /** Underlines what is wrong. */
  showError(error: FilterError): void;
}

/**
 * Has the text of an editor checked by the host: a filter, or the text of the macro of a name. What uses macros is checked
 * anew when they have changed.
 */
export function useFilterCheck(host: HostApi, view: FilterEditor['view'], macro?: string): EditorCheck {
  const name = useRef(macro);
  name.current = macro;
  const [check, setCheck] = useState<FilterCheck | null>({ state: 'ok' });
  const showError = (error: FilterError) => {
    const range = underlined(error, view.current?.state.doc.length ?? 0);
    view.current?.dispatch({ effects: underline.of(range) });
  };
  const [checker] = useState(() =>
    createLatest(
      (input: string) => host.checkFilter(input, ...(name.current === undefined ? [] : [name.current])),
      (answer) => {
        setCheck(answer);
        if (answer.state === 'error') showError(answer.error);
      },
      CHECK_DELAY,
    ),
  );
  useEffect(() => () => checker.cancel(), [checker]);
  const settings = useHostState((state) => state.settings);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the host's count says that macros may have changed
  useEffect(() => {
    const written = view.current?.state.doc.toString() ?? '';
    if (written.includes('$')) checker.ask(written);
  }, [settings, macro]);
  return { check, checker, setCheck, showError };
}
