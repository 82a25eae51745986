/** Elements about other networks and links: multi-link, neighbors, multiple BSSID, measurements, TWT (IEEE 802.11, 9.4.2). */
import { type BitValues, bitFields, type Cursor } from './cursor.ts';
import type { ElementBodies, ReadElements } from './elements.ts';
import { statusText } from './names.ts';

// ---- multi-link

const ML_TYPES = ['basic', 'probe request', 'reconfiguration', 'TDLS', 'priority access'];
const ML_CONTROL = bitFields(['type', 3, ML_TYPES], ['', 1], ['presence', 12]);
const US_DELAY = ['0 µs', '32 µs', '64 µs', '128 µs', '256 µs'];
const EML_TIMEOUT = [
  '0',
  '128 µs',
  '256 µs',
  '512 µs',
  '1 TU',
  '2 TU',
  '4 TU',
  '8 TU',
  '16 TU',
  '32 TU',
  '64 TU',
  '128 TU',
];
export const EML_CAPA = bitFields(
  ['emlsr'],
  ['padding_delay', 3, US_DELAY],
  ['transition_delay', 3, ['0 µs', '16 µs', '32 µs', '64 µs', '128 µs', '256 µs']],
  ['emlmr'],
  ['', 3],
  ['transition_timeout', 4, EML_TIMEOUT],
  ['', 1],
);
export const MLD_CAPA = bitFields(
  ['max_simultaneous_links', 4, (value) => String(value + 1)],
  ['srs'],
  ['tid_to_link_mapping', 2, ['no', 'same links', undefined, 'any links']],
  ['frequency_separation', 5],
  ['aar'],
  ['link_reconfiguration'],
  ['aligned_twt'],
  ['', 1],
);
export const EXT_MLD_CAPA = bitFields(
  ['parameter_update'],
  ['recommended_max_links', 4],
  ['nstr_status_update'],
  ['emlsr_on_one_link'],
  ['btm_mld_recommendation'],
  ['ml_power_management'],
  ['', 7],
);
const MEDIUM_SYNC = bitFields(
  ['duration', 8, (value) => `${value * 32} µs`],
  ['ofdm_ed_threshold', 4, (value) => `${value - 72} dBm`],
  ['max_txops', 4, (value) => (value === 15 ? 'no limit' : String(value + 1))],
);
const LINK_ID = bitFields(['link_id', 4], ['', 4]);

type Reader = (c: Cursor) => void;
/** What a bit of the presence bitmap stands for. */
type Present = readonly [bit: number, read: Reader];

const mldAddress: Reader = (c) => void c.mac('mld_address');
const emlCapabilities: Reader = (c) => void c.bits('eml_capabilities', 2, EML_CAPA);
const mldCapabilities: Reader = (c) => void c.bits('mld_capabilities', 2, MLD_CAPA);
const extendedMldCapabilities: Reader = (c) => void c.bits('extended_mld_capabilities', 2, EXT_MLD_CAPA);

/** The common info of each type, in the order of the fields; bits count within the presence bitmap. */
const COMMON_INFO: readonly (readonly Present[])[] = [
  [
    [0, (c) => void c.bits('link_id_info', 1, LINK_ID)],
    [1, (c) => void c.u8('bss_parameters_change_count')],
    [2, (c) => void c.bits('medium_synchronization_delay', 2, MEDIUM_SYNC)],
    [3, emlCapabilities],
    [4, mldCapabilities],
    [5, (c) => void c.u8('ap_mld_id')],
    [6, extendedMldCapabilities],
  ],
  [[0, (c) => void c.u8('ap_mld_id')]],
  [
    [0, mldAddress],
    [1, emlCapabilities],
    [2, mldCapabilities],
    [3, extendedMldCapabilities],
  ],
  [],
  [[0, mldAddress]],
];

