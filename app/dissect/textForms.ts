import { forEachAttribute, NLMSG_HDRLEN } from '../wire/index.ts';
import { canChecksumText, canFilterText, canModText } from './canText.ts';
import { devlinkMessageText, truthText } from './devlinkMessage.ts';
import { ematchText } from './ematchText.ts';
import type { Field } from './field.ts';
import { ipsetElementText } from './ipsetElement.ts';
import { isRequestMessage } from './messageKind.ts';
import { nftElementText } from './nftElement.ts';
import { nftTypesText } from './nftFields.ts';
import { nftObjectText, nftRuleText } from './nftRule.ts';
import { ovsActionsText, ovsKeyText, ovsLimitsText, ovsZonesText } from './ovsText.ts';
import { ipPacketText } from './packet.ts';
import { briefText, isEmptyValue } from './present.ts';
import { metricsText, portVlansText } from './routeText.ts';
import {
  actionOptionsText,
  actionText,
  flowerText,
  gredText,
  serviceCurveText,
  tcTimeText,
  trafficClassesText,
  u32KeyText,
} from './tcText.ts';
import { bitRateText, durationText, microsecondsText, shareText, sizeText } from './text.ts';

/** Writes a field; `among`: the fields it stands among, where they are known. '' when there is nothing to say. */
export type TextForm = (field: Field, among?: readonly Field[]) => string;

/** Forms that look at a number alone. */
const NUMBER_FORMS = new Map<TextForm, (value: number) => string>();

/**
 * Forms of values that a summary template may ask for by name, `{path:rate}`, where a family's tool has its own way to
 * write them. Each gets the decoded field and returns its text, '' when there is nothing to say.
 */
