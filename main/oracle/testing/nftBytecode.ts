import { at, listOf } from './compare.ts';
import type { Shown, ShownValue } from './scene.ts';
import { flagNames, word } from './words.ts';

/** The expressions of a rule as `nft --debug=netlink` prints them, a line each. */
export function bytecode(rule: Shown): string[] {
  return listOf(at(rule, 'NFTA_RULE_EXPRESSIONS.NFTA_LIST_ELEM')).map(
    (element) => `[ ${expression(element as Shown)} ]`,
  );
}

function expression(element: Shown): string {
  const name = String(element['NFTA_EXPR_NAME']);
  const data = (element['NFTA_EXPR_DATA'] ?? {}) as Shown;
  const print = PRINTERS[name];
  return `${name} ${print === undefined ? '(no words for it)' : print(data)}`.trimEnd();
}

/** Numbers of registers: NFT_REG_n is n, NFT_REG32_n is 8 + n. */
function register(value: ShownValue | undefined): string {
  if (value === 'NFT_REG_VERDICT') return '0';
  const [, wide, number] = /^NFT_REG(32)?_(\d+)$/.exec(String(value)) ?? [];
  return wide === undefined ? String(number) : String(8 + Number(number));
}

/** Bytes as 32-bit words of this machine. */
function words(hex: ShownValue | undefined): string {
  const bytes = Buffer.from(String(hex), 'hex');
  const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  return Array.from(
    { length: padded.length / 4 },
    (_, i) =>
      `0x${padded
        .readUInt32LE(4 * i)
        .toString(16)
        .padStart(8, '0')}`,
  ).join(' ');
}

/** A set of flags as the number that its bits are; bits by name in the order given, the first is bit 0. */
function bits(value: ShownValue | undefined, names: readonly string[]): number {
  return flagNames(value).reduce((sum, name) => sum + (typeof name === 'string' ? 1 << names.indexOf(name) : 0), 0);
}

const NAT_FLAGS = [
  'NF_NAT_RANGE_MAP_IPS',
  'NF_NAT_RANGE_PROTO_SPECIFIED',
  'NF_NAT_RANGE_PROTO_RANDOM',
  'NF_NAT_RANGE_PERSISTENT',
  'NF_NAT_RANGE_PROTO_RANDOM_FULLY',
];

function verdict(data: ShownValue | undefined): string {
  const code = String(at(data, 'NFTA_VERDICT_CODE'))
    .replace(/^NFT?_/, '')
    .toLowerCase();
  const chain = at(data, 'NFTA_VERDICT_CHAIN');
  return chain === undefined ? code : `${code} -> ${chain}`;
}

/** What comes after a name where a value is there. */
const part = (text: string, value: unknown) => (value === undefined ? '' : ` ${text}${value}`);
const reg = (text: string, value: ShownValue | undefined) =>
  part(text, value === undefined ? undefined : register(value));

const HASHES: { readonly [type: string]: string } = { NFT_HASH_JENKINS: 'jhash', NFT_HASH_SYM: 'symhash' };
const LOG_LEVELS = ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];
const LIMIT_UNITS: { readonly [seconds: number]: string } = {
  1: 'second',
  60: 'minute',
  3600: 'hour',
  86400: 'day',
  604800: 'week',
};
const OBJECTS: { readonly [type: string]: number } = { NFT_OBJECT_COUNTER: 1, NFT_OBJECT_QUOTA: 2 };
const REJECTS: { readonly [type: string]: number } = {
  NFT_REJECT_ICMP_UNREACH: 0,
  NFT_REJECT_TCP_RST: 1,
  NFT_REJECT_ICMPX_UNREACH: 2,
};

function limit(data: Shown): string {
  const type = at(data, 'NFTA_LIMIT_TYPE') === 'NFT_LIMIT_PKT_BYTES' ? 'bytes' : 'packets';
  const flags = bits(at(data, 'NFTA_LIMIT_FLAGS'), ['NFT_LIMIT_F_INV']);
  const unit = LIMIT_UNITS[Number(at(data, 'NFTA_LIMIT_UNIT'))];
  return `rate ${at(data, 'NFTA_LIMIT_RATE')}/${unit} burst ${at(data, 'NFTA_LIMIT_BURST')} type ${type} flags 0x${flags.toString(16)}`;
}

const base = (data: Shown, key: string) => String(word(at(data, key), 'NFT_PAYLOAD_')).replace('_header', ' header');

