import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import type { Envelope, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import type { FilterValue } from '../filter/fields.ts';
import { message } from '../session/testing/sessions.ts';
import { builtinLibrary, parseDecodeRule } from '../specs/index.ts';
import { readU16 } from '../wire/index.ts';
import { bareContext } from './dissector.ts';
import { createFieldRegistry, type FilterRecord } from './filterFields.ts';
import { decodeMessage } from './message.ts';
import type { Needs } from './needs.ts';
import { newFamilies } from './testing/corpus.ts';

const library = builtinLibrary();
const registry = createFieldRegistry(library);

/** What a filter field reads of a netfilter request with these values. */
function read(name: string, message: Pick<MessageValue, 'type' | 'header' | 'attributes'>): FilterValue[] {
  const value: MessageValue = {
    protocol: 'NETLINK_NETFILTER',
    flags: ['NLM_F_REQUEST'],
    seq: 0,
    portid: 0,
    ...message,
  };
  const { bytes, problems } = encodeMessage(value, { library, genl: newFamilies(), littleEndian: true });
  expect(problems).toEqual([]);
  return readOf(name, 12, bytes);
}

/** What a filter field reads of a message. */
function readOf(name: string, protocol: number, bytes: Uint8Array, specs = library): FilterValue[] {
  const envelope: Envelope = { ...plainEnvelope(protocol, true), direction: 'request' };
  const genl = newFamilies();
  const decoded = decodeMessage(specs, bytes, envelope, bareContext(genl));
  const record = {
    envelope,
    genl,
    type: readU16(bytes, 4, true),
    flags: readU16(bytes, 6, true),
    length: bytes.length,
    lead: bytes[16] ?? 0,
    bytes: () => bytes,
    decoded: () => decoded,
    glanced: (needs: Needs) => decodeMessage(specs, bytes, envelope, bareContext(genl), true, needs),
  } as Partial<FilterRecord> as FilterRecord;
  const found: FilterValue[] = [];
  (specs === library ? registry : createFieldRegistry(specs)).find(name)!.read(record, found);
  return found;
}

const setName = { name: 'IPSET_ATTR_SETNAME', value: 'h1' };

describe('attribute fields', () => {
  it.each(['IPSET_CMD_CREATE', 'IPSET_CMD_ADD', 'IPSET_CMD_RENAME'])(
    'read one name in every set that has it: %s',
    (type) => {
      expect(read('ipset.setname', { type, attributes: [setName] })).toEqual(['h1']);
    },
  );

  it.each([1, 5])('read an attribute whatever the family makes of it: %i', (nfgen_family) => {
    const hook = { name: 'NFTA_CHAIN_HOOK', attributes: [{ name: 'NFTA_HOOK_HOOKNUM', value: 1 }] };
    const header = { nfgen_family, version: 0, res_id: 0 };
    expect(read('nft.hook.hooknum', { type: 'NFT_MSG_NEWCHAIN', header, attributes: [hook] })).toEqual([1]);
  });

  it('read what a spec borrows of another', () => {
    const connection = { name: 'NFQA_CT', attributes: [{ name: 'CTA_MARK', value: 9 }] };
    expect(read('conntrack.mark', { type: 'NFQNL_MSG_VERDICT', attributes: [connection] })).toEqual([9]);
    expect(read('nft.table.name', { type: 'NFQNL_MSG_VERDICT', attributes: [connection] })).toEqual([]);
  });
});

describe('completion', () => {
  const names = (word: string) => registry.complete(word, 50).map(({ name }) => name);

  it('begins with fields that begin with the word, then those of which a part does', () => {
    const ranks = names('rule').map((name) => (name.startsWith('rule') ? 0 : name.includes('.rule') ? 1 : 2));
    expect(ranks).toEqual([...ranks].sort());
    expect(new Set(ranks).size).toBe(3);
  });

  it('takes a word with a dot for whole parts of a name', () => {
    expect(names('nl.typ')).toEqual(['nl.type', 'nl.type_number']);
    expect(names('hook.hooknu')).toContain('nft.hook.hooknum');
  });
});

describe('the text of a message that is one', () => {
  const NETLINK_USERSOCK = 2;
  const said = 'ping from the other side\n';
  const headed = message({ type: 0x20 }, [...Buffer.from(`${said}\0`)]);

  it('is read with and without a netlink header', () => {
    expect(readOf('text', NETLINK_USERSOCK, headed)).toEqual([said]);
    expect(readOf('text', NETLINK_USERSOCK, Buffer.from('hello'))).toEqual(['hello']);
    expect(readOf('text', NETLINK_USERSOCK, Uint8Array.of(1, 2, 3))).toEqual([]);
  });

  it('is what the tree offers to filter by', () => {
    const envelope = plainEnvelope(NETLINK_USERSOCK, true);
    const { fields } = decodeMessage(library, headed, envelope, bareContext(newFamilies()));
    const body = fields.find(({ filter }) => filter === 'text');
    expect(body?.filterValue).toBe(JSON.stringify(said));
  });

  it.each([
    ['text', 'caf\\xe9\\x01'],
    ['string', expect.stringMatching(/^caf/)],
  ])('is what was chosen to be read as %s', (reading, expected) => {
    const specs = library.copy();
    const rule = parseDecodeRule(`proto:2=${reading}`);
    if (typeof rule === 'string') throw new Error(rule);
    expect(specs.choose([rule])).toEqual([]);
    expect(readOf('text', NETLINK_USERSOCK, message({ type: 0x20 }, [99, 97, 102, 0xe9, 1, 0, 0, 0]), specs)).toEqual([
      expected,
    ]);
  });

  it('is none of a message that has fields', () => {
    expect(read('text', { type: 'IPSET_CMD_CREATE', attributes: [setName] })).toEqual([]);
  });
});

describe('the type of a message', () => {
  it.each([
    ['NLMSG_DONE', 3],
    ['NLMSG_ERROR', 2],
  ])('may be %s', (name, type) => {
    expect(registry.find('nl.type')?.names?.get(name)).toBe(name);
    expect(readOf('nl.type', 0, message({ type }, [0, 0, 0, 0]))).toEqual([name]);
  });
});
