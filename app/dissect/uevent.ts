import type { Summary } from './api.ts';
import { type DecodeState, Field } from './field.ts';
import { shortText } from './text.ts';

/** Prefix and magic of a libudev monitor frame (systemd src/libsystemd/sd-device/device-monitor.c). */
const LIBUDEV = 'libudev';
export const UDEV_MAGIC = 0xfeedcafe;
/** char prefix[8], magic, header_size, properties_off, properties_len, four filter words. */
export const UDEV_HEADER_LENGTH = 40;

/** Members of the libudev header after its prefix: name, whether it is big endian, what it means. */
export const UDEV_MEMBERS: readonly (readonly [string, boolean, string])[] = [
  ['magic', true, 'Always 0xfeedcafe.'],
  ['header_size', false, 'Bytes of this header.'],
  ['properties_off', false, 'Where the properties begin.'],
  ['properties_len', false, 'Bytes of the properties.'],
  ['filter_subsystem_hash', true, 'MurmurHash2 of the subsystem, for socket filters.'],
  ['filter_devtype_hash', true, 'MurmurHash2 of the device type, for socket filters.'],
  ['filter_tag_bloom_hi', true, 'Bloom filter of the tags, upper half.'],
  ['filter_tag_bloom_lo', true, 'Bloom filter of the tags, lower half.'],
];

/** True when the datagram is one that udevd sends to its listeners (multicast group 2). */
export function isUdevFrame(bytes: Uint8Array): boolean {
  return bytes.length >= UDEV_HEADER_LENGTH && shortText(bytes, 0, 7) === LIBUDEV && bytes[7] === 0;
}

/**
 * Reads a kernel uevent ("ACTION@DEVPATH", then KEY=VALUE strings, each ended by NUL; lib/kobject_uevent.c) or a
 * libudev frame (binary header, then KEY=VALUE strings).
 */
export function decodeUevent(state: DecodeState): Field[] {
  const { bytes } = state;
  if (isUdevFrame(bytes)) return decodeUdev(state);
  const fields: Field[] = [];
  let at = 0;
  let first = true;
  while (at < bytes.length) {
    const stop = stringEnd(bytes, at, bytes.length);
    const text = shortText(bytes, at, stop);
    if (first && text.includes('@') && !text.includes('=')) fields.push(titleField(state, text, at, stop));
    else fields.push(pairField(state, text, at, stop));
    first = false;
    at = stop + 1;
  }
  if (fields.length === 0) state.note('warn', 'malformed', 'an empty uevent', 0, bytes.length);
  return fields;
}

function stringEnd(bytes: Uint8Array, at: number, end: number): number {
  let stop = at;
  while (stop < end && bytes[stop] !== 0) stop++;
  return stop;
}

function titleField(state: DecodeState, text: string, start: number, end: number): Field {
  const header = new Field(state, 'uevent', 'header', null, null, start, start, end);
  header.typeName = 'text';
  header.override = text;
  const split = text.indexOf('@');
  const action = new Field(state, 'action', 'text', null, text.slice(0, split), start, start, start + split);
  const path = new Field(
    state,
    'devpath',
    'text',
    null,
    text.slice(split + 1),
    start + split + 1,
    start + split + 1,
    end,
  );
  for (const part of [action, path]) {
    part.typeName = 'string';
    header.add(part);
  }
  return header;
}

function pairField(state: DecodeState, text: string, start: number, end: number): Field {
  const split = text.indexOf('=');
  const key = split < 0 ? text : text.slice(0, split);
  const valueStart = split < 0 ? end : start + split + 1;
  const field = new Field(
    state,
    key === '' ? '(empty)' : key,
    'text',
    null,
    text.slice(split + 1),
    start,
    valueStart,
    end,
  );
  field.typeName = 'string';
  if (split < 0) field.complain('warn', 'malformed', `"${text}" is no KEY=VALUE`);
  return field;
}

function decodeUdev(state: DecodeState): Field[] {
  const { bytes, view } = state;
  const header = new Field(state, 'udev_monitor_netlink_header', 'header', null, null, 0, 0, UDEV_HEADER_LENGTH);
  header.typeName = 'struct udev_monitor_netlink_header';
  const prefix = new Field(state, 'prefix', 'member', null, LIBUDEV, 0, 0, 8);
  prefix.typeName = 'string';
  header.add(prefix);
  UDEV_MEMBERS.forEach(([name, big, doc], i) => {
    const at = 8 + i * 4;
    const value = view.getUint32(at, big ? false : state.littleEndian);
    const member = new Field(state, name, 'member', null, value, at, at, at + 4);
    member.typeName = big ? 'be32' : 'u32';
    member.override = big ? `0x${value.toString(16).padStart(8, '0')}` : String(value);
    member.note = doc;
    header.add(member);
  });
  const value = (name: string): number => Number(header.child(name)!.raw);
  if (value('magic') !== UDEV_MAGIC) header.complain('warn', 'malformed', 'the magic number is not 0xfeedcafe');
  const fields = [header];
  const from = value('properties_off');
  const to = Math.min(bytes.length, from + value('properties_len'));
  if (from < UDEV_HEADER_LENGTH || from > bytes.length) {
    header.complain('error', 'malformed', `properties would begin at byte ${from} of ${bytes.length}`);
    return fields;
  }
  for (let at = from; at < to; ) {
    const stop = stringEnd(bytes, at, to);
    fields.push(pairField(state, shortText(bytes, at, stop), at, stop));
    at = stop + 1;
  }
  return fields;
}

/** "add /devices/virtual/net/d0 (net)", as `udevadm monitor` prints. */
export function summarizeUevent(fields: readonly Field[]): Summary {
  const text = (name: string): string => {
    for (const field of fields) {
      if (field.name === name) return String(field.raw);
      const member = field.child(name);
      if (member !== undefined && field.kind === 'header') return String(member.raw);
    }
    return '';
  };
  const udev = fields[0]?.name === 'udev_monitor_netlink_header';
  const action = text('ACTION') || text('action');
  const path = text('DEVPATH') || text('devpath');
  const name = text('INTERFACE') || text('DEVNAME');
  const info = ['', name, `${name === '' ? '' : ' '}${path}`];
  const subsystem = text('SUBSYSTEM');
  if (subsystem !== '') info[2] += ` (${subsystem})`;
  if (udev) info[2] += ' from udevd';
  return {
    family: 'UEV',
    type: action || 'uevent',
    info: name === '' ? ['', path, info[2].slice(path.length)] : info,
    flags: '',
    error: null,
    dump: false,
  };
}

/** Rebuilds the bytes of a uevent from its fields' values; used by the encoder. */
export function ueventStrings(title: string, pairs: readonly { name: string; value: string }[]): string {
  const parts = pairs.map((p) => `${p.name}=${p.value}`);
  return [...(title === '' ? [] : [title]), ...parts].map((p) => `${p}\0`).join('');
}
