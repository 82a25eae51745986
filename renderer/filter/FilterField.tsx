import { useEffect, useState } from 'react';
import type { HostApi } from '../../app/contracts/index.ts';
import { classes } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { MacroText } from './MacroText.tsx';
import { errorPlace } from './status.ts';
import { useFilterCheck, useFilterEditor } from './useFilterEditor.ts';
import './filter.css';

interface FilterFieldProps {
  host: HostApi;
  /** What stands in it at first. */
  text: string;
  onChange(text: string): void;
  label: string;
  /** It is the text of a macro of this name, and not a filter. */
  macro?: string;
  autoFocus?: boolean;
  testId: string;
}

/** A display filter in a form: completed and checked as in the filter box, but applied by nobody. */
export function FilterField({ host, text, onChange, label, macro, autoFocus = false, testId }: FilterFieldProps) {
  const [focused, setFocused] = useState(false);
  const { place, view } = useFilterEditor(
    {
      placeholder: 'A display filter: nl.type == RTM_NEWLINK',
      label,
      testId,
      complete: (input, offset) => host.completeFilter(input, offset),
      changed(next) {
        onChange(next);
        setCheck(null);
        checker.ask(next);
      },
      focused: setFocused,
      completing: () => undefined,
      enter: () => true,
      escape: () => false,
      vertical: () => false,
    },
    text,
  );
  const { check, checker, setCheck } = useFilterCheck(host, view, macro);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for what stands in it at first
  useEffect(() => {
    if (text !== '') checker.askNow(text);
    if (autoFocus) view.current?.focus();
  }, []);
  const error = check === null || check.state === 'ok' ? null : check.error;
  return (
    <span className="filter-line">
      <span className={classes('filter-box', focused && 'focused', error !== null && !focused && 'wrong')}>
        <span ref={place} className="filter-editor" />
      </span>
      {error !== null && (
        <span className="filter-line-error" role={focused ? undefined : 'alert'} data-testid={`${testId}-error`}>
          <SeverityIcon severity={check?.state === 'incomplete' ? 'note' : 'error'} size={12} />
          {error.message} ({errorPlace(error).toLowerCase()}). {error.hint}
          {error.macro && <MacroText macro={error.macro} />}
        </span>
      )}
    </span>
  );
}