const TEXT_FORMS: ReadonlyMap<string, TextForm> = new Map<string, TextForm>([
  // A nest or struct as the words of a command line: "vlan_filtering 1 ageing_time 300 s".
  ['options', optionsText],
  // Expressions of nf_tables as nft writes a rule.
  ['nft', nftRuleText],
  // Keys and data of set elements, whose type stands in another message.
  ['nftelement', nftElementText],
  // The comment in the user data that nft keeps with an object.
  ['nftcomment', (field) => /comment "(?:[^"\\]|\\.)*"/.exec(field.text)?.[0] ?? ''],
  // A packet from its network header on: "10.0.0.1:53 > 10.0.0.2:3000 udp".
  ['packet', (field) => ipPacketText(field.bytes())],
  // A flag, or a number that is one: true, false.
  ['truth', truthText],
  // What a health reporter of devlink found, as devlink prints it.
  ['fmsg', devlinkMessageText],
  // The paths of a route: "nexthop via 10.0.0.2 dev d0 weight 1 nexthop …".
  ['nexthops', nexthopsText],
  // The members of a group of nexthops with their weights: "1/2,5".
  ['nhgroup', nexthopGroupText],
  // A struct of first and last number: "100-200", or the one number.
  ['range', rangeText],
  // The state of a socket, and a set of states, as ss names them: ESTAB, TIME-WAIT.
  ['ssstate', numeric(socketState)],
  ['ssstates', socketStates],
  // An element of an ipset as the tool takes it: "10.0.0.1,tcp:80 timeout 5".
  ['ipset', ipsetElementText],
  // 0x5.
  ['hex', numeric((value) => `0x${value.toString(16)}`)],
  // Eight hex digits: 0x00001000.
  ['hex8', numeric((value) => `0x${value.toString(16).padStart(8, '0')}`)],
  ['id8', numeric((value) => value.toString(16).padStart(8, '0'))],
  // Sixteen hex digits without a prefix: a MACsec channel.
  [
    'hex16',
    ({ raw }) =>
      BigInt(raw ?? 0)
        .toString(16)
        .padStart(16, '0'),
  ],
  // Hex digits alone, in capitals: 5D.
  ['hexdigits', numeric((value) => value.toString(16).toUpperCase())],
  // What a job of can-gw takes, changes and sums up, in cangw's options.
  ['canmod', canModText],
  ['canfilter', canFilterText],
  ['cansum', canChecksumText],
  // What a flow of Open vSwitch matches and does, and its limits of connections.
  ['ovskey', ovsKeyText],
  ['ovsactions', ovsActionsText],
  ['ovslimits', ovsLimitsText],
  ['ovszones', ovsZonesText],
  // What says nothing itself, but has a say in how another value reads: templates have to name it.
  ['beside', () => ''],
  // VLANs of a bridge's port: "vid 1 pvid untagged, 20-30".
  ['vlans', portVlansText],
  // Routing realms: "5/6" from one to the other, "6" to one.
  ['realms', numeric((value) => (value >= 0x10000 ? `${value >>> 16}/${value & 0xffff}` : String(value)))],
  // The segments of a routing header in the order in which they are travelled: the header has the last one first.
  [
    'segments',
    ({ children }) =>
      children
        .map((segment) => briefText(segment, 'plain'))
        .reverse()
        .join(','),
  ],
  // 64 bits as four groups: 1:2:3:4.
  ['locator', ({ raw }) => locatorText(BigInt(raw ?? 0))],
  // Metrics of a route: "mtu lock 1400 rtt 10ms".
  ['metrics', metricsText],
  // What filters, actions and classes of tc are about.
  ['tcflower', flowerText],
  // Matches that are combined: "cmp(u8 at 0 layer 1 eq 5) AND NOT meta(priority eq 6)".
  ['ematch', ematchText],
  ['tcaction', actionText],
  ['tcdoes', actionOptionsText],
  ['tccurve', serviceCurveText],
  ['tcu32', u32KeyText],
  ['tcclasses', trafficClassesText],
  // Microseconds in three digits: 5ms.
  ['tctime', numeric(tcTimeText)],
  ['tcgred', gredText],
  // A share of all 32 bits: 25%.
  ['share', numeric(shareText)],
  ['shares', sharesText],
  // Bytes a second as tc writes them: 1Mbit.
  ['rate', numeric(bitRateText)],
  // Bytes: 1514b, 32Kb.
  ['size', numeric(sizeText)],
  // Milliseconds: 1h, 4m59s272ms.
  ['duration', numeric(durationText)],
  // Microseconds: 4.999ms.
  ['us', numeric(microsecondsText)],
  ['ns', numeric((value) => microsecondsText(value / 1000))],
  // Eighths and quarters of microseconds, as TCP keeps its round-trip times and their variation: 5558us.
  ['us8', numeric((value) => `${Math.floor(value / 8)}us`)],
  ['us4', numeric((value) => `${Math.floor(value / 4)}us`)],
  // An address before a port: brackets around one that has colons of its own.
  ['host', (field) => bracketed(briefText(field, 'plain'))],
  // Three numbers of a byte each: 1.2.1.
  ['version', numeric((value) => [16, 8, 0].map((shift) => (value >> shift) & 0xff).join('.'))],
  // What is in a nest, one after the other: "pd 1".
  ['words', (field) => field.children.map((child) => briefText(child, 'plain')).join(' ')],
  // A filter of u32 by hash table, bucket and node: 2:7f:800, 800::800.
  ['u32fh', numeric(u32Handle)],
  // Whether a group of a bridge stays, in bridge's words.
  ['mdbstate', (field) => briefText(field, 'lower').replace('temporary', 'temp')],
  // Flags of a set that nft writes; that it is a map stands in its name.
  ['nftsetflags', nftSetFlags],
  // What a set is called by its flags.
  ['nftsetword', (field) => (flagWords(field).some((flag) => flag === 'map' || flag === 'object') ? 'map' : 'set')],
  // The type of a set's keys, of concatenated ones those of their parts: "ipv4_addr . inet_service".
  ['nfttype', nftTypeText],
  // What a deletion without a connection is about.
  ['ctall', allConnections],
  // What is in an object that rules name.
  ['nftobject', nftObjectText],
  // A VLAN of batman-adv, whose top bit says that there is one; batctl has -1 for none.
  ['batvid', numeric((value) => String((value & 0x8000) === 0 ? -1 : value & 0xfff))],
]);

/** By number (enum in net/tcp_states.h); sockets of every family have the states of TCP. */
const SOCKET_STATES: readonly string[] = [
  'UNKNOWN',
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
  'NEW-SYN-RECV',
  'BOUND-INACTIVE',
];

function socketState(number: number): string {
  return SOCKET_STATES[number] ?? String(number);
}

/** A bit for each state. */
function socketStates({ raw }: Field): string {
  return SOCKET_STATES.filter((_, number) => Math.floor(Number(raw) / 2 ** number) % 2 === 1).join(',');
}

