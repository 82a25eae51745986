/** Elements about the network as a whole: name, rates, times, country, load, capabilities (IEEE 802.11, 9.4.2). */
import { bitFields, type Cursor } from './cursor.ts';
import type { ElementBodies } from './elements.ts';
import { rateText } from './numbers.ts';
import { accessCategories } from './vendor.ts';

const TIM_CONTROL = bitFields(['multicast'], ['offset', 7]);

function tim(c: Cursor): string | undefined {
  const count = c.u8('dtim_count');
  const period = c.u8('dtim_period');
  if (c.left === 0) return `DTIM ${count}/${period}`;
  const control = c.bits('bitmap_control', 1, TIM_CONTROL);
  const first = control.get('offset') * 16;
  const waiting = c.value('bitmap', 'bits', c.left, (bytes) => {
    const aids: number[] = [];
    bytes.forEach((byte, at) => {
      for (let bit = 0; bit < 8; bit++) if ((byte >> bit) & 1) aids.push(first + at * 8 + bit);
    });
    return aids.length === 0 ? 'none' : `AID ${aids.join(' ')}`;
  });
  return `DTIM ${count}/${period}, traffic for ${waiting}`;
}

const ENVIRONMENTS: { readonly [code: string]: string } = { I: 'indoor', O: 'outdoor', X: 'noncountry' };

function country(c: Cursor): string {
  const code = c.text('country', 2);
  const environment = c.value('environment', 'u8', 1, ([value]) => {
    return ENVIRONMENTS[String.fromCharCode(value)] ?? (value === 0x20 ? 'any' : `table ${value}`);
  });
  while (c.left >= 3) {
    const operating = c.peek() >= 201;
    c.group(operating ? 'operating_triplet' : 'channels', 'triplet', 3, (inner) => {
      if (operating) {
        inner.u8('operating_extension_id');
        const operatingClass = inner.u8('operating_class');
        inner.u8('coverage_class');
        return `operating class ${operatingClass}`;
      }
      const first = inner.u8('first_channel');
      const count = inner.u8('channel_count');
      const power = inner.s8('max_power', 'dBm');
      // Above 14, channels of 20 MHz are four numbers apart.
      return `${first}-${first + (count - 1) * (first > 14 ? 4 : 1)} @ ${power} dBm`;
    });
  }
  if (c.left > 0) c.hex('padding');
  return `${code.slice(1, -1)}, ${environment}`;
}

const ERP = bitFields(['non_erp_present'], ['use_protection'], ['barker_preamble'], ['', 5]);

const QOS_CAPABILITY = bitFields(['parameter_set_count', 4], ['q_ack'], ['queue_request'], ['txop_request'], ['', 1]);

const RRM = bitFields(
  ['link_measurement'],
  ['neighbor_report'],
  ['parallel_measurements'],
  ['repeated_measurements'],
  ['beacon_passive'],
  ['beacon_active'],
  ['beacon_table'],
  ['beacon_reporting_conditions'],
  ['frame_measurement'],
  ['channel_load'],
  ['noise_histogram'],
  ['statistics'],
  ['lci'],
  ['lci_azimuth'],
  ['tx_stream_measurement'],
  ['triggered_tx_stream_measurement'],
  ['ap_channel_report'],
  ['rrm_mib'],
  ['operating_channel_max_duration', 3],
  ['nonoperating_channel_max_duration', 3],
  ['measurement_pilot', 3],
  ['measurement_pilot_tx_information'],
  ['neighbor_report_tsf_offset'],
  ['rcpi_measurement'],
  ['rsni_measurement'],
  ['bss_average_access_delay'],
  ['bss_available_admission_capacity'],
  ['antenna'],
  ['ftm_range_report'],
  ['civic_location'],
  ['', 4],
);

