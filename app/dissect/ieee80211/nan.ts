/** Attributes of Wi-Fi Aware (Neighbor Awareness Networking), as its frames and beacons have them. */
import { type BitField, type Body, bitFields, type Cursor, digest, type Told } from './cursor.ts';
import type { ReadElements } from './elements.ts';
import { vendorText } from './names.ts';

type AttributeBody = (c: Cursor, elements: ReadElements) => Told;
type Attribute = string | readonly [name: string, body: AttributeBody];

const done = (..._: unknown[]): undefined => undefined;
const us = (value: number): string => `${value} µs`;

/** Frames of NAN that set something up, by the subtype that follows the vendor's own type. */
export const NAN_ACTIONS: readonly (string | undefined)[] = [
  undefined,
  'ranging request',
  'ranging response',
  'ranging termination',
  'ranging report',
  'data path request',
  'data path response',
  'data path confirm',
  'data path key installment',
  'data path termination',
  'schedule request',
  'schedule response',
  'schedule confirm',
  'schedule update notification',
];

const REASONS: readonly (string | undefined)[] = [
  undefined,
  'unspecified',
  'resource limitation',
  'invalid parameters',
  'FTM parameters incapable',
  'no movement',
  'invalid availability',
  'immutable unacceptable',
  'security policy',
  'QoS unacceptable',
  'NDP rejected',
  'NDL unacceptable',
  'ranging schedule unacceptable',
];

const SERVICE_CONTROL = bitFields(
  ['type', 2, ['publish', 'subscribe', 'follow-up']],
  ['matching_filter_present'],
  ['service_response_filter_present'],
  ['service_info_present'],
  ['discovery_range_limited'],
  ['binding_bitmap_present'],
  ['', 1],
);
const RESPONSE_FILTER = bitFields(
  ['type', 1, ['address set', 'Bloom filter']],
  ['include'],
  ['bloom_filter_index', 2],
  ['', 4],
);

/** Values that each have a length of one byte before them. */
function lengthAndValues(c: Cursor, name: string): void {
  while (c.left > 0) {
    c.group(name, 'length and value', Math.min(1 + c.peek(), c.left), (inner) => {
      inner.u8('length');
      return inner.hex('value') || 'any';
    });
  }
}

function serviceDescriptor(c: Cursor): string {
  const id = c.hex('service_id', 6);
  c.u8('instance_id');
  c.u8('requestor_instance_id');
  const control = c.bits('service_control', 1, SERVICE_CONTROL);
  if (control.has('binding_bitmap_present')) c.u16('binding_bitmap', hexNumber);
  const counted = (name: string, body: Body): void => {
    const length = c.u8(`${name}_length`);
    c.group(name, name, Math.min(length, c.left), body);
  };
  if (control.has('matching_filter_present')) {
    counted('matching_filter', (inner) => done(lengthAndValues(inner, 'filter')));
  }
  if (control.has('service_response_filter_present')) {
    counted('service_response_filter', (inner) => {
      const isBloom = inner.bits('control', 1, RESPONSE_FILTER).has('type');
      if (isBloom) return done(inner.hex('bloom_filter'));
      while (inner.left > 0) inner.mac('address');
      return undefined;
    });
  }
  if (control.has('service_info_present')) counted('service_info', (inner) => inner.hex('value'));
  return `${['publish', 'subscribe', 'follow-up'][control.get('type')] ?? 'service'} ${id}`;
}

const SERVICE_EXTENSION = bitFields(
  ['fsd_required'],
  ['fsd_with_gas'],
  ['data_path_required'],
  ['data_path_type', 1, ['unicast', 'multicast']],
  ['multicast_type', 1],
  ['qos_required'],
  ['security_required'],
  ['ranging_required'],
  ['range_limit_present'],
  ['service_update_indicator_present'],
  ['gtk_protection_required'],
  ['', 5],
);

function serviceExtension(c: Cursor): undefined {
  c.u8('instance_id');
  const control = c.bits('control', 2, SERVICE_EXTENSION);
  if (control.has('range_limit_present')) {
    c.u16('ingress_range_limit', (value) => `${value} cm`);
    c.u16('egress_range_limit', (value) => `${value} cm`);
  }
  if (control.has('service_update_indicator_present')) c.u8('service_update_indicator');
  if (c.left >= 2) {
    const length = c.u16('service_info_length');
    c.group('service_info', 'service info', Math.min(length, c.left), (inner) => {
      inner.value('oui', 'OUI', 3, vendorText);
      inner.u8('protocol', [undefined, 'Bonjour', 'generic']);
      return inner.hex('data');
    });
  }
  return undefined;
}

