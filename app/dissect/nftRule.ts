import { readU32 } from '../wire/index.ts';
import type { DecodeState, Field } from './field.ts';
import { NestReader } from './nestReader.ts';
import {
  ADDRESS_TYPES,
  NFT_CT,
  NFT_FLAGS,
  NFT_HOST_ORDER,
  NFT_IPSEC,
  NFT_META,
  NFT_NAMES,
  NFT_RT,
  type NftType,
  nftPayloadField,
} from './nftFields.ts';
import { briefText } from './present.ts';
import { durationText, ipText, macText, prefixLength, shortText, tcHandleText, toHex } from './text.ts';

/** What a register holds: something of the packet, or bytes that the rule put there. */
interface Held {
  readonly text: string;
  readonly type: NftType;
  /** Bytes it takes. */
  readonly length: number;
  /** Bits that count, where the rule masks some. */
  readonly mask?: Uint8Array;
  /** The bytes, where they are the rule's own. */
  readonly value?: Uint8Array;
}

/** Words of 4 bytes that the registers overlap on. */
const WORDS = 16;

/** First word of a register: NFT_REG_1 to 4 have four words each, NFT_REG32_00 and on one. */
function wordOf(register: number): number {
  return register >= 8 ? register - 8 : (register - 1) * 4;
}

function wordsOf(held: Held): number {
  return Math.max(1, Math.ceil(held.length / 4));
}

const BASES: Readonly<Record<number, string>> = { 0: 'll', 1: 'nh', 2: 'th', 3: 'ih', 4: 'tun' };
const CMP_SIGNS: Readonly<Record<number, string>> = { 0: '', 1: '!= ', 2: '< ', 3: '<= ', 4: '> ', 5: '>= ' };
const LIMIT_UNITS: ReadonlyMap<number, string> = new Map([
  [1, 'second'],
  [60, 'minute'],
  [3600, 'hour'],
  [86400, 'day'],
  [604800, 'week'],
]);
const NETWORK_OF_FAMILY: Readonly<Record<number, string>> = { 2: 'ip', 3: 'arp', 10: 'ip6' };
const NETWORK_OF_ETHERTYPE: Readonly<Record<number, string>> = { 2048: 'ip', 2054: 'arp', 34525: 'ip6' };
const ICMP_CODES: readonly string[] = ['net-unreachable', 'host-unreachable', 'prot-unreachable', 'port-unreachable'];
const ICMP_CODES_BY_NUMBER: ReadonlyMap<number, string> = new Map([
  ...ICMP_CODES.map((name, code) => [code, name] as const),
  [9, 'net-prohibited'],
  [10, 'host-prohibited'],
  [13, 'admin-prohibited'],
]);
const ICMPV6_CODES: readonly string[] = [
  'no-route',
  'admin-prohibited',
  '',
  'addr-unreachable',
  'port-unreachable',
  'policy-fail',
  'reject-route',
];
const ICMPX_CODES: readonly string[] = ['no-route', 'port-unreachable', 'host-unreachable', 'admin-prohibited'];
const NAT_FLAGS: readonly (readonly [bit: number, word: string])[] = [
  [4, 'random'],
  [8, 'persistent'],
  [16, 'fully-random'],
];

/**
 * The expressions of a rule as nft writes them: "tcp dport 22 counter packets 0 bytes 0 accept". Expressions that have
 * no form of their own stand as the tree shows them.
 * @param list NFTA_RULE_EXPRESSIONS, or another list of expressions
 */
export function nftRuleText(list: Field): string {
  const { state } = list;
  return new RuleReader(state.bytes[NFGENMSG], state).read(NestReader.of(list).nests('NFTA_LIST_ELEM'));
}

/**
 * A key or value of a set's element. Its type stands with the set, not with the element: what has the length of an
 * address is read as one, short ones as numbers, names as text, everything else stays bytes.
 */
export function nftKeyText(bytes: Uint8Array): string {
  if (bytes.length <= 2) return nftValueText(bytes, 'number', false);
  if (bytes.length === 6) return macText(bytes);
  if (bytes.length === 16 && isName(bytes)) return nftValueText(bytes, 'string', false);
  return ipText(bytes) ?? hex(bytes);
}

/** Printable characters, then nothing but zeros. */
function isName(bytes: Uint8Array): boolean {
  const stop = bytes.indexOf(0);
  if (stop === 0 || bytes[0] <= 0x20) return false;
  const length = stop < 0 ? bytes.length : stop;
  return bytes.every((b, i) => (i < length ? b >= 0x20 && b < 0x7f : b === 0));
}

/** Where nfgenmsg begins: behind the nlmsghdr. */
const NFGENMSG = 16;

class RuleReader {
  readonly #registers: (Held | undefined)[] = Array(WORDS);
  readonly #statements: string[] = [];
  readonly #state: DecodeState;
  readonly #littleEndian: boolean;
  /** Protocols of the packet as the rule has asked so far; '' unknown. */
  #network: string;
  #transport = '';
  /** Where the statements stand that only say which protocol the ones after them need. */
  #networkTest = -1;
  #transportTest = -1;
  /** The last comparison: two of them make an interval. */
  #lowerBound: { readonly at: number; readonly of: Held; readonly value: string } | null = null;

