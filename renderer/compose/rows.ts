import type {
  AttributeInfo,
  AttributeSpaceInfo,
  AttributeValue,
  FieldValue,
  MemberInfo,
  MessageValue,
  OperationForm,
  ValueProblem,
} from '../../app/contracts/index.ts';
import { isOpenAtFirst } from './draft.ts';
import {
  checkField,
  defaultValue,
  type Editor,
  editorOf,
  type FieldInfo,
  type FieldProblem,
  formatField,
  membersOf,
} from './fields.ts';
import { attributeAt, attributePath, countAttributes, type FormPath, pathKey, problemPath } from './model.ts';

/** A line of the form. */
export type FormRow = FieldRow | AddRow;

interface RowBase {
  /** `pathKey(path)`, and for add rows a word more. */
  readonly key: string;
  readonly path: FormPath;
  readonly depth: number;
}

/** A header, a member of a struct, or an attribute. */
export interface FieldRow extends RowBase {
  readonly kind: 'header' | 'member' | 'attribute';
  readonly label: string;
  /** null: no table names this attribute; it is edited as bytes. */
  readonly info: FieldInfo | null;
  readonly editor: Editor;
  readonly value: FieldValue | undefined;
  /** What stands in the type column: u32, nest: vlan. */
  readonly type: string;
  /** Open or closed, null when there is nothing to open. */
  readonly open: boolean | null;
  /** Stands for the value of what is closed, or has no value of its own. */
  readonly summary: string;
  readonly problem: FieldProblem | null;
}

/** Where an attribute can be added to a nest or to the message. */
export interface AddRow extends RowBase {
  readonly kind: 'add';
  /** Name of the nest, '' for the message. */
  readonly label: string;
  readonly choices: readonly AttributeInfo[];
  /** Numbers of attributes that the nest has already. */
  readonly present: ReadonlySet<string>;
  readonly suggested: ReadonlySet<string>;
}

/** Whether two rows look the same, so that the second need not be drawn. */
export function sameRow(a: FieldRow, b: FieldRow): boolean {
  return (
    a.key === b.key &&
    a.kind === b.kind &&
    a.depth === b.depth &&
    a.label === b.label &&
    a.info === b.info &&
    a.editor === b.editor &&
    a.value === b.value &&
    a.type === b.type &&
    a.open === b.open &&
    a.summary === b.summary &&
    a.problem?.text === b.problem?.text &&
    a.problem?.severity === b.problem?.severity
  );
}

/** The form as lines, and what it still needs to know. */
export interface FormRows {
  readonly rows: readonly FormRow[];
  /** Attribute spaces that the form shows and that are not loaded yet. */
  readonly missing: readonly string[];
  /** The first thing that cannot be encoded as it is typed, in a closed row too. */
  readonly firstError: FieldRow | null;
}

export interface FormInput {
  readonly message: MessageValue;
  readonly form: OperationForm | null;
  /** A loaded space, null when the host knows none by that id, undefined while it is not loaded. */
  space(id: string): AttributeSpaceInfo | null | undefined;
  /** Keys of rows that are not as they are at first (`isOpenAtFirst`). */
  readonly toggled: ReadonlySet<string>;
  readonly focus: FormPath | null;
  /** What the encoder objected to. */
  readonly problems: readonly ValueProblem[];
}

/** Nesting beyond this depth is shown as bytes; the kernel itself stops far earlier. */
const DEPTH_LIMIT = 24;

/** Lays the form out as lines, in the order of the message's bytes. */
export function formRows(input: FormInput): FormRows {
  return new Layout(input).run();
}

class Layout {
  readonly #input: FormInput;
  readonly #rows: FormRow[] = [];
  readonly #missing = new Set<string>();
  readonly #problems = new Map<string, string>();
  /** Key of the nest that the keyboard is in. */
  readonly #innermost: string;
  #firstError: FieldRow | null = null;
  /** How many closed rows are around: what they hide is judged but not shown. */
  #closed = 0;

