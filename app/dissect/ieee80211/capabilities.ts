/**
 * Capability and operation fields of the PHYs, as they stand in elements and in nl80211's binary attributes alike:
 * HT, VHT, HE, EHT, UHR and S1G (IEEE 802.11; names and positions as in the kernel's linux/ieee80211*.h).
 */
import { type BitValues, bitFields, type Cursor, type Reading } from './cursor.ts';

const US = (values: readonly number[]): Reading => values.map((value) => `${value} µs`);
const plus =
  (offset: number): Reading =>
  (value) =>
    String(value + offset);
const scaled =
  (factor: number, unit: string): Reading =>
  (value) =>
    `${value * factor} ${unit}`;
const powerOfTwo =
  (base: number, unit: string): Reading =>
  (value) =>
    `${2 ** (base + value) - 1} ${unit} (${value})`;

const SM_POWER_SAVE: Reading = ['static', 'dynamic', undefined, 'disabled'];
const RX_STBC: Reading = ['none', '1 stream', '2 streams', '3 streams'];
const MPDU_LENGTH: Reading = ['3895 bytes', '7991 bytes', '11454 bytes'];
const MPDU_SPACING: Reading = ['no restriction', '¼ µs', '½ µs', '1 µs', '2 µs', '4 µs', '8 µs', '16 µs'];
const CHANNEL_WIDTH = ['20 MHz', '40 MHz', '80 MHz', '160 MHz', '320 MHz'];

// ---- HT

export const HT_CAP_INFO = bitFields(
  ['ldpc_coding'],
  ['channel_width', 1, ['HT20', 'HT20/HT40']],
  ['sm_power_save', 2, SM_POWER_SAVE],
  ['greenfield'],
  ['short_gi_20'],
  ['short_gi_40'],
  ['tx_stbc'],
  ['rx_stbc', 2, RX_STBC],
  ['delayed_block_ack'],
  ['max_amsdu_length', 1, ['3839 bytes', '7935 bytes']],
  ['dsss_cck_40'],
  ['', 1],
  ['intolerant_40'],
  ['lsig_txop_protection'],
);
const AMPDU_PARAMETERS = bitFields(
  ['max_length', 2, powerOfTwo(13, 'bytes')],
  ['min_spacing', 3, MPDU_SPACING],
  ['', 3],
);
const HT_EXT_CAP = bitFields(
  ['pco'],
  ['pco_transition_time', 2, ['none', '400 µs', '1.5 ms', '5 ms']],
  ['', 5],
  ['mcs_feedback', 2, ['none', undefined, 'unsolicited', 'both']],
  ['htc'],
  ['rd_responder'],
  ['', 4],
);
const BEAMFORMING_FEEDBACK: Reading = ['no', 'delayed', 'immediate', 'delayed and immediate'];
const HT_TX_BEAMFORMING = bitFields(
  ['implicit_rx'],
  ['rx_staggered_sounding'],
  ['tx_staggered_sounding'],
  ['rx_ndp'],
  ['tx_ndp'],
  ['implicit_tx'],
  ['calibration', 2, ['no', 'respond', undefined, 'full']],
  ['explicit_csi_tx'],
  ['explicit_noncompressed'],
  ['explicit_compressed'],
  ['csi_feedback', 2, BEAMFORMING_FEEDBACK],
  ['noncompressed_feedback', 2, BEAMFORMING_FEEDBACK],
  ['compressed_feedback', 2, BEAMFORMING_FEEDBACK],
  ['min_grouping', 2],
  ['csi_antennas', 2, plus(1)],
  ['noncompressed_antennas', 2, plus(1)],
  ['compressed_antennas', 2, plus(1)],
  ['csi_max_rows', 2, plus(1)],
  ['channel_estimation', 2, plus(1)],
  ['', 3],
);
const ANTENNA_SELECTION = bitFields(
  ['capable'],
  ['explicit_csi_tx'],
  ['antenna_indices_tx'],
  ['explicit_csi'],
  ['antenna_indices'],
  ['rx'],
  ['tx_sounding'],
  ['', 1],
);
const HT_TX_PARAMETERS = bitFields(
  ['tx_mcs_defined'],
  ['tx_rx_differ'],
  ['tx_max_streams', 2, plus(1)],
  ['tx_unequal_modulation'],
  ['', 27],
);

