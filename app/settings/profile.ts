import * as v from 'valibot';
import { type Profile, RULE_COLOURS, TIME_FORMATS } from '../contracts/index.ts';
import { MACRO_NAME } from '../filter/index.ts';

/** Rules that are in force at once, buttons, and the length of a filter: what the host takes. */
export const MOST_IN_SET = 64;
export const LONGEST_FILTER = 4096;
const LONGEST_NAME = 256;
const WIDEST = 100_000;

/** The profile that is there without being made, and goes by this name until it is renamed. */
export const FIRST_PROFILE = 'Default';
/** Profiles that there can be. */
export const MOST_PROFILES = 64;

export const DEFAULT_PROFILE: Profile = {
  colourRules: [],
  colouring: true,
  filterButtons: [],
  macros: [],
  columns: { order: [], hidden: [] },
  columnWidths: {},
  timeFormat: 'clock',
};

/** What a profile may be called: what stands in a menu and after --profile. */
export const profileName = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'a profile needs a name'),
  v.maxLength(64, 'the name of a profile has at most 64 characters'),
  v.check((name) => !/\p{C}/u.test(name), 'the name of a profile has no control characters'),
);

const FILTER = v.pipe(v.string(), v.maxLength(LONGEST_FILTER));
const NAME = v.pipe(v.string(), v.maxLength(LONGEST_NAME));
const NAMES = v.pipe(v.array(NAME), v.maxLength(LONGEST_NAME));

/** The parts of a profile, each by itself: what one of them lacks does not take the others away. */
export const PROFILE_PARTS = {
  colourRules: v.pipe(
    v.array(v.object({ filter: FILTER, colour: v.picklist(RULE_COLOURS), on: v.boolean() })),
    v.maxLength(MOST_IN_SET),
  ),
  colouring: v.boolean(),
  filterButtons: v.pipe(v.array(v.object({ label: NAME, filter: FILTER })), v.maxLength(MOST_IN_SET)),
  macros: v.pipe(
    v.array(v.object({ name: v.pipe(v.string(), v.maxLength(64)), text: FILTER })),
    v.maxLength(MOST_IN_SET),
  ),
  columns: v.object({ order: NAMES, hidden: NAMES, extra: v.optional(NAMES) }),
  columnWidths: v.record(NAME, v.pipe(v.number(), v.finite(), v.minValue(0), v.maxValue(WIDEST))),
  timeFormat: v.picklist(TIME_FORMATS),
} satisfies { readonly [Part in keyof Profile]: v.GenericSchema<unknown, Profile[Part]> };

const PARTS = Object.keys(PROFILE_PARTS) as (keyof Profile)[];

/** Some parts of a profile, as a window sends them. */
export const someOfProfile = v.partial(v.object(PROFILE_PARTS));

/** Something that was read as a profile: what cannot be used is as if never chosen, and told. */
export interface ReadProfile {
  readonly values: Profile;
  /** "colourRules.3.colour: Invalid type: …", a line each. */
  readonly problems: readonly string[];
}

/** Reads a profile from what was stored or handed on, whatever that is. */
export function readProfile(stored: unknown): ReadProfile {
  const values: Partial<Record<keyof Profile, unknown>> = {};
  const problems: string[] = [];
  const given = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  for (const part of PARTS) {
    if (!Object.hasOwn(given, part)) continue;
    const read = v.safeParse(PROFILE_PARTS[part] as v.GenericSchema, given[part]);
    if (read.success) values[part] = read.output;
    else problems.push(problemOf(part, read.issues[0]));
  }
  return { values: { ...DEFAULT_PROFILE, ...values } as Profile, problems };
}

function problemOf(part: string, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return `${path === null ? part : `${part}.${path}`}: ${issue.message}`;
}

/** Whether a profile says anything that is not usual. */
export function isUsual(values: Partial<Profile>): boolean {
  return PARTS.every((part) => !(part in values) || same(values[part], DEFAULT_PROFILE[part]));
}

/** The parts of a profile that another one has otherwise. */
export function differing(now: Profile, before: Profile): Partial<Profile> {
  return Object.fromEntries(PARTS.filter((part) => !same(now[part], before[part])).map((part) => [part, now[part]]));
}

/** Only what is part of a profile. */
export function profileOf(values: Profile): Profile {
  return Object.fromEntries(PARTS.map((part) => [part, values[part]])) as unknown as Profile;
}

function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

/** Texts of a profile's macros by their names, of equal ones the first; those without a proper name are left out. */
export function macrosOf({ macros }: Pick<Profile, 'macros'>): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const { name, text } of macros) if (MACRO_NAME.test(name) && !named.has(name)) named.set(name, text);
  return named;
}

/** A name that none of these has: the wanted one, or with a number after it. */
export function freeName(wanted: string, names: readonly string[]): string {
  let name = wanted;
  for (let number = 2; names.includes(name); number++) name = `${wanted} ${number}`;
  return name;
}

/** What a profile is handed on as. */
interface HandedOn {
  readonly nlscope: 'profile';
  readonly name: string;
}

/** A profile as a text that `readProfileText` reads. */
export function writeProfileText(name: string, values: Profile): string {
  return `${JSON.stringify({ nlscope: 'profile', name, ...profileOf(values) }, null, 2)}\n`;
}

/** The profile of such a text; a sentence that says what is wrong with it otherwise. */
export function readProfileText(text: string): { readonly name: string; readonly values: Profile } | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'This is not JSON.';
  }
  const { nlscope, name } = (typeof value === 'object' && value !== null ? value : {}) as Partial<HandedOn>;
  if (nlscope !== 'profile') return 'This is no profile: "Export profile…" writes one.';
  const called = v.safeParse(profileName, name);
  if (!called.success) return `The profile cannot be used: ${called.issues[0].message}.`;
  const { values, problems } = readProfile(value);
  return problems.length > 0 ? `The profile cannot be used: ${problems[0]}.` : { name: called.output, values };
}
