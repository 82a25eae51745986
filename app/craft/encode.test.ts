import { expect, test } from 'vitest';
import { bareContext, createDissector, toHex } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from '../specs/index.ts';
import { encodeMessage } from './encode.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const genl = newFamilies();

test('nexthops of a route have the length of what is in them, also when that changes', () => {
  const { bytes, envelope } = readCorpus('route-a').find(
    (each) => each.envelope.protocol === 0 && toHex(each.bytes).includes('0a0b0000') && each.bytes.length === 72,
  )!;
  const encode = (value: NonNullable<ReturnType<typeof dissector.values>>) =>
    encodeMessage(value, { library, genl, littleEndian: true });
  const value = dissector.values(bytes, envelope, bareContext(genl))!;
  expect(toHex(encode(value).bytes)).toBe(toHex(bytes));

  const multipath = value.attributes.find(({ name }) => name === 'RTA_MULTIPATH')!;
  const [first, second] = multipath.attributes!;
  first.attributes!.push({ name: 'RTA_FLOW', value: 7 });
  second.value = { ...(second.value as object), rtnh_len: null };
  const longer = encode(value);
  expect(longer.problems).toEqual([]);
  const { tree, notes } = dissector.dissect(longer.bytes, envelope, bareContext(genl));
  const hops = tree.find(({ name }) => name === 'RTA_MULTIPATH')!.children;
  expect(hops.map(({ children: [head, ...rest] }) => [head.children[0].value, rest.map(({ name }) => name)])).toEqual([
    [24, ['RTA_GATEWAY', 'RTA_FLOW']],
    [16, ['RTA_GATEWAY']],
  ]);
  expect(notes).toEqual([]);

  second.value = { ...(second.value as object), rtnh_len: 12 };
  expect(toHex(encode(value).bytes)).toContain('0c000004');
});
