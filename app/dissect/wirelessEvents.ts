import { viewOf } from '../wire/index.ts';
import type { ByteFormat, BytePart } from './byteFormats.ts';
import { Cursor } from './ieee80211/cursor.ts';
import { readElements } from './ieee80211/elements.ts';
import { hexText, macText, plainText } from './text.ts';

/** What an event carries (linux/wireless.h union iwreq_data): its length without the data that follow a point. */
type Payload = 'none' | 'name' | 'uint' | 'freq' | 'param' | 'addr' | 'qual' | 'point';
const LENGTHS: { readonly [payload in Payload]: number } = {
  none: 0,
  name: 16,
  uint: 4,
  freq: 8,
  param: 8,
  addr: 16,
  qual: 4,
  // Without the pointer: length and flags; hosts of 64 bits pad that to 8.
  point: 4,
};

/** Requests that are told of when they have changed something, and events of their own, by their numbers. */
const COMMANDS: ReadonlyMap<number, readonly [name: string, payload: Payload]> = new Map([
  [0x8b00, ['SIOCSIWCOMMIT', 'none']],
  [0x8b01, ['SIOCGIWNAME', 'name']],
  [0x8b02, ['SIOCSIWNWID', 'param']],
  [0x8b03, ['SIOCGIWNWID', 'param']],
  [0x8b04, ['SIOCSIWFREQ', 'freq']],
  [0x8b05, ['SIOCGIWFREQ', 'freq']],
  [0x8b06, ['SIOCSIWMODE', 'uint']],
  [0x8b07, ['SIOCGIWMODE', 'uint']],
  [0x8b08, ['SIOCSIWSENS', 'param']],
  [0x8b09, ['SIOCGIWSENS', 'param']],
  [0x8b13, ['SIOCGIWTHRSPY', 'point']],
  [0x8b14, ['SIOCSIWAP', 'addr']],
  [0x8b15, ['SIOCGIWAP', 'addr']],
  [0x8b17, ['SIOCGIWAPLIST', 'point']],
  [0x8b18, ['SIOCSIWSCAN', 'point']],
  [0x8b19, ['SIOCGIWSCAN', 'point']],
  [0x8b1a, ['SIOCSIWESSID', 'point']],
  [0x8b1b, ['SIOCGIWESSID', 'point']],
  [0x8b1c, ['SIOCSIWNICKN', 'point']],
  [0x8b1d, ['SIOCGIWNICKN', 'point']],
  [0x8b20, ['SIOCSIWRATE', 'param']],
  [0x8b21, ['SIOCGIWRATE', 'param']],
  [0x8b22, ['SIOCSIWRTS', 'param']],
  [0x8b23, ['SIOCGIWRTS', 'param']],
  [0x8b24, ['SIOCSIWFRAG', 'param']],
  [0x8b25, ['SIOCGIWFRAG', 'param']],
  [0x8b26, ['SIOCSIWTXPOW', 'param']],
  [0x8b27, ['SIOCGIWTXPOW', 'param']],
  [0x8b28, ['SIOCSIWRETRY', 'param']],
  [0x8b29, ['SIOCGIWRETRY', 'param']],
  [0x8b2a, ['SIOCSIWENCODE', 'point']],
  [0x8b2b, ['SIOCGIWENCODE', 'point']],
  [0x8b2c, ['SIOCSIWPOWER', 'param']],
  [0x8b2d, ['SIOCGIWPOWER', 'param']],
  [0x8b30, ['SIOCSIWGENIE', 'point']],
  [0x8b31, ['SIOCGIWGENIE', 'point']],
  [0x8c00, ['IWEVTXDROP', 'addr']],
  [0x8c01, ['IWEVQUAL', 'qual']],
  [0x8c02, ['IWEVCUSTOM', 'point']],
  [0x8c03, ['IWEVREGISTERED', 'addr']],
  [0x8c04, ['IWEVEXPIRED', 'addr']],
  [0x8c05, ['IWEVGENIE', 'point']],
  [0x8c06, ['IWEVMICHAELMICFAILURE', 'point']],
  [0x8c07, ['IWEVASSOCREQIE', 'point']],
  [0x8c08, ['IWEVASSOCRESPIE', 'point']],
  [0x8c09, ['IWEVPMKIDCAND', 'point']],
]);
const ELEMENTS: ReadonlySet<string> = new Set(['IWEVGENIE', 'IWEVASSOCREQIE', 'IWEVASSOCRESPIE']);
const KEYS: ReadonlySet<string> = new Set(['SIOCSIWENCODE', 'SIOCGIWENCODE']);
const MODES = ['auto', 'ad-hoc', 'managed', 'master', 'repeater', 'secondary', 'monitor', 'mesh'];
/** Length and number of an event; what it carries stands behind them, aligned as the host's pointers are. */
const HEAD = 4;

