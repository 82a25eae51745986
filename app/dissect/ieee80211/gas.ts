/** Generic Advertisement Service: frames that ask an access point before associating, and what they ask for by ANQP. */
import { type Body, bitFields, type Cursor, digest, type Told, toldText } from './cursor.ts';
import type { ReadElements } from './elements.ts';
import { statusText, vendorText } from './names.ts';

const ANQP = 0;
const ADVERTISEMENT_PROTOCOL = 108;
const WFA = 0x506f9a;
const WFA_ANQP_HOTSPOT = 0x11;
const VENDOR = 56797;

type InfoBody = (c: Cursor, elements: ReadElements) => Told;
type Info = string | readonly [name: string, body: InfoBody];

/** Items that each have a length of one byte before them. */
function counted(name: string, body: Body): InfoBody {
  return (c) => {
    const told: string[] = [];
    while (c.left > 0) {
      told.push(
        c.group(name, name, Math.min(1 + c.peek(), c.left), (inner) => {
          inner.u8('length');
          return body(inner);
        })(),
      );
    }
    return told.join(', ');
  };
}

const named: Body = (c) => {
  c.text('language', Math.min(3, c.left));
  return c.text('name');
};

const infoIds: InfoBody = (c) => {
  const told: string[] = [];
  // Vendors' capabilities stand there whole, with a length.
  while (c.left >= 2) {
    const id = c.u16('info_id', infoText);
    told.push(infoText(id));
    if (id !== VENDOR) continue;
    const length = c.u16('vendor_length');
    c.hex('vendor', Math.min(length, c.left));
  }
  return told.join(', ');
};

const NETWORK_AUTH = [
  'acceptance of terms and conditions',
  'on-line enrollment supported',
  'http/https redirection',
  'DNS redirection',
];

const networkAuth: InfoBody = (c) => {
  while (c.left > 0) {
    const length = c.peek(1) | (c.peek(2) << 8);
    c.group('network_authentication', 'network authentication', Math.min(3 + length, c.left), (inner) => {
      const kind = inner.u8('indicator', NETWORK_AUTH);
      inner.u16('url_length');
      const url = inner.left > 0 ? ` ${inner.text('url')}` : '';
      return `${NETWORK_AUTH[kind] ?? kind}${url}`;
    });
  }
  return undefined;
};

const IPV6 = ['not available', 'available', 'unknown'];
const IPV4 = [
  'not available',
  'public',
  'port-restricted',
  'single NATed private',
  'double NATed private',
  'port-restricted, single NATed',
  'port-restricted, double NATed',
  'unknown',
];
const ADDRESS_TYPES = bitFields(['ipv6', 2, IPV6], ['ipv4', 6, IPV4]);

const AUTH_PARAMETERS: readonly (string | undefined)[] = [
  undefined,
  'expanded EAP method',
  'non-EAP inner authentication',
  'inner EAP method',
  'expanded inner EAP method',
  'credential',
  'tunneled EAP credential',
];

function eapMethod(c: Cursor): undefined {
  c.u8('length');
  c.u8('method', (value) => EAP[value] ?? String(value));
  const count = c.u8('parameter_count');
  for (let i = 0; i < count && c.left >= 2; i++) {
    c.group('parameter', 'authentication parameter', Math.min(2 + c.peek(1), c.left), (inner) => {
      inner.u8('id', AUTH_PARAMETERS);
      inner.u8('length');
      return inner.hex('value');
    });
  }
  return undefined;
}

/** EAP methods of the IANA registry that networks offer. */
const EAP: { readonly [method: number]: string } = {
  13: 'EAP-TLS (13)',
  18: 'EAP-SIM (18)',
  21: 'EAP-TTLS (21)',
  23: 'EAP-AKA (23)',
  25: 'PEAP (25)',
  43: 'EAP-FAST (43)',
  50: "EAP-AKA' (50)",
  52: 'EAP-pwd (52)',
};
const ENCODING = bitFields(['encoding', 1, ['RFC 4282', 'UTF-8']], ['', 7]);

const naiRealms: InfoBody = (c) => {
  const told: string[] = [];
  const count = c.u16('count');
  for (let i = 0; i < count && c.left >= 2; i++) {
    told.push(
      c.group('realm', 'NAI realm', Math.min(2 + (c.peek() | (c.peek(1) << 8)), c.left), (inner) => {
        inner.u16('length');
        inner.bits('encoding', 1, ENCODING);
        const length = inner.u8('realm_length');
        const realm = inner.text('realm', Math.min(length, inner.left));
        const methods = inner.u8('eap_method_count');
        for (let m = 0; m < methods && inner.left > 0; m++) {
          inner.group('eap_method', 'EAP method', Math.min(1 + inner.peek(), inner.left), eapMethod);
        }
        return realm;
      })(),
    );
  }
  return told.join(', ');
};

