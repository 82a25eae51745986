import type { Envelope, Note } from '../../app/contracts/index.ts';
import type { Dissection, Summary } from '../../app/dissect/index.ts';
import { protocolByNumber } from '../../app/wire/index.ts';
import { writeJsonFields } from './jsonFields.ts';
import { type Speaker, speakerJson, speakerText } from './speakers.ts';
import { TextBuffer } from './textBuffer.ts';
import { fixedPiece } from './textPieces.ts';
import { writeTreeFields } from './treeFields.ts';

/** A message as the command line prints it. What costs decoding is made when it is asked for. */
export interface PrintedMessage {
  readonly number: number;
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  readonly envelope: Envelope;
  /** nlmsg_flags by name; bits without a name in hex. */
  readonly flags: readonly string[];
  readonly seq: number;
  readonly portid: number;
  readonly length: number;
  /** Name of the multicast group, its number where it has no name, null for none or unknown. */
  readonly group: string | null;
  /** What the user wrote about it, "" for nothing. */
  readonly comment: string;
  /** The process on the user space side, null when it is not known. */
  readonly speaker: Speaker | null;
  summary(): Summary;
  dissection(): Dissection;
}

/** Writes the line (or lines) of a message, without the newline after it. */
export type Printer = (message: PrintedMessage, out: TextBuffer) => void;

const scratch = new TextBuffer();

/** What a printer writes, as a string. */
export function printed(print: Printer, message: PrintedMessage): string {
  print(message, scratch);
  return scratch.take();
}

const ARROWS: { readonly [direction in Envelope['direction']]: string } = {
  request: '->',
  reply: '<-',
  notify: '* ',
  user: '<>',
  unknown: '? ',
};

/** Type and info column in one line: "RTM_NEWLINK veth0 index 7 UP mtu 1500". */
export function summaryText(summary: Summary): string {
  return `${summary.type} ${summary.info.join('')}`.trimEnd();
}

/** One line: number, time of day, direction, protocol, summary, and the error if there was one. */
export function printLine(message: PrintedMessage, out: TextBuffer): void {
  const summary = message.summary();
  const { direction, netns } = message.envelope;
  const start = `${String(message.number).padStart(6)}  ${timeOfDay(message.timeNs)}  ${ARROWS[direction]}`;
  const failed = summary.error !== null && direction === 'request' ? `  => ${errorText(summary.error)}` : '';
  const where = netns === undefined ? '' : `@${netns} `;
  out.text(`${start} ${summary.family.padEnd(5)} ${where}${summaryText(summary)}${failed}`);
}

function errorText({ errno, message, attribute }: NonNullable<Summary['error']>): string {
  return [errno, message, attribute].filter((part) => part !== '').join(': ');
}

const NUMBER = fixedPiece('{"number":');
const TIME = fixedPiece(',"time":"');
const PROTOCOL = fixedPiece('","protocol":');
const TYPE = fixedPiece(',"type":');
const FLAGS = fixedPiece(',"flags":[');
const SEQ = fixedPiece('],"seq":');
const PORTID = fixedPiece(',"portid":');
const LENGTH = fixedPiece(',"length":');
const DIRECTION = fixedPiece(',"direction":');
const GROUP = fixedPiece(',"group":');
const NO_GROUP = fixedPiece('null');
const SUMMARY = fixedPiece(',"summary":"');
const NOTES = fixedPiece('","notes":');
const NO_NOTES = fixedPiece('[]');
const COMMA = 0x2c;
const SPACE = 0x20;
const DELETE = 0x7f;
const END = 0x7d;
const FIELDS = fixedPiece(',"fields":');

/** One JSON object in one line. */
export function printJson(message: PrintedMessage, out: TextBuffer): void {
  const { tree, notes, summary } = message.dissection();
  const { protocol, direction, netns, host } = message.envelope;
  const { speaker } = message;
  out.put(NUMBER);
  out.number(message.number);
  out.put(TIME);
  out.text(message.timeNs.toString());
  out.put(PROTOCOL);
  out.json(protocolByNumber(protocol).name);
  out.put(TYPE);
  out.json(summary.type);
  out.put(FLAGS);
  const { flags, group } = message;
  for (let i = 0; i < flags.length; i++) {
    if (i > 0) out.letter(COMMA);
    out.json(flags[i]);
  }
  out.put(SEQ);
  out.number(message.seq);
  out.put(PORTID);
  out.number(message.portid);
  out.put(LENGTH);
  out.number(message.length);
  out.put(DIRECTION);
  out.json(direction);
  out.put(GROUP);
  if (group === null) out.put(NO_GROUP);
  else out.json(group);
  if (netns !== undefined) out.text(`,"netns":${JSON.stringify(netns)}`);
  if (host !== undefined) out.text(`,"host":${JSON.stringify(host)}`);
  if (speaker !== null) out.text(`,"process":${JSON.stringify(speakerJson(speaker))}`);
  if (message.comment !== '') out.text(`,"comment":${JSON.stringify(message.comment)}`);
  out.put(SUMMARY);
  writeJsonSummary(out, summary);
  out.put(NOTES);
  if (notes.length === 0) out.put(NO_NOTES);
  else out.text(JSON.stringify(notes.map(jsonNote)));
  out.put(FIELDS);
  writeJsonFields(out, tree);
  out.letter(END);
}