/** struct ieee80211_mcs_info (16 bytes): receive bitmap, highest rate, transmit parameters. */
export function htMcsSet(c: Cursor): string | undefined {
  const indices = c.value('rx_mcs', '77 bits', 10, (bytes) => rangesText(setBits(bytes, 77)));
  c.uint('rx_highest', 2, scaled(1, 'Mbit/s'));
  c.bits('tx_parameters', 4, HT_TX_PARAMETERS);
  return `MCS ${indices}`;
}

/** struct ieee80211_ht_cap, the HT Capabilities element (26 bytes). */
export function htCapabilities(c: Cursor): string | undefined {
  const info = c.bits('capability_info', 2, HT_CAP_INFO);
  c.bits('ampdu_parameters', 1, AMPDU_PARAMETERS);
  const mcs = c.group('mcs_set', 'HT MCS set', 16, htMcsSet);
  c.bits('extended_capabilities', 2, HT_EXT_CAP);
  c.bits('tx_beamforming', 4, HT_TX_BEAMFORMING);
  c.bits('antenna_selection', 1, ANTENNA_SELECTION);
  return `${info.has('channel_width') ? 'HT20/HT40' : 'HT20'}, ${mcs()}`;
}

export const SECONDARY_CHANNEL: Reading = ['none', 'above', undefined, 'below'];
const HT_OPERATION = bitFields(
  ['secondary_channel', 2, SECONDARY_CHANNEL],
  ['channel_width', 1, ['20 MHz', 'any']],
  ['rifs'],
  ['', 4],
  ['ht_protection', 2, ['no', 'nonmember', '20 MHz', 'non-HT mixed']],
  ['non_greenfield_present'],
  ['', 1],
  ['obss_non_ht_present'],
  ['center_frequency_2', 8],
  ['', 9],
  ['dual_beacon'],
  ['dual_cts_protection'],
  ['stbc_beacon'],
  ['lsig_txop_protection'],
  ['pco_active'],
  ['pco_phase', 1, ['20 MHz', '40 MHz']],
  ['', 4],
);

/** struct ieee80211_ht_operation (22 bytes). */
export function htOperation(c: Cursor): string | undefined {
  const channel = c.u8('primary_channel');
  const operation = c.bits('operation_info', 5, HT_OPERATION);
  c.value('basic_mcs', '77 bits', 10, (bytes) => rangesText(setBits(bytes, 77)));
  c.hex('basic_mcs_reserved', 6);
  const second = ['', ', secondary above', '', ', secondary below'][operation.get('secondary_channel')];
  return `channel ${channel}${second}`;
}

// ---- VHT

export const VHT_CAP_INFO = bitFields(
  ['max_mpdu_length', 2, MPDU_LENGTH],
  ['channel_width', 2, ['neither 160 nor 80+80', '160 MHz', '160 MHz, 80+80 MHz']],
  ['rx_ldpc'],
  ['short_gi_80'],
  ['short_gi_160'],
  ['tx_stbc'],
  ['rx_stbc', 3, ['none', '1 stream', '2 streams', '3 streams', '4 streams']],
  ['su_beamformer'],
  ['su_beamformee'],
  ['beamformee_sts', 3, plus(1)],
  ['sounding_dimensions', 3, plus(1)],
  ['mu_beamformer'],
  ['mu_beamformee'],
  ['txop_ps'],
  ['htc_vht'],
  ['max_ampdu_length', 3, powerOfTwo(13, 'bytes')],
  ['link_adaptation', 2, ['none', undefined, 'unsolicited', 'both']],
  ['rx_antenna_pattern'],
  ['tx_antenna_pattern'],
  ['extended_nss_bw', 2],
);

const VHT_MCS = ['0-7', '0-8', '0-9', 'not supported'];
const HE_MCS = ['0-7', '0-9', '0-11', 'not supported'];

/** A map of 2 bits for each of 8 streams; its text names the streams that are supported. */
function mcsMap(c: Cursor, name: string, reading: readonly (string | undefined)[]): string {
  const rows = Array.from({ length: 8 }, (_, i) => [`streams_${i + 1}`, 2, reading] as const);
  const line = (values: BitValues): string => {
    const known: string[] = [];
    for (let first = 1; first <= 8; ) {
      const mcs = values.get(`streams_${first}`);
      let last = first;
      while (last < 8 && values.get(`streams_${last + 1}`) === mcs) last++;
      if (mcs !== 3) known.push(`${first === last ? first : `${first}-${last}`}: MCS ${reading[mcs]}`);
      first = last + 1;
    }
    return known.length === 0 ? 'not supported' : known.join(', ');
  };
  let text = '';
  c.bits(name, 2, bitFields(...rows), (values) => {
    text = line(values);
    return text;
  });
  return text;
}

