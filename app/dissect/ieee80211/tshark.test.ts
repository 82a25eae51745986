import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { FieldNode } from '../../contracts/index.ts';
import { builtinLibrary } from '../../specs/index.ts';
import { bareContext, createDissector, learnFamily } from '../index.ts';
import { newFamilies, readCorpus } from '../testing/corpus.ts';
import { type TsharkField, tsharkFrames } from '../testing/tsharkWifi.ts';

const installed = spawnSync('tshark', ['--version']).status === 0;

interface Frame {
  readonly bytes: Uint8Array;
  readonly node: FieldNode;
}

/** The 802.11 frames of the capture. */
function frames(): Frame[] {
  const dissector = createDissector(builtinLibrary());
  const families = newFamilies();
  const context = bareContext(families);
  return readCorpus('wifi-a').flatMap(({ bytes, envelope }) => {
    learnFamily(bytes, envelope, context, families);
    return dissector
      .dissect(bytes, envelope, context)
      .tree.filter(({ name, text }) => name === 'NL80211_ATTR_FRAME' && !text.startsWith('EAPOL'))
      .map((node) => ({ bytes: bytes.subarray(node.payload.start, node.payload.end), node }));
  });
}

/** Our fields by tshark's names; both give the number as it is on the wire. */
const SAME: readonly (readonly [tshark: string, element: string, field: string])[] = [
  ['wlan.ht.capabilities.ldpccoding', 'HT_CAPABILITY', 'ldpc_coding'],
  ['wlan.ht.capabilities.width', 'HT_CAPABILITY', 'channel_width'],
  ['wlan.ht.capabilities.sm', 'HT_CAPABILITY', 'sm_power_save'],
  ['wlan.ht.capabilities.green', 'HT_CAPABILITY', 'greenfield'],
  ['wlan.ht.capabilities.short20', 'HT_CAPABILITY', 'short_gi_20'],
  ['wlan.ht.capabilities.short40', 'HT_CAPABILITY', 'short_gi_40'],
  ['wlan.ht.capabilities.txstbc', 'HT_CAPABILITY', 'tx_stbc'],
  ['wlan.ht.capabilities.rxstbc', 'HT_CAPABILITY', 'rx_stbc'],
  ['wlan.ht.capabilities.amsdu', 'HT_CAPABILITY', 'max_amsdu_length'],
  ['wlan.ht.capabilities.dsscck', 'HT_CAPABILITY', 'dsss_cck_40'],
  ['wlan.ht.ampduparam.maxlength', 'HT_CAPABILITY', 'max_length'],
  ['wlan.ht.ampduparam.mpdudensity', 'HT_CAPABILITY', 'min_spacing'],
  ['wlan.ht.mcsset.txsetdefined', 'HT_CAPABILITY', 'tx_mcs_defined'],
  ['wlan.ht.info.primarychannel', 'HT_OPERATION', 'primary_channel'],
  ['wlan.ht.info.secchanoffset', 'HT_OPERATION', 'secondary_channel'],
  ['wlan.vht.capabilities.maxmpdulength', 'VHT_CAPABILITY', 'max_mpdu_length'],
  ['wlan.vht.capabilities.supportedchanwidthset', 'VHT_CAPABILITY', 'channel_width'],
  ['wlan.vht.capabilities.rxldpc', 'VHT_CAPABILITY', 'rx_ldpc'],
  ['wlan.vht.capabilities.short80', 'VHT_CAPABILITY', 'short_gi_80'],
  ['wlan.vht.capabilities.txstbc', 'VHT_CAPABILITY', 'tx_stbc'],
  ['wlan.ext_tag.he_mac_cap.htc_he_support', 'EXT_HE_CAPABILITY', 'htc_he'],
  ['wlan.ext_tag.he_mac_cap.trig_frm_mac_padding_dur', 'EXT_HE_CAPABILITY', 'trigger_frame_padding'],
  ['wlan.ext_tag.he_mac_cap.bsr_support', 'EXT_HE_CAPABILITY', 'bsr'],
  ['wlan.ext_tag.he_mac_cap.mu_cascading_support', 'EXT_HE_CAPABILITY', 'mu_cascading'],
  ['wlan.ext_tag.he_mac_cap.om_control_support', 'EXT_HE_CAPABILITY', 'om_control'],
  ['wlan.ext_tag.he_mac_cap.max_a_mpdu_len_exp_ext', 'EXT_HE_CAPABILITY', 'max_ampdu_length_extension'],
  ['wlan.ext_tag.he_mac_cap.a_msdu_in_a_mpdu_support', 'EXT_HE_CAPABILITY', 'amsdu_in_ampdu'],
  ['wlan.ext_tag.he_phy_cap.punc_preamble_rx', 'EXT_HE_CAPABILITY', 'punctured_preamble_rx'],
  ['wlan.ext_tag.he_phy_cap.device_class', 'EXT_HE_CAPABILITY', 'device_class'],
  ['wlan.ext_tag.he_phy_cap.full_bw_ul_mu_mimo', 'EXT_HE_CAPABILITY', 'full_bw_ul_mu_mimo'],
  ['wlan.ext_tag.he_phy_cap.su_beamformer', 'EXT_HE_CAPABILITY', 'su_beamformer'],
  ['wlan.ext_tag.he_phy_cap.ppe_thres_present', 'EXT_HE_CAPABILITY', 'ppe_thresholds_present'],
  ['wlan.ext_tag.he_phy_cap.nominal_packet_padding', 'EXT_HE_CAPABILITY', 'nominal_packet_padding'],
  ['wlan.rsn.version', 'RSN', 'version'],
  ['wlan.rsn.pcs.count', 'RSN', 'pairwise_cipher_count'],
  ['wlan.rsn.akms.count', 'RSN', 'akm_count'],
  ['wlan.rsn.capabilities.ptksa_replay_counter', 'RSN', 'ptksa_replay_counters'],
  ['wlan.rsn.capabilities.mfpr', 'RSN', 'mfp_required'],
  ['wlan.rsn.capabilities.mfpc', 'RSN', 'mfp_capable'],
  ['wlan.extcap.b2', 'EXT_CAPABILITY', 'extended_channel_switching'],
  ['wlan.extcap.b19', 'EXT_CAPABILITY', 'bss_transition'],
  ['wlan.extcap.b25', 'EXT_CAPABILITY', 'ssid_list'],
  ['wlan.extcap.b31', 'EXT_CAPABILITY', 'interworking'],
  ['wlan.extcap.b62', 'EXT_CAPABILITY', 'operating_mode_notification'],
  ['wlan.ds.current_channel', 'DS_PARAMS', 'channel'],
  ['wlan.supopeclass.current', 'SUPPORTED_REGULATORY_CLASSES', 'current_class'],
];

