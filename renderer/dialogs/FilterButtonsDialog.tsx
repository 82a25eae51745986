import type { FilterButton } from '../../app/contracts/index.ts';
import { FilterField } from '../filter/FilterField.tsx';
import { useApp } from '../stores/app.ts';
import { usePreferences } from '../stores/hooks.ts';
import { TextInput } from '../widgets/Field.tsx';
import { SetDialog } from './SetDialog.tsx';

/** The buttons under the filter box. */
export function FilterButtonsDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const buttons = usePreferences(({ filterButtons }) => filterButtons);
  // One that was made of the filter box lacks a label only.
  const unnamed = buttons.findIndex(({ label, filter }) => label === '' && filter !== '');
  return (
    <SetDialog<FilterButton>
      title="Filter buttons"
      description="Buttons under the filter box apply a filter with one press; the same press again shows all. Labels such as “Routes // IPv4” stand in a menu Routes."
      items={buttons}
      noun="button"
      empty="There are no buttons yet."
      create={() => ({ label: '', filter: '' })}
      onChange={(filterButtons) => app.preferences.setState({ filterButtons })}
      onClose={onClose}
      testId="filter-buttons-dialog"
      render={(button, change, isNew, at) => (
        <>
          <TextInput
            value={button.label}
            onChange={(label) => change({ ...button, label })}
            aria-label={`Label of button ${at + 1}`}
            placeholder="Label"
            autoFocus={isNew || at === unnamed}
            maxLength={256}
            testId="button-label"
          />
          <FilterField
            host={app.api}
            text={button.filter}
            onChange={(filter) => change({ ...button, filter })}
            label={`Filter of button ${at + 1}`}
            testId="button-filter"
          />
        </>
      )}
    />
  );
}