const VHT_RX_RATE = bitFields(['rx_highest', 13, scaled(1, 'Mbit/s')], ['max_nsts_total', 3]);
const VHT_TX_RATE = bitFields(['tx_highest', 13, scaled(1, 'Mbit/s')], ['extended_nss_bw_capable'], ['', 2]);

/** struct ieee80211_vht_mcs_info (8 bytes). */
export function vhtMcsSet(c: Cursor): string | undefined {
  const rx = mcsMap(c, 'rx_mcs', VHT_MCS);
  c.bits('rx_rate', 2, VHT_RX_RATE);
  mcsMap(c, 'tx_mcs', VHT_MCS);
  c.bits('tx_rate', 2, VHT_TX_RATE);
  return `rx ${rx}`;
}

/** struct ieee80211_vht_cap, the VHT Capabilities element (12 bytes). */
export function vhtCapabilities(c: Cursor): string | undefined {
  c.bits('capability_info', 4, VHT_CAP_INFO);
  return c.group('mcs_set', 'VHT MCS set', 8, vhtMcsSet)();
}

/** struct ieee80211_vht_operation (5 bytes). */
export function vhtOperation(c: Cursor): string | undefined {
  vhtOperationInfo(c);
  mcsMap(c, 'basic_mcs', VHT_MCS);
  return undefined;
}

const VHT_WIDTH: Reading = ['20 or 40 MHz', '80, 160 or 80+80 MHz', '160 MHz', '80+80 MHz'];

export function vhtOperationInfo(c: Cursor): void {
  c.u8('channel_width', VHT_WIDTH);
  c.u8('center_channel_1');
  c.u8('center_channel_2');
}

// ---- HE

export const HE_MAC = bitFields(
  ['htc_he'],
  ['twt_requester'],
  ['twt_responder'],
  ['dynamic_fragmentation', 2, ['none', 'level 1', 'level 2', 'level 3']],
  ['max_fragmented_msdus', 3, (value) => (value === 7 ? 'unlimited' : String(2 ** value))],
  ['min_fragment_size', 2, ['unlimited', '128 bytes', '256 bytes', '512 bytes']],
  ['trigger_frame_padding', 2, US([0, 8, 16])],
  ['multi_tid_aggregation_rx', 3, plus(1)],
  ['link_adaptation', 2, ['none', undefined, 'unsolicited', 'both']],
  ['all_ack'],
  ['trs'],
  ['bsr'],
  ['broadcast_twt'],
  ['ba_bitmap_32'],
  ['mu_cascading'],
  ['ack_enabled_aggregation'],
  ['', 1],
  ['om_control'],
  ['ofdma_ra'],
  ['max_ampdu_length_extension', 2],
  ['amsdu_fragmentation'],
  ['flexible_twt_schedule'],
  ['rx_control_to_multibss'],
  ['bsrp_bqrp_ampdu_aggregation'],
  ['qtp'],
  ['bqr'],
  ['psr_responder'],
  ['ndp_feedback_report'],
  ['ops'],
  ['amsdu_in_ampdu'],
  ['multi_tid_aggregation_tx', 3, plus(1)],
  ['subchannel_selective_transmission'],
  ['ul_2x996_tone_ru'],
  ['om_control_ul_mu_data_disable_rx'],
  ['dynamic_sm_power_save'],
  ['punctured_sounding'],
  ['ht_vht_trigger_frame_rx'],
);

