import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { BytePart } from '../byteFormats.ts';
import { tsharkFrames } from '../testing/tsharkWifi.ts';
import { fromHex } from '../text.ts';
import { IEEE80211_FORMATS } from './formats.ts';

/** Frame control, duration, addresses and sequence control of an action frame. */
const HEADER = 'd00000000200000000010200000000020200000000030000';

/** What the frame is, and what follows its header: everything that ANQP and NAN have bodies for, written by hand. */
const FRAMES: readonly (readonly [name: string, hex: string])[] = [
  ['GAS initial request', '040a076c027f00170000010600020107010c01dddd0900506f9a110100030405'],
  [
    'GAS initial response',
    '040b07000000006c027f00160101010800010102010501080102011b0002080e656e674361666520616d2045636b09656e67' +
      '5365636f6e6404010f00000000020900687474703a2f2f782f05010a0003506f9a05001bc504bd060101000d070121000100' +
      '1d00000b6578616d706c652e636f6d02081502020104050107050d0105010608010800000700040162f2200c0115000b6578' +
      '616d706c652e636f6d08746573742e6f726715010c000b0168747470733a2f2f762fdddd0a00506f9a11020001020304dddd' +
      '1200506f9a1103000b656e674f70657261746f72dddd1300506f9a1104000150c30000204e00000a142c01dddd0e00506f9a' +
      '11050006bb010111941102dddd0800506f9a1107005173dddd0e00506f9a110a0069636f6e2e706e67',
  ],
  ['GAS comeback request', '040c07'],
  ['GAS comeback response', '040d0700008105006c027f00040001020304'],
  ['GAS comeback response', '040d0700000000006c027f00170000010600020107010c01dddd0900506f9a110100030405'],
  [
    'NAN service discovery',
    '0409506f9a13000200c811010d0001020304050607080234120000020c00a1a2a3a4a5a6b1b2b3b4b5b6032400a1a2a3a4a5' +
      'a601025c030004026162000d0202aabbccddee02aabbccddee0568656c6c6f030d00a1a2a3a4a5a6010209030baabb040200' +
      '05000b020044450d160002aabbccddee000102030405060708090a0b0c0d0e0f0e10000144036400c800070600506f9a0278' +
      '790f090003510a140522881309121a000912000e0091125b0104f000ff0111512000000500e200200204280600a1a2a3a4a5' +
      'a6dd0500506f9a7a7a',
  ],
  [
    'NAN data path request',
    '0409506f9a180510160005100002aabbccddee03390402aabbccddee696e666f291c0005110002aabbccddee031002aabbcc' +
      'ddee0008000000000000000000130f0002aabbccddee01025b0104f000ff0114060005110014630015030002ffff17100002' +
      '03e8030000d0070000b80b0000040322050001010302042314001000010300000000000000000000000000000000',
  ],
];

