import type { Field } from './field.ts';
import { briefText, isEmptyValue, num } from './present.ts';
import { bitRateText, prefixLength, sizeText } from './text.ts';

/** Words of flower's keys that are not the constant's own part in lower case. */
const FLOWER_WORDS: ReadonlyMap<string, string> = new Map([
  ['eth_dst', 'dst_mac'],
  ['eth_src', 'src_mac'],
  ['ipv4_src', 'src_ip'],
  ['ipv4_dst', 'dst_ip'],
  ['ipv6_src', 'src_ip'],
  ['ipv6_dst', 'dst_ip'],
  ['tcp_src', 'src_port'],
  ['tcp_dst', 'dst_port'],
  ['udp_src', 'src_port'],
  ['udp_dst', 'dst_port'],
  ['sctp_src', 'src_port'],
  ['sctp_dst', 'dst_port'],
  ['vlan_eth_type', 'vlan_ethtype'],
  ['cvlan_eth_type', 'cvlan_ethtype'],
  ['icmpv4_type', 'icmp_type'],
  ['icmpv4_code', 'icmp_code'],
  ['icmpv6_type', 'icmp_type'],
  ['icmpv6_code', 'icmp_code'],
  ['flags', 'ip_flags'],
  ['ct_labels', 'ct_label'],
  ['mpls_opts', 'mpls'],
  ['enc_ipv4_src', 'enc_src_ip'],
  ['enc_ipv4_dst', 'enc_dst_ip'],
  ['enc_ipv6_src', 'enc_src_ip'],
  ['enc_ipv6_dst', 'enc_dst_ip'],
  ['enc_udp_src_port', 'enc_src_port'],
  ['enc_udp_dst_port', 'enc_dst_port'],
  ['enc_ip_tos', 'enc_tos'],
  ['enc_ip_ttl', 'enc_ttl'],
]);

const FLOWER_KEY = 'TCA_FLOWER_KEY_';
const MASK = '_MASK';
const RANGE = /^TCA_FLOWER_KEY_PORT_(SRC|DST)_MIN$/;

/** Keys that a line has at most. */
const MOST_KEYS = 14;
/** Keys shown first, as tc wants them: what a frame is comes before what stands in it. */
const FIRST_KEYS: readonly string[] = ['TCA_FLOWER_KEY_ETH_TYPE', 'TCA_FLOWER_KEY_IP_PROTO'];

/**
 * What a flower filter matches in tc's words: "eth_type ip ip_proto tcp src_ip 10.1.0.0/16 tcp_flags 0x2/0x12".
 * @param options the nest of TCA_FLOWER_* of a filter
 */
export function flowerText(options: Field): string {
  const words: string[] = [];
  const add = (key: Field): void => {
    const word = key.name.slice(FLOWER_KEY.length).toLowerCase();
    const text = keyText(key, options);
    if (text !== '') words.push(`${FLOWER_WORDS.get(word) ?? word} ${text}`);
  };
  const first = FIRST_KEYS.flatMap((name) => options.child(name) ?? []);
  first.forEach(add);
  for (const field of options.children) {
    const { name } = field;
    if (name === 'TCA_FLOWER_INDEV') words.push(`indev ${briefText(field, 'plain')}`);
    else if (name === 'TCA_FLOWER_L2_MISS' && field.raw !== 0) words.push('l2_miss 1');
    else if (RANGE.test(name)) words.push(rangeText(field, options));
    else if (isKey(name) && !first.includes(field)) add(field);
  }
  const text = words.length > MOST_KEYS ? `${words.slice(0, MOST_KEYS).join(' ')} …` : words.join(' ');
  return [text, offloadText(options.child('TCA_FLOWER_FLAGS'))].filter((part) => part !== '').join(' ');
}

/** Where a filter runs, TCA_CLS_FLAGS_*: that it is not in hardware goes without saying. */
function offloadText(flags: Field | undefined): string {
  if (flags === undefined) return '';
  return briefText(flags, 'lower')
    .split(',')
    .filter((word) => word !== 'not_in_hw' && word !== '0')
    .join(' ');
}

function isKey(name: string): boolean {
  return name.startsWith(FLOWER_KEY) && !name.endsWith(MASK) && !name.startsWith(`${FLOWER_KEY}PORT_`);
}

