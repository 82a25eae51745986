import type { DecodedMessage, Field } from '../dissect/index.ts';
import { NETLINK_GENERIC, NETLINK_ROUTE, NLM_F_CREATE } from '../wire/index.ts';

/**
 * What a number in a request means to the kernel that it was sent to. `interface`, `family`: it has a name that other
 * kernels know. `foreign`: an interface of another namespace. `wish`: the index that a new interface is to have.
 * `handle`: the kernel counted it. `descriptor`, `process`: of the program that sent it. `namespace`: an nsid.
 */
export type NumberKind =
  | 'interface'
  | 'family'
  | 'foreign'
  | 'wish'
  | 'handle'
  | 'descriptor'
  | 'process'
  | 'namespace';

/** A number of a kernel or program in the bytes of a request. */
export interface KernelNumber {
  readonly kind: NumberKind;
  /** Attribute or member. */
  readonly field: string;
  readonly value: number | bigint;
  /** Where it stands in the message, and in how many bytes. */
  readonly start: number;
  readonly size: number;
}

/** linux/rtnetlink.h. */
const RTM_NEWLINK = 16;
/** linux/genetlink.h: ids below are given out once and for all (nlctrl, VFS_DQUOT, pmcraid). */
const GENL_START_ALLOC = 19;
/** linux/netfilter/nf_tables.h: enum nft_meta_keys. */
const NFT_META_INTERFACES: ReadonlyMap<unknown, string> = new Map([
  [4, 'iif'],
  [5, 'oif'],
  [33, 'sdif'],
]);
/** XDP and its kin take a negative descriptor for none. */
const NO_DESCRIPTOR: ReadonlySet<unknown> = new Set([-1, 0xffff_ffff, -1n]);

const BY_NAME: ReadonlyMap<string, NumberKind> = new Map<string, NumberKind>([
  ['CTRL_ATTR_FAMILY_ID', 'family'],
  ['IFLA_NEW_IFINDEX', 'wish'],
  ['IFLA_NET_NS_PID', 'process'],
  ['NETNSA_PID', 'process'],
  ['NL80211_ATTR_PID', 'process'],
  ['DEVLINK_ATTR_NETNS_PID', 'process'],
  ['IFLA_LINK_NETNSID', 'namespace'],
  ['IFLA_TARGET_NETNSID', 'namespace'],
  ['IFA_TARGET_NETNSID', 'namespace'],
  ['NDA_LINK_NETNSID', 'namespace'],
  ['DEVLINK_ATTR_NETNS_ID', 'namespace'],
  ['NFTA_RULE_HANDLE', 'handle'],
  ['NFTA_RULE_POSITION', 'handle'],
  ['NFTA_TABLE_HANDLE', 'handle'],
  ['NFTA_CHAIN_HANDLE', 'handle'],
  ['NFTA_SET_HANDLE', 'handle'],
  ['NFTA_OBJ_HANDLE', 'handle'],
  ['NFTA_FLOWTABLE_HANDLE', 'handle'],
  ['CTA_ID', 'handle'],
  ['CTA_EXPECT_ID', 'handle'],
  ['NL80211_ATTR_WIPHY', 'handle'],
  ['NL80211_ATTR_WDEV', 'handle'],
]);

/** Every number of a request that another kernel, or another program, may have given out otherwise. */
export function kernelNumbers(decoded: DecodedMessage): KernelNumber[] {
  const found: KernelNumber[] = [];
  const { state, flags } = decoded;
  const { protocol } = state.envelope;
  const type = state.bytes.length < 6 ? 0 : state.u16(4);
  if (protocol === NETLINK_GENERIC && type >= GENL_START_ALLOC) {
    found.push({ kind: 'family', field: 'nlmsg_type', value: type, start: 4, size: 2 });
  }
  const creates = protocol === NETLINK_ROUTE && type === RTM_NEWLINK && (flags & NLM_F_CREATE) !== 0;
  const all: Field[] = [];
  for (const field of decoded.fields) collect(field, all);
  const isForeign = all.some(({ name }) => name === 'IFLA_LINK_NETNSID');
  for (const field of all) {
    const kind = kindOf(field);
    if (kind === null) continue;
    const { name, raw, payloadStart: start, end } = field;
    if ((typeof raw !== 'number' && typeof raw !== 'bigint') || raw === 0 || raw === 0n) continue;
    if (kind === 'descriptor' && NO_DESCRIPTOR.has(raw)) continue;
    const wished = creates && name === 'ifi_index';
    const foreign = isForeign && name === 'IFLA_LINK';
    found.push({
      kind: wished ? 'wish' : foreign ? 'foreign' : kind,
      field: name,
      value: raw,
      start,
      size: end - start,
    });
  }
  for (const field of all) if (field.name === 'NFTA_RULE_EXPRESSIONS') comparedInterfaces(field, found);
  return found;
}

/** Names of interfaces that a request gives or makes. */
export function namesGiven(decoded: DecodedMessage): string[] {
  const all: Field[] = [];
  for (const field of decoded.fields) collect(field, all);
  return all.flatMap(({ name, raw }) => (/_IFNAME$/.test(name) && typeof raw === 'string' ? [raw] : []));
}

/** Whether a request makes an interface and leaves its name to the kernel. */
export function makesUnnamed(decoded: DecodedMessage): boolean {
  const { state, flags } = decoded;
  if (state.envelope.protocol !== NETLINK_ROUTE || state.bytes.length < 6 || state.u16(4) !== RTM_NEWLINK) return false;
  return (flags & NLM_F_CREATE) !== 0 && !decoded.fields.some(({ name, raw }) => name === 'IFLA_IFNAME' && raw !== '');
}

// Decoders do not nest deeper than their own limit.
function collect(field: Field, into: Field[]): void {
  into.push(field);
  for (const child of field.children) collect(child, into);
}

function kindOf({ name, def, kind, raw }: Field): NumberKind | null {
  if (kind === 'generated') return null;
  const named = BY_NAME.get(name);
  if (named !== undefined) return named;
  if (/_(FD|PIDFD)$/.test(name) && typeof raw === 'number' && def?.enum === null) return 'descriptor';
  return def?.layout === 'integer' && def.ref === 'ifindex' ? 'interface' : null;
}

/** `meta iif` and its kin compare indices: nft takes them of the interfaces that there are when it reads a rule. */
function comparedInterfaces(expressions: Field, found: KernelNumber[]): void {
  let loaded: { readonly register: unknown; readonly name: string } | null = null;
  for (const { children } of expressions.children) {
    const expression = children.find(({ name }) => name === 'NFTA_EXPR_NAME')?.raw;
    const data = children.find(({ name }) => name === 'NFTA_EXPR_DATA');
    if (data === undefined) continue;
    if (expression === 'meta') {
      const name = NFT_META_INTERFACES.get(data.child('NFTA_META_KEY')?.raw);
      loaded = name === undefined ? null : { register: data.child('NFTA_META_DREG')?.raw, name };
    } else if (expression === 'cmp' && loaded !== null && data.child('NFTA_CMP_SREG')?.raw === loaded.register) {
      const value = data.child('NFTA_CMP_DATA')?.child('NFTA_DATA_VALUE');
      if (value === undefined || value.end - value.payloadStart !== 4) continue;
      const { state, payloadStart: start } = value;
      found.push({ kind: 'interface', field: loaded.name, value: state.u32(start), start, size: 4 });
    }
  }
}