  constructor(input: FormInput) {
    this.#input = input;
    const owner = attributePath(input.focus ?? []);
    const isNested = attributeAt(input.message, owner)?.attributes !== undefined;
    this.#innermost = pathKey(isNested ? owner : owner.slice(0, -1));
    for (const { path, text } of input.problems) {
      const key = pathKey(problemPath(input.message, path));
      if (!this.#problems.has(key)) this.#problems.set(key, text);
    }
  }

  run(): FormRows {
    const { form, message } = this.#input;
    if (form?.header) this.#header(form.header.name, { members: form.header.members });
    this.#attributes(message.attributes, form?.space ?? '', [], 0, '', []);
    return { rows: this.#rows, missing: [...this.#missing], firstError: this.#firstError };
  }

  #header(name: string, { members }: Pick<FieldInfo, 'members'>): void {
    const info: FieldInfo = { name, type: name, doc: '', enum: [], isFlags: false, hint: '', members };
    this.#struct('header', info, this.#input.message.header, ['header'], 0, name);
  }

  #struct(
    kind: FieldRow['kind'],
    info: FieldInfo,
    value: FieldValue | undefined,
    path: FormPath,
    depth: number,
    label: string,
  ): void {
    const open = this.#isOpen(path);
    const summary = open ? '' : structSummary(info, value);
    this.#push({ kind, path, depth, label, info, editor: 'struct', value, type: info.type, open, summary });
    if (depth > DEPTH_LIMIT) return;
    this.#inside(open, () => {
      for (const member of membersOf(info)) {
        if (member.type === 'pad') continue;
        this.#field('member', member, memberOf(value, member.name), [...path, member.name], depth + 1, member.name);
      }
    });
  }

  /** Lays out what stands in a row, which shows only while that is open. */
  #inside(open: boolean, layOut: () => void): void {
    if (!open) this.#closed += 1;
    layOut();
    if (!open) this.#closed -= 1;
  }

  #field(
    kind: FieldRow['kind'],
    info: FieldInfo,
    value: FieldValue | undefined,
    path: FormPath,
    depth: number,
    label: string,
  ): void {
    const editor = editorOf(info, value);
    if (editor === 'struct') this.#struct(kind, info, value, path, depth, label);
    else this.#push({ kind, path, depth, label, info, editor, value, type: typeOf(info), open: null, summary: '' });
  }

  /**
   * @param above attributes of the nests around, innermost last: a sub-message's selector may stand in any of them
   */
  #attributes(
    list: readonly AttributeValue[],
    spaceId: string,
    parent: FormPath,
    depth: number,
    parentLabel: string,
    above: readonly (readonly AttributeValue[])[],
  ): void {
    const space = this.#space(spaceId);
    const around = [...above, list];
    list.forEach((attribute, index) => {
      this.#attribute(attribute, space, [...parent, index], depth, around);
    });
    if (space && this.#invites(parent, list)) {
      const suggested = parent.length === 0 ? (this.#input.form?.suggested ?? []) : [];
      this.#rows.push({
        key: `${pathKey(parent)}+`,
        kind: 'add',
        path: parent,
        depth,
        label: parentLabel,
        choices: space.attributes,
        present: new Set(list.map((attribute) => attribute.name ?? '')),
        suggested: new Set(suggested),
      });
    }
  }

  #attribute(
    attribute: AttributeValue,
    space: AttributeSpaceInfo | null,
    path: FormPath,
    depth: number,
    around: readonly (readonly AttributeValue[])[],
  ): void {
    const info = infoOf(attribute, space);
    const label = attribute.name ?? info?.name ?? `type ${attribute.type ?? '?'}`;
    const nested =
      attribute.hex === undefined &&
      (attribute.attributes !== undefined || isNest(info) || ARRAYS.has(info?.type ?? ''));
    if (nested && depth < DEPTH_LIMIT) {
      this.#nest(attribute, info, label, path, depth, around);
    } else if (info === null || attribute.hex !== undefined) {
      const raw = { kind: 'attribute', path, depth, label, info, editor: 'hex', value: attribute.hex ?? '' } as const;
      this.#push({ ...raw, type: 'bytes', open: null, summary: '' });
    } else {
      this.#field('attribute', fieldInfo(info, space), attribute.value, path, depth, label);
    }
  }

  #nest(
    attribute: AttributeValue,
    info: AttributeInfo | null,
    label: string,
    path: FormPath,
    depth: number,
    around: readonly (readonly AttributeValue[])[],
  ): void {
    const children = attribute.attributes ?? [];
    const chosen = info?.selector ? selectedBy(info.selector.attribute, around, this.#input.message) : '';
    const spaceId = info?.selector ? (info.selector.spaces[chosen] ?? '') : (info?.space ?? '');
    const members = info?.selector?.headers?.[chosen] ?? info?.members ?? [];
    const unchosen = info?.selector !== undefined && spaceId === '' && members.length === 0 && children.length === 0;
    const open = unchosen ? null : this.#isOpen(path);
    const count = countAttributes(children);
    const closed = count === 0 ? 'empty' : `${count} attribute${count === 1 ? '' : 's'}`;
    this.#push({
      kind: 'attribute',
      path,
      depth,
      label,
      info,
      editor: 'nest',
      value: undefined,
      type: chosen === '' ? 'nest' : `nest: ${chosen}`,
      open,
      summary: unchosen
        ? `${chosen === '' ? 'chosen' : 'not known'} by ${info.selector!.attribute}`
        : open
          ? ''
          : closed,
    });
    if (open === null) return;
    this.#inside(open, () => {
      this.#ownMembers(attribute.value, members, path, depth + 1);
      if (info !== null && ARRAYS.has(info.type)) this.#items(children, info, path, depth + 1, label, around);
      else this.#attributes(children, spaceId, path, depth + 1, label, around);
    });
  }

  /** The fixed header that some nests (sub-messages, sequence elements) begin with. */
  #ownMembers(value: FieldValue | undefined, known: readonly MemberInfo[], path: FormPath, depth: number): void {
    const own = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
    for (const member of known)
      this.#field('member', member, own[member.name], [...path, member.name], depth, member.name);
    for (const [name, part] of Object.entries(own)) {
      if (known.some((member) => member.name === name)) continue;
      this.#field('member', infoByValue(name, part), part, [...path, name], depth, name);
    }
  }

  /** Elements of an array of attributes: their nla_type is an index, so they go by position. */
  #items(
    list: readonly AttributeValue[],
    array: AttributeInfo,
    parent: FormPath,
    depth: number,
    parentLabel: string,
    around: readonly (readonly AttributeValue[])[],
  ): void {
    list.forEach((item, index) => {
      const path = [...parent, index];
      const label = `[${item.type ?? index + 1}]`;
      if (item.attributes !== undefined) this.#nest(item, elementOf(array), label, path, depth, [...around, list]);
      else if (item.hex !== undefined || array.space !== '') this.#attribute(item, null, path, depth, around);
      else
        this.#field(
          'attribute',
          { ...infoByValue(label, item.value), ...scalarTraits(array) },
          item.value,
          path,
          depth,
          label,
        );
    });
    if (!this.#invites(parent, list)) return;
    const element = { ...elementOf(array), name: ELEMENT, number: 0 };
    const common = { key: `${pathKey(parent)}+`, path: parent, depth, label: parentLabel };
    this.#rows.push({ kind: 'add', ...common, choices: [element], present: new Set(), suggested: new Set() });
  }

  #push(row: Omit<FieldRow, 'key' | 'problem'>): void {
    const key = pathKey(row.path);
    const own = row.info === null ? checkField(BYTES, 'hex', row.value) : checkField(row.info, row.editor, row.value);
    const told = this.#problems.get(key);
    const problem = own?.severity === 'error' || told === undefined ? own : ({ severity: 'warn', text: told } as const);
    const full: FieldRow = { ...row, key, problem };
    if (this.#closed === 0) this.#rows.push(full);
    if (problem?.severity === 'error') this.#firstError ??= full;
  }

  #isOpen(path: FormPath): boolean {
    return this.#input.toggled.has(pathKey(path)) !== isOpenAtFirst(path);
  }

  /** The message always invites more attributes; a nest while it is empty, or when the keyboard is right in it. */
  #invites(parent: FormPath, list: readonly AttributeValue[]): boolean {
    if (this.#closed > 0) return false;
    if (parent.length === 0 || list.length === 0) return true;
    return this.#innermost === pathKey(parent);
  }

  #space(id: string): AttributeSpaceInfo | null {
    if (id === '') return null;
    const space = this.#input.space(id);
    if (space === undefined) this.#missing.add(id);
    return space ?? null;
  }
}

