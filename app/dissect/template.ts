import { interned } from '../specs/index.ts';
import { withSingleBlanks } from './infoWriter.ts';
import { briefText, type Form } from './present.ts';
import { Test } from './templateTest.ts';
import { looksBeside, type TextForm, textForm } from './textForms.ts';

/**
 * Summary templates of the .view.yaml files. Plain text describes; `{path}` is a value; `{a|b}` the first that is
 * there, `{a|'0'}` with a text when it is not; `{path:form}` num, name, short, lower or a form of `textForms.ts`; `{path*}` all occurrences (the first few
 * of many); `{path=V?text}` and `{path!=V?text}` text by a value, by another with `@path` for V; `{path~F?text}` and `{path!~F?text}` text by a flag;
 * `{*}` every other attribute, with its name; `{path?}` a value that must not be zero or empty, `{path*?}` those that are not; `[…]` a part that is dropped when a value in it is missing.
 */
export interface Part {
  readonly kind: 'text' | 'group' | 'value' | 'test' | 'comparison' | 'rest';
  /** Of a text, runs of blanks made one. */
  readonly text: string;
  /** Of a group, and of a test or comparison what stands where it holds. */
  readonly parts: readonly Part[];
  /** Of a value, in order of preference; a test has one and a comparison two. */
  readonly options: readonly Option[];
  readonly write: Writer;
  /** The form in which it does, where that is none of its tool's own; null else. */
  readonly form: Form | null;
  readonly all: boolean;
  /** Of a value, that it is not empty; of a comparison, that both are equal. */
  readonly filled: boolean;
  readonly test: Test | null;
  /** Of a group, a place at the top that leads to a value it needs; -1 where several might. */
  readonly guard: number;
}

/** A value that may be there: where it stands, or the text for when nothing before it is. */
export interface Option {
  readonly path: Path;
  /** Its place among those of the template; -1 for a text. */
  readonly place: number;
  readonly literal: string;
  /** Its number among the options of the template. */
  readonly number: number;
  /** Of all items of something, that itself; null for all else. */
  readonly around: Pick<Option, 'path' | 'place'> | null;
}

export type Path = readonly string[];
export type Writer = TextForm;

/** Somewhere a template looks: a name at the top, in the request, or among what is at another place. */
export interface Place {
  readonly name: string;
  /** Number of the place around it, TOP or IN_REQUEST. */
  readonly outer: number;
}

export const TOP = -1;
export const IN_REQUEST = -2;

/** A template made ready; `problem` says what is wrong with its text, if anything. */
export interface Template {
  readonly parts: readonly Part[];
  /** Every place that its paths lead to, each once, outer ones first. */
  readonly places: readonly Place[];
  /** How many options its values and tests have. */
  readonly options: number;
  /** Whether it shows what it does not name, too. */
  readonly hasRest: boolean;
  /** Whether a form of it looks at what stands beside a value. */
  readonly looksBeside: boolean;
  readonly problem: string;
}

const FORMS: ReadonlySet<string> = new Set(['plain', 'text', 'num', 'name', 'short', 'lower']);

/** What writes a value in the form of that name; undefined when there is none. */
function writerOf(form: string): Writer | undefined {
  return FORMS.has(form) ? (field) => briefText(field, form as Form) : textForm(form);
}

const NO_TEXT = (): string => '';

function makePart(kind: Part['kind'], given: Partial<Part>): Part {
  const { text = '', parts = [], options = [], write = NO_TEXT, form = null, all = false, filled = false } = given;
  return { kind, text, parts, options, write, form, all, filled, test: given.test ?? null, guard: given.guard ?? -1 };
}