export const NAN_COMMITTED_DW = bitFields(
  ['dw_2_4_ghz', 3],
  ['dw_5_ghz', 3],
  ['dw_2_4_ghz_overwrite', 4],
  ['dw_5_ghz_overwrite', 4],
  ['', 2],
);
const BANDS = ['tv_white_space', 'sub_1_ghz', '2_4_ghz', '3_6_ghz', '5_ghz', '60_ghz', '45_ghz', '6_ghz'];
const BAND_BITS: readonly BitField[] = bitFields(...BANDS.map((band) => [band] as const));
export const NAN_OPERATION_MODE = bitFields(
  ['phy', 1, ['HT', 'VHT']],
  ['vht_80_80'],
  ['vht_160'],
  ['paging_ndl'],
  ['he'],
  ['', 3],
);
export const NAN_ANTENNAS = bitFields(['tx', 4], ['rx', 4]);
export const NAN_CAPABILITIES = bitFields(
  ['dfs_master'],
  ['extended_key_id'],
  ['simultaneous_ndp_reception'],
  ['ndpe_attribute'],
  ['s3'],
  ['', 3],
);
const MAP = bitFields(['applies_to', 1, ['all maps', 'one map']], ['map_id', 4], ['', 3]);

function deviceCapability(c: Cursor): undefined {
  c.bits('map', 1, MAP);
  c.bits('committed_dw', 2, NAN_COMMITTED_DW);
  c.bits('supported_bands', 1, BAND_BITS);
  c.bits('operation_mode', 1, NAN_OPERATION_MODE);
  c.bits('antennas', 1, NAN_ANTENNAS);
  c.u16('max_channel_switch_time', us);
  c.bits('capabilities', 1, NAN_CAPABILITIES);
  return undefined;
}

const STATUSES = ['continued', 'accepted', 'rejected'];
const NDP_TYPES = ['request', 'response', 'confirm', 'security install', 'terminate'];
const NDP_TYPE = bitFields(['type', 4, NDP_TYPES], ['status', 4, STATUSES]);
const NDP_CONTROL = bitFields(
  ['confirm_required'],
  ['reserved_1'],
  ['security_present'],
  ['publish_id_present'],
  ['responder_ndi_present'],
  ['specific_info_present'],
  ['', 2],
);

/** A data path; what is specific to it are bytes, or in the extension typed values. */
function ndp(isExtension: boolean): AttributeBody {
  return (c) => {
    c.u8('dialog_token');
    const type = c.bits('type_and_status', 1, NDP_TYPE);
    c.u8('reason', REASONS);
    c.mac('initiator_ndi');
    c.u8('ndp_id');
    const control = c.bits('control', 1, NDP_CONTROL);
    if (control.has('publish_id_present')) c.u8('publish_id');
    if (control.has('responder_ndi_present')) c.mac('responder_ndi');
    if (!isExtension) c.hex('specific_info');
    while (isExtension && c.left >= 3) {
      c.group('tlv', 'TLV', Math.min(3 + (c.peek(1) | (c.peek(2) << 8)), c.left), (inner) => {
        const isAddress = inner.u8('type', ['IPv6 link-local', 'service info']) === 0;
        inner.u16('length');
        return isAddress ? inner.hex('interface_id') : inner.hex('value');
      });
    }
    return `${NDP_TYPES[type.get('type')] ?? 'NDP'}, ${STATUSES[type.get('status')] ?? type.get('status')}`;
  };
}

const BIT_DURATIONS = ['16 TU', '32 TU', '64 TU', '128 TU'];
const PERIODS = ['none', '128 TU', '256 TU', '512 TU', '1024 TU', '2048 TU', '4096 TU', '8192 TU'];
const TIME_BITMAP = bitFields(
  ['bit_duration', 3, BIT_DURATIONS],
  ['period', 3, PERIODS],
  ['start_offset', 9, (value) => `${value * 16} TU`],
  ['', 1],
);

function timeBitmap(c: Cursor): void {
  c.bits('time_bitmap_control', 2, TIME_BITMAP);
  const length = c.u8('time_bitmap_length');
  c.hex('time_bitmap', Math.min(length, c.left));
}

const AVAILABILITY = bitFields(
  ['map_id', 4],
  ['committed_changed'],
  ['potential_changed'],
  ['public_availability_changed'],
  ['ndc_changed'],
  ['multicast_schedule_changed'],
  ['multicast_schedule_change_changed'],
  ['', 6],
);
const ENTRY = bitFields(
  ['committed'],
  ['potential'],
  ['conditional'],
  ['usage_preference', 2],
  ['utilization', 3, (value) => (value === 7 ? 'unknown' : `${value * 20} %`)],
  ['rx_nss', 4],
  ['time_bitmap_present'],
  ['', 3],
);
const ENTRIES = bitFields(['type', 1, ['bands', 'channels']], ['non_contiguous'], ['', 2], ['count', 4]);

