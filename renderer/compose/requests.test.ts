import { expect, test } from 'vitest';
import type { MessageValue } from '../../app/contracts/index.ts';
import { DEFAULT_OPTIONS, readRequest, requestFileName, savedRequest, sendRequest } from './requests.ts';

const message: MessageValue = {
  protocol: 'NETLINK_ROUTE',
  type: 'RTM_NEWLINK',
  flags: ['NLM_F_REQUEST'],
  seq: 0,
  portid: 0,
  attributes: [{ name: 'IFLA_LINKINFO', attributes: [{ name: 'IFLA_INFO_KIND', value: 'dummy' }] }],
};
const options = { ...DEFAULT_OPTIONS, netns: 'lab', strictCheck: false, groupMask: 3 };

test('what is saved is read back', () => {
  expect(readRequest(savedRequest(message, options))).toEqual({ message, options });
});

test('the bare values, as "Copy as JSON" gives them, are read too', () => {
  expect(readRequest(JSON.stringify(message))).toEqual({ message, options: DEFAULT_OPTIONS });
});

test.each([
  ['', 'not JSON'],
  ['null', 'no object'],
  ['[]', 'a list'],
  ['{"nlscopeRequest":2,"message":{}}', 'a later version'],
  ['{"nlscopeRequest":1,"message":{"protocol":"X"}}', 'half a message'],
  [JSON.stringify({ ...message, attributes: [{ attributes: 7 }] }), 'attributes that are none'],
  [JSON.stringify({ ...message, attributes: [null] }), 'null for an attribute'],
])('%j is refused: %s', (text) => {
  expect(readRequest(text)).toBeNull();
});

test('options that make no sense fall back', () => {
  const odd = JSON.stringify({ nlscopeRequest: 1, message, options: { destPortid: -1, timeout: 'x', netns: 7 } });
  expect(readRequest(odd)?.options).toEqual(DEFAULT_OPTIONS);
});

test('a request leaves out what is not asked for', () => {
  expect(sendRequest({ message }, 'NETLINK_ROUTE', DEFAULT_OPTIONS)).toEqual({
    message,
    protocol: 'NETLINK_ROUTE',
    extAck: true,
    strictCheck: true,
    timeout: 2000,
  });
  expect(sendRequest({ bytes: 'AA==' }, 'NETLINK_AUDIT', options)).toMatchObject({
    bytes: 'AA==',
    netns: 'lab',
    groupMask: 3,
  });
});

test('files are named after the message', () => {
  expect(requestFileName(message)).toBe('RTM_NEWLINK.json');
  expect(requestFileName({ ...message, type: 7 })).toBe('7.json');
  expect(requestFileName({ ...message, genl: { cmd: 'a/b', version: 1 } })).toBe('a_b.json');
});
