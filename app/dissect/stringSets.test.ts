import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/builtin.ts';
import { viewOf } from '../wire/index.ts';
import { isPerDevice, mayNameStrings } from './stringSets.ts';

const messages = builtinLibrary().genlMessages('ethtool');
const [first] = messages;

/** What the headers say of the numbers by which bits get their names. */
describe('string sets of ethtool', () => {
  it('are told by the answers that have them, and by those that list features and private flags', () => {
    const told = [...(first?.spec.replies.values() ?? [])].filter(({ number }) => {
      const message = new Uint8Array(24);
      message[16] = number;
      return mayNameStrings(viewOf(message), 0, message.length);
    });
    expect(told.map(({ name }) => name)).toEqual([
      'ETHTOOL_MSG_STRSET_GET_REPLY',
      'ETHTOOL_MSG_FEATURES_GET_REPLY',
      'ETHTOOL_MSG_FEATURES_SET_REPLY',
      'ETHTOOL_MSG_FEATURES_NTF',
      'ETHTOOL_MSG_PRIVFLAGS_GET_REPLY',
      'ETHTOOL_MSG_PRIVFLAGS_NTF',
    ]);
    expect(mayNameStrings(viewOf(new Uint8Array(3)), 0, 3)).toBe(false);
  });

  it('are of each device, or of the kernel', () => {
    const sets = first?.spec.enums.find(({ name }) => name === 'stringset')?.entries ?? [];
    expect(sets.filter(({ value }) => isPerDevice(value)).map(({ name }) => name)).toEqual([
      'ETH_SS_TEST',
      'ETH_SS_STATS',
      'ETH_SS_PRIV_FLAGS',
      'ETH_SS_PHY_STATS',
    ]);
    expect([...(first?.spec.strings ?? [])].filter(isPerDevice).length).toBe(1);
  });
});
