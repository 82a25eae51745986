import type { Around, ByteFormat, BytePart } from './byteFormats.ts';
import { hexText, plainText } from './text.ts';

/** A field of a module's memory: its address, its bytes, and how they read. */
type Row = readonly [name: string, address: number, length: number, read: (bytes: Uint8Array) => string];

const u16 = (bytes: Uint8Array): number => (bytes[0] << 8) | bytes[1];
const s16 = (bytes: Uint8Array): number => (u16(bytes) << 16) >> 16;

const text = (bytes: Uint8Array): string => plainText(bytes)?.trim() ?? hexText(bytes);
const number =
  (unit: string, scale = 1) =>
  (bytes: Uint8Array): string =>
    `${bytes.reduce((value, byte) => value * 256 + byte, 0) * scale}${unit}`;
const oui = (bytes: Uint8Array): string => hexText(bytes, 3, ':');
const temperature = (bytes: Uint8Array): string => `${(s16(bytes) / 256).toFixed(2)} degrees C`;
const voltage = (bytes: Uint8Array): string => `${(u16(bytes) / 10_000).toFixed(4)} V`;
const bias = (bytes: Uint8Array): string => `${(u16(bytes) / 500).toFixed(3)} mA`;
const power = (bytes: Uint8Array): string => `${(u16(bytes) / 10_000).toFixed(4)} mW`;
const named =
  (names: { readonly [value: number]: string }) =>
  (bytes: Uint8Array): string =>
    `${names[bytes[0]] ?? 'unknown'} (0x${hexText(bytes)})`;
/** YYMMDD and a lot code. */
const date = (bytes: Uint8Array): string => {
  const digits = text(bytes.subarray(0, 6));
  const lot = text(bytes.subarray(6));
  return /^\d{6}$/.test(digits)
    ? `20${digits.slice(0, 2)}-${digits.slice(2, 4)}-${digits.slice(4)}${lot === '' ? '' : ` lot ${lot}`}`
    : text(bytes);
};
/** Of a cable assembly: a base and its power of ten (CMIS). */
const cableLength = (bytes: Uint8Array): string =>
  `${Number(((bytes[0] & 63) * 10 ** ((bytes[0] >> 6) - 1)).toFixed(1))} m`;

/** SFF-8024, table 4-1. */
const IDENTIFIERS: { readonly [value: number]: string } = {
  1: 'GBIC',
  2: 'soldered to the board',
  3: 'SFP',
  6: 'XFP',
  11: 'DWDM-SFP',
  12: 'QSFP',
  13: 'QSFP+',
  14: 'CXP',
  17: 'QSFP28',
  24: 'QSFP-DD',
  25: 'OSFP',
  26: 'SFP-DD',
  27: 'DSFP',
  30: 'QSFP+ with CMIS',
  31: 'SFP-DD with CMIS',
  32: 'SFP+ with CMIS',
};
/** SFF-8024, table 4-3. */
const CONNECTORS: { readonly [value: number]: string } = {
  1: 'SC',
  7: 'LC',
  11: 'optical pigtail',
  12: 'MPO 1x12',
  13: 'MPO 2x16',
  33: 'copper pigtail',
  34: 'RJ45',
  35: 'no separable connector',
  36: 'MXC 2x16',
};

const identifier = named(IDENTIFIERS);
const connector = named(CONNECTORS);

/** Four lanes of two bytes each. */
const lanes = (name: string, address: number, read: Row[3]): Row[] =>
  [0, 1, 2, 3].map((lane) => [`${name}_${lane + 1}`, address + lane * 2, 2, read]);

/** SFF-8472: address A0h, which names the module. */
const SFP: readonly Row[] = [
  ['identifier', 0, 1, identifier],
  ['extended_identifier', 1, 1, number('')],
  ['connector', 2, 1, connector],
  ['transceiver_codes', 3, 8, hexText],
  ['encoding', 11, 1, number('')],
  ['signaling_rate', 12, 1, number(' MBd', 100)],
  ['length_smf', 14, 1, number(' km')],
  ['length_om2', 16, 1, number(' m', 10)],
  ['length_om1', 17, 1, number(' m', 10)],
  ['length_copper', 18, 1, number(' m')],
  ['length_om3', 19, 1, number(' m', 10)],
  ['vendor_name', 20, 16, text],
  ['vendor_oui', 37, 3, oui],
  ['vendor_pn', 40, 16, text],
  ['vendor_rev', 56, 4, text],
  ['wavelength', 60, 2, number(' nm')],
  ['vendor_sn', 68, 16, text],
  ['date_code', 84, 8, date],
  ['diagnostics_type', 92, 1, number('')],
];

/** SFF-8472: address A2h, what the module measures. */
const SFP_DIAGNOSTICS: readonly Row[] = [
  ['temperature', 96, 2, temperature],
  ['voltage', 98, 2, voltage],
  ['tx_bias', 100, 2, bias],
  ['tx_power', 102, 2, power],
  ['rx_power', 104, 2, power],
];