const DCM: Reading = ['no', 'BPSK', 'QPSK', '16-QAM'];
export const HE_PHY = bitFields(
  ['', 1],
  ['width_40_in_2ghz'],
  ['width_40_80_in_5ghz'],
  ['width_160_in_5ghz'],
  ['width_80_80_in_5ghz'],
  ['tone_ru_242_in_2ghz'],
  ['tone_ru_242_in_5ghz'],
  ['', 1],
  ['punctured_preamble_rx', 4],
  ['device_class', 1, ['B', 'A']],
  ['ldpc_coding'],
  ['su_ppdu_1x_ltf_08_gi'],
  ['midamble_max_nsts', 2, plus(1)],
  ['ndp_4x_ltf_32_gi'],
  ['tx_stbc_80'],
  ['rx_stbc_80'],
  ['doppler_tx'],
  ['doppler_rx'],
  ['full_bw_ul_mu_mimo'],
  ['partial_bw_ul_mu_mimo'],
  ['dcm_max_constellation_tx', 2, DCM],
  ['dcm_max_nss_tx', 1, plus(1)],
  ['dcm_max_constellation_rx', 2, DCM],
  ['dcm_max_nss_rx', 1, plus(1)],
  ['rx_partial_bw_su_in_20mhz_mu'],
  ['su_beamformer'],
  ['su_beamformee'],
  ['mu_beamformer'],
  ['beamformee_sts_80', 3, plus(1)],
  ['beamformee_sts_above_80', 3, plus(1)],
  ['sounding_dimensions_80', 3, plus(1)],
  ['sounding_dimensions_above_80', 3, plus(1)],
  ['ng16_su_feedback'],
  ['ng16_mu_feedback'],
  ['codebook_42_su_feedback'],
  ['codebook_75_mu_feedback'],
  ['triggered_su_beamforming_feedback'],
  ['triggered_mu_beamforming_partial_bw_feedback'],
  ['triggered_cqi_feedback'],
  ['partial_bw_extended_range'],
  ['partial_bw_dl_mu_mimo'],
  ['ppe_thresholds_present'],
  ['psr_based_sr'],
  ['power_boost_factor'],
  ['su_mu_ppdu_4x_ltf_08_gi'],
  ['max_nc', 3],
  ['tx_stbc_above_80'],
  ['rx_stbc_above_80'],
  ['er_su_ppdu_4x_ltf_08_gi'],
  ['width_20_in_40_he_ppdu_2ghz'],
  ['width_20_in_160_he_ppdu'],
  ['width_80_in_160_he_ppdu'],
  ['er_su_ppdu_1x_ltf_08_gi'],
  ['midamble_2x_1x_ltf'],
  ['dcm_max_ru', 2, ['242', '484', '996', '2x996']],
  ['longer_than_16_sigb_symbols'],
  ['non_triggered_cqi_feedback'],
  ['tx_1024qam_below_242_ru'],
  ['rx_1024qam_below_242_ru'],
  ['rx_full_bw_su_compressed_sigb'],
  ['rx_full_bw_su_noncompressed_sigb'],
  ['nominal_packet_padding', 2, US([0, 8, 16])],
  ['mu_ppdu_max_ltf'],
  ['', 7],
);

const HE_MCS_WIDTHS = ['80', '160', '80_80'] as const;

/** struct ieee80211_he_mcs_nss_supp: a pair of maps for 80 MHz, and for 160 and 80+80 MHz where they are supported. */
export function heMcsSet(c: Cursor): string | undefined {
  let first = '';
  for (const width of HE_MCS_WIDTHS) {
    if (c.left === 0) break;
    const rx = mcsMap(c, `rx_mcs_${width}`, HE_MCS);
    mcsMap(c, `tx_mcs_${width}`, HE_MCS);
    if (first === '') first = rx;
  }
  return `rx ${first}`;
}

const PPET: Reading = ['BPSK', 'QPSK', '16-QAM', '64-QAM', '256-QAM', '1024-QAM', '4096-QAM', 'none'];

/** PPE thresholds: streams and resource units, and for each pair of these two constellations of 3 bits. */
function ppeThresholds(c: Cursor, streamBits: number, unitBits: number): void {
  const head = streamBits + unitBits;
  const bitAt = (at: number): number => (c.peek(at >> 3) >> (at & 7)) & 1;
  let streams = 1;
  for (let i = 0; i < streamBits; i++) streams += bitAt(i) << i;
  const units: number[] = [];
  for (let i = 0; i < unitBits; i++) if (bitAt(streamBits + i) === 1) units.push(i);
  const rows: [string, number, Reading?][] = [
    ['streams', streamBits, plus(1)],
    ['ru_index_bitmap', unitBits],
  ];
  for (let stream = 1; stream <= streams; stream++) {
    for (const unit of units) {
      rows.push([`ppet16_streams_${stream}_ru_${unit}`, 3, PPET], [`ppet8_streams_${stream}_ru_${unit}`, 3, PPET]);
    }
  }
  const length = (head + 6 * streams * units.length + 7) >> 3;
  c.bits('ppe_thresholds', Math.min(length, Math.max(c.left, 1)), bitFields(...rows));
}

