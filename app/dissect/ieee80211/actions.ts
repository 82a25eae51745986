/** Action frames: category, action and the fixed fields of those that are seen in nl80211 (IEEE 802.11, 9.6). */
import { bitFields, type Cursor } from './cursor.ts';
import { CATEGORY_NAMES } from './elementNames.ts';
import { readElements } from './elements.ts';
import { GAS } from './gas.ts';
import { reasonText, statusText, vendorText } from './names.ts';
import { NAN_ACTIONS, nanAttributes } from './nan.ts';
import { operatingMode } from './phyElements.ts';

type ActionBody = (c: Cursor) => void;
type Action = string | readonly [name: string, body: ActionBody];

/** The element reader as the body of actions that are a token and elements, or elements alone. */
const elements: ActionBody = (c) => void readElements(c);
const token: ActionBody = (c) => {
  c.u8('dialog_token');
  readElements(c);
};

const BA_PARAMETERS = bitFields(['amsdu'], ['policy', 1, ['delayed', 'immediate']], ['tid', 4], ['buffer_size', 10]);
const BA_START = bitFields(['fragment', 4], ['start_sequence', 12]);
const DELBA = bitFields(['', 11], ['initiator'], ['tid', 4]);
const BTM_REQUEST = bitFields(
  ['preferred_candidate_list'],
  ['abridged'],
  ['disassociation_imminent'],
  ['bss_termination_included'],
  ['ess_disassociation_imminent'],
  ['link_removal_imminent'],
  ['', 2],
);
const BTM_STATUS = [
  'accept',
  'reject, unspecified',
  'reject, insufficient beacons',
  'reject, insufficient capacity',
  'reject, BSS termination undesired',
  'reject, BSS termination delay',
  'reject, candidate list provided',
  'reject, no suitable candidates',
  'reject, leaving ESS',
];
const P2P_ACTIONS = [
  'GO negotiation request',
  'GO negotiation response',
  'GO negotiation confirmation',
  'invitation request',
  'invitation response',
  'device discoverability request',
  'device discoverability response',
  'provision discovery request',
  'provision discovery response',
];
const VENDOR_ACTION = 'vendor specific action';
const WFA = 0x506f9a;
const WFA_P2P = 9;
const WFA_NAN_DISCOVERY = 0x13;
const WFA_NAN = 0x18;

/**
 * Organization, its type and what follows; those of Wi-Fi Direct and Wi-Fi Aware are known.
 * @returns what the action is
 */
function vendorAction(c: Cursor): string {
  const oui = (c.peek() << 16) | (c.peek(1) << 8) | c.peek(2);
  c.value('oui', 'OUI', 3, vendorText);
  if (c.left === 0) return VENDOR_ACTION;
  const type = c.u8('type');
  if (oui === WFA && type === WFA_P2P && c.left > 0) {
    const subtype = P2P_ACTIONS[c.u8('subtype', P2P_ACTIONS)];
    if (c.left > 0) c.u8('dialog_token');
    readElements(c);
    return subtype === undefined ? VENDOR_ACTION : `P2P ${subtype}`;
  }
  if (oui === WFA && (type === WFA_NAN_DISCOVERY || type === WFA_NAN)) {
    const subtype = type === WFA_NAN ? NAN_ACTIONS[c.u8('subtype', NAN_ACTIONS)] : 'service discovery';
    nanAttributes(c, readElements);
    return subtype === undefined ? VENDOR_ACTION : `NAN ${subtype}`;
  }
  c.hex('data');
  return VENDOR_ACTION;
}

const PUBLIC: readonly (Action | undefined)[] = [
  ['20/40 BSS coexistence management', elements],
  'DSE enablement',
  'DSE deenablement',
  'DSE registered location announcement',
  [
    'extended channel switch announcement',
    (c) => {
      c.u8('mode');
      c.u8('operating_class');
      c.u8('channel');
      c.u8('count');
      readElements(c);
    },
  ],
  'DSE measurement request',
  'DSE measurement report',
  'measurement pilot',
  'DSE power constraint',
  ['vendor specific', vendorAction],
  ['GAS initial request', (c) => GAS.initialRequest(c, readElements)],
  ['GAS initial response', (c) => GAS.initialResponse(c, readElements)],
  ['GAS comeback request', GAS.comebackRequest],
  ['GAS comeback response', (c) => GAS.comebackResponse(c, readElements)],
  [
    'TDLS discovery response',
    (c) => {
      c.u8('dialog_token');
      c.hex('capability', 2);
      readElements(c);
    },
  ],
  'location track notification',
  'QAB request',
  'QAB response',
  'QMF policy',
  'QMF policy change',
  'QLoad request',
  'QLoad report',
  'HCCA TXOP advertisement',
  'HCCA TXOP response',
  'public key',
  'channel availability query',
  'channel schedule management',
  'contact verification signal',
  'GDD enablement request',
  'GDD enablement response',
  'network channel control',
  'white space map announcement',
  'FTM request',
  'FTM',
  'FILS discovery',
];

