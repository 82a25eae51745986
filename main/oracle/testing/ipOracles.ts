import { LINK_KINDS } from '../scenes/links.ts';
import { MORE_KINDS, PAIR_KINDS, ROUTING_KINDS, TUNNEL_ROUTES } from '../scenes/routing.ts';
import { at, type Json } from './compare.ts';
import { linkTable } from './links.ts';
import {
  addrlabelTable,
  endpointTable,
  FAMILY_TABLE,
  familiesOf,
  ntableTable,
  TOKEN_TABLE,
  withToken,
} from './moreIp.ts';
import { genl, LINK_DUMP, type Oracle, rt } from './oracle.ts';
import { ADDRESS_TABLE, neighTable, netconfTable, nexthopTable, RULE_TABLE, routeTable } from './routing.ts';
import type { Shown } from './scene.ts';

/** Addresses inside the links that ip prints, link by link. */
function addressesOf(printed: Json): readonly Json[] {
  const links = printed as readonly { readonly ifindex: number; readonly addr_info: readonly Json[] }[];
  return [...links].sort((a, b) => a.ifindex - b.ifindex).flatMap((link) => link.addr_info);
}

const byLink = (dump: readonly Shown[]) =>
  [...dump].sort((a, b) => Number(at(a, 'ifa_index')) - Number(at(b, 'ifa_index')));

export const IP_ORACLES: readonly Oracle[] = [
  {
    name: 'ip link',
    tools: ['ip'],
    kinds: LINK_KINDS,
    ask: (asking) => asking.compare({ command: 'ip -d -s -j link show', request: LINK_DUMP, table: linkTable }),
  },
  {
    name: 'ip addr, route, rule, neigh, nexthop, netconf',
    tools: ['ip'],
    kinds: [...ROUTING_KINDS, ...TUNNEL_ROUTES],
    async ask(asking) {
      await asking.compare({
        command: 'ip -d -j addr show',
        request: rt('RTM_GETADDR', { ifa_family: 'AF_UNSPEC' }),
        table: () => ADDRESS_TABLE,
        theirs: addressesOf,
        ours: byLink,
      });
      for (const [option, family] of [
        ['-4', 'AF_INET'],
        ['-6', 'AF_INET6'],
      ] as const) {
        await asking.compare({
          command: `ip ${option} -d -j route show table all`,
          request: rt('RTM_GETROUTE', { rtm_family: family }),
          table: routeTable,
        });
        await asking.compare({
          command: `ip ${option} -d -j rule show`,
          request: rt('RTM_GETRULE', { family }),
          table: () => RULE_TABLE,
        });
        await asking.compare({
          command: `ip ${option} -d -j netconf show`,
          request: rt('RTM_GETNETCONF', { ncm_family: family }),
          table: netconfTable,
        });
      }
      await asking.compare({
        command: 'ip -s -j neigh show nud all',
        request: rt('RTM_GETNEIGH', { ndm_family: 'AF_UNSPEC' }),
        table: neighTable,
      });
      await asking.compare({
        command: 'ip -d -j nexthop show',
        request: rt('RTM_GETNEXTHOP', { nh_family: 'AF_UNSPEC' }),
        table: nexthopTable,
      });
    },
  },
  {
    name: 'ip ntable, addrlabel, token, mptcp',
    tools: ['ip'],
    kinds: [...PAIR_KINDS, ...MORE_KINDS],
    async ask(asking) {
      await asking.compare({
        command: 'ip -s -j ntable show',
        request: rt('RTM_GETNEIGHTBL', { ndtm_family: 'AF_UNSPEC' }),
        table: ntableTable,
      });
      await asking.compare({
        command: 'ip -j addrlabel',
        request: rt('RTM_GETADDRLABEL', { ifal_family: 'AF_INET6' }),
        table: addrlabelTable,
      });
      await asking.compare({
        command: 'ip -j token',
        request: rt('RTM_GETLINK', { ifi_family: 'AF_INET6' }),
        table: () => TOKEN_TABLE,
        ours: withToken,
      });
      if (asking.scene.refused.has('endpoints')) return;
      await asking.compare({
        command: 'ip -j mptcp endpoint',
        request: genl('mptcp_pm', 'MPTCP_PM_CMD_GET_ADDR'),
        table: endpointTable,
      });
    },
  },
  {
    name: 'genl ctrl list',
    tools: ['ip', 'genl'],
    kinds: [],
    ask: (asking) =>
      asking.compareText({
        command: 'genl ctrl list',
        request: genl('nlctrl', 'CTRL_CMD_GETFAMILY'),
        parse: familiesOf,
        table: () => FAMILY_TABLE,
      }),
  },
];
