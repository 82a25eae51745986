import { interned } from '../specs/index.ts';
import type { Field } from './field.ts';
import { briefText, type Form, isEmptyValue } from './present.ts';
import { textForm } from './textForms.ts';

/**
 * Summary templates of the .view.yaml files. Plain text describes; `{path}` is a value; `{a|b}` the first that is
 * there, `{a|'0'}` with a text when it is not; `{path:form}` num, name, short, lower or a form of `textForms.ts`; `{path*}` all occurrences (the first few
 * of many); `{path=V?text}` and `{path!=V?text}` text by a value; `{path~F?text}` and `{path!~F?text}` text by a flag;
 * `{path?}` a value that must not be zero or empty, `{path*?}` those that are not; `[…]` a part that is dropped when a value in it is missing.
 */
type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'group'; readonly parts: readonly Part[] }
  | {
      readonly kind: 'value';
      readonly paths: readonly Path[];
      readonly text: (field: Field) => string;
      readonly all: boolean;
      readonly filled: boolean;
    }
  | {
      readonly kind: 'test';
      readonly path: Path;
      /** True: the text stands where the test holds; false: where it does not. */
      readonly wanted: boolean;
      readonly flag: boolean;
      readonly value: string;
      readonly parts: readonly Part[];
    };

type Path = readonly string[];

/** A template made ready; `problem` says what is wrong with its text, if anything. */
export interface Template {
  readonly parts: readonly Part[];
  readonly problem: string;
}

const FORMS: ReadonlySet<string> = new Set(['plain', 'text', 'num', 'name', 'short', 'lower']);

/** What writes a value in the form of that name; undefined when there is none. */
function writerOf(form: string): ((field: Field) => string) | undefined {
  return FORMS.has(form) ? (field) => briefText(field, form as Form) : textForm(form);
}

/** Occurrences that `{path*}` shows at most, and the length after which no further one begins: a set may have thousands. */
const MOST = 16;
const LONGEST_LIST = 120;

/** The first of many texts with commas between, and how many more there are. */
function listText(fields: readonly Field[], text: (field: Field) => string): string {
  let list = '';
  for (const [i, field] of fields.entries()) {
    if (i === MOST || list.length > LONGEST_LIST) return `${list}, … ${fields.length - i} more`;
    list += i === 0 ? text(field) : `, ${text(field)}`;
  }
  return list;
}

class TemplateParser {
  readonly #text: string;
  #at = 0;
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
      if (text !== '') parts.push({ kind: 'text', text });
      text = '';
    };
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at];
      if (stop !== '' && char === stop) break;
      this.#at++;
      if (char === '\\') text += this.#text[this.#at++] ?? '';
      else if (char === '[') {
        flush();
        parts.push({ kind: 'group', parts: this.#parts(']') });
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
      const parts = this.#parts('}');
      const [, negation, operator, value] = test;
      return { kind: 'test', path: pathOf(head), wanted: negation === '', flag: operator === '~', value, parts };
    }
    const filled = this.#text[this.#at] === '?';
    if (filled) this.#at++;
    const all = head.endsWith('*');
    if (all) head = head.slice(0, -1);
    const colon = head.lastIndexOf(':');
    const form = colon < 0 ? 'plain' : head.slice(colon + 1).replace('*', '');
    const writer = writerOf(form);
    if (writer === undefined) this.problem = `unknown form "${form}"`;
    const names = colon < 0 ? head : head.slice(0, colon);
    return {
      kind: 'value',
      paths: names.split('|').map((p) => pathOf(p.replace('*', ''))),
      text: writer ?? (() => ''),
      all: all || names.endsWith('*'),
      filled,
    };
  }

  #expect(char: string): void {
    if (this.#text[this.#at] === char) this.#at++;
    else if (this.problem === '') this.problem = `missing "${char}"`;
  }
}

function pathOf(text: string): Path {
  return text.split('.').map(interned);
}

/** Parses a template; a wrong one yields what could be read and a `problem`. */
export function parseTemplate(text: string): Template {
  const parser = new TemplateParser(text);
  const parts = parser.parse();
  return { parts, problem: parser.problem };
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

/** The line by which a nest reads while it is closed, as its attribute set's template says; '' when it has none. */
export function describeNest(nest: Field): string {
  const text = nest.space?.text ?? '';
  if (text === '') return '';
  const line = new InfoWriter();
  renderTemplate(templateOf(text), nest.children, line);
  return line.finish().join('');
}

/** The fields of a message that a template looks at: what its paths begin with. */
export function templateHeads(template: Template): string[] {
  return templatePaths(template).map((path) => path.split('.', 1)[0]);
}

/** Every path a template names, for checks that they exist. */
export function templatePaths(template: Template): string[] {
  const found: string[] = [];
  const visit = (parts: readonly Part[]): void => {
    for (const part of parts) {
      if (part.kind === 'value') {
        for (const path of part.paths) if (!path[0].startsWith("'")) found.push(path.join('.'));
      }
      if (part.kind === 'test') found.push(part.path.join('.'));
      if (part.kind === 'group' || part.kind === 'test') visit(part.parts);
    }
  };
  visit(template.parts);
  return found;
}

/** Collects alternating descriptive and value text. */
export class InfoWriter {
  /** Descriptive text at even places, values at odd ones. */
  readonly #parts: string[] = [''];

  /** Descriptive text. */
  muted(text: string): void {
    this.#push(text, 0);
  }

  /** A value. */
  strong(text: string): void {
    this.#push(text, 1);
  }

  append(parts: readonly string[]): void {
    parts.forEach((text, i) => {
      this.#push(text, i % 2);
    });
  }

  #push(text: string, parity: number): void {
    if (text === '') return;
    const last = this.#parts.length - 1;
    if ((last & 1) === parity) this.#parts[last] += text;
    else this.#parts.push(text);
  }

  /** How many parts there are, and the last of them: what `reset` goes back to. */
  get length(): number {
    return this.#parts.length;
  }

  get last(): string {
    return this.#parts[this.#parts.length - 1];
  }

  /** Takes back what was written since there were so many parts, of which the last was `last`. */
  reset(length: number, last: string): void {
    this.#parts.length = length;
    this.#parts[length - 1] = last;
  }

  /** Alternating parts, descriptive first, with runs of blanks made one and the ends trimmed. */
  finish(): string[] {
    const out = this.#parts;
    let blank = true;
    for (let i = 0; i < out.length; i++) {
      let text = out[i];
      if (text.includes('  ')) text = text.replace(/ {2,}/g, ' ');
      if (blank && text.charCodeAt(0) === BLANK) text = text.slice(1);
      if (text !== '') blank = text.charCodeAt(text.length - 1) === BLANK;
      out[i] = text;
    }
    for (let i = out.length - 1; i >= 0; i--) {
      out[i] = out[i].trimEnd();
      if (out[i] !== '') break;
      out.pop();
    }
    return out.length === 0 ? [''] : out;
  }
}