/** Operating class and which of its channels; the auxiliary ones of bandwidths that do not hang together. */
export function nanChannelEntry(c: Cursor, hasAuxiliary: boolean): string {
  const operatingClass = c.u8('operating_class');
  const bits = c.u16('channel_bitmap', hexNumber);
  c.u8('primary_channel_bitmap', hexNumber);
  if (hasAuxiliary) c.u16('auxiliary_channel_bitmap', hexNumber);
  return `operating class ${operatingClass}, channels ${hexNumber(bits)}`;
}

function availabilityEntry(c: Cursor): string {
  c.u16('length');
  const control = c.bits('control', 2, ENTRY);
  if (control.has('time_bitmap_present')) timeBitmap(c);
  const kinds = ['committed', 'potential', 'conditional'].filter((kind) => control.has(kind)).join(', ');
  if (c.left === 0) return kinds;
  const list = c.bits('entries', 1, ENTRIES);
  const hasAuxiliary = list.has('non_contiguous');
  for (let i = 0; i < list.get('count') && c.left > 0; i++) {
    if (!list.has('type')) c.u8('band', BANDS);
    else c.group('channel', 'channel entry', hasAuxiliary ? 6 : 4, (inner) => nanChannelEntry(inner, hasAuxiliary));
  }
  return kinds;
}

function availability(c: Cursor): string {
  const sequence = c.u8('sequence_id');
  const control = c.bits('control', 2, AVAILABILITY);
  while (c.left >= 2) {
    c.group('entry', 'availability', Math.min(2 + (c.peek() | (c.peek(1) << 8)), c.left), availabilityEntry);
  }
  return `map ${control.get('map_id')}, sequence ${sequence}`;
}

const NDC = bitFields(['selected'], ['', 7]);

function ndc(c: Cursor): undefined {
  c.mac('ndc_id');
  c.bits('control', 1, NDC);
  while (c.left > 0) {
    c.u8('map_id');
    timeBitmap(c);
  }
  return undefined;
}

const NDL_TYPES = ['request', 'response', 'confirm'];
const NDL_TYPE = bitFields(['type', 4, NDL_TYPES], ['status', 4, STATUSES]);
const NDL_CONTROL = bitFields(
  ['peer_id_present'],
  ['immutable_schedule_present'],
  ['ndc_present'],
  ['qos_present'],
  ['max_idle_period_present'],
  ['type', 1],
  ['setup_reason', 2, ['NDP', 'FSD using GAS']],
);

function ndl(c: Cursor): string {
  c.u8('dialog_token');
  const type = c.bits('type_and_status', 1, NDL_TYPE);
  c.u8('reason', REASONS);
  const control = c.bits('control', 1, NDL_CONTROL);
  if (control.has('peer_id_present')) c.u8('peer_id');
  if (control.has('max_idle_period_present')) c.u16('max_idle_period');
  if (control.has('immutable_schedule_present')) {
    c.group('immutable_schedule', 'schedule', c.left, (inner) => {
      while (inner.left > 0) {
        inner.u8('map_id');
        timeBitmap(inner);
      }
      return undefined;
    });
  }
  return `${NDL_TYPES[type.get('type')] ?? 'NDL'}, ${STATUSES[type.get('status')] ?? type.get('status')}`;
}

const SCHEDULE = bitFields(['schedule_id', 4], ['', 4], ['sequence_id', 8]);
const OVERWRITE = bitFields(['overwrite_all'], ['map_id', 4], ['', 3]);
const ULW_CONTROL = bitFields(['type', 2], ['channel_availability'], ['rx_nss', 4], ['', 1]);

/** What stands in an Unaligned Schedule behind its header. */
function unalignedSchedule(c: Cursor): string {
  const schedule = c.bits('control', 2, SCHEDULE);
  c.uint('starting_time', 4, us);
  c.uint('duration', 4, us);
  c.uint('period', 4, us);
  c.u8('count_down');
  c.bits('overwrite', 1, OVERWRITE);
  if (c.left > 0) {
    c.bits('ulw_control', 1, ULW_CONTROL);
    c.hex('entry');
  }
  return `schedule ${schedule.get('schedule_id')}`;
}

const CONNECTION = bitFields(
  ['wifi_direct'],
  ['p2ps'],
  ['tdls'],
  ['wlan_infrastructure'],
  ['ibss'],
  ['mesh'],
  ['', 10],
);
const CIPHERS: readonly (string | undefined)[] = [
  undefined,
  'NCS-SK-128',
  'NCS-SK-256',
  'NCS-PK-2WDH-128',
  'NCS-PK-2WDH-256',
  'NCS-GTK-CCMP-128',
  'NCS-GTK-GCMP-256',
  'NCS-PK-PASN-128',
  'NCS-PK-PASN-256',
];

