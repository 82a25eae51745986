import { at, listOf, type Reader } from './compare.ts';
import type { Shown, ShownValue } from './scene.ts';

/** A constant in a tool's words: without its prefix, in small letters. Numbers stay what they are. */
export function word(value: ShownValue | undefined, prefix: string): unknown {
  if (typeof value !== 'string' || !value.startsWith(prefix)) return value;
  return value.slice(prefix.length).toLowerCase();
}

/** Reads a constant at a path as `word` does; `special` has what the tool calls otherwise, by our constant. */
export function named(path: string, prefix: string, special: { readonly [constant: string]: unknown } = {}): Reader {
  return (ours) => {
    const value = at(ours, path);
    return typeof value === 'string' && value in special ? special[value] : word(value, prefix);
  };
}

/** Reads a set of flags at a path as a list of words, sorted (tools have orders of their own). */
export function flagWords(path: string, prefix: string): (ours: Shown) => string[] {
  return (ours) => flagNames(at(ours, path)).map((name) => name.replace(prefix, '').toLowerCase());
}

/** Names of a set of flags; [] when none is set. */
export function flagNames(value: ShownValue | undefined): string[] {
  return listOf(value)
    .filter((name) => name !== 0)
    .map(String);
}

/** Whether a flag at a path is set. */
export function hasFlag(path: string, flag: string): Reader {
  return (ours) => flagNames(at(ours, path)).includes(flag);
}

/** A number at a path in hex as printf's %#x (0x1f, and 0 for zero), or with a number of digits as 0x%0Nx. */
export function hexAt(path: string, digits = 0): Reader {
  return (ours) => {
    const number = Number(at(ours, path));
    const text = number.toString(16).padStart(digits, '0');
    return number === 0 && digits === 0 ? '0' : `0x${text}`;
  };
}

/** A number at a path divided. */
export const scaled =
  (path: string, divisor: number): Reader =>
  (ours) =>
    Number(at(ours, path)) / divisor;

/** A 32-bit number as a dotted quad, as tools print tunnel keys and areas. */
export const quadAt =
  (path: string): Reader =>
  (ours) => {
    const number = Number(at(ours, path));
    return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
  };