const BLANK = 32;

/** Renders a template over the top-level fields of a message (headers, then attributes). */
export function renderTemplate(template: Template, fields: readonly Field[], out: InfoWriter): void {
  render(template.parts, fields, out, false);
}

/**
 * Renders parts one after the other; false when a value that was asked for is missing.
 * @param strict stop at the first missing value: all of it is dropped then
 */
function render(parts: readonly Part[], fields: readonly Field[], out: InfoWriter, strict: boolean): boolean {
  let complete = true;
  for (let i = 0; i < parts.length; i++) {
    if (!renderPart(parts[i], fields, out, strict)) complete = false;
    if (strict && !complete) return false;
  }
  return complete;
}

function renderPart(part: Part, fields: readonly Field[], out: InfoWriter, strict: boolean): boolean {
  switch (part.kind) {
    case 'text':
      out.muted(part.text);
      return true;
    case 'group': {
      const { length, last } = out;
      if (!render(part.parts, fields, out, true)) out.reset(length, last);
      return true;
    }
    case 'test': {
      const field = findPath(fields, part.path);
      if (field === undefined) return false;
      const holds = part.flag ? hasFlag(field, part.value) : equals(field, part.value);
      return holds === part.wanted ? render(part.parts, fields, out, strict) : part.parts.length === 0;
    }
    default: {
      const text = valueText(part, fields);
      out.strong(text);
      return text !== '';
    }
  }
}

function equals(field: Field, value: string): boolean {
  return String(field.raw) === value || briefText(field, 'name') === value || field.text === value;
}

/** Whether a field's value has the flag of that name. */
function hasFlag(field: Field, flag: string): boolean {
  const bit = field.def?.enum?.byName.get(flag)?.value;
  return bit !== undefined && typeof field.raw === 'number' && Math.floor(field.raw / bit) % 2 === 1;
}

const QUOTE = 39;

function valueText(part: Extract<Part, { kind: 'value' }>, fields: readonly Field[]): string {
  for (const path of part.paths) {
    if (path[0].charCodeAt(0) === QUOTE) return path.join('.').slice(1, -1);
    if (part.all) {
      const all = findAll(fields, path);
      const found = part.filled ? all.filter((field) => !isEmptyValue(field)) : all;
      if (found.length > 0) return listText(found, part.text);
      continue;
    }
    const field = findPath(fields, path);
    if (field === undefined || (part.filled && isEmptyValue(field))) continue;
    const text = part.text(field);
    if (text !== '') return text;
  }
  return '';
}

/**
 * The first field of that path: an attribute, or a member of a header at any level. A path that begins with `request`
 * goes on in the request that the message answers.
 */
export function findPath(fields: readonly Field[], path: Path): Field | undefined {
  if (path[0] === 'request' && path.length > 1) {
    return fields.length === 0 ? undefined : findPath(fields[0].state.request(), path.slice(1));
  }
  let level = fields;
  let found: Field | undefined;
  for (const name of path) {
    found = findName(level, name);
    if (found === undefined) return undefined;
    level = found.children;
  }
  return found;
}

function findName(fields: readonly Field[], name: string): Field | undefined {
  for (const field of fields) {
    if (field.name === name) return field;
    // A family's own header may have a `cmd` of its own.
    if (field.kind !== 'header' || field.name === 'genlmsghdr') continue;
    const member = field.member(name);
    if (member !== undefined) return member;
  }
  return undefined;
}

const NONE: readonly Field[] = [];

/** All fields of that path; the elements of an array where it is the only one. */
function findAll(fields: readonly Field[], path: Path): readonly Field[] {
  let level = fields;
  const last = path.length - 1;
  for (let i = 0; i < last; i++) {
    const below: Field[] = [];
    for (const field of level) if (isCalled(field, path[i])) for (const child of field.children) below.push(child);
    level = below;
  }
  let found: Field[] | null = null;
  for (const field of level) {
    if (!isCalled(field, path[last])) continue;
    if (found === null) found = [field];
    else found.push(field);
  }
  if (found === null) return NONE;
  const [first] = found;
  return found.length === 1 && first.def?.layout === 'array' && first.children.length > 0 ? first.children : found;
}

function isCalled(field: Field, name: string): boolean {
  return field.name === name || (name === '[]' && field.kind === 'item');
}
