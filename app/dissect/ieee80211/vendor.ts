/** Vendor elements: WPA, WMM, WPS, P2P and others of Microsoft and the Wi-Fi Alliance; of the rest the vendor's name. */
import { type Body, bitFields, type Cursor, toldText } from './cursor.ts';
import type { ElementBodies, ReadElements } from './elements.ts';
import { vendorText } from './names.ts';
import { nanAttributes } from './nan.ts';
import { wpa } from './security.ts';

const IEEE80211 = 0x000fac;
const MICROSOFT = 0x0050f2;
const WFA = 0x506f9a;

const ACCESS_CATEGORIES = ['be', 'bk', 'vi', 'vo'] as const;
const AIFSN = bitFields(['aifsn', 4], ['admission_control'], ['access_category', 2, ['BE', 'BK', 'VI', 'VO']], ['', 1]);
const ECW = bitFields(['cw_min', 4, (v) => String(2 ** v - 1)], ['cw_max', 4, (v) => String(2 ** v - 1)]);

/** Parameters of one access category; MU EDCA has a timer where EDCA has a limit. */
function accessCategory(c: Cursor, name: string, mu: boolean): void {
  c.group(name, 'access category', mu ? 3 : 4, (inner) => {
    const control = inner.bits('aci_aifsn', 1, AIFSN);
    const window = inner.bits('ecw', 1, ECW);
    const limit = mu ? inner.u8('timer', (v) => `${v * 8} TU`) : inner.u16('txop_limit', (v) => `${v * 32} µs`);
    const size = `CW ${2 ** window.get('cw_min') - 1}-${2 ** window.get('cw_max') - 1}`;
    const time = mu ? `timer ${limit * 8} TU` : `TXOP ${limit * 32} µs`;
    return `${size}, AIFSN ${control.get('aifsn')}, ${time}${control.has('admission_control') ? ', ACM' : ''}`;
  });
}

export function accessCategories(c: Cursor, mu = false): void {
  for (const name of ACCESS_CATEGORIES) if (c.left > 0) accessCategory(c, name, mu);
}

const WMM_QOS_INFO = bitFields(['parameter_set_count', 4], ['', 3], ['uapsd']);

function wmm(c: Cursor): string | undefined {
  const kind = c.u8('subtype', ['information', 'parameter', 'TSPEC']);
  c.u8('version');
  if (kind === 2) {
    c.hex('tspec');
    return 'TSPEC';
  }
  const info = c.bits('qos_info', 1, WMM_QOS_INFO);
  if (kind === 1) {
    c.u8('reserved');
    accessCategories(c);
  }
  return `${kind === 1 ? 'parameter' : 'information'}${info.has('uapsd') ? ', u-APSD' : ''}`;
}

// ---- WPS and P2P: chains of attributes

type AttributeBody = readonly [name: string, body: Body];

const hexBody: Body = (c) => c.hex('value');
const hiddenBody: Body = (c) => c.value('key', 'binary', c.left, (bytes) => `${bytes.length} bytes, hidden`);
const textBody: Body = (c) => c.text('value');
const numberBody =
  (length: number, names?: readonly (string | undefined)[]): Body =>
  (c) => {
    c.uint('value', length, names, true);
    return undefined;
  };

const CONFIG_METHODS = [
  'usba',
  'ethernet',
  'label',
  'display',
  'external_nfc_token',
  'integrated_nfc_token',
  'nfc_interface',
  'push_button',
  'keypad',
  'virtual_push_button',
  'physical_push_button',
  'p2ps',
  '',
  'virtual_display',
  'physical_display',
  '',
];

function configMethods(c: Cursor): string {
  return c.value('value', 'u16 be', 2, (bytes) => {
    const value = (bytes[0] << 8) | bytes[1];
    const names = CONFIG_METHODS.filter((name, bit) => name !== '' && ((value >> bit) & 1) === 1);
    return names.length === 0 ? '0' : names.join(', ');
  });
}

