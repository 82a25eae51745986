import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import type { MessageValue } from '../contracts/index.ts';
import { bareContext, createDissector } from '../dissect/index.ts';
import { newFamilies } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from '../specs/index.ts';
import { findProtocol } from '../wire/index.ts';
import { encodeMessage } from './encode.ts';
import { kernelNumbers } from './kernelNumbers.ts';

const library = builtinLibrary();
const dissector = createDissector(library);

/** Kinds, fields and values of what is found in a request, and whether the bytes there are the value. */
function found(message: Partial<MessageValue> & Pick<MessageValue, 'protocol'>) {
  const genl = newFamilies();
  const value = { flags: ['NLM_F_REQUEST'], seq: 1, portid: 0, attributes: [], ...message };
  const { bytes, problems } = encodeMessage(value, { library, genl, littleEndian: true });
  expect(problems).toEqual([]);
  const protocol = findProtocol(message.protocol)!.number;
  const envelope = { ...plainEnvelope(protocol, true), direction: 'request' as const };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return kernelNumbers(dissector.decode(bytes, envelope, bareContext(genl))).map(
    ({ kind, field, value, start, size }) => {
      if (size === 4) expect([view.getUint32(start, true), view.getUint32(start)]).toContain(Number(value) >>> 0);
      return `${kind} ${field} ${value}`;
    },
  );
}

const link = (header: MessageValue['header'], attributes: MessageValue['attributes'], flags: string[] = []) =>
  found({ protocol: 'NETLINK_ROUTE', type: 'RTM_NEWLINK', header, attributes, flags: ['NLM_F_REQUEST', ...flags] });

describe('numbers that a kernel gave', () => {
  it('are the indices of interfaces, wherever they stand', () => {
    expect(link({ ifi_index: 7 }, [{ name: 'IFLA_MASTER', value: 4 }])).toEqual([
      'interface ifi_index 7',
      'interface IFLA_MASTER 4',
    ]);
    expect(link({ ifi_index: 0 }, [{ name: 'IFLA_MASTER', value: 0 }])).toEqual([]);
  });

  it('are wishes where an interface is made, and foreign beside a namespace id', () => {
    expect(link({ ifi_index: 7 }, [{ name: 'IFLA_LINK', value: 2 }], ['NLM_F_CREATE'])).toEqual([
      'wish ifi_index 7',
      'interface IFLA_LINK 2',
    ]);
    const elsewhere = [
      { name: 'IFLA_LINK', value: 2 },
      { name: 'IFLA_LINK_NETNSID', value: 1 },
    ];
    expect(link({ ifi_index: 7 }, elsewhere)).toEqual([
      'interface ifi_index 7',
      'foreign IFLA_LINK 2',
      'namespace IFLA_LINK_NETNSID 1',
    ]);
  });

  it('are files and processes of a program', () => {
    expect(link({ ifi_index: 0 }, [{ name: 'IFLA_NET_NS_FD', value: 5 }])).toEqual(['descriptor IFLA_NET_NS_FD 5']);
    expect(link({ ifi_index: 0 }, [{ name: 'IFLA_NET_NS_PID', value: 812 }])).toEqual(['process IFLA_NET_NS_PID 812']);
  });

  it('are handles of nftables', () => {
    const attributes = [
      { name: 'NFTA_RULE_TABLE', value: 't' },
      { name: 'NFTA_RULE_CHAIN', value: 'c' },
      { name: 'NFTA_RULE_HANDLE', value: 9 },
    ];
    expect(
      found({ protocol: 'NETLINK_NETFILTER', type: 'NFT_MSG_DELRULE', header: { nfgen_family: 1 }, attributes }),
    ).toEqual(['handle NFTA_RULE_HANDLE 9']);
  });
});
