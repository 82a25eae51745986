import {
  acceptCompletion,
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  closeCompletion,
  completionStatus,
  moveCompletionSelection,
  startCompletion,
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap } from '@codemirror/commands';
import { LRLanguage, syntaxHighlighting } from '@codemirror/language';
import { EditorState, type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, keymap, placeholder } from '@codemirror/view';
import { tagHighlighter, tags } from '@lezer/highlight';
import type { CompletionOption, FilterCompletion } from '../../app/contracts/index.ts';
import { parser } from '../../app/filter/index.ts';

/** What the editor asks of the box around it. Every key handler returns whether it took the key. */
export interface EditorParts {
  readonly placeholder: string;
  /** Its name for screen readers, and for tests. */
  readonly label: string;
  readonly testId: string;
  complete(text: string, offset: number): Promise<FilterCompletion>;
  changed(text: string): void;
  focused(focused: boolean): void;
  /** The list of completions has opened or closed. */
  completing(open: boolean): void;
  enter(): boolean;
  escape(): boolean;
  /** Down or Up at the end of the text, with no completion open. */
  vertical(by: 1 | -1): boolean;
}

/** Underlines a stretch of the text; null takes the underline away. Typing takes it away too. */
export const underline = StateEffect.define<{ from: number; to: number } | null>();

const UNDERLINED = Decoration.mark({ class: 'filter-wrong' });

const underlining = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(underline)) continue;
      if (effect.value === null) return Decoration.none;
      const { from, to } = effect.value;
      const end = Math.min(to, transaction.newDoc.length);
      return from < end ? Decoration.set(UNDERLINED.range(from, end)) : Decoration.none;
    }
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** What is a name is text, what connects is muted, what is compared with is the accent: the window has no more colours. */
const colours = tagHighlighter([
  { tag: tags.variableName, class: 'filter-field' },
  { tag: tags.function(tags.variableName), class: 'filter-function' },
  { tag: [tags.operator, tags.paren, tags.squareBracket, tags.brace, tags.separator], class: 'filter-operator' },
  { tag: [tags.literal], class: 'filter-value' },
]);

const language = LRLanguage.define({ name: 'filter', parser });

/** The editor of the filter box: one line, highlighted, completed by the host. */
export function filterEditor(parts: EditorParts, nonce: string): Extension {
  // Enter applies, unless the user has walked to an option: then it inserts that option, as Tab always does.
  let walked = false;
  const walk = (forward: boolean) => (view: EditorView) => {
    walked = moveCompletionSelection(forward)(view) || walked;
    return walked && completionStatus(view.state) === 'active';
  };
  const accept = (view: EditorView) => {
    walked = false;
    return acceptCompletion(view);
  };
  const apply = (view: EditorView) => {
    closeCompletion(view);
    return parts.enter();
  };
  const atEnd = ({ state }: EditorView) => state.selection.main.empty && state.selection.main.head === state.doc.length;
  const vertical = (by: 1 | -1) => (view: EditorView) => walk(by > 0)(view) || (atEnd(view) && parts.vertical(by));

  return [
    EditorView.cspNonce.of(nonce),
    EditorState.transactionFilter.of((transaction) => (transaction.newDoc.lines > 1 ? [] : transaction)),
    EditorView.clipboardInputFilter.of((text) => text.trim().replace(/\s*[\r\n]+\s*/g, ' ')),
    EditorView.contentAttributes.of({
      'aria-label': parts.label,
      'data-testid': parts.testId,
      // What scrolls a long filter must be seen to take the keyboard.
      tabindex: '0',
      autocapitalize: 'off',
      spellcheck: 'false',
    }),
    placeholder(parts.placeholder),
    history(),
    language,
    syntaxHighlighting(colours),
    underlining,
    autocompletion({
      override: [completionSource(parts)],
      defaultKeymap: false,
      icons: false,
      maxRenderedOptions: 60,
      interactionDelay: 0,
      tooltipClass: () => 'filter-completion',
      optionClass: (completion) => `filter-option filter-option-${(completion as FilterOption).option.kind}`,
      addToOptions: [
        { render: column('filter-option-detail', (option) => option.detail), position: 60 },
        { render: column('filter-option-doc', (option) => option.doc), position: 70 },
      ],
    }),
    keymap.of([
      { key: 'Enter', run: (view) => (walked ? accept(view) : apply(view)) },
      { key: 'Tab', run: accept },
      { key: 'Escape', run: (view) => closeCompletion(view) || parts.escape() },
      { key: 'ArrowDown', run: vertical(1) },
      { key: 'ArrowUp', run: vertical(-1) },
      { key: 'PageDown', run: moveCompletionSelection(true, 'page') },
      { key: 'PageUp', run: moveCompletionSelection(false, 'page') },
      { key: 'Ctrl-Space', run: startCompletion },
      ...historyKeymap,
      ...standardKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) walked = false;
      if (update.docChanged) parts.changed(update.state.doc.toString());
      const open = completionStatus(update.state) === 'active';
      if (open !== (completionStatus(update.startState) === 'active')) parts.completing(open);
      if (update.focusChanged) parts.focused(update.view.hasFocus);
    }),
  ];
}

/** A completion with what stands beside its label. CodeMirror's own `detail` and `info` are drawn elsewhere. */
interface FilterOption extends Completion {
  readonly option: CompletionOption;
}

function completionSource(parts: EditorParts) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const text = context.state.doc.toString();
    if (!context.explicit && !isWriting(text.slice(0, context.pos))) return null;
    const { from, options } = await parts.complete(text, context.pos);
    if (
      context.aborted ||
      options.length === 0 ||
      (isWhole(options, text.slice(from, context.pos)) && !context.explicit)
    ) {
      return null;
    }
    return { from, options: options.map(toOption), filter: false };
  };
}

/** In the middle of a name, a number or a text that is still open: where a list that opens by itself is a help. */
function isWriting(before: string): boolean {
  const quotes = before.replace(/\\./g, '').split('"').length - 1;
  return quotes % 2 === 1 || /[\w.$]$/.test(before);
}

/** The word is complete already: its only option is itself. */
function isWhole(options: readonly CompletionOption[], word: string): boolean {
  return options.length === 1 && options[0]!.label === word;
}

const SECTIONS: { readonly [kind in CompletionOption['kind']]: { readonly name: string; readonly rank: number } } = {
  field: { name: 'Fields', rank: 0 },
  value: { name: 'Values', rank: 1 },
  operator: { name: 'Operators', rank: 2 },
  keyword: { name: 'Keywords', rank: 3 },
  function: { name: 'Functions', rank: 4 },
  macro: { name: 'Macros', rank: 5 },
};

function toOption(option: CompletionOption): FilterOption {
  return { label: option.label, section: SECTIONS[option.kind], option };
}

/** Draws one column of an option. */
function column(className: string, textOf: (option: CompletionOption) => string) {
  return (completion: Completion): Node => {
    const element = document.createElement('span');
    element.className = className;
    element.textContent = textOf((completion as FilterOption).option);
    return element;
  };
}