function deviceType(c: Cursor): string {
  const category = c.uint('category', 2, undefined, true);
  c.hex('oui', 4);
  const sub = c.uint('subcategory', 2, undefined, true);
  return `${category}-${sub}`;
}

const PASSWORD_IDS = ['PIN', 'user-specified', 'machine-specified', 'rekey', 'push button', 'registrar-specified'];

/** Attributes of Wi-Fi Simple Configuration by their ids. */
const WPS: ReadonlyMap<number, AttributeBody> = new Map<number, AttributeBody>([
  [0x1008, ['config_methods', configMethods]],
  [0x1011, ['device_name', textBody]],
  [0x1012, ['device_password_id', numberBody(2, PASSWORD_IDS)]],
  [0x1021, ['manufacturer', textBody]],
  [0x1023, ['model_name', textBody]],
  [0x1024, ['model_number', textBody]],
  [0x103a, ['request_type', numberBody(1, ['enrollee, info', 'enrollee, 802.1X', 'registrar', 'WLAN manager'])]],
  [0x103b, ['response_type', numberBody(1, ['enrollee, info', 'enrollee, 802.1X', 'registrar', 'AP'])]],
  [0x103c, ['rf_bands', numberBody(1, [undefined, '2.4 GHz', '5 GHz', '2.4 and 5 GHz'])]],
  [0x1041, ['selected_registrar', numberBody(1)]],
  [0x1042, ['serial_number', textBody]],
  [0x1044, ['wps_state', numberBody(1, [undefined, 'not configured', 'configured'])]],
  [0x1047, ['uuid_e', hexBody]],
  [0x1048, ['uuid_r', hexBody]],
  [0x1049, ['vendor_extension', hexBody]],
  [0x104a, ['version', numberBody(1)]],
  [0x1053, ['selected_registrar_config_methods', configMethods]],
  [0x1054, ['primary_device_type', deviceType]],
  [0x1057, ['ap_setup_locked', numberBody(1)]],
  [0x1002, ['association_state', numberBody(2)]],
  [0x1009, ['configuration_error', numberBody(2)]],
  [0x106a, ['requested_device_type', deviceType]],
]);

function wps(c: Cursor): string | undefined {
  let told = '';
  while (c.left > 0) {
    if (c.left < 4) {
      c.malformed('rest', c.end, `${c.left} bytes are no WPS attribute`);
      break;
    }
    const id = (c.peek() << 8) | c.peek(1);
    const length = (c.peek(2) << 8) | c.peek(3);
    if (4 + length > c.left) {
      c.malformed('rest', c.end, `attribute of ${length} bytes exceeds the ${c.left - 4} that are left`);
      break;
    }
    const [name, body] = WPS.get(id) ?? [`attribute 0x${id.toString(16)}`, hexBody];
    const text = c.group(name, 'WPS attribute', 4 + length, (inner) => {
      inner.uint('id', 2, (value) => `0x${value.toString(16)}`, true);
      inner.uint('length', 2, undefined, true);
      return body(inner);
    });
    if (name === 'device_name') told = text();
  }
  return told === '' ? undefined : told;
}

const P2P_DEVICE = bitFields(
  ['service_discovery'],
  ['client_discoverability'],
  ['concurrent_operation'],
  ['infrastructure_managed'],
  ['device_limit'],
  ['invitation_procedure'],
  ['', 2],
);
const P2P_GROUP = bitFields(
  ['group_owner'],
  ['persistent_group'],
  ['group_limit'],
  ['intra_bss_distribution'],
  ['cross_connection'],
  ['persistent_reconnect'],
  ['group_formation'],
  ['ip_address_allocation'],
);
const P2P_STATUS = ['success', 'information unavailable', 'incompatible parameters', 'limit reached'];

function channelAttribute(c: Cursor): string {
  c.text('country', 3);
  c.u8('operating_class');
  return `channel ${c.u8('channel')}`;
}

