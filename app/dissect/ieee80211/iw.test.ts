import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../../contracts/index.ts';
import { builtinLibrary } from '../../specs/index.ts';
import { bareContext, createDissector, learnFamily } from '../index.ts';
import { newFamilies, readCorpus } from '../testing/corpus.ts';

/** What `iw` printed for messages of the same capture, in sections. */
const SECTIONS = new Map(
  readFileSync(new URL('../../../e2e/captures/wifi-a.iw.txt', import.meta.url), 'utf8')
    .split(/^## /m)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)] as const),
);

const dissector = createDissector(builtinLibrary());
const messages = readCorpus('wifi-a');
const families = newFamilies();
const context = bareContext(families);
for (const { bytes, envelope } of messages) learnFamily(bytes, envelope, context, families);
const trees = messages.map(({ bytes, envelope }) => dissector.dissect(bytes, envelope, context).tree);

function at(nodes: readonly FieldNode[], ...path: string[]): FieldNode | undefined {
  const [name, ...rest] = path;
  for (const node of nodes) {
    if (node.name !== name) continue;
    const found = rest.length === 0 ? node : at(node.children, ...rest);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Texts of all fields below a node by their names. */
function texts(node: FieldNode | undefined): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (nodes: readonly FieldNode[]): void => {
    for (const { name, text, children } of nodes) {
      if (!found.has(name)) found.set(name, text);
      visit(children);
    }
  };
  visit(node?.children ?? []);
  return found;
}

const tidy = (line: string): string => line.trim().replace(/^\* /, '').replace(/\s+/g, ' ').trim();
const plain = (text: string | undefined): string => (text ?? '').replace(/ \(\d+\)$/, '');
const rates = (text: string | undefined): string =>
  (text ?? '').replace(/[\d.]+/g, (number) => Number(number).toFixed(1));

const CIPHERS: { readonly [name: string]: string } = {
  WLAN_CIPHER_SUITE_CCMP: 'CCMP',
  WLAN_CIPHER_SUITE_TKIP: 'TKIP',
  WLAN_CIPHER_SUITE_GCMP_256: 'GCMP-256',
  WLAN_AKM_SUITE_PSK: 'PSK',
  WLAN_AKM_SUITE_FT_PSK: 'FT/PSK',
  WLAN_AKM_SUITE_PSK_SHA256: 'PSK/SHA-256',
  WLAN_AKM_SUITE_SAE: 'SAE',
  WLAN_AKM_SUITE_FT_OVER_SAE: 'FT/SAE',
};
const suite = (text: string | undefined): string => CIPHERS[(text ?? '').replace(/ .*/, '')] ?? `? ${text}`;

function suites(fields: ReadonlyMap<string, string>, name: string): string {
  return [...fields]
    .filter(([key]) => key.startsWith(`${name}[`))
    .map(([, text]) => suite(text))
    .join(' ');
}

function securityLines(element: FieldNode | undefined): string[] {
  const fields = texts(element);
  return [
    `Group cipher: ${suite(fields.get('group_cipher'))}`,
    `Pairwise ciphers: ${suites(fields, 'pairwise_cipher')}`,
    `Authentication suites: ${suites(fields, 'akm')}`,
  ];
}

const BITS = new Map([
  ['ess', 'ESS'],
  ['privacy', 'Privacy'],
  ['short_slot_time', 'ShortSlotTime'],
  ['radio_measurement', 'RadioMeasure'],
]);

/** iw's words for what is set in HT, HE and EHT capabilities, by the fields' names. */
const WORDS: { readonly [name: string]: string | ((text: string) => string) } = {
  greenfield: 'RX Greenfield',
  short_gi_20: 'RX HT20 SGI',
  short_gi_40: 'RX HT40 SGI',
  tx_stbc: 'TX STBC',
  dsss_cck_40: 'DSSS/CCK HT40',
  channel_width: (text) => text,
  sm_power_save: (text) => `SM Power Save ${text}`,
  rx_stbc: (text) =>
    text === 'none'
      ? 'No RX STBC'
      : `RX STBC ${text.replace(/ streams?/, text === '1 stream' ? '-stream' : '-streams')}`,
  max_amsdu_length: (text) => `Max AMSDU length: ${text}`,
};
const HE_WORDS: { readonly [name: string]: string } = {
  htc_he: '+HTC HE Supported',
  trigger_frame_padding: 'Trigger Frame MAC Padding Duration',
  multi_tid_aggregation_rx: 'Multi-TID Aggregation Support',
  bsr: 'BSR',
  mu_cascading: 'MU Cascading',
  ack_enabled_aggregation: 'Ack-Enabled Aggregation',
  om_control: 'OM Control',
  max_ampdu_length_extension: 'Maximum A-MPDU Length Exponent',
  amsdu_in_ampdu: 'A-MSDU in A-MPDU',
  width_40_in_2ghz: 'HE40/2.4GHz',
  width_40_80_in_5ghz: 'HE40/HE80/5GHz',
  punctured_preamble_rx: 'Punctured Preamble RX',
  device_class: 'Device Class',
  ldpc_coding: 'LDPC Coding in Payload',
  midamble_max_nsts: 'Midamble Rx Max NSTS',
  ndp_4x_ltf_32_gi: 'NDP with 4x HE-LTF and 3.2us GI',
  tx_stbc_80: 'STBC Tx <= 80MHz',
  rx_stbc_80: 'STBC Rx <= 80MHz',
  full_bw_ul_mu_mimo: 'Full Bandwidth UL MU-MIMO',
  partial_bw_ul_mu_mimo: 'Partial Bandwidth UL MU-MIMO',
};
const EHT_WORDS: { readonly [name: string]: string } = {
  epcs_priority_access: 'EPCS Priority Access Supported',
  om_control: 'EHT OM Control Supported',
  triggered_txop_sharing_mode_1: 'Triggered TXOP Sharing Mode 1 Supported',
  tone_ru_242_wider_than_20: '242-tone RU in BW wider than 20MHz Supported',
  ndp_4x_ltf_32_gi: 'NDP With EHT-LTF And 3.2 µs GI',
  partial_bw_ul_mu_mimo: 'Partial Bandwidth UL MU-MIMO',
  su_beamformer: 'SU Beamformer',
  su_beamformee: 'SU Beamformee',
  ng16_su_feedback: 'Ng = 16 SU Feedback',
  ng16_mu_feedback: 'Ng = 16 MU Feedback',
  codebook_42_su_feedback: 'Codebook size (4, 2) SU Feedback',
  codebook_75_mu_feedback: 'Codebook size (7, 5) MU Feedback',
  triggered_su_beamforming_feedback: 'Triggered SU Beamforming Feedback',
  triggered_mu_beamforming_partial_bw_feedback: 'Triggered MU Beamforming Partial BW Feedback',
  triggered_cqi_feedback: 'Triggered CQI Feedback',
  partial_bw_dl_mu_mimo: 'Partial Bandwidth DL MU-MIMO',
  psr_based_sr: 'PSR-Based SR Support',
  power_boost_factor: 'Power Boost Factor Support',
  mu_ppdu_4x_ltf_08_gi: 'EHT MU PPDU With 4 EHT-LTF And 0.8 µs GI',
  max_nc: 'Max Nc',
  non_triggered_cqi_feedback: 'Non-Triggered CQI Feedback',
  tx_1024qam_4096qam_below_242_ru: 'Tx 1024-QAM And 4096-QAM < 242-tone RU',
  rx_1024qam_4096qam_below_242_ru: 'Rx 1024-QAM And 4096-QAM < 242-tone RU',
  ppe_thresholds_present: 'PPE Thresholds Present',
  nominal_packet_padding: 'Common Nominal Packet Padding',
  max_ltfs: 'Maximum Number Of Supported EHT-LTFs',
  mcs15: 'Support of MCS 15',
  rx_ndp_wider_bw_20mhz_sta: 'Support For 20MHz Rx NDP With Wider Bandwidth',
};

/** The number that a bit-field's text ends with, or is. */
const numberOf = (text: string): number => Number(/\((\d+)\)$/.exec(text)?.[1] ?? text);

/** Lines for all fields that are not 0, as iw has them; a field of one bit is a line of its own words. */
function setLines(fields: readonly FieldNode[], words: { readonly [name: string]: string }): string[] {
  return fields.flatMap(({ name, type, text }) => {
    const offset = OFFSETS.has(name) ? 1 : 0;
    const value = numberOf(text) - offset;
    if (value === 0) return [];
    const word = words[name] ?? `? ${name}`;
    return [type.startsWith('bit ') && name !== 'device_class' ? word : `${word}: ${value}`];
  });
}
/** Fields whose text is one more than the number that iw prints. */
const OFFSETS = new Set([
  'max_fragmented_msdus',
  'multi_tid_aggregation_rx',
  'multi_tid_aggregation_tx',
  'midamble_max_nsts',
  'dcm_max_nss_tx',
  'dcm_max_nss_rx',
  'beamformee_sts_80',
  'beamformee_sts_above_80',
  'sounding_dimensions_80',
  'sounding_dimensions_above_80',
  'beamformee_ss_80',
  'beamformee_ss_160',
  'beamformee_ss_320',
  'sounding_dimensions_160',
  'sounding_dimensions_320',
]);

function htLines(info: FieldNode | undefined): string[] {
  return (info?.children ?? []).flatMap(({ name, text }) => {
    const word = WORDS[name];
    if (typeof word === 'function') return [word(plain(text))];
    if (name === 'dsss_cck_40' && text === '0') return ['No DSSS/CCK HT40'];
    return word === undefined || text === '0' ? [] : [word];
  });
}

function mcsLines(map: FieldNode | undefined): string[] {
  return (map?.children ?? []).map(({ name, text }) => {
    const streams = name.replace('streams_', '');
    const mcs = plain(text);
    return `${streams} streams: ${mcs === 'not supported' ? mcs : `MCS ${mcs}`}`;
  });
}

/** What iw would print of a scan result, by the tree. */
function scanLines(bss: readonly FieldNode[]): Set<string> {
  const list = at(bss, 'NL80211_BSS_INFORMATION_ELEMENTS')?.children ?? [];
  const element = (name: string): FieldNode | undefined => at(list, `WLAN_EID_${name}`);
  const field = (name: string, ...path: string[]): string | undefined => at(list, `WLAN_EID_${name}`, ...path)?.text;
  const bssText = (name: string): string => at(bss, name)?.text ?? '';
  const lines: string[] = [
    `freq: ${Number.parseInt(bssText('NL80211_BSS_FREQUENCY'), 10).toFixed(1)}`,
    `beacon interval: ${bssText('NL80211_BSS_BEACON_INTERVAL').replace('TU', 'TUs')}`,
    `signal: ${Number.parseFloat(bssText('NL80211_BSS_SIGNAL_MBM')).toFixed(2)} dBm`,
    `last seen: ${bssText('NL80211_BSS_SEEN_MS_AGO')} ago`,
    `SSID: ${JSON.parse(field('SSID', 'ssid') ?? '""')}`,
    `Supported rates: ${rates(field('SUPP_RATES', 'rates'))}`,
    `Extended supported rates: ${rates(field('EXT_SUPP_RATES', 'rates'))}`,
    `DS Parameter set: ${field('DS_PARAMS')}`,
    `Power constraint: ${field('PWR_CONSTRAINT')}`,
    `MESH ID: ${JSON.parse(field('MESH_ID', 'mesh_id') ?? '""')}`,
    ...securityLines(element('RSN')),
  ];
  const capability = at(bss, 'NL80211_BSS_CAPABILITY');
  const set = (capability?.children ?? []).filter(({ text }) => text === '1').map(({ name }) => BITS.get(name) ?? name);
  const hex = Number(capability?.value ?? 0)
    .toString(16)
    .padStart(4, '0');
  lines.push(tidy(`capability: ${set.join(' ')} (0x${hex})`));
  const country = element('COUNTRY');
  if (country !== undefined) {
    lines.push(`Country: ${JSON.parse(texts(country).get('country') ?? '""')} Environment: Indoor/Outdoor`);
    for (const { name, text } of country.children) {
      if (name === 'channels') lines.push(`Channels [${text.replace('-', ' - ').replace(' @', '] @')}`);
    }
  }
  const load = texts(element('QBSS_LOAD'));
  lines.push(
    `station count: ${load.get('station_count')}`,
    `channel utilisation: ${load.get('channel_utilization')}`,
    `available admission capacity: ${Number.parseInt(load.get('admission_capacity') ?? '', 10) / 32} [*32us]`,
  );
  const ht = element('HT_CAPABILITY');
  const aggregation = texts(at(ht?.children ?? [], 'ampdu_parameters'));
  lines.push(
    ...htLines(at(ht?.children ?? [], 'capability_info')),
    `HT TX/RX MCS rate indexes supported: ${field('HT_CAPABILITY', 'mcs_set', 'rx_mcs')}`,
    `Maximum RX AMPDU length ${plain(aggregation.get('max_length'))} (exponent: 0x003)`,
    `Minimum RX AMPDU time spacing: ${plain(aggregation.get('min_spacing')).replace('µs', 'usec')} (0x06)`,
  );
  const operation = texts(element('HT_OPERATION'));
  const asked = (name: string): string => plain(operation.get(name));
  lines.push(
    `primary channel: ${operation.get('primary_channel')}`,
    `secondary channel offset: ${asked('secondary_channel').replace('none', 'no secondary')}`,
    `STA channel width: ${asked('channel_width')}`,
    `RIFS: ${asked('rifs')}`,
    `HT protection: ${asked('ht_protection')}`,
    `non-GF present: ${asked('non_greenfield_present')}`,
    `OBSS non-GF present: ${asked('obss_non_ht_present')}`,
    `dual beacon: ${asked('dual_beacon')}`,
    `dual CTS protection: ${asked('dual_cts_protection')}`,
    `STBC beacon: ${asked('stbc_beacon')}`,
    `L-SIG TXOP Prot: ${asked('lsig_txop_protection')}`,
    `PCO active: ${asked('pco_active')}`,
    `PCO phase: ${numberOf(operation.get('pco_phase') ?? '0')}`,
  );
  for (const { name, text } of at(element('EXT_CAPABILITY')?.children ?? [], 'capabilities')?.children ?? []) {
    if (text === '1') lines.push(name);
  }
  for (const { name, text } of at(element('RRM_ENABLED_CAPABILITIES')?.children ?? [], 'capabilities')?.children ??
    []) {
    if (text === '1') lines.push(name);
  }
  for (const vendor of list.filter(({ name }) => name === 'WLAN_EID_VENDOR_SPECIFIC')) {
    const fields = texts(vendor);
    const oui = (fields.get('oui') ?? '').slice(0, 8).replaceAll('-', ':');
    const type = fields.get('type') ?? '';
    if (/^\d+$/.test(type)) {
      const data = [Number(type).toString(16).padStart(2, '0'), fields.get('data') ?? ''].join(' ').trim();
      lines.push(`Vendor specific: OUI ${oui}, data: ${data}`);
    }
    if (vendor.text.includes('u-APSD')) lines.push('u-APSD');
    if (vendor.text.startsWith('WPA')) lines.push(...securityLines(vendor));
    for (const { name, text } of vendor.children) {
      if (/^(be|bk|vi|vo)$/.test(name)) {
        lines.push(`${name.toUpperCase()}: ${text.replace(', TXOP 0 µs', '').replace('µs', 'usec')}`);
      }
    }
    const wps = (name: string): string => JSON.parse(at(vendor.children, name, 'value')?.text ?? '""');
    if (vendor.text.startsWith('WPS')) {
      lines.push(
        `Manufacturer: ${wps('manufacturer')}`,
        `Model: ${wps('model_name')}`,
        `Model Number: ${wps('model_number')}`,
        `Serial Number: ${wps('serial_number')}`,
        `Device name: ${wps('device_name')}`,
        `Config methods: ${tidy(at(vendor.children, 'config_methods')?.text.replace('label', 'Label') ?? '')}`,
        `Wi-Fi Protected Setup State: 2 (${at(vendor.children, 'wps_state', 'value')?.text === 'configured (2)' ? 'Configured' : '?'})`,
        `Response Type: 3 (${plain(at(vendor.children, 'response_type', 'value')?.text)})`,
      );
    }
  }
  const link = texts(element('EXT_EHT_MULTI_LINK'));
  lines.push(`MLD MAC: ${link.get('mld_address')}`, `Link ID: ${numberOf(link.get('link_id') ?? '')}`);
  const widths = [20, 40, 80, 160];
  const powers = (element('TX_POWER_ENVELOPE')?.children ?? []).filter(({ name }) => name === 'max_power');
  powers.forEach(({ text }, i) => {
    lines.push(`Local Maximum Transmit Power For ${widths[i]} MHz: ${text}`);
  });
  const vht = element('VHT_CAPABILITY')?.children ?? [];
  lines.push(...mcsLines(at(vht, 'mcs_set', 'rx_mcs')), ...mcsLines(at(vht, 'mcs_set', 'tx_mcs')));
  lines.push(
    `Max MPDU length: ${plain(at(vht, 'capability_info', 'max_mpdu_length')?.text).replace(' bytes', '')}`,
    `Supported Channel Width: ${plain(at(vht, 'capability_info', 'channel_width')?.text)}`,
    `VHT RX highest supported: ${Number.parseInt(at(vht, 'mcs_set', 'rx_rate', 'rx_highest')?.text ?? '', 10)} Mbps`,
    `VHT TX highest supported: ${Number.parseInt(at(vht, 'mcs_set', 'tx_rate', 'tx_highest')?.text ?? '', 10)} Mbps`,
  );
  const vhtOperation = texts(element('VHT_OPERATION'));
  lines.push(
    `center freq segment 1: ${vhtOperation.get('center_channel_1')}`,
    `center freq segment 2: ${vhtOperation.get('center_channel_2')}`,
  );
  const he = element('EXT_HE_CAPABILITY')?.children ?? [];
  lines.push(
    ...setLines(at(he, 'mac_capabilities')?.children ?? [], HE_WORDS),
    ...setLines(at(he, 'phy_capabilities')?.children ?? [], HE_WORDS),
    ...mcsLines(at(he, 'mcs_set', 'rx_mcs_80')),
    ...mcsLines(at(he, 'mcs_set', 'tx_mcs_80')),
  );
  const heOperation = texts(element('EXT_HE_OPERATION'));
  lines.push(
    `Default PE Duration: ${Number.parseInt(heOperation.get('default_pe_duration') ?? '', 10) / 4}`,
    `TXOP Duration RTS Threshold: ${heOperation.get('txop_duration_rts_threshold') === 'disabled' ? 1023 : '?'}`,
    `BSS Color: ${heOperation.get('bss_color')}`,
    ...mcsLines(at(element('EXT_HE_OPERATION')?.children ?? [], 'basic_mcs')),
  );
  const mesh = texts(element('MESH_CONFIG'));
  lines.push(
    `Active Path Selection Protocol ID: ${numberOf(mesh.get('path_selection_protocol') ?? '')}`,
    `Active Path Selection Metric ID: ${numberOf(mesh.get('path_selection_metric') ?? '')}`,
    `Congestion Control Mode ID: ${numberOf(mesh.get('congestion_control') ?? '')}`,
    `Synchronization Method ID: ${numberOf(mesh.get('synchronization') ?? '')}`,
    `Authentication Protocol ID: ${numberOf(mesh.get('authentication') ?? '')}`,
    `Number of Peerings: ${mesh.get('peerings')}`,
    ...(mesh.get('accepting_peerings') === '1' ? ['Accepting Additional Mesh Peerings'] : []),
    ...(mesh.get('forwarding') === '1' ? ['Forwarding'] : []),
  );
  const roaming = texts(element('ROAMING_CONSORTIUM'));
  const interworking = texts(element('INTERWORKING'));
  lines.push(
    `ANQP OIs: ${roaming.get('anqp_ois')}`,
    `OI 1: ${roaming.get('oi[0]')?.replaceAll(' ', '')}`,
    `OI 2: ${roaming.get('oi[1]')?.replaceAll(' ', '')}`,
    `HESSID: ${interworking.get('hessid')}`,
    `Venue Type: ${interworking.get('venue_type')}`,
    ...(interworking.get('internet') === '1' ? ['Internet'] : []),
  );
  return new Set(lines);
}

/** iw's words for bits of the extended and the radio measurement capabilities, made into names like ours. */
const asName = (line: string): string =>
  line
    .toLowerCase()
    .replace(/ measurement$/, '')
    .replaceAll(/[^a-z0-9]+/g, '_');

describe('scan results', () => {
  const blocks = (SECTIONS.get('scan') ?? '').split(/^(?=BSS )/m);
  it.each(blocks.map((block) => [block.slice(4, 21), block] as const))('%s reads as iw prints it', (address, block) => {
    const tsf = /TSF: (\d+) usec/.exec(block)?.[1];
    const bss = trees
      .map((tree) => at(tree, 'NL80211_ATTR_BSS')?.children ?? [])
      .find(
        (fields) =>
          at(fields, 'NL80211_BSS_BSSID')?.text === address && String(at(fields, 'NL80211_BSS_TSF')?.value) === tsf,
      );
    const lines = scanLines(bss ?? []);
    const missing = block
      .split('\n')
      .slice(1)
      .map(tidy)
      .filter((line) => line !== '' && !lines.has(line) && !lines.has(asName(line)));
    expect(missing.filter((line) => !HEADINGS.test(line))).toEqual([]);
    expect(lines.size).toBeGreaterThan(20);
  });
});

/** Every field of that name in the messages of the capture. */
function everywhere(name: string): FieldNode[] {
  const found: FieldNode[] = [];
  const visit = (nodes: readonly FieldNode[]): void => {
    for (const node of nodes) {
      if (node.name === name) found.push(node);
      visit(node.children);
    }
  };
  for (const tree of trees) visit(tree);
  return found;
}

function untold(section: string, lines: ReadonlySet<string>): string[] {
  return (SECTIONS.get(section) ?? '')
    .split('\n')
    .map(tidy)
    .filter((line) => line !== '' && !lines.has(line));
}

describe('a wireless device', () => {
  it('has the band that iw prints', () => {
    const lines = new Set<string>();
    const add = (more: readonly string[]): void => {
      for (const line of more) lines.add(line);
    };
    for (const band of everywhere('NL80211_BAND_2GHZ')) {
      add(htLines(at(band.children, 'NL80211_BAND_ATTR_HT_CAPA')));
      for (const frequency of at(band.children, 'NL80211_BAND_ATTR_FREQS')?.children ?? []) {
        const own = texts(frequency);
        const [, mhz, channel] =
          /^(\d+) MHz \(channel (\d+)\)$/.exec(own.get('NL80211_FREQUENCY_ATTR_FREQ') ?? '') ?? [];
        const power = Number.parseFloat(own.get('NL80211_FREQUENCY_ATTR_MAX_TX_POWER') ?? '').toFixed(1);
        const use = own.has('NL80211_FREQUENCY_ATTR_DISABLED') ? 'disabled' : `${power} dBm`;
        lines.add(`${mhz}.0 MHz [${channel}] (${use})`);
      }
      for (const rate of at(band.children, 'NL80211_BAND_ATTR_RATES')?.children ?? []) {
        const own = texts(rate);
        const short = own.has('NL80211_BITRATE_ATTR_2GHZ_SHORTPREAMBLE') ? ' (short preamble supported)' : '';
        lines.add(`${Number.parseFloat(own.get('NL80211_BITRATE_ATTR_RATE') ?? '').toFixed(1)} Mbps${short}`);
      }
      for (const type of at(band.children, 'NL80211_BAND_ATTR_IFTYPE_DATA')?.children ?? []) {
        const part = (name: string) => at(type.children, `NL80211_BAND_IFTYPE_ATTR_${name}`)?.children ?? [];
        add(setLines(part('HE_CAP_MAC'), HE_WORDS));
        add(setLines(part('HE_CAP_PHY'), HE_WORDS));
        add(mcsLines(at(part('HE_CAP_MCS_SET'), 'rx_mcs_80')));
        add(mcsLines(at(part('HE_CAP_MCS_SET'), 'tx_mcs_80')));
        add(setLines(part('EHT_CAP_MAC'), EHT_WORDS));
        add(setLines(part('EHT_CAP_PHY'), EHT_WORDS));
        for (const { name, text } of part('EHT_CAP_MCS_SET')) {
          const [, low, high] = /^width_80_mcs_(\d+)_(\d+)$/.exec(name) ?? [];
          const [, rx, tx] = /^rx (\d+), tx (\d+)$/.exec(text) ?? [];
          add([`Rx Max NSS for MCS ${low}-${high}: ${rx}`, `Tx Max NSS for MCS ${low}-${high}: ${tx}`]);
        }
      }
    }
    const block = (SECTIONS.get('phy') ?? '').split(/Band 1:/)[1] ?? '';
    const missing = block
      .split('\n')
      .map(tidy)
      .filter((line) => line !== '' && !lines.has(line));
    expect(missing.filter((line) => !PHY_HEADINGS.test(line))).toEqual([]);
    expect([...lines].filter((line) => line.startsWith('?'))).toEqual([]);
    expect(lines.size).toBeGreaterThan(80);
  });

  it('is bound by the rules that iw prints', () => {
    const rules = everywhere('NL80211_ATTR_REG_RULES').flatMap((list) => list.children);
    const mhz = (text: string | undefined): number => Number.parseFloat(text ?? '');
    const lines = new Set(
      rules.map((rule) => {
        const own = texts(rule);
        const range = `${mhz(own.get('NL80211_ATTR_FREQ_RANGE_START'))} - ${mhz(own.get('NL80211_ATTR_FREQ_RANGE_END'))}`;
        const width = mhz(own.get('NL80211_ATTR_FREQ_RANGE_MAX_BW'));
        return `(${range.replace(/\.5/g, '')} @ ${width}), (N/A, ${Number.parseInt(own.get('NL80211_ATTR_POWER_RULE_MAX_EIRP') ?? '', 10)})`;
      }),
    );
    const printed = [...(SECTIONS.get('reg') ?? '').matchAll(/\(.*? @ \d+\), \(N\/A, \d+\)/g)].map(([rule]) => rule);
    expect(printed.length).toBe(7);
    expect(printed.filter((rule) => !lines.has(rule))).toEqual([]);
  });

  it.each(['station0', 'stationmesh'])('has the stations of %s', (section) => {
    const lines = new Set(
      everywhere('NL80211_ATTR_STA_INFO').flatMap((info) => {
        const own = texts(info);
        const get = (name: string): string => own.get(`NL80211_STA_INFO_${name}`) ?? '';
        const count = (name: string): string => String(Number.parseInt(get(name), 10));
        return [
          `inactive time: ${get('INACTIVE_TIME')}`,
          `rx bytes: ${count('RX_BYTES64')}`,
          `rx packets: ${count('RX_PACKETS')}`,
          `tx bytes: ${count('TX_BYTES64')}`,
          `tx packets: ${count('TX_PACKETS')}`,
          `tx retries: ${count('TX_RETRIES')}`,
          `tx failed: ${count('TX_FAILED')}`,
          `rx drop misc: ${count('RX_DROP_MISC')}`,
          `signal: ${get('SIGNAL')}`,
          `signal avg: ${get('SIGNAL_AVG')}`,
          `rx duration: ${get('RX_DURATION')}`,
          `tx duration: ${get('TX_DURATION')}`,
          `connected time: ${get('CONNECTED_TIME').replace(/ s$/, ' seconds')}`,
        ];
      }),
    );
    const COUNTED =
      /^(inactive time|[rt]x (bytes|packets|retries|failed|drop misc|duration)|signal( avg)?|connected time):/;
    expect(untold(section, lines).filter((line) => COUNTED.test(line))).toEqual([]);
    expect(SECTIONS.get(section)).toMatch(/connected time/);
  });
});

const PHY_HEADINGS =
  /^([\w .()-]+:$|Capabilities: |Maximum RX AMPDU|Minimum RX AMPDU|HT TX\/RX|(HE|EHT) (Iftypes|MAC|PHY|PPE)|HE [RT]X MCS|EHT-MCS Map)/;

/** Headings, numbers in another form than ours that stand beside their meaning, and elements that iw does not know. */
const HEADINGS =
  /^(Mesh Capability$|HE Operation Parameters|Basic HE-MCS|last seen: .*boottime|TSF:|Information elements|Unknown IE|[\w .-]+:$|(RSN|WPA|WPS|WMM): \* (Version|Parameter)|ERP: |Capabilities: |current operating class|Version2|UUID|Primary Device Type|EML Capabilities|TIM:|Network (Options|Type)|Venue Group|Query Response|ANQP$|VHT Capabilities|VHT extended NSS|channel width: 1|VHT basic MCS|HE (MAC|PHY) Capabilities|HE [RT]X MCS|Nonoperating Channel|Measurement Pilot|Operating Channel|Max Number Of MSDUs)/;