/** One event and where it ends; null where the bytes cannot be one. */
function eventAt(bytes: Uint8Array, view: DataView, start: number, little: boolean): BytePart | null {
  const left = bytes.length - start;
  const length = left < HEAD ? 0 : view.getUint16(start, little);
  if (length < HEAD || length > left) return null;
  const end = start + length;
  const number = view.getUint16(start + 2, little);
  const [name, payload] = COMMANDS.get(number) ?? [`event 0x${number.toString(16)}`, null];
  const head: BytePart[] = [
    { name: 'len', type: 'u16', start, end: start + 2, text: String(length) },
    { name: 'cmd', type: 'u16', start: start + 2, end: start + 4, text: `${name} (0x${number.toString(16)})` },
  ];
  const at = payload === null ? -1 : payloadPlace(view, start, end, payload, little);
  if (payload === null || at < 0) {
    const data = hexText(bytes.subarray(start + HEAD, end));
    const rest: BytePart[] =
      data === '' ? [] : [{ name: 'data', type: 'binary', start: start + HEAD, end, text: data }];
    return { name, type: 'struct iw_event', start, end, text: data, parts: [...head, ...rest] };
  }
  const parts = payload === 'point' ? pointParts(bytes, view, at, end, name, little) : [];
  if (payload !== 'point' && payload !== 'none') parts.push(valuePart(bytes, view, at, payload, number, little));
  // A point without data says nothing but what it is.
  const text = payload === 'point' && parts.length === 2 ? '' : (parts.at(-1)?.text ?? '');
  return { name, type: 'struct iw_event', start, end, text, parts: [...head, ...parts] };
}

/** Where an event's payload begins: on hosts of 64 bits 8 bytes behind its start, else 4; -1 where it fits neither. */
function payloadPlace(view: DataView, start: number, end: number, payload: Payload, little: boolean): number {
  for (const offset of [8, HEAD]) {
    const at = start + offset;
    const stop = at + LENGTHS[payload];
    if (stop > end) continue;
    if (payload !== 'point') {
      if (stop === end) return at;
      continue;
    }
    const held = at + offset + view.getUint16(at, little);
    // Some drivers tell of a scan with the length of what is asked for by another request.
    if (held === end || at + offset === end) return at;
  }
  return -1;
}

/** Length, flags and the data of a point. */
function pointParts(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  name: string,
  little: boolean,
): BytePart[] {
  const flags = view.getUint16(at + 2, little);
  const parts: BytePart[] = [
    { name: 'length', type: 'u16', start: at, end: at + 2, text: String(view.getUint16(at, little)) },
    { name: 'flags', type: 'u16', start: at + 2, end: at + 4, text: `0x${flags.toString(16)}` },
  ];
  // The data stand as far behind the payload's start as that behind the event's.
  const start = Math.min(end, at + (end - at >= 8 && isPadded(view, at, end, little) ? 8 : 4));
  if (start === end) return parts;
  const data = bytes.subarray(start, end);
  if (KEYS.has(name)) {
    parts.push({ name: 'key', type: 'binary', start, end, text: `${data.length} bytes, hidden` });
  } else if (ELEMENTS.has(name)) {
    const cursor = new Cursor(bytes, start, end);
    const text = readElements(cursor)();
    parts.push({ name: 'elements', type: 'elements', start, end, text, parts: cursor.parts });
  } else if (name === 'IWEVMICHAELMICFAILURE' && data.length >= 20) {
    parts.push({
      name: 'src_addr',
      type: 'sockaddr',
      start: start + 4,
      end: start + 20,
      text: address(bytes, start + 4),
    });
  } else if (name === 'IWEVPMKIDCAND' && data.length >= 24) {
    const preauth = view.getUint32(start, little) & 1;
    parts.push(
      { name: 'flags', type: 'u32', start, end: start + 4, text: preauth ? 'IW_PMKID_CAND_PREAUTH' : '0' },
      {
        name: 'index',
        type: 'u32',
        start: start + 4,
        end: start + 8,
        text: String(view.getUint32(start + 4, little)),
      },
      { name: 'bssid', type: 'sockaddr', start: start + 8, end: start + 24, text: address(bytes, start + 8) },
    );
  } else {
    const text = plainText(data);
    const shown = text === null ? hexText(data) : JSON.stringify(text);
    parts.push({ name: 'data', type: text === null ? 'binary' : 'string', start, end, text: shown });
  }
  return parts;
}

