import { describe, expect, it } from 'vitest';
import type { AttributeValue, Envelope, FieldNode, MessageValue } from '../contracts/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { bareContext, CoverageCounter, createDissector, fromHex, toHex } from '../dissect/index.ts';
import { newFamilies } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from './index.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const families = newFamilies();
families.learn({ id: 38, name: 'nl80211', version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });
const context = bareContext(families);

/** Messages of `iw` and iwd with a kernel that simulates radios (mac80211_hwsim), each as it was on the wire. */
const RECORDED = {
  survey: [
    '4800000026000200188f006b5b0d40ff3301000008000300500200002c005400080001006c09000005000200a40000000c000400',
    '44000000000000000c0005000800000000000000',
  ].join(''),
  created: [
    '7000000026000000188f006b5c0d40ff070100000800030053020000090004006d6f6e3000000000080001000000000008000500',
    '060000000c00990002000000000000000a000600020000000000000008002e000a000000050053000000000008004d0100000000',
    '08006200d0070000',
  ].join(''),
  channel: [
    '4400000026000500188f006b5e0d40ff0200000008000300530200000800260085090000080022010000000008009f0000000000',
    '08002700000000000800a00085090000',
  ].join(''),
  rules: [
    'cc01000026000200128f006b4d0dc0f81f01000007002100444500000500920002000000a80122003c0000000800010000000000',
    '08000200009f2400080003002ce5250008000400409c0000080005000000000008000600d007000008000700000000003c000100',
    '08000100080800000800020030954e0008000300d01b50000800040080380100080005000000000008000600fd08000008000700',
    '000000003c000200080001001808000008000200d01b50000800030070a251000800040080380100080005000000000008000600',
    'd007000008000700000000003c0003000800010010000000080002003077530008000300485b5700080004000071020008000500',
    '00000000080006008a0a000008000700000000003c000400080001000000000008000200485b57000800030038a5590008000400',
    '803801000800050000000000080006007505000008000700000000003c000500080001000800000008000200a8b65a0008000300',
    'a80962000800040000e20400080005000000000008000600fc08000008000700000000003c000600080001000000000008000200',
    '40c06503080003008014ef030800040080f52000080005000000000008000600a00f00000800070000000000',
  ].join(''),
  combinations: [
    'b400000026000200138f006b430dc0f803010000080001000100000009000200706879310000000008002e00020000000c007900',
    '04000400040006007800780074000100500001001400010008000100010000000800020004000100240002000800010000080000',
    '1800020004000200040003000400070004000800040009001400030008000100010000000800020004000a000800040001000000',
    '080002000208000008000500ef0000000800060000000000',
  ].join(''),
  features: [
    '4800000026000200138f006b430dc0f803010000080001000100000009000200706879310000000008002e00020000000500ce00',
    '020000000d00d900432200f411b6012418000000',
  ].join(''),
  register: '30000000260005000c000000a10d00003a0000000c009900020000000100000006006500d000000006005b0005050000',
};

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  const bytes = fromHex(hex);
  if (bytes === null) throw new Error('not hex');
  return bytes;
}

function envelopeOf(bytes: Uint8Array): Envelope {
  const direction = (bytes[6] & 1) === 1 ? 'request' : 'notify';
  return {
    protocol: 16,
    direction,
    group: null,
    nsid: null,
    sourcePortid: null,
    destPortid: null,
    littleEndian: true,
  };
}

function dissect(bytes: Uint8Array) {
  const { tree, summary, notes } = dissector.dissect(bytes, envelopeOf(bytes), context);
  return { tree, notes, line: `${summary.type} ${summary.info.join('')}` };
}

function lineOf(bytes: Uint8Array): string {
  return dissect(bytes).line;
}

/** The text of the field at the end of a path of names below a message's top level. */
function text(tree: readonly FieldNode[], path: string): string | undefined {
  let level = tree;
  let found: FieldNode | undefined;
  for (const name of path.split('/')) {
    found = level.find((node) => node.name === name);
    level = found?.children ?? [];
  }
  return found?.text;
}

/** A message of the family, written from its attributes. */
function encode(cmd: string, flags: string[], attributes: AttributeValue[]): Uint8Array {
  const value: MessageValue = {
    protocol: 'NETLINK_GENERIC',
    genlFamily: 'nl80211',
    genl: { cmd, version: 1 },
    flags,
    seq: 1,
    portid: 0,
    attributes,
  };
  const { bytes, problems } = encodeMessage(value, { library, genl: families, littleEndian: true });
  expect(problems).toEqual([]);
  return bytes;
}

function attr(name: string, value: AttributeValue['value']): AttributeValue {
  return { name: `NL80211_${name}`, value };
}

function nest(name: string, attributes: AttributeValue[]): AttributeValue {
  return { name: `NL80211_${name}`, attributes };
}

