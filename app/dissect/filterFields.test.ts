import { describe, expect, it } from 'vitest';
import type { MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import type { FilterValue } from '../filter/fields.ts';
import { builtinLibrary } from '../specs/index.ts';
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
  const envelope = {
    protocol: 12,
    direction: 'request' as const,
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: null,
    littleEndian: true,
  };
  const genl = newFamilies();
  const decoded = decodeMessage(library, bytes, envelope, bareContext(genl));
  const record = {
    envelope,
    genl,
    type: readU16(bytes, 4, true),
    flags: readU16(bytes, 6, true),
    length: bytes.length,
    bytes: () => bytes,
    decoded: () => decoded,
    glanced: (needs: Needs) => decodeMessage(library, bytes, envelope, bareContext(genl), true, needs),
  } as Partial<FilterRecord> as FilterRecord;
  const found: FilterValue[] = [];
  registry.find(name)!.read(record, found);
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
