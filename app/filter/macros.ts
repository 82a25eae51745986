import type { SyntaxNode, Tree } from '@lezer/common';
import type { FilterError } from '../contracts/index.ts';
import type { FieldRegistry } from './fields.ts';
import { MAX_FILTER_DEPTH, MAX_FILTER_LENGTH, macroParser, parser } from './language.ts';
import { quote, readQuoted } from './literals.ts';
import { either, FilterMistake, type MistakeDetails, type Span, shorten } from './mistake.ts';
import { nearNames } from './near.ts';
import { contentOf, firstFailure } from './nodes.ts';
import { syntaxMistake } from './syntaxMistake.ts';

/** Texts of macros by their names, which a filter writes after "$". In a text $1 stands for the first argument. */
export type FilterMacros = ReadonlyMap<string, string>;

/** A filter in which every macro is replaced by what it stands for. */
export interface Expanded {
  readonly text: string;
  /** An error about a part of the text, as one about what was written. */
  locate(error: FilterError): FilterError;
  /** Whether a part is the filter's own: what is wrong in a macro's text is not mended by typing on. */
  isWritten(range: FilterError['range']): boolean;
}

/** Names that macros can have. */
export const MACRO_NAME = /^[A-Za-z_]\w{0,63}$/;
/** Arguments that a macro can have. */
const MOST_ARGUMENTS = 16;
const SUGGESTIONS = 3;
/** What holds together whatever stands beside it, and what parentheses cannot be put around. */
const UNITS: ReadonlySet<string> = new Set(
  'Name Number Literal String Char Call Slice Group Macro Parameter Set Range'.split(' '),
);

/** The same fields, and macros. */
export function withMacros<R>(fields: FieldRegistry<R>, macros: () => FilterMacros): FieldRegistry<R> {
  return {
    timeOrigin: fields.timeOrigin && (() => fields.timeOrigin!()),
    find: (name) => fields.find(name),
    findSoon: fields.findSoon && ((name) => fields.findSoon!(name)),
    complete: (prefix, limit) => fields.complete(prefix, limit),
    suggest: (name, limit) => fields.suggest(name, limit),
    all: () => fields.all(),
    macros,
  };
}

/**
 * Replaces macros by what they stand for: `$name(a, b)` by the text of the macro, with the arguments in place of $1 and
 * $2 (in quoted text: what they say), each in parentheses where it would not hold together. A filter that cannot be read
 * stays as it is.
 * @throws FilterMistake for a macro that is unknown, wrong, or uses itself, and for arguments that it does not take
 */
export function expandMacros(text: string, macros: FilterMacros = new Map()): Expanded {
  const tree = text.includes('$') && text.length <= MAX_FILTER_LENGTH ? parser.parse(text) : null;
  if (tree === null || firstFailure(tree) !== null) return { text, locate: (error) => error, isWritten: () => true };
  return new Expansion(macros, tree, { ...ROOT, text });
}

/** What is wrong with the text of a macro, whatever its arguments will be; null for nothing. */
export function checkMacroText(name: string, text: string, macros: FilterMacros): FilterMistake | null {
  try {
    new Expansion(macros, readMacro(text), { ...ROOT, text, chain: [name], args: 'any' });
    return null;
  } catch (mistake) {
    if (mistake instanceof FilterMistake) return mistake;
    throw mistake;
  }
}

/** How many arguments a macro takes: the highest number after "$" in its text. */
export function macroArity(text: string): number {
  return Array.from(text.matchAll(/\$(\d+)/g)).reduce((most, [, digits]) => Math.max(most, Number(digits)), 0);
}

/** A text that is being expanded: the filter's, a macro's, or one of them again as far as it is an argument. */
interface Frame {
  readonly text: string;
  /** Of the macro whose text it is; "": the filter's. */
  readonly name: string;
  /** What it is put into, and in place of what; null for the filter. */
  readonly parent: Frame | null;
  readonly span: Span;
  /** Macros that would use themselves here. */
  readonly chain: readonly string[];
  /** What parameters stand for; null: there are none; 'any': whatever that will be. */
  readonly args: readonly Argument[] | 'any' | null;
}

