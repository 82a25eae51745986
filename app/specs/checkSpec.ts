import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { nearNames } from '../filter/near.ts';
import { compileSpec, type FindSpace, SpecError } from './compile.ts';
import { type Shape, SPEC_SHAPE } from './specShape.ts';
import {
  isSubsetOfItself,
  type ViewDocument,
  type YnlAttribute,
  type YnlAttributeSet,
  type YnlDocument,
  type YnlOperation,
} from './ynl.ts';

/** Something that is wrong with a spec, or that its author should look at. */
export interface SpecProblem {
  /** `error`: it cannot be used as it is. `warn`: it can, but probably does not say what was meant. */
  readonly severity: 'error' | 'warn';
  /** From 1; 0 when the place in the file is not known. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: attribute-sets[link-attrs].attributes[mtu].type. */
  readonly path: string;
  /** What is wrong, and why. */
  readonly text: string;
  /** What to do about it, '' when the text says it. */
  readonly hint: string;
}

/** Problems listed at most: a file that is no spec at all would have one at every line. */
const MOST_PROBLEMS = 200;

type Path = readonly (string | number)[];

/**
 * Everything that is wrong with a spec in YNL format: its YAML, keys and values that the format does not have, names
 * that lead nowhere, numbers and names that occur twice. Never throws.
 * @param text the YAML document
 * @param view its presentation, where it has one
 * @param elsewhere finds attribute sets of other specs that the view names
 */
export function checkSpec(text: string, view?: ViewDocument, elsewhere?: FindSpace): SpecProblem[] {
  return new Checker(text).check(view, elsewhere);
}

