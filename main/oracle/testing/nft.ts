import { at, listOf, type Reader, type Table, unshared } from './compare.ts';
import type { Shown, ShownValue } from './scene.ts';
import { flagNames, named } from './words.ts';

const FAMILIES = { NFPROTO_IPV4: 'ip', NFPROTO_IPV6: 'ip6' };
const family = named('nfgen_family', 'NFPROTO_', FAMILIES);
const HOOKS: { readonly [constant: string]: string } = {
  NF_INET_PRE_ROUTING: 'prerouting',
  NF_INET_LOCAL_IN: 'input',
  NF_INET_FORWARD: 'forward',
  NF_INET_LOCAL_OUT: 'output',
  NF_INET_POST_ROUTING: 'postrouting',
  NF_NETDEV_INGRESS: 'ingress',
};

/** Data types of nft whose numbers a kernel only keeps (a concatenation has six bits for each). */
export const NFT_DATA_TYPES: { readonly [number: number]: string } = {
  7: 'ipv4_addr',
  8: 'ipv6_addr',
  13: 'inet_service',
  19: 'mark',
};

const keyType: Reader = (ours) => {
  const type = at(ours, 'NFTA_SET_KEY_TYPE');
  if (typeof type === 'string') return type.toLowerCase();
  return [Number(type) >> 6, Number(type) & 63].map((part) => NFT_DATA_TYPES[part]);
};

const seconds =
  (path: string): Reader =>
  (ours) =>
    Number(at(ours, path)) / 1000;

const SET: Table = {
  family,
  name: 'NFTA_SET_NAME',
  table: 'NFTA_SET_TABLE',
  handle: 'NFTA_SET_HANDLE',
  type: keyType,
  map: (ours) => String(at(ours, 'NFTA_SET_DATA_TYPE')).replace('NFT_DATA_', '').toLowerCase(),
  // nft 1.0 does not print "dynamic" here.
  flags: (ours) => {
    const set = flagNames(at(ours, 'NFTA_SET_FLAGS'));
    return ['constant', 'interval', 'timeout'].filter((flag) => set.includes(`NFT_SET_${flag.toUpperCase()}`));
  },
  size: 'NFTA_SET_DESC.NFTA_SET_DESC_SIZE',
  timeout: seconds('NFTA_SET_TIMEOUT'),
  'gc-interval': seconds('NFTA_SET_GC_INTERVAL'),
  comment: (ours) => nftComment(at(ours, 'NFTA_SET_USERDATA'), 7),
  elem: unshared('elements are asked for set by set: see nftElements.ts'),
};

/** The text of a comment in a TLV list of user data (type, length, text with its NUL). */
export function nftComment(hex: ShownValue | undefined, wanted: number): string | undefined {
  const bytes = Buffer.from(String(hex ?? ''), 'hex');
  for (let at = 0; at + 2 <= bytes.length; at += 2 + (bytes[at + 1] ?? 0)) {
    if (bytes[at] === wanted) return bytes.toString('utf8', at + 2, at + 1 + (bytes[at + 1] ?? 1));
  }
  return undefined;
}

const object = (data: Table): Table => ({
  family,
  name: 'NFTA_OBJ_NAME',
  table: 'NFTA_OBJ_TABLE',
  handle: 'NFTA_OBJ_HANDLE',
  ...Object.fromEntries(
    Object.entries(data).map(([key, rule]) => [key, typeof rule === 'string' ? `NFTA_OBJ_DATA.${rule}` : rule]),
  ),
});

const LIMIT_UNITS: { readonly [seconds: number]: string } = { 1: 'second', 60: 'minute', 3600: 'hour', 86400: 'day' };
const POLICIES = { NF_ACCEPT: 'accept', NF_DROP: 'drop' };
const protocolOf = (name: string) => named(`NFTA_OBJ_DATA.${name}`, 'IPPROTO_');
const layer3Of = (name: string) => named(`NFTA_OBJ_DATA.${name}`, 'NFPROTO_', FAMILIES);