/** Bit-fields by tshark's names, and by how much ours is scaled to the unit it stands for. */
const BITS: readonly (readonly [tshark: string, ours: string, scale?: number])[] = [
  ['wlan.fixed.gas_fragment_id', 'fragment_id'],
  ['wlan.fixed.more_gas_fragments', 'more_fragments'],
  ['wlan.fixed.anqp.ip_addr_availability.ipv6', 'ipv6'],
  ['wlan.fixed.anqp.ip_addr_availability.ipv4', 'ipv4'],
  ['wlan.hs20.anqp.wan_metrics.link_status', 'link_status'],
  ['wlan.hs20.anqp.wan_metrics.symmetric_link', 'symmetric'],
  ['wlan.hs20.anqp.wan_metrics.at_capacity', 'at_capacity'],
  ['nan.sda.sc.type', 'type'],
  ['nan.sda.sc.matching_filter', 'matching_filter_present'],
  ['nan.sda.sc.service_response', 'service_response_filter_present'],
  ['nan.sda.sc.service_info', 'service_info_present'],
  ['nan.sda.sc.discovery_range', 'discovery_range_limited'],
  ['nan.sda.sc.binding_bitmap', 'binding_bitmap_present'],
  ['nan.sda.srf_type', 'type'],
  ['nan.sda.srf_include', 'include'],
  ['nan.sda.srf_bloom_filter_index', 'bloom_filter_index'],
  ['nan.sdea.ctr_fsd', 'fsd_required'],
  ['nan.sdea.ctr_fsd_w_gas', 'fsd_with_gas'],
  ['nan.sdea.ctr_data_path', 'data_path_required'],
  ['nan.sdea.ctr_data_path_type', 'data_path_type'],
  ['nan.sdea.ctr_qos', 'qos_required'],
  ['nan.sdea.ctr_security', 'security_required'],
  ['nan.sdea.ctr_ranging', 'ranging_required'],
  ['nan.sdea.ctr_range_limit', 'range_limit_present'],
  ['nan.sdea.ctr_service_update_indicator', 'service_update_indicator_present'],
  ['nan.connection_cap.wifi_direct', 'wifi_direct'],
  ['nan.connection_cap.p2ps', 'p2ps'],
  ['nan.connection_cap.tdls', 'tdls'],
  ['nan.connection_cap.wlan_infra', 'wlan_infrastructure'],
  ['nan.connection_cap.ibss', 'ibss'],
  ['nan.connection_cap.mesh', 'mesh'],
  ['nan.device_cap.map_id_apply_to', 'applies_to'],
  ['nan.device_cap.map_id_associated_maps', 'map_id'],
  ['nan.device_cap.committed_dw_info.24ghz', 'dw_2_4_ghz'],
  ['nan.device_cap.committed_dw_info.5ghz', 'dw_5_ghz'],
  ['nan.device_cap.committed_dw_info.24ghz_overwrite', 'dw_2_4_ghz_overwrite'],
  ['nan.device_cap.committed_dw_info.5ghz_overwrite', 'dw_5_ghz_overwrite'],
  ['nan.device_cap.supported_bands.sub_1ghz', 'sub_1_ghz'],
  ['nan.device_cap.supported_bands.24ghz', '2_4_ghz'],
  ['nan.device_cap.supported_bands.5ghz', '5_ghz'],
  ['nan.device_cap.op_mode.phy', 'phy'],
  ['nan.device_cap.op_mode.vht8080', 'vht_80_80'],
  ['nan.device_cap.op_mode.vht160', 'vht_160'],
  ['nan.device_cap.antennas.tx', 'tx'],
  ['nan.device_cap.antennas.rx', 'rx'],
  ['nan.device_cap.capabilities.dfs_master', 'dfs_master'],
  ['nan.device_cap.capabilities.extended_key_id', 'extended_key_id'],
  ['nan.device_cap.capabilities.simul_ndp_reception', 'simultaneous_ndp_reception'],
  ['nan.device_cap.capabilities.ndpe_attr_support', 'ndpe_attribute'],
  ['nan.availability.map_id', 'map_id'],
  ['nan.availability.committed_changed', 'committed_changed'],
  ['nan.availability.potential_changed', 'potential_changed'],
  ['nan.availability.public_availability_changed', 'public_availability_changed'],
  ['nan.availability.ndc_changed', 'ndc_changed'],
  ['nan.availability.entry.ctr.pref', 'usage_preference'],
  ['nan.availability.entry.ctr.rx_nss', 'rx_nss'],
  ['nan.availability.entry.ctr.time_bitmap', 'time_bitmap_present'],
  ['nan.availability.entry.entries.type', 'type'],
  ['nan.availability.entry.entries.non_contiguous_bw', 'non_contiguous'],
  ['nan.availability.entry.entries.num_entries', 'count'],
  ['nan.time_bitmap.ctrl.bit_duration', 'bit_duration'],
  ['nan.time_bitmap.ctrl.period', 'period'],
  ['nan.time_bitmap.ctrl.start_offset', 'start_offset', 16],
  ['nan.ndp.type', 'type'],
  ['nan.status', 'status'],
  ['nan.ndp.ctrl.confirm', 'confirm_required'],
  ['nan.ndp.ctrl.security_pres', 'security_present'],
  ['nan.ndp.ctrl.publish_id_pres', 'publish_id_present'],
  ['nan.ndp.ctrl.responder_ndi_pres', 'responder_ndi_present'],
  ['nan.ndp.ctrl.specific_info_pres', 'specific_info_present'],
  ['nan.ndc.ctrl.selected', 'selected'],
  ['nan.ndl.type', 'type'],
  ['nan.ndl.ctrl.peer_id', 'peer_id_present'],
  ['nan.ndl.ctrl.immutable_schedule_pres', 'immutable_schedule_present'],
  ['nan.ndl.ctrl.ndc_pres', 'ndc_present'],
  ['nan.ndl.ctrl.qos_pres', 'qos_present'],
  ['nan.ndl.ctrl.max_idle_period_pres', 'max_idle_period_present'],
  ['nan.ndl.ctrl.setup_reason', 'setup_reason'],
  ['nan.unaligned_schedule.ctrl.schedule_id', 'schedule_id'],
  ['nan.unaligned_schedule.ctrl.sequence_id', 'sequence_id'],
  ['nan.unaligned_schedule.ulw_overwrite.overwrite_all', 'overwrite_all'],
  ['nan.unaligned_schedule.ulw_overwrite.map_id', 'map_id'],
];

