import { type ColourRule, RULE_COLOURS } from '../../app/contracts/index.ts';
import { colourName, nextColour } from '../actions/filterSets.ts';
import { FilterField } from '../filter/FilterField.tsx';
import { useApp } from '../stores/app.ts';
import { usePreferences } from '../stores/hooks.ts';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Select } from '../widgets/Field.tsx';
import { SetDialog } from './SetDialog.tsx';

const COLOURS = RULE_COLOURS.map((value) => ({ value, label: colourName(value) }));

/** The rules by which rows have colours, in the order in which they are asked. */
export function ColourRulesDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const { colourRules, colouring } = usePreferences((preferences) => preferences);
  return (
    <SetDialog<ColourRule>
      title="Colouring rules"
      description="A row has the colour of the first rule whose filter it passes. Errors and warnings keep their tint."
      items={colourRules}
      noun="rule"
      empty="There are no rules yet. The menu of a cell or a field, “Colour rows like this”, adds one, too."
      create={() => ({ filter: '', colour: nextColour(colourRules), on: true })}
      onChange={(rules) => app.preferences.setState({ colourRules: rules })}
      onClose={onClose}
      testId="colour-rules"
      head={
        <Checkbox
          checked={colouring}
          onChange={(next) => app.preferences.setState({ colouring: next })}
          label="Colour rows by these rules"
          testId="colouring"
        />
      }
      render={(rule, change, isNew, at) => (
        <>
          <Checkbox
            checked={rule.on}
            onChange={(on) => change({ ...rule, on })}
            ariaLabel={`Rule ${at + 1} is in force`}
            testId="rule-on"
          />
          <span className={`rule-swatch rule-${rule.colour}`} aria-hidden />
          <Select
            value={rule.colour}
            options={COLOURS}
            onChange={(colour) => change({ ...rule, colour })}
            label={`Colour of rule ${at + 1}`}
            testId="rule-colour"
          />
          <FilterField
            host={app.api}
            text={rule.filter}
            onChange={(filter) => change({ ...rule, filter })}
            label={`Filter of rule ${at + 1}`}
            autoFocus={isNew}
            testId="rule-filter"
          />
        </>
      )}
    />
  );
}
