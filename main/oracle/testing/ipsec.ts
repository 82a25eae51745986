import { at, type Json, listOf, type Reader, type Table } from './compare.ts';
import { type Links, linkAt } from './links.ts';
import type { Shown } from './scene.ts';
import { flagNames, named } from './words.ts';

/** Words of ip-xfrm(8) that a value follows; of these some begin a part of their own. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...['src', 'dst', 'dir', 'priority', 'ptype', 'mark', 'proto', 'spi', 'reqid', 'mode', 'level', 'action', 'index'],
  ...['sport', 'dport', 'dev', 'if_id', 'replay-window', 'flag', 'type', 'code', 'share', 'output-mark'],
]);
const PARTS: ReadonlySet<string> = new Set(['tmpl', 'sel']);

/** What the kernel counts of a state, over lines of its own. */
const REPLAY_CONTEXT = /anti-replay|seq-hi|replay_window|^\s+[0-9a-f]{8}( [0-9a-f]{8})*\s*$/;

/** Blocks of `ip xfrm policy` and `ip xfrm state` as objects; parts (tmpl, sel) are lists in them. */
export function blocksOf(text: string): Json[] {
  const blocks: string[] = [];
  for (const line of text.split('\n')) {
    if (/^\S/.test(line)) blocks.push(line);
    else if (blocks.length > 0 && !REPLAY_CONTEXT.test(line)) blocks[blocks.length - 1] += ` ${line}`;
  }
  return blocks.map(blockOf);
}

function blockOf(text: string): Json {
  const block: { [key: string]: Json } = {};
  let into: { [key: string]: Json } = block;
  const words = text.trim().split(/\s+/);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    if (PARTS.has(word)) {
      into = {};
      block[word] = [...((block[word] as Json[] | undefined) ?? []), into];
    } else if (WITH_VALUE.has(word)) into[word] = words[++i] ?? null;
    else if (/^(enc|auth-trunc|auth|aead|comp)$/.test(word)) {
      into[word] = words[++i] ?? null;
      if (word !== 'comp') into[`${word} key`] = words[++i] ?? null;
      if (word === 'auth-trunc' || word === 'aead') into[`${word} bits`] = words[++i] ?? null;
    } else if (word === 'socket') into['socket'] = words[++i] ?? null;
    else into[word] = true;
  }
  return block;
}

const hex =
  (path: string, digits: number): Reader =>
  (ours) =>
    `0x${Number(at(ours, path)).toString(16).padStart(digits, '0')}`;
const text =
  (path: string): Reader =>
  (ours) =>
    String(at(ours, path));
const PROTOCOLS = {
  IPPROTO_ICMPV6: 'ipv6-icmp',
  IPPROTO_IPV6: 'ipv6',
  IPPROTO_ROUTING: 'route2',
  IPPROTO_DSTOPTS: 'hao',
};
const LEVEL: Reader = (ours) => (at(ours, 'optional') === 1 ? 'use' : 'required');

const mark: Reader = (ours) =>
  `0x${Number(at(ours, 'XFRMA_MARK.v')).toString(16)}/0x${Number(at(ours, 'XFRMA_MARK.m')).toString(16)}`;

/** Ports of a selector (a mask of all ones says that one is meant). */
function selector(path: string, links: Links): Table {
  const net =
    (end: string): Reader =>
    (ours) =>
      `${at(ours, `${path}.${end}addr`)}/${at(ours, `${path}.prefixlen_${end}`)}`;
  return {
    src: net('s'),
    dst: net('d'),
    proto: named(`${path}.proto`, 'IPPROTO_', PROTOCOLS),
    sport: text(`${path}.sport`),
    dport: text(`${path}.dport`),
    type: text(`${path}.sport`),
    code: text(`${path}.dport`),
    dev: linkAt(links, `${path}.ifindex`),
  };
}

/** What `ip xfrm policy` says. */
export function policyTable(links: Links): Table {
  return {
    ...selector('sel', links),
    dir: named('dir', 'XFRM_POLICY_'),
    socket: named('dir', 'XFRM_POLICY_'),
    action: named('action', 'XFRM_POLICY_'),
    index: text('index'),
    priority: text('priority'),
    ptype: named('XFRMA_POLICY_TYPE.type', 'XFRM_POLICY_TYPE_'),
    mark,
    flag: (ours) => flagNames(at(ours, 'flags')).map((flag) => flag.replace('XFRM_POLICY_', '').toLowerCase())[0],
    if_id: hex('XFRMA_IF_ID', 0),
    tmpl: {
      each: (ours) => listOf(at(ours, 'XFRMA_TMPL')) as readonly Shown[],
      table: {
        src: 'saddr',
        dst: 'id.daddr',
        proto: named('id.proto', 'IPPROTO_', PROTOCOLS),
        spi: hex('id.spi', 8),
        reqid: text('reqid'),
        mode: named('mode', 'XFRM_MODE_'),
        level: LEVEL,
      },
    },
  };
}

/** What `ip xfrm state` says. */
export function stateTable(links: Links): Table {
  const algorithm =
    (name: string): Reader =>
    (ours) =>
      at(ours, `${name}.alg_name`);
  const key =
    (name: string): Reader =>
    (ours) =>
      `0x${at(ours, `${name}.alg_key`)}`;
  return {
    src: 'saddr',
    dst: 'id.daddr',
    proto: named('id.proto', 'IPPROTO_', PROTOCOLS),
    spi: hex('id.spi', 8),
    reqid: text('reqid'),
    mode: named('mode', 'XFRM_MODE_'),
    'replay-window': (ours) => String(at(ours, 'replay_window')),
    flag: (ours) =>
      flagNames(at(ours, 'flags')).map((flag) => flag.replace('XFRM_STATE_', '').toLowerCase().replace('_', '-'))[0],
    mark,
    if_id: hex('XFRMA_IF_ID', 0),
    enc: algorithm('XFRMA_ALG_CRYPT'),
    'enc key': key('XFRMA_ALG_CRYPT'),
    'auth-trunc': algorithm('XFRMA_ALG_AUTH_TRUNC'),
    'auth-trunc key': key('XFRMA_ALG_AUTH_TRUNC'),
    'auth-trunc bits': text('XFRMA_ALG_AUTH_TRUNC.alg_trunc_len'),
    aead: algorithm('XFRMA_ALG_AEAD'),
    'aead key': key('XFRMA_ALG_AEAD'),
    'aead bits': text('XFRMA_ALG_AEAD.alg_icv_len'),
    sel: { each: (ours) => [ours], table: selector('sel', links) },
  };
}
