import { actionBody } from './actions.ts';
import { bitFields, type Cursor } from './cursor.ts';
import { readElements } from './elements.ts';
import { reasonText, statusText } from './names.ts';

const TYPES = ['management', 'control', 'data', 'extension'];
const MANAGEMENT = [
  'association request',
  'association response',
  'reassociation request',
  'reassociation response',
  'probe request',
  'probe response',
  'timing advertisement',
  undefined,
  'beacon',
  'ATIM',
  'disassociation',
  'authentication',
  'deauthentication',
  'action',
  'action no ack',
];
const CONTROL = [
  undefined,
  undefined,
  'trigger',
  'TACK',
  'beamforming report poll',
  'NDP announcement',
  'control frame extension',
  'control wrapper',
  'block ack request',
  'block ack',
  'PS-Poll',
  'RTS',
  'CTS',
  'ack',
  'CF-End',
  'CF-End + CF-Ack',
];
const DATA = [
  'data',
  'data + CF-Ack',
  'data + CF-Poll',
  'data + CF-Ack + CF-Poll',
  'null',
  'CF-Ack',
  'CF-Poll',
  'CF-Ack + CF-Poll',
  'QoS data',
  'QoS data + CF-Ack',
  'QoS data + CF-Poll',
  'QoS data + CF-Ack + CF-Poll',
  'QoS null',
  undefined,
  'QoS CF-Poll',
  'QoS CF-Ack + CF-Poll',
];
const EXTENSION = ['DMG beacon', 'S1G beacon'];
const SUBTYPES = [MANAGEMENT, CONTROL, DATA, EXTENSION];

const FRAME_CONTROL_FLAGS = [
  ['to_ds'],
  ['from_ds'],
  ['more_fragments'],
  ['retry'],
  ['power_management'],
  ['more_data'],
  ['protected'],
  ['order'],
] as const;

export const CAPABILITY = bitFields(
  ['ess'],
  ['ibss'],
  ['cf_pollable'],
  ['cf_poll_request'],
  ['privacy'],
  ['short_preamble'],
  ['pbcc'],
  ['channel_agility'],
  ['spectrum_management'],
  ['qos'],
  ['short_slot_time'],
  ['apsd'],
  ['radio_measurement'],
  ['epd'],
  ['delayed_block_ack'],
  ['immediate_block_ack'],
);

const AUTH_ALGORITHMS: { readonly [number: number]: string } = {
  0: 'open system',
  1: 'shared key',
  2: 'FT',
  3: 'SAE',
  4: 'FILS shared key',
  5: 'FILS shared key with PFS',
  6: 'FILS public key',
  7: 'PASN',
  128: 'network EAP',
};

const SEQUENCE = bitFields(['fragment', 4], ['sequence', 12]);
const QOS_CONTROL = bitFields(
  ['tid', 4],
  ['eosp'],
  ['ack_policy', 2, ['normal', 'none', 'no explicit', 'block']],
  ['amsdu_present'],
  ['', 8],
);

const SAE = 3;

function fixedBeacon(c: Cursor): void {
  c.u64('timestamp', 'µs');
  c.u16('beacon_interval', (value) => `${value} TU`);
  c.bits('capability', 2, CAPABILITY);
}

function beacon(c: Cursor): string {
  fixedBeacon(c);
  return readElements(c)();
}

/** A reason and the elements that may follow it; 0 says nothing, anything else why a station was sent away. */
function reason(c: Cursor): string {
  const text = reasonText(c.u16('reason', reasonText));
  c.remark(`reason ${text}`);
  readElements(c);
  return `reason ${text}`;
}

function status(c: Cursor): string {
  const code = c.u16('status', statusText);
  const text = statusText(code);
  if (code !== 0 && code !== 126 && code !== 127) c.remark(`status ${text}`);
  return `status ${text}`;
}

function associationRequest(c: Cursor): string {
  c.bits('capability', 2, CAPABILITY);
  c.u16('listen_interval');
  return readElements(c)();
}

function associationResponse(c: Cursor): string {
  c.bits('capability', 2, CAPABILITY);
  const text = status(c);
  c.u16('aid', (value) => String(value & 0x3fff));
  readElements(c);
  return text;
}

/** Lengths of scalar and of element in SAE for the finite groups of elliptic and modular ones (RFC 5114, RFC 3526). */
const SAE_GROUPS: { readonly [group: number]: readonly [scalar: number, element: number] } = {
  15: [384, 384],
  16: [512, 512],
  19: [32, 64],
  20: [48, 96],
  21: [66, 132],
};

/**
 * What follows the algorithm of an authentication frame, as NL80211_ATTR_AUTH_DATA has it too: transaction and status,
 * and for SAE either commit or confirm.
 */
export function authData(c: Cursor, sae: boolean): string {
  const transaction = c.u16('transaction');
  const text = status(c);
  const code = c.parts.length > 1 ? c.bytes[c.at - 2] | (c.bytes[c.at - 1] << 8) : 0;
  if (sae && transaction === 1 && c.left >= 2) {
    const group = c.u16('group');
    const lengths = SAE_GROUPS[group];
    if (lengths !== undefined) {
      const [scalar, element] = lengths;
      // An anti-clogging token may precede them where the exchange does not hash to an element.
      const token = c.left - scalar - element;
      if (code === 76) c.hex('anti_clogging_token');
      else if (token > 0 && code === 0) c.hex('anti_clogging_token', token);
      if (c.left >= scalar) c.hex('scalar', scalar);
      if (c.left >= element) c.hex('element', element);
      if (code === 126 || code === 127) readElements(c);
    }
    return `commit, ${text}`;
  }
  if (sae && transaction === 2 && c.left >= 2) {
    c.u16('send_confirm');
    c.hex('confirm');
    return `confirm, ${text}`;
  }
  readElements(c);
  return `transaction ${transaction}, ${text}`;
}

