import type { CompletionOption, FilterCompletion } from '../contracts/index.ts';
import type { FieldRegistry, FilterField } from './fields.ts';
import { MAX_FILTER_LENGTH, parser } from './language.ts';
import { quote } from './literals.ts';
import { expandMacros, macroArity } from './macros.ts';
import { FilterMistake, type Span } from './mistake.ts';
import { FUNCTIONS, operandOf } from './operands.ts';
import { BIT_TEST, CONNECTIVES, KEYWORDS, MEMBERSHIP, OPERATORS, QUANTIFIERS } from './operators.ts';
import { type Place, placeAfter, tokensOf } from './place.ts';
import { comparable } from './relations.ts';
import type { Operand, Scope } from './scope.ts';
import { parseSyntax } from './syntax.ts';

/** A value that occurs in the capture, as it is written in a filter ("eth0" with its quotes), and how often. */
export interface SeenValue {
  readonly text: string;
  readonly count: number;
}

/** Values of a field worth proposing, most frequent first. */
export type SeenValues<R> = (field: FilterField<R>) => readonly SeenValue[];

const MAX_OPTIONS = 50;
const WORD_BEFORE = /\$\w*$|\w[\w.:/-]*$/;
const SIGNS_BEFORE = /[=!<>~&|^]+$/;
const NOTHING: FilterCompletion = { from: 0, options: [] };

/**
 * What may be written at `offset` of a filter: fields, operators that suit the field, names and seen values of the field
 * compared, connectives. `from` is where the word begun before the offset starts. Never throws.
 */
export function completeFilter<R>(
  text: string,
  offset: number,
  registry: FieldRegistry<R>,
  seenValues: SeenValues<R> = () => [],
): FilterCompletion {
  if (offset > MAX_FILTER_LENGTH) {
    return NOTHING;
  }
  const { from, place } = wordAt(text.slice(0, offset));
  const word = text.slice(from, offset);
  const subject = place.subject && operandIn(text, place.subject, registry);
  const propose = word.startsWith('$') ? macros : OPTIONS[place.kind];
  const options = propose({ word, registry, subject, seenValues, place });
  return { from, options: options.slice(0, MAX_OPTIONS) };
}

/** Where the word at the end of `prefix` begins, and what may stand there. */
function wordAt(prefix: string): { from: number; place: Place } {
  const tokens = tokensOf(parser.parse(prefix), prefix.length);
  const last = tokens.at(-1);
  if (last?.name === 'UnclosedString') {
    return { from: last.from, place: placeAfter(tokens.slice(0, -1)) };
  }
  const from = prefix.length - (WORD_BEFORE.exec(prefix)?.[0].length ?? 0);
  if (from < prefix.length) {
    return { from, place: placeBefore(prefix.slice(0, from)) };
  }
  const signsFrom = prefix.length - (SIGNS_BEFORE.exec(prefix)?.[0].length ?? 0);
  const beforeSigns = placeBefore(prefix.slice(0, signsFrom));
  return signsFrom < prefix.length && (beforeSigns.kind === 'subject' || beforeSigns.kind === 'end')
    ? { from: signsFrom, place: beforeSigns }
    : { from, place: placeAfter(tokens) };
}

function placeBefore(prefix: string): Place {
  return placeAfter(tokensOf(parser.parse(prefix), prefix.length));
}

/** The operand written in a part of the text; undefined when it is none. */
function operandIn<R>(text: string, { from, to }: Span, registry: FieldRegistry<R>): Operand<R> | undefined {
  try {
    const part = expandMacros(text.slice(from, to), registry.macros?.()).text;
    const scope: Scope<R> = { text: part, registry, used: new Set() };
    const syntax = parseSyntax(part);
    return syntax ? operandOf(scope, syntax) : undefined;
  } catch (mistake) {
    if (mistake instanceof FilterMistake) {
      return undefined;
    }
    throw mistake;
  }
}

interface Request<R> {
  readonly word: string;
  readonly registry: FieldRegistry<R>;
  readonly subject: Operand<R> | undefined;
  readonly seenValues: SeenValues<R>;
  readonly place: Place;
}

type Proposer = <R>(request: Request<R>) => CompletionOption[];

const none: Proposer = () => [];

const OPTIONS: Readonly<Record<Place['kind'], Proposer>> = {
  operand: (request) => [...fields(request), ...functions(request), ...prefixes(request)],
  argument: (request) => fields(request),
  value: (request) => values(request, true),
  item: (request) => values(request, false),
  set: () => [option('{', 'operator', '', MEMBERSHIP.doc)],
  in: () => [option('in', 'operator', '', MEMBERSHIP.doc)],
  slice: none,
  subject: (request) => [...operators(request), ...connectives(request)],
  end: (request) => connectives(request),
  itemEnd: none,
  argumentEnd: none,
};

const TAKES_MACRO: ReadonlySet<Place['kind']> = new Set(['operand', 'argument', 'value', 'item', 'set']);

