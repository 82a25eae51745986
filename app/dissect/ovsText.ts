import type { Field } from './field.ts';
import { briefText, num } from './present.ts';
import { isZero } from './text.ts';

const KEY_PREFIX = 'OVS_KEY_ATTR_';
const ACTION_PREFIX = 'OVS_ACTION_ATTR_';

/** Keys and actions that a line has at most, and depth of actions inside actions. */
const MOST_KEYS = 12;
const MOST_ACTIONS = 8;
const MOST_DEPTH = 3;

/** Keys as ovs-dpctl calls them, where that is not the constant's own part. */
const KEY_NAMES: ReadonlyMap<string, string> = new Map([
  ['ethernet', 'eth'],
  ['ethertype', 'eth_type'],
]);

/**
 * What a flow of Open vSwitch matches, as ovs-dpctl writes it: "in_port(1),eth_type(ip),ipv4(src=10.0.0.0/255.0.0.0)".
 * What its mask leaves out is not named.
 * @param key OVS_FLOW_ATTR_KEY
 * @param among the flow's attributes: the mask stands beside the key
 */
export function ovsKeyText(key: Field, among: readonly Field[] = []): string {
  const masks = among.find(({ name }) => name === 'OVS_FLOW_ATTR_MASK');
  const words: string[] = [];
  for (const field of key.children) {
    if (!field.name.startsWith(KEY_PREFIX)) continue;
    const mask = masks?.child(field.name);
    const text = keyText(field, mask);
    if (text === null) continue;
    if (words.length === MOST_KEYS) return `${words.join(',')},…`;
    const name = field.name.slice(KEY_PREFIX.length).toLowerCase();
    words.push(`${KEY_NAMES.get(name) ?? name}(${text})`);
  }
  return words.join(',');
}

/** What the kernel knows of a packet beside its headers: that it is 0 goes without saying. */
const METADATA: ReadonlySet<string> = new Set(
  ['PRIORITY', 'SKB_MARK', 'DP_HASH', 'RECIRC_ID', 'CT_STATE', 'CT_ZONE', 'CT_MARK', 'CT_LABELS'].map(
    (name) => `${KEY_PREFIX}${name}`,
  ),
);

/** The values of a key that count; null where the mask leaves all of it out. */
function keyText(field: Field, mask: Field | undefined): string | null {
  if (field.kind === 'nest') return briefText(field, 'lower');
  if (mask === undefined ? METADATA.has(field.name) && isNothing(field) : isNothing(mask)) return null;
  if (field.children.length === 0 || field.def?.layout !== 'struct') return masked(field, mask);
  const parts: string[] = [];
  for (const member of field.children) {
    const counts = mask?.child(member.name);
    if (member.kind !== 'member' || (counts !== undefined && isNothing(counts))) continue;
    parts.push(`${member.name.replace(/^[a-z0-9]+_/, '')}=${masked(member, counts)}`);
  }
  return parts.join(',');
}

function masked(value: Field, mask: Field | undefined): string {
  const text = briefText(value, 'lower');
  if (mask === undefined || mask.bytes().every((byte) => byte === 0xff)) return text;
  return `${text}/${briefText(mask, 'lower')}`;
}

function isNothing({ state, payloadStart, end }: Field): boolean {
  return isZero(state.bytes, payloadStart, end);
}

/** What a flow does with its packets: "ct(commit,zone=5),recirc(0x3)", "drop". */
export function ovsActionsText(actions: Field): string {
  return actionsText(actions, 0);
}

function actionsText(actions: Field, depth: number): string {
  const words: string[] = [];
  for (const action of actions.children) {
    if (!action.name.startsWith(ACTION_PREFIX)) continue;
    if (words.length === MOST_ACTIONS) return `${words.join(',')},…`;
    words.push(actionText(action, depth));
  }
  return words.length === 0 ? 'drop' : words.join(',');
}

/** Actions inside an action, by its name: where they stand. */
const INNER: ReadonlyMap<string, readonly string[]> = new Map([
  ['clone', []],
  ['sample', ['OVS_SAMPLE_ATTR_ACTIONS']],
  ['check_pkt_len', ['OVS_CHECK_PKT_LEN_ATTR_ACTIONS_IF_GREATER', 'OVS_CHECK_PKT_LEN_ATTR_ACTIONS_IF_LESS_EQUAL']],
]);

function actionText(action: Field, depth: number): string {
  const name = action.name.slice(ACTION_PREFIX.length).toLowerCase();
  if (name === 'output') return briefText(action, 'plain');
  const inner = INNER.get(name);
  if (inner !== undefined) {
    if (depth >= MOST_DEPTH) return `${name}(…)`;
    const lists = inner.length === 0 ? [action] : inner.flatMap((list) => action.child(list) ?? []);
    return `${name}(${lists.map((list) => `actions(${actionsText(list, depth + 1)})`).join(',')})`;
  }
  if (name === 'set' || name === 'set_masked') {
    const keys = action.children.map((key) => key.name.replace(KEY_PREFIX, '').toLowerCase());
    return `set(${keys.map((key) => KEY_NAMES.get(key) ?? key).join(',')})`;
  }
  if (name === 'ct') return `ct(${wordsText(action, 'OVS_CT_ATTR_')})`;
  if (name === 'userspace') return `userspace(${wordsText(action, 'OVS_USERSPACE_ATTR_')})`;
  const text = action.def?.layout === 'flag' ? '' : briefText(action, 'lower');
  return text === '' || text.length > MOST_TEXT ? name : `${name}(${text})`;
}

/** '' for what is there or not; pairs of a value and its mask have a slash between. */
function valueText(field: Field): string {
  if (field.def?.layout === 'flag') return '';
  if (field.def?.layout !== 'struct') return briefText(field, 'lower');
  return field.children.map((member) => briefText(member, 'lower')).join('/');
}

/** What is in a nest by names and values: "commit,zone=5,mark=0x1/0xff". */
function wordsText(nest: Field, prefix: string): string {
  const words: string[] = [];
  for (const field of nest.children) {
    if (!field.name.startsWith(prefix)) continue;
    const name = field.name.slice(prefix.length).toLowerCase();
    if (field.kind === 'nest') {
      words.push(`${name}(${wordsText(field, `OVS_${name.toUpperCase()}_ATTR_`)})`);
      continue;
    }
    const text = valueText(field);
    if (text.length <= MOST_TEXT) words.push(text === '' ? name : `${name}=${text}`);
  }
  return words.join(',');
}

/** Longer values are for the tree. */
const MOST_TEXT = 60;

/** The zones that limits are asked for: "default, zone=5". */
export function ovsZonesText(limits: Field): string {
  return limits.children.map((limit) => zoneText(num(limit, 'zone_id'))).join(', ');
}

/** OVS_ZONE_LIMIT_DEFAULT_ZONE is -1. */
function zoneText(zone: number): string {
  return zone < 0 ? 'default' : `zone=${zone}`;
}

/** Limits of connections by zone as ovs-dpctl writes them: "default limit=100, zone=5,limit=10,count=0". */
export function ovsLimitsText(limits: Field): string {
  const { direction } = limits.state.envelope;
  return limits.children
    .map((limit) => {
      const [zone, most, count] = ['zone_id', 'limit', 'count'].map((name) => num(limit, name));
      if (zone < 0) return `default limit=${most}`;
      return `${zoneText(zone)},limit=${most}${direction === 'request' ? '' : `,count=${count}`}`;
    })
    .join(', ');
}