/** A locator of ILA. */
function locatorText(locator: bigint): string {
  return [48n, 32n, 16n, 0n].map((shift) => ((locator >> shift) & 0xffffn).toString(16)).join(':');
}

function u32Handle(handle: number): string {
  const [table, bucket, node] = [handle >>> 20, (handle >>> 12) & 0xff, handle & 0xfff];
  const within = bucket === 0 && node === 0 ? '' : `${bucket === 0 ? '' : bucket.toString(16)}:${node.toString(16)}`;
  return `${table === 0 ? '' : `${table.toString(16)}:`}${within}`;
}

/** Attributes that name one connection (linux/netfilter/nfnetlink_conntrack.h). */
const CTA_TUPLES: ReadonlySet<number> = new Set([1, 2]);

/** A message of conntrack that names no connection is about all of them. */
function allConnections({ state }: Field): string {
  let isOne = false;
  forEachAttribute(state.bytes, NLMSG_HDRLEN + 4, state.bytes.length, state.littleEndian, (number) => {
    if (CTA_TUPLES.has(number)) isOne = true;
  });
  return isOne ? '' : 'all entries';
}

const NFT_SET_FLAGS: ReadonlySet<string> = new Set(['constant', 'interval', 'timeout', 'dynamic']);

function nftTypeText(type: Field): string {
  const number = Number(type.raw);
  const names = type.def?.enum;
  return names == null || names.byValue.has(number) ? briefText(type, 'lower') : nftTypesText(names, number);
}

function nftSetFlags(flags: Field): string {
  return flagWords(flags)
    .filter((flag) => NFT_SET_FLAGS.has(flag))
    .join(',');
}

const flagWords = (flags: Field) => briefText(flags, 'lower').split(',');

const bracketed = (address: string) => (address.includes(':') ? `[${address}]` : address);

function rangeText(range: Field): string {
  const [first, last] = range.children.map(({ raw }) => String(raw));
  return last === undefined || first === last ? (first ?? '') : `${first}-${last}`;
}

/** Options shown at most. */
const MOST_OPTIONS = 8;
/** Longer values are for the tree. */
const LONGEST_OPTION = 40;

/** Options that tools have another word for; '' for what they keep to themselves. */
const OPTION_NAMES: ReadonlyMap<string, string> = new Map([
  ['defcls', 'default'],
  ['rate2quantum', 'r2q'],
  ['perturb_period', 'perturb'],
  // In ticks of the scheduler's own clock.
  ['version', ''],
  ['cell_log', ''],
  ['cell_align', ''],
  ['linklayer', ''],
  ['buffer', ''],
  ['cbuffer', ''],
  ['mtu', ''],
  ['Wlog', ''],
  ['Plog', ''],
  ['Scell_log', ''],
]);

const UNIT_TEXTS: ReadonlyMap<string, (value: number) => string> = new Map([
  ['us', tcTimeText],
  ['ns', (value) => tcTimeText(value / 1000)],
  ['byte/s', bitRateText],
  ['packets', (value) => `${value}p`],
  // Probabilities of the packet scheduler: all 32 bits are certain.
  ['/2^32', shareText],
]);

/** A struct of such shares: "p 1% r 10%". */
function sharesText(model: Field): string {
  return model.children.map(({ name, raw }) => `${name} ${shareText(Number(raw))}`).join(' ');
}

/** Names and values of what is inside, the empty ones left out; what nests further stands by its names, too. */
function optionsText(nest: Field): string {
  const own = nest.state.reader.describe(nest);
  if (own !== '') return own;
  const words: string[] = [];
  // What a request sets to nothing it sets all the same; of what is told of, it goes without saying.
  const unset: string[] = [];
  const isAsked = isRequestMessage(nest.state.envelope.direction, nest.state.u16(6));
  const visit = (fields: readonly Field[], outer: Field): void => {
    for (const field of fields) {
      if (words.length === MOST_OPTIONS) return;
      if (field.kind === 'header' || field.kind === 'struct' || field.def?.layout === 'struct')
        visit(field.children, field);
      else if (field.kind !== 'attr' && field.kind !== 'member') continue;
      else if (!isEmptyValue(field)) addOption(field, outer, words);
      else if (field.kind === 'attr' && isAsked) addOption(field, outer, unset);
    }
  };
  visit(nest.children, nest);
  return [...words, ...unset].slice(0, MOST_OPTIONS).join(' ');
}