  /** @param message what the rule stands in */
  constructor(family: number, message: DecodeState) {
    this.#network = NETWORK_OF_FAMILY[family] ?? '';
    this.#state = message;
    this.#littleEndian = message.littleEndian;
  }

  read(elements: readonly NestReader[]): string {
    for (const element of elements) {
      const name = element.text('NFTA_EXPR_NAME');
      const data = element.chosenNest('NFTA_EXPR_DATA');
      if (name === '') continue;
      const done = data === undefined ? this.#say(name) : this.#expression(name, data);
      if (!done) {
        // What it left in the registers is not known.
        this.#registers.fill(undefined);
        this.#statements.push(briefText(element.asField(), 'plain'));
      }
    }
    return this.#statements.filter((text) => text !== '').join(' ');
  }

  #say(text: string): true {
    this.#statements.push(text);
    return true;
  }

  #expression(name: string, data: NestReader): boolean {
    switch (name) {
      case 'meta':
        return this.#meta(data);
      case 'payload':
        return this.#payload(data);
      case 'ct':
        return this.#ct(data);
      case 'cmp':
        return this.#cmp(data);
      case 'range':
        return this.#range(data);
      case 'bitwise':
        return this.#bitwise(data);
      case 'byteorder':
        return this.#byteorder(data);
      case 'lookup':
        return this.#lookup(data);
      case 'dynset':
        return this.#dynset(data);
      case 'immediate':
        return this.#immediate(data);
      case 'exthdr':
        return this.#exthdr(data);
      case 'rt': {
        const [text, type] = NFT_RT[data.word('NFTA_RT_KEY')] ?? [data.word('NFTA_RT_KEY'), 'hex'];
        return this.#load(data, 'NFTA_RT_DREG', `rt ${text}`, type, ADDRESS_TYPES.get(type) ?? 4);
      }
      case 'socket':
        return this.#load(data, 'NFTA_SOCKET_DREG', `socket ${data.word('NFTA_SOCKET_KEY')}`, 'host', 4);
      case 'osf':
        return this.#load(data, 'NFTA_OSF_DREG', 'osf name', 'string', 16);
      case 'xfrm': {
        const [text, type] = NFT_IPSEC[data.word('NFTA_XFRM_KEY')] ?? [data.word('NFTA_XFRM_KEY'), 'hex'];
        const place = `ipsec ${data.word('NFTA_XFRM_DIR')} ${text}`;
        return this.#load(data, 'NFTA_XFRM_DREG', place, type, ADDRESS_TYPES.get(type) ?? 4);
      }
      case 'inner':
        return this.#inner(data);
      case 'tunnel':
        return this.#load(data, 'NFTA_TUNNEL_DREG', `tunnel ${data.word('NFTA_TUNNEL_KEY')}`, 'host', 4);
      case 'fib':
        return this.#fib(data);
      case 'numgen':
        return this.#numgen(data);
      case 'hash':
        return this.#hash(data);
      case 'objref':
        return this.#objref(data);
      case 'counter':
        return this.#say(
          `counter packets ${data.number('NFTA_COUNTER_PACKETS')} bytes ${data.number('NFTA_COUNTER_BYTES')}`,
        );
      case 'limit':
        return this.#limit(data);
      case 'connlimit':
        return this.#say(`ct count ${over(data, 'NFTA_CONNLIMIT_FLAGS')}${data.number('NFTA_CONNLIMIT_COUNT')}`);
      case 'quota':
        return this.#quota(data);
      case 'last':
        return this.#say(
          data.number('NFTA_LAST_SET') === 0
            ? 'last used never'
            : `last used ${durationText(data.number('NFTA_LAST_MSECS'))}`,
        );
      case 'log':
        return this.#log(data);
      case 'reject':
        return this.#reject(data);
      case 'queue':
        return this.#queue(data);
      case 'nat':
        return this.#nat(data);
      case 'masq':
        return this.#translate(
          'masquerade',
          data,
          '',
          '',
          'NFTA_MASQ_REG_PROTO_MIN',
          'NFTA_MASQ_REG_PROTO_MAX',
          'NFTA_MASQ_FLAGS',
        );
      case 'redir':
        return this.#translate(
          'redirect',
          data,
          '',
          '',
          'NFTA_REDIR_REG_PROTO_MIN',
          'NFTA_REDIR_REG_PROTO_MAX',
          'NFTA_REDIR_FLAGS',
        );
      case 'tproxy':
        return this.#translate('tproxy', data, 'NFTA_TPROXY_REG_ADDR', '', 'NFTA_TPROXY_REG_PORT', '', '');
      case 'dup':
        return this.#say(
          [
            'dup to',
            this.#held(data, 'NFTA_DUP_SREG_ADDR', 'bytes'),
            this.#device(data, 'NFTA_DUP_SREG_DEV', 'device '),
          ]
            .filter(Boolean)
            .join(' '),
        );
      case 'fwd':
        return this.#fwd(data);
      case 'notrack':
        return this.#say('notrack');
      case 'synproxy':
        return this.#say(`synproxy ${synproxyText(data)}`);
      case 'flow_offload':
        return this.#say(`flow add @${data.text('NFTA_FLOW_TABLE_NAME')}`);
      case 'match':
        return this.#say(`xt match "${data.text('NFTA_MATCH_NAME')}"`);
      case 'target':
        return this.#say(`xt target "${data.text('NFTA_TARGET_NAME')}"`);
      default:
        return false;
    }
  }

  // ---- registers

  #put(data: NestReader, attribute: string, held: Held): true {
    const first = wordOf(data.number(attribute));
    if (first < 0 || first >= WORDS) return true;
    const last = Math.min(WORDS, first + wordsOf(held));
    for (let word = first; word < last; word++) this.#registers[word] = undefined;
    this.#registers[first] = held;
    return true;
  }

  #load(data: NestReader, attribute: string, text: string, type: NftType, length: number): boolean {
    return data.has(attribute) && this.#put(data, attribute, { text, type, length });
  }

  #at(data: NestReader, attribute: string): Held | undefined {
    return this.#registers[wordOf(data.number(attribute))];
  }

  /** The text of what a register holds: a value of the rule, or a field of the packet. */
  #held(data: NestReader, attribute: string, as?: NftType): string {
    const held = this.#at(data, attribute);
    if (held === undefined) return '';
    return held.value === undefined ? held.text : this.#value(held.value, as ?? held.type);
  }

  /** The fields that stand one after the other from a register on: "ip saddr . tcp dport". */
  #concatenated(data: NestReader, attribute: string): string {
    const texts: string[] = [];
    for (let word = wordOf(data.number(attribute)); word >= 0 && word < WORDS; ) {
      const held = this.#registers[word];
      if (held === undefined) break;
      texts.push(masked(held, this.#littleEndian));
      word += wordsOf(held);
    }
    return texts.join(' . ');
  }

  #value(bytes: Uint8Array, type: NftType): string {
    // nft writes indices by the names that they have when it lists a rule.
    if (type === 'ifindex' && bytes.length === 4) {
      const name = this.#state.context.interfaceName(readU32(bytes, 0, this.#littleEndian));
      if (name !== undefined) return `"${name}"`;
    }
    return nftValueText(bytes, type, this.#littleEndian);
  }

  // ---- what loads registers

  #meta(data: NestReader): boolean {
    const key = data.word('NFTA_META_KEY');
    const [text, type] = NFT_META[key] ?? [`meta ${key}`, 'hex'];
    if (data.has('NFTA_META_SREG')) {
      return this.#say(
        `${text.startsWith('meta ') ? text : `meta ${text}`} set ${this.#held(data, 'NFTA_META_SREG', type)}`,
      );
    }
    return this.#load(data, 'NFTA_META_DREG', text, type, type === 'string' ? 16 : 4);
  }

  #payload(data: NestReader): boolean {
    const base = data.number('NFTA_PAYLOAD_BASE');
    const length = data.number('NFTA_PAYLOAD_LEN');
    const at = data.number('NFTA_PAYLOAD_OFFSET');
    const protocol = this.#protocolAt(base, at);
    const { text, type } = nftPayloadField(protocol, BASES[base] ?? String(base), at * 8, length * 8);
    if (!text.startsWith('@')) this.#forgetTest(base);
    if (data.has('NFTA_PAYLOAD_SREG')) return this.#say(`${text} set ${this.#held(data, 'NFTA_PAYLOAD_SREG', type)}`);
    return this.#load(data, 'NFTA_PAYLOAD_DREG', text, type, length);
  }

  #protocolAt(base: number, at: number): string {
    if (base === 0) return at >= 14 ? 'vlan' : 'ether';
    if (base === 1) return this.#network;
    return base === 2 ? this.#transport || 'th' : '';
  }

  /** A field says itself which protocol it belongs to: the test before it goes without saying. */
  #forgetTest(base: number): void {
    const at = base === 1 ? this.#networkTest : base === 2 ? this.#transportTest : -1;
    if (at >= 0) this.#statements[at] = '';
    if (base === 1) this.#networkTest = -1;
    if (base === 2) this.#transportTest = -1;
  }

  #ct(data: NestReader): boolean {
    const key = data.word('NFTA_CT_KEY');
    const [name, type] = NFT_CT[key] ?? [key, 'hex'];
    const direction = data.has('NFTA_CT_DIRECTION') ? `${data.word('NFTA_CT_DIRECTION')} ` : '';
    if (data.has('NFTA_CT_SREG'))
      return this.#say(`ct ${direction}${name} set ${this.#held(data, 'NFTA_CT_SREG', type)}`);
    return this.#load(data, 'NFTA_CT_DREG', `ct ${direction}${name}`, type, 4);
  }

  #fib(data: NestReader): boolean {
    const keys = data
      .word('NFTA_FIB_FLAGS')
      .split(',')
      .filter((key) => key !== 'present');
    const result = data.word('NFTA_FIB_RESULT');
    const type: NftType = data.word('NFTA_FIB_FLAGS').includes('present') ? 'boolean' : (FIB_TYPES[result] ?? 'hex');
    return this.#load(
      data,
      'NFTA_FIB_DREG',
      `fib ${keys.join(' . ')} ${result === 'addrtype' ? 'type' : result}`,
      type,
      result === 'oifname' ? 16 : 4,
    );
  }

  #numgen(data: NestReader): boolean {
    const kind = data.word('NFTA_NG_TYPE') === 'random' ? 'random' : 'inc';
    return this.#load(
      data,
      'NFTA_NG_DREG',
      `numgen ${kind} mod ${data.number('NFTA_NG_MODULUS')}${offset(data, 'NFTA_NG_OFFSET')}`,
      'host',
      4,
    );
  }

  #hash(data: NestReader): boolean {
    const kind =
      data.word('NFTA_HASH_TYPE') === 'sym' ? 'symhash' : `jhash ${this.#concatenated(data, 'NFTA_HASH_SREG')}`;
    const seed = data.field('NFTA_HASH_SEED');
    return this.#load(
      data,
      'NFTA_HASH_DREG',
      `${kind} mod ${data.number('NFTA_HASH_MODULUS')}${seed === undefined ? '' : ` seed ${seed.text}`}${offset(data, 'NFTA_HASH_OFFSET')}`,
      'host',
      4,
    );
  }

  #exthdr(data: NestReader): boolean {
    const kind = data.word('NFTA_EXTHDR_OP');
    const number = data.number('NFTA_EXTHDR_TYPE');
    const name = EXTENSION_NAMES[kind]?.[number] ?? String(number);
    const present = data.number('NFTA_EXTHDR_FLAGS') % 2 === 1;
    const place = `${data.number('NFTA_EXTHDR_OFFSET') * 8},${data.number('NFTA_EXTHDR_LEN') * 8}`;
    const isMss = kind === 'tcpopt' && number === 2 && place === '16,16';
    const text = `${EXTENSION_KINDS[kind] ?? 'exthdr'} ${name}${present ? '' : isMss ? ' size' : ` @${place}`}`;
    if (data.has('NFTA_EXTHDR_SREG')) return this.#say(`${text} set ${this.#held(data, 'NFTA_EXTHDR_SREG', 'number')}`);
    if (!data.has('NFTA_EXTHDR_DREG')) return this.#say(`reset ${EXTENSION_KINDS[kind] ?? 'exthdr'} ${name}`);
    return this.#load(data, 'NFTA_EXTHDR_DREG', text, present ? 'boolean' : 'number', data.number('NFTA_EXTHDR_LEN'));
  }

  #immediate(data: NestReader): boolean {
    const value = data.nest('NFTA_IMMEDIATE_DATA');
    const verdict = value?.nest('NFTA_DATA_VERDICT');
    if (verdict !== undefined) return this.#say(verdictText(verdict));
    const bytes = value?.bytes('NFTA_DATA_VALUE');
    return (
      bytes !== undefined &&
      this.#put(data, 'NFTA_IMMEDIATE_DREG', { text: '', type: 'hex', length: bytes.length, value: bytes })
    );
  }

  /** The other byte order: what was in the host's is in the network's from here on. */
  #byteorder(data: NestReader): boolean {
    const held = this.#at(data, 'NFTA_BYTEORDER_SREG');
    if (held === undefined) return false;
    const type = NFT_HOST_ORDER.has(held.type) ? 'number' : held.type;
    return this.#put(data, 'NFTA_BYTEORDER_DREG', { ...held, type });
  }

  /** An expression on the packet inside a tunnel, whose protocols are its own. */
  #inner(data: NestReader): boolean {
    const expression = data.nest('NFTA_INNER_EXPR');
    const name = expression?.text('NFTA_EXPR_NAME') ?? '';
    const inside = expression?.chosenNest('NFTA_EXPR_DATA');
    if (inside === undefined || (name !== 'meta' && name !== 'payload')) return false;
    const outside = [this.#network, this.#transport, this.#networkTest, this.#transportTest] as const;
    [this.#network, this.#transport, this.#networkTest, this.#transportTest] = ['', '', -1, -1];
    const first = wordOf(inside.number(name === 'meta' ? 'NFTA_META_DREG' : 'NFTA_PAYLOAD_DREG'));
    const done = this.#expression(name, inside);
    [this.#network, this.#transport, this.#networkTest, this.#transportTest] = outside;
    const held = this.#registers[first];
    if (!done || held === undefined) return false;
    this.#registers[first] = { ...held, text: `inner ${held.text}` };
    return true;
  }

  #bitwise(data: NestReader): boolean {
    const held = this.#at(data, 'NFTA_BITWISE_SREG');
    if (held === undefined) return false;
    const mask = data.nest('NFTA_BITWISE_MASK')?.bytes('NFTA_DATA_VALUE');
    const xor = data.nest('NFTA_BITWISE_XOR')?.bytes('NFTA_DATA_VALUE');
    const operation = data.number('NFTA_BITWISE_OP');
    if (mask === undefined) {
      const by = data.nest('NFTA_BITWISE_DATA')?.bytes('NFTA_DATA_VALUE');
      const operand = by === undefined ? this.#held(data, 'NFTA_BITWISE_SREG2') : this.#value(by, 'host');
      return this.#put(data, 'NFTA_BITWISE_DREG', {
        ...held,
        text: `${held.text} ${BITWISE_SIGNS[operation] ?? '?'} ${operand}`,
      });
    }
    if (xor === undefined || xor.every((b) => b === 0)) return this.#put(data, 'NFTA_BITWISE_DREG', { ...held, mask });
    const bits = this.#value(xor, held.type);
    const text = mask.every((b, i) => (b | xor[i]) === 255)
      ? `${held.text} | ${bits}`
      : `${held.text} & ${this.#value(mask, held.type)} ^ ${bits}`;
    return this.#put(data, 'NFTA_BITWISE_DREG', { ...held, text });
  }

  // ---- what compares

  #cmp(data: NestReader): boolean {
    const held = this.#at(data, 'NFTA_CMP_SREG');
    const bytes = data.nest('NFTA_CMP_DATA')?.bytes('NFTA_DATA_VALUE');
    if (held === undefined || bytes === undefined) return false;
    const operation = data.number('NFTA_CMP_OP');
    const equals = operation === 0;
    if (this.#closesInterval(held, operation, bytes)) return true;
    if (held.mask !== undefined) return this.#say(this.#maskedComparison(held, held.mask, operation, bytes));
    const value = this.#prefixed(bytes, held);
    if (operation === 5) this.#lowerBound = { at: this.#statements.length, of: held, value };
    if (equals) this.#learnProtocol(held.text, bytes);
    return this.#say(`${held.text} ${CMP_SIGNS[operation] ?? ''}${value}`);
  }

  /** Two comparisons of one field, `>=` and `<=`, are an interval: "tcp dport 1000-2000". */
  #closesInterval(held: Held, operation: number, bytes: Uint8Array): boolean {
    const lower = this.#lowerBound;
    if (lower === null || operation !== 3 || lower.of.text !== held.text) return false;
    if (lower.at !== this.#statements.length - 1) return false;
    this.#statements[lower.at] = `${held.text} ${lower.value}-${this.#value(bytes, held.type)}`;
    this.#lowerBound = null;
    return true;
  }

  #maskedComparison(held: Held, mask: Uint8Array, operation: number, bytes: Uint8Array): string {
    const flags = NFT_FLAGS[held.type];
    const none = bytes.every((b) => b === 0);
    if (flags !== undefined && none && operation <= 1) {
      return `${held.text} ${operation === 0 ? '! ' : ''}${this.#value(mask, held.type)}`;
    }
    const sign = CMP_SIGNS[operation] ?? '';
    if (flags !== undefined)
      return `${held.text} ${sign}${this.#value(bytes, held.type)} / ${this.#value(mask, held.type)}`;
    const prefix = prefixLength(mask);
    if (prefix !== null && ADDRESS_TYPES.has(held.type))
      return `${held.text} ${sign}${this.#value(bytes, held.type)}/${prefix}`;
    // DSCP is the upper six bits of its byte, the VLAN id the lower twelve of two.
    if (held.text.endsWith(' dscp') && mask[0] === 0xfc)
      return `${held.text} ${sign}${this.#value(Uint8Array.of(bytes[0] >> 2), 'dscp')}`;
    if (held.text === 'vlan id' && mask[0] === 0x0f) return `${held.text} ${sign}${this.#value(bytes, held.type)}`;
    return `${masked(held, this.#littleEndian)} ${sign || '== '}${this.#value(bytes, held.type)}`;
  }

  /** A value; addresses and names that are compared in part have their prefix: 10.0.0.0/8, "eth*". */
  #prefixed(bytes: Uint8Array, held: Held): string {
    const whole = ADDRESS_TYPES.get(held.type);
    if (whole !== undefined && bytes.length < whole) {
      const padded = new Uint8Array(whole);
      padded.set(bytes);
      return `${ipText(padded)}/${bytes.length * 8}`;
    }
    if (held.type === 'string' && !bytes.includes(0)) return `${this.#value(bytes, held.type).slice(0, -1)}*"`;
    return this.#value(bytes, held.type);
  }

  #learnProtocol(asked: string, bytes: Uint8Array): void {
    const last = this.#statements.length;
    if (asked === 'meta l4proto' || asked === 'ip protocol' || asked === 'ip6 nexthdr') {
      const name = NFT_NAMES.inetProto?.get(bytes[0]) ?? '';
      this.#transport = name === 'ipv6-icmp' ? 'icmpv6' : name;
      this.#transportTest = last;
    } else if (asked === 'meta nfproto') {
      this.#network = NETWORK_OF_FAMILY[bytes[0]] ?? '';
      this.#networkTest = last;
    } else if (asked === 'meta protocol' || asked === 'ether type' || asked === 'vlan type') {
      this.#network = NETWORK_OF_ETHERTYPE[(bytes[0] << 8) | bytes[1]] ?? '';
      this.#networkTest = last;
    }
  }

  #range(data: NestReader): boolean {
    const held = this.#at(data, 'NFTA_RANGE_SREG');
    const from = data.nest('NFTA_RANGE_FROM_DATA')?.bytes('NFTA_DATA_VALUE');
    const to = data.nest('NFTA_RANGE_TO_DATA')?.bytes('NFTA_DATA_VALUE');
    if (held === undefined || from === undefined || to === undefined) return false;
    const sign = data.number('NFTA_RANGE_OP') === 1 ? '!= ' : '';
    return this.#say(`${held.text} ${sign}${this.#value(from, held.type)}-${this.#value(to, held.type)}`);
  }

  #lookup(data: NestReader): boolean {
    const fields = this.#concatenated(data, 'NFTA_LOOKUP_SREG');
    if (fields === '') return false;
    const set = `@${data.text('NFTA_LOOKUP_SET')}`;
    const target = data.text('NFTA_LOOKUP_DREG');
    if (!data.has('NFTA_LOOKUP_DREG'))
      return this.#say(`${fields} ${data.number('NFTA_LOOKUP_FLAGS') % 2 === 1 ? '!= ' : ''}${set}`);
    if (target === '0') return this.#say(`${fields} vmap ${set}`);
    return this.#put(data, 'NFTA_LOOKUP_DREG', { text: `${fields} map ${set}`, type: 'hex', length: 4 });
  }

  #dynset(data: NestReader): boolean {
    const key = this.#concatenated(data, 'NFTA_DYNSET_SREG_KEY');
    if (key === '') return false;
    const timeout = data.number('NFTA_DYNSET_TIMEOUT');
    const nested =
      data.nest('NFTA_DYNSET_EXPRESSIONS')?.nests('NFTA_LIST_ELEM') ??
      [data.nest('NFTA_DYNSET_EXPR')].filter((e) => e !== undefined);
    const state = new RuleReader(0, this.#state).read(nested);
    const parts = [key, timeout > 0 ? `timeout ${durationText(timeout)}` : '', state].filter((part) => part !== '');
    const value = !data.has('NFTA_DYNSET_SREG_DATA') ? '' : ` : ${this.#held(data, 'NFTA_DYNSET_SREG_DATA')}`;
    return this.#say(
      `${data.word('NFTA_DYNSET_OP')} @${data.text('NFTA_DYNSET_SET_NAME')} { ${parts.join(' ')}${value} }`,
    );
  }

  #objref(data: NestReader): boolean {
    if (data.has('NFTA_OBJREF_SET_NAME'))
      return this.#say(
        `objref ${this.#concatenated(data, 'NFTA_OBJREF_SET_SREG')} map @${data.text('NFTA_OBJREF_SET_NAME')}`,
      );
    const kind = data.word('NFTA_OBJREF_IMM_TYPE').replace('_', ' ');
    return this.#say(
      `${kind.startsWith('ct ') ? `${kind} set` : `${kind} name`} "${data.text('NFTA_OBJREF_IMM_NAME')}"`,
    );
  }

  // ---- statements

  #limit(data: NestReader): boolean {
    return this.#say(`limit ${limitText(data)}`);
  }

  #quota(data: NestReader): boolean {
    return this.#say(`quota ${quotaText(data)}`);
  }

  #fwd(data: NestReader): boolean {
    const address = this.#held(data, 'NFTA_FWD_SREG_ADDR', 'bytes');
    if (address === '') return this.#say(`fwd to ${this.#device(data, 'NFTA_FWD_SREG_DEV', '')}`);
    const family = data.word('NFTA_FWD_NFPROTO') === 'ipv6' ? 'ip6' : 'ip';
    return this.#say(`fwd ${family} to ${address} ${this.#device(data, 'NFTA_FWD_SREG_DEV', 'device ')}`);
  }

  #log(data: NestReader): boolean {
    const words = ['log'];
    if (data.has('NFTA_LOG_PREFIX')) words.push(`prefix "${data.text('NFTA_LOG_PREFIX')}"`);
    if (data.has('NFTA_LOG_GROUP')) words.push(`group ${data.number('NFTA_LOG_GROUP')}`);
    if (data.number('NFTA_LOG_SNAPLEN') > 0) words.push(`snaplen ${data.number('NFTA_LOG_SNAPLEN')}`);
    if (data.number('NFTA_LOG_QTHRESHOLD') > 0) words.push(`queue-threshold ${data.number('NFTA_LOG_QTHRESHOLD')}`);
    const level = data.word('NFTA_LOG_LEVEL');
    // "warn" is the level that goes without saying.
    if (level !== '' && level !== 'warning') words.push(`level ${level}`);
    if (data.number('NFTA_LOG_FLAGS') > 0) words.push(`flags ${data.word('NFTA_LOG_FLAGS')}`);
    return this.#say(words.join(' '));
  }

  #reject(data: NestReader): boolean {
    const kind = data.number('NFTA_REJECT_TYPE');
    const code = data.number('NFTA_REJECT_ICMP_CODE');
    if (kind === 1) return this.#say('reject with tcp reset');
    if (kind === 2) return this.#say(`reject with icmpx ${ICMPX_CODES[code] ?? code}`);
    if (this.#network === 'ip6') return this.#say(`reject with icmpv6 ${ICMPV6_CODES[code] || code}`);
    return this.#say(`reject with icmp ${ICMP_CODES_BY_NUMBER.get(code) ?? code}`);
  }

  #queue(data: NestReader): boolean {
    const first = data.number('NFTA_QUEUE_NUM');
    const total = data.number('NFTA_QUEUE_TOTAL');
    const flags = data.number('NFTA_QUEUE_FLAGS');
    const words = [flags % 2 === 1 ? 'bypass' : '', flags & 2 ? 'fanout' : ''].filter((word) => word !== '');
    const to =
      this.#held(data, 'NFTA_QUEUE_SREG_QNUM') || (total > 1 ? `${first}-${first + total - 1}` : String(first));
    return this.#say(`queue${words.length > 0 ? ` flags ${words.join(',')}` : ''} to ${to}`);
  }

  #nat(data: NestReader): boolean {
    const kind = data.word('NFTA_NAT_TYPE');
    return this.#translate(
      kind,
      data,
      'NFTA_NAT_REG_ADDR_MIN',
      'NFTA_NAT_REG_ADDR_MAX',
      'NFTA_NAT_REG_PROTO_MIN',
      'NFTA_NAT_REG_PROTO_MAX',
      'NFTA_NAT_FLAGS',
    );
  }

  #translate(
    word: string,
    data: NestReader,
    address: string,
    addressTo: string,
    port: string,
    portTo: string,
    flagsName: string,
  ): true {
    const interval = (from: string, to: string): string => {
      const [first, last] = [from, to].map((name) => (name === '' ? '' : this.#address(data, name)));
      return last === '' || last === first ? first : `${first}-${last}`;
    };
    const where = interval(address, addressTo);
    const ports = interval(port, portTo);
    const target = `${ports !== '' && where.includes(':') ? `[${where}]` : where}${ports === '' ? '' : `:${ports}`}`;
    const flags = flagsName === '' ? 0 : data.number(flagsName);
    const words = NAT_FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
    const to = target === '' ? '' : ` to ${target}`;
    return this.#say(`${word}${to}${words.length > 0 ? ` ${words.join(',')}` : ''}`);
  }

  /** An address or a port in a register, by its length. */
  #address(data: NestReader, attribute: string): string {
    const held = this.#at(data, attribute);
    if (held?.value === undefined) return held?.text ?? '';
    const { value } = held;
    return ipText(value) ?? this.#value(value.subarray(0, 2), 'number');
  }

  #device(data: NestReader, attribute: string, before: string): string {
    const held = this.#at(data, attribute);
    if (held?.value === undefined) return held === undefined ? '' : before + held.text;
    const index = Number(this.#value(held.value, 'host'));
    return `${before}"${data.state.context.interfaceName(index) ?? index}"`;
  }
}