describe('recorded messages', () => {
  it('read like what iw printed about them', () => {
    const { rules, features, ...others } = RECORDED;
    expect(Object.values(others).map((hex) => lineOf(bytesOf(hex)))).toEqual([
      'NL80211_CMD_NEW_SURVEY_RESULTS new survey results if592 frequency 2412 MHz noise -92 dBm active 68 ms busy 8 ms',
      'NL80211_CMD_NEW_INTERFACE if595 (phy #0): new interface mon0 type monitor addr 02:00:00:00:00:00',
      'NL80211_CMD_SET_WIPHY set wiphy if595 freq 2437 MHz width 20_noht center1 2437 MHz',
      'NL80211_CMD_NEW_WIPHY (phy #1): renamed to phy1',
      'NL80211_CMD_REGISTER_FRAME register frame 0x100000002 action match 05 05',
    ]);
    expect(lineOf(bytesOf(rules))).toMatch(
      /^NL80211_CMD_GET_REG country DE etsi rules 2400 MHz - 2483\.5 MHz @ 40 MHz /,
    );
    expect(lineOf(bytesOf(features))).toBe('NL80211_CMD_NEW_WIPHY (phy #1): renamed to phy1');
  });

  it('have the rules that `iw reg get` printed', () => {
    const { tree } = dissect(bytesOf(RECORDED.rules));
    const rules = [0, 1, 2, 3, 4, 5, 6].map((index) => text(tree, `NL80211_ATTR_REG_RULES/[${index}]`));
    expect(rules).toEqual([
      '2400 MHz - 2483.5 MHz @ 40 MHz 20 dBm',
      '5150 MHz - 5250 MHz @ 80 MHz 23.01 dBm no_outdoor,auto_bw',
      '5250 MHz - 5350 MHz @ 80 MHz 20 dBm no_outdoor,dfs,auto_bw',
      '5470 MHz - 5725 MHz @ 160 MHz 26.98 dBm dfs',
      '5725 MHz - 5875 MHz @ 80 MHz 13.97 dBm',
      '5945 MHz - 6425 MHz @ 320 MHz 23 dBm no_outdoor',
      '57000 MHz - 66000 MHz @ 2160 MHz 40 dBm',
    ]);
  });

  it('have the interface combinations that `iw phy` printed', () => {
    const { tree } = dissect(bytesOf(RECORDED.combinations));
    expect(text(tree, 'NL80211_ATTR_INTERFACE_COMBINATIONS/[1]')).toBe(
      'IBSS at most 1, managed AP mesh-point P2P-client P2P-GO at most 2048, P2P-device at most 1 total 2050 channels 1',
    );
  });

  it('name the bits of the extended features', () => {
    const { tree } = dissect(bytesOf(RECORDED.features));
    const features = text(tree, 'NL80211_ATTR_EXT_FEATURES')?.split(' | ') ?? [];
    expect(features).toContain('NL80211_EXT_FEATURE_VHT_IBSS');
    expect(features).toContain('NL80211_EXT_FEATURE_CONTROL_PORT_OVER_NL80211');
    expect(features.filter((name) => !name.startsWith('NL80211_EXT_FEATURE_'))).toEqual([]);
  });

  it('are named and typed to the last attribute, without a complaint', () => {
    const coverage = new CoverageCounter();
    for (const hex of Object.values(RECORDED)) {
      const bytes = bytesOf(hex);
      coverage.add(dissector.decode(bytes, envelopeOf(bytes), context), envelopeOf(bytes));
      expect(dissect(bytes).notes).toEqual([]);
    }
    const { attributes, named, typed, unknown } = coverage.finish();
    expect(attributes).toBeGreaterThan(90);
    expect({ named, typed, unknown }).toEqual({ named: attributes, typed: attributes, unknown: [] });
  });

  it('encode from their values to the same bytes', () => {
    for (const hex of Object.values(RECORDED)) {
      const bytes = bytesOf(hex);
      const value = JSON.parse(JSON.stringify(dissector.values(bytes, envelopeOf(bytes), context)));
      const encoded = encodeMessage(value, { library, genl: families, littleEndian: true });
      expect(encoded.problems).toEqual([]);
      expect(toHex(encoded.bytes)).toBe(hex);
    }
  });
});

