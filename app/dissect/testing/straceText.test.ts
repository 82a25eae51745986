import { describe, expect, it } from 'vitest';
import { attributesOf, parseStrace, straceMessages, wordOf } from './straceText.ts';

const word = (text: string) => ({ kind: 'word', text });

describe('a value', () => {
  it.each([
    ['1', word('1')],
    ['0x3b /* IFLA_??? */', word('0x3b')],
    ['IFF_UP|IFF_LOOPBACK|0x10000', word('IFF_UP|IFF_LOOPBACK|0x10000')],
    ['1<<TCP_CLOSE|1<<(INET_DIAG_INFO-1)', word('1<<TCP_CLOSE|1<<(INET_DIAG_INFO-1)')],
    ['52:54:00:12:34:57', word('52:54:00:12:34:57')],
    ['5</run/netns/mon>', word('5</run/netns/mon>')],
    ['"\\x64\\x30\\0"...', { kind: 'bytes', bytes: Uint8Array.from([0x64, 0x30, 0]), cut: true }],
    ['htons(0x800)', { kind: 'call', name: 'htons', args: [word('0x800')] }],
    ['[1, 2, ...]', { kind: 'list', items: [word('1'), word('2')] }],
    ['[[A_B-1]=7]', { kind: 'list', items: [{ kind: 'entry', key: 'A_B-1', value: word('7') }] }],
    ['[[0x25 /* X_??? */]=0]', { kind: 'list', items: [{ kind: 'entry', key: '0x25', value: word('0') }] }],
    ['{a=1, ...}', { kind: 'struct', members: [{ name: 'a', value: word('1') }] }],
  ])('%s', (text, value) => {
    expect(parseStrace(text)).toEqual(value);
  });

  it('that is something else is refused', () => {
    expect(() => parseStrace('{a=}')).toThrow("not strace's notation at 3");
  });
});

describe('attributes', () => {
  const names = (text: string) =>
    attributesOf(parseStrace(text))?.map(({ type, payload }) => `${type} ${payload.length}`);

  it('stand alone or in a list', () => {
    expect(names('[{nla_len=8, nla_type=A}, 1]')).toEqual(['A 1']);
    expect(names('[[{nla_len=8, nla_type=A}, 1], [{nla_len=8, nla_type=B}, 2]]')).toEqual(['A 1', 'B 1']);
  });

  it('may be empty, whatever follows', () => {
    expect(names('[{nla_len=4, nla_type=A}, [{nla_len=8, nla_type=B}, 2]]')).toEqual(['A 0', 'B 1']);
  });

  it('may hold a struct with attributes after it', () => {
    expect(names('[{nla_len=48, nla_type=A}, {x=1}, [[{nla_len=8, nla_type=B}, 2]]]')).toEqual(['A 2']);
  });

  it('are not found in other lists', () => {
    expect(names('[1, 2]')).toBeUndefined();
  });
});

describe('messages', () => {
  const types = (trace: string) =>
    straceMessages(trace).map(({ protocol, header }) => `${protocol} ${wordOf(header, 'nlmsg_type')}`);

  it('are joined where another process interrupted the call', () => {
    const trace = [
      '7 1.0 recvfrom(3<NETLINK:[ROUTE:7]>,  <unfinished ...>',
      '8 1.1 close(3) = 0',
      '7 1.2 <... recvfrom resumed>[{nlmsg_len=20, nlmsg_type=NLMSG_DONE}, 0], 64, 0, NULL, NULL) = 20',
    ].join('\n');
    expect(types(trace)).toEqual(['ROUTE NLMSG_DONE']);
  });

  it('leave out peeks, later pieces and what follows the last message', () => {
    const message = '[{nlmsg_len=20, nlmsg_type=NLMSG_DONE}, 0]';
    const trace = [
      `7 1.0 recvfrom(3<NETLINK:[ROUTE:7]>, ${message}, 64, MSG_PEEK|MSG_TRUNC, NULL, NULL) = 20`,
      `7 1.1 sendmsg(3<NETLINK:[8104]>, {msg_iov=[{iov_base=${message}}, {iov_base=${message}}]}, 0) = 40`,
      `7 1.2 recvfrom(3<NETLINK:[ROUTE:7]>, [${message}, {nlmsg_len=0, nlmsg_type=0}], 64, 0, NULL, NULL) = 36`,
    ].join('\n');
    expect(types(trace)).toEqual([' NLMSG_DONE', 'ROUTE NLMSG_DONE']);
  });
});
