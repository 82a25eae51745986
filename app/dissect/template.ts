import { interned, type MessageDef, type ValueDef } from '../specs/index.ts';
import type { Field, RawValue } from './field.ts';
import { briefText, type Form, isAttr, isEmptyValue, standsAlone } from './present.ts';
import { textForm } from './textForms.ts';

/**
 * Summary templates of the .view.yaml files. Plain text describes; `{path}` is a value; `{a|b}` the first that is
 * there, `{a|'0'}` with a text when it is not; `{path:form}` num, name, short, lower or a form of `textForms.ts`; `{path*}` all occurrences (the first few
 * of many); `{path=V?text}` and `{path!=V?text}` text by a value; `{path~F?text}` and `{path!~F?text}` text by a flag;
 * `{path?}` a value that must not be zero or empty, `{path*?}` those that are not; `[…]` a part that is dropped when a value in it is missing.
 */
interface Part {
  readonly kind: 'text' | 'group' | 'value' | 'test';
  /** Of a text, runs of blanks made one. */
  readonly text: string;
  /** Of a group, and of a test what stands where it holds. */
  readonly parts: readonly Part[];
  /** Of a value, in order of preference; a test has one. */
  readonly options: readonly Option[];
  readonly write: (field: Field) => string;
  readonly all: boolean;
  readonly filled: boolean;
  readonly test: Test | null;
  /** Of a group, a place at the top that leads to a value it needs; -1 where several might. */
  readonly guard: number;
}

/** A value that may be there: where it stands, or the text for when nothing before it is. */
interface Option {
  readonly path: Path;
  /** Its place among those of the template; -1 for a text. */
  readonly place: number;
  readonly literal: string;
}

type Path = readonly string[];

/** Somewhere a template looks: a name at the top, in the request, or among what is at another place. */
interface Place {
  readonly name: string;
  /** Number of the place around it, TOP or IN_REQUEST. */
  readonly outer: number;
}

const TOP = -1;
const IN_REQUEST = -2;

/** A template made ready; `problem` says what is wrong with its text, if anything. */
export interface Template {
  readonly parts: readonly Part[];
  /** Every place that its paths lead to, each once, outer ones first. */
  readonly places: readonly Place[];
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

const NO_TEXT = (): string => '';

function makePart(kind: Part['kind'], given: Partial<Part>): Part {
  const { text = '', parts = [], options = [], write = NO_TEXT, all = false, filled = false, test = null } = given;
  return { kind, text, parts, options, write, all, filled, test, guard: given.guard ?? -1 };
}

class TemplateParser {
  readonly #text: string;
  #at = 0;
  readonly places: Place[] = [];
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
      const options = [this.#optionOf(head)];
      const parts = this.#parts('}');
      const [, negation, operator, value] = test;
      return makePart('test', { options, parts, test: new Test(value, operator === '~', negation === '') });
    }
    const filled = this.#text[this.#at] === '?';
    if (filled) this.#at++;
    const all = head.endsWith('*');
    if (all) head = head.slice(0, -1);
    const colon = head.lastIndexOf(':');
    const form = colon < 0 ? 'plain' : head.slice(colon + 1).replace('*', '');
    const write = writerOf(form);
    if (write === undefined) this.problem = `unknown form "${form}"`;
    const names = colon < 0 ? head : head.slice(0, colon);
    const options = names.split('|').map((name) => this.#optionOf(name.replace('*', '')));
    return makePart('value', { options, write, all: all || names.endsWith('*'), filled });
  }

  #optionOf(text: string): Option {
    if (text.startsWith("'")) return { path: [], place: -1, literal: text.slice(1, -1) };
    const path = text.split('.').map(interned);
    const inRequest = path[0] === 'request' && path.length > 1;
    let place = inRequest ? IN_REQUEST : TOP;
    for (const name of inRequest ? path.slice(1) : path) place = this.#placeOf(name, place);
    return { path, place, literal: '' };
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
  return { parts, places: parser.places, problem: parser.problem };
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

/** Text with its runs of blanks made one. */
function withSingleBlanks(text: string): string {
  return text.includes('  ') ? text.replace(/ {2,}/g, ' ') : text;
}

/** Collects alternating descriptive and value text, with runs of blanks made one. */
export class InfoWriter {
  /** Descriptive text at even places, values at odd ones; what stands after `#count` of them has been taken back. */
  readonly #parts: string[] = [''];
  #count = 1;
  /** The next blank would follow another, or begin the line. */
  #blank = true;

