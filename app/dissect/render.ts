import type { AttrSpace, MessageDef } from '../specs/index.ts';
import type { Beginning, Field } from './field.ts';
import { InfoWriter } from './infoWriter.ts';
import { briefText, isAttr, isEmptyValue } from './present.ts';
import {
  IN_REQUEST,
  type Option,
  type Part,
  type Path,
  type Place,
  type Template,
  TOP,
  templateOf,
} from './template.ts';
import type { Test } from './templateTest.ts';
import { textForm } from './textForms.ts';

/** Values that a template asks for by its places (see Template.places). */
export interface PlacedValues {
  has(place: number): boolean;
  /** Whether a value says nothing worth a place in a summary. */
  isEmpty(place: number): boolean;
  /** What a part writes of a value that is there. */
  text(part: Part, option: Option): string;
  holds(test: Test, place: number): boolean;
  /** Every field of a path. */
  all(option: Pick<Option, 'path' | 'place'>): readonly Field[];
  /** The attributes that the template does not name. */
  rest(): readonly Field[];
}

/** Occurrences that `{path*}` shows at most, and the length after which no further one begins: a set may have thousands. */
const MOST = 16;
const LONGEST_LIST = 120;

/** The first of many texts with commas between, and how many more there are. */
function listText({ first, count }: Beginning, text: (field: Field) => string): string {
  let list = '';
  for (let i = 0; i < count; i++) {
    if (i === MOST || list.length > LONGEST_LIST) return `${list}, … ${count - i} more`;
    list += i === 0 ? text(first[i]) : `, ${text(first[i])}`;
  }
  return list;
}

/** The fields of a path, as far as a list of them can show. */
function beginningOf(option: Option, filled: boolean, values: PlacedValues): Beginning {
  if (option.around !== null && !filled) {
    const arrays = values.all(option.around);
    const beginning = arrays.length === 1 ? arrays[0].firstItems(MOST) : null;
    if (beginning !== null) return beginning;
  }
  const every = values.all(option);
  const first = filled ? every.filter((field) => !isEmptyValue(field)) : every;
  return { first, count: first.length };
}

/**
 * Renders parts one after the other; false when a value that was asked for is missing.
 * @param strict stop at the first missing value: all of it is dropped then
 */
export function render(parts: readonly Part[], values: PlacedValues, out: InfoWriter, strict: boolean): boolean {
  let complete = true;
  for (let i = 0; i < parts.length; i++) {
    if (!renderPart(parts[i], values, out, strict)) complete = false;
    if (strict && !complete) return false;
  }
  return complete;
}

function renderPart(part: Part, values: PlacedValues, out: InfoWriter, strict: boolean): boolean {
  switch (part.kind) {
    case 'text':
      out.fixed(part.text);
      return true;
    case 'group': {
      if (part.guard >= 0 && !values.has(part.guard)) return true;
      const { count, last, blank } = out;
      if (!render(part.parts, values, out, true)) out.reset(count, last, blank);
      return true;
    }
    case 'test': {
      const { place } = part.options[0];
      if (!values.has(place)) return false;
      const test = part.test!;
      return values.holds(test, place) === test.wanted
        ? render(part.parts, values, out, strict)
        : part.parts.length === 0;
    }
    case 'comparison': {
      const [one, other] = part.options;
      if (!values.has(one.place) || !values.has(other.place)) return false;
      const isEqual = values.text(part, one) === values.text(part, other);
      return isEqual === part.filled && render(part.parts, values, out, strict);
    }
    case 'rest':
      renderRest(values.rest(), out);
      return true;
    default: {
      const text = valueText(part, values);
      out.strong(text);
      return text !== '';
    }
  }
}

/** What `{*}` shows at most, and of each. */
const MOST_OTHERS = 10;
const LONGEST_OTHER = 60;

function renderRest(fields: readonly Field[], out: InfoWriter): void {
  let shown = 0;
  for (const field of fields) {
    const text = field.def?.layout === 'flag' ? '' : briefText(field, 'lower');
    if (text === '' && field.def?.layout !== 'flag') continue;
    if (shown++ === MOST_OTHERS) break;
    out.muted(` ${field.def?.specName.replaceAll('_', '-')} `);
    out.strong(text.length > LONGEST_OTHER ? `${text.slice(0, LONGEST_OTHER)}…` : text);
    out.muted(' ');
  }
}

