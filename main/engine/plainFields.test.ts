import { expect, it } from 'vitest';
import type { FieldNode } from '../../app/contracts/index.ts';
import { bareContext, createDissector, Field } from '../../app/dissect/index.ts';
import { CORPUS, newFamilies, readCorpus, seeded } from '../../app/dissect/testing/corpus.ts';
import { builtinLibrary } from '../../app/specs/index.ts';
import { writeJsonFields } from './jsonFields.ts';
import { TextBuffer } from './textBuffer.ts';
import { writeTreeFields } from './treeFields.ts';

const MUTATED = 4000;

const dissector = createDissector(builtinLibrary());
/** Every third interface has no name; the others have different ones at different times. */
let time = 0;
const context = {
  ...bareContext(newFamilies()),
  interfaceName: (index: number) => (index % 3 === 0 ? undefined : `if"${time % 5}-${index}`),
};
const corpus = CORPUS.flatMap(readCorpus);
const random = seeded(7);
const pick = (limit: number): number => Math.floor(random() * limit);
/** The messages of every capture, and as many with wrong bytes. */
const messages = [
  ...corpus,
  ...Array.from({ length: MUTATED }, () => {
    const message = corpus[pick(corpus.length)];
    const bytes = Uint8Array.from(message.bytes);
    for (let changes = 1 + pick(8); changes > 0; changes--) bytes[pick(bytes.length)] = pick(256);
    return { ...message, bytes, envelope: { ...message.envelope, littleEndian: random() < 0.9 } };
  }),
];
const out = new TextBuffer();

/** What fields nobody has read are written as, and what they are expected to be when they have been read: where that differs. */
function differences(
  write: (fields: readonly FieldNode[]) => void,
  expected: (fields: readonly FieldNode[]) => string,
): string[] {
  const different: string[] = [];
  for (const { file, number, bytes, envelope } of messages) {
    time++;
    const { tree } = dissector.inspect(bytes, envelope, context);
    write(tree);
    if (out.take() !== expected(tree)) different.push(`${file} ${number}: ${Buffer.from(bytes).toString('hex')}`);
  }
  return different;
}

/** The same by way of objects, for the platform's own JSON. */
function jsonObjects(fields: readonly FieldNode[]): unknown[] {
  return fields.map(({ name, value, text, range, children, decodedAs }) => ({
    name,
    value,
    text,
    range: [range.start, range.end],
    children: jsonObjects(children),
    decodedAs,
  }));
}

function treeLines(fields: readonly FieldNode[], depth: number): string {
  return fields
    .map((field) => {
      const { name, text, range, kind, note } = field;
      const said = text === '' ? name : `${name}: ${text}`;
      const shown = kind === 'generated' ? `[${said}]` : said;
      const line = `${'  '.repeat(depth)}${shown}  [${range.start}..${range.end}]${note === undefined ? '' : ` ! ${note}`}`;
      return `${line}\n${treeLines(field instanceof Field ? field.shown : field.children, depth + 1)}`;
    })
    .join('');
}

it('writes the fields of every capture, and of messages with wrong bytes, as JSON.stringify does', () => {
  const different = differences(
    (tree) => writeJsonFields(out, tree),
    (tree) => JSON.stringify(jsonObjects(tree)),
  );
  expect(different).toEqual([]);
});

it('writes them as lines as their texts say', () => {
  const different = differences(
    (tree) => writeTreeFields(out, tree, 1),
    (tree) => treeLines(tree, 1),
  );
  expect(different).toEqual([]);
});
