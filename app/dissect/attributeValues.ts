import type { FilterType, ValueSink } from '../filter/fields.ts';
import type { AttrDef, AttrSpace } from '../specs/index.ts';
import type { Field } from './field.ts';
import { isAttr, significantBytes } from './present.ts';

/** An attribute that is looked for, and the sets whose messages or nests may hold it. */
export interface Wanted {
  readonly name: string;
  isIn(space: AttrSpace): boolean;
  /** Whether a nest may hold it, whatever decides how the nest reads. */
  isInside(nest: AttrDef): boolean;
}

/** By filter name: several sets of a spec may define the same attribute (subsets, one set for each kind of message). */
export function readAttributes(fields: readonly Field[], wanted: Wanted, type: FilterType, out: ValueSink): void {
  for (const field of fields) {
    const { def } = field;
    if (isAttr(def)) {
      if (def.filter === wanted.name) pushValue(field, type, out);
      if (!def.nests) continue;
      // A plain nest holds what its set says: no need to read one that cannot hold it.
      if (def.layout === 'nest' && def.switch === null && def.space !== null && !wanted.isIn(def.space)) continue;
    } else if (def !== null || field.kind === 'header') continue;
    readAttributes(field.children, wanted, type, out);
  }
}

/** Adds the values of a field as a filter compares them. */
export function pushValue(field: Field, type: FilterType, out: ValueSink): void {
  if (type === 'none') {
    out.push(true);
    return;
  }
  if (field.def?.layout === 'array') {
    for (const item of field.children) if (item.kind === 'item') pushValue(item, type, out);
    return;
  }
  if (type === 'ip' || type === 'mac' || type === 'bytes') {
    out.push(significantBytes(field));
    return;
  }
  const { raw } = field;
  if (field.def?.layout === 'binary') {
    out.push(typeof raw === 'string' ? raw : field.text);
    return;
  }
  if (field.def?.layout === 'bitfield32') {
    const value = field.children[0]?.raw;
    if (typeof value === 'number') out.push(value);
    return;
  }
  if (typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'string') out.push(raw);
}
