import { ArrowDown, ArrowUp, Square, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { findNext, stopFind } from '../../actions/find.ts';
import { useApp } from '../../stores/app.ts';
import { useSearch, useUi } from '../../stores/hooks.ts';
import { forgetSearch, progressText, type Wanted } from '../../stores/search.ts';
import { IconButton } from '../../widgets/Button.tsx';
import { Select, TextInput } from '../../widgets/Field.tsx';
import { focusPane } from '../focus.ts';
import './find.css';

type Scope = Wanted['kind'];

const SCOPES: readonly { readonly value: Scope; readonly label: string }[] = [
  { value: 'text', label: 'Text of rows' },
  { value: 'bytes', label: 'Bytes in hex' },
  { value: 'filter', label: 'Filter expression' },
];

/** Finds the next row by text, bytes or filter. A bar, not a dialog: the list stays in view. */
export function FindBar() {
  const open = useUi((ui) => ui.findOpen);
  return open ? <OpenFindBar /> : null;
}

function OpenFindBar() {
  const app = useApp();
  const { kind: scope, text } = useSearch((search) => search.wanted);
  const progress = useSearch(progressText);
  const outcome = useSearch((search) => search.outcome);
  const input = useRef<HTMLInputElement>(null);
  const close = () => {
    app.ui.setState({ findOpen: false });
    focusPane('list');
  };
  const search = (backwards: boolean) => findNext(app, backwards);
  const want = (wanted: Partial<Wanted>) => {
    app.search.setState((before) => ({ wanted: { ...before.wanted, ...wanted } }));
    forgetSearch(app.search);
  };
  useEffect(() => {
    input.current?.select();
    return () => forgetSearch(app.search);
  }, [app]);
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') search(event.shiftKey);
    else if (event.key === 'Escape') stopFind(app) || close();
    else if (event.key === 'f' && event.ctrlKey) input.current?.select();
    else return;
    event.preventDefault();
  };
  return (
    <search className="find-bar" data-testid="find-bar" onKeyDown={press}>
      <Select<Scope> value={scope} options={SCOPES} onChange={(kind) => want({ kind })} label="Find in" />
      <TextInput
        ref={input}
        value={text}
        onChange={(next) => want({ text: next })}
        mono={scope !== 'text'}
        aria-label="Find"
        placeholder={{ text: 'Find in rows', bytes: '08 00 04 00', filter: 'link.mtu > 1400' }[scope]}
        className="find-input"
        testId="find-input"
      />
      <IconButton label="Find next" keys="F3" icon={ArrowDown} size="sm" onClick={() => search(false)} />
      <IconButton label="Find previous" keys="Shift+F3" icon={ArrowUp} size="sm" onClick={() => search(true)} />
      {progress !== '' && (
        <>
          <IconButton label="Stop searching" keys="Esc" icon={Square} size="sm" onClick={() => stopFind(app)} />
          <span className="muted" data-testid="find-progress">
            {progress}
          </span>
        </>
      )}
      <output className="muted grow" data-testid="find-outcome">
        {outcome}
      </output>
      <IconButton label="Close find bar" keys="Esc" icon={X} size="sm" onClick={close} />
    </search>
  );
}