const ftTarget: ActionBody = (c) => {
  c.mac('sta');
  c.mac('target_ap');
};

const saQuery: ActionBody = (c) => void c.hex('transaction_id', 2);

const ACTIONS: { readonly [category: string]: readonly (Action | undefined)[] } = {
  SPECTRUM_MGMT: [
    ['measurement request', token],
    ['measurement report', token],
    ['TPC request', token],
    ['TPC report', token],
    ['channel switch announcement', elements],
  ],
  QOS: [
    'ADDTS request',
    'ADDTS response',
    'DELTS',
    'schedule',
    ['QoS map configure', elements],
    'ADDTS reserve request',
    'ADDTS reserve response',
  ],
  DLS: ['DLS request', 'DLS response', 'DLS teardown'],
  BACK: [
    [
      'ADDBA request',
      (c) => {
        c.u8('dialog_token');
        c.bits('parameters', 2, BA_PARAMETERS);
        c.u16('timeout', (value) => `${value} TU`);
        c.bits('start_sequence_control', 2, BA_START);
        readElements(c);
      },
    ],
    [
      'ADDBA response',
      (c) => {
        c.u8('dialog_token');
        c.u16('status', statusText);
        c.bits('parameters', 2, BA_PARAMETERS);
        c.u16('timeout', (value) => `${value} TU`);
        readElements(c);
      },
    ],
    [
      'DELBA',
      (c) => {
        c.bits('parameters', 2, DELBA);
        c.u16('reason', reasonText);
        readElements(c);
      },
    ],
  ],
  PUBLIC,
  PROTECTED_DUAL_OF_ACTION: PUBLIC,
  RADIO_MEASUREMENT: [
    [
      'radio measurement request',
      (c) => {
        c.u8('dialog_token');
        c.u16('repetitions');
        readElements(c);
      },
    ],
    ['radio measurement report', token],
    [
      'link measurement request',
      (c) => {
        c.u8('dialog_token');
        c.s8('tx_power', 'dBm');
        c.s8('max_tx_power', 'dBm');
        readElements(c);
      },
    ],
    'link measurement report',
    ['neighbor report request', token],
    ['neighbor report response', token],
  ],
  FAST_BSS_TRANSITION: [
    undefined,
    [
      'FT request',
      (c) => {
        ftTarget(c);
        readElements(c);
      },
    ],
    [
      'FT response',
      (c) => {
        ftTarget(c);
        c.u16('status', statusText);
        readElements(c);
      },
    ],
    [
      'FT confirm',
      (c) => {
        ftTarget(c);
        readElements(c);
      },
    ],
    'FT ack',
  ],
  HT: [
    ['notify channel width', (c) => void c.u8('width', ['20 MHz', 'any'])],
    ['SM power save', (c) => void c.u8('sm_power_control')],
    'PSMP',
    'set PCO phase',
    'CSI',
    'noncompressed beamforming',
    'compressed beamforming',
    'antenna selection indices feedback',
  ],
  SA_QUERY: [
    ['SA query request', saQuery],
    ['SA query response', saQuery],
  ],
  WNM: [
    'event request',
    'event report',
    'diagnostic request',
    'diagnostic report',
    'location configuration request',
    'location configuration response',
    [
      'BSS transition management query',
      (c) => {
        c.u8('dialog_token');
        c.u8('reason');
        readElements(c);
      },
    ],
    [
      'BSS transition management request',
      (c) => {
        c.u8('dialog_token');
        const mode = c.bits('mode', 1, BTM_REQUEST);
        c.u16('disassociation_timer', (value) => `${value} beacons`);
        c.u8('validity_interval', (value) => `${value} beacons`);
        if (mode.has('bss_termination_included')) c.hex('bss_termination_duration', 12);
        if (mode.has('ess_disassociation_imminent') && c.left > 0) {
          const length = c.u8('url_length');
          c.text('url', Math.min(length, c.left));
        }
        readElements(c);
      },
    ],
    [
      'BSS transition management response',
      (c) => {
        c.u8('dialog_token');
        const code = c.u8('status', BTM_STATUS);
        c.u8('bss_termination_delay', (value) => `${value} min`);
        if (code === 0 && c.left >= 6) c.mac('target_bssid');
        readElements(c);
      },
    ],
    'FMS request',
    'FMS response',
    'collocated interference request',
    'collocated interference report',
    ['TFS request', token],
    ['TFS response', token],
    'TFS notify',
    ['WNM sleep mode request', token],
    [
      'WNM sleep mode response',
      (c) => {
        c.u8('dialog_token');
        const length = c.u16('key_data_length');
        c.hex('key_data', Math.min(length, c.left));
        readElements(c);
      },
    ],
    'TIM broadcast request',
    'TIM broadcast response',
    'QoS traffic capability update',
    'channel usage request',
    'channel usage response',
    'DMS request',
    'DMS response',
    'timing measurement request',
    [
      'notification request',
      (c) => {
        c.u8('dialog_token');
        c.u8('type');
        readElements(c);
      },
    ],
    'notification response',
  ],
  WNM_UNPROTECTED: ['TIM', 'timing measurement'],
  TDLS: [
    ['TDLS setup request', token],
    [
      'TDLS setup response',
      (c) => {
        c.u16('status', statusText);
        c.u8('dialog_token');
        c.hex('rest');
      },
    ],
    'TDLS setup confirm',
    [
      'TDLS teardown',
      (c) => {
        c.u16('reason', reasonText);
        readElements(c);
      },
    ],
    'TDLS peer traffic indication',
    'TDLS channel switch request',
    'TDLS channel switch response',
    'TDLS peer PSM request',
    'TDLS peer PSM response',
    'TDLS peer traffic response',
    ['TDLS discovery request', token],
  ],
  MESH_ACTION: [
    ['link metric report', elements],
    ['HWMP path selection', elements],
    ['gate announcement', elements],
    'congestion control notification',
    'MCCA setup request',
    'MCCA setup reply',
    'MCCA advertisement request',
    'MCCA advertisement',
    'MCCA teardown',
    'TBTT adjustment request',
    'TBTT adjustment response',
  ],
  MULTIHOP_ACTION: ['proxy update', 'proxy update confirmation'],
  SELF_PROTECTED: [
    undefined,
    [
      'mesh peering open',
      (c) => {
        c.hex('capability', 2);
        readElements(c);
      },
    ],
    [
      'mesh peering confirm',
      (c) => {
        c.hex('capability', 2);
        c.u16('aid', (value) => String(value & 0x3fff));
        readElements(c);
      },
    ],
    ['mesh peering close', elements],
    'mesh group key inform',
    'mesh group key acknowledge',
  ],
  WMM: [
    [
      'ADDTS request',
      (c) => {
        c.u8('dialog_token');
        c.u8('status');
        readElements(c);
      },
    ],
    [
      'ADDTS response',
      (c) => {
        c.u8('dialog_token');
        c.u8('status');
        readElements(c);
      },
    ],
    'DELTS',
  ],
  VHT: ['compressed beamforming', 'group id management', ['operating mode notification', (c) => void operatingMode(c)]],
  HE: ['compressed beamforming and CQI', 'quiet time period', 'OPS'],
  S1G: [
    'AID switch request',
    'AID switch response',
    'sync control',
    'STA information announcement',
    'EDCA parameter set',
    'EL operation',
    ['TWT setup', token],
    'TWT teardown',
    'sectorized group id list',
    'sector id feedback',
    undefined,
    'TWT information',
  ],
  PROTECTED_EHT: [
    'TID-to-link mapping request',
    'TID-to-link mapping response',
    'TID-to-link mapping teardown',
    'EPCS priority access enable request',
    'EPCS priority access enable response',
    'EPCS priority access teardown',
    'EML operating mode notification',
    'link recommendation',
    'multi-link operation update request',
    'multi-link operation update response',
    'link reconfiguration notify',
    'link reconfiguration request',
    'link reconfiguration response',
  ],
};

/** A category whose highest bit is set carries back an action that the receiver did not know. */
const ERROR = 0x80;

/**
 * The body of an action frame: category, action and what the action is known to hold.
 * @returns the action's name
 */
export function actionBody(c: Cursor): string {
  const category = CATEGORY_NAMES[c.peek() & ~ERROR];
  const named = category === undefined ? undefined : `WLAN_CATEGORY_${category}`;
  const code = c.u8('category', (value) => {
    const name = named ?? `category ${value & ~ERROR}`;
    return `${name}${value & ERROR ? ', error' : ''} (${value})`;
  });
  if (code === 126 || code === 127) return vendorAction(c);
  const actions = category === undefined ? undefined : ACTIONS[category];
  const known = actions?.[c.peek()];
  const [name, body] = typeof known === 'object' ? known : [known, undefined];
  const action = c.u8('action', (value) => (name === undefined ? String(value) : `${name} (${value})`));
  if (body === undefined) c.hex('data');
  if (body === vendorAction) return vendorAction(c);
  body?.(c);
  return name ?? `${category === undefined ? `category ${code}` : category.toLowerCase()} action ${action}`;
}
