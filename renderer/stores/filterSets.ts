import * as v from 'valibot';

/** Colours that rules may give rows: names of tokens, never colours themselves, so that they hold in every theme. */
export const RULE_COLOURS = ['yellow', 'green', 'cyan', 'blue', 'violet', 'pink'] as const;
export type RuleColour = (typeof RULE_COLOURS)[number];

/** Rows that pass the filter have the colour, unless a rule before it gave them another. */
export interface ColourRule {
  readonly filter: string;
  readonly colour: RuleColour;
  readonly on: boolean;
}

/** A display filter at hand. "A // B" stands as B in a menu A. */
export interface FilterButton {
  readonly label: string;
  readonly filter: string;
}

/** Rules that are in force at once, buttons, and the length of a filter: what the host takes. */
const MOST = 64;
const FILTER = v.pipe(v.string(), v.maxLength(4096));

export const COLOUR_RULES = v.pipe(
  v.array(v.object({ filter: FILTER, colour: v.picklist(RULE_COLOURS), on: v.boolean() })),
  v.maxLength(MOST),
);
export const FILTER_BUTTONS = v.pipe(
  v.array(v.object({ label: v.pipe(v.string(), v.maxLength(256)), filter: FILTER })),
  v.maxLength(MOST),
);

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
  return colour === null ? others : [{ filter, colour, on: true }, ...others].slice(0, MOST);
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

/** Rules and buttons as they are handed on. */
export interface FilterSets {
  readonly colourRules: readonly ColourRule[];
  readonly filterButtons: readonly FilterButton[];
}

const EXPORTED = v.object({
  colourRules: v.optional(COLOUR_RULES, []),
  filterButtons: v.optional(FILTER_BUTTONS, []),
});

/** Rules and buttons as JSON that `readSets` reads. */
export function writeSets({ colourRules, filterButtons }: FilterSets): string {
  return JSON.stringify({ colourRules, filterButtons }, null, 2);
}

/** Rules and buttons of a JSON text; a sentence that says what is wrong with it otherwise. */
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
    return `${v.getDotPath(issue) ?? 'The text'} is not as rules and buttons are written: ${issue.message}.`;
  }
  const { colourRules, filterButtons } = read.output;
  if (colourRules.length + filterButtons.length === 0) return 'There are neither rules nor buttons in it.';
  return { colourRules, filterButtons };
}

/** What is there with what comes from elsewhere after it; what is there already does not come twice. */
export function mergeSets(own: FilterSets, other: FilterSets): FilterSets {
  const fresh = <Item>(items: readonly Item[], more: readonly Item[], key: (item: Item) => string) => {
    const known = new Set(items.map(key));
    return [...items, ...more.filter((item) => !known.has(key(item)))].slice(0, MOST);
  };
  return {
    colourRules: fresh(own.colourRules, other.colourRules, ({ filter }) => filter.trim()),
    filterButtons: fresh(own.filterButtons, other.filterButtons, ({ label, filter }) => `${label}\n${filter}`),
  };
}
