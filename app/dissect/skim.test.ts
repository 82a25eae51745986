import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/index.ts';
import { bareContext, createDissector, learnFamily } from './index.ts';
import { newState, outlineOf } from './message.ts';
import { CORPUS, newFamilies, readCorpus, seeded } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
/** Messages made of each one, with wrong bytes. */
const MUTATED = 3;

describe.each(CORPUS)('lines about messages of %s', (file) => {
  const families = newFamilies();
  const names = new Map([
    [1, 'lo'],
    [2, 'eth0'],
  ]);
  const context = { ...bareContext(families), interfaceName: (index: number) => names.get(index) };
  const messages = readCorpus(file);
  for (const { bytes, envelope } of messages) learnFamily(bytes, envelope, context, families);
  const random = seeded(11);
  const pick = (limit: number): number => Math.floor(random() * limit);

  it('say of their bytes what they say of their fields', () => {
    const different: string[] = [];
    for (const { number, bytes, envelope } of messages) {
      for (let round = 0; round <= MUTATED; round++) {
        const changed = Uint8Array.from(bytes);
        // The headers decide what a message is; the rest is what lines are made of.
        for (let changes = round * 2; changes > 0; changes--)
          changed[pick(8) === 0 ? pick(changed.length) : 16 + pick(changed.length - 16)] = pick(256);
        const other = { ...envelope, littleEndian: round < MUTATED === envelope.littleEndian };
        const [skimmed, whole] = [
          dissector.summarize(changed, other, context),
          dissector.inspect(changed, other, context).summary,
        ];
        if (JSON.stringify(skimmed) !== JSON.stringify(whole))
          different.push(
            `#${number}: ${JSON.stringify(skimmed)} ${JSON.stringify(whole)} ${Buffer.from(changed).toString('hex')}`,
          );
      }
    }
    expect(different).toEqual([]);
  });
});

it('takes the headers of most messages for what they are without decoding', () => {
  const messages = readCorpus('route-a');
  const context = bareContext(newFamilies());
  const told = messages.filter(({ bytes, envelope }) => {
    const outline = outlineOf(library, newState(library, bytes, envelope, context, true));
    return outline !== null && outline.message.name === dissector.glance(bytes, envelope, context).typeName;
  });
  expect(told.length).toBeGreaterThan(messages.length / 2);
});
