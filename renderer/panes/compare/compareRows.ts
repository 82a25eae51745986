import { counts } from '../../../app/compare/index.ts';
import type { ByteRange, ComparedObject, DumpComparison } from '../../../app/contracts/index.ts';
import type { Compared } from '../../stores/compare.ts';

/** One visible line of a comparison. */
export interface CompareRow {
  readonly field: Compared;
  /** Positions from the top ("2.0.1"). */
  readonly path: string;
  readonly depth: number;
  readonly expandable: boolean;
  readonly open: boolean;
  /** For screen readers: which of how many siblings that are shown. */
  readonly position: number;
  readonly siblings: number;
}

/** How a comparison is shown. */
export interface CompareView {
  readonly differing: boolean;
  readonly expected: boolean;
  readonly openness: ReadonlyMap<string, boolean>;
}

/** The lines that are visible, from top to bottom. What differs is open until it is closed, what is the same closed. */
export function compareRows(fields: readonly Compared[], view: CompareView): CompareRow[] {
  const rows: CompareRow[] = [];
  const walk = (all: readonly Compared[], above: string, depth: number) => {
    const shown = all
      .map((field, at) => ({ field, at }))
      .filter(({ field }) => !view.differing || counts(field, view.expected));
    shown.forEach(({ field, at }, place) => {
      const path = above === '' ? `${at}` : `${above}.${at}`;
      const expandable = field.children.length > 0;
      const open =
        expandable && (view.openness.get(path) ?? (field.standing === 'changed' && counts(field, view.expected)));
      rows.push({ field, path, depth, expandable, open, position: place + 1, siblings: shown.length });
      if (open) walk(field.children, path, depth + 1);
    });
  };
  walk(fields, '', 0);
  return rows;
}

/** Whether a line is a difference of its own: what is in it is not, or came and went with it. */
export function isDifference({ field }: CompareRow, expected: boolean): boolean {
  return counts(field, expected) && (field.standing !== 'changed' || field.children.length === 0);
}

/** Differences of a comparison: fields that changed, and whole fields that only one has. */
export function differenceCount(fields: readonly Compared[], expected: boolean): number {
  return fields.reduce((sum, field) => {
    if (!counts(field, expected)) return sum;
    return (
      sum + (field.standing === 'changed' && field.children.length > 0 ? differenceCount(field.children, expected) : 1)
    );
  }, 0);
}

/** A difference that was looked for, and whether the search went past the end for it. */
export interface FoundDifference {
  readonly path: string;
  readonly wrapped: boolean;
}

/** The next difference after a field (before it: by -1), once around; null when there is none. */
export function nextDifference(
  fields: readonly Compared[],
  from: string | null,
  by: 1 | -1,
  expected: boolean,
): FoundDifference | null {
  const paths: string[] = [];
  const collect = (all: readonly Compared[], above: string) => {
    all.forEach((field, at) => {
      const path = above === '' ? `${at}` : `${above}.${at}`;
      if (!counts(field, expected)) return;
      if (field.standing === 'changed' && field.children.length > 0) collect(field.children, path);
      else paths.push(path);
    });
  };
  collect(fields, '');
  if (by < 0) paths.reverse();
  const [first] = paths;
  if (first === undefined) return null;
  const next = from === null ? first : paths.find((path) => comparePaths(path, from) * by > 0);
  return next === undefined ? { path: first, wrapped: true } : { path: next, wrapped: false };
}

/** In the order of the lines. */
function comparePaths(one: string, other: string): number {
  const steps = other.split('.').map(Number);
  const own = one.split('.').map(Number);
  for (let at = 0; at < Math.max(own.length, steps.length); at++) {
    const difference = (own[at] ?? -1) - (steps[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Paths of what a field is in, outermost first. */
export function pathsAbove(path: string): string[] {
  const steps = path.split('.');
  return steps.slice(1).map((_, at) => steps.slice(0, at + 1).join('.'));
}

/** The field at a path. */
export function fieldAt(fields: readonly Compared[], path: string | null): Compared | null {
  if (path === null) return null;
  let level = fields;
  let found: Compared | null = null;
  for (const step of path.split('.')) {
    found = level[Number(step)] ?? null;
    if (found === null) return null;
    level = found.children;
  }
  return found;
}

/** Path of the innermost field that owns a byte of one of the two messages; null when none does. */
export function pathAtOffset(fields: readonly Compared[], side: 'a' | 'b', offset: number): string | null {
  let level = fields;
  let path: string | null = null;
  for (;;) {
    const at = level.findIndex((field) => {
      const node = field[side];
      return node !== null && node.kind !== 'generated' && holds(node.range, offset);
    });
    if (at < 0) return path;
    path = path === null ? `${at}` : `${path}.${at}`;
    level = level[at]!.children;
  }
}

function holds({ start, end }: ByteRange, offset: number): boolean {
  return start <= offset && offset < end;
}

/** The objects that are listed of two dumps. */
export function shownObjects({ differing }: DumpComparison, expected: boolean): readonly ComparedObject[] {
  return expected ? differing : differing.filter((object) => !object.expected);
}
