import type { Field } from './field.ts';
import { briefText, num } from './present.ts';
import { markAndMask } from './text.ts';

/** Protocols whose "port" is type and code. */
const ICMP: ReadonlySet<string> = new Set(['icmp', 'icmpv6']);

/** Bits of IPSET_ATTR_CADT_FLAGS (enum ipset_cadt_flags in linux/netfilter/ipset/ip_set.h). */
const FLAG_BEFORE = 1;
const FLAG_PHYSDEV = 2;
const FLAG_NOMATCH = 4;

/**
 * An element of a set as ipset takes and prints it, its parts with commas between, then what it has besides:
 * "10.0.0.1,tcp:80 timeout 5", "a before b".
 * @param element a nest of IPSET_ATTR_* that is an element
 */
export function ipsetElementText(element: Field): string {
  const flags = num(element, 'IPSET_ATTR_CADT_FLAGS');
  const name = textOf(element, 'IPSET_ATTR_IFACE');
  const key = [
    addressText(element, 'IPSET_ATTR_IP', 'IPSET_ATTR_IP_TO', 'IPSET_ATTR_CIDR'),
    portText(element),
    prefixed('0x', Number(element.child('IPSET_ATTR_MARK')?.raw ?? Number.NaN)),
    textOf(element, 'IPSET_ATTR_ETHER'),
    name === '' ? '' : `${(flags & FLAG_PHYSDEV) === 0 ? '' : 'physdev:'}${name}`,
    addressText(element, 'IPSET_ATTR_IP2', 'IPSET_ATTR_IP2_TO', 'IPSET_ATTR_CIDR2'),
    textOf(element, 'IPSET_ATTR_NAME'),
  ].filter((part) => part !== '');
  const words = [key.join(',')];
  const beside = textOf(element, 'IPSET_ATTR_NAMEREF');
  if (beside !== '') words.push(`${(flags & FLAG_BEFORE) === 0 ? 'after' : 'before'} ${beside}`);
  for (const { name, word, text } of EXTENSIONS) {
    const field = element.child(name);
    if (field !== undefined) words.push(`${word} ${text(field)}`);
  }
  if ((flags & FLAG_NOMATCH) !== 0) words.push('nomatch');
  return words.join(' ');
}

const numberText = ({ raw }: Field): string => String(raw);

const EXTENSIONS: readonly { name: string; word: string; text: (field: Field) => string }[] = [
  { name: 'IPSET_ATTR_TIMEOUT', word: 'timeout', text: numberText },
  { name: 'IPSET_ATTR_PACKETS', word: 'packets', text: numberText },
  { name: 'IPSET_ATTR_BYTES', word: 'bytes', text: numberText },
  { name: 'IPSET_ATTR_COMMENT', word: 'comment', text: ({ text }) => text },
  { name: 'IPSET_ATTR_SKBMARK', word: 'skbmark', text: ({ raw }) => markAndMask(BigInt(raw ?? 0)) },
  { name: 'IPSET_ATTR_SKBPRIO', word: 'skbprio', text: (field) => briefText(field, 'plain') },
  { name: 'IPSET_ATTR_SKBQUEUE', word: 'skbqueue', text: numberText },
];

function textOf(element: Field, name: string): string {
  const field = element.child(name);
  return field === undefined ? '' : briefText(field, 'plain');
}

function prefixed(prefix: string, value: number): string {
  return Number.isNaN(value) ? '' : `${prefix}${value.toString(16)}`;
}

function addressText(element: Field, first: string, last: string, cidr: string): string {
  const from = hostText(element.child(first));
  if (from === '') return '';
  const to = hostText(element.child(last));
  const length = element.child(cidr)?.raw;
  return `${from}${to === '' ? '' : `-${to}`}${length === undefined || length === null ? '' : `/${length}`}`;
}

function hostText(nest: Field | undefined): string {
  const address = nest?.child('IPSET_ATTR_IPADDR_IPV4') ?? nest?.child('IPSET_ATTR_IPADDR_IPV6');
  return address === undefined ? '' : briefText(address, 'plain');
}

function portText(element: Field): string {
  const port = element.child('IPSET_ATTR_PORT');
  if (port === undefined) return '';
  const proto = element.child('IPSET_ATTR_PROTO');
  const protocol = proto === undefined ? '' : briefText(proto, 'lower');
  const write = ({ raw }: Field): string =>
    ICMP.has(protocol) ? `${Number(raw) >> 8}/${Number(raw) & 0xff}` : String(raw);
  const last = element.child('IPSET_ATTR_PORT_TO');
  return `${protocol === '' ? '' : `${protocol}:`}${write(port)}${last === undefined ? '' : `-${write(last)}`}`;
}