const STA_CONTROL = bitFields(
  ['link_id', 4],
  ['complete_profile'],
  ['mac_address_present'],
  ['beacon_interval_present'],
  ['tsf_offset_present'],
  ['dtim_info_present'],
  ['nstr_link_pair_present'],
  ['nstr_bitmap_size', 1, ['1 byte', '2 bytes']],
  ['bss_parameters_change_count_present'],
  ['', 4],
);
const STA_INFO: readonly (readonly [flag: string, read: (c: Cursor, control: BitValues) => void])[] = [
  ['mac_address_present', (c) => void c.mac('mac_address')],
  ['beacon_interval_present', (c) => void c.u16('beacon_interval', (value) => `${value} TU`)],
  ['tsf_offset_present', (c) => c.u64('tsf_offset', 'µs')],
  [
    'dtim_info_present',
    (c) => {
      c.u8('dtim_count');
      c.u8('dtim_period');
    },
  ],
  ['nstr_link_pair_present', (c, control) => void c.hex('nstr_bitmap', control.has('nstr_bitmap_size') ? 2 : 1)],
  ['bss_parameters_change_count_present', (c) => void c.u8('bss_parameters_change_count')],
];

const RECONF_OPERATIONS = [
  'AP removal',
  'operation parameter update',
  'add link',
  'delete link',
  'NSTR status update',
  'operating mode parameter update',
];
const RECONF_CONTROL = bitFields(
  ['link_id', 4],
  ['complete_profile'],
  ['mac_address_present'],
  ['ap_removal_timer_present'],
  ['operation', 4, RECONF_OPERATIONS],
  ['operation_parameters_present'],
  ['nstr_bitmap_size', 1, ['1 byte', '2 bytes']],
  ['nstr_bitmap_present'],
  ['dso_info_present'],
  ['', 1],
);

/** A per-STA profile of a basic or a reconfiguration element: control, info of its own length, then fields and elements. */
function staProfile(c: Cursor, type: number, elements: ReadElements): string {
  const reconfiguration = type === 2;
  const control = c.bits('sta_control', 2, reconfiguration ? RECONF_CONTROL : STA_CONTROL);
  const link = `link ${control.get('link_id')}`;
  if (type !== 0 && !reconfiguration) {
    if (c.left > 0) c.group('elements', 'elements', c.left, elements);
    return link;
  }
  if (c.left === 0) return link;
  const length = c.peek();
  c.group('sta_info', 'STA info', Math.min(Math.max(length, 1), c.left), (info) => {
    info.u8('length');
    if (reconfiguration) {
      if (control.has('mac_address_present')) info.mac('mac_address');
      if (control.has('ap_removal_timer_present')) info.u16('ap_removal_timer', (value) => `${value} beacons`);
      if (control.has('operation_parameters_present')) info.hex('operation_parameters');
      return undefined;
    }
    for (const [flag, read] of STA_INFO) if (control.has(flag)) read(info, control);
    return undefined;
  });
  // What follows is the body of a frame: its capabilities, in responses its status, and elements.
  const fixed = [2, 4].find((length) => endsWithElements(c, length));
  if (fixed === undefined) return link;
  c.u16('capability', (value) => `0x${value.toString(16).padStart(4, '0')}`);
  if (fixed === 4) c.u16('status', statusText);
  if (c.left > 0) c.group('elements', 'elements', c.left, elements);
  return link;
}

/** Whether elements follow behind so many bytes, the last of them ending where the cursor does. */
function endsWithElements(c: Cursor, skipped: number): boolean {
  let at = skipped;
  while (at + 2 <= c.left) at += 2 + c.peek(at + 1);
  return at === c.left;
}

const SUBELEMENT_NAMES: { readonly [id: number]: string } = { 0: 'per_sta_profile', 221: 'vendor', 254: 'fragment' };

function multiLink(c: Cursor, elements: ReadElements): string {
  const control = c.bits('control', 2, ML_CONTROL);
  const type = control.get('type');
  const presence = control.get('presence');
  const own = ML_TYPES[type] ?? `type ${type}`;
  let told: string = own;
  if (c.left > 0) {
    const length = Math.min(Math.max(c.peek(), 1), c.left);
    c.group('common_info', 'common info', length, (info) => {
      info.u8('length');
      if (type === 0 || type === 3) told = `${own}, MLD ${info.mac('mld_address')}`;
      for (const [bit, read] of COMMON_INFO[type] ?? []) if ((presence >> bit) & 1) read(info);
      return undefined;
    });
  }
  while (c.left >= 2) {
    const id = c.peek();
    const length = c.peek(1);
    const name = SUBELEMENT_NAMES[id] ?? `subelement ${id}`;
    c.group(
      name,
      'subelement',
      Math.min(2 + length, c.left),
      (inner) => {
        inner.u8('id');
        inner.u8('length');
        return id === 0 ? staProfile(inner, type, elements) : inner.hex('data');
      },
      c.continues && 2 + length > c.left,
    );
  }
  return told;
}

