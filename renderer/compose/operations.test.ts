import { beforeAll, describe, expect, test } from 'vitest';
import type { MessageValue, OperationInfo } from '../../app/contracts/index.ts';
import {
  findOperations,
  netnsTitle,
  operationOf,
  presetsOf,
  sendWarning,
  shortFlag,
  switchOperation,
} from './operations.ts';
import { localCraft } from './testing/localCraft.ts';

const host = localCraft();
let operations: OperationInfo[];
beforeAll(async () => {
  operations = await host.operations();
});

const bare: MessageValue = { protocol: 'NETLINK_ROUTE', flags: ['NLM_F_REQUEST'], seq: 0, portid: 0, attributes: [] };

describe('search', () => {
  test('all words must be somewhere; groups are families', () => {
    const groups = findOperations(operations, 'getroute dump');
    expect(groups.map(({ family, operations }) => [family, ...operations.map(({ id }) => id)])).toContainEqual([
      'rt-route',
      'rt-route/RTM_GETROUTE/dump',
    ]);
    expect(findOperations(operations, 'no such thing')).toEqual([]);
  });

  test('nothing typed shows everything, once', () => {
    const all = findOperations(operations, '').flatMap((group) => group.operations);
    expect(all).toHaveLength(operations.length);
  });

  test('families whose operations are named so come before those that only mention it', () => {
    const groups = findOperations(operations, 'route');
    expect(groups[0]?.operations.some(({ name }) => name.includes('ROUTE'))).toBe(true);
  });
});

test('operations of one name are told apart by what the header says', () => {
  const route = operations.find(({ id }) => id === 'rt-route/RTM_NEWROUTE/do')!;
  const selects = [{ member: 'can_family', values: ['AF_CAN'] }];
  const known = [...operations, { ...route, id: 'rt-cangw/RTM_NEWROUTE/do', family: 'rt-cangw', selects }];
  const message = { ...bare, type: 'RTM_NEWROUTE' };
  const family = (header?: MessageValue['header']) => operationOf({ ...message, header }, known)?.family;
  expect(family({ can_family: 'AF_CAN' })).toBe('rt-cangw');
  expect(family({ can_family: 'AF_INET' })).toBe('rt-route');
  expect(family({ rtm_family: 'AF_INET' })).toBe('rt-route');
  expect(family()).toBe('rt-route');
});

describe('which operation a message is', () => {
  test('by type and dump flags', () => {
    const dump = { ...bare, type: 'RTM_GETROUTE', flags: ['NLM_F_REQUEST', 'NLM_F_DUMP'] };
    expect(operationOf(dump, operations)?.id).toBe('rt-route/RTM_GETROUTE/dump');
    const split = { ...dump, flags: ['NLM_F_REQUEST', 'NLM_F_ROOT', 'NLM_F_MATCH'] };
    expect(operationOf(split, operations)?.mode).toBe('dump');
    expect(operationOf({ ...dump, flags: ['NLM_F_REQUEST'] }, operations)?.mode).toBe('do');
  });

  test('by generic netlink command', () => {
    const message = {
      ...bare,
      protocol: 'NETLINK_GENERIC',
      genlFamily: 'nlctrl',
      genl: { cmd: 'CTRL_CMD_GETFAMILY', version: 2 },
    };
    expect(operationOf(message, operations)?.name).toBe('CTRL_CMD_GETFAMILY');
    expect(operationOf({ ...message, genlFamily: 'other' }, operations)).toBeNull();
  });

  test('none for what no spec has', () => {
    expect(operationOf({ ...bare, type: 999 }, operations)).toBeNull();
  });
});

test('a change between operations of one attribute space keeps what was written', async () => {
  const add = (await host.operationForm('rt-route/RTM_NEWROUTE/do'))!;
  const del = (await host.operationForm('rt-route/RTM_DELROUTE/do'))!;
  const addr = (await host.operationForm('rt-addr/RTM_NEWADDR/do'))!;
  const written = { ...add.template, header: { rtm_dst_len: 8 }, attributes: [{ name: 'RTA_DST', value: '10.0.0.0' }] };
  const switched = switchOperation(written, add, del);
  expect(switched).toMatchObject({ type: 'RTM_DELROUTE', header: { rtm_dst_len: 8 }, attributes: written.attributes });
  expect(switched.flags).toEqual(del.template.flags);
  expect(switchOperation(written, add, addr)).toEqual(addr.template);
  expect(switchOperation(null, null, add)).toEqual(add.template);
});

test('presets are only offered where the host has the operation', () => {
  expect(presetsOf([])).toEqual([]);
  expect(presetsOf(operations).map(({ title }) => title)).toContain('List routes');
});

test('a warning names family, type, place and capability; questions get none', () => {
  const named = (name: string) => operations.find((operation) => operation.name === name)!;
  expect(sendWarning(named('RTM_NEWROUTE'), { name: '', path: '' })).toEqual({
    what: 'NETLINK_ROUTE RTM_NEWROUTE creates or changes something',
    where: "this host's namespace",
    capability: 'CAP_NET_ADMIN',
    ownHost: true,
  });
  expect(sendWarning(named('RTM_DELROUTE'), { name: 'lab', path: '/run/netns/lab' })).toMatchObject({
    what: 'NETLINK_ROUTE RTM_DELROUTE deletes something',
    where: 'namespace lab',
    ownHost: false,
  });
  expect(sendWarning(named('RTM_GETROUTE'), undefined)).toBeNull();
  expect(sendWarning(null, undefined)).toBeNull();
});

test('short words', () => {
  expect(shortFlag('NLM_F_REQUEST')).toBe('REQUEST');
  expect(netnsTitle(undefined)).toBe("this host's namespace");
});