  /** Descriptive text. */
  muted(text: string): void {
    this.#push(withSingleBlanks(text), 0);
  }

  /** Descriptive text that is known to have single blanks. */
  fixed(text: string): void {
    this.#push(text, 0);
  }

  /** A value. */
  strong(text: string): void {
    this.#push(withSingleBlanks(text), 1);
  }

  append(parts: readonly string[]): void {
    parts.forEach((text, i) => {
      this.#push(withSingleBlanks(text), i % 2);
    });
  }

  #push(text: string, parity: number): void {
    if (text === '') return;
    const rest = this.#blank && text.charCodeAt(0) === BLANK ? text.slice(1) : text;
    const last = this.#count - 1;
    if ((last & 1) === parity) this.#parts[last] += rest;
    else this.#parts[this.#count++] = rest;
    if (rest !== '') this.#blank = rest.charCodeAt(rest.length - 1) === BLANK;
  }

  /** What `reset` goes back to: how many parts there are, the last of them, and whether a blank may follow it. */
  get count(): number {
    return this.#count;
  }

  get last(): string {
    return this.#parts[this.#count - 1];
  }

  get blank(): boolean {
    return this.#blank;
  }

  /** Takes back what was written since. */
  reset(count: number, last: string, blank: boolean): void {
    this.#count = count;
    this.#parts[count - 1] = last;
    this.#blank = blank;
  }

  /** Alternating parts, descriptive first, the end trimmed. */
  finish(): string[] {
    const out = this.#parts;
    let count = this.#count;
    while (count > 0) {
      const text = out[count - 1].trimEnd();
      out[count - 1] = text;
      if (text !== '') break;
      count--;
    }
    if (count === out.length) return out;
    return count === 0 ? [''] : out.slice(0, count);
  }
}

const BLANK = 32;

/** Answers that a test remembers. */
const MOST_ANSWERS = 64;

/** A condition on a value. What it found out is kept: the same few values come again and again. */
class Test {
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

  holds(field: Field): boolean {
    return this.#isFlag ? this.#hasFlag(field) : this.#equals(field);
  }

  #hasFlag({ def, raw }: Field): boolean {
    const bit = def?.enum?.byName.get(this.value)?.value;
    return bit !== undefined && typeof raw === 'number' && Math.floor(raw / bit) % 2 === 1;
  }