describe('events', () => {
  const device = [attr('ATTR_WIPHY', 0), attr('ATTR_IFINDEX', 3)];
  const station = attr('ATTR_MAC', '02:00:00:00:01:00');

  it.each<[string, AttributeValue[], string]>([
    [
      'NL80211_CMD_CONNECT',
      [...device, station, attr('ATTR_STATUS_CODE', 'WLAN_STATUS_SUCCESS')],
      'NL80211_CMD_CONNECT if3 (phy #0): connected to 02:00:00:00:01:00',
    ],
    [
      'NL80211_CMD_DISCONNECT',
      [...device, attr('ATTR_REASON_CODE', 3), attr('ATTR_DISCONNECTED_BY_AP', true)],
      'NL80211_CMD_DISCONNECT if3 (phy #0): disconnected (by AP) reason: 3: deauth_leaving',
    ],
    [
      'NL80211_CMD_NEW_STATION',
      [
        ...device,
        station,
        nest('ATTR_STA_INFO', [
          attr('STA_INFO_SIGNAL', -41),
          nest('STA_INFO_TX_BITRATE', [attr('RATE_INFO_BITRATE32', 540), attr('RATE_INFO_MCS', 3)]),
        ]),
      ],
      'NL80211_CMD_NEW_STATION if3 (phy #0): new station 02:00:00:00:01:00',
    ],
    [
      'NL80211_CMD_NOTIFY_CQM',
      [
        ...device,
        station,
        nest('ATTR_CQM', [attr('ATTR_CQM_RSSI_THRESHOLD_EVENT', 0), attr('ATTR_CQM_RSSI_LEVEL', -70)]),
      ],
      'NL80211_CMD_NOTIFY_CQM if3 (phy #0): connection quality monitor event: threshold_event_low rssi -70 dBm peer 02:00:00:00:01:00',
    ],
    [
      'NL80211_CMD_REG_CHANGE',
      [
        attr('ATTR_REG_INITIATOR', 'NL80211_REGDOM_SET_BY_USER'),
        attr('ATTR_REG_TYPE', 0),
        attr('ATTR_REG_ALPHA2', 'DE'),
      ],
      'NL80211_CMD_REG_CHANGE regulatory domain change: set to DE by user',
    ],
    [
      'NL80211_CMD_CH_SWITCH_NOTIFY',
      [attr('ATTR_IFINDEX', 3), attr('ATTR_WIPHY_FREQ', 5180), attr('ATTR_CHANNEL_WIDTH', 'NL80211_CHAN_WIDTH_80')],
      'NL80211_CMD_CH_SWITCH_NOTIFY if3: channel switch freq 5180 MHz width 80',
    ],
    [
      'NL80211_CMD_FRAME_TX_STATUS',
      [...device, attr('ATTR_COOKIE', 16)],
      'NL80211_CMD_FRAME_TX_STATUS if3 (phy #0): mgmt TX status (cookie 0x10):',
    ],
  ])('%s reads as iw event says it', (cmd, attributes, line) => {
    expect(lineOf(encode(cmd, [], attributes))).toBe(line);
  });
});

describe('one number with two layouts', () => {
  it('says in NEW_WIPHY what the device can do, and in requests what it shall do', () => {
    const support = bytesOf('0800000004000000100000008000000000010000e8030000');
    const able = dissect(
      encode('NL80211_CMD_NEW_WIPHY', [], [{ name: 'NL80211_ATTR_COALESCE_RULE', hex: toHex(support) }]),
    );
    expect(able.notes).toEqual([]);
    const read = ['max_rules', 'pat/max_patterns', 'pat/max_pkt_offset', 'max_delay'];
    expect(read.map((path) => text(able.tree, `NL80211_ATTR_COALESCE_RULE/${path}`))).toEqual([
      '8',
      '4',
      '256 bytes',
      '1000 ms',
    ]);
    const rule = [attr('ATTR_COALESCE_RULE_DELAY', 20), attr('ATTR_COALESCE_RULE_CONDITION', 1)];
    const asked = dissect(
      encode(
        'NL80211_CMD_SET_COALESCE',
        ['NLM_F_REQUEST'],
        [nest('ATTR_COALESCE_RULE', [{ type: 1, attributes: rule }])],
      ),
    );
    expect(asked.notes).toEqual([]);
    expect(text(asked.tree, 'NL80211_ATTR_COALESCE_RULE/[1]/NL80211_ATTR_COALESCE_RULE_DELAY')).toBe('20 ms');
  });
});

describe('commands', () => {
  it('are all there under old and new names, and have a line each', () => {
    const spec = [...library.specs()].find(({ name }) => name === 'nl80211');
    const commands = spec!.enums.find(({ name }) => name === 'commands')!.entries;
    expect(commands.length).toBe(172);
    expect(commands.filter(({ value }) => !spec!.replies.has(value))).toEqual([]);
    expect(spec!.replies.size).toBe(167);
    for (const { name } of spec!.replies.values()) expect(spec!.summaries.has(name), name).toBe(true);
  });
});

describe('key material', () => {
  it('is hidden in texts and written back', () => {
    const key = '00112233445566778899aabbccddeeff';
    const bytes = encode(
      'NL80211_CMD_NEW_KEY',
      ['NLM_F_REQUEST', 'NLM_F_ACK'],
      [
        attr('ATTR_IFINDEX', 3),
        nest('ATTR_KEY', [
          { name: 'NL80211_KEY_DATA', hex: key },
          attr('KEY_CIPHER', 'WLAN_CIPHER_SUITE_CCMP'),
          attr('KEY_IDX', 1),
        ]),
      ],
    );
    const { tree, line } = dissect(bytes);
    expect(line).toBe('NL80211_CMD_NEW_KEY add key if3 key 1 ccmp');
    expect(text(tree, 'NL80211_ATTR_KEY/NL80211_KEY_DATA')).toBe('16 bytes, hidden');
    expect(JSON.stringify(tree)).not.toContain('aabbccdd');
    expect(toHex(bytes)).toContain(key);
  });
});