const FIB_TYPES: Readonly<Record<string, NftType>> = { oif: 'ifindex', oifname: 'string', addrtype: 'fibType' };
const BITWISE_SIGNS: Readonly<Record<number, string>> = { 1: '<<', 2: '>>', 3: '&', 4: '|', 5: '^' };
const EXTENSION_KINDS: Readonly<Record<string, string>> = {
  tcpopt: 'tcp option',
  ipv4: 'ip option',
  ipv6: 'exthdr',
  sctp: 'sctp chunk',
  dccp: 'dccp option',
};
const EXTENSION_NAMES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  tcpopt: { 0: 'eol', 1: 'nop', 2: 'maxseg', 3: 'window', 4: 'sack-perm', 5: 'sack', 8: 'timestamp', 30: 'mptcp' },
  ipv4: { 7: 'rr', 131: 'lsrr', 137: 'ssrr', 148: 'ra' },
  ipv6: { 0: 'hbh', 43: 'rt', 44: 'frag', 50: 'esp', 51: 'ah', 60: 'dst', 135: 'mh' },
};

function offset(data: NestReader, name: string): string {
  const value = data.number(name);
  return value === 0 ? '' : ` offset ${value}`;
}

/** The first flag of limits and quotas turns them around. */
function over(data: NestReader, flags: string): string {
  return data.number(flags) % 2 === 1 ? 'over ' : '';
}

