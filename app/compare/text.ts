import type { ComparedObject, DumpComparison, Standing } from '../contracts/index.ts';
import type { ComparableField, ComparedField } from './trees.ts';

/** What a line of a comparison begins with, as diff(1) has it. */
export const SIGNS: { readonly [standing in Standing]: string } = { same: ' ', changed: '~', onlyA: '-', onlyB: '+' };

/** How a value stood before and after in one line. */
export const ARROW = ' → ';

/** A field that differs, in a few words. */
export interface ChangedField {
  readonly name: string;
  /** "IFLA_MTU 1500 → 1400", "+ IFLA_ADDRESS 02:…", "- IFLA_MASTER 4". */
  readonly text: string;
}

/**
 * The innermost fields that differ; members with what they are members of.
 * @param expected those too that differ by themselves
 */
export function changedFields(compared: readonly ComparedField[], expected: boolean, of = ''): ChangedField[] {
  return compared.flatMap((field): ChangedField[] => {
    const { standing, a, b, children } = field;
    if (standing === 'same' || (field.expected && !expected)) return [];
    if (standing === 'changed' && children.length > 0) return changedFields(children, expected, field.name);
    const name = (a ?? b)?.kind === 'member' && of !== '' ? `${of}.${field.name}` : field.name;
    const value = standing === 'changed' ? `${shown(a)}${ARROW}${shown(b)}` : shown(a ?? b);
    const sign = standing === 'changed' ? '' : `${SIGNS[standing]} `;
    return [{ name, text: `${sign}${name}${value === '' ? '' : ` ${value}`}` }];
  });
}

function shown(field: ComparableField | null): string {
  return field?.text ?? '';
}

interface TextOptions {
  /** Only what differs, with what it is in. */
  readonly differing: boolean;
  /** Differences too that are expected (see expected.ts). */
  readonly expected: boolean;
}

/** A comparison of two messages as lines: sign, indentation, name, values. */
export function comparisonLines(
  compared: readonly ComparedField[],
  { differing, expected }: TextOptions,
  depth = 0,
): string[] {
  return compared.flatMap((field) => {
    if (differing && !counts(field, expected)) return [];
    const { name, a, b, standing, children } = field;
    // What is in a field says what changed in it.
    const sign = standing === 'changed' && children.length > 0 ? ' ' : SIGNS[standing];
    const value = standing === 'changed' && children.length === 0 ? `${shown(a)}${ARROW}${shown(b)}` : shown(b ?? a);
    const line = `${sign} ${'  '.repeat(depth)}${name}${value === '' ? '' : `: ${value}`}`;
    return [line, ...comparisonLines(children, { differing, expected }, depth + 1)];
  });
}

/** Whether a field differs, be it only by itself when that is asked for. */
export function counts({ standing, expected: byItself }: ComparedField, expected: boolean): boolean {
  return standing !== 'same' && (expected || !byItself);
}

/** "3 added, 1 removed, 2 changed, 40 the same". */
export function countsSentence({ counts: { onlyA, onlyB, changed, same }, expected }: DumpComparison): string {
  const word = (count: number, what: string) => `${count.toLocaleString('en-US')} ${what}`;
  const byItself = expected > 0 ? ` (${word(expected, 'of them in counters or ages only')})` : '';
  return `${word(onlyB, 'added')}, ${word(onlyA, 'removed')}, ${word(changed, 'changed')}${byItself}, ${word(same, 'the same')}`;
}

/** A comparison of two dumps as lines; those that differ in counters and ages only when that is asked for. */
export function dumpLines(comparison: DumpComparison, expected: boolean): string[] {
  const lines = comparison.differing
    .filter((object) => expected || !object.expected)
    .flatMap((object) => [
      `${SIGNS[object.standing]} ${object.summary}${messagesOf(object)}`,
      ...object.changes.map((change) => `      ${change}`),
      ...(object.more > 0 ? [`      and ${object.more} more`] : []),
    ]);
  return [countsSentence(comparison), ...lines];
}

function messagesOf({ a, b }: ComparedObject): string {
  return `  (${[a, b]
    .filter((number) => number > 0)
    .map((number) => `#${number}`)
    .join(' and ')})`;
}