/** Attributes of Wi-Fi Direct by their ids. */
const P2P: readonly (AttributeBody | undefined)[] = [
  [
    'status',
    (c) => {
      c.u8('value', P2P_STATUS);
      return undefined;
    },
  ],
  [
    'minor_reason',
    (c) => {
      c.u8('value');
      return undefined;
    },
  ],
  [
    'capability',
    (c) => {
      c.bits('device', 1, P2P_DEVICE);
      c.bits('group', 1, P2P_GROUP);
      return undefined;
    },
  ],
  ['device_id', (c) => c.mac('address')],
  [
    'group_owner_intent',
    (c) => {
      c.u8('value', (value) => `${value >> 1}${value & 1 ? ' (tie breaker)' : ''}`);
      return undefined;
    },
  ],
  [
    'configuration_timeout',
    (c) => {
      c.u8('group_owner', (value) => `${value * 10} ms`);
      c.u8('client', (value) => `${value * 10} ms`);
      return undefined;
    },
  ],
  ['listen_channel', channelAttribute],
  ['group_bssid', (c) => c.mac('address')],
  [
    'extended_listen_timing',
    (c) => {
      c.u16('period', (value) => `${value} ms`);
      c.u16('interval', (value) => `${value} ms`);
      return undefined;
    },
  ],
  ['intended_interface_address', (c) => c.mac('address')],
  ['manageability', hexBody],
  ['channel_list', hexBody],
  [
    'notice_of_absence',
    (c) => {
      c.u8('index');
      c.u8('ctwindow_oppps', (value) => `${value & 0x7f} TU${value & 0x80 ? ', OppPS' : ''}`);
      while (c.left > 0) {
        c.group('descriptor', 'notice of absence', 13, (inner) => {
          inner.u8('count');
          inner.uint('duration', 4, (value) => `${value} µs`);
          inner.uint('interval', 4, (value) => `${value} µs`);
          inner.uint('start_time', 4, (value) => `${value} µs`);
          return undefined;
        });
      }
      return undefined;
    },
  ],
  [
    'device_info',
    (c) => {
      c.mac('address');
      configMethods(c);
      c.group('primary_device_type', 'device type', 8, deviceType);
      const count = c.u8('secondary_device_types');
      for (let i = 0; i < count && c.left > 0; i++) c.group(`secondary[${i}]`, 'device type', 8, deviceType);
      c.hex('name_type', 2);
      const length = c.uint('name_length', 2, undefined, true);
      return c.text('name', length);
    },
  ],
  ['group_info', hexBody],
  [
    'group_id',
    (c) => {
      c.mac('address');
      return c.text('ssid');
    },
  ],
  ['interface', hexBody],
  ['operating_channel', channelAttribute],
  ['invitation_flags', hexBody],
];

function p2p(c: Cursor): string | undefined {
  while (c.left > 0) {
    const length = c.peek(1) | (c.peek(2) << 8);
    if (c.left < 3 || 3 + length > c.left) {
      c.malformed('rest', c.end, `${c.left} bytes are no P2P attribute`);
      break;
    }
    const id = c.peek();
    const [name, body] = P2P[id] ?? [`attribute ${id}`, hexBody];
    c.group(name, 'P2P attribute', 3 + length, (inner) => {
      inner.u8('id');
      inner.u16('length');
      return body(inner);
    });
  }
  return undefined;
}

// ---- other elements of the Wi-Fi Alliance

const HS20_RELEASES = ['1', '2', '3'];
const HS20 = bitFields(
  ['dgaf_disabled'],
  ['pps_mo_id_present'],
  ['anqp_domain_id_present'],
  ['', 1],
  ['release', 4, HS20_RELEASES],
);

function hotspot(c: Cursor): string | undefined {
  const configuration = c.bits('configuration', 1, HS20);
  if (configuration.has('pps_mo_id_present')) c.u16('pps_mo_id');
  if (configuration.has('anqp_domain_id_present')) c.u16('anqp_domain_id');
  return `release ${HS20_RELEASES[configuration.get('release')] ?? configuration.get('release')}`;
}

const MBO: readonly (string | undefined)[] = [
  undefined,
  'ap_capability',
  'non_preferred_channels',
  'cellular_data_capability',
  'association_disallowed',
  'cellular_connection_preference',
  'transition_reason',
  'transition_rejection_reason',
  'association_retry_delay',
];