function verdictText(verdict: NestReader): string {
  const code = verdict.word('NFTA_VERDICT_CODE');
  return verdict.has('NFTA_VERDICT_CHAIN') ? `${code} ${verdict.text('NFTA_VERDICT_CHAIN')}` : code;
}

function masked(held: Held, littleEndian: boolean): string {
  if (held.mask === undefined)
    return held.value === undefined ? held.text : nftValueText(held.value, held.type, littleEndian);
  return `${held.text} & ${nftValueText(held.mask, held.type, littleEndian)}`;
}

/** Bytes of a register as they read by a type; `littleEndian`: the host's numbers have the lowest byte first. */
export function nftValueText(bytes: Uint8Array, type: NftType, littleEndian: boolean): string {
  switch (type) {
    case 'ipv4':
    case 'ipv6':
      return ipText(bytes) ?? hex(bytes);
    case 'ether':
      return macText(bytes);
    case 'string': {
      const stop = bytes.indexOf(0);
      // The end of an interval of names is no name.
      if (stop >= 0 && bytes.subarray(stop).some((b) => b !== 0)) return hex(bytes);
      return `"${shortText(bytes, 0, stop < 0 ? bytes.length : stop)}"`;
    }
    case 'bytes':
      return ipText(bytes) ?? hex(bytes);
    default:
  }
  if (bytes.length > 8) return hex(bytes);
  const number = numberOf(bytes, NFT_HOST_ORDER.has(type) && littleEndian);
  const flags = NFT_FLAGS[type];
  if (flags !== undefined) return flagText(number, flags);
  const name = NFT_NAMES[type]?.get(number);
  if (name !== undefined) return name;
  if (type === 'classid') return tcHandleText(number);
  if (type === 'mark') return `0x${number.toString(16).padStart(8, '0')}`;
  if (type === 'ethertype') return `0x${number.toString(16).padStart(4, '0')}`;
  return type === 'hex' ? `0x${number.toString(16)}` : String(number);
}

