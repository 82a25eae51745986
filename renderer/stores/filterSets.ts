import * as v from 'valibot';
import type { ColourRule, FilterButton, FilterMacro, RuleColour } from '../../app/contracts/index.ts';
import { MOST_IN_SET, PROFILE_PARTS } from '../../app/settings/profile.ts';

/** The rules that colour rows now, in their order. */
export function activeRules(rules: readonly ColourRule[]): readonly ColourRule[] {
  return rules.filter(({ on, filter }) => on && filter.trim() !== '');
}

/** Gives rows that pass a filter a colour, before all other rules; null takes it away. */
export function setColour(
  rules: readonly ColourRule[],
  filter: string,
  colour: RuleColour | null,
): readonly ColourRule[] {
  const others = rules.filter((rule) => rule.filter.trim() !== filter);
  return colour === null ? others : [{ filter, colour, on: true }, ...others].slice(0, MOST_IN_SET);
}

/** The list with one item moved by so many places, as far as it goes. */
export function moved<Item>(items: readonly Item[], at: number, by: number): readonly Item[] {
  const target = Math.max(0, Math.min(items.length - 1, at + by));
  const others = items.filter((_, place) => place !== at);
  const item = items[at];
  return item === undefined ? items : [...others.slice(0, target), item, ...others.slice(target)];
}

/** The list with something else in one place; null: without it. */
export function replaced<Item>(items: readonly Item[], at: number, item: Item | null): readonly Item[] {
  return items.flatMap((old, place) => (place !== at ? [old] : item === null ? [] : [item]));
}

/** A button, or a menu of several whose labels begin alike. */
export type ButtonGroup =
  | { readonly kind: 'button'; readonly label: string; readonly filter: string }
  | { readonly kind: 'menu'; readonly label: string; readonly buttons: readonly FilterButton[] };

/** Buttons as they stand beside each other: those of one menu where its first one stands. */
export function groupButtons(buttons: readonly FilterButton[]): readonly ButtonGroup[] {
  const groups: (ButtonGroup & { buttons?: FilterButton[] })[] = [];
  for (const { label, filter } of buttons) {
    const [menu, name] = splitLabel(label);
    if (menu === '') {
      groups.push({ kind: 'button', label: name, filter });
      continue;
    }
    const known = groups.find((group) => group.kind === 'menu' && group.label === menu);
    if (known) known.buttons?.push({ label: name, filter });
    else groups.push({ kind: 'menu', label: menu, buttons: [{ label: name, filter }] });
  }
  return groups;
}

function splitLabel(label: string): readonly [menu: string, name: string] {
  const at = label.indexOf('//');
  const menu = at < 0 ? '' : label.slice(0, at).trim();
  const name = at < 0 ? label.trim() : label.slice(at + 2).trim();
  return name === '' ? ['', menu] : [menu, name];
}

/** Rules, buttons and macros as they are handed on. */
export interface FilterSets {
  readonly colourRules: readonly ColourRule[];
  readonly filterButtons: readonly FilterButton[];
  readonly macros: readonly FilterMacro[];
}

const EXPORTED = v.object({
  colourRules: v.optional(PROFILE_PARTS.colourRules, []),
  filterButtons: v.optional(PROFILE_PARTS.filterButtons, []),
  macros: v.optional(PROFILE_PARTS.macros, []),
});

/** Rules, buttons and macros as JSON that `readSets` reads. */
export function writeSets({ colourRules, filterButtons, macros }: FilterSets): string {
  return JSON.stringify({ colourRules, filterButtons, macros }, null, 2);
}

/** Rules, buttons and macros of a JSON text; a sentence that says what is wrong with it otherwise. */
export function readSets(text: string): FilterSets | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'This is not JSON.';
  }
  const read = v.safeParse(EXPORTED, value);
  if (!read.success) {
    const [issue] = read.issues;
    return `${v.getDotPath(issue) ?? 'The text'} is not as rules, buttons and macros are written: ${issue.message}.`;
  }
  const { colourRules, filterButtons, macros } = read.output;
  if (colourRules.length + filterButtons.length + macros.length === 0) {
    return 'There are no rules, buttons or macros in it.';
  }
  return { colourRules, filterButtons, macros };
}

/** What is there with what comes from elsewhere after it; what is there already does not come twice. */
export function mergeSets(own: FilterSets, other: FilterSets): FilterSets {
  const fresh = <Item>(items: readonly Item[], more: readonly Item[], key: (item: Item) => string) => {
    const known = new Set(items.map(key));
    return [...items, ...more.filter((item) => !known.has(key(item)))].slice(0, MOST_IN_SET);
  };
  return {
    colourRules: fresh(own.colourRules, other.colourRules, ({ filter }) => filter.trim()),
    filterButtons: fresh(own.filterButtons, other.filterButtons, ({ label, filter }) => `${label}\n${filter}`),
    macros: fresh(own.macros, other.macros, ({ name }) => name),
  };
}
