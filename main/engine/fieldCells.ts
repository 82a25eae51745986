import type { FieldCell, Row } from '../../app/contracts/index.ts';
import type { FilterRecord } from '../../app/dissect/filterFields.ts';
import type { Field } from '../../app/dissect/index.ts';
import type { FieldRegistry, FilterField, FilterValue } from '../../app/filter/index.ts';
import type { Document } from './document.ts';
import { DocumentRecord } from './filterRecord.ts';
import { valueLiteral, valueName, valueText } from './valueText.ts';

/** Characters of a cell, and of a value that a filter is made of. */
const LONGEST_TEXT = 256;
const LONGEST_LITERAL = 256;

/** Columns of the index that read better as the tree has them. */
const IN_TREE: { readonly [field: string]: string } = { 'nl.flags': 'nlmsghdr.nlmsg_flags' };

interface FieldColumn {
  /** As it was asked for. */
  readonly name: string;
  readonly field: FilterField<FilterRecord>;
  /** What fields of the tree are called that have its values; '' where it needs none. */
  readonly inTree: string;
}

/** Reads display filter fields of messages as the texts of cells: as the tree shows them where it does. */
export class FieldCells {
  readonly #record: DocumentRecord;
  readonly #columns: FieldColumn[] = [];
  readonly #values: FilterValue[] = [];

  /**
   * @param names of fields, any spelling that a filter takes; those that mean nothing have no cells
   * @param late is told that a name cannot be looked up at once, which has no cells then; absent: it is waited for
   */
  constructor(document: Document, registry: FieldRegistry<FilterRecord>, names: readonly string[], late?: () => void) {
    this.#record = new DocumentRecord(document);
    for (const name of names) {
      if (late !== undefined && registry.findSoon?.(name) === null) {
        late();
        continue;
      }
      const field = registry.find(name);
      if (field !== undefined) this.#columns.push({ name, field, inTree: treeName(field) });
    }
  }

  /** Cells of a message that is no gap, by the names that were asked for; undefined when it has none of the fields. */
  of(row: number): Row['fields'] {
    const record = this.#record.at(row);
    const values = this.#values;
    const cells: [string, FieldCell][] = [];
    let texts: TreeTexts | null = null;
    for (const { name, field, inTree } of this.#columns) {
      values.length = 0;
      field.read(record, values);
      if (values.length === 0) continue;
      // The tree is walked once for all columns, and not at all for messages that have none of them.
      if (inTree !== '') texts ??= new TreeTexts(record.decoded().fields, this.#columns);
      const shown = texts?.of(inTree) ?? values.map((value) => valueName(field, value) ?? valueText(field, value));
      cells.push([name, { text: joined(shown), filterValue: filterValue(field, values[0]) }]);
    }
    return cells.length === 0 ? undefined : Object.fromEntries(cells);
  }
}

function treeName({ name, cheap }: FilterField<FilterRecord>): string {
  return IN_TREE[name] ?? (cheap ? '' : name);
}

/** The texts that a message's tree has for some fields. */
class TreeTexts {
  readonly #texts: ReadonlyMap<string, string[]>;

  constructor(fields: readonly Field[], columns: readonly FieldColumn[]) {
    this.#texts = new Map(columns.map(({ inTree }) => [inTree, []]));
    this.#collect(fields, '', '');
  }

  of(name: string): readonly string[] | undefined {
    const texts = this.#texts.get(name);
    return texts === undefined || texts.length === 0 ? undefined : texts;
  }

  /** @param name of what the fields are in, @param type the same: either may be the struct that they are members of */
  #collect(fields: readonly Field[], name: string, type: string): void {
    for (const field of fields) {
      const { filter, children } = field;
      if (filter !== undefined) this.#take(filter, field);
      if (name !== '') this.#take(`${name}.${field.name}`, field);
      if (type !== name) this.#take(`${type}.${field.name}`, field);
      if (children.length > 0) this.#collect(children, field.name, field.type.replace(/^struct /, ''));
    }
  }

  #take(name: string, field: Field): void {
    const texts = this.#texts.get(name);
    // More than fit into a cell are of no use.
    if (texts !== undefined && texts.length < LONGEST_TEXT) texts.push(unquoted(field.text));
  }
}

/** A text as a column has it: in quotes only where they tell something. */
function unquoted(text: string): string {
  return /^"([^"\\]+)"$/.exec(text)?.[1] ?? text;
}

function joined(texts: readonly string[]): string {
  let text = '';
  for (const each of texts) {
    text += text === '' ? each : `, ${each}`;
    if (text.length > LONGEST_TEXT) return `${text.slice(0, LONGEST_TEXT - 1)}…`;
  }
  return text;
}

function filterValue(field: FilterField<FilterRecord>, value: FilterValue): string | undefined {
  if (field.type === 'none') return '';
  // Seconds as a filter counts them are no nanoseconds.
  if (field.type === 'time' || (value instanceof Uint8Array && value.length > LONGEST_LITERAL)) return undefined;
  const literal = valueLiteral(field, value);
  return literal.length > LONGEST_LITERAL ? undefined : literal;
}
