import { describe, expect, it } from 'vitest';
import type { Envelope } from '../contracts/index.ts';
import type { MessageDef } from '../specs/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import type { DecodeContext } from './api.ts';
import { bareContext, createDissector, learnFamily } from './index.ts';
import { InfoWriter } from './infoWriter.ts';
import { KernelLine } from './kernelLine.ts';
import { decodeMessage, newState, outlineOf } from './message.ts';
import { PlacedTemplate } from './render.ts';
import { Skim } from './skim.ts';
import { formOf } from './summary.ts';
import { templateOf } from './template.ts';
import { CORPUS, newFamilies, readCorpus, seeded } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
/** Messages made of each one, with wrong bytes. */
const MUTATED = 3;

/** The three ways to write the lines that a template makes. */
interface Ways {
  readonly placed: PlacedTemplate;
  readonly skim: Skim;
  readonly kernel: KernelLine | null;
}

const known = new Map<MessageDef, Map<string, Ways | null>>();

function waysOf(message: MessageDef, form: string, text: string): Ways | null {
  const forms = known.get(message) ?? new Map<string, Ways | null>();
  known.set(message, forms);
  let ways = forms.get(form);
  if (ways === undefined) {
    const template = templateOf(text);
    const skim = Skim.of(template, message);
    const placed = new PlacedTemplate(template, message);
    ways = skim === null ? null : { placed, skim, kernel: KernelLine.of(message, skim) };
    forms.set(form, ways);
  }
  return ways;
}

/** A message's line from its fields, from its bytes, and from the kernel; null where it must be decoded for it. */
function linesOf(bytes: Uint8Array, envelope: Envelope, context: DecodeContext) {
  const state = newState(library, bytes, envelope, context, true);
  const outline = outlineOf(library, state);
  if (outline === null) return null;
  const { message, start } = outline;
  const form = formOf(outline, state);
  const text = message.spec.summaries.get(message.name)?.[form] ?? '';
  const ways = text === '' ? null : waysOf(message, form, text);
  if (ways === null) return null;
  const [placed, skimmed] = [new InfoWriter(), new InfoWriter()];
  ways.placed.render(decodeMessage(library, bytes, envelope, context, true).fields, placed);
  ways.skim.render(state, start, skimmed);
  const kernel = ways.kernel?.parts(state, start, '') ?? null;
  return {
    fields: placed.finish(),
    bytes: skimmed.finish(),
    kernel,
    text: ways.kernel?.text(state, start, '') ?? null,
  };
}

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

  it('say of their bytes what they say of their fields, in the kernel too', () => {
    const different: string[] = [];
    for (const { number, bytes, envelope } of messages) {
      for (let round = 0; round <= MUTATED; round++) {
        const changed = Uint8Array.from(bytes);
        // The headers decide what a message is; the rest is what lines are made of.
        for (let changes = round * 2; changes > 0; changes--)
          changed[pick(8) === 0 ? pick(changed.length) : 16 + pick(changed.length - 16)] = pick(256);
        const other = { ...envelope, littleEndian: round < MUTATED === envelope.littleEndian };
        const lines = linesOf(changed, other, context);
        if (lines === null) continue;
        const fields = JSON.stringify(lines.fields);
        const isSame =
          JSON.stringify(lines.bytes) === fields &&
          (lines.kernel === null || JSON.stringify(lines.kernel) === fields) &&
          (lines.text === null || lines.text === lines.fields.join(''));
        if (!isSame) different.push(`#${number}: ${JSON.stringify(lines)} ${Buffer.from(changed).toString('hex')}`);
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

it('has the kernel write most lines', () => {
  const context = bareContext(newFamilies());
  const lines = readCorpus('route-a').flatMap(({ bytes, envelope }) => linesOf(bytes, envelope, context) ?? []);
  expect(lines.length).toBeGreaterThan(100);
  expect(lines.filter(({ kernel }) => kernel !== null).length).toBeGreaterThan(lines.length * 0.95);
});

it('writes the same line whether many of its kind were seen or few', () => {
  const context = bareContext(newFamilies());
  const [{ bytes, envelope }] = readCorpus('route-a').filter((message) => message.envelope.protocol === 0);
  const lines = Array.from({ length: 20 }, () => dissector.line(bytes, envelope, context));
  const { type, info } = dissector.summarize(bytes, envelope, context);
  expect(new Set(lines.map(({ text }) => text))).toEqual(new Set([info.join('')]));
  expect(lines[0].type).toBe(type);
});

describe('what the kernel writes', () => {
  const context = { ...bareContext(newFamilies()), interfaceName: () => undefined };
  const sample = (name: string) => {
    const found = readCorpus('route-a').find(
      ({ bytes, envelope }) => dissector.line(bytes, envelope, context).type === name && bytes.length > 60,
    );
    return found!;
  };
  const isSame = (bytes: Uint8Array, envelope: Envelope) => {
    const lines = linesOf(bytes, envelope, context)!;
    expect([lines.bytes, lines.kernel ?? lines.bytes]).toEqual([lines.fields, lines.fields]);
    return lines;
  };

  it('is right for more numbers than are remembered, whatever their signs', () => {
    const { bytes, envelope } = sample('RTM_NEWROUTE');
    const flags = new Set<string>();
    for (let i = 0; i < 1500; i++) {
      const changed = Uint8Array.from(bytes);
      new DataView(changed.buffer).setUint32(24, Math.imul(i, 0x9e3779b1) >>> 0, true);
      changed[21] = i;
      changed[22] = i >> 3;
      flags.add(isSame(changed, envelope).fields.join(''));
    }
    expect(flags.size).toBeGreaterThan(1000);
  });

  it.each([
    ['a name with runs of blanks', 'a  b   c', true],
    ['a name of blanks', '    ', true],
    ['a name without a NUL', 'abcdefghijklmnop', true],
    ['characters of more than a byte', 'é', false],
    ['bytes that are no text', '\u00ff\u00fe', false],
  ])('is right for %s', (_, name, isAscii) => {
    const { bytes, envelope } = sample('RTM_NEWLINK');
    const found = bytes.findIndex((byte, i) => i >= 32 && byte === 3 && bytes[i + 1] === 0 && i % 4 === 2);
    const length = bytes[found - 2] - 4;
    const changed = Uint8Array.from(bytes);
    changed.fill(0, found + 2, found + 2 + length);
    const text = name.charCodeAt(0) > 0xf0 ? Uint8Array.from(name, (c) => c.charCodeAt(0)) : Buffer.from(name);
    changed.set(text.subarray(0, length), found + 2);
    expect(isSame(changed, envelope).kernel === null).toBe(!isAscii);
  });
});
