import { describe, expect, it } from 'vitest';
import type { Envelope } from '../../app/contracts/index.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import { ByteWriter, NETLINK_GENERIC, viewOf } from '../../app/wire/index.ts';
import { FamilyLessons } from './familyLessons.ts';

/** linux/genetlink.h. */
const GENL_ID_CTRL = 16;
const NEWFAMILY = 1;
const DELFAMILY = 2;
const FAMILY_ID = 1;
const FAMILY_NAME = 2;

const ID = 30;

const ENVELOPE: Envelope = {
  protocol: NETLINK_GENERIC,
  direction: 'reply',
  group: null,
  nsid: null,
  sourcePortid: 0,
  destPortid: null,
  littleEndian: true,
};

/** A message of nlctrl about family 30. */
function control(command: number, name: string, seq: number): Uint8Array {
  const writer = new ByteWriter(true);
  writer.integer(0, 4);
  writer.integer(GENL_ID_CTRL, 2);
  writer.integer(0, 2);
  writer.integer(seq, 4);
  writer.integer(0, 4);
  writer.integer(command, 1);
  writer.integer(2, 1);
  writer.integer(0, 2);
  const id = writer.beginAttribute(FAMILY_ID);
  writer.integer(ID, 2);
  writer.endAttribute(id);
  const text = writer.beginAttribute(FAMILY_NAME);
  for (const letter of `${name}\0`) writer.integer(letter.charCodeAt(0), 1);
  writer.endAttribute(text);
  const message = writer.finish();
  viewOf(message).setUint32(0, message.length, true);
  return message;
}

function listener() {
  const families = new GenlFamilyTable();
  const lessons = new FamilyLessons(families);
  let row = 0;
  return {
    hear(command: number, name: string): void {
      const message = control(command, name, row);
      lessons.hear(row++, viewOf(message), 0, message.length, ENVELOPE);
    },
    /** The family's name once these lessons are learned. */
    learn(all: boolean): string | undefined {
      lessons.learn(all, () => ({ request: () => undefined }));
      return [...families.all()].find(({ id }) => id === ID)?.name;
    },
  };
}

describe('what nlctrl says of a family', () => {
  it('is known as soon as it has been said first', () => {
    const { hear, learn } = listener();
    hear(NEWFAMILY, 'one');
    expect(learn(false)).toBe('one');
    hear(NEWFAMILY, 'two');
    expect(learn(false)).toBe('two');
  });

  it('counts as it was said last, also where that was said before', () => {
    const { hear, learn } = listener();
    hear(NEWFAMILY, 'one');
    hear(NEWFAMILY, 'two');
    hear(NEWFAMILY, 'one');
    expect(learn(true)).toBe('one');
    hear(NEWFAMILY, 'two');
    hear(NEWFAMILY, 'one');
    hear(NEWFAMILY, 'two');
    expect(learn(true)).toBe('two');
  });

  it('counts in order beside what was learned in between', () => {
    const { hear, learn } = listener();
    hear(NEWFAMILY, 'one');
    learn(false);
    hear(NEWFAMILY, 'one');
    hear(NEWFAMILY, 'two');
    expect(learn(false)).toBe('two');
    expect(learn(true)).toBe('two');
  });

  it('is past when the family goes away, until it is said again', () => {
    const { hear, learn } = listener();
    hear(NEWFAMILY, 'one');
    hear(DELFAMILY, 'one');
    expect(learn(true)).toBeUndefined();
    hear(NEWFAMILY, 'one');
    expect(learn(true)).toBe('one');
    hear(DELFAMILY, 'one');
    hear(NEWFAMILY, 'one');
    hear(DELFAMILY, 'one');
    expect(learn(true)).toBeUndefined();
  });
});