const numberOf = (text: string): number => Number(/\((\d+)\)$/.exec(text)?.[1] ?? text);

function below(node: FieldNode, name: string): FieldNode | undefined {
  for (const child of node.children) {
    const found = child.name === name ? child : below(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Newer versions count an extended element from behind its id and length; it ends where it ends. */
function startsBehindLength(tag: TsharkField, start: number, own: FieldNode | undefined): boolean {
  return (
    tag.name === 'wlan.ext_tag' &&
    own?.range.end === start + tag.at + tag.size &&
    own.range.start === start + tag.at - 2
  );
}

describe.skipIf(!installed)('tshark', () => {
  it('finds the same elements at the same places, with the same numbers', () => {
    const all = frames();
    const packets = tsharkFrames(
      all.map(({ bytes }) => bytes),
      'wlan',
    );
    expect(packets.length).toBe(all.length);
    let elements = 0;
    let numbers = 0;
    packets.forEach((theirs, i) => {
      const { node } = all[i]!;
      if (theirs === null) return;
      const start = node.payload.start;
      const ours = node.children.filter(({ type }) => type === 'element');
      const tags = theirs.filter(({ name, size }) => (name === 'wlan.tag' || name === 'wlan.ext_tag') && size > 0);
      expect(ours.map(({ range }) => `${range.start - start} ${range.end - range.start}`)).toEqual(
        tags.map((tag, n) =>
          startsBehindLength(tag, start, ours[n]) ? `${tag.at - 2} ${tag.size + 2}` : `${tag.at} ${tag.size}`,
        ),
      );
      elements += ours.length;
      for (const [name, element, field] of SAME) {
        const own = ours.find((node) => node.name === `WLAN_EID_${element}`);
        const other = theirs.find((field) => field.name === name);
        const found = own === undefined ? undefined : below(own, field);
        if (other === undefined || found === undefined) continue;
        expect(`${i} ${field} ${numberOf(found.text)}`).toBe(`${i} ${field} ${Number(other.show)}`);
        numbers++;
      }
    });
    expect(elements).toBeGreaterThan(150);
    expect(numbers).toBeGreaterThan(300);
  });
});
