import { expect, it } from 'vitest';
import type { FieldNode } from '../../app/contracts/index.ts';
import { bareContext, createDissector } from '../../app/dissect/index.ts';
import { CORPUS, newFamilies, readCorpus, seeded } from '../../app/dissect/testing/corpus.ts';
import { builtinLibrary } from '../../app/specs/index.ts';
import { writeJsonFields } from './jsonFields.ts';
import { TextBuffer } from './textBuffer.ts';

const MUTATED = 4000;

const dissector = createDissector(builtinLibrary());
const families = newFamilies();
const messages = CORPUS.flatMap(readCorpus);
const out = new TextBuffer();

/** The same by way of objects and the platform's own JSON. */
function expected(fields: readonly FieldNode[]): unknown[] {
  return fields.map(({ name, value, text, range, children, decodedAs }) => ({
    name,
    value,
    text,
    range: [range.start, range.end],
    children: expected(children),
    decodedAs,
  }));
}

it('writes the fields of every capture, and of messages with wrong bytes, as JSON.stringify does', () => {
  const random = seeded(7);
  const pick = (limit: number): number => Math.floor(random() * limit);
  const mutated = Array.from({ length: MUTATED }, () => {
    const message = messages[pick(messages.length)];
    const bytes = Uint8Array.from(message.bytes);
    for (let changes = 1 + pick(8); changes > 0; changes--) bytes[pick(bytes.length)] = pick(256);
    return { ...message, bytes, envelope: { ...message.envelope, littleEndian: random() < 0.9 } };
  });
  const different: string[] = [];
  for (const { file, number, bytes, envelope } of [...messages, ...mutated]) {
    const { tree } = dissector.inspect(bytes, envelope, bareContext(families));
    writeJsonFields(out, tree);
    if (out.take() !== JSON.stringify(expected(tree)))
      different.push(`${file} ${number}: ${Buffer.from(bytes).toString('hex')}`);
  }
  expect(different).toEqual([]);
});
