import { describe, expect, it } from 'vitest';
import type { Envelope } from '../contracts/index.ts';
import { builtinLibrary } from '../specs/index.ts';
import type { DecodeContext, GenlFamilies } from './api.ts';
import { createDissector } from './dissector.ts';
import { addToDump, emptyDump, learnFamily, readControl } from './genl.ts';
import { bareContext, fromHex } from './index.ts';
import { newFamilies, readCorpus } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);

/** A context in which a dump is known as far as its messages have been heard. */
class DumpContext implements DecodeContext {
  readonly genl: GenlFamilies;
  readonly #dump = emptyDump();

  constructor(genl: GenlFamilies) {
    this.genl = genl;
  }

  hear(bytes: Uint8Array): void {
    const facts = readControl(bytes, true);
    if (facts !== undefined) addToDump(this.#dump, facts.policy);
  }

  policyDump = () => this.#dump;
  interfaceName = () => undefined;
  stringName = () => undefined;
  nftSet = () => undefined;
  request = () => undefined;
  answer = () => undefined;
}

describe('numbers in nlctrl messages that belong to another family', () => {
  it('are its commands and attributes, also inside nests, in a policy dump that a kernel made', () => {
    const families = newFamilies();
    const context = new DumpContext(families);
    const lines: string[] = [];
    for (const { bytes, envelope } of readCorpus('genl-ctrl-a')) {
      const decoded = dissector.decode(bytes, envelope, bareContext(families));
      learnFamily(bytes, envelope, context, families);
      if (decoded.typeName !== 'CTRL_CMD_GETPOLICY' || decoded.isRequest) continue;
      context.hear(bytes);
      lines.push(dissector.summarize(bytes, envelope, context).info.join(''));
    }
    // As `genl ctrl policy name nlctrl` printed it: operations, then policy[0] and policy[1] with their attributes.
    expect(lines).toEqual([
      'family nlctrl (16) CTRL_CMD_GETFAMILY: do 0, dump 0',
      'family nlctrl (16) CTRL_CMD_GETPOLICY: dump 1',
      'family nlctrl (16) CTRL_ATTR_FAMILY_ID: u16, max-value-u 65535',
      'family nlctrl (16) CTRL_ATTR_FAMILY_NAME: nul_string, max-length 15 bytes',
      'family nlctrl (16) CTRL_ATTR_FAMILY_ID: u16, max-value-u 65535',
      'family nlctrl (16) CTRL_ATTR_FAMILY_NAME: nul_string, max-length 15 bytes',
      'family nlctrl (16) CTRL_ATTR_OP: u32, max-value-u 4294967295',
    ]);
  });
});

describe('a policy dump of netdev, whose commands have policies of their own (Linux 6.18)', () => {
  const dump = [
    '2c0000001000020001000000b72400000a0200000600010014000000100009800c000d800800010008000000',
    '400000001000020001000000b72400000a020000060001001400000024000880200008801c00028008000800090000000800090003000000' +
      '080001000d000000',
    '480000001000020001000000b72400000a02000006000100140000002c00088028000980240001800c00040000000000000000000c000500' +
      'ffffffff000000000800010004000000',
  ];

  /** What each message says, all before it being known. */
  function saidOf(messages: readonly string[]): string[] {
    const families = newFamilies();
    families.learn({ id: 20, name: 'netdev', version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
    const context = new DumpContext(families);
    return messages.map((hex) => {
      const bytes = fromHex(hex)!;
      const envelope: Envelope = {
        protocol: 16,
        direction: 'reply',
        group: null,
        nsid: null,
        sourcePortid: 0,
        destPortid: null,
        littleEndian: true,
      };
      context.hear(bytes);
      return dissector.summarize(bytes, envelope, context).info.join('');
    });
  }

  it('tells attributes inside a nest by the set of the nest', () => {
    expect(saidOf(dump)).toEqual([
      'family netdev (20) NETDEV_CMD_BIND_RX: do 8',
      'family netdev (20) NETDEV_A_DMABUF_QUEUES: nested, policy-idx 9, policy-maxtype 3',
      'family netdev (20) NETDEV_A_QUEUE_ID: u32, max-value-u 4294967295',
    ]);
  });

  it('names no attribute of a policy that nothing led to', () => {
    expect(saidOf([dump[0], dump[2]])[1]).not.toContain('NETDEV_A_');
  });
});
