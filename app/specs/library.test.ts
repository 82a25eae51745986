import { describe, expect, it } from 'vitest';
import { NETLINK_ROUTE } from '../wire/index.ts';
import { builtinLibrary, type SpecLibrary } from './index.ts';

const RTM_NEWROUTE = 24;
const NETLINK_NETFILTER = 12;
const IPCTNL_MSG_CT_NEW = 0x100;

describe('what a message is', () => {
  // Whatever was asked for first: all that share a protocol are known together.
  it.each<[string, (library: SpecLibrary) => unknown]>([
    ['a filter name', (library) => library.specsCalled('link')],
    ['a set', (library) => library.space('rt-link/link-attrs')],
    ['an operation', (library) => library.operation('rt-link/RTM_GETLINK/do')],
    ['the next of all specs', (library) => library.compileOne()],
    ['a set of another spec', (library) => library.specsCalled('ctexp')],
  ])('is told after somebody asked for %s', (_, ask) => {
    const library = builtinLibrary();
    expect(ask(library)).toBeTruthy();
    expect(library.message(NETLINK_ROUTE, RTM_NEWROUTE, false)?.name).toBe('RTM_NEWROUTE');
    expect(library.message(NETLINK_NETFILTER, IPCTNL_MSG_CT_NEW, false)?.name).toBe('IPCTNL_MSG_CT_NEW');
  });

  it('is by name and type alone that of the spec which asks nothing of the bytes', () => {
    const library = builtinLibrary();
    const named = library.operations().filter(({ message }) => message.name === 'RTM_NEWROUTE');
    expect(named.map(({ message }) => message.spec.name)).toEqual(['rt-route', 'rt-cangw']);
    expect(library.message(NETLINK_ROUTE, RTM_NEWROUTE, true)?.spec.name).toBe('rt-route');
    expect(library.soleName(NETLINK_ROUTE, RTM_NEWROUTE, true)).toBe('RTM_NEWROUTE');
    expect(library.onlyCandidate(NETLINK_ROUTE, RTM_NEWROUTE, true)).toBeUndefined();
  });

  it('does not depend on what was asked for first', () => {
    const [inOrder, byName] = [builtinLibrary(), builtinLibrary()];
    const names = inOrder.specs().map(({ short }) => short);
    for (const name of names.reverse()) byName.specsCalled(name);
    for (const { protocol, requests, replies } of inOrder.specs().filter(({ genlFamily }) => genlFamily === '')) {
      for (const [type, isRequest] of [...keysOf(requests, true), ...keysOf(replies, false)]) {
        const [all, same] = [inOrder, byName].map((library) => library.candidates(protocol, type, isRequest));
        const told = (messages = all) => messages?.map(({ spec, name }) => `${spec.name} ${name}`);
        expect(told(same)).toEqual(told());
      }
    }
  });
});

function keysOf(table: ReadonlyMap<number, unknown>, isRequest: boolean): [number, boolean][] {
  return [...table.keys()].map((type) => [type, isRequest]);
}
