import { NLA_TYPE_MASK } from '../wire/index.ts';
import type { Field } from './field.ts';
import { briefText, num } from './present.ts';

/** Bits of struct bridge_vlan_info's flags (linux/if_bridge.h). */
const PVID = 0x2;
const UNTAGGED = 0x4;
const RANGE_BEGIN = 0x8;
const RANGE_END = 0x10;
/** VLANs and ranges that a line has at most. */
const MOST_VLANS = 16;

interface Vlan {
  readonly vid: number;
  readonly flags: number;
  /** Tunnel id that the VLAN is mapped to. */
  readonly tunnel: number | null;
}

/**
 * VLANs of a bridge's port as `bridge` has them: "vid 1 pvid untagged, 20-30", "vid 11-13 tunnel_info id 1001-1003", and
 * its spanning trees, "msti 5 state learning".
 * @param spec the nest IFLA_AF_SPEC of a message about a bridge; '' for those of other families
 */
export function portVlansText(spec: Field): string {
  const texts: string[] = [];
  const trees: string[] = [];
  let begin: Vlan | null = null;
  let count = 0;
  for (const field of spec.children) {
    const vlan = vlanOf(field);
    if (vlan === null) {
      if (field.name === 'IFLA_BRIDGE_MST') trees.push(...field.children.map(treeText));
      continue;
    }
    if ((vlan.flags & RANGE_BEGIN) !== 0) {
      begin = vlan;
      continue;
    }
    const first: Vlan = (vlan.flags & RANGE_END) !== 0 && begin !== null ? begin : vlan;
    if (count++ < MOST_VLANS) texts.push(rangeText(first, vlan));
    begin = null;
  }
  if (count > MOST_VLANS) texts.push(`… ${count - MOST_VLANS} more`);
  return [...(texts.length === 0 ? [] : [`vid ${texts.join(', ')}`]), ...trees].join(' ');
}

function vlanOf(field: Field): Vlan | null {
  if (field.name === 'IFLA_BRIDGE_VLAN_INFO')
    return { vid: num(field, 'vid'), flags: num(field, 'flags'), tunnel: null };
  if (field.name !== 'IFLA_BRIDGE_VLAN_TUNNEL_INFO') return null;
  const [vid, flags, tunnel] = ['VID', 'FLAGS', 'ID'].map((name) => num(field, `IFLA_BRIDGE_VLAN_TUNNEL_${name}`));
  return { vid, flags, tunnel };
}

function rangeText(first: Vlan, last: Vlan): string {
  const range = (from: number, to: number): string => (from === to ? String(from) : `${from}-${to}`);
  const words = [range(first.vid, last.vid)];
  if (first.tunnel !== null && last.tunnel !== null) words.push(`tunnel_info id ${range(first.tunnel, last.tunnel)}`);
  if ((last.flags & PVID) !== 0) words.push('pvid');
  if ((last.flags & UNTAGGED) !== 0) words.push('untagged');
  return words.join(' ');
}

function treeText(entry: Field): string {
  const state = entry.child('IFLA_BRIDGE_MST_ENTRY_STATE');
  const tree = `msti ${num(entry, 'IFLA_BRIDGE_MST_ENTRY_MSTI')}`;
  return state === undefined ? tree : `${tree} state ${briefText(state, 'lower')}`;
}

/** Metrics that are kept in parts of a millisecond (linux/rtnetlink.h). */
const FRACTIONS: ReadonlyMap<string, number> = new Map([
  ['RTAX_RTT', 8],
  ['RTAX_RTTVAR', 4],
  ['RTAX_RTO_MIN', 1],
]);
/** Words of ip that are not the constant's own part in lower case. */
const METRIC_WORDS: ReadonlyMap<string, string> = new Map([
  ['RTAX_CC_ALGO', 'congctl'],
  ['RTAX_FASTOPEN_NO_COOKIE', 'fastopen_no_cookie'],
]);

/**
 * Metrics of a route as ip prints them: "mtu lock 1400 rtt 10ms".
 * @param metrics the nest RTA_METRICS
 */
export function metricsText(metrics: Field): string {
  const locked = num(metrics, 'RTAX_LOCK');
  const words = metrics.children.flatMap((metric) => {
    if (metric.def === null || metric.name === 'RTAX_LOCK') return [];
    const number = metric.wireType & NLA_TYPE_MASK;
    const word = METRIC_WORDS.get(metric.name) ?? metric.name.slice('RTAX_'.length).toLowerCase();
    const lock = Math.floor(locked / 2 ** number) % 2 === 1 ? ' lock' : '';
    const parts = FRACTIONS.get(metric.name);
    const value =
      parts === undefined
        ? briefText(metric, metric.def.enum === null ? 'num' : 'lower')
        : `${Number(metric.raw) / parts}ms`;
    return [`${word}${lock} ${value}`];
  });
  return words.join(' ');
}