const PRINTERS: { readonly [name: string]: (data: Shown) => string } = {
  notrack: () => '',
  counter: (data) => `pkts ${at(data, 'NFTA_COUNTER_PACKETS')} bytes ${at(data, 'NFTA_COUNTER_BYTES')}`,
  meta: (data) => loadOrSet(data, 'META', 'NFT_META_'),
  ct: (data) => {
    const way = at(data, 'NFTA_CT_DIRECTION');
    return `${loadOrSet(data, 'CT', 'NFT_CT_')}${way === undefined ? '' : ` , dir ${word(way, 'IP_CT_DIR_')}`}`;
  },
  socket: (data) => loadOrSet(data, 'SOCKET', 'NFT_SOCKET_'),
  cmp: (data) =>
    `${word(at(data, 'NFTA_CMP_OP'), 'NFT_CMP_')} reg ${register(at(data, 'NFTA_CMP_SREG'))} ${words(at(data, 'NFTA_CMP_DATA.NFTA_DATA_VALUE'))}`,
  payload: (data) => {
    const place = (key: string) =>
      `${at(data, 'NFTA_PAYLOAD_LEN')}b @ ${base(data, key)} + ${at(data, 'NFTA_PAYLOAD_OFFSET')}`;
    const source = at(data, 'NFTA_PAYLOAD_SREG');
    if (source === undefined)
      return `load ${place('NFTA_PAYLOAD_BASE')} => reg ${register(at(data, 'NFTA_PAYLOAD_DREG'))}`;
    const checksum = ['NFT_PAYLOAD_CSUM_NONE', 'NFT_PAYLOAD_CSUM_INET', 'NFT_PAYLOAD_CSUM_SCTP'];
    const flags = bits(at(data, 'NFTA_PAYLOAD_CSUM_FLAGS'), ['NFT_PAYLOAD_L4CSUM_PSEUDOHDR']);
    return `write reg ${register(source)} => ${place('NFTA_PAYLOAD_BASE')} csum_type ${checksum.indexOf(String(at(data, 'NFTA_PAYLOAD_CSUM_TYPE')))} csum_off ${at(data, 'NFTA_PAYLOAD_CSUM_OFFSET')} csum_flags 0x${flags.toString(16)}`;
  },
  bitwise: (data) =>
    `reg ${register(at(data, 'NFTA_BITWISE_DREG'))} = ( reg ${register(at(data, 'NFTA_BITWISE_SREG'))} & ${words(at(data, 'NFTA_BITWISE_MASK.NFTA_DATA_VALUE'))} ) ^ ${words(at(data, 'NFTA_BITWISE_XOR.NFTA_DATA_VALUE'))}`,
  immediate: (data) => {
    const given = at(data, 'NFTA_IMMEDIATE_DATA');
    const shown = at(given, 'NFTA_DATA_VERDICT');
    const value = shown === undefined ? words(at(given, 'NFTA_DATA_VALUE')) : verdict(shown);
    return `reg ${register(at(data, 'NFTA_IMMEDIATE_DREG'))} ${value}`;
  },
  lookup: (data) => {
    const flags = bits(at(data, 'NFTA_LOOKUP_FLAGS'), ['NFT_LOOKUP_F_INV']);
    return `reg ${register(at(data, 'NFTA_LOOKUP_SREG'))} set ${at(data, 'NFTA_LOOKUP_SET')}${reg('dreg ', at(data, 'NFTA_LOOKUP_DREG'))} 0x${flags}`;
  },
  limit,
  quota: (data) =>
    `bytes ${at(data, 'NFTA_QUOTA_BYTES')} consumed ${at(data, 'NFTA_QUOTA_CONSUMED')} flags ${bits(at(data, 'NFTA_QUOTA_FLAGS'), ['NFT_QUOTA_F_INV'])}`,
  connlimit: (data) =>
    `count ${at(data, 'NFTA_CONNLIMIT_COUNT')} flags ${bits(at(data, 'NFTA_CONNLIMIT_FLAGS'), ['NFT_CONNLIMIT_F_INV'])}`,
  objref: (data) =>
    `type ${OBJECTS[String(at(data, 'NFTA_OBJREF_IMM_TYPE'))]} name ${at(data, 'NFTA_OBJREF_IMM_NAME')}`,
  reject: (data) => `type ${REJECTS[String(at(data, 'NFTA_REJECT_TYPE'))]} code ${at(data, 'NFTA_REJECT_ICMP_CODE')}`,
  log: (data) => {
    const level = String(at(data, 'NFTA_LOG_LEVEL')).replace('NFT_LOGLEVEL_', '');
    const group = at(data, 'NFTA_LOG_GROUP');
    const options = flagNames(at(data, 'NFTA_LOG_FLAGS')).map((flag) => word(flag, 'NF_LOG_'));
    const where =
      group === undefined
        ? ` level ${LOG_LEVELS.indexOf(level)}${options.map((option) => ` ${option}`).join('')}`
        : ` group ${group} snaplen ${at(data, 'NFTA_LOG_SNAPLEN')} qthreshold ${at(data, 'NFTA_LOG_QTHRESHOLD')}`;
    return `prefix ${at(data, 'NFTA_LOG_PREFIX')}${where}`;
  },
  numgen: (data) =>
    `reg ${register(at(data, 'NFTA_NG_DREG'))} = ${word(at(data, 'NFTA_NG_TYPE'), 'NFT_NG_')} mod ${at(data, 'NFTA_NG_MODULUS')}${part('offset ', at(data, 'NFTA_NG_OFFSET') || undefined)}`,
  hash: (data) =>
    `reg ${register(at(data, 'NFTA_HASH_DREG'))} = ${HASHES[String(at(data, 'NFTA_HASH_TYPE'))]}(reg ${register(at(data, 'NFTA_HASH_SREG'))}, ${at(data, 'NFTA_HASH_LEN')}, 0x${Number(at(data, 'NFTA_HASH_SEED')).toString(16)}) % mod ${at(data, 'NFTA_HASH_MODULUS')}`,
  fib: (data) => {
    const flags = flagNames(at(data, 'NFTA_FIB_FLAGS')).map((flag) => String(word(flag, 'NFTA_FIB_F_')));
    const keys = flags.filter((flag) => flag !== 'present').join(' . ');
    const result = word(at(data, 'NFTA_FIB_RESULT'), 'NFT_FIB_RESULT_');
    return `${keys} ${result}${flags.includes('present') ? ' present' : ''} => reg ${register(at(data, 'NFTA_FIB_DREG'))}`;
  },
  exthdr: (data) => {
    const kind = { NFT_EXTHDR_OP_TCPOPT: 'tcpopt', NFT_EXTHDR_OP_IPV6: 'ipv6' }[String(at(data, 'NFTA_EXTHDR_OP'))];
    const type =
      { TCPOPT_MAXSEG: 2, TCPOPT_MSS: 2 }[String(at(data, 'NFTA_EXTHDR_TYPE'))] ?? at(data, 'NFTA_EXTHDR_TYPE');
    const place = `${at(data, 'NFTA_EXTHDR_LEN')}b @ ${type} + ${at(data, 'NFTA_EXTHDR_OFFSET')}`;
    const source = at(data, 'NFTA_EXTHDR_SREG');
    return source === undefined
      ? `load ${kind} ${place} => reg ${register(at(data, 'NFTA_EXTHDR_DREG'))}`
      : `write ${kind} reg ${register(source)} => ${place}`;
  },
  dynset: (data) => {
    const timeout = at(data, 'NFTA_DYNSET_TIMEOUT');
    const inner = at(data, 'NFTA_DYNSET_EXPR') as Shown | undefined;
    return `${word(at(data, 'NFTA_DYNSET_OP'), 'NFT_DYNSET_OP_')} reg_key ${register(at(data, 'NFTA_DYNSET_SREG_KEY'))} set ${at(data, 'NFTA_DYNSET_SET_NAME')}${part('timeout ', timeout === undefined ? undefined : `${timeout}ms`)}${part('expr ', inner === undefined ? undefined : `[ ${expression(inner)} ]`)}`;
  },
  nat: (data) => {
    const flags = bits(at(data, 'NFTA_NAT_FLAGS'), NAT_FLAGS);
    const version = { NFPROTO_IPV4: 'ip', NFPROTO_IPV6: 'ip6' }[String(at(data, 'NFTA_NAT_FAMILY'))];
    return `${word(at(data, 'NFTA_NAT_TYPE'), 'NFT_NAT_')} ${version}${range(data, 'NAT', 'ADDR', 'addr')}${range(data, 'NAT', 'PROTO', 'proto')}${flags === 0 ? '' : ` flags 0x${flags.toString(16)}`}`;
  },
  masq: (data) =>
    `${range(data, 'MASQ', 'PROTO', 'proto').trimStart()}flags 0x${bits(at(data, 'NFTA_MASQ_FLAGS'), NAT_FLAGS).toString(16)}`,
  redir: (data) =>
    `${range(data, 'REDIR', 'PROTO', 'proto').trimStart()} flags 0x${bits(at(data, 'NFTA_REDIR_FLAGS'), NAT_FLAGS).toString(16)}`,
  fwd: (data) => `sreg_dev ${register(at(data, 'NFTA_FWD_SREG_DEV'))}`,
  dup: (data) => `sreg_dev ${register(at(data, 'NFTA_DUP_SREG_DEV'))}`,
  queue: (data) => {
    const first = Number(at(data, 'NFTA_QUEUE_NUM'));
    const total = Number(at(data, 'NFTA_QUEUE_TOTAL'));
    const flags = flagNames(at(data, 'NFTA_QUEUE_FLAGS'));
    return `num ${total > 1 ? `${first}-${first + total - 1}` : first}${flags.includes('NFT_QUEUE_FLAG_BYPASS') ? ' bypass' : ''}${flags.includes('NFT_QUEUE_FLAG_CPU_FANOUT') ? ' fanout' : ''}`;
  },
};

function loadOrSet(data: Shown, prefix: string, constants: string): string {
  const key = word(at(data, `NFTA_${prefix}_KEY`), constants);
  const source = at(data, `NFTA_${prefix}_SREG`);
  return source === undefined
    ? `load ${key} => reg ${register(at(data, `NFTA_${prefix}_DREG`))}`
    : `set ${key} with reg ${register(source)}`;
}

function range(data: Shown, prefix: string, what: string, text: string): string {
  const end = (name: string) => at(data, `NFTA_${prefix}_REG_${what}_${name}`);
  return `${reg(`${text}_min reg `, end('MIN'))}${reg(`${text}_max reg `, end('MAX'))}`;
}
