import type { Shown, ShownValue } from './scene.ts';

/** JSON as a tool prints it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What our reading says about a key of the tool, in the tool's words; undefined for nothing. */
export type Reader = (ours: Shown, key: string) => unknown;

/** A key that only the tool has, and why. */
export interface Unshared {
  readonly unshared: string;
}

/** Objects inside the tool's object, compared one by one with things of ours. */
export interface Each {
  readonly each: (ours: Shown) => readonly Shown[];
  readonly table: Table | ((ours: Shown) => Table);
}

/** Keys below this one are looked up in a table that depends on what we read. */
export interface Inside {
  readonly inside: (ours: Shown) => { readonly table: Table; readonly shown: Shown } | undefined;
}

/**
 * What answers a key of the tool: a path in our values whose value is the same, a reader, or one of the above. Keys are
 * dotted paths in the tool's JSON; `*` stands for any key that is not named.
 */
export type Rule = string | Reader | Unshared | Each | Inside;
export interface Table {
  readonly [path: string]: Rule;
}

/** Where the two differ. */
export interface Difference {
  readonly path: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** What came out: how many values were compared, which rules answered for them, and where they differ. */
export class Findings {
  values = 0;
  readonly used = new Set<string>();
  readonly differences: Difference[] = [];
}

/** Marks a key that only the tool has. */
export const unshared = (reason: string): Unshared => ({ unshared: reason });

/** What our values say at a dotted path; undefined where there is nothing. */
export function at(shown: ShownValue | undefined, path: string): ShownValue | undefined {
  let value: ShownValue | undefined = shown;
  for (const step of path.split('.')) {
    if (value === null || typeof value !== 'object') return undefined;
    value = (value as { readonly [step: string]: ShownValue })[step];
  }
  return value;
}

/** One or more occurrences as a list. */
export function listOf(value: ShownValue | undefined): readonly ShownValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/**
 * Compares what a tool printed of an object with our readings of it. There are two, from before and after the tool
 * looked: a value that changed meanwhile may be either or, as a number, between them.
 */
export function compare(theirs: Json, ours: readonly [Shown, Shown], table: Table, name: string, into: Findings): void {
  visit(theirs, '', '');

  function visit(value: Json, path: string, key: string): void {
    const rule = table[path] ?? (path === '' ? undefined : wildcard(table, path));
    const isGroup = Object.keys(table).some((known) => known.startsWith(`${path}.`)) && !(path in table);
    if (isObject(value) && (rule === undefined || isGroup)) {
      for (const [inner, child] of Object.entries(value)) visit(child, path === '' ? inner : `${path}.${inner}`, inner);
      return;
    }
    if (rule !== undefined) into.used.add(path in table ? path : `${path} (*)`);
    judge(value, path, key, rule);
  }

  function judge(value: Json, path: string, key: string, rule: Rule | undefined): void {
    const differ = (found: unknown) => into.differences.push({ path: `${name}.${path}`, theirs: value, ours: found });
    if (rule === undefined) return void differ('no rule answers this key');
    if (typeof rule === 'object' && 'unshared' in rule) return;
    if (typeof rule === 'object' && 'inside' in rule) {
      const [before, after] = [rule.inside(ours[0]), rule.inside(ours[1])];
      if (before === undefined || after === undefined) return void differ('nothing');
      compare(value, [before.shown, after.shown], before.table, `${name}.${path}`, into);
      return;
    }
    if (typeof rule === 'object') {
      const [before, after] = [rule.each(ours[0]), rule.each(ours[1])];
      const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
      if (items.length !== before.length || items.length !== after.length) return void differ(before);
      for (const [index, item] of items.entries()) {
        const pair = [before[index] ?? {}, after[index] ?? {}] as const;
        const table = typeof rule.table === 'function' ? rule.table(pair[0]) : rule.table;
        compare(item, pair, table, `${name}.${path}[${index}]`, into);
      }
      return;
    }
    const [before, after] = ours.map((shown) => (typeof rule === 'string' ? at(shown, rule) : rule(shown, key)));
    into.values++;
    if (!alike(value, before) && !alike(value, after) && !isBetween(value, before, after)) differ(before);
  }
}

function wildcard(table: Table, path: string): Rule | undefined {
  const dot = path.lastIndexOf('.');
  return table[dot < 0 ? '*' : `${path.slice(0, dot)}.*`];
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/**
 * Whether a value of the tool is ours: a boolean also as 1, 0 or an absent flag, digits also as a number. A key that
 * is there without a value (null) says that a flag is set.
 */
function alike(theirs: Json, ours: unknown): boolean {
  if (Array.isArray(theirs)) {
    return Array.isArray(ours) && theirs.length === ours.length && theirs.every((item, i) => alike(item, ours[i]));
  }
  if (isObject(theirs)) {
    if (ours === null || typeof ours !== 'object') return false;
    const known = ours as { readonly [name: string]: unknown };
    return Object.entries(theirs).every(([name, value]) => alike(value, known[name]));
  }
  if (theirs === null) return ours === true || ours === null || ours === 1;
  if (typeof theirs === 'boolean') return theirs ? ours === true || ours === 1 : !ours;
  if (typeof theirs === 'number') return ours !== null && ours !== undefined && ours !== '' && Number(ours) === theirs;
  return theirs === ours || (typeof theirs === 'string' && typeof ours !== 'object' && theirs === String(ours));
}

function isBetween(theirs: Json, before: unknown, after: unknown): boolean {
  if (typeof theirs !== 'number' || !isNumber(before) || !isNumber(after)) return false;
  const [low, high] = [Number(before), Number(after)].sort((a, b) => a - b) as [number, number];
  return low <= theirs && theirs <= high;
}

const isNumber = (value: unknown) => typeof value === 'number' || typeof value === 'bigint';