const ROOT: Frame = { text: '', name: '', parent: null, span: { from: 0, to: 0 }, chain: [], args: null };

/** What an argument is, and in which text that was written. */
interface Argument {
  readonly node: SyntaxNode;
  readonly frame: Frame;
}

/** A part of a frame's text. */
interface Place {
  readonly frame: Frame;
  readonly span: Span;
}

/** Characters of the expanded text and what they were written as: the same ones, or something they replace. */
interface Piece extends Place {
  readonly start: number;
  readonly end: number;
}

class Expansion implements Expanded {
  text = '';
  readonly #macros: FilterMacros;
  readonly #root: Frame;
  readonly #pieces: Piece[] = [];
  /** Of macros that have been read, by their names. */
  readonly #nodes = new Map<string, SyntaxNode>();

  constructor(macros: FilterMacros, tree: Tree, root: Frame) {
    this.#macros = macros;
    this.#root = root;
    this.#write({ from: 0, to: root.text.length }, tree.topNode, root, 0);
  }

  locate(error: FilterError): FilterError {
    const { place, isWhole } = this.#placeOf(error.range);
    return placed(isWhole ? error : { ...error, replacement: undefined }, place);
  }

  isWritten(range: FilterError['range']): boolean {
    return this.#placeOf(range).place.frame.name === '';
  }

