import type { ValueDef } from '../specs/index.ts';
import type { Field, RawValue } from './field.ts';
import { briefText, standsAlone } from './present.ts';

/** Answers that a test remembers. */
const MOST_ANSWERS = 64;

/** A condition on a value. What it found out is kept: the same few values come again and again. */
export class Test {
  readonly value: string;
  /** Whether the value names a flag that is to be there, rather than the value. */
  readonly #isFlag: boolean;
  /** True: the text stands where the test holds; false: where it does not. */
  readonly wanted: boolean;
  readonly #number: number;
  /** Whether values of a definition are equal. */
  #def: ValueDef | null = null;
  readonly #equal = new Map<RawValue, boolean>();

  constructor(value: string, isFlag: boolean, wanted: boolean) {
    this.value = value;
    this.#isFlag = isFlag;
    this.wanted = wanted;
    this.#number = String(Number(value)) === value ? Number(value) : Number.NaN;
  }

  /** What numbers of a definition pass: a sole one, those with a flag, none, or those that read as the text. */
  numberOf(def: ValueDef): { readonly kind: 'sole' | 'flag' | 'never' | 'text'; readonly number: number } {
    if (this.#isFlag) {
      const bit = def.enum?.byName.get(this.value)?.value;
      if (bit === undefined) return { kind: 'never', number: 0 };
      return { kind: def.size === 8 || def.size === 0 || def.signed ? 'text' : 'flag', number: bit };
    }
    const isSole = def.ref === 'ifindex' && Number.isInteger(this.#number);
    return { kind: isSole ? 'sole' : 'text', number: this.#number };
  }

  /** Whether nothing but the number tells whether one of a definition passes. */
  isByNumber(def: ValueDef): boolean {
    return this.#isFlag || standsAlone(def);
  }

  /** Whether it holds for a number of a definition; undefined where only its field tells. */
  holdsNumber(def: ValueDef, raw: RawValue): boolean | undefined {
    if (this.#isFlag) return this.#hasFlag(def, raw);
    return this.#isNumber(def, raw) ?? (this.#def === def ? this.#equal.get(raw) : undefined);
  }

  holds(field: Field): boolean {
    const { def, raw } = field;
    if (this.#isFlag) return def !== null && this.#hasFlag(def, raw);
    const told = this.#isNumber(def, raw);
    if (told !== undefined) return told;
    if (def === null || field.override !== undefined || !standsAlone(def)) return this.#readsAs(field);
    const known = this.#def === def ? this.#equal.get(raw) : undefined;
    if (known !== undefined) return known;
    const equal = this.#readsAs(field);
    this.#remember(def, raw, equal);
    return equal;
  }

  /** What the number alone tells; undefined for nothing. */
  #isNumber(def: ValueDef | null, raw: RawValue): boolean | undefined {
    if (raw === this.#number) return true;
    // A number means the index, whatever an interface is called.
    return def?.ref === 'ifindex' && !Number.isNaN(this.#number) ? false : undefined;
  }

  #remember(def: ValueDef, raw: RawValue, equal: boolean): void {
    if (this.#def !== def || this.#equal.size === MOST_ANSWERS) this.#equal.clear();
    this.#def = def;
    this.#equal.set(raw, equal);
  }

  #hasFlag(def: ValueDef, raw: RawValue): boolean {
    const bit = def.enum?.byName.get(this.value)?.value;
    return bit !== undefined && typeof raw === 'number' && Math.floor(raw / bit) % 2 === 1;
  }

  #readsAs(field: Field): boolean {
    const { value } = this;
    return String(field.raw) === value || briefText(field, 'name') === value || field.text === value;
  }
}
