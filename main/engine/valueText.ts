import { ipText, macText, toHex } from '../../app/dissect/text.ts';
import { type FilterField, type FilterValue, quote } from '../../app/filter/index.ts';

/** A field's value as text: numbers in decimal, addresses as written, other bytes in hex, times in nanoseconds. */
export function valueText<R>(field: FilterField<R>, value: FilterValue): string {
  if (!(value instanceof Uint8Array)) return String(value);
  if (field.type === 'ip') return ipText(value) ?? toHex(value);
  return field.type === 'mac' ? macText(value) : toHex(value);
}

/** The same as a display filter writes it: with the names that numbers have, texts in quotes. */
export function valueLiteral<R>(field: FilterField<R>, value: FilterValue): string {
  if (typeof value === 'string') return field.names?.has(value) ? value : quote(value);
  const named = valueName(field, value);
  if (named !== undefined) return named;
  const text = valueText(field, value);
  return field.type === 'bytes' ? text.replace(/(..)(?=.)/g, '$1:') : text;
}

/** The name that a field has for a value; undefined for none, and for sets of bits. */
export function valueName<R>({ names, bits }: FilterField<R>, value: FilterValue): string | undefined {
  if (bits) return undefined;
  for (const [name, known] of names ?? []) if (known === value) return name;
  return undefined;
}
