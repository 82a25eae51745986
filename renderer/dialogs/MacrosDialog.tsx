import type { FilterMacro } from '../../app/contracts/index.ts';
import { MACRO_NAME } from '../../app/filter/index.ts';
import { FilterField } from '../filter/FilterField.tsx';
import { useApp } from '../stores/app.ts';
import { usePreferences } from '../stores/hooks.ts';
import { TextInput } from '../widgets/Field.tsx';
import { SetDialog } from './SetDialog.tsx';

/** Pieces of filters that have a name. */
export function MacrosDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const macros = usePreferences((preferences) => preferences.macros);
  const unnamed = macros.findIndex(({ name, text }) => name === '' && text !== '');
  return (
    <SetDialog<FilterMacro>
      title="Filter macros"
      description="A macro gives a piece of a filter a name: $name stands for it wherever a filter is taken. $1 and $2 in its text are arguments: $name(eth0, 1500)."
      items={macros}
      noun="macro"
      empty="There are no macros yet."
      create={() => ({ name: '', text: '' })}
      onChange={(changed) => app.preferences.setState({ macros: changed })}
      onClose={onClose}
      testId="macros-dialog"
      render={(macro, change, isNew, at) => (
        <>
          <TextInput
            value={macro.name}
            onChange={(name) => change({ ...macro, name: name.trim() })}
            aria-label={`Name of macro ${at + 1}`}
            placeholder="name"
            before={<span className="muted">$</span>}
            mono
            autoFocus={isNew || at === unnamed}
            maxLength={64}
            error={nameProblem(macros, at)}
            testId="macro-name"
          />
          <FilterField
            host={app.api}
            macro={macro.name}
            text={macro.text}
            onChange={(text) => change({ ...macro, text })}
            label={`Text of macro ${at + 1}`}
            testId="macro-text"
          />
        </>
      )}
    />
  );
}

/** What is wrong with the name of a macro; undefined for nothing, and for one that is still to be written. */
function nameProblem(macros: readonly FilterMacro[], at: number): string | undefined {
  const { name } = macros[at]!;
  if (name === '') return undefined;
  if (!MACRO_NAME.test(name)) return 'A letter, then letters, digits and _';
  return macros.findIndex((macro) => macro.name === name) < at ? 'A macro above has this name' : undefined;
}