/** Subelements of MBO and OCE, whose ids are of one space, and of Multi-AP. */
function subelements(names: readonly (string | undefined)[]): Body {
  return (c) => {
    while (c.left > 0) {
      const id = c.peek();
      c.group(names[id] ?? `attribute ${id}`, 'attribute', Math.min(c.left, 2 + c.peek(1)), (inner) => {
        inner.u8('id');
        inner.u8('length');
        return inner.hex('value');
      });
    }
    return undefined;
  };
}

const MULTI_AP: readonly (string | undefined)[] = Array.from({ length: 8 }, (_, id) =>
  id === 6 ? 'extension' : id === 7 ? 'profile' : undefined,
);

interface VendorElement {
  readonly name: string;
  readonly body: ElementBodies[string];
}

const ELEMENTS: ReadonlyMap<number, readonly (VendorElement | undefined)[]> = new Map([
  // Data of key frames (IEEE 802.11, 12.7.2), laid out as vendor elements are.
  [
    IEEE80211,
    sparse({
      1: { name: 'GTK', body: hiddenBody },
      3: { name: 'MAC address', body: (c) => c.mac('address') },
      4: { name: 'PMKID', body: (c) => c.hex('pmkid') },
      9: { name: 'IGTK', body: hiddenBody },
      14: { name: 'BIGTK', body: hiddenBody },
    }),
  ],
  [
    MICROSOFT,
    sparse({
      1: { name: 'WPA', body: wpa },
      2: { name: 'WMM', body: wmm },
      4: { name: 'WPS', body: wps },
      8: {
        name: 'TPC',
        body: (c) => {
          c.u8('subtype');
          c.u8('version');
          c.s8('tx_power', 'dBm');
          c.s8('link_margin', 'dB');
          return undefined;
        },
      },
      17: { name: 'network cost', body: hexBody },
      18: { name: 'tethering', body: hexBody },
    }),
  ],
  [
    WFA,
    sparse({
      9: { name: 'P2P', body: p2p },
      10: { name: 'Wi-Fi Display', body: hexBody },
      16: { name: 'Hotspot 2.0', body: hotspot },
      18: { name: 'OSEN', body: hexBody },
      19: { name: 'NAN', body: nanAttributes },
      22: { name: 'MBO-OCE', body: subelements(MBO) },
      26: { name: 'DPP', body: hexBody },
      27: { name: 'Multi-AP', body: subelements(MULTI_AP) },
      28: {
        name: 'OWE transition',
        body: (c) => {
          c.mac('bssid');
          const length = c.u8('ssid_length');
          return c.text('ssid', length);
        },
      },
      30: { name: 'DPP configurator connectivity', body: hexBody },
      34: { name: 'WFA capabilities', body: hexBody },
      41: { name: 'RSN override', body: wpa },
      42: { name: 'RSN override 2', body: wpa },
    }),
  ],
]);

function sparse(entries: { readonly [type: number]: VendorElement }): (VendorElement | undefined)[] {
  const list: (VendorElement | undefined)[] = [];
  for (const [type, entry] of Object.entries(entries)) list[Number(type)] = entry;
  return list;
}

/** The body of a vendor element: organization, its type, and what the type is known to hold. */
export function vendorElement(c: Cursor, elements: ReadElements): string | undefined {
  if (c.left < 3) return c.hex('data');
  const oui = (c.peek() << 16) | (c.peek(1) << 8) | c.peek(2);
  const vendor = c.value('oui', 'OUI', 3, vendorText);
  if (c.left === 0) return vendor;
  const known = ELEMENTS.get(oui)?.[c.peek()];
  c.u8('type', (value) => (known === undefined ? String(value) : `${known.name} (${value})`));
  if (known === undefined) {
    c.hex('data');
    return vendor;
  }
  const text = toldText(known.body(c, elements));
  return text === '' ? known.name : `${known.name}: ${text}`;
}
