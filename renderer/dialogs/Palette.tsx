import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { COMMANDS, type Command, runCommand } from '../commands/table.ts';
import { useApp } from '../stores/app.ts';
import { Dialog } from '../widgets/Dialog.tsx';
import { TextInput } from '../widgets/Field.tsx';
import { Kbd } from '../widgets/Kbd.tsx';
import { matching } from './matches.ts';

/** Commands that cannot be done now of which the palette tells. */
const MOST_UNABLE = 6;

/** Every command that can be done now, found by typing; what is called the same but cannot be done is told below. */
export function Palette({ onClose }: { onClose(): void }) {
  const app = useApp();
  const [query, setQuery] = useState('');
  const [current, setCurrent] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const able = COMMANDS.filter((one) => one.id !== 'app.palette' && (!one.when || one.when(app)));
  const called = (commands: readonly Command[]) => matching(commands, query, ({ title, group }) => `${title} ${group}`);
  const found = called(able);
  const unable = query.trim() === '' ? [] : called(COMMANDS.filter((one) => one.when?.(app) === false));

  const run = (chosen: Command | undefined) => {
    if (!chosen) return;
    // The dialog gives the focus back first, a moment after it has gone: commands that move it must have the last word,
    // and a dialog that they open gives it back to where it was.
    flushSync(onClose);
    setTimeout(() => runCommand(app, chosen));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = (current + step + found.length) % Math.max(1, found.length);
      setCurrent(next);
      // Only for keys: what the pointer is on must not move away under it.
      list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[current]);
    }
  };
  return (
    <Dialog open onClose={onClose} title="Commands" testId="palette">
      <TextInput
        value={query}
        onChange={(text) => {
          setQuery(text);
          setCurrent(0);
          list.current?.scrollTo({ top: 0 });
        }}
        before={<Search size={14} className="hint" aria-hidden />}
        autoFocus
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length > 0 ? `${id}-${current}` : undefined}
        aria-label="Find a command"
        placeholder="Find a command"
        onKeyDown={press}
        className="palette-input"
      />
      <div className="palette-list" id={`${id}-list`} role="listbox" aria-label="Commands" ref={list}>
        {found.map((one, at) => (
          <button
            key={one.id}
            type="button"
            role="option"
            id={`${id}-${at}`}
            tabIndex={-1}
            aria-selected={at === current}
            data-testid={`command-${one.id}`}
            onMouseMove={() => setCurrent(at)}
            onClick={() => run(one)}
          >
            <span className="grow">{one.title}</span>
            <span className="muted">{one.group}</span>
            <span className="palette-keys">{one.keys[0] && <Kbd keys={one.keys[0]} />}</span>
          </button>
        ))}
      </div>
      {found.length === 0 && unable.length === 0 && <p className="muted">No command is called that.</p>}
      {unable.length > 0 && (
        <div className="palette-unable" data-testid="palette-unable">
          <h3>Not possible now</h3>
          {unable.slice(0, MOST_UNABLE).map(({ id: command, title, group }) => (
            <p key={command}>
              <span className="grow">{title}</span>
              <span>{group}</span>
            </p>
          ))}
        </div>
      )}
    </Dialog>
  );
}
