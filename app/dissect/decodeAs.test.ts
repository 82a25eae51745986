import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import type { FieldNode } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { compileFilter } from '../filter/index.ts';
import { GenlFamilyTable } from '../session/index.ts';
import { message as messageOf } from '../session/testing/sessions.ts';
import { builtinLibrary } from '../specs/builtin.ts';
import { type DecodeRule, parseDecodeRule, type SpecLibrary } from '../specs/index.ts';
import { CoverageCounter } from './coverage.ts';
import { bareContext, createDissector } from './dissector.ts';
import { createFieldRegistry } from './filterFields.ts';
import { fromHex, toHex } from './text.ts';

const builtin = builtinLibrary();

function choosing(...texts: string[]): SpecLibrary {
  const library = builtin.copy();
  const rules = texts.map(parseDecodeRule) as DecodeRule[];
  expect(library.choose(rules)).toEqual([]);
  return library;
}

/** A message of that type with this payload, in hex. */
function message(type: number, payload: string, flags = 0): Uint8Array {
  return messageOf({ type, flags }, [...fromHex(payload)!]);
}

const families = new GenlFamilyTable();
families.learn({ id: 40, name: 'acme', version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
const context = bareContext(families);

function read(library: SpecLibrary, protocol: number, bytes: Uint8Array) {
  const envelope = plainEnvelope(protocol, true);
  const dissector = createDissector(library);
  const { tree, summary } = dissector.dissect(bytes, envelope, context);
  const values = dissector.values(bytes, envelope, context);
  const again = values === null ? null : encodeMessage(values, { library, genl: families, littleEndian: true }).bytes;
  if (again !== null) expect(toHex(again)).toBe(toHex(bytes));
  return { tree, info: summary.info.join(''), type: summary.type, decoded: dissector.decode(bytes, envelope, context) };
}

function find(tree: readonly FieldNode[], name: string): FieldNode | undefined {
  for (const node of tree) {
    const found = node.name === name ? node : find(node.children, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const hello = toHex(new TextEncoder().encode('hello\nworld\0'));

describe('decode-as', () => {
  it('reads the payload of a protocol as text, also where it comes as NLMSG_DONE, but ends of dumps as what they are', () => {
    const library = choosing('proto:31=text');
    const plain = read(library, 31, message(0x20, hello));
    expect(plain.info).toContain('hello\\nworld');
    expect(find(plain.tree, 'payload')).toMatchObject({ text: 'hello\\nworld', decodedAs: 'proto:31=text' });
    expect(find(plain.tree, 'line 2')).toMatchObject({ text: 'world', range: { start: 22, end: 28 } });
    expect(read(library, 31, message(3, hello)).info).toContain('hello');
    expect(read(builtin, 31, message(3, hello)).info).not.toContain('hello');
    expect(read(library, 31, message(3, '00000000', 2)).decoded.form).toBe('done');
    expect(read(library, 31, message(2, `00000000${'00'.repeat(16)}`)).decoded.form).toBe('error');
  });

  it('reads datagrams without a header, and prefers the rule about one type', () => {
    const library = choosing('proto:31=text', 'proto:31/0x21=u16');
    expect(read(library, 31, new TextEncoder().encode('hi')).info).toContain('hi');
    const numbers = read(library, 31, message(0x21, '01000200'));
    expect(find(numbers.tree, 'payload')?.children.map(({ value }) => value)).toEqual([1, 2]);
    expect(find(read(library, 31, message(0x21, '0300')).tree, 'payload')?.value).toBe(3);
  });

  it('reads a protocol as another spec, and writes it back', () => {
    const library = choosing('proto:31=rt-link');
    const link = message(16, '00000100070000000000000000000000080004000005 0000'.replace(' ', ''));
    const { tree, type } = read(library, 31, link);
    expect(type).toBe('RTM_NEWLINK');
    expect(find(tree, 'IFLA_MTU')?.value).toBe(1280);
    expect(tree[0].decodedAs).toBe('proto:31=rt-link');
    expect(find(read(builtin, 31, link).tree, 'IFLA_MTU')).toBeUndefined();
  });

  it('names a family that a capture does not, by its id, and reads one family as another', () => {
    const wireguard = message(29, '00010000 08000100 07000000'.replaceAll(' ', ''), 0x301);
    expect(read(builtin, 16, wireguard).type).toBe('family 29 cmd 0');
    const byId = read(choosing('genl:29=wireguard'), 16, wireguard);
    expect(byId.type).toBe('WG_CMD_GET_DEVICE');
    expect(find(byId.tree, 'WGDEVICE_A_IFINDEX')?.value).toBe(7);
    const byName = read(choosing('genl:acme=wireguard'), 16, message(40, '0001000008000100 07000000'.replace(' ', '')));
    expect(find(byName.tree, 'WGDEVICE_A_IFINDEX')?.value).toBe(7);
    expect(byName.decoded.genlFamily).toBe('acme');
    const one = choosing('genl:acme/5=be32');
    expect(find(read(one, 16, message(40, '0501000000000009')).tree, 'payload')?.value).toBe(9);
    expect(find(read(one, 16, message(40, '0601000000000009')).tree, 'payload')?.value).not.toBe(9);
  });

  it('reads attributes by constant, by number in a set, and by the way to them, and writes them back as they were', () => {
    const link = message(16, '0000010007000000000000000000000008004a0044332211 08000400dc050000'.replace(' ', ''));
    const library = choosing('attr:rt-link/link-attrs/74=u32', 'attr:IFLA_MTU=hex');
    const { tree } = read(library, 0, link);
    expect(find(tree, 'IFLA_? (74)')).toMatchObject({ value: 0x11223344, type: 'u32' });
    expect(find(tree, 'IFLA_MTU')).toMatchObject({ text: 'dc 05 00 00', decodedAs: 'attr:IFLA_MTU=hex' });
    const nested = message(40, '05010000 0c000180 08000200 61626300'.replaceAll(' ', ''));
    const acme = read(choosing('attr:genl:acme/1/2=string'), 16, nested);
    expect(find(acme.tree, 'NLA_? (2)')?.value).toBe('abc');
    const wrong = read(choosing('attr:genl:acme/2=string'), 16, nested);
    expect(find(wrong.tree, 'NLA_? (2)')?.type).toBe('unknown');
  });

  it('reads binary attributes as a set, a struct, or another attribute of any spec', () => {
    const inner = '08000400dc050000';
    const nested = message(40, `050100000c000100${inner}`);
    const set = read(choosing('attr:genl:acme/1=rt-link/link-attrs'), 16, nested);
    expect(find(set.tree, 'IFLA_MTU')?.value).toBe(1500);
    const like = read(choosing('attr:genl:acme/1=IFLA_ADDRESS'), 16, message(40, '050100000a000100020000000001'));
    expect(find(like.tree, 'NLA_? (1)')?.text).toBe('02:00:00:00:00:01');
    const struct = read(
      choosing('attr:genl:acme/1=rt-link/ifinfomsg'),
      16,
      message(40, `0501000014000100${'00'.repeat(4)}05000000${'00'.repeat(8)}`),
    );
    expect(find(struct.tree, 'ifi_index')?.value).toBe(5);
  });

  it('notes values whose length does not fit, and never throws', () => {
    const odd = read(choosing('attr:genl:acme/1=u32'), 16, message(40, '0501000007000100010203 00'.replace(' ', '')));
    expect(find(odd.tree, 'NLA_? (1)')?.severity).toBe('warn');
    for (const reading of ['text', 'u64', 'nest', 'packet', 'sockaddr', 'wifi-elements', 'rt-link/ifinfomsg', 'uuid']) {
      const library = choosing(`proto:31=${reading}`, `attr:genl:acme/1=${reading}`);
      for (let size = 0; size < 24; size++) {
        read(library, 31, message(0x20, 'f7'.repeat(size)));
        read(library, 16, message(40, `050100000${(4 + (size % 8)).toString(16)}000100${'f7'.repeat(8)}`));
      }
    }
  });

  it('filters by what was chosen', () => {
    const library = choosing('attr:rt-link/link-attrs/74=u32', 'attr:IFLA_ALT_IFNAME=bitmap', 'attr:proto:31/1=string');
    const registry = createFieldRegistry(library);
    expect(registry.find('link.link_attrs.attr_74')?.type).toBe('number');
    expect(registry.find('proto31.attr_1')?.type).toBe('string');
    expect(compileFilter('proto31.attr_1 == "abc"', registry).ok).toBe(true);
    expect(createFieldRegistry(builtin).find('proto31.attr_1')).toBeUndefined();
  });

  it('counts what was chosen as covered', () => {
    const bytes = message(40, '0501000008000100 61626300'.replace(' ', ''));
    const typed = (library: SpecLibrary) => {
      const counter = new CoverageCounter();
      const envelope = plainEnvelope(16, true);
      counter.add(createDissector(library).decode(bytes, envelope, context), envelope);
      return counter.finish().typed;
    };
    expect(typed(builtin)).toBe(0);
    expect(typed(choosing('attr:genl:acme/1=string'))).toBe(1);
  });
});