const TTLM = bitFields(
  ['direction', 2, ['downlink', 'uplink', 'both']],
  ['default_mapping'],
  ['switch_time_present'],
  ['expected_duration_present'],
  ['link_map_size', 1, ['2 bytes', '1 byte']],
  ['', 2],
);

function tidToLink(c: Cursor): string | undefined {
  const control = c.bits('control', 1, TTLM);
  const present = control.has('default_mapping') ? 0 : c.u8('presence', (value) => `0x${value.toString(16)}`);
  if (control.has('switch_time_present')) c.u16('switch_time', (value) => `${value} TU`);
  if (control.has('expected_duration_present')) c.uint('expected_duration', 3, (value) => `${value} TU`);
  for (let tid = 0; tid < 8; tid++) {
    if (((present >> tid) & 1) === 0) continue;
    c.uint(`tid_${tid}_links`, control.has('link_map_size') ? 1 : 2, (value) => {
      const links = Array.from({ length: 16 }, (_, link) => link).filter((link) => (value >> link) & 1);
      return links.length === 0 ? 'none' : links.join(' ');
    });
  }
  return undefined;
}

// ---- neighbors

const TBTT_HEADER = bitFields(
  ['field_type', 2],
  ['filtered_neighbor'],
  ['', 1],
  ['tbtt_info_count', 4, (value) => String(value + 1)],
  ['tbtt_info_length', 8, (value) => `${value} bytes`],
);
const BSS_PARAMETERS = bitFields(
  ['oct_recommended'],
  ['same_ssid'],
  ['multiple_bssid'],
  ['transmitted_bssid'],
  ['member_of_ess_colocated_ap'],
  ['unsolicited_probe_responses'],
  ['colocated_ap'],
  ['', 1],
);
const MLD_PARAMETERS = bitFields(
  ['ap_mld_id', 8],
  ['link_id', 4],
  ['bss_parameters_change_count', 8],
  ['all_updates_included'],
  ['disabled_link'],
  ['', 2],
);
/** Lengths of TBTT information that have each field, beside those that are longer than all known ones. */
const TBTT_FIELDS: readonly (readonly [lengths: readonly number[], bytes: number, read: Reader])[] = [
  [[7, 8, 9, 11, 12, 13, 16], 6, (c) => void c.mac('bssid')],
  [[5, 6, 11, 12, 13, 16], 4, (c) => void c.hex('short_ssid', 4)],
  [[2, 6, 8, 9, 12, 13, 16], 1, (c) => void c.bits('bss_parameters', 1, BSS_PARAMETERS)],
  [
    [9, 13, 16],
    1,
    (c) =>
      void c.value('psd', 's8', 1, ([value]) => (value === 127 ? 'no limit' : `${((value << 24) >> 24) / 2} dBm/MHz`)),
  ],
  [[16], 3, (c) => void c.bits('mld_parameters', 3, MLD_PARAMETERS)],
];

function reducedNeighborReport(c: Cursor): string {
  const channels: string[] = [];
  while (c.left >= 4) {
    const count = (c.peek() >> 4) + 1;
    const length = c.peek(1);
    const size = 4 + count * length;
    c.group('neighbor_ap_info', 'neighbor AP information', Math.min(size, c.left), (info) => {
      info.bits('tbtt_header', 2, TBTT_HEADER);
      info.u8('operating_class');
      const channel = info.u8('channel');
      channels.push(String(channel));
      for (let i = 0; i < count && info.left > 0 && length > 0; i++) {
        info.group(`tbtt_info[${i}]`, 'TBTT information', Math.min(length, info.left), (tbtt) => {
          tbtt.u8('tbtt_offset', (value) => (value === 255 ? 'unknown' : `${value} TU`));
          for (const [lengths, bytes, read] of TBTT_FIELDS) {
            if ((lengths.includes(length) || length > 16) && tbtt.left >= bytes) read(tbtt);
          }
          return undefined;
        });
      }
      return `channel ${channel}`;
    });
  }
  return `channels ${channels.join(' ')}`;
}

