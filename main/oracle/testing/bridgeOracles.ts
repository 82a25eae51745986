import { BRIDGE_KINDS } from '../scenes/bridging.ts';
import { bridgeLinkTable, fdbTable, groupsOf, mdbTable } from './bridging.ts';
import type { Json } from './compare.ts';
import { type Oracle, rt } from './oracle.ts';

const groupsPrinted = (printed: Json) =>
  (printed as readonly { readonly mdb: readonly Json[] }[]).flatMap((table) => table.mdb.map(numberTimers));

/** bridge prints timers as text with blanks in front. */
function numberTimers(group: Json): Json {
  const { timer, ...rest } = group as { readonly timer?: string };
  return timer === undefined ? rest : { ...rest, timer: Number(timer) };
}

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
];