/** What no YAML holds: control characters, and what is put in place of bytes that are no UTF-8. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NO_TEXT = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]/;

class Checker {
  readonly #lines = new LineCounter();
  readonly #yaml: ReturnType<typeof parseDocument>;
  readonly #problems: SpecProblem[] = [];
  /** Every value is of the kind that its key needs, and what is needed is there: what the parts mean can be looked at. */
  #isReadable = true;

  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#yaml = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true });
  }

  check(view: ViewDocument | undefined, elsewhere: FindSpace | undefined): SpecProblem[] {
    const strange = NO_TEXT.exec(this.#text);
    if (strange !== null) {
      const { line, col } = this.#lines.linePos(strange.index);
      const text = 'this is no text: it has bytes that YAML in UTF-8 cannot have.';
      this.#add({ severity: 'error', line, column: col, path: '', text, hint: 'Is it the file you meant?' });
      return this.#problems;
    }
    for (const { pos, message } of this.#yaml.errors) {
      const { line, col } = this.#lines.linePos(pos[0]);
      // The library's text ends in an excerpt of the file.
      const [what = ''] = message.split(/ at line \d+/);
      this.#add({ severity: 'error', line, column: col, path: '', text: `no YAML: ${what}`, hint: '' });
    }
    if (this.#problems.length > 0) return this.#problems;
    const document = this.#yaml.toJS({ maxAliasCount: 100 }) as unknown;
    this.#shape(document, SPEC_SHAPE, []);
    if (!this.#isReadable) return this.#sorted();
    this.#meaning(document as YnlDocument);
    if (this.#problems.some(({ severity }) => severity === 'error')) return this.#sorted();
    try {
      compileSpec(document as YnlDocument, view, elsewhere);
    } catch (error) {
      const what = error instanceof SpecError ? error.message : `it cannot be compiled: ${String(error)}`;
      this.#problem('error', [], what);
    }
    return this.#sorted();
  }

  #sorted(): SpecProblem[] {
    return this.#problems.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #add(problem: SpecProblem): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
  }

  #problem(severity: SpecProblem['severity'], path: Path, text: string, hint = ''): void {
    const at = this.#rangeOf(path);
    const { line, col } = at === null ? { line: 0, col: 0 } : this.#lines.linePos(at);
    this.#add({ severity, line, column: col, path: this.#name(path), text, hint });
  }

  /** A problem for which the document cannot be looked at any further. */
  #unreadable(path: Path, text: string): void {
    this.#isReadable = false;
    this.#problem('error', path, text);
  }

  /** Offset of what a path leads to: of a key's value, or of the nearest part around it that is there. */
  #rangeOf(path: Path): number | null {
    for (let length = path.length; length >= 0; length--) {
      const node = this.#yaml.getIn(path.slice(0, length), true) as Node | undefined;
      if (node?.range != null) return node.range[0];
    }
    return null;
  }

  /** A path as an author reads it: parts of lists by their names. */
  #name(path: Path): string {
    let text = '';
    for (const [i, part] of path.entries()) {
      if (typeof part === 'string') text += text === '' ? part : `.${part}`;
      else {
        const item = this.#yaml.getIn(path.slice(0, i + 1), true);
        const name = isMap(item) ? item.get('name') : isScalar(item) ? item.value : undefined;
        text += `[${typeof name === 'string' ? name : part}]`;
      }
    }
    return text;
  }

  /** Keys, types and allowed words, as the format has them. */
  #shape(value: unknown, shape: Shape, path: Path): void {
    switch (shape.kind) {
      case 'any':
        return;
      case 'text':
      case 'number':
      case 'boolean': {
        const wanted = { text: 'string', number: 'number', boolean: 'boolean' }[shape.kind];
        const isRight = typeof value === wanted || (shape.orText === true && typeof value === 'string');
        if (!isRight) this.#unreadable(path, `must be ${ARTICLE[shape.kind]}, not ${shown(value)}`);
        else if (shape.kind === 'number' && typeof value === 'number' && !Number.isSafeInteger(value)) {
          this.#problem('error', path, `${value} is no whole number that can be kept exactly`);
        } else if (shape.words !== undefined && !shape.words.includes(String(value))) {
          this.#problem('error', path, `"${String(value)}" is not known here.`, advice(String(value), shape.words));
        }
        return;
      }
      case 'list':
        if (!Array.isArray(value)) this.#unreadable(path, `must be a list, not ${shown(value)}`);
        else for (const [i, item] of value.entries()) this.#shape(item, shape.item, [...path, i]);
        return;
      case 'either': {
        const isText = typeof value === 'string';
        this.#shape(value, isText ? shape.text : shape.map, path);
        return;
      }
      default:
        this.#mapShape(value, shape, path);
    }
  }

  #mapShape(value: unknown, shape: Extract<Shape, { kind: 'map' }>, path: Path): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#unreadable(path, `must be a map of keys, not ${shown(value)}`);
      return;
    }
    for (const key of shape.required) {
      if (!(key in value)) this.#unreadable(path, `the key "${key}" is missing`);
    }
    for (const [key, part] of Object.entries(value)) {
      const inner = shape.keys[key];
      if (inner === undefined) {
        this.#problem(
          'error',
          [...path, key],
          `the key "${key}" is not known here.`,
          advice(key, Object.keys(shape.keys)),
        );
      } else this.#shape(part, inner, [...path, key]);
    }
  }

  /** What the parts mean to each other. */
  #meaning(document: YnlDocument): void {
    const definitions = document.definitions ?? [];
    const sets = document['attribute-sets'];
    const messages = document['sub-messages'] ?? [];
    const operations = document.operations?.list ?? [];
    this.#twice(definitions, ['definitions'], 'definition');
    this.#twice(sets, ['attribute-sets'], 'attribute set');
    this.#twice(messages, ['sub-messages'], 'sub-message');
    this.#twice(operations, ['operations', 'list'], 'operation', 'warn');
    const names: Names = {
      enums: definitions.filter(({ type }) => type === 'enum' || type === 'flags').map(({ name }) => name),
      structs: definitions.filter(({ type }) => type === 'struct').map(({ name }) => name),
      sets: sets.map(({ name }) => name),
      messages: messages.map(({ name }) => name),
      groups: (document['mcast-groups']?.list ?? []).map(({ name }) => name),
    };
    const attributes = new Set(sets.flatMap((set) => set.attributes.map(({ name }) => name)));
    for (const [i, definition] of definitions.entries()) {
      const path = ['definitions', i];
      const { members, entries, type } = definition;
      if (type === 'struct' && (members ?? []).length === 0) {
        this.#problem('error', path, `struct "${definition.name}" has no members`, 'List them under "members".');
      }
      if ((type === 'enum' || type === 'flags') && (entries ?? []).length === 0) {
        this.#problem('warn', path, `${type} "${definition.name}" has no entries`);
      }
      this.#twice(members ?? [], [...path, 'members'], 'member');
      for (const [m, member] of (members ?? []).entries()) {
        const at = [...path, 'members', m];
        this.#known(member.enum, names.enums, [...at, 'enum'], 'enum');
        this.#known(member.struct, names.structs, [...at, 'struct'], 'struct');
      }
    }
    for (const [i, set] of sets.entries()) this.#set(set, sets, ['attribute-sets', i], names, attributes);
    for (const [i, message] of messages.entries()) {
      for (const [f, format] of message.formats.entries()) {
        const at = ['sub-messages', i, 'formats', f];
        this.#known(format['attribute-set'], names.sets, [...at, 'attribute-set'], 'attribute set');
        this.#known(format['fixed-header'], names.structs, [...at, 'fixed-header'], 'struct');
      }
    }
    this.#known(document.operations?.['fixed-header'], names.structs, ['operations', 'fixed-header'], 'struct');
    const directional = document.operations?.['enum-model'] === 'directional';
    for (const [i, operation] of operations.entries()) {
      this.#operation(operation, sets, operations, ['operations', 'list', i], names, directional);
    }
    if (document.protocol === 'netlink-raw' && document.protonum === undefined) {
      this.#problem(
        'error',
        ['protocol'],
        'netlink-raw needs "protonum"',
        'Give the NETLINK_* number of linux/netlink.h.',
      );
    }
  }

  #set(
    set: YnlAttributeSet,
    sets: readonly YnlAttributeSet[],
    path: Path,
    names: Names,
    attributes: ReadonlySet<string>,
  ): void {
    this.#known(set['subset-of'], names.sets, [...path, 'subset-of'], 'attribute set');
    if (isSubsetOfItself(set, new Map(sets.map((each) => [each.name, each])))) {
      this.#problem('error', [...path, 'subset-of'], `"${set.name}" is a subset of itself`);
      return;
    }
    const whole = sets.find(({ name }) => name === set['subset-of']);
    this.#twice(set.attributes, [...path, 'attributes'], 'attribute', whole === undefined ? 'error' : 'warn');
    const numbers = new Map<number, string>();
    let next = 1;
    for (const [i, attribute] of set.attributes.entries()) {
      const at = [...path, 'attributes', i];
      if (whole !== undefined) {
        const all = whole.attributes.map(({ name }) => name);
        this.#known(attribute.name, all, [...at, 'name'], `attribute of "${whole.name}"`);
        continue;
      }
      const number = attribute.value ?? next;
      next = number + 1;
      const other = numbers.get(number);
      if (other !== undefined) {
        this.#problem('error', at, `"${attribute.name}" has number ${number}, as "${other}" has`, 'Give it a "value".');
      }
      numbers.set(number, attribute.name);
      this.#attribute(attribute, at, names, attributes);
    }
  }

  #attribute(attribute: YnlAttribute, path: Path, names: Names, attributes: ReadonlySet<string>): void {
    const { type = '' } = attribute;
    const needs = NEEDS[type];
    if (type === '') this.#problem('error', path, `attribute "${attribute.name}" has no type`);
    if (needs !== undefined && attribute[needs] === undefined) {
      this.#problem('error', path, `a ${type} needs "${needs}"`);
    }
    this.#known(attribute['nested-attributes'], names.sets, [...path, 'nested-attributes'], 'attribute set');
    this.#known(attribute.enum, names.enums, [...path, 'enum'], 'enum');
    this.#known(attribute.struct, names.structs, [...path, 'struct'], 'struct');
    this.#known(attribute['sub-message'], names.messages, [...path, 'sub-message'], 'sub-message');
    if (attribute.selector !== undefined && !attributes.has(attribute.selector)) {
      this.#known(attribute.selector, [...attributes], [...path, 'selector'], 'attribute');
    }
    if (attribute['enum-as-flags'] === true && attribute.enum === undefined) {
      this.#problem('warn', [...path, 'enum-as-flags'], 'means nothing without "enum"');
    }
  }

  #operation(
    operation: YnlOperation,
    sets: readonly YnlAttributeSet[],
    all: readonly YnlOperation[],
    path: Path,
    names: Names,
    directional: boolean,
  ): void {
    this.#known(operation['attribute-set'], names.sets, [...path, 'attribute-set'], 'attribute set');
    this.#known(operation['fixed-header'], names.structs, [...path, 'fixed-header'], 'struct');
    this.#known(operation.mcgrp, names.groups, [...path, 'mcgrp'], 'multicast group');
    this.#known(
      operation.notify,
      all.map(({ name }) => name),
      [...path, 'notify'],
      'operation',
    );
    const set = sets.find(({ name }) => name === operation['attribute-set']);
    const known = set?.attributes.map(({ name }) => name) ?? [];
    for (const mode of ['do', 'dump'] as const) {
      for (const direction of ['request', 'reply'] as const) {
        const listed = operation[mode]?.[direction]?.attributes ?? [];
        const at = [...path, mode, direction, 'attributes'];
        for (const [i, name] of listed.entries()) {
          if (set !== undefined) this.#known(name, known, [...at, i], `attribute of "${set.name}"`);
        }
        const message = operation[mode]?.[direction];
        if (directional && message != null && message.value === undefined && operation.value === undefined) {
          this.#problem(
            'warn',
            [...path, mode, direction],
            'a directional message without "value" counts on from the one before',
          );
        }
      }
    }
    const isSilent = ['do', 'dump', 'notify', 'event'].every((key) => !(key in operation));
    if (isSilent)
      this.#problem('warn', path, `"${operation.name}" has neither do, dump, notify nor event: nobody can ask for it`);
  }

  #known(name: string | undefined, known: readonly string[], path: Path, what: string): void {
    if (name === undefined || known.includes(name)) return;
    this.#problem('error', path, `there is no ${what} "${name}".`, advice(name, known));
  }

  #twice(
    items: readonly { readonly name: string }[],
    path: Path,
    what: string,
    severity: SpecProblem['severity'] = 'error',
  ): void {
    const first = new Map<string, number>();
    for (const [i, { name }] of items.entries()) {
      const before = first.get(name);
      if (before === undefined) first.set(name, i);
      // Padding may be called the same wherever it stands.
      else if (!/^(pad|reserved|unused)/.test(name)) {
        const { line } = this.#lines.linePos(this.#rangeOf([...path, before]) ?? 0);
        this.#problem(severity, [...path, i, 'name'], `a second ${what} "${name}"; the first stands in line ${line}`);
      }
    }
  }
}

interface Names {
  readonly enums: readonly string[];
  readonly structs: readonly string[];
  readonly sets: readonly string[];
  readonly messages: readonly string[];
  readonly groups: readonly string[];
}

const ARTICLE = { text: 'text', number: 'a number', boolean: 'true or false' };

/** What a type of attribute cannot do without. */
const NEEDS: { readonly [type: string]: keyof YnlAttribute } = {
  nest: 'nested-attributes',
  'indexed-array': 'sub-type',
  'sub-message': 'sub-message',
};

function shown(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : JSON.stringify(value);
}

function advice(name: string, known: readonly string[]): string {
  const near = nearNames(name, known, 3);
  if (near.length > 0) return `Did you mean ${near.map((n) => `"${n}"`).join(' or ')}?`;
  return known.length > 0 && known.length <= 24 ? `Known are ${known.join(', ')}.` : '';
}