/** Extended Capabilities by bit (IEEE 802.11, 9.4.2.26). */
export const EXTENDED_CAPABILITIES = bitFields(
  ['coexistence_20_40'],
  ['glk'],
  ['extended_channel_switching'],
  ['glk_gcr'],
  ['psmp'],
  ['', 1],
  ['s_psmp'],
  ['event'],
  ['diagnostics'],
  ['multicast_diagnostics'],
  ['location_tracking'],
  ['fms'],
  ['proxy_arp'],
  ['collocated_interference_reporting'],
  ['civic_location'],
  ['geospatial_location'],
  ['tfs'],
  ['wnm_sleep_mode'],
  ['tim_broadcast'],
  ['bss_transition'],
  ['qos_traffic_capability'],
  ['ac_station_count'],
  ['multiple_bssid'],
  ['timing_measurement'],
  ['channel_usage'],
  ['ssid_list'],
  ['dms'],
  ['utc_tsf_offset'],
  ['tdls_peer_uapsd_buffer_sta'],
  ['tdls_peer_psm'],
  ['tdls_channel_switching'],
  ['interworking'],
  ['qos_map'],
  ['ebr'],
  ['sspn_interface'],
  ['', 1],
  ['msgcf'],
  ['tdls'],
  ['tdls_prohibited'],
  ['tdls_channel_switching_prohibited'],
  ['reject_unadmitted_frame'],
  ['service_interval_granularity', 3],
  ['identifier_location'],
  ['uapsd_coexistence'],
  ['wnm_notification'],
  ['qab'],
  ['utf8_ssid'],
  ['qmf_activated'],
  ['qmf_reconfiguration_activated'],
  ['robust_av_streaming'],
  ['advanced_gcr'],
  ['mesh_gcr'],
  ['scs'],
  ['qload_report'],
  ['alternate_edca'],
  ['unprotected_txop_negotiation'],
  ['protected_txop_negotiation'],
  ['', 1],
  ['protected_qload_report'],
  ['tdls_wider_bandwidth'],
  ['operating_mode_notification'],
  ['max_msdus_in_amsdu', 2, ['no limit', '32', '16', '8']],
  ['channel_schedule_management'],
  ['geodatabase_enabling'],
  ['network_channel_control'],
  ['white_space_map'],
  ['channel_availability_query'],
  ['ftm_responder'],
  ['ftm_initiator'],
  ['fils'],
  ['extended_spectrum_management'],
  ['future_channel_guidance'],
  ['pad'],
  ['', 1],
  ['twt_requester'],
  ['twt_responder'],
  ['obss_narrow_bw_ru_tolerance_support'],
  ['complete_list_of_nontransmitted_bssid_profiles'],
  ['sae_password_identifiers_in_use'],
  ['sae_password_identifiers_exclusively'],
  ['enhanced_multi_bssid_advertisement'],
  ['beacon_protection'],
  ['mirrored_scs'],
  ['oct'],
  ['local_mac_address_policy'],
  ['', 1],
  ['twt_parameters_range'],
);

const NETWORK_TYPES = [
  'private',
  'private with guest access',
  'chargeable public',
  'free public',
  'personal device',
  'emergency services',
];
const ACCESS_NETWORK = bitFields(
  ['network_type', 4, [...NETWORK_TYPES, ...Array<undefined>(8), 'test', 'wildcard']],
  ['internet'],
  ['asra'],
  ['esr'],
  ['uesa'],
);

function interworking(c: Cursor): string | undefined {
  const options = c.bits('access_network_options', 1, ACCESS_NETWORK);
  if (c.left === 2 || c.left === 8) {
    c.u8('venue_group');
    c.u8('venue_type');
  }
  if (c.left >= 6) c.mac('hessid');
  const type = options.get('network_type');
  return `${NETWORK_TYPES[type] ?? `type ${type}`}${options.has('internet') ? ', internet' : ''}`;
}

function roamingConsortium(c: Cursor): string | undefined {
  c.u8('anqp_ois');
  const lengths = c.u8('oi_lengths', (value) => `${value & 15}, ${value >> 4}`);
  const first = lengths & 15;
  const second = lengths >> 4;
  const ois = [c.hex('oi[0]', Math.min(first, c.left))];
  if (second > 0) ois.push(c.hex('oi[1]', Math.min(second, c.left)));
  if (c.left > 0) ois.push(c.hex('oi[2]'));
  return ois.join(' ');
}