/** Types whose children are elements instead of attributes of a space. */
const ARRAYS: ReadonlySet<string> = new Set(['indexed-array', 'sequence', 'nest-type-value']);

/** Stands for the name of what is added to an array: its elements have none. */
export const ELEMENT = 'element';

/** An attribute that can be added to a nest or, by an empty path, to the message, and that is not there yet. */
export function lackingIn(rows: readonly FormRow[], parent: FormPath, name: string): AttributeInfo | null {
  const key = pathKey(parent);
  for (const row of rows) {
    if (row.kind !== 'add' || pathKey(row.path) !== key || row.present.has(name)) continue;
    return row.choices.find((choice) => choice.name === name) ?? null;
  }
  return null;
}

/** The element of an array of nests, as if it were an attribute. */
function elementOf(array: AttributeInfo): AttributeInfo {
  return { ...array, type: array.space === '' ? 'string' : 'nest', multi: true };
}

function scalarTraits({ enum: names, isFlags, hint, doc }: AttributeInfo) {
  return { enum: names, isFlags, hint, doc };
}

/** What can be said of a value that no table describes: text stays text, numbers stay numbers. */
function infoByValue(name: string, value: FieldValue | undefined): FieldInfo {
  const type = typeof value === 'string' && !/^\d+$/.test(value) ? 'string' : 'u64';
  return { name, type, doc: '', enum: [], isFlags: false, hint: '' };
}

