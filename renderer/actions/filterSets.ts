import { type ColourRule, type FilterButton, RULE_COLOURS, type RuleColour } from '../../app/contracts/index.ts';
import type { App } from '../stores/app.ts';
import { mergeSets, readSets, setColour, writeSets } from '../stores/filterSets.ts';
import type { MenuEntry } from '../widgets/Menu.tsx';
import { copyText } from './message.ts';

/** Gives rows that pass a filter a colour; null takes it away. */
export function colourRows(app: App, filter: string, colour: RuleColour | null): void {
  app.preferences.setState(({ colourRules }) => ({
    colourRules: setColour(colourRules, filter, colour),
    ...(colour === null ? {} : { colouring: true }),
  }));
}

/** Menu entry that colours the rows that pass a clause; none when there is no clause. */
export function colourEntries(app: App, clause: string | null): readonly MenuEntry[] {
  if (clause === null) return [];
  const rule = app.preferences.getState().colourRules.find(({ filter }) => filter.trim() === clause);
  return [
    {
      kind: 'submenu',
      label: 'Colour rows like this',
      entries: [
        ...RULE_COLOURS.map(
          (colour): MenuEntry => ({
            kind: 'item',
            label: colourName(colour),
            swatch: colour,
            checked: rule?.on === true && rule.colour === colour,
            run: () => colourRows(app, clause, colour),
          }),
        ),
        { kind: 'separator' },
        { kind: 'item', label: 'No colour', disabled: !rule, run: () => colourRows(app, clause, null) },
        { kind: 'item', label: 'Colouring rules…', run: () => editColours(app) },
      ],
    },
  ];
}

/** "Yellow". */
export function colourName(colour: RuleColour): string {
  return `${colour.charAt(0).toUpperCase()}${colour.slice(1)}`;
}

/** Opens the colouring rules, with a new one for a filter. */
export function editColours(app: App, filter: string | null = null): void {
  if (filter !== null) {
    const { colourRules } = app.preferences.getState();
    if (!colourRules.some((rule) => rule.filter.trim() === filter)) colourRows(app, filter, nextColour(colourRules));
  }
  app.ui.setState({ dialog: { kind: 'colourRules' } });
}

/** The colour that is used least, of equals the first. */
export function nextColour(rules: readonly ColourRule[]): RuleColour {
  const uses = (colour: RuleColour) => rules.filter((rule) => rule.colour === colour).length;
  return RULE_COLOURS.reduce((least, colour) => (uses(colour) < uses(least) ? colour : least));
}

/** Opens the filter buttons, with a new one for a filter. */
export function editButtons(app: App, filter: string | null = null): void {
  if (filter !== null)
    app.preferences.setState(({ filterButtons }) => ({ filterButtons: [...filterButtons, { label: '', filter }] }));
  app.ui.setState({ dialog: { kind: 'filterButtons' } });
}

/** Opens the filter macros, with a new one for a filter. */
export function editMacros(app: App, text: string | null = null): void {
  if (text !== null) app.preferences.setState(({ macros }) => ({ macros: [...macros, { name: '', text }] }));
  app.ui.setState({ dialog: { kind: 'macros' } });
}

/** Applies the filter of a button; the same again shows all. */
export function pressButton(app: App, { filter }: Pick<FilterButton, 'filter'>): void {
  const isApplied = app.session.getState().state.view.filter === filter.trim();
  app.filterBox?.setText(isApplied ? '' : filter, true);
}

/** Puts rules, buttons and macros into the clipboard as JSON. */
export async function copySets(app: App): Promise<void> {
  await copyText(app, writeSets(app.preferences.getState()));
}

/** Adds rules, buttons and macros from JSON. Returns what is wrong with it, "" for nothing. */
export function importSets(app: App, text: string): string {
  const read = readSets(text);
  if (typeof read === 'string') return read;
  app.preferences.setState((own) => ({ ...mergeSets(own, read) }));
  return '';
}