/** What a part writes of the first of its values that is there; '' where there is none. */
export function valueText(part: Part, values: PlacedValues): string {
  const { options, all, filled, write } = part;
  for (let i = 0; i < options.length; i++) {
    const option = options[i];
    const { place, literal } = option;
    if (place < 0) return literal;
    if (all) {
      const shown = beginningOf(option, filled, values);
      if (shown.count > 0) return listText(shown, write);
      continue;
    }
    if (!values.has(place) || (filled && values.isEmpty(place))) continue;
    const text = values.text(part, option);
    if (text !== '') return text;
  }
  return '';
}

/** Where the places of a template are in one message, or among the fields of a nest; each is looked for once. */
class Found implements PlacedValues {
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

  has(place: number): boolean {
    return this.at(place) !== undefined;
  }

  isEmpty(place: number): boolean {
    const field = this.at(place);
    return field === undefined || isEmptyValue(field);
  }

  text({ write }: Part, { place }: Option): string {
    const field = this.at(place);
    return field === undefined ? '' : write(field, this.#level(this.#places[place].outer));
  }

  holds(test: Test, place: number): boolean {
    const field = this.at(place);
    return field !== undefined && test.holds(field);
  }

  all({ path }: Pick<Option, 'path'>): readonly Field[] {
    return findAll(this.fields, path);
  }

  rest(): readonly Field[] {
    const named = new Set(this.#places.flatMap(({ name, outer }) => (outer === TOP ? [name] : [])));
    return this.fields.filter(({ def, name }) => isAttr(def) && def.layout !== 'pad' && !named.has(name));
  }

  #level(outer: number): readonly Field[] {
    if (outer === TOP) return this.fields;
    if (outer === IN_REQUEST) return this.fields.length === 0 ? NONE : this.fields[0].state.request();
    return this.at(outer)?.children ?? NONE;
  }
}

/** By attribute sets: the template of the line by which nests of that set read while they are closed. */
const nestTemplates = new WeakMap<AttrSpace, PlacedTemplate>();

/** The line by which a nest reads while it is closed, as its own form or its attribute set's template says; '' when it has none. */
export function describeNest(nest: Field): string {
  const own = nest.def?.format ? (textForm(nest.def.format)?.(nest) ?? '') : '';
  if (own !== '') return own;
  const { space } = nest;
  if (space === null || space.text === '') return '';
  let template = nestTemplates.get(space);
  if (template === undefined) {
    template = new PlacedTemplate(templateOf(space.text), { header: null, space, ownHeader: null });
    nestTemplates.set(space, template);
  }
  const line = new InfoWriter();
  template.render(nest.children, line);
  return line.finish().join('');
}

/** A template for messages of one kind, or nests of one set: which of its places are attributes is known before any is seen. */
export class PlacedTemplate {
  readonly #template: Template;
  /** Its name where no other header has members of the same names. */
  readonly #header: string | undefined;
  /** Place + 1 by number of an attribute. */
  readonly #attributes: Uint16Array;
  /** As in Found: attributes are not there unless they are met. */
  readonly #unmet: (undefined | null)[];

  constructor(template: Template, { header, space, ownHeader }: Pick<MessageDef, 'header' | 'space' | 'ownHeader'>) {
    this.#template = template;
    const isSole = template.places.every(({ name }) => !name.startsWith('nlmsg'));
    this.#header = isSole && ownHeader === null ? header?.name : undefined;
    this.#attributes = new Uint16Array(space?.dense.length ?? 0);
    this.#unmet = template.places.map(({ name, outer }, place) => {
      if (outer !== TOP || header?.name === name || header?.byName.has(name) || ownHeader !== null) return null;
      const defs = space?.dense.filter((def) => def?.name === name) ?? [];
      if (defs.length === 0 || defs.some((def) => def!.variant !== null || def!.types !== null)) return null;
      for (const def of defs) this.#attributes[def!.number] = place + 1;
      return undefined;
    });
  }

  /** Renders it over the fields of a message, or of a nest. */
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

export function findName(fields: readonly Field[], name: string): Field | undefined {
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
export function findAll(fields: readonly Field[], path: Path): readonly Field[] {
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