/** Whether a point's length and flags are padded to 8 bytes: then its data end with the event. */
function isPadded(view: DataView, at: number, end: number, little: boolean): boolean {
  const length = view.getUint16(at, little);
  return at + 8 + length === end || at + 8 === end;
}

function valuePart(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  payload: Exclude<Payload, 'none' | 'point'>,
  number: number,
  little: boolean,
): BytePart {
  const part = (name: string, type: string, text: string): BytePart => ({
    name,
    type,
    start: at,
    end: at + LENGTHS[payload],
    text,
  });
  switch (payload) {
    case 'name':
      return part('name', 'string', JSON.stringify(plainText(bytes.subarray(at, at + 16)) ?? ''));
    case 'uint': {
      const value = view.getUint32(at, little);
      return part('mode', 'u32', MODES[value] ?? String(value));
    }
    case 'freq': {
      const mantissa = view.getInt32(at, little);
      const exponent = view.getInt16(at + 4, little);
      // Channels are written as small numbers without an exponent.
      const isChannel = exponent === 0 && mantissa < 1000;
      return part(
        'freq',
        'struct iw_freq',
        isChannel ? `channel ${mantissa}` : `${mantissa * 10 ** (exponent - 6)} MHz`,
      );
    }
    case 'param': {
      const flags = view.getUint16(at + 6, little);
      const words = [
        String(view.getInt32(at, little)),
        ...(bytes[at + 4] === 0 ? [] : ['fixed']),
        ...(bytes[at + 5] === 0 ? [] : ['disabled']),
        ...(flags === 0 ? [] : [`flags 0x${flags.toString(16)}`]),
      ];
      return part(PARAMS[number & 0xfffe] ?? 'param', 'struct iw_param', words.join(', '));
    }
    case 'addr':
      return part('ap_addr', 'struct sockaddr', address(bytes, at));
    case 'qual': {
      const [quality = 0, level = 0, noise = 0] = bytes.subarray(at, at + 4);
      return part('qual', 'struct iw_quality', `quality ${quality}, level ${level}, noise ${noise}`);
    }
  }
}

const PARAMS: { readonly [request: number]: string } = {
  35586: 'nwid',
  35592: 'sens',
  35616: 'bitrate',
  35618: 'rts',
  35620: 'frag',
  35622: 'txpower',
  35624: 'retry',
  35628: 'power',
};

/** The link-layer address of a sockaddr, behind its family. */
function address(bytes: Uint8Array, at: number): string {
  return macText(bytes.subarray(at + 2, at + 8));
}

function events(bytes: Uint8Array, little: boolean): BytePart[] {
  const view = viewOf(bytes);
  const parts: BytePart[] = [];
  for (let at = 0; at < bytes.length; ) {
    const event = eventAt(bytes, view, at, little);
    if (event === null) {
      const text = `${bytes.length - at} bytes are no event`;
      const shown = hexText(bytes.subarray(at));
      const problem = { severity: 'warn', code: 'malformed', text } as const;
      parts.push({ name: 'rest', type: 'binary', start: at, end: bytes.length, text: shown, problem });
      break;
    }
    parts.push(event);
    at = event.end;
  }
  return parts;
}

/** IFLA_WIRELESS: what happened by the wireless extensions (linux/wireless.h struct iw_event), as iwevent reads it. */
export const wirelessEvents: ByteFormat = {
  text: (bytes, little) =>
    events(bytes, little)
      .map(({ name, text }) => (text === '' ? name : `${name} ${text}`))
      .join('; '),
  parts: events,
};
