import { beforeAll, expect, test } from 'vitest';
import type { MessageValue } from '../../app/contracts/index.ts';
import { type CodeSource, exportCode, namedBytes, shellWord, toHex } from './exports.ts';
import { localCraft } from './testing/localCraft.ts';

const message: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWROUTE',
  flags: ['NLM_F_REQUEST'],
  seq: 1,
  portid: 0,
  header: { rtm_family: 'AF_INET', rtm_dst_len: 16 },
  attributes: [
    { name: 'RTA_DST', value: '10.66.0.0' },
    { name: 'RTA_METRICS', attributes: [{ name: 'RTAX_CC_ALGO', value: "o'cubic" }] },
  ],
};
let source: CodeSource;
beforeAll(async () => {
  const { bytes, tree } = await localCraft().encode(message);
  source = {
    bytes: Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0)),
    tree,
    message,
    protocol: 'NETLINK_ROUTE',
    title: 'RTM_NEWROUTE',
    operation: 'RTM_NEWROUTE',
  };
});

test('pieces are the bytes, cut where fields begin', () => {
  const pieces = namedBytes(source.bytes, source.tree);
  expect(pieces.map(({ name, bytes }) => [name, bytes.length])).toEqual([
    ['nlmsghdr', 16],
    ['rtmsg', 12],
    ['RTA_DST', 8],
    ['RTA_METRICS', 4],
    ['  RTAX_CC_ALGO', 12],
  ]);
  expect(pieces.map(({ bytes }) => toHex(bytes)).join('')).toBe(toHex(source.bytes));
});

test('bytes that no field covers are kept, ranges beyond the bytes ignored', () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(namedBytes(bytes, [])).toEqual([{ name: '', bytes }]);
  const [node] = source.tree;
  const beyond = { ...node!, range: { start: 9, end: 12 } };
  expect(namedBytes(bytes, [beyond]).map((piece) => piece.bytes.length)).toEqual([3]);
});

test('Python: one bytes literal a line, comments only behind them', () => {
  const code = exportCode(source, 'python');
  const literals = [...code.matchAll(/^ {4}b'((?:\\x[0-9a-f]{2})+)'(?: {2}# .*)?$/gm)].map(([, bytes]) => bytes);
  expect(literals.join('').replaceAll('\\x', '')).toBe(toHex(source.bytes));
  const [, inside] = /^request = \(\n(.*?)\n\)$/ms.exec(code)!;
  expect(inside!.split('\n')).toHaveLength(literals.length);
});

test('a change of nftables is sent in a batch, without which the kernel refuses it', () => {
  // NFT_MSG_NEWTABLE, nlmsg_seq 5, NFPROTO_IPV4, NFTA_TABLE_NAME "mine"
  const table = '20000000000a050005000000000000000200000009000100' + '6d696e6500000000';
  const bytes = Uint8Array.from(table.match(/../g)!, (byte) => Number.parseInt(byte, 16));
  const change = { ...source, bytes, tree: [], protocol: 'NETLINK_NETFILTER' };
  const sent = (code: string) => [...code.matchAll(/\\x([0-9a-f]{2})/g)].map(([, byte]) => byte).join('');
  expect(sent(exportCode(change, 'python'))).toBe(
    `140000001000010004000000000000000000000a${table}140000001100010006000000000000000000000a`,
  );
  expect(exportCode(change, 'c')).toContain('/* NFNL_MSG_BATCH_END */');
  // Bytes alone are what the user wrote.
  expect(sent(exportCode({ ...change, message: null }, 'python'))).toBe(table);
});

test('C: an initialiser of all bytes, each field named', () => {
  const code = exportCode(source, 'c');
  const bytes = [...code.replace(/\/\*.*?\*\//g, '').matchAll(/0x([0-9a-f]{2}),/g)].map(([, byte]) => byte);
  expect(bytes.join('')).toBe(toHex(source.bytes));
  expect(code).toContain('/* RTA_DST */');
});

test('a shell hands the command line over unchanged', () => {
  const words = shellWords(
    exportCode({ ...source, destPortid: 7, groupMask: 0x10, netns: '/run/netns/a b' }, 'command').trim(),
  );
  expect(words.slice(0, 7)).toEqual([
    'nlscope',
    'send',
    '--protocol',
    'NETLINK_ROUTE',
    '--op',
    'RTM_NEWROUTE',
    '--json',
  ]);
  expect(JSON.parse(words[7]!)).toEqual(message);
  expect(words.slice(8)).toEqual(['--portid', '7', '--groups', '0x10', '--netns', '/run/netns/a b']);
});

/** Splits as POSIX says: single quotes take everything up to the next one, a backslash the next character. */
function shellWords(line: string): string[] {
  const words = line.match(/(?:'[^']*'|\\.|[^\s'\\])+/g) ?? [];
  return words.map((word) => word.replace(/'([^']*)'|\\(.)/g, '$1$2'));
}

test('without values there are bytes', () => {
  expect(exportCode({ ...source, message: null }, 'command')).toContain(`--hex ${toHex(source.bytes)}`);
  expect(exportCode({ ...source, operation: null }, 'command')).toContain('--hex');
  expect(exportCode({ ...source, message: null }, 'json')).toBe('');
  expect(exportCode(source, 'hex').trim()).toBe(toHex(source.bytes));
});

test('names cannot break out of comments', () => {
  const hostile = { ...source, title: 'x */ y\nz' };
  expect(exportCode(hostile, 'c').split('\n')[0]).toContain('x * / y z');
  expect(exportCode(hostile, 'python').split('\n')[1]).toBe(`# x */ y z, ${source.bytes.length} bytes`);
  const elsewhere = exportCode({ ...source, netns: '/run/netns/a*/b', protocol: 'NETLINK_31 */', destPortid: 7 }, 'c');
  expect(elsewhere.match(/\*\//g)).toHaveLength(elsewhere.match(/\/\*/g)!.length);
});

test('words of a command line', () => {
  expect(shellWord('NETLINK_ROUTE')).toBe('NETLINK_ROUTE');
  expect(shellWord("it's $HOME")).toBe("'it'\\''s $HOME'");
  expect(shellWord('')).toBe("''");
});
