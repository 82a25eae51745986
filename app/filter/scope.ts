import type {
  FieldRegistry,
  FilterField,
  FilterType,
  FilterValue,
  Narrow,
  Question,
  Screen,
  ValueSink,
} from './fields.ts';
import { quote } from './literals.ts';
import { either, FilterMistake, type Span, shorten } from './mistake.ts';

/** What a filter is compiled against, and the fields it turned out to use. */
export interface Scope<R> {
  readonly text: string;
  readonly registry: FieldRegistry<R>;
  readonly used: Set<FilterField<R>>;
}

/** Names a field's values have, and the values. */
export type ValueNames = NonNullable<FilterField<unknown>['names']>;

/** Something that has values in a record: a field, a part of one, or a function of one. */
export interface Operand<R> extends Span {
  readonly type: FilterType;
  /** As written. */
  readonly label: string;
  readonly names: ValueNames | undefined;
  /** What reading it costs, relative to others: 0 for index columns. */
  readonly cost: number;
  /** For what occurs at most once; undefined when absent. */
  readonly scalar: ((record: R) => FilterValue | undefined) | undefined;
  /** Whether zero is as good as absent where nothing is compared. */
  readonly zeroIsNone?: boolean;
  read(record: R, out: ValueSink): void;
  /** Where each record has one number: those of its block (see FilterField). */
  readonly numbers: ((record: R) => ArrayLike<number>) | undefined;
  /** The bits of those numbers that count; -1: all. */
  readonly mask?: number;
  /** Tells records where it is absent. */
  readonly screen?: Screen<R> | undefined;
  /** Asks many records (see FilterField). */
  readonly narrow?: ((question: Question<R>) => Narrow<R>) | undefined;
}

/** A piece of the filter as an error shows it. */
export function textOf(scope: { readonly text: string }, { from, to }: Span): string {
  return shorten(scope.text.slice(from, to));
}

/** The field of that name, noted as used; undefined when there is none. */
export function findField<R>(scope: Scope<R>, name: string): FilterField<R> | undefined {
  const field = scope.registry.find(name);
  if (field) {
    scope.used.add(field);
  }
  return field;
}

const SUGGESTIONS = 3;

/** A name that is no field: still being typed, misspelled, or text that lacks its quotes. */
export function unknownField<R>(scope: Scope<R>, name: string, span: Span): FilterMistake {
  const atEnd = span.to === scope.text.length;
  const longer = atEnd ? scope.registry.complete(name, SUGGESTIONS).filter((field) => field.name.startsWith(name)) : [];
  if (longer.length > 0) {
    const hint = `It is the beginning of ${either(longer.map((field) => field.name))}`;
    return new FilterMistake(span, `${shorten(name)} is not a field`, { hint, incomplete: true });
  }
  const near = scope.registry.suggest(name, SUGGESTIONS);
  return near.length > 0
    ? new FilterMistake(span, `${shorten(name)} is not a field`, {
        hint: `Did you mean ${either(near)}?`,
        replacement: near[0],
      })
    : new FilterMistake(span, `${shorten(name)} is not a field`, {
        hint: `To find messages whose summary contains it write ${quote(name)}`,
        replacement: quote(name),
      });
}