export function hePpe(c: Cursor): string | undefined {
  if (c.left > 0) ppeThresholds(c, 3, 4);
  return undefined;
}

/** The HE Capabilities element without its extension id. */
export function heCapabilities(c: Cursor): string | undefined {
  c.bits('mac_capabilities', 6, HE_MAC);
  const phy = c.bits('phy_capabilities', 11, HE_PHY);
  let length = 4;
  if (phy.has('width_160_in_5ghz')) length += 4;
  if (phy.has('width_80_80_in_5ghz')) length += 4;
  const mcs = c.group('mcs_set', 'HE MCS set', Math.min(length, Math.max(c.left, 1)), heMcsSet);
  if (phy.has('ppe_thresholds_present')) hePpe(c);
  return mcs();
}

const HE_OPERATION = bitFields(
  ['default_pe_duration', 3, scaled(4, 'µs')],
  ['twt_required'],
  ['txop_duration_rts_threshold', 10, (value) => (value === 1023 ? 'disabled' : `${value * 32} µs`)],
  ['vht_operation_info_present'],
  ['co_hosted_bss'],
  ['er_su_disable'],
  ['operation_info_6ghz_present'],
  ['', 6],
  ['bss_color', 6],
  ['partial_bss_color'],
  ['bss_color_disabled'],
);
const HE_6GHZ_CONTROL = bitFields(
  ['channel_width', 2, ['20 MHz', '40 MHz', '80 MHz', '160 or 80+80 MHz']],
  ['duplicate_beacon'],
  ['regulatory_info', 4, ['indoor', 'standard power', 'very low power', 'indoor enabled', 'indoor standard power']],
  ['', 1],
);

/** The HE Operation element without its extension id. */
export function heOperation(c: Cursor): string | undefined {
  const parameters = c.bits('parameters', 4, HE_OPERATION);
  mcsMap(c, 'basic_mcs', HE_MCS);
  if (parameters.has('vht_operation_info_present')) vhtOperationInfo(c);
  if (parameters.has('co_hosted_bss')) c.u8('max_cohosted_bssid_indicator');
  if (parameters.has('operation_info_6ghz_present')) {
    c.u8('primary_channel_6ghz');
    c.bits('control_6ghz', 1, HE_6GHZ_CONTROL);
    c.u8('center_channel_1_6ghz');
    c.u8('center_channel_2_6ghz');
    c.u8('minimum_rate_6ghz', scaled(1, 'Mbit/s'));
  }
  return `BSS color ${parameters.get('bss_color')}${parameters.has('bss_color_disabled') ? ' (disabled)' : ''}`;
}

export const HE_6GHZ_CAPA = bitFields(
  ['min_mpdu_spacing', 3, MPDU_SPACING],
  ['max_ampdu_length', 3, powerOfTwo(13, 'bytes')],
  ['max_mpdu_length', 2, MPDU_LENGTH],
  ['', 1],
  ['sm_power_save', 2, SM_POWER_SAVE],
  ['rd_responder'],
  ['rx_antenna_pattern'],
  ['tx_antenna_pattern'],
  ['', 2],
);

// ---- EHT

export const EHT_MAC = bitFields(
  ['epcs_priority_access'],
  ['om_control'],
  ['triggered_txop_sharing_mode_1'],
  ['triggered_txop_sharing_mode_2'],
  ['restricted_twt'],
  ['scs_traffic_description'],
  ['max_mpdu_length', 2, MPDU_LENGTH],
  ['max_ampdu_length_extension', 1],
  ['trs'],
  ['txop_return'],
  ['two_bqrs'],
  ['link_adaptation', 2, ['none', undefined, 'unsolicited', 'both']],
  ['unsolicited_epcs_update'],
  ['', 1],
);

