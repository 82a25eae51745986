import { describe, expect, it } from 'vitest';
import { captureBytes, readAll } from '../../app/captureFile/testing/captures.ts';
import type { GroupRef } from '../../app/contracts/index.ts';
import { forEachMessage } from '../sources/messages.ts';
import { followFamilies } from './lateFamilies.ts';

const CTRL_CMD_NEWFAMILY = 1;
const CTRL_CMD_DELFAMILY = 2;
const CTRL_CMD_NEWMCAST_GRP = 7;
const CTRL_CMD_DELMCAST_GRP = 8;
const NLMSG_HDRLEN = 16;

/** What nlctrl said of families when a dump of them was recorded, one message each. */
function recorded(): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (const { bytes, envelope } of readAll(captureBytes('genl-ctrl-a')).frames) {
    if (envelope.protocol !== 16) continue;
    forEachMessage(bytes, ({ type, start, end }) => {
      if (type === 16 && bytes[start] === CTRL_CMD_NEWFAMILY) messages.push(bytes.slice(start - NLMSG_HDRLEN, end));
    });
  }
  return messages;
}

/** The same message as a notification of another command, which the kernel builds of the same attributes. */
function as(command: number, message: Uint8Array): Uint8Array {
  const copy = message.slice();
  copy[NLMSG_HDRLEN] = command;
  return copy;
}

function member(refuse: readonly string[] = []) {
  const joined: GroupRef[] = [];
  return {
    joined,
    join(refs: readonly GroupRef[]) {
      const refused = refs.filter(({ name = '' }) => refuse.includes(name));
      joined.push(...refs.filter((ref) => !refused.includes(ref)));
      return { joined: refs, refused: refused.map((ref) => ({ ref, error: { message: `no ${ref.name}` } })) };
    },
    leave(refs: readonly GroupRef[]) {
      for (const ref of refs) joined.splice(joined.indexOf(ref), 1);
    },
  };
}

describe('generic netlink families that come and go', () => {
  const messages = recorded();
  const names = ({ joined }: { joined: readonly GroupRef[] }) => joined.map((ref) => `${ref.genlFamily}/${ref.name}`);

  it('are joined once, with all their groups', () => {
    const all = member();
    for (const message of [...messages, ...messages]) expect(followFamilies(message, all)).toEqual([]);
    expect(names(all)).toContain('nlctrl/notify');
    expect(new Set(names(all)).size).toBe(all.joined.length);
    expect(all.joined.length).toBeGreaterThan(3);
    expect(all.joined.every(({ protocol, group }) => protocol === 16 && group > 0)).toBe(true);
  });

  it('are left as a whole, or group by group', () => {
    const all = member();
    for (const message of messages) followFamilies(as(CTRL_CMD_NEWMCAST_GRP, message), all);
    const before = names(all);
    const nlctrl = messages.find((message) => Buffer.from(message).includes('nlctrl'))!;
    for (const command of [CTRL_CMD_DELMCAST_GRP, CTRL_CMD_DELFAMILY]) {
      followFamilies(as(command, nlctrl), all);
      expect(names(all)).toEqual(before.filter((name) => name !== 'nlctrl/notify'));
      followFamilies(nlctrl, all);
      expect(names(all)).toContain('nlctrl/notify');
    }
  });

  it('are joined as far as their groups are wanted, under the numbers that these have then', () => {
    const chosen = member();
    const wanted = (family: string, group: string) => `${family}/${group}` === 'nlctrl/notify';
    for (const message of messages) followFamilies(message, chosen, wanted);
    expect(names(chosen)).toEqual(['nlctrl/notify']);
    const nlctrl = messages.find((message) => Buffer.from(message).includes('nlctrl'))!;
    followFamilies(as(CTRL_CMD_DELFAMILY, nlctrl), chosen, wanted);
    expect(names(chosen)).toEqual([]);
    followFamilies(as(CTRL_CMD_NEWMCAST_GRP, nlctrl), chosen, wanted);
    expect(names(chosen)).toEqual(['nlctrl/notify']);
  });

  it('whose groups are refused are told', () => {
    const nlctrl = messages.find((message) => Buffer.from(message).includes('nlctrl'))!;
    expect(followFamilies(nlctrl, member(['notify']))).toEqual([{ message: 'no notify' }]);
  });

  it('are not found in what is no news of nlctrl, or broken', () => {
    const all = member();
    const [message] = messages;
    followFamilies(as(3, message), all);
    for (let length = 0; length < message.length; length++) followFamilies(message.subarray(0, length), all);
    expect(all.joined).toEqual([]);
  });
});