  /** The innermost text that has a part of the expanded one, and where. `isWhole`: it stands there as it is. */
  #placeOf({ start, end }: FilterError['range']): { place: Place; isWhole: boolean } {
    const touched = this.#pieces.filter((piece) =>
      start === end ? piece.start <= start && start <= piece.end : piece.start < end && start < piece.end,
    );
    const places = touched.map(({ frame, span, ...piece }): Place => {
      if (span.to - span.from !== piece.end - piece.start) return { frame, span };
      const from = span.from + Math.max(0, start - piece.start);
      return { frame, span: { from, to: span.to - Math.max(0, piece.end - end) } };
    });
    const [first, ...others] = start === end ? places.slice(-1) : places;
    const nowhere = { frame: this.#root, span: { from: this.#root.text.length, to: this.#root.text.length } };
    return { place: others.reduce(around, first ?? nowhere), isWhole: others.length === 0 };
  }

  /** Writes a part of a frame's text, with what stands for macros and parameters in it. */
  #write(part: Span, node: SyntaxNode, frame: Frame, depth: number): void {
    if (depth > MAX_FILTER_DEPTH) {
      throw mistakeAt({ frame, span: part }, `Macros are nested deeper than ${MAX_FILTER_DEPTH} levels`);
    }
    let at = part.from;
    const cursor = node.cursor();
    cursor.iterate(({ name, node: found }) => {
      const isText = name === 'String' && frame.args !== null;
      if (name !== 'Macro' && name !== 'Parameter' && !isText) return true;
      this.#copy(frame, { from: at, to: found.from });
      if (isText) this.#quoted(found, frame);
      else if (name === 'Macro') this.#macro(found, frame, depth);
      else this.#parameter(found, frame, depth);
      at = found.to;
      return false;
    });
    this.#copy(frame, { from: at, to: part.to });
  }

  #copy(frame: Frame, span: Span): void {
    if (span.from < span.to) this.#add(frame.text.slice(span.from, span.to), { frame, span });
  }

  #add(text: string, place: Place): void {
    const start = this.text.length;
    this.text += text;
    this.#pieces.push({ ...place, start, end: this.text.length });
    if (this.text.length > MAX_FILTER_LENGTH) {
      throw mistakeAt(place, `With its macros the filter has more than ${MAX_FILTER_LENGTH} characters`);
    }
  }

  /** Writes what stands in a place: as one thing, so that nothing beside it parts it. */
  #put(node: SyntaxNode, frame: Frame, place: Place, depth: number): void {
    const holds = UNITS.has(node.name);
    if (!holds) this.#add('(', place);
    this.#write(node, node, frame, depth + 1);
    if (!holds) this.#add(')', place);
  }

  #macro(node: SyntaxNode, frame: Frame, depth: number): void {
    const [word, ...args] = contentOf(node);
    const span = { from: node.from, to: node.to };
    const name = frame.text.slice(word!.from + 1, word!.to);
    const text = this.#macros.get(name);
    if (frame.chain.includes(name)) {
      const round = [...frame.chain.slice(frame.chain.indexOf(name)), name].map((each) => `$${each}`).join(' → ');
      throw mistakeAt({ frame, span }, `The macro $${name} uses itself: ${round}`);
    }
    if (text === undefined) throw this.#unknown(name, { frame, span: word! });
    const inner = { text, name, parent: frame, span, chain: [...frame.chain, name] };
    const content = this.#read(name, { ...inner, args: null });
    const wanted = macroArity(text);
    if (args.length !== wanted) {
      const values = Array.from({ length: wanted }, (_, place) => `value${place + 1}`).join(', ');
      const hint = `Write $${name}${wanted === 0 ? '' : `(${values})`}`;
      const takes = wanted === 0 ? 'no argument' : wanted === 1 ? 'one argument' : `${wanted} arguments`;
      const incomplete = args.length < wanted && frame === this.#root && node.to === frame.text.length;
      throw mistakeAt({ frame, span }, `The macro $${name} takes ${takes}, not ${args.length}`, { hint, incomplete });
    }
    const given = args.map((argument): Argument => ({ node: argument, frame }));
    this.#put(content, { ...inner, args: given }, { frame, span }, depth);
  }

  /** The content of a macro's text. */
  #read(name: string, frame: Frame): SyntaxNode {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    try {
      const content = readMacro(frame.text).topNode.firstChild!;
      this.#nodes.set(name, content);
      return content;
    } catch (mistake) {
      if (!(mistake instanceof FilterMistake)) throw mistake;
      const { message, hint, range } = mistake.error;
      throw mistakeAt({ frame, span: { from: range.start, to: range.end } }, message, { hint });
    }
  }

  #parameter(node: SyntaxNode, frame: Frame, depth: number): void {
    const span = { from: node.from, to: node.to };
    if (frame.args === 'any') {
      this.#copy(frame, span);
      return;
    }
    const argument = argumentAt(frame.text.slice(span.from, span.to), { frame, span });
    // What is wrong with an argument alone is told of where it was written, else of where the macro has it.
    this.#put(argument.node, { ...argument.frame, parent: frame, span }, { frame, span }, depth);
  }

  /** Quoted text of a macro. */
  #quoted(node: SyntaxNode, frame: Frame): void {
    const span = { from: node.from, to: node.to };
    const written = frame.text.slice(span.from, span.to);
    if (frame.args === 'any' || !/\$\d/.test(written)) {
      this.#copy(frame, span);
      return;
    }
    const isRaw = written.startsWith('r');
    const replaced = written.replace(/\\.|\$\d+/gsu, (part) => {
      if (part.startsWith('\\')) return part;
      const said = textOf(argumentAt(part, { frame, span }));
      return isRaw ? said.replaceAll('"', '\\"') : quote(said).slice(1, -1);
    });
    this.#add(replaced, { frame, span });
  }

  #unknown(name: string, place: Place): FilterMistake {
    const { frame, span } = place;
    const names = [...this.#macros.keys()];
    const isTyped = frame === this.#root && span.to === frame.text.length;
    const longer = isTyped ? names.filter((each) => each.startsWith(name)) : [];
    const found = longer.length > 0 ? longer.slice(0, SUGGESTIONS) : nearNames(name, names, SUGGESTIONS);
    const [near] = found;
    const listed = either(found.map((each) => `$${each}`));
    const others = names.length === 0 ? 'There are no macros yet' : `One of ${names.length} is $${names[0]}`;
    return mistakeAt(place, `There is no macro $${shorten(name)}`, {
      hint: longer.length > 0 ? `It is the beginning of ${listed}` : near ? `Did you mean ${listed}?` : others,
      replacement: near && longer.length === 0 ? `$${near}` : undefined,
      incomplete: longer.length > 0,
    });
  }
}

