import { constantName, type YnlDocument } from '../../specs/index.ts';
import spec from '../../specs/nl80211.yaml?lazy';

let document: YnlDocument | undefined;
const tables = new Map<string, ReadonlyMap<number, string>>();

/** Names of numbers that nl80211's spec has: ciphers, key management, reasons, statuses. */
function enumNames(name: string): ReadonlyMap<number, string> {
  const known = tables.get(name);
  if (known !== undefined) return known;
  document ??= spec.read() as YnlDocument;
  const definition = document.definitions?.find((d) => d.name === name);
  const names = new Map<number, string>();
  let value = 0;
  for (const entry of definition?.entries ?? []) {
    const own = typeof entry === 'string' ? { name: entry } : entry;
    value = ('value' in own ? own.value : undefined) ?? value;
    names.set(value, constantName(definition?.['name-prefix'] ?? '', own.name));
    value++;
  }
  tables.set(name, names);
  return names;
}

const numbered = (table: string, value: number): string => {
  const name = enumNames(table).get(value);
  return name === undefined ? String(value) : `${name} (${value})`;
};

/** WLAN_REASON_DEAUTH_LEAVING (3). */
export const reasonText = (value: number): string => numbered('reason-code', value);
/** WLAN_STATUS_SUCCESS (0). */
export const statusText = (value: number): string => numbered('status-code', value);

/** An organization of a suite or a vendor element as 00-0f-ac. */
function ouiText(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 3), (byte) => byte.toString(16).padStart(2, '0')).join('-');
}

const MICROSOFT_WPA = 0x0050f200;
const RSN = 0x000fac00;

/** WPA counts its suites under Microsoft's organization as RSN counts its own. */
function suiteText(table: string, bytes: Uint8Array): string {
  const number = bytes[0] * 0x1000000 + bytes[1] * 0x10000 + bytes[2] * 0x100 + bytes[3];
  const known = number - (number % 256) === MICROSOFT_WPA ? RSN + (number % 256) : number;
  const suite = `${ouiText(bytes)}:${bytes[3]}`;
  const name = enumNames(table).get(known);
  return name === undefined ? suite : `${name} (${suite})`;
}

/** WLAN_CIPHER_SUITE_CCMP (00-0f-ac:4). */
export const cipherText = (bytes: Uint8Array): string => suiteText('cipher-suite', bytes);
/** WLAN_AKM_SUITE_PSK (00-0f-ac:2). */
export const akmText = (bytes: Uint8Array): string => suiteText('akm-suite', bytes);

/** Prefix of a constant that a line about it can do without. */
export function shortName(text: string): string {
  return text.replace(/^WLAN_(CIPHER_SUITE|AKM_SUITE|REASON|STATUS|EID_EXT|EID|CATEGORY)_/, '').replace(/ \(.*\)$/, '');
}

/** Makers of vendor elements (IEEE's registry), as far as their elements are seen often. */
const VENDORS: ReadonlyMap<number, string> = new Map([
  [0x00037f, 'Atheros'],
  [0x000b86, 'Aruba'],
  [0x000c43, 'Ralink'],
  [0x000ce7, 'MediaTek'],
  [0x000fac, 'IEEE 802.11'],
  [0x001018, 'Broadcom'],
  [0x001374, 'Atheros'],
  [0x001392, 'Ruckus'],
  [0x0013e8, 'Intel'],
  [0x0017f2, 'Apple'],
  [0x001735, 'Intel'],
  [0x001977, 'Aerohive'],
  [0x001a11, 'Google'],
  [0x004096, 'Cisco (Aironet)'],
  [0x0050f2, 'Microsoft'],
  [0x00904c, 'Epigram'],
  [0x00a0c6, 'Qualcomm'],
  [0x00e04c, 'Realtek'],
  [0x506f9a, 'Wi-Fi Alliance'],
  [0x8cfdf0, 'Qualcomm'],
  [0xf4f5e8, 'Google'],
]);

/** 50-6f-9a (Wi-Fi Alliance). */
export function vendorText(bytes: Uint8Array): string {
  const name = VENDORS.get((bytes[0] << 16) | (bytes[1] << 8) | bytes[2]);
  return name === undefined ? ouiText(bytes) : `${ouiText(bytes)} (${name})`;
}