/** What `summaryText` says, as a rule without making it. */
function writeJsonSummary(out: TextBuffer, summary: Summary): void {
  const { type, info } = summary;
  const last = info[info.length - 1];
  const end = last.charCodeAt(last.length - 1);
  // There may be something to trim.
  if (!(end > SPACE && end < DELETE)) {
    out.jsonPart(summaryText(summary));
    return;
  }
  out.jsonPart(type);
  out.letter(SPACE);
  for (let i = 0; i < info.length; i++) out.jsonPart(info[i]);
}

function jsonNote({ severity, text, range }: Note) {
  return { severity, text, range: range === null ? null : [range.start, range.end] };
}

const CSV_COLUMNS: readonly (readonly [name: string, value: (message: PrintedMessage) => string | number | null])[] = [
  ['number', (m) => m.number],
  ['time', (m) => m.timeNs.toString()],
  ['protocol', (m) => protocolByNumber(m.envelope.protocol).name],
  ['type', (m) => m.summary().type],
  ['flags', (m) => m.flags.join('|')],
  ['seq', (m) => m.seq],
  ['portid', (m) => m.portid],
  ['length', (m) => m.length],
  ['direction', (m) => m.envelope.direction],
  ['group', (m) => m.group],
  ['comm', (m) => m.speaker?.owner.process?.comm ?? null],
  ['pid', (m) => m.speaker?.owner.process?.pid ?? null],
  ['summary', (m) => summaryText(m.summary())],
  ['comment', (m) => m.comment],
];

/** The header line of `printCsv`. */
export const CSV_HEADER = CSV_COLUMNS.map(([name]) => name).join(',');

/** One line of comma separated values (RFC 4180). */
export function printCsv(message: PrintedMessage, out: TextBuffer): void {
  for (let i = 0; i < CSV_COLUMNS.length; i++) {
    if (i > 0) out.text(',');
    out.text(csvCell(CSV_COLUMNS[i][1](message)));
  }
}

/** A value of a line of comma separated values (RFC 4180). */
export function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Every field, one on a line, indented by depth, with notes where they belong. */
export function printTree(message: PrintedMessage, out: TextBuffer): void {
  const { tree, notes, summary } = message.dissection();
  const { direction, protocol } = message.envelope;
  const group = message.group === null ? '' : `, group ${message.group}`;
  out.text(`Message ${message.number}: ${protocolByNumber(protocol).name} ${direction}${group}, `);
  out.text(`${message.length} bytes, ${dateAndTime(message.timeNs)}\n  ${summaryText(summary)}\n`);
  if (message.speaker !== null) out.text(`  [${speakerText(message.speaker)}]\n`);
  if (message.comment !== '') out.text(`  [comment: ${message.comment.replace(/\s*\n\s*/g, ' / ')}]\n`);
  writeTreeFields(out, tree, 1);
  for (const note of notes) out.text(`  ! ${note.severity}: ${note.text}\n`);
}

/** Local time of day with microseconds. */
export function timeOfDay(timeNs: bigint): string {
  return dateAndTime(timeNs).slice(11, 26);
}

const SECOND_NS = 1_000_000_000n;
let secondAt = -1n;
let secondText = '';

/** "2026-11-20 14:02:11.300000000", local time. */
export function dateAndTime(timeNs: bigint): string {
  // Messages come in time order: most share their second with the one before.
  const second = timeNs / SECOND_NS;
  if (second !== secondAt) {
    secondAt = second;
    secondText = secondsText(Number(second));
  }
  return `${secondText}.${String(timeNs % SECOND_NS).padStart(9, '0')}`;
}

/** Local date and time of seconds since 1970. */
function secondsText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
