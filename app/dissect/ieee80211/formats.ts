import type { ByteFormat, BytePart } from '../byteFormats.ts';
import { EXTENDED_CAPABILITIES, qosMap } from './basicElements.ts';
import * as phy from './capabilities.ts';
import { type BitField, type Body, bitFields, Cursor, digest, type Told, toldText } from './cursor.ts';
import { isEapol, readEapol } from './eapol.ts';
import { readElements } from './elements.ts';
import { authData, CAPABILITY, readFrame } from './frames.ts';
import { EML_CAPA, EXT_MLD_CAPA, MLD_CAPA } from './linkElements.ts';
import {
  NAN_ANTENNAS,
  NAN_CAPABILITIES,
  NAN_COMMITTED_DW,
  NAN_OPERATION_MODE,
  nanAttributes,
  nanChannelEntry,
} from './nan.ts';
import { frequencyText, rateText } from './numbers.ts';
import { operatingMode } from './phyElements.ts';

/** Bytes that `body` reads, as a format of a view; none at all have no parts. */
function format(body: Body): ByteFormat {
  const read = (bytes: Uint8Array): { told: Told; parts: readonly BytePart[] } => {
    const cursor = new Cursor(bytes);
    if (bytes.length === 0) return { told: '', parts: [] };
    const told = body(cursor);
    if (cursor.left > 0) cursor.hex('rest');
    return { told, parts: cursor.parts };
  };
  const text = (bytes: Uint8Array): string => {
    const { told, parts } = read(bytes);
    return toldText(told) || digest(parts);
  };
  return { text, parts: (bytes) => read(bytes).parts };
}

/** A bit string whose fields are the parts. */
function bitString(fields: readonly BitField[]): ByteFormat {
  const read = (bytes: Uint8Array) => {
    const cursor = new Cursor(bytes);
    cursor.bits('', bytes.length, fields);
    return cursor.parts[0];
  };
  return {
    text: (bytes) => (bytes.length === 0 ? '' : read(bytes).text),
    parts: (bytes) => (bytes.length === 0 ? [] : (read(bytes).parts ?? [])),
  };
}

const elements: Body = (c) => readElements(c);

/** A number of 1 to 4 bytes that has no parts. */
function number(text: (value: number) => string): ByteFormat {
  return { text: (bytes) => text(bytes.reduceRight((value, byte) => value * 256 + byte, 0)) };
}

const MU_MIMO_GROUPS = 64;

/** Membership and position of a station in each of the 64 groups of VHT MU-MIMO. */
function muMimoGroups(c: Cursor): string {
  const membership = bitFields(...Array.from({ length: MU_MIMO_GROUPS }, (_, i) => [`group_${i}`] as const));
  const position = bitFields(...Array.from({ length: MU_MIMO_GROUPS }, (_, i) => [`group_${i}`, 2] as const));
  const members = c.bits('membership', 8, membership);
  c.bits('user_position', 16, position);
  const found = membership.filter(({ name }) => members.has(name)).map(({ at }) => at);
  return found.length === 0 ? 'no groups' : `groups ${found.join(' ')}`;
}

/** Formats of what IEEE 802.11 lays out, for binary attributes of nl80211 and its simulators. */
export const IEEE80211_FORMATS: { readonly [name: string]: ByteFormat } = {
  'wifi-elements': format(elements),
  // NL80211_CMD_CONTROL_PORT_FRAME has EAPOL where other commands have an 802.11 frame.
  'wifi-frame': format((c) => (isEapol(c) ? readEapol(c) : readFrame(c))),
  // NL80211_ATTR_AUTH_DATA is only used with SAE and FILS; FILS has elements where SAE has its commit.
  'wifi-auth-data': format((c) => authData(c, c.left < 6 || c.peek(4) !== 0xff)),
  'wifi-capability': bitString(CAPABILITY),
  'wifi-extended-capabilities': bitString(EXTENDED_CAPABILITIES),
  'wifi-qos-map': format(qosMap),
  'wifi-operating-mode': format(operatingMode),
  'wifi-rate': number((value) => `${rateText(value)} Mb/s`),
  'wifi-frequency': number(frequencyText),
  'mu-mimo-groups': format(muMimoGroups),
  'ht-capabilities': format(phy.htCapabilities),
  'ht-capability-info': bitString(phy.HT_CAP_INFO),
  'ht-mcs-set': format(phy.htMcsSet),
  'vht-capabilities': format(phy.vhtCapabilities),
  'vht-capability-info': bitString(phy.VHT_CAP_INFO),
  'vht-mcs-set': format(phy.vhtMcsSet),
  'he-capabilities': format(phy.heCapabilities),
  'he-6ghz-capabilities': bitString(phy.HE_6GHZ_CAPA),
  'he-mac': bitString(phy.HE_MAC),
  'he-phy': bitString(phy.HE_PHY),
  'he-mcs-set': format(phy.heMcsSet),
  'he-ppe': format(phy.hePpe),
  'eht-capabilities': format(phy.ehtCapabilities),
  'eht-mac': bitString(phy.EHT_MAC),
  'eht-phy': bitString(phy.EHT_PHY),
  'eht-mcs-set': format(phy.ehtMcsSet),
  'eht-ppe': format(phy.ehtPpe),
  'uhr-capabilities': format(phy.uhrCapabilities),
  'uhr-mac': bitString(phy.UHR_MAC),
  'uhr-phy': bitString(phy.UHR_PHY),
  'uhr-operation': format(phy.uhrOperation),
  's1g-capabilities': format(phy.s1gCapabilities),
  's1g-capability-info': bitString(phy.S1G_CAPA),
  's1g-mcs-set': bitString(phy.S1G_MCS),
  'eml-capabilities': bitString(EML_CAPA),
  'mld-capabilities': bitString(MLD_CAPA),
  'nan-attributes': format((c) => nanAttributes(c, readElements)),
  'nan-channel-entry': format((c) => nanChannelEntry(c, c.left > 4)),
  'nan-committed-dw': bitString(NAN_COMMITTED_DW),
  'nan-operation-mode': bitString(NAN_OPERATION_MODE),
  'nan-antennas': bitString(NAN_ANTENNAS),
  'nan-capabilities': bitString(NAN_CAPABILITIES),
  'extended-mld-capabilities': bitString(EXT_MLD_CAPA),
};