/** Bytes whose number a double always holds exactly. */
const EXACT = 6;

/** Up to eight bytes as a number. */
function numberOf(bytes: Uint8Array, littleEndian: boolean): number {
  const { length } = bytes;
  if (length > EXACT) {
    const ordered = littleEndian ? bytes.toReversed() : bytes;
    return Number(BigInt(`0x${toHex(ordered)}`));
  }
  let number = 0;
  for (let i = 0; i < length; i++) number = number * 256 + bytes[littleEndian ? length - 1 - i : i];
  return number;
}

function flagText(number: number, names: readonly string[]): string {
  const set: string[] = [];
  let rest = number;
  for (const [bit, name] of names.entries()) {
    if (name === '' || Math.floor(number / 2 ** bit) % 2 === 0) continue;
    set.push(name);
    rest -= 2 ** bit;
  }
  if (rest !== 0) set.push(`0x${rest.toString(16)}`);
  return set.join(',') || '0x0';
}

function hex(bytes: Uint8Array): string {
  return `0x${toHex(bytes)}`;
}

function limitText(data: NestReader): string {
  const unit = LIMIT_UNITS.get(data.number('NFTA_LIMIT_UNIT')) ?? `${data.number('NFTA_LIMIT_UNIT')}s`;
  const rate = data.number('NFTA_LIMIT_RATE');
  const burst = data.number('NFTA_LIMIT_BURST');
  const inBytes = data.word('NFTA_LIMIT_TYPE') === 'pkt_bytes';
  const words = inBytes ? nftBytesText(rate) : String(rate);
  const more = burst > 0 ? ` burst ${inBytes ? nftBytesText(burst) : `${burst} packets`}` : '';
  return `rate ${over(data, 'NFTA_LIMIT_FLAGS')}${words}/${unit}${more}`;
}