export const EHT_PHY = bitFields(
  ['', 1],
  ['width_320_in_6ghz'],
  ['tone_ru_242_wider_than_20'],
  ['ndp_4x_ltf_32_gi'],
  ['partial_bw_ul_mu_mimo'],
  ['su_beamformer'],
  ['su_beamformee'],
  ['beamformee_ss_80', 3, plus(1)],
  ['beamformee_ss_160', 3, plus(1)],
  ['beamformee_ss_320', 3, plus(1)],
  ['sounding_dimensions_80', 3, plus(1)],
  ['sounding_dimensions_160', 3, plus(1)],
  ['sounding_dimensions_320', 3, plus(1)],
  ['ng16_su_feedback'],
  ['ng16_mu_feedback'],
  ['codebook_42_su_feedback'],
  ['codebook_75_mu_feedback'],
  ['triggered_su_beamforming_feedback'],
  ['triggered_mu_beamforming_partial_bw_feedback'],
  ['triggered_cqi_feedback'],
  ['partial_bw_dl_mu_mimo'],
  ['psr_based_sr'],
  ['power_boost_factor'],
  ['mu_ppdu_4x_ltf_08_gi'],
  ['max_nc', 4],
  ['non_triggered_cqi_feedback'],
  ['tx_1024qam_4096qam_below_242_ru'],
  ['rx_1024qam_4096qam_below_242_ru'],
  ['ppe_thresholds_present'],
  ['nominal_packet_padding', 2, US([0, 8, 16, 20])],
  ['max_ltfs', 5],
  ['mcs15', 4],
  ['dup_6ghz'],
  ['rx_ndp_wider_bw_20mhz_sta'],
  ['non_ofdma_ul_mu_mimo_80'],
  ['non_ofdma_ul_mu_mimo_160'],
  ['non_ofdma_ul_mu_mimo_320'],
  ['mu_beamformer_80'],
  ['mu_beamformer_160'],
  ['mu_beamformer_320'],
  ['tb_sounding_feedback_rate_limit'],
  ['rx_1024qam_wider_bw_dl_ofdma'],
  ['rx_4096qam_wider_bw_dl_ofdma'],
  ['limited_capabilities_20mhz'],
  ['triggered_mu_beamforming_full_bw_feedback_20mhz'],
  ['mru_20mhz'],
  ['', 3],
);

const EHT_NSS = bitFields(['rx_streams', 4], ['tx_streams', 4]);
const EHT_MCS_20 = ['0_7', '8_9', '10_11', '12_13'] as const;
const EHT_MCS = ['0_9', '10_11', '12_13'] as const;
const EHT_WIDTHS = ['80', '160', '320'] as const;

function ehtNss(c: Cursor, name: string): void {
  c.bits(name, 1, EHT_NSS, (values) => `rx ${values.get('rx_streams')}, tx ${values.get('tx_streams')}`);
}

/**
 * struct ieee80211_eht_mcs_nss_supp: streams for each range of MCS, 4 bytes for a station that is 20 MHz wide, else 3
 * for each of 80, 160 and 320 MHz that it can.
 */
export function ehtMcsSet(c: Cursor): string | undefined {
  if (c.left === 4) for (const mcs of EHT_MCS_20) ehtNss(c, `width_20_mcs_${mcs}`);
  for (const width of EHT_WIDTHS) {
    if (c.left < 3) break;
    for (const mcs of EHT_MCS) ehtNss(c, `width_${width}_mcs_${mcs}`);
  }
  return undefined;
}

export function ehtPpe(c: Cursor): string | undefined {
  if (c.left > 0) ppeThresholds(c, 4, 5);
  return undefined;
}

/**
 * The EHT Capabilities element without its extension id. The length of its MCS set depends on the widths of the HE
 * capabilities beside it; here it follows from the EHT PHY's and from what the thresholds leave.
 */
export function ehtCapabilities(c: Cursor): string | undefined {
  c.bits('mac_capabilities', 2, EHT_MAC);
  const phy = c.bits('phy_capabilities', 9, EHT_PHY);
  const length = phy.has('ppe_thresholds_present') ? ehtMcsLength(c, phy) : c.left;
  c.group('mcs_set', 'EHT MCS set', Math.min(length, c.left), ehtMcsSet);
  if (phy.has('ppe_thresholds_present')) ehtPpe(c);
  return undefined;
}

/** Bytes of the MCS set: the one for which the thresholds behind it end where the element does. */
function ehtMcsLength(c: Cursor, phy: BitValues): number {
  const candidates = phy.has('width_320_in_6ghz') ? [9, 6, 3, 4] : [3, 6, 4, 9];
  const fits = (length: number): boolean => {
    const bitAt = (at: number): number => (c.peek(length + (at >> 3)) >> (at & 7)) & 1;
    let streams = 1;
    for (let i = 0; i < 4; i++) streams += bitAt(i) << i;
    let units = 0;
    for (let i = 4; i < 9; i++) units += bitAt(i);
    return length + ((9 + 6 * streams * units + 7) >> 3) === c.left;
  };
  return candidates.find(fits) ?? candidates[0];
}