/** Mobile country code and network code, a digit in each half byte (3GPP TS 24.008, 10.5.1.13). */
function plmnText([a = 0, b = 0, c = 0]: Uint8Array): string {
  const last = b >> 4 === 15 ? '' : String(b >> 4);
  return `${a & 15}${a >> 4}${b & 15}-${c & 15}${c >> 4}${last}`;
}

const cellular: InfoBody = (c) => {
  const told: string[] = [];
  c.u8('gud', (value) => `version ${value}`);
  c.u8('udhl');
  while (c.left >= 2) {
    c.group('element', 'generic user data', Math.min(2 + (c.peek(1) & 0x7f), c.left), (inner) => {
      const isPlmnList = inner.u8('iei', ['PLMN list']) === 0;
      inner.u8('length', (value) => String(value & 0x7f));
      if (!isPlmnList) return inner.hex('value');
      inner.u8('plmn_count');
      while (inner.left >= 3) told.push(inner.value('plmn', 'PLMN', 3, plmnText));
      return undefined;
    });
  }
  return told.join(', ');
};

const LINK_STATUS = [undefined, 'up', 'down', 'test'];
const WAN = bitFields(['link_status', 2, LINK_STATUS], ['symmetric'], ['at_capacity'], ['', 4]);
const load = (value: number): string => `${value}/255`;

function wanMetrics(c: Cursor): string {
  const info = c.bits('info', 1, WAN);
  const down = c.uint('downlink_speed', 4, (value) => `${value} kbit/s`);
  const up = c.uint('uplink_speed', 4, (value) => `${value} kbit/s`);
  c.u8('downlink_load', load);
  c.u8('uplink_load', load);
  c.u16('load_measurement_duration', (value) => `${value / 10} s`);
  return `${LINK_STATUS[info.get('link_status')] ?? 'unknown'}, ${down}/${up} kbit/s`;
}

function connectionCapability(c: Cursor): undefined {
  while (c.left >= 4) {
    c.group('port', 'connection capability', 4, (inner) => {
      const protocol = inner.u8('ip_protocol');
      const port = inner.u16('port');
      const status = inner.u8('status', ['closed', 'open', 'unknown']);
      return `protocol ${protocol} port ${port} ${['closed', 'open'][status] ?? 'unknown'}`;
    });
  }
  return undefined;
}

/** What Hotspot 2.0 adds, by subtype. */
const HOTSPOT: readonly (Info | undefined)[] = [
  undefined,
  ['query_list', (c) => c.list('subtypes', hotspotText)],
  ['capability_list', (c) => c.list('subtypes', hotspotText)],
  ['operator_friendly_name', counted('operator', named)],
  ['wan_metrics', wanMetrics],
  ['connection_capability', connectionCapability],
  'nai_home_realm_query',
  ['operating_class_indication', (c) => c.list('classes', String)],
  'osu_providers_list',
  undefined,
  ['icon_request', (c) => c.text('file_name')],
  'icon_binary_file',
  'operator_icon_metadata',
  'osu_providers_nai_list',
];

function hotspotText(subtype: number): string {
  const known = HOTSPOT[subtype];
  return (typeof known === 'object' ? known[0] : known) ?? String(subtype);
}

const vendorInfo: InfoBody = (c, elements) => {
  const oui = (c.peek() << 16) | (c.peek(1) << 8) | c.peek(2);
  const vendor = c.value('oui', 'OUI', 3, vendorText);
  if (c.left === 0) return vendor;
  const type = c.u8('type');
  if (oui !== WFA || type !== WFA_ANQP_HOTSPOT || c.left < 2) return vendor + done(c.hex('data'));
  const subtype = c.u8('subtype', (value) => `${hotspotText(value)} (${value})`);
  c.u8('reserved');
  const known = HOTSPOT[subtype];
  const told = toldText(typeof known === 'object' ? known[1](c, elements) : done(c.hex('data')));
  return `Hotspot 2.0 ${hotspotText(subtype)}${told === '' ? '' : ` ${told}`}`;
};

const done = (_: unknown): '' => '';
const uri: InfoBody = (c) => c.text('uri');