/** A list of addresses is one field of tshark's; and what is specific to a data path goes on to the end of the frame. */
const OTHERWISE: ReadonlySet<string> = new Set(['nan.sda.srf_address_set', 'nan.ndp.specific_info']);

const bytesOf = (hex: string): Uint8Array => fromHex(HEADER + hex) ?? new Uint8Array();
const format = IEEE80211_FORMATS['wifi-frame']!;

function flat(parts: readonly BytePart[]): BytePart[] {
  return parts.flatMap((part) => [part, ...flat(part.parts ?? [])]);
}

/** The number of a bit-field: behind what it means, or alone. */
const numberOf = (text: string): number => Number.parseInt(/\((\d+)\)$/.exec(text)?.[1] ?? text, 10);

describe('frames of GAS and NAN', () => {
  it.each(FRAMES)('%s is called so and has no part that does not fit', (name, hex) => {
    const bytes = bytesOf(hex);
    expect(format.text(bytes, true)).toMatch(new RegExp(`, ${name}$`));
    const parts = flat(format.parts!(bytes, true));
    expect(parts.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(parts.filter(({ name }) => name === 'rest')).toEqual([]);
  });

  it.each(FRAMES)('%s that is cut is kept as far as it goes', (_, hex) => {
    const whole = bytesOf(hex);
    for (let length = 0; length < whole.length; length++) {
      const bytes = whole.subarray(0, length);
      for (const { start, end } of flat(format.parts!(bytes, true))) {
        expect(start <= end && end <= length).toBe(true);
      }
    }
  });
});

const installed = spawnSync('tshark', ['--version']).status === 0;

describe.skipIf(!installed)('tshark', () => {
  it('finds the same fields at the same places, with the same numbers in bits', () => {
    const all = FRAMES.map(([, hex]) => bytesOf(hex));
    const found = tsharkFrames(all, 'wlan.fixed.anqp', 'wlan.fixed.gas', 'wlan.fixed.query', 'wlan.hs20', 'nan.');
    let places = 0;
    let numbers = 0;
    found.forEach((theirs, i) => {
      const ours = flat(format.parts!(all[i]!, true));
      for (const { name, at, size, show } of theirs ?? []) {
        if (size === 0) continue;
        const bit = BITS.find(([tshark]) => tshark === name);
        if (bit !== undefined) {
          const [, field, scale = 1] = bit;
          const container = ours.find(
            ({ start, type, end }) => start === at && end === at + size && / bits$/.test(type),
          );
          const part = container?.parts?.find((part) => part.name === field);
          expect(`${i} ${name} ${numberOf(part?.text ?? '')}`).toBe(`${i} ${name} ${Number(show) * scale}`);
          numbers++;
          continue;
        }
        // A list of numbers is one part of ours that has none of its own.
        const part = ours.find(
          ({ start, end, parts }) =>
            (start === at && end === at + size) || (start <= at && end >= at + size && parts === undefined),
        );
        if (!OTHERWISE.has(name))
          expect(`${i} ${name} ${part === undefined ? 'nowhere' : 'there'}`).toBe(`${i} ${name} there`);
        places++;
      }
    });
    expect(places).toBeGreaterThan(200);
    expect(numbers).toBeGreaterThan(90);
  });
});
