/** Elements of mesh networks (IEEE 802.11, 9.4.2.97 to 9.4.2.117). */
import { bitFields, type Cursor } from './cursor.ts';
import type { ElementBodies } from './elements.ts';
import { reasonText } from './names.ts';

const FORMATION = bitFields(['connected_to_gate'], ['peerings', 6], ['connected_to_as']);
const CAPABILITY = bitFields(
  ['accepting_peerings'],
  ['mcca_supported'],
  ['mcca_enabled'],
  ['forwarding'],
  ['mbca_enabled'],
  ['tbtt_adjusting'],
  ['power_save_level'],
  ['', 1],
);
const SYNCHRONIZATION = [undefined, 'neighbor offset'];
const AUTHENTICATION = ['none', 'SAE', '802.1X'];

const PREQ_FLAGS = bitFields(['gate_announcement'], ['individual'], ['proactive_prep'], ['', 3], ['external'], ['', 1]);
const PREQ_TARGET = bitFields(['target_only'], ['', 1], ['unknown_sequence'], ['', 5]);
const REPLY_FLAGS = bitFields(['', 6], ['external'], ['', 1]);

function preq(c: Cursor): string {
  const flags = c.bits('flags', 1, PREQ_FLAGS);
  c.u8('hop_count');
  c.u8('ttl');
  c.uint('path_discovery_id', 4);
  const originator = c.mac('originator');
  c.uint('originator_sequence', 4);
  if (flags.has('external')) c.mac('originator_external');
  c.uint('lifetime', 4, (value) => `${value} TU`);
  c.uint('metric', 4);
  const count = c.u8('target_count');
  const targets: string[] = [];
  for (let i = 0; i < count && c.left > 0; i++) {
    c.group(`target[${i}]`, 'target', 11, (inner) => {
      inner.bits('flags', 1, PREQ_TARGET);
      const address = inner.mac('address');
      inner.uint('sequence', 4);
      targets.push(address);
      return address;
    });
  }
  return `${originator} looks for ${targets.join(', ')}`;
}

function prep(c: Cursor): string {
  const flags = c.bits('flags', 1, REPLY_FLAGS);
  c.u8('hop_count');
  c.u8('ttl');
  const target = c.mac('target');
  c.uint('target_sequence', 4);
  if (flags.has('external')) c.mac('target_external');
  c.uint('lifetime', 4, (value) => `${value} TU`);
  c.uint('metric', 4);
  const originator = c.mac('originator');
  c.uint('originator_sequence', 4);
  return `${target} answers ${originator}`;
}

function perr(c: Cursor): string | undefined {
  c.u8('ttl');
  const count = c.u8('destination_count');
  for (let i = 0; i < count && c.left > 0; i++) {
    const length = (c.peek() & 0x40) !== 0 ? 19 : 13;
    c.group(`destination[${i}]`, 'destination', length, (inner) => {
      const flags = inner.bits('flags', 1, REPLY_FLAGS);
      const address = inner.mac('address');
      inner.uint('sequence', 4);
      if (flags.has('external')) inner.mac('external');
      inner.u16('reason', reasonText);
      return address;
    });
  }
  return undefined;
}

export const MESH_ELEMENTS: ElementBodies = {
  MESH_ID: (c) => c.text('mesh_id'),
  MESH_CONFIG: (c) => {
    c.u8('path_selection_protocol', [undefined, 'HWMP']);
    c.u8('path_selection_metric', [undefined, 'airtime']);
    c.u8('congestion_control', ['none', 'signaling']);
    c.u8('synchronization', SYNCHRONIZATION);
    c.u8('authentication', AUTHENTICATION);
    const formation = c.bits('formation_info', 1, FORMATION);
    c.bits('capability', 1, CAPABILITY);
    return `${formation.get('peerings')} peerings`;
  },
  PEER_MGMT: (c) => {
    c.u16('protocol', ['mesh peering management', 'authenticated mesh peering exchange']);
    c.u16('local_link_id');
    // Confirm and close have the peer's id, close also a reason, authenticated ones the id of the key; all may be absent.
    if (c.left === 2 || c.left === 4 || c.left >= 18) c.u16('peer_link_id');
    if (c.left === 2 || c.left === 18) c.u16('reason', reasonText);
    if (c.left === 16) c.hex('pmkid', 16);
    return undefined;
  },
  MESH_AWAKE_WINDOW: (c) => `${c.u16('window', (value) => `${value} TU`)} TU`,
  CHAN_SWITCH_PARAM: (c) => {
    c.u8('ttl');
    c.u8('flags');
    c.u16('reason', reasonText);
    c.u16('precedence');
    return undefined;
  },
  LINK_METRIC_REPORT: (c) => {
    c.u8('flags');
    if (c.left >= 4) c.uint('airtime', 4);
    return undefined;
  },
  BEACON_TIMING: (c) => {
    c.u8('report_control');
    while (c.left > 0) {
      c.group('station', 'beacon timing', 6, (inner) => {
        inner.u8('id');
        inner.uint('tbtt', 3, (value) => `${value * 32} µs`);
        inner.u16('interval', (value) => `${value} TU`);
        return undefined;
      });
    }
    return undefined;
  },
  GANN: (c) => {
    c.u8('flags');
    c.u8('hop_count');
    c.u8('ttl');
    const gate = c.mac('gate');
    c.uint('sequence', 4);
    c.u16('interval', (value) => `${value} s`);
    return gate;
  },
  RANN: (c) => {
    c.u8('flags');
    c.u8('hop_count');
    c.u8('ttl');
    const root = c.mac('root');
    c.uint('sequence', 4);
    c.uint('interval', 4, (value) => `${value} TU`);
    c.uint('metric', 4);
    return root;
  },
  PREQ: preq,
  PREP: prep,
  PERR: perr,
};
