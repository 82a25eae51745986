import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ByteWriter, NLM_F_ACK, NLM_F_DUMP, NLM_F_REQUEST } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../../native/batch.ts';
import { listGenlFamilies } from './genlFamilies.ts';
import { interfaceNames } from './interfaces.ts';
import { listNamespaces } from './netns.ts';
import { netlinkRequest } from './request.ts';
import { makeNamespace, namespacesMissing, type TestNamespace } from './testing/namespace.ts';

const ROUTE = 0;
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFLA_IFNAME = 3;
const NLMSG_DONE = 3;
const NLMSG_ERROR = 2;

/** An nlmsghdr, a zeroed ifinfomsg and an IFLA_IFNAME. */
function linkRequest(type: number, flags: number, seq: number, name = ''): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.integer(0, 4);
  writer.integer(type, 2);
  writer.integer(flags, 2);
  writer.integer(seq, 4);
  writer.integer(0, 4);
  writer.zeros(16);
  if (name !== '') {
    const at = writer.beginAttribute(IFLA_IFNAME);
    writer.text(`${name}\0`);
    writer.endAttribute(at);
  }
  writer.patch(0, writer.length, 4);
  return writer.finish();
}

const typeOf = (bytes: Uint8Array | undefined) =>
  bytes === undefined ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint16(4, HOST_LITTLE_ENDIAN);

describe.skipIf(namespacesMissing() !== undefined)('requests in a namespace of its own', () => {
  let ns: TestNamespace;
  beforeEach(() => {
    ns = makeNamespace();
  });
  afterEach(() => ns.remove());
  const options = () => ({ protocol: ROUTE, netns: ns.path, extAck: true });

  test('a get ends with its reply', async () => {
    const asked = await netlinkRequest(options(), linkRequest(RTM_GETLINK, NLM_F_REQUEST, 7, 'lo'));
    expect(asked).toMatchObject({ ok: true, value: { outcome: 'reply', errno: 0, lost: 0 } });
    if (!asked.ok) return;
    expect(asked.value.replies.map((reply) => typeOf(reply.bytes))).toEqual([RTM_NEWLINK]);
    expect(asked.value.replies[0]?.timeNs).toBeGreaterThanOrEqual(asked.value.sentNs);
  });

  test('an acknowledged get ends with the acknowledgement after the reply', async () => {
    const asked = await netlinkRequest(options(), linkRequest(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 7, 'lo'));
    expect(asked).toMatchObject({ ok: true, value: { outcome: 'ack', errno: 0 } });
    if (!asked.ok) return;
    expect(asked.value.replies.map((reply) => typeOf(reply.bytes))).toEqual([RTM_NEWLINK, NLMSG_ERROR]);
  });

  test('a refused request ends with its errno', async () => {
    const asked = await netlinkRequest(options(), linkRequest(RTM_GETLINK, NLM_F_REQUEST, 7, 'missing'));
    expect(asked).toMatchObject({ ok: true, value: { outcome: 'error', errno: 19 } });
  });

  test('a dump over many datagrams ends with NLMSG_DONE', async () => {
    for (let i = 0; i < 60; i++) ns.ip('link', 'add', `pair${i}`, 'type', 'veth', 'peer', 'name', `peer${i}`);
    const asked = await netlinkRequest(options(), linkRequest(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 9));
    expect(asked).toMatchObject({ ok: true, value: { outcome: 'done', errno: 0, lost: 0 } });
    if (!asked.ok) return;
    expect(asked.value.replies.length).toBeGreaterThan(2);
    expect(typeOf(asked.value.replies.at(-1)?.bytes)).toBe(NLMSG_DONE);

    const names = await interfaceNames(ns.path);
    expect(names.ok && names.value.size).toBeGreaterThanOrEqual(121);
    expect(names.ok && [...names.value.values()]).toEqual(expect.arrayContaining(['lo', 'pair0', 'peer59']));
  });

  test('several messages in one datagram: all of their answers are awaited', async () => {
    const two = Buffer.concat([
      linkRequest(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 'missing'),
      linkRequest(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 2, 'lo'),
    ]);
    const asked = await netlinkRequest(options(), two);
    expect(asked).toMatchObject({ ok: true, value: { outcome: 'error', errno: 19 } });
    if (!asked.ok) return;
    expect(asked.value.replies.map((reply) => typeOf(reply.bytes))).toEqual([NLMSG_ERROR, RTM_NEWLINK, NLMSG_ERROR]);
  });

  test('what nobody has to answer ends in silence; what is due and does not come, by the timeout', async () => {
    const usersock = { protocol: 2, netns: ns.path, groupMask: 1, quiet: 20, timeout: 40 };
    const free = await netlinkRequest(usersock, linkRequest(RTM_GETLINK, 0, 1));
    expect(free).toMatchObject({ ok: true, value: { outcome: 'sent', replies: [] } });
    const due = await netlinkRequest(usersock, linkRequest(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 1));
    expect(due).toMatchObject({ ok: true, value: { outcome: 'timeout', replies: [] } });
  });

  test('a portid without a socket is told when sending', async () => {
    const asked = await netlinkRequest({ protocol: 2, netns: ns.path, destPortid: 99 }, new Uint8Array(16));
    expect(asked).toMatchObject({ ok: false, error: { errno: 'ECONNREFUSED' } });
  });

  test('named namespaces are listed after our own', () => {
    const listed = listNamespaces();
    expect(listed[0]).toEqual({ name: '', path: '' });
    expect(listed).toContainEqual({ name: ns.name, path: ns.path });
  });
});

test('our own interfaces have the names that sysfs gives them', async () => {
  const names = await interfaceNames();
  if (!names.ok) throw new Error(names.error.message);
  const index = Number(readFileSync('/sys/class/net/lo/ifindex', 'utf8'));
  expect(names.value.get(index)).toBe('lo');
});

test('the controller describes itself', async () => {
  const families = await listGenlFamilies();
  if (!families.ok) throw new Error(families.error.message);
  const nlctrl = families.value.find((family) => family.name === 'nlctrl');
  // linux/genetlink.h: GENL_ID_CTRL, CTRL_CMD_GETFAMILY.
  expect(nlctrl).toMatchObject({ id: 16, version: 2, headerSize: 0, groups: [{ name: 'notify' }] });
  expect(nlctrl?.operations.map((operation) => operation.cmd)).toContain(3);
});

test('a directory that is not there has no named namespaces', () => {
  expect(listNamespaces('/nonexistent')).toEqual([{ name: '', path: '' }]);
});
