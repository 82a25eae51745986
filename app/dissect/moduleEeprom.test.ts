import { describe, expect, it } from 'vitest';
import { plainEnvelope } from '../captureFile/index.ts';
import { encodeMessage } from '../craft/index.ts';
import { builtinLibrary } from '../specs/builtin.ts';
import { bareContext, createDissector, toHex } from './index.ts';
import { newFamilies } from './testing/corpus.ts';

const library = builtinLibrary();
const dissector = createDissector(library);
const genl = newFamilies();
genl.learn({ id: 21, name: 'ethtool', version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] });

/** Memory of a module: texts and bytes at their addresses, blanks and zeros elsewhere. */
function memory(size: number, content: { readonly [address: number]: string | readonly number[] }): Uint8Array {
  const bytes = new Uint8Array(size);
  for (const [address, value] of Object.entries(content)) {
    bytes.set(typeof value === 'string' ? new TextEncoder().encode(value) : value, Number(address));
  }
  return bytes;
}

/** The data attribute of the answer to a request for memory from `offset` on, and its parts by name. */
function read(data: Uint8Array, offset: number, { page = 0, i2c = 0x50 } = {}) {
  const number = (name: string, value: number) => ({ name: `ETHTOOL_A_MODULE_EEPROM_${name}`, value });
  const head = { protocol: 'NETLINK_GENERIC', genlFamily: 'ethtool', seq: 1, portid: 9 };
  const scope = { library, genl, littleEndian: true };
  const request = encodeMessage(
    {
      ...head,
      flags: ['NLM_F_REQUEST'],
      genl: { cmd: 'ETHTOOL_MSG_MODULE_EEPROM_GET', version: 1 },
      attributes: [
        number('OFFSET', offset),
        number('LENGTH', data.length),
        number('PAGE', page),
        number('BANK', 0),
        number('I2C_ADDRESS', i2c),
      ],
    },
    scope,
  ).bytes;
  const reply = encodeMessage(
    {
      ...head,
      flags: [],
      genl: { cmd: 'ETHTOOL_MSG_MODULE_EEPROM_GET_REPLY', version: 1 },
      attributes: [{ name: 'ETHTOOL_A_MODULE_EEPROM_DATA', hex: toHex(data) }],
    },
    scope,
  ).bytes;
  const envelope = { ...plainEnvelope(16, true), direction: 'reply' as const };
  const context = { ...bareContext(genl), request: () => request };
  const node = dissector.dissect(reply, envelope, context).tree.at(-1)!;
  const values = dissector.values(reply, envelope, context)!;
  expect(toHex(encodeMessage(values, scope).bytes)).toBe(toHex(reply));
  for (const part of node.children) {
    expect(part.range.start).toBeGreaterThanOrEqual(node.payload.start);
    expect(part.range.end).toBeLessThanOrEqual(node.payload.end);
  }
  return { text: node.text, parts: Object.fromEntries(node.children.map(({ name, text }) => [name, text])) };
}

const SERIAL = 'ABC0123456789   ';

describe('memory of plug-in modules', () => {
  it('SFF-8472: what the module is, and what it measures at its second address', () => {
    const sfp = memory(128, {
      0: [3, 4, 7],
      12: [103],
      20: 'ACME CORP       ',
      37: [0x00, 0x90, 0x65],
      40: 'OPTIC-10G-SR    ',
      60: [0x03, 0x52],
      68: SERIAL,
      84: '180131A1',
    });
    const { text, parts } = read(sfp, 0);
    expect(text).toBe('SFP (0x03), ACME CORP, OPTIC-10G-SR, ABC0123456789');
    expect(parts).toMatchObject({
      connector: 'LC (0x07)',
      signaling_rate: '10300 MBd',
      vendor_oui: '00:90:65',
      wavelength: '850 nm',
      date_code: '2018-01-31 lot A1',
    });
    const measured = memory(128, { 96: [0x23, 0x80, 0x80, 0xe8, 0x0c, 0x35, 0x17, 0x5d, 0x00, 0x01] });
    expect(read(measured, 0, { i2c: 0x51 }).parts).toEqual({
      temperature: '35.50 degrees C',
      voltage: '3.3000 V',
      tx_bias: '6.250 mA',
      tx_power: '0.5981 mW',
      rx_power: '0.0001 mW',
    });
  });

  it('SFF-8636: measurements of the lower page, identification of the upper page 00h', () => {
    const lower = memory(128, { 0: [0x11, 7], 22: [0xff, 0x80], 26: [0x80, 0xe8] });
    expect(read(lower, 0).parts).toMatchObject({ identifier: 'QSFP28 (0x11)', temperature: '-0.50 degrees C' });
    const upper = memory(128, { 0: [0x11], 20: 'ACME            ', 40: 'Q28-SR4         ', 68: SERIAL });
    expect(read(upper, 128).text).toBe('QSFP28 (0x11), ACME, Q28-SR4, ABC0123456789');
    expect(read(upper, 128, { page: 3 }).parts).toEqual({});
  });

  it('CMIS: state and temperature, vendor and connector', () => {
    const lower = memory(128, { 0: [0x18, 0x40, 0, 6], 14: [0x2a, 0x00], 16: [0x81, 0x4c] });
    expect(read(lower, 0).parts).toMatchObject({
      revision: '4.0',
      module_state: 'ModuleReady',
      temperature: '42.00 degrees C',
      voltage: '3.3100 V',
    });
    const upper = memory(128, {
      0: [0x18],
      1: 'ACME            ',
      20: 'DD-400G-DR4     ',
      38: SERIAL,
      73: [48, 0x43, 12],
    });
    expect(read(upper, 128).parts).toMatchObject({
      vendor_name: 'ACME',
      vendor_sn: 'ABC0123456789',
      max_power: '12 W',
      cable_length: '3 m',
      connector: 'MPO 1x12 (0x0c)',
    });
  });

  it('tells what is there of memory that is cut short or unknown, and nothing else', () => {
    expect(read(Uint8Array.of(3), 0).parts).toEqual({ identifier: 'SFP (0x03)' });
    expect(read(Uint8Array.of(0x99, 1, 2), 0)).toEqual({ text: '99 01 02', parts: {} });
    for (let size = 0; size < 40; size++) {
      for (const first of [0, 3, 127, 128, 250]) read(new Uint8Array(size).fill(0xf3), first);
      read(memory(Math.max(1, size), { 0: [0x0d] }), 0);
    }
  });
});
