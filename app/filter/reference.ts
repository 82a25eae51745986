import type { FieldRegistry, FilterField } from './fields.ts';
import { FUNCTIONS } from './operands.ts';
import { BIT_TEST, CONNECTIVES, MEMBERSHIP, OPERATORS, QUANTIFIERS, TYPE_EXAMPLES, TYPE_PHRASES } from './operators.ts';

const INTRODUCTION = `# Display filter reference

A display filter decides which messages the list shows. It speaks the language of Wireshark's display filters.

- A field alone asks whether a message has it: \`link.mtu\`. \`errno\` alone asks for an error.
- A comparison asks for a value: \`link.mtu > 1400\`, \`nl.type == RTM_NEWLINK\`, \`1280 <= link.mtu <= 1500\`.
- Quoted text alone is searched in the summary, upper and lower case alike: \`"eth0"\`.
- Conditions are joined with \`&&\`, \`||\`, \`^^\` and \`!\`, and grouped with parentheses.
- An empty filter shows everything.

A field may occur several times in one message. \`==\`, \`<\`, \`contains\` and most others hold when **any** value
satisfies them. \`!=\` is the exception, as in Wireshark 4: it holds when the field is present and **no** value equals. The
words \`any\` and \`all\` before a comparison say it openly: \`all route.metric < 100\`. No comparison holds for a field that is
absent; \`!(a == 1)\` therefore also shows messages without \`a\`, and \`a != 1\` does not.
`;

const VALUES = `Names that a field knows (\`RTM_NEWLINK\`, \`UP\`) stand for their numbers, in quotes as well if they are no plain word; several
bits are joined with \`|\`. A character in single quotes is its number. In text, \`\\"\`, \`\\\\\`, \`\\n\`, \`\\t\`, \`\\x41\` and \`\\u00e9\` are
escapes; \`r"…"\` has none. Times are local unless \`Z\`, \`UTC\` or an offset follows; a number of seconds counts from the first
message. An address with a prefix length is a network, and equals every address in it.

**Slices** of text, bytes and addresses: \`x[2]\`, \`x[2:4]\` (four from position 2), \`x[2:]\`, \`x[:4]\`, \`x[1-3]\` (1 to 3), \`x[-2:]\` (the last
two), and several joined: \`x[0,4-5]\`.

**Regular expressions** know classes, groups, alternatives, counts, \`^\`, \`$\`, \`\\b\`, \`\\d\`, \`\\w\` and \`\\s\`; back-references and look-around
they have not, so that the time they take grows with the text alone. Case is ignored unless they begin with \`(?-i)\`.
`;

const MACROS = `## Macros

A macro gives a piece of a filter a name. \`$name\` stands for it, and \`$name(a, b)\` has arguments: in the text of the macro \`$1\` is
the first, \`$2\` the second. With the macro \`about\` of the text \`link.ifname == "$1" || info contains "$1"\`, the filter \`$about(eth0) && errno\`
shows what failed about eth0.

- A macro is a condition (\`link.mtu > $1\`), a value (\`0x300\`), a field (\`link.mtu\`) or a set (\`{RTM_NEWLINK, RTM_DELLINK}\`, for \`nl.type in $links\`).
- It is one thing whatever stands beside it: \`!$about(eth0)\` is the opposite of all of it.
- Arguments are conditions, values, fields, sets and ranges (\`1..5\`, in \`{$1}\`). In quoted text a parameter stands for what the argument says,
  with or without quotes of its own.
- Macros can use macros, but not themselves.
- What is wrong in the text of a macro is told with the place in it.

The window keeps macros in the profile ("Edit filter macros…"); on the command line they are those of the profile in force, or of \`--profile\`.
`;

/** The language and every field of a registry as Markdown, for the documentation. */
export function filterReference<R>(registry: FieldRegistry<R>): string {
  return [
    INTRODUCTION,
    '## Operators\n',
    table(['Operator', 'Also', 'Holds when', 'Fields'], operatorRows()),
    '`a not in {…}` is `!(a in {…})`. Bits alone are a condition: `nl.flags & NLM_F_ACK`; compared, a number: `nl.flags & 0x300 == 0x100`.\n',
    table(
      ['Quantifier', 'Meaning'],
      Object.entries(QUANTIFIERS).map(([name, doc]) => [code(name), doc]),
    ),
    '## Joining conditions\n',
    'Tightest first:\n',
    table(
      ['Operator', 'Also', 'Holds when'],
      CONNECTIVES.map(({ spellings: [usual, ...others], doc }) => [code(usual!), others.map(code).join(' '), doc]),
    ),
    '## Values\n',
    table(
      ['Type', 'Written'],
      Object.entries(TYPE_EXAMPLES).map(([type, example]) => [type, example]),
    ),
    VALUES,
    MACROS,
    '## Functions\n',
    table(
      ['Function', 'Takes', 'Gives'],
      FUNCTIONS.map(({ name, doc, takes }) => [
        code(`${name}(field)`),
        takes.length === Object.keys(TYPE_PHRASES).length ? 'any' : takes.join(', '),
        doc,
      ]),
    ),
    '## Fields\n',
    ...fieldTables(registry),
  ].join('\n');
}

function operatorRows(): string[][] {
  const rows = [...OPERATORS, { spellings: ['in'], ...MEMBERSHIP }, { spellings: ['&', 'bitwise_and'], ...BIT_TEST }];
  return rows.map(({ spellings: [usual, ...others], doc, types }) => [
    code(usual!),
    others.map(code).join(' '),
    doc,
    types.join(', '),
  ]);
}

function fieldTables<R>(registry: FieldRegistry<R>): string[] {
  const groups = new Map<string, FilterField<R>[]>();
  for (const field of registry.all()) {
    const dot = field.name.indexOf('.');
    const group = dot < 0 ? 'General' : field.name.slice(0, dot);
    groups.set(group, [...(groups.get(group) ?? []), field]);
  }
  return [...groups]
    .sort(([a], [b]) => Number(b === 'General') - Number(a === 'General') || compareText(a, b))
    .flatMap(([group, fields]) => [
      `### ${group}\n`,
      table(
        ['Field', 'Type', 'Detail', 'Meaning'],
        fields
          .sort((a, b) => compareText(a.name, b.name))
          .map(({ name, type, detail, doc }) => [code(name), type, detail, doc]),
      ),
    ]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  return `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`;
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|');
}

function code(text: string): string {
  return `\`${text}\``;
}
