import { VLAN_KINDS } from '../scenes/bridgeVlans.ts';
import { BRIDGE_KINDS } from '../scenes/bridging.ts';
import {
  globalVlansOf,
  globalVlanTable,
  perDevice,
  vlansOf,
  vlanTable,
  vlanTunnelsOf,
  vlanTunnelTable,
  vnisOf,
  vniTable,
} from './bridgeVlans.ts';
import { bridgeLinkTable, fdbTable, groupsOf, mdbTable } from './bridging.ts';
import type { Json } from './compare.ts';
import { type Oracle, type Request, rt } from './oracle.ts';

const groupsPrinted = (printed: Json) =>
  (printed as readonly { readonly mdb: readonly Json[] }[]).flatMap((table) => table.mdb.map(numberTimers));

/** bridge prints timers as text with blanks in front. */
function numberTimers(group: Json): Json {
  const { timer, ...rest } = group as { readonly timer?: string };
  return timer === undefined ? rest : { ...rest, timer: Number(timer) };
}

const vlanDump = (flag: string): Request => ({
  ...rt('RTM_GETVLAN', { family: 'AF_BRIDGE' }),
  attributes: [{ name: 'BRIDGE_VLANDB_DUMP_FLAGS', value: [flag] }],
});

export const BRIDGE_ORACLES: readonly Oracle[] = [
  {
    name: 'bridge fdb, mdb, link',
    tools: ['ip', 'bridge'],
    kinds: BRIDGE_KINDS,
    async ask(asking) {
      await asking.compare({
        command: 'bridge -d -s -j fdb show',
        request: rt('RTM_GETNEIGH', { ndm_family: 'AF_BRIDGE' }),
        table: fdbTable,
      });
      await asking.compare({
        command: 'bridge -d -s -j mdb show',
        request: rt('RTM_GETMDB', { family: 'AF_BRIDGE' }),
        table: mdbTable,
        theirs: groupsPrinted,
        ours: groupsOf,
      });
      await asking.compare({
        command: 'bridge -d -j link show',
        request: rt('RTM_GETLINK', { ifi_family: 'AF_BRIDGE' }),
        table: bridgeLinkTable,
      });
    },
  },
  {
    name: 'bridge vlan, vni',
    tools: ['ip', 'bridge'],
    kinds: VLAN_KINDS,
    async ask(asking) {
      const { refused } = asking.scene;
      if (refused.has('a bridge with VLANs')) return;
      await asking.compare({
        command: 'bridge -d -s -j vlan show',
        request: vlanDump('BRIDGE_VLANDB_DUMPF_STATS'),
        table: vlanTable,
        theirs: perDevice('vlans'),
        ours: vlansOf,
      });
      await asking.compare({
        command: 'bridge -d -j vlan global show',
        request: vlanDump('BRIDGE_VLANDB_DUMPF_GLOBAL'),
        table: globalVlanTable,
        theirs: perDevice('vlans'),
        ours: globalVlansOf,
      });
      if (refused.has('a vxlan with VNIs')) return;
      await asking.compare({
        command: 'bridge -j vlan tunnelshow',
        request: {
          ...rt('RTM_GETLINK', { ifi_family: 'AF_BRIDGE' }),
          attributes: [{ name: 'IFLA_EXT_MASK', value: ['RTEXT_FILTER_BRVLAN_COMPRESSED'] }],
        },
        table: vlanTunnelTable,
        theirs: perDevice('tunnels'),
        ours: vlanTunnelsOf,
      });
      for (const option of ['', '-s ']) {
        const flags = option === '' ? [] : ['TUNNEL_MSG_FLAG_STATS'];
        await asking.compare({
          command: `bridge ${option}-j vni show`,
          request: rt('RTM_GETTUNNEL', { family: 'AF_BRIDGE', flags }),
          table: vniTable,
          theirs: perDevice('vnis'),
          ours: vnisOf,
        });
      }
    },
  },
];