function quotaText(data: NestReader): string {
  const used = data.number('NFTA_QUOTA_CONSUMED');
  const more = used > 0 ? ` used ${nftBytesText(used)}` : '';
  return `${over(data, 'NFTA_QUOTA_FLAGS')}${nftBytesText(data.number('NFTA_QUOTA_BYTES'))}${more}`;
}

function synproxyText(data: NestReader): string {
  const flags = data.word('NFTA_SYNPROXY_FLAGS').split(',');
  const words = ['timestamp', 'sack_perm'].filter((flag) => flags.includes(flag)).map((flag) => flag.replace('_', '-'));
  return [`mss ${data.number('NFTA_SYNPROXY_MSS')} wscale ${data.number('NFTA_SYNPROXY_WSCALE')}`, ...words].join(' ');
}

/**
 * What is in an object of a table that statements name: "rate over 10 mbytes/second burst 12 kbytes", "packets 5 bytes 500".
 * @param object the nest NFTA_OBJ_DATA; '' for kinds whose own text tells
 */
export function nftObjectText(object: Field): string {
  const data = NestReader.of(object);
  if (data.has('NFTA_LIMIT_RATE')) return limitText(data);
  if (data.has('NFTA_QUOTA_BYTES')) return quotaText(data);
  if (data.has('NFTA_SYNPROXY_MSS')) return synproxyText(data);
  if (!data.has('NFTA_COUNTER_BYTES')) return '';
  return `packets ${data.number('NFTA_COUNTER_PACKETS')} bytes ${data.number('NFTA_COUNTER_BYTES')}`;
}

/** Bytes in the largest unit that divides them, as nft writes quotas and rates. */
function nftBytesText(count: number): string {
  if (count !== 0 && count % 1048576 === 0) return `${count / 1048576} mbytes`;
  return count !== 0 && count % 1024 === 0 ? `${count / 1024} kbytes` : `${count} bytes`;
}
