import type { Field } from './field.ts';
import { ovsKeysText, ovsKeyWord, ovsMaskedWord, ovsPushMplsText, ovsPushVlanText } from './ovsKeys.ts';
import { briefText, num } from './present.ts';
import { toHex } from './text.ts';

const ACTION_PREFIX = 'OVS_ACTION_ATTR_';

/** Actions that a line has at most, and depth of actions inside actions. */
const MOST_ACTIONS = 8;
const MOST_DEPTH = 3;

/**
 * What a flow of Open vSwitch matches, as ovs-dpctl writes it.
 * @param key OVS_FLOW_ATTR_KEY
 * @param among the flow's attributes: the mask stands beside the key
 */
export function ovsKeyText(key: Field, among: readonly Field[] = []): string {
  return ovsKeysText(
    key,
    among.find(({ name }) => name === 'OVS_FLOW_ATTR_MASK'),
  );
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

/** What stands in an action with actions inside, by its name: words of its own, and lists of actions. */
const INNER: ReadonlyMap<string, (action: Field, list: (actions: Field | undefined) => string) => string[]> = new Map([
  ['clone', (action, list) => [list(action)]],
  [
    'sample',
    (action, list) => [
      `sample=${((num(action, 'OVS_SAMPLE_ATTR_PROBABILITY') / 0xffffffff) * 100).toFixed(1)}%`,
      `actions(${list(action.child('OVS_SAMPLE_ATTR_ACTIONS'))})`,
    ],
  ],
  [
    'check_pkt_len',
    (action, list) => [
      `size=${num(action, 'OVS_CHECK_PKT_LEN_ATTR_PKT_LEN')}`,
      `gt(${list(action.child('OVS_CHECK_PKT_LEN_ATTR_ACTIONS_IF_GREATER'))})`,
      `le(${list(action.child('OVS_CHECK_PKT_LEN_ATTR_ACTIONS_IF_LESS_EQUAL'))})`,
    ],
  ],
  ['dec_ttl', (action, list) => [`le_1(${list(action.child('OVS_DEC_TTL_ATTR_ACTION'))})`]],
]);

/** What stands in an action, where that is not its value as it is. */
const WRITERS: ReadonlyMap<string, (action: Field) => string> = new Map([
  ['set', (action) => action.children.flatMap((key) => ovsKeyWord(key, undefined) ?? []).join(',')],
  ['set_masked', (action) => action.children.flatMap((key) => ovsMaskedWord(key) ?? []).join(',')],
  ['push_vlan', ovsPushVlanText],
  ['push_mpls', ovsPushMplsText],
  ['pop_mpls', ({ raw }) => `eth_type=0x${(typeof raw === 'number' ? raw : 0).toString(16)}`],
  ['ct', (action) => wordsText(action, 'OVS_CT_ATTR_')],
  ['userspace', (action) => wordsText(action, 'OVS_USERSPACE_ATTR_')],
  ['psample', (action) => wordsText(action, 'OVS_PSAMPLE_ATTR_')],
  // A reason of 0 is that the flow wants it.
  ['drop', (action) => (action.raw === 0 ? '' : briefText(action, 'plain'))],
]);

function actionText(action: Field, depth: number): string {
  const name = action.name.slice(ACTION_PREFIX.length).toLowerCase();
  if (name === 'output') return briefText(action, 'plain');
  const inner = INNER.get(name);
  if (inner !== undefined) {
    if (depth >= MOST_DEPTH) return `${name}(…)`;
    const list = (actions: Field | undefined): string => (actions === undefined ? '' : actionsText(actions, depth + 1));
    return `${name}(${inner(action, list).join(',')})`;
  }
  const shown = name === 'set_masked' ? 'set' : name;
  const write = WRITERS.get(name);
  if (write !== undefined) {
    const text = write(action);
    return text === '' && name === 'drop' ? name : `${shown}(${text})`;
  }
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
    if (name === 'nat') {
      words.push(natText(field));
      continue;
    }
    if (field.name === 'OVS_USERSPACE_ATTR_USERDATA') {
      words.push(`userdata(${shortHex(field.bytes())})`);
      continue;
    }
    const text = valueText(field);
    if (text.length <= MOST_TEXT) words.push(text === '' ? name : `${name}=${text}`);
  }
  return words.join(',');
}

/** Bytes without blanks, as many as a line has room for. */
function shortHex(bytes: Uint8Array): string {
  return bytes.length > MOST_TEXT / 2 ? `${toHex(bytes.subarray(0, MOST_TEXT / 2))}…` : toHex(bytes);
}

/** Where connections are translated to: "nat(src=10.9.9.1-10.9.9.9:1000-2000,random)". */
function natText(nat: Field): string {
  const text = (name: string): string | undefined => {
    const field = nat.child(`OVS_NAT_ATTR_${name}`);
    return field === undefined ? undefined : briefText(field, 'lower');
  };
  const range = (first: string | undefined, last: string | undefined): string =>
    first === undefined || last === undefined || last === first ? (first ?? '') : `${first}-${last}`;
  const isThere = (name: string): boolean => nat.child(`OVS_NAT_ATTR_${name}`) !== undefined;
  const kind = ['SRC', 'DST'].find(isThere);
  if (kind === undefined) return 'nat';
  const first = text('IP_MIN');
  const ports = range(text('PROTO_MIN'), text('PROTO_MAX'));
  const addresses = first?.includes(':')
    ? range(`[${first}]`, `[${text('IP_MAX') ?? first}]`)
    : range(first, text('IP_MAX'));
  const to = `${addresses}${ports === '' ? '' : `:${ports}`}`;
  const ways = ['PERSISTENT', 'PROTO_HASH', 'PROTO_RANDOM'].filter(isThere);
  const words = ways.map((name) => name.toLowerCase().replace('proto_', ''));
  return `nat(${[`${kind.toLowerCase()}${to === '' ? '' : `=${to}`}`, ...words].join(',')})`;
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
