/** Elements about security: RSN, WPA, their extensions, fast transition and FILS (IEEE 802.11 clause 9.4.2). */
import { bitFields, type Cursor } from './cursor.ts';
import type { ElementBodies } from './elements.ts';
import { akmText, cipherText, shortName } from './names.ts';

const REPLAY_COUNTERS = ['1 counter', '2 counters', '4 counters', '16 counters'];
const RSN_CAPABILITIES = bitFields(
  ['preauthentication'],
  ['no_pairwise'],
  ['ptksa_replay_counters', 2, REPLAY_COUNTERS],
  ['gtksa_replay_counters', 2, REPLAY_COUNTERS],
  ['mfp_required'],
  ['mfp_capable'],
  ['joint_multi_band_rsna'],
  ['peerkey_enabled'],
  ['spp_amsdu_capable'],
  ['spp_amsdu_required'],
  ['pbac'],
  ['extended_key_id'],
  ['ocvc'],
  ['', 1],
);

const RSNX_CAPABILITIES = bitFields(
  ['length', 4, (value) => `${value + 1} bytes`],
  ['protected_twt'],
  ['sae_hash_to_element'],
  ['sae_pk'],
  ['protected_wur'],
  ['secure_ltf'],
  ['secure_rtt'],
  ['urnm_mfpr_x20'],
  ['protected_announce'],
  ['pbac'],
  ['extended_s1g_action_protection'],
  ['spp_amsdu_capable'],
  ['urnm_mfpr'],
  ['', 2],
  ['kek_in_pasn'],
  ['', 2],
  ['ssid_protection'],
);

function suites(c: Cursor, name: string, text: (bytes: Uint8Array) => string): string {
  const count = c.u16(`${name}_count`);
  const found: string[] = [];
  for (let i = 0; i < count && c.left > 0; i++) found.push(shortName(c.value(`${name}[${i}]`, 'suite', 4, text)));
  return found.join(' ');
}

/** Version, ciphers and key management, as RSN and WPA begin; what they say, for a line about them. */
function selectors(c: Cursor): string[] {
  c.u16('version');
  const told: string[] = [];
  if (c.left > 0) told.push(`group ${shortName(c.value('group_cipher', 'suite', 4, cipherText))}`);
  if (c.left > 0) told.push(`pairwise ${suites(c, 'pairwise_cipher', cipherText)}`);
  if (c.left > 0) told.push(`AKM ${suites(c, 'akm', akmText)}`);
  return told;
}

/** The body of an RSN element behind its id; everything behind the version may be left out. */
function rsn(c: Cursor): string {
  const told = selectors(c);
  if (c.left > 0) {
    const capabilities = c.bits('capabilities', 2, RSN_CAPABILITIES);
    if (capabilities.has('mfp_required')) told.push('MFP required');
    else if (capabilities.has('mfp_capable')) told.push('MFP capable');
  }
  if (c.left > 0) {
    const count = c.u16('pmkid_count');
    for (let i = 0; i < count && c.left > 0; i++) c.hex(`pmkid[${i}]`, 16);
  }
  if (c.left > 0) c.value('group_management_cipher', 'suite', 4, cipherText);
  return told.join(', ');
}

/** The body of Microsoft's WPA element behind its type, laid out as RSN's up to the key management. */
export function wpa(c: Cursor): string {
  const told = selectors(c);
  if (c.left > 0) c.bits('capabilities', 2, RSN_CAPABILITIES);
  return told.join(', ');
}

const FT_CAPABILITY = bitFields(['ft_over_ds'], ['resource_request_protocol'], ['', 6]);
const FT_SUBELEMENTS: readonly (string | undefined)[] = [
  undefined,
  'r1kh_id',
  'gtk',
  'r0kh_id',
  'igtk',
  'operating_channel_information',
  'bigtk',
  'wigtk',
];
const FT_SECRETS: ReadonlySet<string> = new Set(['gtk', 'igtk', 'bigtk', 'wigtk']);
const MIC_CONTROL = bitFields(['rsnxe_used'], ['mic_length', 3], ['', 4], ['element_count', 8]);

function fastTransition(c: Cursor): string | undefined {
  const control = c.bits('mic_control', 2, MIC_CONTROL);
  c.hex('mic', [16, 24, 32][control.get('mic_length')] ?? 16);
  c.hex('anonce', 32);
  c.hex('snonce', 32);
  while (c.left > 0) {
    const name = FT_SUBELEMENTS[c.peek()] ?? `subelement ${c.peek()}`;
    c.group(name, 'subelement', Math.min(c.left, 2 + c.peek(1)), (inner) => {
      inner.u8('id');
      inner.u8('length');
      if (name === 'r0kh_id') return inner.text('value');
      const hidden = FT_SECRETS.has(name);
      if (hidden) return inner.value('key', 'binary', inner.left, (bytes) => `${bytes.length} bytes, hidden`);
      return inner.hex('value');
    });
  }
  return undefined;
}

const FILS_INFORMATION = bitFields(
  ['public_key_identifiers', 3],
  ['realm_identifiers', 3],
  ['ip_address_configuration'],
  ['cache_identifier_included'],
  ['hessid_included'],
  ['sk_without_pfs'],
  ['sk_with_pfs'],
  ['public_key_authentication'],
  ['', 4],
);

function filsIndication(c: Cursor): string | undefined {
  const information = c.bits('information', 2, FILS_INFORMATION);
  if (information.has('cache_identifier_included')) c.hex('cache_identifier', 2);
  if (information.has('hessid_included')) c.mac('hessid');
  for (let i = 0; i < information.get('realm_identifiers') && c.left > 0; i++) c.hex(`realm[${i}]`, 2);
  return undefined;
}

export const SECURITY_ELEMENTS: ElementBodies = {
  RSN: rsn,
  RSNX: (c) => {
    c.bits('capabilities', c.left, RSNX_CAPABILITIES);
    return undefined;
  },
  MOBILITY_DOMAIN: (c) => {
    const domain = c.hex('mobility_domain', 2);
    c.bits('ft_capability', 1, FT_CAPABILITY);
    return domain;
  },
  FAST_BSS_TRANSITION: fastTransition,
  TIMEOUT_INTERVAL: (c) => {
    const kinds = [undefined, 'reassociation deadline', 'key lifetime', 'association comeback'];
    const type = c.u8('type', kinds);
    const value = c.uint('value', 4);
    return `${kinds[type] ?? `type ${type}`} ${value} ${type === 2 ? 's' : 'TU'}`;
  },
  MMIE: (c) => {
    c.u16('key_id');
    c.uint('packet_number', 6);
    c.hex('mic');
    return undefined;
  },
  CHALLENGE: (c) => c.hex('challenge'),
  FILS_INDICATION: filsIndication,
  EXT_FILS_SESSION: (c) => c.hex('session', 8),
  EXT_FILS_NONCE: (c) => c.hex('nonce', 16),
  EXT_FILS_KEY_CONFIRM: (c) => c.hex('key_authentication'),
  EXT_FILS_WRAPPED_DATA: (c) => c.hex('data'),
  EXT_DH_PARAMETER: (c) => {
    const group = c.u16('group');
    c.hex('public_key');
    return `group ${group}`;
  },
  EXT_PASSWORD_IDENTIFIER: (c) => c.text('identifier'),
  EXT_REJECTED_GROUPS: (c) => {
    while (c.left > 0) c.u16('group');
    return undefined;
  },
  EXT_ANTI_CLOGGING_TOKEN: (c) => c.hex('token'),
};
