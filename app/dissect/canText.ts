import type { Field } from './field.ts';
import { num } from './present.ts';
import { toHex } from './text.ts';

/** linux/can.h: of a filter's identifier, that it takes the frames which do not match. */
const CAN_INV_FILTER = 0x20000000;

/** Parts of a frame that a job of can-gw changes (linux/can/gw.h CGW_MOD_*), by cangw's letters and in its order. */
const PARTS: readonly (readonly [flag: number, letter: string])[] = [
  [0x01, 'I'],
  [0x08, 'F'],
  [0x02, 'L'],
  [0x04, 'D'],
];

const upper = (number: number, digits = 1): string => number.toString(16).toUpperCase().padStart(digits, '0');

/** A change of frames as cangw takes it: "IL:333.4.1122334455667788", of CAN FD "LFD:333.0.4.…" with the flags. */
export function canModText(mod: Field): string {
  const frame = mod.child('cf');
  if (frame === undefined) return '';
  const type = num(mod, 'modtype');
  const letters = PARTS.map(([flag, letter]) => ((type & flag) === 0 ? '' : letter)).join('');
  const flags = frame.child('flags') === undefined ? [] : [upper(num(frame, 'flags'))];
  const data = frame.child('data');
  const payload = data === undefined ? '' : toHex(data.bytes()).toUpperCase();
  return `${letters}:${[upper(num(frame, 'can_id'), 3), ...flags, upper(num(frame, 'len')), payload].join('.')}`;
}

/** The frames that a job takes: "123:7FF", "400~700" for those that do not match. */
export function canFilterText(filter: Field): string {
  const id = num(filter, 'can_id');
  const inverted = (id & CAN_INV_FILTER) !== 0;
  return `${upper(inverted ? id - CAN_INV_FILTER : id, 3)}${inverted ? '~' : ':'}${upper(num(filter, 'can_mask'))}`;
}

/** A checksum: from, to and result by their places, then the values that it starts and ends with: "0:6:7:AA". */
export function canChecksumText(sum: Field): string {
  const places = ['from_idx', 'to_idx', 'result_idx'].map((name) => num(sum, name));
  const values = sum.children.filter(({ name }) => name.endsWith('_val')).map(({ name }) => upper(num(sum, name), 2));
  return [...places, ...values].join(':');
}