function addOption(field: Field, outer: Field, words: string[]): void {
  const { def, raw } = field;
  if (def === null || def.layout === 'pad') return;
  // Struct tc_ratespec holds a rate of whatever its place is called: peakrate, ceil.
  // So does struct tc_netem_reorder or tc_netem_corrupt a probability.
  const isOuter = field.name === 'probability' || (field.name === 'rate' && outer.kind === 'member');
  const named = isOuter ? outer : field;
  const name = OPTION_NAMES.get(named.name) ?? (named.def ?? def).specName.replaceAll('-', '_');
  if (name === '') return;
  const unit = typeof raw === 'number' || typeof raw === 'bigint' ? UNIT_TEXTS.get(def.unit) : undefined;
  const value = def.layout === 'flag' ? '' : (unit?.(Number(raw)) ?? briefText(field, 'lower'));
  if (value.length > LONGEST_OPTION || (value === '' && def.layout !== 'flag')) return;
  words.push(value === '' ? name : `${name} ${value}`);
}

function numeric(text: (value: number) => string): TextForm {
  const form: TextForm = ({ raw }) => (typeof raw === 'number' || typeof raw === 'bigint' ? text(Number(raw)) : '');
  NUMBER_FORMS.set(form, text);
  return form;
}

/** What a form writes of a number, where that is all it looks at; undefined for all others. */
export function numberForm(form: TextForm): ((value: number) => string) | undefined {
  return NUMBER_FORMS.get(form);
}

/** Forms of values that others beside them have a say in. */
const BESIDE: ReadonlySet<string> = new Set(['nftelement', 'ovskey']);

/** Whether a form needs the fields that its field stands among. */
export function looksBeside(form: string): boolean {
  return BESIDE.has(form);
}

/** The text form of that name, undefined when there is none. */
export function textForm(name: string): TextForm | undefined {
  return TEXT_FORMS.get(name);
}

/** Paths of a route shown at most. */
const MOST_PATHS = 8;

/** Struct rtnexthop: rtnh_hops is the weight less one. */
function nexthopsText(list: Field): string {
  const paths = list.children.slice(0, MOST_PATHS).map((path) => {
    const header = path.child('rtnexthop');
    const via = path.child('RTA_GATEWAY') ?? path.child('RTA_VIA');
    const device = header?.child('rtnh_ifindex');
    const weight = Number(header?.child('rtnh_hops')?.raw ?? 0) + 1;
    const labels = path.child('RTA_NEWDST');
    const words = [
      'nexthop',
      ...encapWords(path),
      ...(labels === undefined ? [] : [`as to ${briefText(labels, 'plain')}`]),
    ];
    if (via !== undefined) words.push(`via ${viaText(via)}`);
    if (device !== undefined && device.raw !== 0) words.push(`dev ${briefText(device, 'plain')}`);
    return `${words.join(' ')} weight ${weight}`;
  });
  const more = list.children.length - paths.length;
  return paths.join(' ') + (more > 0 ? ` … ${more} more` : '');
}

/** What a path puts around packets: "encap mpls 100". */
function encapWords(path: Field): string[] {
  const type = path.child('RTA_ENCAP_TYPE');
  const encap = path.child('RTA_ENCAP');
  if (type === undefined) return [];
  const options = encap === undefined ? '' : optionsText(encap);
  return ['encap', briefText(type, 'lower'), ...(options === '' ? [] : [options])];
}

/** RTA_GATEWAY, or the family and address of RTA_VIA. */
function viaText(via: Field): string {
  const address = via.child('rtvia_addr');
  const family = via.child('rtvia_family');
  return address === undefined || family === undefined
    ? briefText(via, 'plain')
    : `${briefText(family, 'lower')} ${briefText(address, 'plain')}`;
}

/** Struct nexthop_grp: the weight is one less, and 1 goes without saying; its upper bits are in weight_high. */
function nexthopGroupText(group: Field): string {
  return group.children
    .map((member) => {
      const id = member.child('id')?.raw ?? '?';
      const weight = Number(member.child('weight')?.raw ?? 0) + Number(member.child('weight_high')?.raw ?? 0) * 256;
      return weight === 0 ? String(id) : `${id},${weight + 1}`;
    })
    .join('/');
}
