import type { Field } from './field.ts';
import { briefText, num } from './present.ts';
import { isZero } from './text.ts';

const KEY_PREFIX = 'OVS_KEY_ATTR_';

/** Keys that a line has at most. */
const MOST_KEYS = 12;

/** Keys as ovs-dpctl calls them, where that is not the constant's own part. */
const KEY_NAMES: ReadonlyMap<string, string> = new Map([
  ['ethernet', 'eth'],
  ['ethertype', 'eth_type'],
  ['priority', 'skb_priority'],
  ['ct_labels', 'ct_label'],
]);

/** linux/openvswitch.h OVS_CS_F_*, by bit, in ovs-dpctl's words. */
const CT_STATES = ['new', 'est', 'rel', 'rpl', 'inv', 'trk', 'snat', 'dnat'];

/** linux/openvswitch.h enum ovs_frag_type, in ovs-dpctl's words. */
const FRAGMENTS = ['no', 'first', 'later'];

/** linux/if_vlan.h: in a tag, identifier, the bit of a tag that is there, and priority. */
const VLAN_VID_MASK = 0xfff;
const VLAN_CFI_MASK = 0x1000;
const VLAN_PRIO_SHIFT = 13;

/** Members that ovs-dpctl writes in a way of its own; it leaves out their masks. */
const MEMBER_TEXTS: ReadonlyMap<string, (member: Field) => string> = new Map([
  ['frag', (member) => FRAGMENTS[bitsOf(member)] ?? briefText(member, 'num')],
  ['label', (member) => hex(bitsOf(member))],
  ['tos', (member) => hex(bitsOf(member))],
  ['tclass', (member) => hex(bitsOf(member))],
]);

/** What the kernel knows of a packet beside its headers: that it is 0 goes without saying. */
const METADATA: ReadonlySet<string> = new Set(
  ['PRIORITY', 'SKB_MARK', 'DP_HASH', 'RECIRC_ID', 'CT_STATE', 'CT_ZONE', 'CT_MARK', 'CT_LABELS'].map(
    (name) => `${KEY_PREFIX}${name}`,
  ),
);

/** One part of a header: its bits, and those that count (undefined: all). */
interface Bits {
  readonly name: string;
  readonly shift: number;
  readonly mask: number;
}

/** An MPLS label stack entry (linux/mpls.h). */
const MPLS_PARTS: readonly Bits[] = [
  { name: 'label', shift: 12, mask: 0xfffff },
  { name: 'tc', shift: 9, mask: 7 },
  { name: 'ttl', shift: 0, mask: 0xff },
  { name: 'bos', shift: 8, mask: 1 },
];

const VLAN_PARTS: readonly Bits[] = [
  { name: 'vid', shift: 0, mask: VLAN_VID_MASK },
  { name: 'pcp', shift: VLAN_PRIO_SHIFT, mask: 7 },
];

/** Attributes of a tunnel's key as ovs-dpctl calls them; flags are gathered behind them. */
const TUNNEL_NAMES: ReadonlyMap<string, string> = new Map([
  ['ID', 'tun_id'],
  ['IPV4_SRC', 'src'],
  ['IPV4_DST', 'dst'],
  ['IPV6_SRC', 'ipv6_src'],
  ['IPV6_DST', 'ipv6_dst'],
  ['TOS', 'tos'],
  ['TTL', 'ttl'],
  ['TP_SRC', 'tp_src'],
  ['TP_DST', 'tp_dst'],
]);
const TUNNEL_FLAGS: readonly (readonly [attribute: string, flag: string])[] = [
  ['DONT_FRAGMENT', 'df'],
  ['CSUM', 'csum'],
  ['ID', 'key'],
  ['OAM', 'oam'],
];
const TUNNEL_OPTIONS: ReadonlySet<string> = new Set(['GENEVE_OPTS', 'VXLAN_OPTS', 'ERSPAN_OPTS']);

/**
 * Keys of packets as ovs-dpctl writes them: "in_port(1),eth_type(0x0800),ipv4(src=10.0.0.0/255.0.0.0)". What the mask
 * leaves out is not named.
 * @param keys a nest of OVS_KEY_ATTR_*
 * @param masks the same attributes, with the bits that count; undefined where all do
 */
export function ovsKeysText(keys: Field, masks: Field | undefined): string {
  const words: string[] = [];
  for (const field of keys.children) {
    const text = ovsKeyWord(field, masks?.child(field.name));
    if (text === null) continue;
    if (words.length === MOST_KEYS) return `${words.join(',')},…`;
    words.push(text);
  }
  return words.join(',');
}

/** One key with its name: "ipv4(src=10.0.0.1)"; null where nothing of it counts, or it is no key. */
export function ovsKeyWord(field: Field, mask: Field | undefined): string | null {
  if (!field.name.startsWith(KEY_PREFIX)) return null;
  const text = keyText(field, mask);
  if (text === null) return null;
  const name = field.name.slice(KEY_PREFIX.length).toLowerCase();
  return `${KEY_NAMES.get(name) ?? name}(${text})`;
}

/**
 * One key that actions write over bits of: its value and its mask stand in one attribute.
 * @returns null where it is none
 */
export function ovsMaskedWord(field: Field): string | null {
  const [value, mask] = field.children;
  if (!field.name.startsWith(KEY_PREFIX) || value === undefined || mask === undefined) return null;
  if (field.kind === 'nest') return ovsKeyWord(field, undefined);
  const name = field.name.slice(KEY_PREFIX.length).toLowerCase();
  const text = value.children.length > 0 ? structText(value, mask) : `${hex(bitsOf(value))}/${hex(bitsOf(mask))}`;
  return `${KEY_NAMES.get(name) ?? name}(${text})`;
}

