/** Elements of the PHYs and of the channel: HT, VHT, HE, EHT, UHR, S1G, switches and power (IEEE 802.11, 9.4.2). */
import {
  ehtCapabilities,
  ehtOperation,
  HE_6GHZ_CAPA,
  heCapabilities,
  heOperation,
  htCapabilities,
  htOperation,
  SECONDARY_CHANNEL,
  s1gCapabilities,
  s1gOperation,
  subchannels,
  uhrCapabilities,
  uhrOperation,
  vhtCapabilities,
  vhtOperation,
  vhtOperationInfo,
} from './capabilities.ts';
import { bitFields, type Cursor } from './cursor.ts';
import type { ElementBodies } from './elements.ts';

const SWITCH_MODES = ['may transmit', 'stop transmitting'];

function channelSwitch(c: Cursor, extended: boolean): string {
  c.u8('mode', SWITCH_MODES);
  if (extended) c.u8('operating_class');
  const channel = c.u8('channel');
  const count = c.u8('count');
  return `to channel ${channel} in ${count} beacons`;
}

const OPMODE = bitFields(
  ['channel_width', 2, ['20 MHz', '40 MHz', '80 MHz', '160 or 80+80 MHz']],
  ['width_160'],
  ['no_ldpc'],
  ['rx_streams', 3, (value) => String(value + 1)],
  ['rx_nss_type', 1, ['receive', 'beamforming']],
);

/** Operating Mode field of VHT (1 byte). */
export function operatingMode(c: Cursor): string | undefined {
  c.bits('operating_mode', 1, OPMODE);
  return undefined;
}

const TPE = bitFields(
  ['count', 3],
  ['interpretation', 3, ['EIRP', 'EIRP PSD', 'regulatory EIRP', 'regulatory PSD']],
  ['category', 2, ['default', 'subordinate device']],
);

function txPowerEnvelope(c: Cursor): string | undefined {
  c.bits('information', 1, TPE);
  while (c.left > 0) c.value('max_power', 's8', 1, ([value]) => `${((value << 24) >> 24) / 2} dBm`);
  return undefined;
}

const COEX = bitFields(
  ['information_request'],
  ['intolerant_40'],
  ['width_20_request'],
  ['scan_exemption_request'],
  ['scan_exemption_grant'],
  ['', 3],
);

const SPATIAL_REUSE = bitFields(
  ['psr_disallowed'],
  ['non_srg_obss_pd_disallowed'],
  ['non_srg_offset_present'],
  ['srg_information_present'],
  ['hesiga_value15_allowed'],
  ['', 3],
);

function spatialReuse(c: Cursor): string | undefined {
  const control = c.bits('control', 1, SPATIAL_REUSE);
  if (control.has('non_srg_offset_present')) c.u8('non_srg_obss_pd_max_offset', (value) => `${value} dB`);
  if (control.has('srg_information_present')) {
    c.u8('srg_obss_pd_min_offset', (value) => `${value} dB`);
    c.u8('srg_obss_pd_max_offset', (value) => `${value} dB`);
    c.hex('srg_bss_color_bitmap', 8);
    c.hex('srg_partial_bssid_bitmap', 8);
  }
  return undefined;
}

const COLOR_CHANGE = bitFields(['new_color', 6], ['', 2]);
const UORA = bitFields(
  ['eocw_min', 3, (value) => String(2 ** value - 1)],
  ['eocw_max', 3, (value) => String(2 ** value - 1)],
  ['', 2],
);
const BANDWIDTH_INDICATION = bitFields(['reserved'], ['disabled_subchannels_present'], ['', 6]);

export const PHY_ELEMENTS: ElementBodies = {
  HT_CAPABILITY: htCapabilities,
  HT_OPERATION: htOperation,
  SECONDARY_CHANNEL_OFFSET: (c) => {
    c.u8('offset', SECONDARY_CHANNEL);
    return undefined;
  },
  VHT_CAPABILITY: vhtCapabilities,
  VHT_OPERATION: vhtOperation,
  OPMODE_NOTIF: operatingMode,
  EXT_HE_CAPABILITY: heCapabilities,
  EXT_HE_OPERATION: heOperation,
  EXT_HE_6GHZ_CAPA: (c) => {
    c.bits('capabilities', 2, HE_6GHZ_CAPA);
    return undefined;
  },
  EXT_HE_SPR: spatialReuse,
  EXT_UORA: (c) => {
    c.bits('range', 1, UORA);
    return undefined;
  },
  EXT_BSS_COLOR_CHG_ANN: (c) => {
    const count = c.u8('countdown');
    const color = c.bits('color', 1, COLOR_CHANGE);
    return `color ${color.get('new_color')} in ${count} beacons`;
  },
  EXT_EHT_CAPABILITY: ehtCapabilities,
  EXT_EHT_OPERATION: ehtOperation,
  EXT_BANDWIDTH_INDICATION: (c) => {
    const parameters = c.bits('parameters', 1, BANDWIDTH_INDICATION);
    c.u8('control', ['20 MHz', '40 MHz', '80 MHz', '160 MHz', '320 MHz']);
    c.u8('center_channel_1');
    c.u8('center_channel_2');
    if (parameters.has('disabled_subchannels_present')) c.u16('disabled_subchannels', subchannels);
    return undefined;
  },
  EXT_UHR_CAPA: uhrCapabilities,
  EXT_UHR_OPER: uhrOperation,
  S1G_CAPABILITIES: s1gCapabilities,
  S1G_OPERATION: s1gOperation,
  S1G_BCN_COMPAT: (c) => {
    c.hex('compatibility_information', 2);
    c.u16('beacon_interval', (value) => `${value} TU`);
    c.uint('tsf_completion', 4);
    return undefined;
  },
  S1G_SHORT_BCN_INTERVAL: (c) => `${c.u16('interval', (value) => `${value} TU`)} TU`,
  CHANNEL_SWITCH: (c) => channelSwitch(c, false),
  EXT_CHANSWITCH_ANN: (c) => channelSwitch(c, true),
  WIDE_BW_CHANNEL_SWITCH: (c) => {
    vhtOperationInfo(c);
    return undefined;
  },
  CHANNEL_SWITCH_WRAPPER: (c, elements) => elements(c),
  EXT_MAX_CHANNEL_SWITCH_TIME: (c) => {
    c.uint('switch_time', 3, (value) => `${value} TU`);
    return undefined;
  },
  QUIET: (c) => {
    c.u8('count');
    c.u8('period');
    c.u16('duration', (value) => `${value} TU`);
    c.u16('offset', (value) => `${value} TU`);
    return undefined;
  },
  TX_POWER_ENVELOPE: txPowerEnvelope,
  BSS_COEX_2040: (c) => {
    c.bits('coexistence', 1, COEX);
    return undefined;
  },
  BSS_INTOLERANT_CHL_REPORT: (c) => {
    c.u8('operating_class');
    c.list('channels', String);
    return undefined;
  },
  OVERLAP_BSS_SCAN_PARAM: (c) => {
    c.u16('passive_dwell', (value) => `${value} TU`);
    c.u16('active_dwell', (value) => `${value} TU`);
    c.u16('trigger_scan_interval', (value) => `${value} s`);
    c.u16('passive_total_per_channel', (value) => `${value} TU`);
    c.u16('active_total_per_channel', (value) => `${value} TU`);
    c.u16('width_transition_delay_factor');
    c.u16('activity_threshold', (value) => `${value / 100} %`);
    return undefined;
  },
};