/** What `nft -j list ruleset` says of each sort of thing, by the word it gives to the sort. */
export const NFT_TABLES: { readonly [sort: string]: { readonly get: string; readonly table: Table } } = {
  table: {
    get: 'TABLE',
    table: { family, name: 'NFTA_TABLE_NAME', handle: 'NFTA_TABLE_HANDLE' },
  },
  chain: {
    get: 'CHAIN',
    table: {
      family,
      table: 'NFTA_CHAIN_TABLE',
      name: 'NFTA_CHAIN_NAME',
      handle: 'NFTA_CHAIN_HANDLE',
      type: 'NFTA_CHAIN_TYPE',
      hook: named('NFTA_CHAIN_HOOK.NFTA_HOOK_HOOKNUM', '', HOOKS),
      prio: 'NFTA_CHAIN_HOOK.NFTA_HOOK_PRIORITY',
      policy: named('NFTA_CHAIN_POLICY', '', POLICIES),
      dev: (ours) => {
        const hook = at(ours, 'NFTA_CHAIN_HOOK') as Shown;
        return hook['NFTA_HOOK_DEV'] ?? at(hook, 'NFTA_HOOK_DEVS.NFTA_DEVICE_NAME');
      },
    },
  },
  rule: {
    get: 'RULE',
    table: {
      family,
      table: 'NFTA_RULE_TABLE',
      chain: 'NFTA_RULE_CHAIN',
      handle: 'NFTA_RULE_HANDLE',
      comment: (ours) => nftComment(at(ours, 'NFTA_RULE_USERDATA'), 0),
      expr: unshared(
        'nft puts expressions together to statements; they are compared as `nft --debug=netlink` prints them',
      ),
    },
  },
  set: { get: 'SET', table: SET },
  map: { get: 'SET', table: SET },
  counter: { get: 'OBJ', table: object({ packets: 'NFTA_COUNTER_PACKETS', bytes: 'NFTA_COUNTER_BYTES' }) },
  quota: {
    get: 'OBJ',
    table: object({
      bytes: 'NFTA_QUOTA_BYTES',
      used: 'NFTA_QUOTA_CONSUMED',
      inv: (ours) => flagNames(at(ours, 'NFTA_OBJ_DATA.NFTA_QUOTA_FLAGS')).includes('NFT_QUOTA_F_INV'),
    }),
  },
  limit: {
    get: 'OBJ',
    table: object({
      rate: 'NFTA_LIMIT_RATE',
      burst: 'NFTA_LIMIT_BURST',
      per: (ours) => LIMIT_UNITS[Number(at(ours, 'NFTA_OBJ_DATA.NFTA_LIMIT_UNIT'))],
    }),
  },
  'ct helper': {
    get: 'OBJ',
    table: object({
      type: 'NFTA_CT_HELPER_NAME',
      protocol: protocolOf('NFTA_CT_HELPER_L4PROTO'),
      l3proto: layer3Of('NFTA_CT_HELPER_L3PROTO'),
    }),
  },
  'ct timeout': {
    get: 'OBJ',
    table: object({
      protocol: protocolOf('NFTA_CT_TIMEOUT_L4PROTO'),
      l3proto: layer3Of('NFTA_CT_TIMEOUT_L3PROTO'),
      'policy.*': (ours, key) => at(ours, `NFTA_OBJ_DATA.NFTA_CT_TIMEOUT_DATA.CTA_TIMEOUT_TCP_${key.toUpperCase()}`),
    }),
  },
  'ct expectation': {
    get: 'OBJ',
    table: object({
      protocol: protocolOf('NFTA_CT_EXPECT_L4PROTO'),
      l3proto: layer3Of('NFTA_CT_EXPECT_L3PROTO'),
      dport: 'NFTA_CT_EXPECT_DPORT',
      timeout: 'NFTA_CT_EXPECT_TIMEOUT',
      size: 'NFTA_CT_EXPECT_SIZE',
    }),
  },
  flowtable: {
    get: 'FLOWTABLE',
    table: {
      family,
      name: 'NFTA_FLOWTABLE_NAME',
      table: 'NFTA_FLOWTABLE_TABLE',
      handle: 'NFTA_FLOWTABLE_HANDLE',
      hook: () => 'ingress',
      prio: 'NFTA_FLOWTABLE_HOOK.NFTA_FLOWTABLE_HOOK_PRIORITY',
      // nft sorts them.
      dev: (ours) => [...listOf(at(ours, 'NFTA_FLOWTABLE_HOOK.NFTA_FLOWTABLE_HOOK_DEVS.NFTA_DEVICE_NAME'))].sort(),
    },
  },
};