const BSSID_INFO = bitFields(
  ['reachability', 2, [undefined, 'not reachable', 'unknown', 'reachable']],
  ['security'],
  ['key_scope'],
  ['spectrum_management'],
  ['qos'],
  ['apsd'],
  ['radio_measurement'],
  ['', 2],
  ['mobility_domain'],
  ['ht'],
  ['vht'],
  ['ftm'],
  ['he'],
  ['er_bss'],
  ['colocated_ap'],
  ['unsolicited_probe_responses'],
  ['member_of_ess_colocated_ap'],
  ['oct_supported'],
  ['colocated_6ghz_ap'],
  ['eht'],
  ['dmg_positioning'],
  ['', 9],
);
const NEIGHBOR_SUBELEMENTS: { readonly [id: number]: string } = {
  1: 'tsf_information',
  2: 'condensed_country',
  3: 'bss_transition_candidate_preference',
  4: 'bss_termination_duration',
  5: 'bearing',
  6: 'wide_bandwidth_channel',
  39: 'measurement_report',
  45: 'ht_capabilities',
  61: 'ht_operation',
  70: 'rrm_capabilities',
  71: 'multiple_bssid',
  191: 'vht_capabilities',
  192: 'vht_operation',
  221: 'vendor',
};

/** Subelements: id, length and bytes each. */
function subelements(c: Cursor, names: { readonly [id: number]: string }): void {
  while (c.left >= 2) {
    const id = c.peek();
    c.group(names[id] ?? `subelement ${id}`, 'subelement', Math.min(2 + c.peek(1), c.left), (inner) => {
      inner.u8('id');
      inner.u8('length');
      return inner.left === 1 ? String(inner.u8('value')) : inner.hex('value');
    });
  }
}

function neighborReport(c: Cursor): string {
  const bssid = c.mac('bssid');
  c.bits('bssid_information', 4, BSSID_INFO);
  c.u8('operating_class');
  const channel = c.u8('channel');
  c.u8('phy_type');
  subelements(c, NEIGHBOR_SUBELEMENTS);
  return `${bssid}, channel ${channel}`;
}

// ---- measurements

const MEASUREMENT_TYPES = [
  'basic',
  'CCA',
  'RPI histogram',
  'channel load',
  'noise histogram',
  'beacon',
  'frame',
  'STA statistics',
  'LCI',
  'transmit stream',
  'multicast diagnostics',
  'location civic',
  'location identifier',
  'directional channel quality',
  'directional measurement',
  'directional statistics',
  'fine timing measurement range',
];
const REQUEST_MODE = bitFields(['parallel'], ['enable'], ['request'], ['report'], ['duration_mandatory'], ['', 3]);
const REPORT_MODE = bitFields(['late'], ['incapable'], ['refused'], ['', 5]);
const BEACON = 5;
const BEACON_SUBELEMENTS: { readonly [id: number]: string } = {
  0: 'ssid',
  1: 'reporting',
  2: 'reporting_detail',
  10: 'request',
  11: 'extended_request',
  51: 'ap_channel_report',
  164: 'last_beacon_report_indication',
};

function measurementRequest(c: Cursor): string {
  c.u8('token');
  c.bits('mode', 1, REQUEST_MODE);
  const type = c.u8('type', MEASUREMENT_TYPES);
  if (type === BEACON && c.left >= 13) {
    c.u8('operating_class');
    c.u8('channel');
    c.u16('randomization_interval', (value) => `${value} TU`);
    c.u16('duration', (value) => `${value} TU`);
    c.u8('measurement_mode', ['passive', 'active', 'table']);
    c.mac('bssid');
    subelements(c, BEACON_SUBELEMENTS);
  } else if (c.left > 0) c.hex('request');
  return MEASUREMENT_TYPES[type] ?? `type ${type}`;
}

function measurementReport(c: Cursor): string {
  c.u8('token');
  c.bits('mode', 1, REPORT_MODE);
  const type = c.u8('type', MEASUREMENT_TYPES);
  if (type === BEACON && c.left >= 26) {
    c.u8('operating_class');
    c.u8('channel');
    c.u64('start_time', 'µs');
    c.u16('duration', (value) => `${value} TU`);
    c.u8('frame_information');
    c.u8('rcpi', (value) => (value === 255 ? 'unknown' : `${value / 2 - 110} dBm`));
    c.u8('rsni', (value) => (value === 255 ? 'unknown' : `${value / 2 - 10} dB`));
    c.mac('bssid');
    c.u8('antenna_id');
    c.uint('parent_tsf', 4);
    subelements(c, { 1: 'reported_frame_body', 2: 'fragment_id', 164: 'last_beacon_report_indication' });
  } else if (c.left > 0) c.hex('report');
  return MEASUREMENT_TYPES[type] ?? `type ${type}`;
}