export const BASIC_ELEMENTS: ElementBodies = {
  SSID: (c) => c.text('ssid'),
  SUPP_RATES: (c) => c.list('rates', rateText),
  EXT_SUPP_RATES: (c) => c.list('rates', rateText),
  DS_PARAMS: (c) => `channel ${c.u8('channel')}`,
  TIM: tim,
  IBSS_PARAMS: (c) => {
    c.u16('atim_window', (value) => `${value} TU`);
    return undefined;
  },
  COUNTRY: country,
  REQUEST: (c) => c.list('elements', String),
  QBSS_LOAD: (c) => {
    const stations = c.uint('station_count', c.left > 4 ? 2 : 1);
    const busy = c.u8('channel_utilization', (value) => `${value}/255`);
    c.u16('admission_capacity', (value) => `${value * 32} µs/s`);
    return `${stations} stations, channel busy ${busy}/255`;
  },
  EDCA_PARAM_SET: (c) => {
    c.bits('qos_info', 1, QOS_CAPABILITY);
    c.u8('reserved');
    accessCategories(c);
    return undefined;
  },
  EXT_HE_MU_EDCA: (c) => {
    c.bits('qos_info', 1, QOS_CAPABILITY);
    accessCategories(c, true);
    return undefined;
  },
  QOS_CAPA: (c) => {
    c.bits('qos_info', 1, QOS_CAPABILITY);
    return undefined;
  },
  PWR_CONSTRAINT: (c) => `${c.u8('local_power_constraint', (value) => `${value} dB`)} dB`,
  PWR_CAPABILITY: (c) => `${c.s8('min_power', 'dBm')} to ${c.s8('max_power', 'dBm')} dBm`,
  TPC_REPORT: (c) => {
    c.s8('tx_power', 'dBm');
    c.u8('link_margin', (value) => `${value} dB`);
    return undefined;
  },
  SUPPORTED_CHANNELS: (c) => {
    while (c.left > 0) {
      c.group('channels', 'range', 2, (inner) => {
        const first = inner.u8('first_channel');
        return `${inner.u8('count')} from ${first}`;
      });
    }
    return undefined;
  },
  ERP_INFO: (c) => {
    c.bits('erp', 1, ERP);
    return undefined;
  },
  SUPPORTED_REGULATORY_CLASSES: (c) => {
    const current = c.u8('current_class');
    c.list('classes', String);
    return `class ${current}`;
  },
  AP_CHAN_REPORT: (c) => {
    c.u8('operating_class');
    c.list('channels', String);
    return undefined;
  },
  RRM_ENABLED_CAPABILITIES: (c) => {
    c.bits('capabilities', c.left, RRM);
    return undefined;
  },
  EXT_CAPABILITY: (c) => {
    c.bits('capabilities', c.left, EXTENDED_CAPABILITIES);
    return undefined;
  },
  BSS_MAX_IDLE_PERIOD: (c) => {
    c.u16('max_idle_period', (value) => `${value} × 1000 TU`);
    c.u8('options');
    return undefined;
  },
  TIME_ADVERTISEMENT: (c) => {
    c.u8('capabilities');
    c.hex('time');
    return undefined;
  },
  TIME_ZONE: (c) => c.text('time_zone'),
  INTERWORKING: interworking,
  ROAMING_CONSORTIUM: roamingConsortium,
  ADVERTISEMENT_PROTOCOL: (c) => {
    while (c.left > 0) {
      c.u8('query_response_info');
      c.u8('protocol', ['ANQP', 'MIH information', 'MIH command', 'emergency alert', 'location to service']);
    }
    return undefined;
  },
  QOS_MAP_SET: qosMap,
  ANTENNA_INFO: (c) => {
    c.u8('antenna_id');
    return undefined;
  },
  AID: (c) => {
    c.u16('aid');
    return undefined;
  },
  BSS_AVG_ACCESS_DELAY: (c) => {
    c.u8('access_delay');
    return undefined;
  },
  EXTENDED_BSS_LOAD: (c) => {
    c.u16('mu_mimo_stations');
    c.u8('stream_underutilization');
    c.u8('secondary_20_utilization');
    c.u8('secondary_40_utilization');
    c.u8('secondary_80_utilization');
    return undefined;
  },
};

/** QoS Map: exceptions of DSCP and user priority, then a DSCP range for each of the 8 priorities. */
export function qosMap(c: Cursor): string | undefined {
  while (c.left > 16) {
    c.group('dscp_exception', 'exception', 2, (inner) => {
      const dscp = inner.u8('dscp');
      return `DSCP ${dscp} to UP ${inner.u8('user_priority')}`;
    });
  }
  for (let up = 0; up < 8 && c.left > 0; up++) {
    c.group(`user_priority_${up}`, 'DSCP range', 2, (inner) => {
      const low = inner.u8('low');
      const high = inner.u8('high');
      return low === 255 && high === 255 ? 'unused' : `DSCP ${low}-${high}`;
    });
  }
  return undefined;
}
