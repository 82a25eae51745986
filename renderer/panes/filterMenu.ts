import type { FilterJoin } from '../../app/filter/index.ts';
import type { MenuEntry } from '../widgets/Menu.tsx';

const JOINS: readonly { readonly join: FilterJoin; readonly label: string; readonly keys?: string }[] = [
  { join: 'replace', label: 'Apply as filter', keys: 'Alt+F' },
  { join: 'and', label: 'And this' },
  { join: 'or', label: 'Or this' },
  { join: 'and not', label: 'Exclude this', keys: 'Alt+Shift+F' },
];

/**
 * Menu entries that apply a clause as a filter, alone or with the current one; none when there is no clause.
 * @param showKeys whether the keys for the selected field do the same here
 */
export function filterEntries(
  clause: string | null,
  showKeys: boolean,
  apply: (clause: string, join: FilterJoin) => void,
): readonly MenuEntry[] {
  if (clause === null) return [];
  return [
    { kind: 'label', label: clause },
    ...JOINS.map(
      ({ join, label, keys }): MenuEntry => ({
        kind: 'item',
        label,
        keys: showKeys ? keys : undefined,
        run: () => apply(clause, join),
      }),
    ),
    { kind: 'separator' },
  ];
}
