import { FLOW_KINDS } from '../scenes/connections.ts';
import { NFT_KINDS } from '../scenes/nft.ts';
import { ELEMENT_KINDS } from '../scenes/nftElements.ts';
import type { Json } from './compare.ts';
import { FLOW_TABLE, flowsOf } from './conntrack.ts';
import { NFT_TABLES } from './nft.ts';
import { bytecode } from './nftBytecode.ts';
import { elementsOf, withoutTimes } from './nftElements.ts';
import type { Asking, Oracle, Request } from './oracle.ts';
import type { Shown } from './scene.ts';
import { flagNames } from './words.ts';

const nft = (what: string): Request => ({
  protocol: 'NETLINK_NETFILTER',
  type: `NFT_MSG_GET${what}`,
  header: { nfgen_family: 'NFPROTO_UNSPEC' },
});

/** A thing of ours is found by its family, table, name and handle: nft prints tables one after the other. */
function identity(thing: Shown, get: string): string {
  return JSON.stringify([thing['nfgen_family'], thing[`NFTA_${get}_TABLE`], thing[`NFTA_${get}_HANDLE`]], (_, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

const FAMILIES: { readonly [word: string]: string } = { ip: 'IPV4', ip6: 'IPV6' };

async function compareRuleset(asking: Asking): Promise<void> {
  const { scene, findings } = asking;
  const dumps = new Map<string, readonly Shown[]>();
  for (const { get } of Object.values(NFT_TABLES)) if (!dumps.has(get)) dumps.set(get, await scene.ask(nft(get)));
  const printed = scene.json('nft -j list ruleset') as {
    readonly nftables: readonly { readonly [sort: string]: Json }[];
  };
  const seen = new Map<string, number>();
  for (const entry of printed.nftables) {
    for (const [sort, thing] of Object.entries(entry)) {
      if (sort === 'metainfo') continue;
      const known = NFT_TABLES[sort];
      if (known === undefined) {
        findings.differences.push({ path: `nft ${sort}`, theirs: thing, ours: 'no rule answers this sort' });
        continue;
      }
      const { family, table, handle } = thing as { family: string; table?: string; handle: number };
      const wanted = JSON.stringify([`NFPROTO_${FAMILIES[family] ?? family.toUpperCase()}`, table, handle]);
      const ours = dumps.get(known.get)?.filter((one) => identity(one, known.get) === wanted) ?? [];
      asking.compareAll([thing], ours, ours, known.table, `nft ${sort}`);
      seen.set(known.get, (seen.get(known.get) ?? 0) + 1);
    }
  }
  // nft hides the sets that it names itself.
  for (const [get, dump] of dumps) {
    const shown = dump.filter((one) => !String(one[`NFTA_${get}_NAME`]).startsWith('__'));
    if ((seen.get(get) ?? 0) !== shown.length) {
      findings.differences.push({ path: `nft ${get}: number`, theirs: seen.get(get) ?? 0, ours: shown.length });
    }
  }
}

/** Lines of `nft --debug=netlink`: a head (family table chain handle [position]), then an expression a line. */
async function compareBytecode(asking: Asking): Promise<void> {
  const { scene, findings } = asking;
  const printed = new Map<string, string[]>();
  let lines: string[] = [];
  for (const line of scene.run('nft --debug=netlink list ruleset').split('\n')) {
    const head = /^(inet|ip|ip6|netdev|bridge|arp) (\S+) (\S+) (\d+)(?: \d+)?\s*$/.exec(line);
    if (head !== null) {
      lines = [];
      printed.set(head.slice(1).join(' '), lines);
    } else if (/^ {2}\[ .* \]\s*$/.test(line)) lines.push(line.trim().replace(/\s+\]/g, ' ]'));
  }
  const rules = await scene.ask(nft('RULE'));
  if (rules.length === 0) throw new Error('no rules');
  for (const rule of rules) {
    const family = String(rule['nfgen_family']).replace('NFPROTO_', '').replace('IPV4', 'ip').replace('IPV6', 'ip6');
    const name = `${family.toLowerCase()} ${rule['NFTA_RULE_TABLE']} ${rule['NFTA_RULE_CHAIN']} ${rule['NFTA_RULE_HANDLE']}`;
    const [theirs, ours] = [printed.get(name) ?? [], bytecode(rule)];
    asking.objects++;
    for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
      findings.values++;
      if (theirs[i] !== ours[i]) findings.differences.push({ path: `${name}[${i}]`, theirs: theirs[i], ours: ours[i] });
    }
  }
}

/** Elements of each set, which have no order that both keep. */
async function compareElements({ scene, findings }: Asking): Promise<number> {
  let objects = 0;
  for (const set of await scene.ask(nft('SET'))) {
    const [table, name] = [String(set['NFTA_SET_TABLE']), String(set['NFTA_SET_NAME'])];
    const messages = await scene.ask({
      ...nft('SETELEM'),
      header: { nfgen_family: 'NFPROTO_INET' },
      attributes: [
        { name: 'NFTA_SET_ELEM_LIST_TABLE', value: table },
        { name: 'NFTA_SET_ELEM_LIST_SET', value: name },
      ],
    });
    const sort = flagNames(set['NFTA_SET_FLAGS']).includes('NFT_SET_MAP') ? 'map' : 'set';
    const { nftables } = scene.json(`nft -j list ${sort} inet ${table} ${name}`) as {
      readonly nftables: readonly { readonly [sort: string]: { readonly elem?: Json } }[];
    };
    const listed = nftables.map((entry) => entry[sort]).find((entry) => entry !== undefined);
    const [theirs, ours] = [withoutTimes(listed?.elem), elementsOf(set, messages)].map((elements) =>
      elements.map((element) => JSON.stringify(element)).sort(),
    ) as [string[], string[]];
    for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
      findings.values += 2;
      if (theirs[i] === ours[i]) continue;
      findings.differences.push({ path: `nft elements of ${name}`, theirs: theirs[i], ours: ours[i] });
    }
    objects += theirs.length;
  }
  return objects;
}

export const NETFILTER_ORACLES: readonly Oracle[] = [
  {
    name: 'nft elements',
    tools: ['ip', 'nft'],
    kinds: ELEMENT_KINDS,
    async ask(asking) {
      asking.objects += await compareElements(asking);
    },
  },
  {
    name: 'nft list ruleset',
    tools: ['ip', 'nft'],
    kinds: NFT_KINDS,
    async ask(asking) {
      await compareRuleset(asking);
      await compareBytecode(asking);
    },
  },
  {
    name: 'conntrack -L',
    tools: ['ip', 'conntrack'],
    kinds: FLOW_KINDS,
    async ask(asking) {
      for (const [option, family] of [
        ['ipv4', 'NFPROTO_IPV4'],
        ['ipv6', 'NFPROTO_IPV6'],
      ]) {
        const request: Request = {
          protocol: 'NETLINK_NETFILTER',
          type: 'IPCTNL_MSG_CT_GET',
          header: { nfgen_family: family ?? '' },
        };
        await asking.compareText({
          command: `conntrack -L -f ${option} -o extended,id`,
          request,
          parse: flowsOf,
          table: () => FLOW_TABLE,
        });
      }
    },
  },
];