class TemplateParser {
  readonly #text: string;
  #at = 0;
  readonly places: Place[] = [];
  options = 0;
  hasRest = false;
  looksBeside = false;
  problem = '';

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Part[] {
    const parts = this.#parts('');
    if (this.#at < this.#text.length && this.problem === '') this.problem = `stray "${this.#text[this.#at]}"`;
    return parts;
  }

  #parts(stop: string): Part[] {
    const parts: Part[] = [];
    let text = '';
    const flush = (): void => {
      if (text !== '') parts.push(makePart('text', { text: withSingleBlanks(text) }));
      text = '';
    };
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (stop !== '' && char === stop) break;
      this.#at++;
      if (char === '\\') text += this.#text[this.#at++] ?? '';
      else if (char === '[') {
        flush();
        const inside = this.#parts(']');
        parts.push(makePart('group', { parts: inside, guard: this.#guardOf(inside) }));
        this.#expect(']');
      } else if (char === '{') {
        flush();
        parts.push(this.#value());
        this.#expect('}');
      } else text += char;
    }
    flush();
    return parts;
  }

  #value(): Part {
    const match = /^[^?}=!~]*/.exec(this.#text.slice(this.#at))!;
    let head = match[0];
    this.#at += head.length;
    const test = /^(!?)([=~])([^?}]*)\?/.exec(this.#text.slice(this.#at));
    if (test !== null) {
      this.#at += test[0].length;
      const [, negation, operator, value] = test;
      const options = [head, ...(value.startsWith('@') ? [value.slice(1)] : [])].map((path) => this.#optionOf(path));
      const parts = this.#parts('}');
      if (options.length > 1)
        return makePart('comparison', {
          options,
          parts,
          write: writerOf('plain')!,
          form: 'plain',
          filled: negation === '',
        });
      return makePart('test', { options, parts, test: new Test(value, operator === '~', negation === '') });
    }
    if (head === '*') {
      this.hasRest = true;
      return makePart('rest', {});
    }
    const filled = this.#text[this.#at] === '?';
    if (filled) this.#at++;
    const all = head.endsWith('*');
    if (all) head = head.slice(0, -1);
    const colon = head.lastIndexOf(':');
    const form = colon < 0 ? 'plain' : head.slice(colon + 1).replace('*', '');
    const write = writerOf(form);
    if (looksBeside(form)) this.looksBeside = true;
    if (write === undefined) this.problem = `unknown form "${form}"`;
    const names = colon < 0 ? head : head.slice(0, colon);
    const options = names.split('|').map((name) => this.#optionOf(name.replace('*', '')));
    const plain = FORMS.has(form) ? (form as Form) : null;
    return makePart('value', { options, write, form: plain, all: all || names.endsWith('*'), filled });
  }

  #optionOf(text: string): Option {
    const number = this.options++;
    if (text.startsWith("'")) return { path: [], place: -1, literal: text.slice(1, -1), number, around: null };
    const path = text.split('.').map(interned);
    const inRequest = path[0] === 'request' && path.length > 1;
    let place = inRequest ? IN_REQUEST : TOP;
    let outer = place;
    for (const name of inRequest ? path.slice(1) : path) {
      outer = place;
      place = this.#placeOf(name, place);
    }
    const around = path.at(-1) === '[]' && outer >= 0 ? { path: path.slice(0, -1), place: outer } : null;
    return { path, place, literal: '', number, around };
  }

  /** A place without which there is nothing in a group (see Part.guard): items are called by no name. */
  #guardOf(parts: readonly Part[]): number {
    const needed = parts.find(({ kind, options }) => kind === 'value' && options.length === 1);
    let top = needed?.options[0].place ?? -1;
    while (top >= 0 && this.places[top].outer !== TOP) top = this.places[top].outer;
    return top < 0 || this.places[top].name === '[]' ? -1 : top;
  }

  #placeOf(name: string, outer: number): number {
    const known = this.places.findIndex((place) => place.name === name && place.outer === outer);
    return known >= 0 ? known : this.places.push({ name, outer }) - 1;
  }

  #expect(char: string): void {
    if (this.#text[this.#at] === char) this.#at++;
    else if (this.problem === '') this.problem = `missing "${char}"`;
  }
}

/** Parses a template; a wrong one yields what could be read and a `problem`. */
export function parseTemplate(text: string): Template {
  const parser = new TemplateParser(text);
  const parts = parser.parse();
  return {
    parts,
    places: parser.places,
    options: parser.options,
    hasRest: parser.hasRest,
    looksBeside: parser.looksBeside,
    problem: parser.problem,
  };
}

const made = new Map<string, Template>();

/** The template of a text, parsed once. */
export function templateOf(text: string): Template {
  let template = made.get(text);
  if (template === undefined) {
    template = parseTemplate(text);
    made.set(text, template);
  }
  return template;
}

/** The fields of a message that a template looks at: what its paths begin with. */
export function templateHeads({ places }: Template): string[] {
  return places.flatMap(({ name, outer }) => (outer === TOP ? [name] : []));
}

/** Every path a template names, for checks that they exist. */
export function templatePaths(template: Template): string[] {
  const found: string[] = [];
  const visit = (parts: readonly Part[]): void => {
    for (const part of parts) {
      for (const { path } of part.options) if (path.length > 0) found.push(path.join('.'));
      visit(part.parts);
    }
  };
  visit(template.parts);
  return found;
}
