import { ipText, macText, toHex } from '../../app/dissect/text.ts';
import type { FilterField, FilterValue } from '../../app/filter/index.ts';

/** A field's value as text: numbers in decimal, addresses as written, other bytes in hex, times in nanoseconds. */
export function valueText<R>(field: FilterField<R>, value: FilterValue): string {
  if (!(value instanceof Uint8Array)) return String(value);
  if (field.type === 'ip') return ipText(value) ?? toHex(value);
  return field.type === 'mac' ? macText(value) : toHex(value);
}