function keyText(key: Field, options: Field): string {
  const value = briefText(key, 'lower');
  const mask = options.child(`${key.name}${MASK}`);
  if (mask === undefined || value === '') return value;
  const bytes = mask.bytes();
  const length = prefixLength(bytes);
  if (length === bytes.length * 8) return value;
  if (key.def?.enum !== null) return flagsText(key, mask);
  if (bytes.every((byte) => byte === 0)) return '';
  const isAddress = typeof key.raw === 'string' || value.includes('.');
  return `${value}/${isAddress && length !== null ? length : briefText(mask, 'plain')}`;
}

/** Flags of which a mask says whether they count: "+trk-new", as ct_state has them. */
function flagsText(key: Field, mask: Field): string {
  const { enum: table } = key.def!;
  const [set, counts] = [Number(key.raw), Number(mask.raw)];
  const signed = table!.entries.filter(({ value }) => (counts & Number(value)) !== 0);
  return signed.map(({ value, spelled }) => `${(set & Number(value)) === 0 ? '-' : '+'}${spelled}`).join('');
}

/** TCA_FLOWER_KEY_PORT_SRC_MIN and _MAX: "src_port 10-20". */
function rangeText(first: Field, options: Field): string {
  const last = options.child(first.name.replace(/MIN$/, 'MAX'));
  const word = RANGE.exec(first.name)![1].toLowerCase();
  return `${word}_port ${first.raw}${last === undefined ? '' : `-${last.raw}`}`;
}

/** What every action has (tc_gen in linux/pkt_cls.h), what is in ticks of the scheduler, and programs. */
const UNTOLD: ReadonlySet<string> = new Set([
  'index',
  'capab',
  'action',
  'refcnt',
  'bindcnt',
  'burst',
  'pktburst64',
  'ops',
  'ops_len',
]);
/** No limit. */
const ALL_ONES = 0xffffffff;
/** Bytes a second. */
const RATES: ReadonlySet<string> = new Set(['rate64', 'peakrate64']);
/** What an action does: its value says it. */
const OPERATIONS: ReadonlySet<string> = new Set(['v_action', 't_action', 'm_action', 'eaction']);
/** The parameters that do nothing but say what becomes of the packet. */
const VERDICT = 'TCA_GACT_PARMS';
/** Words of tc for what actions have. */
const ACTION_WORDS: ReadonlyMap<string, string> = new Map([
  ['push_vlan_id', 'id'],
  ['push_vlan_protocol', 'protocol'],
  ['push_vlan_priority', 'priority'],
  ['push_eth_dst', 'dst_mac'],
  ['push_eth_src', 'src_mac'],
  ['enc_key_id', 'id'],
  ['enc_ipv4_src', 'src_ip'],
  ['enc_ipv4_dst', 'dst_ip'],
  ['enc_ipv6_src', 'src_ip'],
  ['enc_ipv6_dst', 'dst_ip'],
  ['enc_dst_port', 'dst_port'],
  ['enc_tos', 'tos'],
  ['enc_ttl', 'ttl'],
  ['no_frag', 'nofrag'],
  ['proto', 'protocol'],
  ['data', 'sdata'],
  ['blockid', 'to blockid'],
  ['nkeys', 'keys'],
  ['psample_group', 'group'],
  ['trunc_size', 'trunc'],
  ['pktrate64', 'pkts_rate'],
  ['rate64', 'rate'],
  ['peakrate64', 'peakrate'],
]);
/** Longer values are for the tree, and further ones. */
const LONGEST_VALUE = 48;
const MOST_WORDS = 12;

/**
 * An action in a filter: its kind and what it does, "mirred egress_redir to dev d1", "vlan push push_vlan_id 5".
 * @param action a nest of TCA_ACT_*
 */
export function actionText(action: Field): string {
  const kind = action.child('TCA_ACT_KIND');
  const options = action.child('TCA_ACT_OPTIONS');
  const word = kind === undefined ? '' : briefText(kind, 'plain');
  const details = options === undefined ? '' : actionOptionsText(options);
  return details === '' ? word : `${word} ${details}`;
}

/**
 * What an action does, without its kind.
 * @param options its nest of options
 */
export function actionOptionsText(options: Field): string {
  const operations: string[] = [];
  const words: string[] = [];
  for (const field of options.children) {
    const { def } = field;
    if (def === null || def.layout === 'pad' || field.name.endsWith('_TM')) continue;
    if (def.layout === 'struct') parameterWords(field, operations, words);
    else if (!isEmptyValue(field)) addWord(def.specName, valueText(field), def.layout, words);
  }
  return [...operations, ...words.slice(0, MOST_WORDS)].join(' ');
}