/** The values of a key that count; null where the mask leaves all of it out. */
function keyText(field: Field, mask: Field | undefined): string | null {
  switch (field.name) {
    case 'OVS_KEY_ATTR_ENCAP':
      return ovsKeysText(field, mask);
    case 'OVS_KEY_ATTR_TUNNEL':
      return tunnelText(field);
  }
  if (field.kind === 'nest') return briefText(field, 'lower');
  if (mask === undefined ? METADATA.has(field.name) && isNothing(field) : isNothing(mask)) return null;
  switch (field.name) {
    case 'OVS_KEY_ATTR_ETHERTYPE':
      return `0x${bitsOf(field).toString(16).padStart(4, '0')}`;
    case 'OVS_KEY_ATTR_VLAN':
      return vlanText(bitsOf(field), mask === undefined ? 0xffff : bitsOf(mask));
    case 'OVS_KEY_ATTR_CT_STATE':
      return stateText(bitsOf(field), mask === undefined ? null : bitsOf(mask));
    case 'OVS_KEY_ATTR_PRIORITY':
      return hex(bitsOf(field)) + (mask === undefined || isAll(mask) ? '' : `/${hex(bitsOf(mask))}`);
  }
  return field.children.length === 0 || field.def?.layout !== 'struct' ? masked(field, mask) : structText(field, mask);
}

/** Members of a header by name, without the part of their names that is the header's. */
function structText(value: Field, mask: Field | undefined): string {
  const parts: string[] = [];
  for (const member of value.children) {
    const counts = mask?.child(member.name);
    if (member.kind !== 'member' || (counts !== undefined && isNothing(counts))) continue;
    if (member.name === 'mpls_lse') {
      parts.push(partsText(MPLS_PARTS, bitsOf(member), counts === undefined ? 0xffffffff : bitsOf(counts)));
      continue;
    }
    const name = member.name.replace(/^[a-z0-9]+_/, '');
    parts.push(`${name}=${MEMBER_TEXTS.get(name)?.(member) ?? masked(member, counts)}`);
  }
  return parts.join(',');
}

/** Parts of a number that count; where some bits of one do, behind a slash which. */
function partsText(parts: readonly Bits[], value: number, counts: number): string {
  const words: string[] = [];
  for (const { name, shift, mask } of parts) {
    const some = (counts >>> shift) & mask;
    if (some === 0) continue;
    words.push(`${name}=${(value >>> shift) & mask}${some === mask ? '' : `/0x${some.toString(16)}`}`);
  }
  return words.join(',');
}

/** A VLAN tag: "vid=7,pcp=0"; that it is none is said by cfi=0. */
function vlanText(tag: number, counts: number): string {
  const words = partsText(VLAN_PARTS, tag, counts);
  if ((counts & VLAN_CFI_MASK) === 0 || (tag & VLAN_CFI_MASK) !== 0) return words;
  return words === '' ? 'cfi=0' : `${words},cfi=0`;
}

/** What OVS_ACTION_ATTR_PUSH_VLAN puts in front: its type is said where it is not 802.1Q. */
export function ovsPushVlanText(action: Field): string {
  const type = num(action, 'vlan_tpid');
  return `${type === 0x8100 ? '' : `tpid=${hex(type)},`}${vlanText(num(action, 'vlan_tci'), 0xffff)}`;
}

/** What OVS_ACTION_ATTR_PUSH_MPLS puts in front. */
export function ovsPushMplsText(action: Field): string {
  const label = partsText(MPLS_PARTS, num(action, 'mpls_lse'), 0xffffffff);
  return `${label},eth_type=${hex(num(action, 'mpls_ethertype'))}`;
}

/** "+est+trk-inv" of the states that count; without a mask those that are. */
function stateText(states: number, counts: number | null): string {
  const words = CT_STATES.flatMap((name, bit) => {
    const is = ((states >>> bit) & 1) === 1;
    if (counts === null) return is ? [name] : [];
    return ((counts >>> bit) & 1) === 1 ? [`${is ? '+' : '-'}${name}`] : [];
  });
  return words.join(counts === null ? '|' : '');
}

function tunnelText(tunnel: Field): string {
  const words: string[] = [];
  const there = new Set<string>();
  for (const field of tunnel.children) {
    const attribute = field.name.replace('OVS_TUNNEL_KEY_ATTR_', '');
    there.add(attribute);
    const name = TUNNEL_NAMES.get(attribute);
    if (name !== undefined)
      words.push(`${name}=${attribute === 'TOS' ? hex(bitsOf(field)) : briefText(field, 'lower')}`);
    else if (TUNNEL_OPTIONS.has(attribute)) words.push(`${attribute.slice(0, -'_OPTS'.length).toLowerCase()}(…)`);
  }
  const flags = TUNNEL_FLAGS.flatMap(([attribute, flag]) => (there.has(attribute) ? [flag] : []));
  return [...words, `flags(${flags.join('|')})`].join(',');
}

function masked(value: Field, mask: Field | undefined): string {
  const text = briefText(value, 'lower');
  return mask === undefined || isAll(mask) ? text : `${text}/${briefText(mask, 'lower')}`;
}

function bitsOf({ raw }: Field): number {
  return typeof raw === 'number' ? raw : 0;
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}

function isAll(mask: Field): boolean {
  return mask.bytes().every((byte) => byte === 0xff);
}

function isNothing({ state, payloadStart, end }: Field): boolean {
  return isZero(state.bytes, payloadStart, end);
}