const EHT_OPERATION = bitFields(
  ['operation_info_present'],
  ['disabled_subchannels_present'],
  ['default_pe_duration'],
  ['group_addressed_bu_limit'],
  ['group_addressed_bu_exponent', 2],
  ['mcs15_disable'],
  ['', 1],
);
const EHT_CONTROL = bitFields(['channel_width', 3, CHANNEL_WIDTH], ['', 5]);

/** The EHT Operation element without its extension id. */
export function ehtOperation(c: Cursor): string | undefined {
  const parameters = c.bits('parameters', 1, EHT_OPERATION);
  c.group('basic_mcs', 'EHT MCS set', 4, ehtMcsSet);
  if (!parameters.has('operation_info_present')) return '';
  const control = c.bits('control', 1, EHT_CONTROL);
  c.u8('center_channel_1');
  c.u8('center_channel_2');
  if (parameters.has('disabled_subchannels_present')) c.u16('disabled_subchannels', subchannels);
  return CHANNEL_WIDTH[control.get('channel_width')] ?? '';
}

/** Bits of punctured 20 MHz subchannels. */
export function subchannels(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}

// ---- UHR (draft)

export const UHR_MAC = bitFields(
  ['dps'],
  ['dps_assist'],
  ['dps_ap_static_hcm'],
  ['', 1],
  ['npca'],
  ['enhanced_bsr'],
  ['additional_mapped_tid'],
  ['eotsp'],
  ['dso'],
  ['p_edca'],
  ['dbe'],
  ['ul_lli'],
  ['p2p_lli'],
  ['puo'],
  ['ap_puo'],
  ['duo'],
  ['om_control_ul_mu_disable_rx'],
  ['aom'],
  ['ifcs_location'],
  ['trs'],
  ['txspg'],
  ['txop_return_in_txspg'],
  ['om_parameter_update_timeout', 4],
  ['parameter_update_notification_interval', 3],
  ['update_indication_tim_interval', 5],
  ['bounded_ess'],
  ['btm_assurance'],
  ['co_bf'],
  ['', 11],
);
export const UHR_PHY = bitFields(
  ['max_nss_rx_sounding_80'],
  ['max_nss_rx_dl_mu_80'],
  ['max_nss_rx_sounding_160'],
  ['max_nss_rx_dl_mu_160'],
  ['max_nss_rx_sounding_320'],
  ['max_nss_rx_dl_mu_320'],
  ['elr_tx'],
  ['elr_rx'],
  ['partial_bw_dl_mu_mimo'],
  ['partial_bw_ul_mu_mimo'],
  ['mcs15'],
  ['ldpc_2x_tx'],
  ['ldpc_2x_rx'],
  ['ueqm_tx_max_nss', 2],
  ['ueqm_rx_max_nss', 2],
  ['', 1],
  ['co_bf_joint_sounding'],
  ['im_tx'],
  ['im_rx'],
  ['co_sr_mode_1'],
  ['co_sr_mode_2'],
  ['dru_20_in_20'],
  ['dru_40_in_40'],
  ['dru_80_in_80'],
  ['dru_80_in_160'],
  ['dru_80_in_320'],
  ['dru_20_in_80'],
  ['dru_40_in_80'],
  ['dru_60_in_80'],
  ['dru_rru_hybrid'],
  ['', 8],
);

export function uhrCapabilities(c: Cursor): string | undefined {
  c.bits('mac_capabilities', 6, UHR_MAC);
  c.bits('phy_capabilities', 5, UHR_PHY);
  return undefined;
}

const UHR_OPERATION = bitFields(
  ['dps_enabled'],
  ['npca_enabled'],
  ['p_edca_enabled'],
  ['dbe_enabled'],
  ['dbe_bandwidth', 3],
  ['', 9],
);

export function uhrOperation(c: Cursor): string | undefined {
  c.bits('parameters', 2, UHR_OPERATION);
  c.group('basic_mcs', 'EHT MCS set', 4, ehtMcsSet);
  return undefined;
}

// ---- S1G