function authentication(c: Cursor): string {
  const algorithm = c.u16('algorithm', (value) => AUTH_ALGORITHMS[value] ?? String(value));
  return `${AUTH_ALGORITHMS[algorithm] ?? `algorithm ${algorithm}`} ${authData(c, algorithm === SAE)}`;
}

/** Bodies of management frames by subtype. */
const BODIES: readonly (((c: Cursor) => string) | undefined)[] = [
  associationRequest,
  associationResponse,
  (c) => {
    c.bits('capability', 2, CAPABILITY);
    c.u16('listen_interval');
    c.mac('current_ap');
    return readElements(c)();
  },
  associationResponse,
  (c) => readElements(c)(),
  beacon,
  (c) => {
    c.u64('timestamp', 'µs');
    c.bits('capability', 2, CAPABILITY);
    return readElements(c)();
  },
  undefined,
  beacon,
  undefined,
  reason,
  authentication,
  reason,
  actionBody,
  actionBody,
];

interface FrameControl {
  readonly type: number;
  readonly subtype: number;
  readonly toDs: boolean;
  readonly fromDs: boolean;
  readonly encrypted: boolean;
  readonly order: boolean;
  readonly name: string;
}

function frameControl(c: Cursor): FrameControl {
  const type = (c.peek() >> 2) & 3;
  const fields = bitFields(['version', 2], ['type', 2, TYPES], ['subtype', 4, SUBTYPES[type]], ...FRAME_CONTROL_FLAGS);
  const name = (subtype: number): string => SUBTYPES[type][subtype] ?? `${TYPES[type]} subtype ${subtype}`;
  const values = c.bits('frame_control', 2, fields, (of) => {
    const flags = FRAME_CONTROL_FLAGS.flatMap(([flag]) => (of.has(flag) ? [flag] : []));
    return [name(of.get('subtype')), ...flags].join(', ');
  });
  const subtype = values.get('subtype');
  return {
    type,
    subtype,
    toDs: values.has('to_ds'),
    fromDs: values.has('from_ds'),
    encrypted: values.has('protected'),
    order: values.has('order'),
    name: name(subtype),
  };
}

/**
 * An 802.11 frame without its checksum, as NL80211_ATTR_FRAME and HWSIM_ATTR_FRAME have it (IEEE 802.11, clause 9).
 * @returns one line about it
 */
export function readFrame(c: Cursor): string {
  const control = frameControl(c);
  c.u16('duration', (value) => ((value & 0x8000) === 0 ? `${value} µs` : `AID ${value & 0x3fff}`));
  if (control.type === 0) return managementFrame(c, control);
  if (control.type === 2) return dataFrame(c, control);
  const receiver = c.mac('ra');
  const transmitter = c.left >= 6 ? c.mac('ta') : '';
  c.hex('body');
  return transmitter === '' ? `${control.name} to ${receiver}` : `${control.name} ${transmitter} > ${receiver}`;
}

function managementFrame(c: Cursor, control: FrameControl): string {
  const da = c.mac('da');
  const sa = c.mac('sa');
  c.mac('bssid');
  c.bits('sequence_control', 2, SEQUENCE, sequenceText);
  const line = `${control.name} ${sa} > ${da}`;
  if (control.order && c.left >= 4) c.hex('ht_control', 4);
  const body = BODIES[control.subtype];
  if (control.encrypted && control.subtype !== 11) {
    c.hex('encrypted');
    return line;
  }
  if (body === undefined || c.left === 0) return line;
  return `${line}, ${body(c)}`;
}

function sequenceText(of: { get(name: string): number }): string {
  const fragment = of.get('fragment');
  return `${of.get('sequence')}${fragment === 0 ? '' : `, fragment ${fragment}`}`;
}

const ADDRESSES = [
  ['da', 'sa', 'bssid'],
  ['bssid', 'sa', 'da'],
  ['da', 'bssid', 'sa'],
  ['ra', 'ta', 'da'],
] as const;

function dataFrame(c: Cursor, control: FrameControl): string {
  const roles = ADDRESSES[(control.toDs ? 1 : 0) + (control.fromDs ? 2 : 0)];
  const found = new Map<string, string>();
  for (const role of roles) found.set(role, c.mac(role));
  c.bits('sequence_control', 2, SEQUENCE, sequenceText);
  if (control.toDs && control.fromDs) found.set('sa', c.mac('sa'));
  const isQos = (control.subtype & 8) !== 0;
  if (isQos) c.bits('qos_control', 2, QOS_CONTROL);
  if (isQos && control.order) c.hex('ht_control', 4);
  const line = `${control.name} ${found.get('sa')} > ${found.get('da')}`;
  if (control.encrypted) c.hex('encrypted');
  else if (c.left >= 8 && c.peek() === 0xaa && c.peek(1) === 0xaa && c.peek(2) === 3) {
    c.hex('llc_snap', 6);
    const type = c.uint('ethertype', 2, (value) => `0x${value.toString(16).padStart(4, '0')}`, true);
    c.hex('payload');
    return `${line}, ethertype 0x${type.toString(16).padStart(4, '0')}`;
  } else c.hex('payload');
  return line;
}