/** SFF-8636: lower page and upper page 00h. */
const QSFP: readonly Row[] = [
  ['identifier', 0, 1, identifier],
  ['revision', 1, 1, number('')],
  ['temperature', 22, 2, temperature],
  ['voltage', 26, 2, voltage],
  ...lanes('rx_power', 34, power),
  ...lanes('tx_bias', 42, bias),
  ...lanes('tx_power', 50, power),
  ['identifier', 128, 1, identifier],
  ['extended_identifier', 129, 1, number('')],
  ['connector', 130, 1, connector],
  ['transceiver_codes', 131, 8, hexText],
  ['encoding', 139, 1, number('')],
  ['signaling_rate', 140, 1, number(' MBd', 100)],
  ['length_smf', 142, 1, number(' km')],
  ['length_om3', 143, 1, number(' m', 2)],
  ['length_om2', 144, 1, number(' m')],
  ['length_om1', 145, 1, number(' m')],
  ['length_copper', 146, 1, number(' m')],
  ['vendor_name', 148, 16, text],
  ['vendor_oui', 165, 3, oui],
  ['vendor_pn', 168, 16, text],
  ['vendor_rev', 184, 2, text],
  ['wavelength', 186, 2, number(' nm', 0.05)],
  ['vendor_sn', 196, 16, text],
  ['date_code', 212, 8, date],
];

/** CMIS: lower memory and page 00h. */
const CMIS: readonly Row[] = [
  ['identifier', 0, 1, identifier],
  ['revision', 1, 1, (bytes) => `${bytes[0] >> 4}.${bytes[0] & 15}`],
  ['module_state', 3, 1, (bytes) => MODULE_STATES[(bytes[0] >> 1) & 7] ?? String((bytes[0] >> 1) & 7)],
  ['temperature', 14, 2, temperature],
  ['voltage', 16, 2, voltage],
  ['identifier', 128, 1, identifier],
  ['vendor_name', 129, 16, text],
  ['vendor_oui', 145, 3, oui],
  ['vendor_pn', 148, 16, text],
  ['vendor_rev', 164, 2, text],
  ['vendor_sn', 166, 16, text],
  ['date_code', 182, 8, date],
  ['clei_code', 190, 10, text],
  ['max_power', 201, 1, number(' W', 0.25)],
  ['cable_length', 202, 1, cableLength],
  ['connector', 203, 1, connector],
];

const MODULE_STATES = ['', 'ModuleLowPwr', 'ModulePwrUp', 'ModuleReady', 'ModulePwrDn', 'ModuleFault'];

/** Memory maps by identifier. */
const MAPS: readonly { readonly identifiers: readonly number[]; readonly rows: readonly Row[] }[] = [
  { identifiers: [3, 11], rows: SFP },
  { identifiers: [12, 13, 17], rows: QSFP },
  { identifiers: [24, 25, 26, 27, 30, 31, 32], rows: CMIS },
];

/** I2C addresses of a module's memory as requests write them, and the halves of its map (SFF-8636, CMIS). */
const DIAGNOSTICS_ADDRESS = 0x51;
const UPPER = 128;

/**
 * Bytes of a plug-in module's memory (ETHTOOL_A_MODULE_EEPROM_DATA), as `ethtool -m` reads them: SFF-8472, SFF-8636 and
 * CMIS to their identification and measurements. Where the bytes are from, only the request tells.
 */
export const moduleEeprom: ByteFormat = {
  text(bytes, _, __, around) {
    const parts = partsOf(bytes, around);
    const told = ['identifier', 'vendor_name', 'vendor_pn', 'vendor_sn', 'temperature', 'voltage'].flatMap((name) => {
      const part = parts.find((one) => one.name === name);
      return part === undefined ? [] : [part.text];
    });
    return told.length === 0 ? null : told.join(', ');
  },
  parts: (bytes, _, around) => partsOf(bytes, around),
};

function partsOf(bytes: Uint8Array, around: Around | undefined): BytePart[] {
  const first = around?.asked('ETHTOOL_A_MODULE_EEPROM_OFFSET');
  if (around === undefined || first === undefined) return [];
  const rows = mapOf(bytes, first, around);
  return rows.flatMap(([name, address, length, read]) => {
    const start = address - first;
    if (start < 0 || start + length > bytes.length) return [];
    const type = length === 1 ? 'u8' : 'bytes';
    return [{ name, type, start, end: start + length, text: read(bytes.subarray(start, start + length)) }];
  });
}

function mapOf(bytes: Uint8Array, first: number, around: Around): readonly Row[] {
  if (around.asked('ETHTOOL_A_MODULE_EEPROM_I2C_ADDRESS') === DIAGNOSTICS_ADDRESS) return SFP_DIAGNOSTICS;
  if ((around.asked('ETHTOOL_A_MODULE_EEPROM_BANK') ?? 0) !== 0) return [];
  const isPageZero = (around.asked('ETHTOOL_A_MODULE_EEPROM_PAGE') ?? 0) === 0;
  // Page 00h repeats the identifier, but for SFP, whose memory has no pages.
  const at = first <= 0 ? 0 : UPPER;
  const identifier = bytes[at - first];
  const map = MAPS.find(({ identifiers }) => identifiers.includes(identifier));
  if (map === undefined || (at === UPPER && (map.rows === SFP || !isPageZero))) return [];
  return isPageZero ? map.rows : map.rows.filter(([, address]) => address < UPPER);
}
