import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../contracts/index.ts';
import { bareContext, createDissector } from '../dissect/index.ts';
import { newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const dissector = createDissector(builtinLibrary());
const context = bareContext(newFamilies());

function dissections(file: string) {
  return readCorpus(file).map(({ bytes, envelope }) => ({
    direction: envelope.direction,
    ...dissector.dissect(bytes, envelope, context),
  }));
}

/** The text at a path of names below a message's top level; undefined where a name is missing. */
function textAt(tree: readonly FieldNode[], path: string): string | undefined {
  let level = tree;
  let found: FieldNode | undefined;
  for (const name of path.split('/')) {
    found = level.find((node) => node.name === name);
    if (found === undefined) return undefined;
    level = found.children;
  }
  return found?.text;
}

/** Texts below IFLA_INFO_DATA of the last link of that kind which the kernel reported. */
function kindData(messages: ReturnType<typeof dissections>, kind: string, paths: readonly string[]) {
  const link = messages.findLast(
    ({ direction, tree }) => direction !== 'request' && textAt(tree, 'IFLA_LINKINFO/IFLA_INFO_KIND') === `"${kind}"`,
  );
  return paths.map((path) => textAt(link?.tree ?? [], `IFLA_LINKINFO/IFLA_INFO_DATA/${path}`));
}

describe('what `ip link` did in link-kinds-a', () => {
  const messages = dissections('link-kinds-a');

  it('reads like the commands', () => {
    const requests = messages
      .filter(({ direction, summary }) => direction === 'request' && summary.type === 'RTM_NEWLINK')
      .map(({ summary }) => summary.info.join(''));
    expect(requests).toEqual([
      'add dum0 type dummy',
      'add ve0 type veth peer name ve1',
      'add br0 type bridge',
      'add bond0 type bond mode active-backup miimon 100',
      'add dum0.100 link if5 type vlan id 100 protocol 8021ad mask reorder_hdr',
      'add mv0 link if5 type macvlan mode bridge',
      'add iv0 link if7 type ipvlan mode l3',
      'add vx0 type vxlan link if5 ttl 9 id 42 group 239.1.1.1 learning 1 port 4789',
      'add ifb0 type ifb',
      'set if7 master if8',
      'set if5 up',
      'set if7 up',
      'set if6 up',
      'set if8 up',
      'set if7 nomaster',
    ]);
  });

  it('has the values `ip -d link show` printed', () => {
    expect(
      kindData(messages, 'bridge', [
        'IFLA_BR_FORWARD_DELAY',
        'IFLA_BR_AGEING_TIME',
        'IFLA_BR_PRIORITY',
        'IFLA_BR_VLAN_PROTOCOL',
        'IFLA_BR_GROUP_ADDR',
        'IFLA_BR_MCAST_STARTUP_QUERY_INTVL',
      ]),
    ).toEqual(['15 s', '300 s', '32768', 'ETH_P_8021Q (33024)', '01:80:c2:00:00:00', '31.24 s']);
    expect(
      kindData(messages, 'vlan', [
        'IFLA_VLAN_ID',
        'IFLA_VLAN_PROTOCOL',
        'IFLA_VLAN_INGRESS_QOS/IFLA_VLAN_QOS_MAPPING/from',
        'IFLA_VLAN_INGRESS_QOS/IFLA_VLAN_QOS_MAPPING/to',
      ]),
    ).toEqual(['100', 'ETH_P_8021AD (34984)', '1', '2']);
    expect(
      kindData(messages, 'vxlan', ['IFLA_VXLAN_ID', 'IFLA_VXLAN_GROUP', 'IFLA_VXLAN_PORT', 'IFLA_VXLAN_TTL']),
    ).toEqual(['42', '239.1.1.1', '4789', '9']);
    expect(kindData(messages, 'macvlan', ['IFLA_MACVLAN_MODE'])).toEqual(['MACVLAN_MODE_BRIDGE (4)']);
    expect(kindData(messages, 'ipvlan', ['IFLA_IPVLAN_MODE'])).toEqual(['IPVLAN_MODE_L3 (1)']);
    expect(kindData(messages, 'bond', ['IFLA_BOND_MODE', 'IFLA_BOND_MIIMON'])).toEqual([
      'BOND_MODE_ACTIVEBACKUP (1)',
      '100 ms',
    ]);
  });

  it('names the settings of IPv4 and IPv6 on a link', () => {
    const { tree } = messages.findLast(({ tree }) => textAt(tree, 'IFLA_AF_SPEC/AF_INET6') !== undefined)!;
    expect(textAt(tree, 'IFLA_AF_SPEC/AF_INET6/IFLA_INET6_CONF/DEVCONF_HOPLIMIT')).toBe('64');
    expect(textAt(tree, 'IFLA_AF_SPEC/AF_INET6/IFLA_INET6_CONF/DEVCONF_MTU6')).toBe('1500');
    expect(textAt(tree, 'IFLA_AF_SPEC/AF_INET/IFLA_INET_CONF/IPV4_DEVCONF_SHARED_MEDIA')).toBe('1');
  });

  it('reports links as `ip monitor` does', () => {
    const reports = messages
      .filter(({ direction, summary }) => direction !== 'request' && summary.type === 'RTM_NEWLINK')
      .map(({ summary }) => summary.info.join(''));
    expect(reports).toContain(
      '7: ve0@if6: <UP,BROADCAST,RUNNING,MULTICAST,LOWER_UP> mtu 1500 qdisc noqueue state UP qlen 1000 veth addr 9a:56:bd:36:e0:16',
    );
  });
});

describe('bonds in link-bond', () => {
  const messages = dissections('link-bond');

  it('are the masters of their slaves', () => {
    expect(messages.map(({ summary }) => summary.info.join(''))).toContain(
      '28: d1: <UP,BROADCAST,RUNNING,NOARP,SLAVE,LOWER_UP> mtu 1500 qdisc noqueue master if27 state UNKNOWN qlen 1000 dummy bond_slave addr 62:ad:bf:45:60:89',
    );
  });

  it('have their slaves’ state by the kind of the master', () => {
    const states = messages.map(({ tree }) =>
      textAt(tree, 'IFLA_LINKINFO/IFLA_INFO_SLAVE_DATA/IFLA_BOND_SLAVE_AD_AGGREGATOR_ID'),
    );
    expect(states).toContain('1');
  });

  it('have their targets as addresses', () => {
    const targets = 'IFLA_LINKINFO/IFLA_INFO_DATA/IFLA_BOND_ARP_IP_TARGET';
    const { tree } = messages.find(({ tree }) => textAt(tree, `${targets}/[1]`) !== undefined)!;
    expect([textAt(tree, `${targets}/[0]`), textAt(tree, `${targets}/[1]`)]).toEqual(['192.0.2.1', '192.0.2.2']);
  });
});
