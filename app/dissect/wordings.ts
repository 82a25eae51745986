import type { AttrDef, ValueDef } from '../specs/index.ts';
import type { RawValue } from './field.ts';
import { type Form, isSaidByValue, standsAlone } from './present.ts';

/** Texts of a definition's values that are remembered: states and flags have few, counters are not worth it. */
export const MOST_TEXTS = 512;

/** How a value is written without a field, and what numbers of its definition read as. */
export interface Wording {
  readonly kind: 'number' | 'index' | 'string' | 'hint' | 'field';
  readonly texts: Map<RawValue, string>;
}

/** Takes a field to be told. */
export const BY_FIELD: Wording = { kind: 'field', texts: new Map() };

type Wordings = { [form in Form]?: Wording };

const wordingsByDef = new WeakMap<ValueDef, Wordings>();

/** How a value of a definition is written in a form; one Wording for all of them. */
export function wordingOf(def: ValueDef, form: Form): Wording {
  let wordings = wordingsByDef.get(def);
  if (wordings === undefined) {
    wordings = {};
    wordingsByDef.set(def, wordings);
  }
  const known = wordings[form];
  if (known !== undefined) return known;
  const kind = kindOf(def, form);
  const wording = kind === 'field' ? BY_FIELD : { kind, texts: new Map<RawValue, string>() };
  wordings[form] = wording;
  return wording;
}

function kindOf(def: ValueDef, form: Form): Wording['kind'] {
  if (form === 'text' || !isPlain(def)) return 'field';
  switch (def.layout) {
    case 'string':
      return def.secret ? 'field' : 'string';
    case 'binary':
      return def.hint !== '' && def.significant === 0 && !def.secret ? 'hint' : 'field';
    case 'integer':
      if (def.ref === 'ifindex' && def.enum === null) return form === 'num' ? 'number' : 'index';
      return isSaidByValue(def) || standsAlone(def) ? 'number' : 'field';
    default:
      return 'field';
  }
}

/** Nothing but its definition says how a value reads. */
export function isPlain(def: ValueDef): boolean {
  return def.variant === null && def.bits.length === 0 && (def as Partial<AttrDef>).types == null;
}