  #equals(field: Field): boolean {
    const { raw, def } = field;
    if (raw === this.#number) return true;
    // A number means the index, whatever an interface is called.
    if (def?.ref === 'ifindex' && !Number.isNaN(this.#number)) return false;
    if (def === null || field.override !== undefined || !standsAlone(def)) return this.#readsAs(field);
    const known = this.#def === def ? this.#equal.get(raw) : undefined;
    if (known !== undefined) return known;
    if (this.#def !== def || this.#equal.size === MOST_ANSWERS) this.#equal.clear();
    this.#def = def;
    const equal = this.#readsAs(field);
    this.#equal.set(raw, equal);
    return equal;
  }

  #readsAs(field: Field): boolean {
    const { value } = this;
    return String(field.raw) === value || briefText(field, 'name') === value || field.text === value;
  }
}

/** Where the places of a template are in one message, or among the fields of a nest; each is looked for once. */
class Found {
  readonly fields: readonly Field[];
  readonly #places: readonly Place[];
  /** By place: null is not looked for yet, undefined is not there. */
  readonly #found: (Field | undefined | null)[];
  /** The message's own header: most of what is not looked for by number is there. */
  readonly #header: Field | undefined;

  constructor(fields: readonly Field[], places: readonly Place[], found: (Field | undefined | null)[], header?: Field) {
    this.fields = fields;
    this.#places = places;
    this.#found = found;
    this.#header = header;
  }

  at(place: number): Field | undefined {
    const known = this.#found[place];
    if (known !== null) return known;
    const { name, outer } = this.#places[place];
    const member = outer === TOP ? this.#header?.member(name) : undefined;
    const found = member ?? findName(this.#level(outer), name);
    this.#found[place] = found;
    return found;
  }

  #level(outer: number): readonly Field[] {
    if (outer === TOP) return this.fields;
    if (outer === IN_REQUEST) return this.fields.length === 0 ? NONE : this.fields[0].state.request();
    return this.at(outer)?.children ?? NONE;
  }
}

/** Renders a template over the fields of a message (headers, then attributes) or of a nest. */
export function renderTemplate({ parts, places }: Template, fields: readonly Field[], out: InfoWriter): void {
  render(parts, new Found(fields, places, new Array<null>(places.length).fill(null)), out, false);
}

/** A template for one kind of messages: which of its places are attributes is known before any message is seen. */
export class MessageTemplate {
  readonly #template: Template;
  /** Its name where no other header has members of the same names. */
  readonly #header: string | undefined;
  /** Place + 1 by number of an attribute. */
  readonly #attributes: Uint16Array;
  /** As in Found: attributes are not there unless they are met. */
  readonly #unmet: (undefined | null)[];

  constructor(template: Template, { header, space, ownHeader }: MessageDef) {
    this.#template = template;
    const isSole = template.places.every(({ name }) => !name.startsWith('nlmsg'));
    this.#header = isSole && ownHeader === undefined ? header?.name : undefined;
    this.#attributes = new Uint16Array(space?.dense.length ?? 0);
    this.#unmet = template.places.map(({ name, outer }, place) => {
      if (outer !== TOP || header?.name === name || header?.byName.has(name) || ownHeader !== undefined) return null;
      const defs = space?.dense.filter((def) => def?.name === name) ?? [];
      if (defs.length === 0 || defs.some((def) => def!.variant !== null || def!.types !== null)) return null;
      for (const def of defs) this.#attributes[def!.number] = place + 1;
      return undefined;
    });
  }

  /** Renders it over the fields of a message. */
  render(fields: readonly Field[], out: InfoWriter): void {
    const found: (Field | undefined | null)[] = this.#unmet.slice();
    const attributes = this.#attributes;
    let header: Field | undefined;
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i];
      if (field.kind === 'header' && field.name === this.#header) header = field;
      if (!isAttr(field.def) || field.def.number >= attributes.length) continue;
      const place = attributes[field.def.number] - 1;
      if (place >= 0 && found[place] === undefined) found[place] = field;
    }
    render(this.#template.parts, new Found(fields, this.#template.places, found, header), out, false);
  }
}

/**
 * Renders parts one after the other; false when a value that was asked for is missing.
 * @param strict stop at the first missing value: all of it is dropped then
 */
function render(parts: readonly Part[], found: Found, out: InfoWriter, strict: boolean): boolean {
  let complete = true;
  for (let i = 0; i < parts.length; i++) {
    if (!renderPart(parts[i], found, out, strict)) complete = false;
    if (strict && !complete) return false;
  }
  return complete;
}

function renderPart(part: Part, found: Found, out: InfoWriter, strict: boolean): boolean {
  switch (part.kind) {
    case 'text':
      out.fixed(part.text);
      return true;
    case 'group': {
      if (part.guard >= 0 && found.at(part.guard) === undefined) return true;
      const { count, last, blank } = out;
      if (!render(part.parts, found, out, true)) out.reset(count, last, blank);
      return true;
    }
    case 'test': {
      const test = part.test!;
      const field = found.at(part.options[0].place);
      if (field === undefined) return false;
      return test.holds(field) === test.wanted ? render(part.parts, found, out, strict) : part.parts.length === 0;
    }
    default: {
      const text = valueText(part, found);
      out.strong(text);
      return text !== '';
    }
  }
}

function valueText({ options, all, filled, write }: Part, found: Found): string {
  for (let i = 0; i < options.length; i++) {
    const { path, place, literal } = options[i];
    if (place < 0) return literal;
    if (all) {
      const every = findAll(found.fields, path);
      const shown = filled ? every.filter((field) => !isEmptyValue(field)) : every;
      if (shown.length > 0) return listText(shown, write);
      continue;
    }
    const field = found.at(place);
    if (field === undefined || (filled && isEmptyValue(field))) continue;
    const text = write(field);
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