/** Macros, where one can stand. */
function macros<R>({ word, registry, place }: Request<R>): CompletionOption[] {
  if (!TAKES_MACRO.has(place.kind)) {
    return [];
  }
  const named = [...(registry.macros?.() ?? [])].map(([name, text]) => {
    const arity = macroArity(text);
    const detail = arity === 0 ? '' : arity === 1 ? '1 argument' : `${arity} arguments`;
    return option(arity === 0 ? `$${name}` : `$${name}(`, 'macro', detail, text);
  });
  return bestFirst(named, word);
}

function option(label: string, kind: CompletionOption['kind'], detail: string, doc: string): CompletionOption {
  return { label, kind, detail, doc };
}

function fieldOption<R>({ name, detail, doc }: FilterField<R>): CompletionOption {
  return option(name, 'field', detail, doc);
}

function fields<R>({ word, registry }: Request<R>): CompletionOption[] {
  return registry.complete(word, MAX_OPTIONS).map(fieldOption);
}

function functions<R>({ word }: Request<R>): CompletionOption[] {
  return FUNCTIONS.filter(({ name }) => name.startsWith(word)).map(({ name, gives, doc }) =>
    option(`${name}(`, 'function', gives, doc),
  );
}

/** Words that may begin a condition. */
function prefixes<R>({ word }: Request<R>): CompletionOption[] {
  const [negation] = CONNECTIVES;
  return [['not', negation!.doc] as const, ...Object.entries(QUANTIFIERS)]
    .filter(([label]) => label.startsWith(word))
    .map(([label, doc]) => option(label, 'keyword', '', doc));
}

function operators<R>({ word, subject }: Request<R>): CompletionOption[] {
  const all = [
    ...OPERATORS,
    { spellings: ['in'], ...MEMBERSHIP },
    { spellings: ['not in'], types: MEMBERSHIP.types, doc: 'no value is in the set, or there is none' },
    { spellings: ['&', 'bitwise_and'], ...BIT_TEST },
  ];
  return all
    .filter(({ types }) => !subject || types.includes(subject.type))
    .flatMap(({ spellings, doc }) => spelled(spellings, word).map((label) => option(label, 'operator', '', doc)));
}

function connectives<R>({ word }: Request<R>): CompletionOption[] {
  return CONNECTIVES.slice(1).flatMap(({ spellings, doc }) =>
    spelled(spellings, word).map((label) => option(label, 'keyword', '', doc)),
  );
}

/** The usual spelling, or, once a word is begun, every spelling that goes on from it. */
function spelled(spellings: readonly string[], word: string): readonly string[] {
  return word === '' ? spellings.slice(0, 1) : spellings.filter((each) => each.startsWith(word));
}

function values<R>(request: Request<R>, mayBeField: boolean): CompletionOption[] {
  const { word, subject, registry, seenValues } = request;
  if (!subject) {
    return [];
  }
  const field = registry.find(subject.label);
  const values = field ? seenValues(field) : [];
  const ranks = new Map(values.map(({ text, count }, rank) => [text, { rank, count }]));
  const rankOf = (name: string): number => ranks.get(name)?.rank ?? ranks.size;
  // A field may have hundreds of names: those that were seen come first, the most frequent at the top.
  const named = [...(subject.names ?? [])].sort(([a], [b]) => rankOf(a) - rankOf(b));
  const names = named.map(([name, value]) => {
    const detail = typeof value === 'string' ? ranks.get(name)?.count : value;
    return option(bareOrQuoted(name), 'value', String(detail ?? ''), field?.nameDoc?.(name) ?? '');
  });
  const known = new Set(names.map(({ label }) => label));
  const seen = values
    .filter(({ text }) => !known.has(text))
    .map(({ text, count }) => option(text, 'value', String(count), ''));
  const booleans = subject.type === 'boolean' ? ['true', 'false'].map((text) => option(text, 'value', '', '')) : [];
  const others = mayBeField && word !== '' ? fieldsLike(request, subject) : [];
  return [...bestFirst([...names, ...booleans, ...seen], word), ...others];
}

/** A name as a filter writes it: one that is no plain word, or a word of the language, has quotes. */
function bareOrQuoted(name: string): string {
  return /^\w+(?:[.-]\w+)*$/.test(name) && !KEYWORDS.has(name) ? name : quote(name);
}

/** Fields whose values can be compared with the subject's. */
function fieldsLike<R>({ word, registry }: Request<R>, subject: Operand<R>): CompletionOption[] {
  return registry
    .complete(word, MAX_OPTIONS)
    .filter(({ name, type }) => name !== subject.label && comparable(subject.type, type))
    .map(fieldOption);
}

/** Options that begin with the word, then those that contain it; upper and lower case alike. */
function bestFirst(options: readonly CompletionOption[], word: string): CompletionOption[] {
  const wanted = word.toLowerCase();
  const position = ({ label }: CompletionOption) => label.toLowerCase().indexOf(wanted);
  const matching = options.filter((each) => position(each) >= 0);
  return [...matching.filter((each) => position(each) === 0), ...matching.filter((each) => position(each) > 0)];
}
