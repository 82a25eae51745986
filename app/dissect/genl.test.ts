import { describe, expect, it } from 'vitest';
import type { Envelope } from '../contracts/index.ts';
import { ByteWriter, NETLINK_GENERIC } from '../wire/index.ts';
import { learnFamily } from './genl.ts';
import { bareContext } from './index.ts';
import { newFamilies } from './testing/corpus.ts';

/** linux/genetlink.h. */
const GENL_ID_CTRL = 16;
const NEWFAMILY = 1;
const DELFAMILY = 2;
const NEWMCAST_GRP = 7;
const FAMILY_ID = 1;
const FAMILY_NAME = 2;
const MCAST_GROUPS = 7;
const GRP_NAME = 1;
const GRP_ID = 2;
const NLM_F_REQUEST = 1;

const FROM_KERNEL: Envelope = {
  protocol: NETLINK_GENERIC,
  direction: 'notify',
  group: 16,
  nsid: null,
  sourcePortid: 0,
  destPortid: null,
  littleEndian: true,
};

/** A message of nlctrl about family 30, "lab", with groups by number. */
function control(command: number, groups: readonly [number, string][], flags = 0, littleEndian = true): Uint8Array {
  const writer = new ByteWriter(littleEndian);
  const nest = (number: number, fill: () => void): void => {
    const at = writer.beginAttribute(number);
    fill();
    writer.endAttribute(at);
  };
  writer.integer(0, 4);
  writer.integer(GENL_ID_CTRL, 2);
  writer.integer(flags, 2);
  writer.zeros(8);
  writer.bytes(Uint8Array.of(command, 2, 0, 0));
  nest(FAMILY_NAME, () => writer.text('lab\0'));
  nest(FAMILY_ID, () => writer.integer(30, 2));
  nest(MCAST_GROUPS, () => {
    for (const [i, [id, name]] of groups.entries()) {
      nest(i + 1, () => {
        nest(GRP_ID, () => writer.integer(id, 4));
        nest(GRP_NAME, () => writer.text(`${name}\0`));
      });
    }
  });
  writer.patch(0, writer.length, 4);
  return writer.finish();
}

describe('families that nlctrl tells of', () => {
  const context = bareContext(newFamilies());
  const groupsAfter = (...messages: readonly Uint8Array[]) => {
    const families = newFamilies();
    for (const message of messages) learnFamily(message, FROM_KERNEL, context, families);
    return families.byId(30)?.groups.map(({ id, name }) => `${id} ${name}`);
  };

  it('keep their groups when another one comes alone', () => {
    const family = control(NEWFAMILY, [
      [40, 'events'],
      [41, 'stats'],
    ]);
    expect(groupsAfter(family)).toEqual(['40 events', '41 stats']);
    expect(groupsAfter(family, control(NEWMCAST_GRP, [[42, 'trace']]))).toEqual(['40 events', '41 stats', '42 trace']);
    expect(groupsAfter(family, control(NEWMCAST_GRP, [[41, 'counters']]))).toEqual(['40 events', '41 counters']);
    expect(groupsAfter(family, control(NEWFAMILY, [[50, 'events']]))).toEqual(['50 events']);
  });

  it('are read in the byte order of their host', () => {
    const families = newFamilies();
    const message = control(NEWFAMILY, [[40, 'events']], 0, false);
    learnFamily(message, { ...FROM_KERNEL, littleEndian: false }, context, families);
    expect(families.byId(30)).toMatchObject({ name: 'lab', groups: [{ id: 40, name: 'events' }] });
  });

  it('are not learned from what asks, nor from half a message', () => {
    const message = control(NEWFAMILY, [[40, 'events']], NLM_F_REQUEST);
    const families = newFamilies();
    expect(learnFamily(message, { ...FROM_KERNEL, direction: 'unknown' }, context, families)).toBe(false);
    expect(learnFamily(message, { ...FROM_KERNEL, direction: 'request' }, context, families)).toBe(false);
    for (let length = 0; length < message.length; length++) {
      expect(() => learnFamily(message.subarray(0, length), FROM_KERNEL, context, families)).not.toThrow();
    }
    expect(learnFamily(message, FROM_KERNEL, context, families)).toBe(true);
    expect(learnFamily(control(DELFAMILY, []), FROM_KERNEL, context, families)).toBe(true);
    expect([...families.all()].map(({ name }) => name)).not.toContain('lab');
  });
});
