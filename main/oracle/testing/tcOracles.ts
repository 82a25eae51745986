import { QDISC_KINDS } from '../scenes/tc.ts';
import { ACTION_KINDS, ACTION_NAMES, CHAIN_KINDS, CLASS_KINDS, FILTER_KINDS } from '../scenes/tcFilters.ts';
import { at, type Json } from './compare.ts';
import { type Asking, type Oracle, type Request, rt } from './oracle.ts';
import type { Shown } from './scene.ts';
import { classTable, qdiscTable } from './tc.ts';
import { actionsIn, actionTable } from './tcActions.ts';
import { chainTable, filterTable } from './tcFilters.ts';

/** linux/pkt_sched.h: the ingress side of clsact, and the index that stands for a block. */
const TC_H_INGRESS = 0xfffffff2;
const TCM_IFINDEX_MAGIC_BLOCK = -1;
const BLOCK = 22;

/** Asks the same of each device that has some of it. */
async function eachDevice(asking: Asking, request: Request, ask: (name: string, index: unknown) => Promise<void>) {
  const { type = '' } = request;
  let asked = 0;
  for (const [index, { name }] of await asking.links()) {
    const own = await asking.scene.ask({ ...request, header: { ...request.header, tcm_ifindex: index } });
    if (!own.some((one) => one['tcm_ifindex'] === index)) continue;
    asked++;
    await ask(name, index);
  }
  if (asked === 0) throw new Error(`${type} found nothing`);
}

const actionDump = (kind: string): Request => ({
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_GETACTION',
  header: { tca_family: 'AF_UNSPEC' },
  attributes: [
    { name: 'TCA_ROOT_TAB', attributes: [{ type: 1, attributes: [{ name: 'TCA_ACT_KIND', value: kind }] }] },
    {
      name: 'TCA_ROOT_FLAGS',
      value: { value: ['TCA_ACT_FLAG_LARGE_DUMP_ON'], selector: ['TCA_ACT_FLAG_LARGE_DUMP_ON'] },
    },
  ],
});

const actionsPrinted = (printed: Json) =>
  (printed as readonly { readonly actions?: readonly Json[] }[]).flatMap(({ actions }) => actions ?? []);

const actionsOf = (dump: readonly Shown[]) => dump.flatMap((message) => actionsIn(at(message, 'TCA_ROOT_TAB')));

export const TC_ORACLES: readonly Oracle[] = [
  {
    name: 'tc qdisc',
    tools: ['ip', 'tc'],
    kinds: QDISC_KINDS,
    ask: (asking) =>
      eachDevice(asking, rt('RTM_GETQDISC', {}), (name, index) =>
        asking.compare({
          command: `tc -d -s -j qdisc show dev ${name}`,
          request: rt('RTM_GETQDISC', { tcm_ifindex: Number(index) }),
          table: qdiscTable,
          ours: (dump) => dump.filter((qdisc) => qdisc['tcm_ifindex'] === index),
        }),
      ),
  },
  {
    name: 'tc class',
    tools: ['ip', 'tc'],
    kinds: CLASS_KINDS,
    ask: (asking) =>
      eachDevice(asking, rt('RTM_GETTCLASS', {}), (name, index) =>
        asking.compare({
          command: `tc -d -s -j class show dev ${name}`,
          request: rt('RTM_GETTCLASS', { tcm_ifindex: Number(index) }),
          table: classTable,
        }),
      ),
  },
  {
    name: 'tc filter',
    tools: ['ip', 'tc'],
    kinds: FILTER_KINDS,
    ask: (asking) =>
      eachDevice(asking, rt('RTM_GETTFILTER', { tcm_parent: TC_H_INGRESS }), (name, index) =>
        asking.compare({
          command: `tc -d -s -j filter show dev ${name} ingress`,
          request: rt('RTM_GETTFILTER', { tcm_ifindex: Number(index), tcm_parent: TC_H_INGRESS }),
          table: filterTable,
        }),
      ),
  },
  {
    name: 'tc actions',
    tools: ['ip', 'tc'],
    kinds: ACTION_KINDS,
    async ask(asking) {
      for (const kind of ACTION_NAMES) {
        if (actionsOf(await asking.scene.ask(actionDump(kind))).length === 0) continue;
        await asking.compare({
          command: `tc -d -s -j actions ls action ${kind}`,
          request: actionDump(kind),
          table: (links) => actionTable(links, kind),
          theirs: actionsPrinted,
          ours: actionsOf,
        });
      }
      const [, index] =
        [...(await asking.links())].map(([number, { name }]) => [name, number]).find(([name]) => name === 'a_mirred') ??
        [];
      await asking.compare({
        command: 'tc -d -s -j filter show dev a_mirred ingress',
        request: rt('RTM_GETTFILTER', { tcm_ifindex: Number(index), tcm_parent: TC_H_INGRESS }),
        table: filterTable,
      });
    },
  },
  {
    name: 'tc chain',
    tools: ['ip', 'tc'],
    kinds: CHAIN_KINDS,
    async ask(asking) {
      const block = { tcm_ifindex: TCM_IFINDEX_MAGIC_BLOCK, tcm_parent: BLOCK };
      await asking.compare({
        command: `tc -d -s -j chain show block ${BLOCK}`,
        request: rt('RTM_GETCHAIN', block),
        table: chainTable,
      });
      await asking.compare({
        command: `tc -d -s -j filter show block ${BLOCK}`,
        request: rt('RTM_GETTFILTER', block),
        table: filterTable,
      });
    },
  },
];
