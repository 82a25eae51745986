import { ArrowDown, ArrowUp, ClipboardCopy, Import, Plus, X } from 'lucide-react';
import { type ChangeEvent, type ReactNode, useRef, useState } from 'react';
import { copySets, importSets } from '../actions/filterSets.ts';
import { useApp } from '../stores/app.ts';
import { moved, replaced } from '../stores/filterSets.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

interface SetDialogProps<Item> {
  title: string;
  description: string;
  items: readonly Item[];
  /** What an item is called by buttons: "rule". */
  noun: string;
  empty: string;
  create(): Item;
  onChange(items: readonly Item[]): void;
  /** The parts of an item that can be edited. */
  render(item: Item, change: (item: Item) => void, isNew: boolean, at: number): ReactNode;
  /** Before the list. */
  head?: ReactNode;
  onClose(): void;
  testId: string;
}

/** Ordered items that a user adds, edits, moves and removes; they hold at once. They can be handed on as JSON. */
export function SetDialog<Item>(props: SetDialogProps<Item>) {
  const { title, description, items, noun, empty, create, onChange, render, head, onClose, testId } = props;
  const app = useApp();
  // Items have no names of their own, and editors keep what stands in them: each has a key as long as this is open.
  const [keys, setKeys] = useState<readonly number[]>(() => items.map((_, at) => at));
  const next = useRef(items.length);
  const [added, setAdded] = useState(-1);
  const known = items.map((_, at) => keys[at] ?? -1 - at);
  const edit = (change: <Each>(list: readonly Each[]) => readonly Each[], fresh: readonly Item[] = []) => {
    const key = next.current++;
    onChange([...change(items), ...fresh]);
    setKeys([...change(known), ...fresh.map(() => key)]);
    return key;
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={description}
      width="wide"
      testId={testId}
      actions={
        <>
          <Button icon={ClipboardCopy} variant="ghost" onClick={() => void copySets(app)} data-testid="sets-copy">
            Copy all as JSON
          </Button>
          <ImportButton />
          <span className="grow" />
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="sets">
        {head}
        {items.length === 0 && <p className="muted">{empty}</p>}
        <ol>
          {items.map((item, at) => (
            <li key={known[at]} data-testid="set-item">
              {render(item, (changed) => onChange(replaced(items, at, changed)), known[at] === added, at)}
              <IconButton
                label={`Move ${noun} up`}
                icon={ArrowUp}
                size="sm"
                disabled={at === 0}
                onClick={() => edit((list) => moved(list, at, -1))}
              />
              <IconButton
                label={`Move ${noun} down`}
                icon={ArrowDown}
                size="sm"
                disabled={at === items.length - 1}
                onClick={() => edit((list) => moved(list, at, 1))}
              />
              <IconButton
                label={`Remove ${noun}`}
                icon={X}
                size="sm"
                onClick={() => edit((list) => list.filter((_, place) => place !== at))}
              />
            </li>
          ))}
        </ol>
        <Button icon={Plus} onClick={() => setAdded(edit((list) => list, [create()]))} data-testid="set-add">
          Add a {noun}
        </Button>
      </div>
    </Dialog>
  );
}

/** Adds rules, buttons and macros of a file, or says what is wrong with it. */
function ImportButton() {
  const app = useApp();
  const file = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState('');
  const choose = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = target.files ?? [];
    if (chosen) setProblem(importSets(app, await chosen.text()));
    target.value = '';
  };
  return (
    <>
      <Button icon={Import} variant="ghost" onClick={() => file.current?.click()}>
        Import…
      </Button>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="File with rules, buttons and macros"
        data-testid="sets-import"
        onChange={(event) => void choose(event)}
      />
      {problem !== '' && (
        <span className="wrong sets-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