const ATTRIBUTES: readonly (Attribute | undefined)[] = [
  [
    'master_indication',
    (c) => {
      const preference = c.u8('master_preference');
      return `preference ${preference}, random factor ${c.u8('random_factor')}`;
    },
  ],
  [
    'cluster',
    (c) => {
      c.value('anchor_master_rank', 'u64', 8, rankText);
      const hops = c.u8('hop_count');
      c.uint('beacon_transmission_time', 4, hexNumber);
      return `${hops} hops`;
    },
  ],
  ['service_id_list', serviceIds],
  ['service_descriptor', serviceDescriptor],
  ['connection_capability', (c) => done(c.bits('capabilities', 2, CONNECTION))],
  'wlan_infrastructure',
  'p2p_operation',
  'ibss',
  'mesh',
  'further_service_discovery',
  'further_availability_map',
  ['country_code', (c) => c.text('country', Math.min(2, c.left))],
  'ranging',
  [
    'cluster_discovery',
    (c) => {
      const id = c.mac('cluster_id');
      c.u64('time_offset', 'µs');
      c.value('anchor_master_rank', 'u64', 8, rankText);
      return id;
    },
  ],
  ['service_descriptor_extension', serviceExtension],
  ['device_capability', deviceCapability],
  ['ndp', ndp(false)],
  'nmsg',
  ['availability', availability],
  ['ndc', ndc],
  ['ndl', ndl],
  [
    'ndl_qos',
    (c) => {
      c.u8('min_time_slots');
      return done(c.u16('max_latency', (value) => (value === 0xffff ? 'no preference' : `${value} slots`)));
    },
  ],
  'multicast_schedule',
  ['unaligned_schedule', unalignedSchedule],
  'paging_unicast',
  'paging_multicast',
  'ranging_information',
  'ranging_setup',
  'ftm_ranging_report',
  [
    'element_container',
    (c, elements) => {
      c.bits('map', 1, MAP);
      return elements(c);
    },
  ],
  'extended_wlan_infrastructure',
  'extended_p2p_operation',
  'extended_ibss',
  'extended_mesh',
  [
    'cipher_suite_info',
    (c) => {
      c.u8('capabilities', hexNumber);
      while (c.left >= 2) {
        c.group('cipher_suite', 'cipher suite', 2, (inner) => {
          const id = inner.u8('id', CIPHERS);
          inner.u8('publish_id');
          return CIPHERS[id] ?? String(id);
        });
      }
      return undefined;
    },
  ],
  [
    'security_context_info',
    (c) => {
      while (c.left >= 4) {
        c.group('context', 'security context', Math.min(4 + (c.peek() | (c.peek(1) << 8)), c.left), (inner) => {
          inner.u16('length');
          inner.u8('type', [undefined, 'PMKID']);
          inner.u8('publish_id');
          return inner.hex('id');
        });
      }
      return undefined;
    },
  ],
  'shared_key_descriptor',
  'multicast_schedule_change',
  'multicast_schedule_owner_change',
  'public_availability',
  ['subscribe_service_id_list', serviceIds],
  ['ndp_extension', ndp(true)],
];
const VENDOR = 221;

function serviceIds(c: Cursor): undefined {
  while (c.left > 0) c.hex('service_id', 6);
  return undefined;
}

function hexNumber(value: number): string {
  return `0x${value.toString(16)}`;
}

/** A rank is a number whose lower bytes are the device's address: in hex the address can be seen. */
function rankText(bytes: Uint8Array): string {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join('')}`;
}

function attributeOf(id: number): { readonly name: string; readonly body: AttributeBody } {
  const known = ATTRIBUTES[id];
  if (typeof known === 'object') return { name: known[0], body: known[1] };
  if (id !== VENDOR) return { name: known ?? `attribute ${id}`, body: (c) => c.hex('value') };
  return {
    name: 'vendor_specific',
    body: (c) => {
      const vendor = c.value('oui', 'OUI', 3, vendorText);
      c.hex('data');
      return vendor;
    },
  };
}

/** Attributes of NAN up to the end: id, length of two bytes and body each. */
export function nanAttributes(c: Cursor, elements: ReadElements): string | undefined {
  const names: string[] = [];
  while (c.left > 0) {
    const length = c.peek(1) | (c.peek(2) << 8);
    if (c.left < 3 || 3 + length > c.left) {
      c.malformed('rest', c.end, `${c.left} bytes are no NAN attribute`);
      break;
    }
    const { name, body } = attributeOf(c.peek());
    const text = c.group(name, 'NAN attribute', 3 + length, (inner) => {
      inner.u8('id');
      inner.u16('length');
      const header = inner.parts.length;
      return body(inner, elements) ?? digest(inner.parts.slice(header));
    });
    names.push(name === 'service_descriptor' ? text() : name);
  }
  return names.length === 0 ? undefined : names.join(', ');
}
