import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { createFieldRegistry } from '../dissect/filterFields.ts';
import { bareContext, createDissector, fromHex, toHex } from '../dissect/index.ts';
import type { Needs } from '../dissect/needs.ts';
import { newFamilies } from '../dissect/testing/corpus.ts';
import { message } from '../session/testing/sessions.ts';
import { builtinLibrary } from './builtin.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const genl = newFamilies();
const DUMP = 0x301;

/** A request of that type whose payload is so laid out (linux/rtnetlink.h), in hex. */
function request(type: number, payload: string, flags = DUMP): Uint8Array {
  return message({ type, flags }, [...fromHex(payload)!]);
}

function read(bytes: Uint8Array) {
  const envelope = { ...plainEnvelope(0, true), direction: 'request' as const };
  const { tree, notes, summary } = dissector.dissect(bytes, envelope, bareContext(genl));
  const values = dissector.values(bytes, envelope, bareContext(genl));
  if (values === null) throw new Error('no spec covers it');
  const again = encodeMessage(values, { library, genl, littleEndian: true });
  expect(again.problems).toEqual([]);
  expect(toHex(again.bytes)).toBe(toHex(bytes));
  return { names: tree.map(({ name }) => name), notes, type: summary.type, info: summary.info.join(''), values };
}

const IFINFOMSG = '02000000000000000000000000000000';
const EXT_MASK = '08001d0001000000';

describe('dump requests with the header of old', () => {
  it.each([
    [22, 'RTM_GETADDR'],
    [26, 'RTM_GETROUTE'],
    [30, 'RTM_GETNEIGH'],
    [34, 'RTM_GETRULE'],
    [74, 'RTM_GETADDRLABEL'],
    [82, 'RTM_GETNETCONF'],
    [90, 'RTM_GETNSID'],
  ])('%i, %s: ifinfomsg, with and without attributes', (type, name) => {
    const whole = read(request(type, IFINFOMSG + EXT_MASK));
    expect(whole).toMatchObject({ type: name, notes: [], names: ['nlmsghdr', 'ifinfomsg', 'IFLA_EXT_MASK'] });
    expect(whole.values.header).toMatchObject({ ifi_family: 'AF_INET' });
    expect(whole.values.length).toBeUndefined();
    expect(whole.info).toBe(read(request(type, '02')).info);
    expect(read(request(type, IFINFOMSG))).toMatchObject({ notes: [], names: ['nlmsghdr', 'ifinfomsg'] });
  });

  it('their own header otherwise, also cut short to the address family', () => {
    const own = read(request(22, '0200000003000000'));
    expect(own).toMatchObject({ notes: [], names: ['nlmsghdr', 'ifaddrmsg'] });
    expect(read(request(22, '02000000')).names).toEqual(['nlmsghdr', 'ifaddrmsg']);
    expect(read(request(22, '02')).names).toEqual(['nlmsghdr', 'ifaddrmsg']);
    // ip netns exec: IFA_TARGET_NETNSID after an ifaddrmsg is as long as an ifinfomsg.
    const strict = read(request(22, '020000000000000008000a0004000000'));
    expect(strict).toMatchObject({ notes: [], names: ['nlmsghdr', 'ifaddrmsg', 'IFA_TARGET_NETNSID'] });
    // bridge fdb show br br0: ndmsg with NDA_MASTER.
    const neigh = read(request(30, '070000000000000000000000 0800090005000000'.replace(' ', '')));
    expect(neigh.names).toEqual(['nlmsghdr', 'ndmsg', 'NDA_MASTER']);
  });

  it('are no other requests than dumps', () => {
    const single = read(request(22, IFINFOMSG + EXT_MASK, 1));
    expect(single.names).not.toContain('ifinfomsg');
  });

  it('can be filtered by their attributes', () => {
    const field = createFieldRegistry(library).find('link.ext_mask');
    const bytes = request(22, IFINFOMSG + EXT_MASK);
    const envelope = { ...plainEnvelope(0, true), direction: 'request' as const };
    const found: unknown[] = [];
    field?.read(
      {
        envelope,
        type: 22,
        flags: DUMP,
        length: bytes.length,
        lead: bytes[16] ?? 0,
        genl,
        bytes: () => bytes,
        glanced: (needs: Needs) => dissector.glance(bytes, envelope, bareContext(genl), needs),
      } as never,
      found as never,
    );
    expect(found).toEqual([1]);
  });
});