/** What a parameter ("$1") stands for. */
function argumentAt(parameter: string, place: Place): Argument {
  const { args } = place.frame;
  if (args === null || args === 'any') {
    const hint = 'The macro that is used here says what it takes';
    throw mistakeAt(place, `${parameter} stands for an argument, and only in the text of a macro`, { hint });
  }
  const found = args[Number(parameter.slice(1)) - 1];
  if (found === undefined) throw mistakeAt(place, `There is no argument ${parameter}: the first is $1`);
  return found;
}

/** What an argument says in quoted text: the content of one that is quoted itself, else what was written. */
function textOf({ node, frame }: Argument): string {
  const text = frame.text.slice(node.from, node.to);
  if (node.name === 'String') return readQuoted(text);
  return node.name === 'Parameter' && frame.args !== 'any' ? textOf(argumentAt(text, { frame, span: node })) : text;
}

/** The tree of a macro's text. */
function readMacro(text: string): Tree {
  const whole = { from: 0, to: text.length };
  if (text.trim() === '') throw new FilterMistake(whole, 'The macro has no text', { incomplete: true });
  if (text.length > MAX_FILTER_LENGTH) {
    throw new FilterMistake(whole, `A macro has at most ${MAX_FILTER_LENGTH} characters; this one has ${text.length}`);
  }
  const tree = macroParser.parse(text);
  const failure = firstFailure(tree);
  if (failure !== null) throw syntaxMistake(text, tree, failure);
  if (macroArity(text) > MOST_ARGUMENTS) {
    throw new FilterMistake(whole, `A macro takes at most ${MOST_ARGUMENTS} arguments: $1 to $${MOST_ARGUMENTS}`);
  }
  return tree;
}

function mistakeAt(place: Place, message: string, details: MistakeDetails = {}): FilterMistake {
  const { hint, replacement, incomplete } = details;
  const range = { start: place.span.from, end: place.span.to };
  const { message: told, range: at, macro } = placed({ message, range }, place);
  return new FilterMistake({ from: at.start, to: at.end }, told, { hint, replacement, incomplete, macro });
}

/** An error about a place: one in a macro's text tells where, and where the filter uses that macro. */
function placed(error: FilterError, { frame, span }: Place): FilterError {
  const range = { start: span.from, end: span.to };
  if (frame.name === '') return { ...error, range };
  let used = { frame, span };
  while (used.frame.name !== '') used = { frame: used.frame.parent!, span: used.frame.span };
  return {
    ...error,
    message: `In the macro $${frame.name}: ${error.message}`,
    range: { start: used.span.from, end: used.span.to },
    replacement: undefined,
    macro: { name: frame.name, text: frame.text, range },
  };
}

/** The innermost place around two. */
function around(one: Place, other: Place): Place {
  let [a, b] = [one, other];
  while (a.frame !== b.frame) {
    if (depthOf(a.frame) >= depthOf(b.frame)) a = { frame: a.frame.parent!, span: a.frame.span };
    else b = { frame: b.frame.parent!, span: b.frame.span };
  }
  return { frame: a.frame, span: { from: Math.min(a.span.from, b.span.from), to: Math.max(a.span.to, b.span.to) } };
}

function depthOf(frame: Frame): number {
  let depth = 0;
  for (let each = frame.parent; each !== null; each = each.parent) depth++;
  return depth;
}
