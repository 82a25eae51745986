import { expect, test } from 'vitest';
import { plainEnvelope } from '../../app/captureFile/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { bareContext, createDissector } from '../../app/dissect/index.ts';
import { newFamilies } from '../../app/dissect/testing/corpus.ts';
import { builtinLibrary } from '../../app/specs/index.ts';
import { attributeSpace, operationForm, operationList } from './forms.ts';

test('the length of a nexthop is known to follow from the rest', () => {
  const space = attributeSpace(builtinLibrary(), 'rt-route/route-attrs');
  const multipath = space?.attributes.find(({ name }) => name === 'RTA_MULTIPATH');
  expect(multipath?.members?.map(({ name, isComputed }) => [name, isComputed === true])).toEqual([
    ['rtnh_len', true],
    ['rtnh_flags', false],
    ['rtnh_hops', false],
    ['rtnh_ifindex', false],
  ]);
});

test('every operation starts from a request that can be written, and reads as what it is', () => {
  const library = builtinLibrary();
  const dissector = createDissector(library);
  const genl = newFamilies();
  let begun = 0;
  for (const { id, message, mode } of library.operations()) {
    const { spec } = message;
    if (Object.keys(spec.starts).length === 0 && spec.select.length === 0) continue;
    const { template } = operationForm(library, id)!;
    const { genlFamily: name, version } = spec;
    if (name !== '' && genl.byName(name) === undefined) {
      genl.learn({ id: 0x400 + begun, name, version, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
    }
    const { bytes, problems } = encodeMessage(template, { library, genl, littleEndian: true });
    expect(problems, id).toEqual([]);
    const envelope = { ...plainEnvelope(spec.protocol, true), direction: 'request' as const };
    const decoded = dissector.decode(bytes, envelope, bareContext(genl));
    if (spec.select.every(({ kind }) => kind === 'byte')) expect(decoded.message?.spec.name, id).toBe(spec.name);
    const start = spec.starts[mode === 'dump' ? `${message.name}.dump` : message.name];
    if (start === undefined) continue;
    begun++;
    const members = Object.entries(start).filter(([name]) => template.header !== undefined && name in template.header);
    expect(template.header ?? {}, id).toMatchObject(Object.fromEntries(members));
    const attributes = Object.keys(start).filter((name) => /^[A-Z]/.test(name));
    expect(
      template.attributes.map(({ name }) => name),
      id,
    ).toEqual(attributes);
    expect(members.length + attributes.length + ('nlmsg_flags' in start ? 1 : 0), id).toBe(Object.keys(start).length);
  }
  expect(begun).toBeGreaterThan(30);
});

test('an operation tells what in the header sets it apart from others of its name', () => {
  const selecting = operationList(builtinLibrary()).filter(({ selects }) => selects !== undefined);
  const of = (family: string) => selecting.find((operation) => operation.family === family)?.selects;
  expect(of('rt-cangw')).toEqual([{ member: 'can_family', values: ['AF_CAN'] }]);
  expect(of('unix-diag')).toEqual([{ member: 'sdiag_family', values: ['AF_UNIX'] }]);
  expect(of('rt-route')).toBeUndefined();
});