/** An attribute as it is when it is added: with the least value its type takes, or as bytes where no table has it. */
export function newAttribute(choice: AttributeInfo | { readonly type: number }): AttributeValue {
  if (!('name' in choice)) return { type: choice.type, hex: '' };
  const own = isNest(choice) || ARRAYS.has(choice.type) ? { attributes: [] } : { value: defaultValue(choice) };
  return choice.name === ELEMENT ? own : { name: choice.name, ...own };
}

const BYTES: FieldInfo = { name: '', type: 'binary', doc: '', enum: [], isFlags: false, hint: '' };

/** The table's entry for an attribute: by name, else by number. */
export function infoOf(attribute: AttributeValue, space: AttributeSpaceInfo | null): AttributeInfo | null {
  const found = space?.attributes.find((info) =>
    attribute.name === undefined ? info.number === attribute.type : info.name === attribute.name,
  );
  return found ?? null;
}

/** Made once for each attribute of the tables: rows whose info is the same object need not be drawn again. */
const fieldInfos = new WeakMap<AttributeInfo, FieldInfo>();

/**
 * An attribute that holds a value, as a field. One whose value chooses the space of a sibling offers the values that
 * do, if it has no enum of its own.
 */
function fieldInfo(info: AttributeInfo, space: AttributeSpaceInfo | null): FieldInfo {
  const made = fieldInfos.get(info);
  if (made !== undefined) return made;
  const choices = info.type === 'string' && info.enum.length === 0 ? choicesFor(info.name, space) : [];
  const field = { ...info, space: '', ...(choices.length === 0 ? {} : { choices }) };
  fieldInfos.set(info, field);
  return field;
}

/** Values of attribute `name` that choose a space for one of its siblings. */
export function choicesFor(name: string, space: AttributeSpaceInfo | null): readonly string[] {
  const values = new Set<string>();
  const siblings = space?.attributes.map((info) => info.name) ?? [];
  for (const { selector } of space?.attributes ?? []) {
    if (selector === undefined || nameMeant(selector.attribute, siblings) !== name) continue;
    for (const value of Object.keys(selector.spaces)) values.add(value);
  }
  return [...values];
}

/** The value of the attribute (or header member) that a sub-message is selected by, as text; '' when it is not there. */
function selectedBy(selector: string, around: readonly (readonly AttributeValue[])[], message: MessageValue): string {
  for (const list of around.toReversed()) {
    const meant = nameMeant(
      selector,
      list.map(({ name }) => name ?? ''),
    );
    const found = meant === undefined ? undefined : list.find(({ name }) => name === meant);
    if (found !== undefined) return scalarText(found.value);
  }
  return scalarText(message.header?.[selector]);
}

/**
 * The constant among `names` that a selector means. A selector may be the constant itself or the spec's own name
 * (`kind` for IFLA_INFO_KIND): the shortest constant that ends so, as IFLA_INFO_SLAVE_KIND is `slave-kind`.
 */
function nameMeant(selector: string, names: readonly string[]): string | undefined {
  if (names.includes(selector)) return selector;
  const ending = `_${selector.replaceAll('-', '_').toUpperCase()}`;
  return names.filter((name) => name.endsWith(ending)).sort((a, b) => a.length - b.length)[0];
}

function scalarText(value: FieldValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function isNest(info: AttributeInfo | null): boolean {
  return info !== null && (info.space !== '' || info.selector !== undefined || info.type === 'nest');
}

function memberOf(value: FieldValue | undefined, name: string): FieldValue | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function typeOf(info: FieldInfo): string {
  return info.type === 'flag' ? 'present' : info.type;
}

/** The members of a closed struct that are not zero or empty: "ifi_index 7, ifi_flags IFF_UP". */
function structSummary(info: FieldInfo, value: FieldValue | undefined): string {
  const parts: string[] = [];
  for (const member of membersOf(info)) {
    const part = memberOf(value, member.name);
    const text = formatField(member, part);
    const zero = member.enum.some((entry) => entry.value === 0 && entry.name === text);
    if (!zero && text !== '' && text !== '0' && text !== '0x0') parts.push(`${shortMember(member.name)} ${text}`);
  }
  return parts.length === 0 ? 'all zero' : parts.join(', ');
}

/** "ifi_index" as "index": within its struct the prefix says nothing. */
function shortMember(name: string): string {
  return name.replace(/^[a-z0-9]+_(?=.)/, '');
}