export const S1G_CAPA = bitFields(
  ['s1g_long'],
  ['short_gi_1mhz'],
  ['short_gi_2mhz'],
  ['short_gi_4mhz'],
  ['short_gi_8mhz'],
  ['short_gi_16mhz'],
  ['channel_width', 2, ['1, 2 MHz', '1, 2, 4 MHz', '1, 2, 4, 8 MHz', '1, 2, 4, 8, 16 MHz']],
  ['rx_ldpc'],
  ['tx_stbc'],
  ['rx_stbc'],
  ['su_beamformer'],
  ['su_beamformee'],
  ['beamformee_sts', 3, plus(1)],
  ['sounding_dimensions', 3, plus(1)],
  ['mu_beamformer'],
  ['mu_beamformee'],
  ['htc_vht'],
  ['traveling_pilot', 2],
  ['rd_responder'],
  ['ht_delayed_block_ack'],
  ['max_mpdu_length', 1, ['3895 bytes', '7991 bytes']],
  ['max_ampdu_length', 2, powerOfTwo(13, 'bytes')],
  ['min_mpdu_spacing', 3, MPDU_SPACING],
  ['uplink_sync'],
  ['dynamic_aid'],
  ['bat'],
  ['tim_ade'],
  ['non_tim'],
  ['group_aid'],
  ['sta_type', 2, ['both', 'sensor', 'non-sensor']],
  ['centralized_authentication_control'],
  ['distributed_authentication_control'],
  ['amsdu'],
  ['ampdu'],
  ['asymmetric_block_ack'],
  ['flow_control'],
  ['sectorized_beam', 2],
  ['obss_mitigation'],
  ['fragment_block_ack'],
  ['ndp_ps_poll'],
  ['raw_operation'],
  ['page_slicing'],
  ['txop_sharing_implicit_ack'],
  ['vht_link_adaptation', 2],
  ['tack_as_ps_poll'],
  ['duplicate_1mhz'],
  ['mcs_negotiation'],
  ['control_response_preamble_1mhz'],
  ['ndp_beamforming_report_poll'],
  ['unsolicited_dynamic_aid'],
  ['sector_training_operation'],
  ['temporary_ps_mode_switch'],
  ['twt_grouping'],
  ['bdt'],
  ['color', 3],
  ['twt_requester'],
  ['twt_responder'],
  ['pv1_frame'],
  ['link_adaptation_per_control_response'],
  ['', 7],
);

export const S1G_MCS = bitFields(
  ['rx_mcs_map', 8],
  ['rx_highest', 9, scaled(1, 'Mbit/s')],
  ['tx_mcs_map', 8],
  ['tx_highest', 9, scaled(1, 'Mbit/s')],
  ['rx_single_stream_1mhz', 2],
  ['tx_single_stream_1mhz', 2],
  ['', 2],
);

/** struct ieee80211_s1g_cap, the S1G Capabilities element (15 bytes). */
export function s1gCapabilities(c: Cursor): string | undefined {
  c.bits('capability_info', 10, S1G_CAPA);
  c.bits('mcs_nss_set', 5, S1G_MCS);
  return undefined;
}

const S1G_WIDTH = bitFields(
  ['primary_width', 1, ['2 MHz', '1 MHz']],
  ['operating_width', 4, plus(1)],
  ['primary_location', 1, ['lower', 'upper']],
  ['', 2],
);

/** struct ieee80211_s1g_oper_ie (6 bytes). */
export function s1gOperation(c: Cursor): string | undefined {
  c.bits('channel_width', 1, S1G_WIDTH);
  c.u8('operating_class');
  const channel = c.u8('primary_channel');
  c.u8('center_channel');
  c.u16('basic_mcs_nss');
  return `channel ${channel}`;
}

// ---- numbers of bits

/** Numbers of the bits that are set in the first `count`. */
function setBits(bytes: Uint8Array, count: number): number[] {
  const found: number[] = [];
  for (let bit = 0; bit < count; bit++) if (((bytes[bit >> 3] >> (bit & 7)) & 1) === 1) found.push(bit);
  return found;
}

/** "0-15, 32". */
function rangesText(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let last = i;
    while (last + 1 < numbers.length && numbers[last + 1] === numbers[last] + 1) last++;
    ranges.push(last === i ? String(numbers[i]) : `${numbers[i]}-${numbers[last]}`);
    i = last + 1;
  }
  return ranges.length === 0 ? 'none' : ranges.join(', ');
}