const valueText = (field: Field): string =>
  RATES.has(field.def?.specName ?? '') ? bitRateText(Number(field.raw)) : briefText(field, 'lower');

function addWord(specName: string, text: string, layout: string, words: string[]): void {
  const name = specName.replaceAll('-', '_');
  if (UNTOLD.has(name)) return;
  const word = ACTION_WORDS.get(name) ?? name;
  if (layout === 'flag') words.push(word);
  else if (text !== '' && text.length <= LONGEST_VALUE) words.push(`${word} ${text}`);
}

function parameterWords(parameters: Field, operations: string[], words: string[]): void {
  for (const member of parameters.children) {
    const { def } = member;
    if (def === null) continue;
    const name = def.specName.replaceAll('-', '_');
    if (OPERATIONS.has(name)) operations.push(briefText(member, 'lower'));
    else if (name === 'action' && parameters.name === VERDICT) operations.push(briefText(member, 'lower'));
    else if (UNTOLD.has(name) || isEmptyValue(member) || member.raw === ALL_ONES) continue;
    else if (name === 'ifindex') words.push(`to dev ${briefText(member, 'plain')}`);
    else if (name === 'rate' && def.layout === 'struct') addRate(member, words);
    else if (def.layout === 'integer') addWord(name, briefText(member, 'lower'), def.layout, words);
  }
}

/** Struct tc_ratespec. */
function addRate(spec: Field, words: string[]): void {
  const rate = num(spec, 'rate');
  // All ones stand for a rate that has an attribute of its own.
  if (rate !== 0 && rate !== ALL_ONES) words.push(`rate ${bitRateText(rate)}`);
}

/** A service curve of HFSC: "m1 1Mbit d 5ms m2 500Kbit". */
export function serviceCurveText(curve: Field): string {
  return `m1 ${bitRateText(num(curve, 'm1'))} d ${tcTimeText(num(curve, 'd'))} m2 ${bitRateText(num(curve, 'm2'))}`;
}

/** A key of u32: "0a000000/ff000000 at 12", with an offset that another table set: "at nexthdr+0". */
export function u32KeyText(key: Field): string {
  const hex = (name: string): string => num(key, name).toString(16).padStart(8, '0');
  const base = num(key, 'offmask') === 0 ? '' : 'nexthdr+';
  return `${hex('val')}/${hex('mask')} at ${base}${num(key, 'off')}`;
}

/** Traffic classes of mqprio and taprio: how many, which each priority has, and their queues. */
export function trafficClassesText(options: Field): string {
  const numbers = (name: string): (string | number)[] =>
    options.child(name)?.children.map(({ raw }) => Number(raw)) ?? [];
  const count = num(options, 'num_tc');
  const [counts, offsets] = [numbers('count'), numbers('offset')];
  const queues = counts.slice(0, count).map((length, i) => `${length}@${offsets[i] ?? 0}`);
  const map = numbers('prio_tc_map').join(' ');
  const words = [
    String(count),
    map === '' ? '' : `map ${map}`,
    queues.length === 0 ? '' : `queues ${queues.join(' ')}`,
  ];
  return words.filter((word) => word !== '').join(' ');
}

/** A span of microseconds as tc writes it, in three digits: 4999 is "5ms", for clocks of the kernel that cut a little off. */
export function tcTimeText(microseconds: number): string {
  const digits = (value: number): number => Number(value.toPrecision(3));
  if (microseconds >= 1_000_000) return `${digits(microseconds / 1_000_000)}s`;
  return microseconds >= 1000 ? `${digits(microseconds / 1000)}ms` : `${digits(microseconds)}us`;
}

/** The virtual queue of gred that a request is about: "DP 0 limit 60000b min 15000b max 45000b prio 2". */
export function gredText({ children: queues }: Field): string {
  // The kernel tells of all of them at once.
  if (queues.length !== 1) return '';
  const number = (name: string): number => num(queues[0], name);
  const sizes = ['limit', 'qth_min', 'qth_max'].map((name) => `${name.replace('qth_', '')} ${sizeText(number(name))}`);
  return [`DP ${number('DP')}`, ...sizes, ...(number('prio') === 0 ? [] : [`prio ${number('prio')}`])].join(' ');
}
