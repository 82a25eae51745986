/** EAPOL (IEEE 802.1X-2020 clause 11, and IEEE 802.11 clause 12.7.2 for the frames that carry keys). */
import { type BitValues, bitFields, type Cursor } from './cursor.ts';
import { readElements } from './elements.ts';

const TYPES = ['EAP packet', 'start', 'logoff', 'key', 'ASF alert', 'MKA'];
const KEY = 3;
const EAP_CODES = [undefined, 'request', 'response', 'success', 'failure', 'initiate', 'finish'];
const EAP_TYPES: { readonly [number: number]: string } = {
  1: 'identity',
  2: 'notification',
  3: 'NAK',
  4: 'MD5',
  6: 'GTC',
  13: 'TLS',
  18: 'SIM',
  21: 'TTLS',
  23: 'AKA',
  25: 'PEAP',
  26: 'MSCHAPv2',
  43: 'FAST',
  50: "AKA'",
  52: 'PWD',
  254: 'expanded (WPS)',
};
const DESCRIPTORS: { readonly [number: number]: string } = { 1: 'RC4', 2: 'RSN', 254: 'WPA' };

/** Key information is in network order: the fields of its lower byte, which comes second, follow those of the upper. */
const KEY_INFORMATION = bitFields(
  ['mic_present'],
  ['secure'],
  ['error'],
  ['request'],
  ['key_data_encrypted'],
  ['smk_message'],
  ['', 2],
  ['descriptor_version', 3, ['by AKM', 'HMAC-MD5, RC4', 'HMAC-SHA1, AES', 'AES-128-CMAC']],
  ['pairwise'],
  ['key_index', 2],
  ['install'],
  ['ack'],
);

const MIC_LENGTHS = [16, 24, 32, 0];

/** Which message of the handshakes it is. */
function messageName(information: BitValues): string {
  const has = (name: string): boolean => information.has(name);
  if (has('request')) return 'request';
  if (!has('pairwise')) return has('ack') ? 'group message 1 of 2' : 'group message 2 of 2';
  if (has('ack')) return has('mic_present') ? 'message 3 of 4' : 'message 1 of 4';
  return has('secure') ? 'message 4 of 4' : 'message 2 of 4';
}

function keyFrame(c: Cursor): string {
  c.u8('descriptor', (value) => DESCRIPTORS[value] ?? String(value));
  const information = c.bits('key_information', 2, KEY_INFORMATION, messageName);
  c.uint('key_length', 2, undefined, true);
  c.hex('replay_counter', 8);
  c.hex('nonce', 32);
  c.hex('iv', 16);
  c.hex('rsc', 8);
  c.hex('reserved', 8);
  // The MIC is as long as the key management says, which the frame does not: as long as its data then end where it does.
  const behind = c.left - 2;
  const dataLength = (mic: number): number => (c.peek(mic) << 8) | c.peek(mic + 1);
  const mic = MIC_LENGTHS.find((length) => length + dataLength(length) === behind) ?? MIC_LENGTHS[0];
  if (mic > 0) c.hex('mic', mic);
  const length = c.uint('key_data_length', 2, undefined, true);
  if (length > 0 && c.left > 0) {
    const body = (inner: Cursor) =>
      information.has('key_data_encrypted') ? inner.hex('encrypted') : readElements(inner);
    c.group('key_data', 'key data', Math.min(length, c.left), body);
  }
  return `key ${messageName(information)}`;
}

function eap(c: Cursor): string {
  const code = c.u8('code', EAP_CODES);
  c.u8('id');
  const length = c.uint('length', 2, undefined, true);
  const name = `EAP ${EAP_CODES[code] ?? `code ${code}`}`;
  if (length <= 4 || c.left === 0) return name;
  const type = c.u8('type', (value) => EAP_TYPES[value] ?? String(value));
  const text = `${name} ${EAP_TYPES[type] ?? `type ${type}`}`;
  if (type === 1 && c.left > 0) return `${text} ${c.text('identity')}`;
  c.hex('data');
  return text;
}

/** Whether bytes are an EAPOL frame: a version that 802.11 frames do not have, and a length that fits. */
export function isEapol(c: Cursor): boolean {
  const length = (c.peek(2) << 8) | c.peek(3);
  return c.left >= 4 && c.peek() >= 1 && c.peek() <= 3 && c.peek(1) < TYPES.length && 4 + length <= c.left;
}

/** An EAPOL frame behind its Ethernet header, as NL80211_CMD_CONTROL_PORT_FRAME has it. */
export function readEapol(c: Cursor): string {
  c.u8('version');
  const type = c.u8('type', TYPES);
  const length = c.uint('length', 2, undefined, true);
  let text = TYPES[type] ?? `type ${type}`;
  if (length > 0 && c.left > 0) {
    const body = type === KEY ? keyFrame : type === 0 ? eap : (inner: Cursor) => inner.hex('data');
    text = c.group('body', 'EAPOL body', Math.min(length, c.left), body)();
  }
  return `EAPOL ${text}`;
}