// ---- TWT

const TWT_CONTROL = bitFields(
  ['ndp_paging'],
  ['responder_pm_mode'],
  ['negotiation_type', 2, ['individual', 'wake TBTT', 'broadcast', 'broadcast membership']],
  ['info_frame_disabled'],
  ['wake_duration_unit', 1, ['256 µs', '1 TU']],
  ['', 2],
);
const TWT_REQUEST = bitFields(
  ['request'],
  ['setup_command', 3, ['request', 'suggest', 'demand', 'grouping', 'accept', 'alternate', 'dictate', 'reject']],
  ['trigger'],
  ['implicit'],
  ['flow_type', 1, ['announced', 'unannounced']],
  ['flow_id', 3],
  ['wake_interval_exponent', 5],
  ['protection'],
);

function twt(c: Cursor): string | undefined {
  const control = c.bits('control', 1, TWT_CONTROL);
  const request = c.bits('request_type', 2, TWT_REQUEST);
  if (control.get('negotiation_type') !== 0) {
    c.hex('parameters');
    return undefined;
  }
  c.u64('target_wake_time', 'µs');
  c.u8('nominal_min_wake_duration');
  const mantissa = c.u16('wake_interval_mantissa');
  c.u8('channel');
  return `interval ${mantissa * 2 ** request.get('wake_interval_exponent')} µs`;
}

export const LINK_ELEMENTS: ElementBodies = {
  EXT_EHT_MULTI_LINK: multiLink,
  EXT_TID_TO_LINK_MAPPING: tidToLink,
  REDUCED_NEIGHBOR_REPORT: reducedNeighborReport,
  NEIGHBOR_REPORT: neighborReport,
  MEASURE_REQUEST: measurementRequest,
  MEASURE_REPORT: measurementReport,
  S1G_TWT: twt,
  MULTIPLE_BSSID: (c, elements) => {
    const indicator = c.u8('max_bssid_indicator', (value) => `${2 ** value} BSSIDs`);
    while (c.left >= 2) {
      const profile = c.peek() === 0;
      c.group(profile ? 'nontransmitted_bssid_profile' : 'subelement', 'subelement', 2 + c.peek(1), (inner) => {
        inner.u8('id');
        inner.u8('length');
        return profile ? elements(inner) : inner.hex('data');
      });
    }
    return `up to ${2 ** indicator} BSSIDs`;
  },
  MULTI_BSSID_IDX: (c) => {
    const index = c.u8('index');
    if (c.left >= 2) {
      c.u8('dtim_period');
      c.u8('dtim_count');
    }
    return `index ${index}`;
  },
  NON_TX_BSSID_CAP: (c) => {
    c.u16('capability', (value) => `0x${value.toString(16).padStart(4, '0')}`);
    return undefined;
  },
  EXT_MULTIPLE_BSSID_CONFIGURATION: (c) => {
    const count = c.u8('bssid_count');
    c.u8('profile_periodicity');
    return `${count} BSSIDs`;
  },
  EXT_NON_INHERITANCE: (c) => {
    const ids = c.u8('element_count');
    c.list('elements', String, Math.min(ids, c.left));
    const extensions = c.u8('extension_count');
    c.list('extensions', String, Math.min(extensions, c.left));
    return undefined;
  },
  EXT_SHORT_SSID_LIST: (c) => {
    while (c.left > 0) c.hex('short_ssid', 4);
    return undefined;
  },
  LINK_ID: (c) => {
    c.mac('bssid');
    const initiator = c.mac('initiator');
    return `${initiator} to ${c.mac('responder')}`;
  },
  CHAN_SWITCH_TIMING: (c) => {
    c.u16('switch_time', (value) => `${value} µs`);
    c.u16('switch_timeout', (value) => `${value} µs`);
    return undefined;
  },
};
