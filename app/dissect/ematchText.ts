import { forEachAttribute, readU32 } from '../wire/index.ts';
import type { Field } from './field.ts';
import { briefText, num } from './present.ts';
import { hexText, utf8 } from './text.ts';

/** Flags of an ematch (linux/pkt_cls.h TCF_EM_*). */
const REL_AND = 1;
const REL_OR = 2;
const INVERT = 4;
/** tcf_ematch_hdr.kind: a subexpression, which begins at another place of the list. */
const CONTAINER = 0;

/** Matches that a text shows, and depth of subexpressions: those of hostile input may lead in circles. */
const MOST_MATCHES = 16;
const MOST_DEPTH = 8;

const CMP_WIDTHS: ReadonlyMap<number, string> = new Map([
  [1, 'u8'],
  [2, 'u16'],
  [4, 'u32'],
]);
/** TCF_EM_CMP_TRANS. */
const CMP_TRANS = 1;

/** TCA_EM_META_LVALUE and TCA_EM_META_RVALUE (linux/tc_ematch/tc_em_meta.h). */
const LVALUE = 2;
const RVALUE = 3;
const META_VALUE = 0;

/** linux/can.h. */
const CAN_EFF_FLAG = 0x8000_0000;
const CAN_SFF_MASK = 0x7ff;
const CAN_EFF_MASK = 0x1fff_ffff;

/**
 * The expression of a filter that combines matches, as tc writes it: "meta(priority eq 6) AND NOT cmp(u8 at 0 layer 0 eq 5)".
 * @param tree the nest of TCA_EMATCH_TREE_* of a filter
 */
export function ematchText(tree: Field): string {
  const matches = tree.child('TCA_EMATCH_TREE_LIST')?.children ?? [];
  let left = MOST_MATCHES;
  const sequence = (from: number, depth: number): string => {
    const words: string[] = [];
    for (let place = from; place < matches.length; place++) {
      if (left-- <= 0) return [...words, '…'].join(' ');
      const match = matches[place];
      const flags = num(match, 'flags');
      const data = match.child('data');
      const isContainer = num(match, 'kind') === CONTAINER;
      if ((flags & INVERT) !== 0) words.push('NOT');
      if (!isContainer) words.push(matchText(match, data));
      else
        words.push(
          depth > MOST_DEPTH || data === undefined ? '(…)' : `(${sequence(num(data, 'matchref'), depth + 1)})`,
        );
      if ((flags & (REL_AND | REL_OR)) === 0) break;
      words.push((flags & REL_AND) !== 0 ? 'AND' : 'OR');
    }
    return words.join(' ');
  };
  return sequence(0, 0);
}

const WRITERS: Readonly<Record<string, (data: Field) => string>> = {
  cmp: cmpText,
  nbyte: nbyteText,
  u32: u32Text,
  meta: metaText,
  text: searchText,
  canid: canText,
  ipset: (data) => `number ${num(data, 'index')}`,
};

function matchText(match: Field, data: Field | undefined): string {
  const kind = match.child('kind');
  const name = kind === undefined ? '?' : briefText(kind, 'lower');
  if (data === undefined) return name;
  return `${name}(${WRITERS[name]?.(data) ?? hexText(data.bytes())})`;
}

const lower = (field: Field | undefined): string => (field === undefined ? '' : briefText(field, 'lower'));

function cmpText(data: Field): string {
  const align = data.child('align_flags');
  const place = data.child('layer_opnd');
  const width = CMP_WIDTHS.get(align === undefined ? 0 : num(align, 'align')) ?? '?';
  const mask = num(data, 'mask');
  return [
    `${width} at ${num(data, 'off')} layer ${place === undefined ? '?' : num(place, 'layer')}`,
    mask === 0 ? '' : `mask 0x${mask.toString(16)}`,
    align !== undefined && (num(align, 'flags') & CMP_TRANS) !== 0 ? 'trans' : '',
    `${lower(place?.child('opnd'))} ${num(data, 'val')}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

/** The length has the lower 12 bits, the layer the upper four of the host's number. */
function nbyteText(data: Field): string {
  const place = num(data, 'len_layer');
  const pattern =
    data
      .child('pattern')
      ?.bytes()
      .subarray(0, place & 0xfff) ?? new Uint8Array(0);
  return `${hexText(pattern)} at ${num(data, 'off')} layer ${place >> 12}`;
}

function u32Text(data: Field): string {
  const [value, mask] = ['val', 'mask'].map((name) => num(data, name).toString(16).padStart(8, '0'));
  return `${value}/${mask} at ${num(data, 'offmask') === 0 ? '' : 'nexthdr+'}${num(data, 'off')}`;
}

/** What the kernel knows of the packet, masked and shifted, against a number or a string. */
function metaText(data: Field): string {
  const values = data.child('values');
  const { littleEndian } = data.state;
  const told = new Map<number, Uint8Array>();
  if (values !== undefined) {
    const bytes = values.bytes();
    forEachAttribute(bytes, 0, bytes.length, littleEndian, (number, start, end) => {
      told.set(number, bytes.subarray(start, end));
    });
  }
  const operand = (name: string, value: Uint8Array | undefined): string => {
    const side = data.child(name);
    const kind = side?.child('kind');
    if (side === undefined || kind === undefined) return '?';
    const isNumber = num(kind, 'type') === 1;
    const number = isNumber && value !== undefined && value.length >= 4 ? readU32(value, 0, littleEndian) : 0;
    if (num(kind, 'id') === META_VALUE) return isNumber ? String(number) : JSON.stringify(nameOf(value));
    const shift = num(side, 'shift');
    return [
      lower(kind.child('id')),
      shift === 0 ? '' : `shift ${shift}`,
      // The value of what is no value is a mask.
      number === 0 ? '' : `mask 0x${number.toString(16).padStart(8, '0')}`,
    ]
      .filter((word) => word !== '')
      .join(' ');
  };
  const comparison = lower(data.child('left')?.child('op'));
  return `${operand('left', told.get(LVALUE))} ${comparison} ${operand('right', told.get(RVALUE))}`;
}

function nameOf(value: Uint8Array | undefined): string {
  if (value === undefined) return '';
  const stop = value.indexOf(0);
  return utf8(stop < 0 ? value : value.subarray(0, stop));
}

function searchText(data: Field): string {
  const layers = num(data, 'from_to_layer');
  const pattern = data.child('pattern')?.bytes().subarray(0, num(data, 'pattern_len'));
  return (
    `${lower(data.child('algo'))} ${JSON.stringify(pattern === undefined ? '' : utf8(pattern))} ` +
    `from ${num(data, 'from_offset')} layer ${layers & 0xf} to ${num(data, 'to_offset')} layer ${layers >> 4}`
  );
}

function canText(data: Field): string {
  const filters = data.child('filters')?.children ?? [];
  return filters
    .map((filter) => {
      const [id, mask] = [num(filter, 'can_id'), num(filter, 'can_mask')];
      const isLong = id >= CAN_EFF_FLAG;
      const whole = isLong ? CAN_EFF_MASK : CAN_SFF_MASK;
      const [number, counts] = [id & whole, mask & whole];
      return `${isLong ? 'eff' : 'sff'} 0x${number.toString(16)}${counts === whole ? '' : `:0x${counts.toString(16)}`}`;
    })
    .join(' ');
}