const FIRST_INFO = 256;
/** What ANQP can be asked for, from 256 on (IEEE 802.11, table 9-331). */
const INFOS: readonly Info[] = [
  ['query_list', infoIds],
  ['capability_list', infoIds],
  [
    'venue_name',
    (c, elements) => {
      c.u8('venue_group');
      c.u8('venue_type');
      return counted('venue', named)(c, elements);
    },
  ],
  ['emergency_call_number', counted('number', (c) => c.text('number'))],
  ['network_authentication_type', networkAuth],
  ['roaming_consortium', counted('oi', (c) => c.hex('oi'))],
  [
    'ip_address_type_availability',
    (c) => {
      const types = c.bits('types', 1, ADDRESS_TYPES);
      return `IPv6 ${IPV6[types.get('ipv6')] ?? 'reserved'}, IPv4 ${IPV4[types.get('ipv4')] ?? 'reserved'}`;
    },
  ],
  ['nai_realm', naiRealms],
  ['3gpp_cellular_network', cellular],
  'ap_geospatial_location',
  'ap_civic_location',
  ['ap_location_uri', uri],
  ['domain_name', counted('domain', (c) => c.text('name'))],
  ['emergency_alert_uri', uri],
  'tdls_capability',
  ['emergency_nai', (c) => c.text('nai')],
  ['neighbor_report', (c, elements) => elements(c)],
  'query_ap_list',
  'ap_list_response',
  'fils_realm',
  'cag',
  [
    'venue_url',
    counted('venue', (c) => {
      c.u8('venue_number');
      return c.text('url');
    }),
  ],
  'advice_of_charge',
  'local_content',
  'network_authentication_type_with_timestamp',
];

function infoOf(id: number): { readonly name: string; readonly body: InfoBody } {
  const known: Info | undefined = id === VENDOR ? ['vendor_specific', vendorInfo] : INFOS[id - FIRST_INFO];
  if (typeof known === 'object') return { name: known[0], body: known[1] };
  return { name: known ?? `info ${id}`, body: (c) => c.hex('value') };
}

function infoText(id: number): string {
  return infoOf(id).name;
}

/** Elements of ANQP up to the end: id and length of two bytes each, and body. */
function anqp(c: Cursor, elements: ReadElements): string {
  const names: string[] = [];
  while (c.left > 0) {
    const id = c.peek() | (c.peek(1) << 8);
    const length = c.peek(2) | (c.peek(3) << 8);
    if (c.left < 4 || 4 + length > c.left) {
      c.malformed('rest', c.end, `${c.left} bytes are no ANQP element`);
      break;
    }
    const { name, body } = infoOf(id);
    c.group(name, 'ANQP element', 4 + length, (inner) => {
      inner.u16('info_id', (value) => `${infoText(value)} (${value})`);
      inner.u16('length');
      const header = inner.parts.length;
      return body(inner, elements) ?? digest(inner.parts.slice(header));
    });
    names.push(name);
  }
  return names.join(', ');
}

/** Advertisement protocol element, length, and a query or response of it; a fragment is bytes of what is whole later. */
function query(c: Cursor, elements: ReadElements, name: 'query' | 'response', isFragment = false): void {
  const isAnqp = c.peek() === ADVERTISEMENT_PROTOCOL && c.peek(3) === ANQP;
  c.group('advertisement_protocol', 'elements', Math.min(2 + c.peek(1), c.left), elements);
  const length = c.u16(`${name}_length`);
  const held = Math.min(length, c.left);
  if (isAnqp && !isFragment) c.group(name, 'ANQP', held, (inner) => anqp(inner, elements));
  else c.hex(name, held);
}

const FRAGMENT = bitFields(['fragment_id', 7], ['more_fragments']);
const delay = (value: number): string => `${value} TU`;

/** Bodies of the four frames of GAS, behind category and action. */
export const GAS = {
  initialRequest(c: Cursor, elements: ReadElements): void {
    c.u8('dialog_token');
    query(c, elements, 'query');
  },
  initialResponse(c: Cursor, elements: ReadElements): void {
    c.u8('dialog_token');
    c.u16('status', statusText);
    c.u16('comeback_delay', delay);
    query(c, elements, 'response');
  },
  comebackRequest(c: Cursor): void {
    c.u8('dialog_token');
  },
  comebackResponse(c: Cursor, elements: ReadElements): void {
    c.u8('dialog_token');
    c.u16('status', statusText);
    const fragment = c.bits('fragment', 1, FRAGMENT);
    c.u16('comeback_delay', delay);
    query(c, elements, 'response', fragment.has('fragment_id') || fragment.has('more_fragments'));
  },
};
