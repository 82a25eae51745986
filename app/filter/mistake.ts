import type { FilterError } from '../contracts/index.ts';

/** Characters of the filter text, half-open. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface MistakeDetails {
  readonly hint?: string | undefined;
  /** Text that, put in place of the span, sets it right. */
  readonly replacement?: string | undefined;
  /** True when more typing may set it right. */
  readonly incomplete?: boolean;
  /** Where it is in the text of a macro. */
  readonly macro?: FilterError['macro'];
}

/** What is wrong with a filter. Thrown while reading one and caught at the border of this folder, never beyond. */
export class FilterMistake extends Error {
  readonly error: FilterError;
  readonly incomplete: boolean;

  constructor(span: Span, message: string, { hint, replacement, incomplete = false, macro }: MistakeDetails = {}) {
    super(message);
    this.error = {
      message,
      range: { start: span.from, end: span.to },
      ...(hint !== undefined && { hint }),
      ...(replacement !== undefined && { replacement }),
      ...(macro !== undefined && { macro }),
    };
    this.incomplete = incomplete;
  }
}

/** `"a", "b" or "c"` without the quotes: a choice in words. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

const LONGEST_QUOTE = 60;

/** A piece of the filter as an error shows it. */
export function shorten(text: string): string {
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 1)}…` : text;
}
