import type { AttributeValue } from '../contracts/index.ts';
import { errnoMeaning, errnoName, viewOf } from '../wire/index.ts';
import { archName, capabilityNames, syscallName } from './auditNames.ts';
import type { BodyFormat, BodyValue } from './bodies.ts';
import { type DecodeState, Field } from './field.ts';
import type { InfoWriter } from './infoWriter.ts';
import { fromHex, ipv4Text, ipv6Text, toHex, utf8 } from './text.ts';

/**
 * Audit records: text of the form `audit(TIME:SERIAL): name=value …` (kernel/audit.c), which programs send without its
 * beginning. Values are bare, quoted, or, where the kernel distrusts them, in hex when they hold blanks, quotes or
 * control characters (audit_log_untrustedstring); quotes of the other kind hold whole records (`msg='op=… res=success'`).
 */
export const auditRecord: BodyFormat = { decode, values, encode, summarize };

/** Names that a display filter may ask for, as audit.NAME: whether they hold numbers, and what they mean. */
export const AUDIT_KEYS: readonly (readonly [name: string, type: 'number' | 'string', doc: string])[] = [
  ['serial', 'number', 'Number of the event: records with the same one belong together.'],
  ['pid', 'number', 'Process.'],
  ['ppid', 'number', 'Parent process.'],
  ['auid', 'number', 'User who logged in.'],
  ['uid', 'number', 'User.'],
  ['gid', 'number', 'Group.'],
  ['euid', 'number', 'Effective user.'],
  ['ses', 'number', 'Login session.'],
  ['syscall', 'number', 'System call by number.'],
  ['exit', 'number', 'What the system call returned.'],
  ['success', 'string', 'Whether the system call succeeded: yes or no.'],
  ['arch', 'string', 'Architecture of the system call, in hex.'],
  ['comm', 'string', 'Name of the thread.'],
  ['exe', 'string', 'Program.'],
  ['key', 'string', 'Key of the rule that chose the event.'],
  ['name', 'string', 'Path of a file.'],
  ['nametype', 'string', 'What a path is to the system call: NORMAL, CREATE, DELETE, PARENT.'],
  ['cwd', 'string', 'Working directory.'],
  ['proctitle', 'string', 'Command line.'],
  ['inode', 'number', 'Inode of a file.'],
  ['tty', 'string', 'Terminal.'],
  ['terminal', 'string', 'Terminal, as a program names it.'],
  ['addr', 'string', 'Address a login comes from.'],
  ['hostname', 'string', 'Host a login comes from.'],
  ['acct', 'string', 'Account that a program acts on.'],
  ['op', 'string', 'What was done.'],
  ['res', 'string', 'How it ended: success or failed, 1 or 0.'],
  ['subj', 'string', 'Security context of the process.'],
  ['obj', 'string', 'Security context of the object.'],
  ['scontext', 'string', 'Security context of who wanted access.'],
  ['tcontext', 'string', 'Security context of what it was to.'],
  ['tclass', 'string', 'Class of what access was wanted to.'],
  ['permissive', 'number', 'Access was given although the policy denies it.'],
  ['saddr', 'string', 'Socket address, in hex.'],
  ['sig', 'number', 'Signal.'],
  ['table', 'string', 'Netfilter table.'],
  ['family', 'number', 'Address family.'],
];

/** Values that the kernel quotes or writes in hex. */
const UNTRUSTED: ReadonlySet<string> = new Set(
  (
    'acct cmd comm cwd data dir exe file grp key name new_group new-disk new-fs new-rng old-disk old-fs old-rng ocomm ' +
    'path proctitle sw unit vm watch prog device'
  ).split(' '),
);

/** Arguments are texts in EXECVE records, and bare hex numbers where a system call is named (`numbers`). */
function isUntrusted(name: string, numbers: boolean): boolean {
  return UNTRUSTED.has(name) || (!numbers && /^a\d+(\[\d+\])?$/.test(name));
}

const PREFIX = /^audit\((\d+\.\d+):(\d+)\): /;
const PAIR = /([A-Za-z_][\w.[\]-]*)=("[^"]*"|'[^']*'|[^\s"'][^\s]*|)(?=\s|$)/y;
const WORD = /\S+/y;
const BLANKS = /\s*/y;

/** A part of a record: a pair, or words that are none (name ''). Offsets count from the text's first byte. */
interface Token {
  readonly name: string;
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

/** Cuts a record so that the parts, joined by one blank each, give it back. */
function* tokens(text: string): Generator<Token> {
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  let at = 0;
  // Where words that are no pair begin; -1 outside of them.
  let words = -1;
  while (at < text.length) {
    const gap = match(BLANKS, at)![0].length;
    const next = at + gap;
    const pair = match(PAIR, next);
    const plain = gap === (at === 0 ? 0 : 1) && text[next - 1] !== '\t' && text[next - 1] !== '\n';
    if (pair !== null) {
      if (words >= 0) yield word(words, at === 0 ? next : Math.max(words, next - 1));
      else if (!plain && at > 0) yield word(at + 1, Math.max(at + 1, next - 1));
      else if (!plain) yield word(0, next - 1);
      const value = next + pair[1].length + 1;
      yield { name: pair[1], start: next, value, end: next + pair[0].length };
      at = next + pair[0].length;
      words = -1;
      continue;
    }
    if (words < 0) words = at === 0 ? 0 : at + 1;
    at = next + (match(WORD, next)?.[0].length ?? 0);
    if (at >= text.length) yield word(Math.min(words, text.length), text.length);
  }
}

function word(start: number, end: number): Token {
  return { name: '', start, value: start, end };
}

/** One character for each byte, so that offsets in the text are offsets in the bytes. */
function byteText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

function decode(state: DecodeState, start: number, end: number): Field[] {
  let stop = end;
  while (stop > start && (state.bytes[stop - 1] === 0 || state.bytes[stop - 1] === 10)) stop--;
  const text = byteText(state.bytes.subarray(start, stop));
  const fields: Field[] = [];
  const prefix = PREFIX.exec(text);
  const body = prefix === null ? 0 : prefix[0].length;
  if (prefix !== null) fields.push(eventField(state, prefix, start));
  addPairs(state, text.slice(body), start + body, (field) => fields.push(field));
  interpret(fields, state);
  if (stop < end) {
    const rest = new Field(state, 'rest', 'padding', null, null, stop, stop, end);
    rest.typeName = 'binary';
    fields.push(rest);
  }
  return fields;
}

function eventField(state: DecodeState, [whole, time, serial]: RegExpExecArray, start: number): Field {
  const field = new Field(state, 'audit', 'header', null, null, start, start, start + whole.length - 2);
  field.typeName = 'text';
  const moment = new Date(Number(time) * 1000);
  const readable = Number.isNaN(moment.getTime()) ? time : moment.toISOString().replace('T', ' ').replace('Z', ' UTC');
  field.override = `${readable}, event ${serial}`;
  const from = start + 'audit('.length;
  const at = from + time.length;
  const when = new Field(state, 'time', 'text', null, time, from, from, at);
  when.typeName = 'seconds since 1970';
  const number = new Field(state, 'serial', 'text', null, Number(serial), at + 1, at + 1, at + 1 + serial.length);
  number.typeName = 'u32';
  offerFilter(number);
  field.add(when);
  field.add(number);
  return field;
}

function addPairs(state: DecodeState, text: string, base: number, add: (field: Field) => void, depth = 0): void {
  const numbers = / syscall=/.test(text);
  for (const { name, start, value, end } of tokens(text)) {
    const wire = utf8(state.bytes.subarray(base + value, base + end));
    const raw = name === '' ? wire : (decoded(name, wire, numbers) ?? wire);
    const field = new Field(
      state,
      name === '' ? 'text' : name,
      'text',
      null,
      raw,
      base + start,
      base + value,
      base + end,
    );
    field.typeName = name === '' ? 'words' : 'string';
    if (depth === 0 && wire.length > 1 && wire.startsWith("'") && wire.endsWith("'")) {
      addPairs(state, text.slice(value + 1, end - 1), base + value + 1, (inner) => field.add(inner), 1);
      interpret(field.children, state);
    }
    if (name !== '') offerFilter(field);
    add(field);
  }
}

const FILTER_TYPES: ReadonlyMap<string, 'number' | 'string'> = new Map(AUDIT_KEYS.map(([name, type]) => [name, type]));

function offerFilter(field: Field): void {
  const type = FILTER_TYPES.get(field.name);
  if (type === undefined) return;
  field.filterAs = {
    name: `audit.${field.name}`,
    value: type === 'number' ? String(field.raw) : JSON.stringify(field.raw),
  };
}

/** What an untrusted value says without quotes or hex; null where it is written otherwise. */
function decoded(name: string, wire: string, numbers: boolean): string | null {
  if (!isUntrusted(name, numbers)) return null;
  if (/^"[^"]*"$/.test(wire)) return wire.slice(1, -1);
  if (!/^([0-9A-F]{2})+$/.test(wire)) return null;
  const text = utf8(fromHex(wire)!);
  return escaped(text) === wire ? text : null;
}

/** How the kernel writes an untrusted text (audit_log_untrustedstring). */
function escaped(text: string): string {
  return /^[\x21\x23-\x7e]*$/.test(text) ? `"${text}"` : toHex(new TextEncoder().encode(text)).toUpperCase();
}

// ---- what values mean

type Meaning = (value: string, record: AuditText) => string | undefined;

interface AuditText {
  readonly fields: readonly Field[];
  readonly littleEndian: boolean;
}

const UNSET = '4294967295';
const unset: Meaning = (value) => (value === UNSET || value === '-1' ? 'unset' : undefined);
const from =
  (names: readonly string[]): Meaning =>
  (value) =>
    names[Number(value)];

/** As ausearch -i shows them; undefined leaves the value as it is. */
const MEANINGS: { readonly [name: string]: Meaning } = {
  arch: (value) => archName(Number.parseInt(value, 16)),
  syscall: (value, { fields }) => {
    const arch = fields.find(({ name }) => name === 'arch');
    return arch === undefined ? undefined : syscallName(Number.parseInt(String(arch.raw), 16), Number(value));
  },
  exit: (value) => (/^-\d+$/.test(value) ? `${errnoName(-Number(value))}(${errnoMeaning(-Number(value))})` : undefined),
  auid: unset,
  'old-auid': unset,
  ses: unset,
  'old-ses': unset,
  uid: unset,
  gid: unset,
  oauid: unset,
  oses: unset,
  ouid: unset,
  sig: (value) => SIGNALS[Number(value)],
  mode: modeText,
  saddr: (value, { littleEndian }) => {
    const bytes = fromHex(value);
    return bytes === null ? undefined : saddrText(bytes, littleEndian);
  },
  code: (value) => SECCOMP.get(Number(value) & 0xffff0000),
  proctitle: (value) => (value.includes('\0') ? value.replaceAll('\0', ' ') : undefined),
  key: (value) => (value.includes('\x01') ? value.replaceAll('\x01', ', ') : undefined),
  family: from(['unspecified', 'inet', 'ipv4', 'arp', '', 'netdev', '', 'bridge', '', '', 'ipv6']),
  res: from(['no', 'yes']),
  list: from(['user', 'task', 'entry', 'watch', 'exit', 'exclude', 'filesystem', 'io_uring']),
  per: from(['linux']),
};

/** Words of capability bits, in hex (linux/capability.h). */
const CAPABILITIES: ReadonlySet<string> = new Set(
  'cap_fp cap_fi cap_pi cap_pp cap_pe cap_pa fp fi old_pp old_pi old_pe old_pa pp pi pe pa'.split(' '),
);

function meaningOf(field: Field, record: AuditText): string | undefined {
  const { name } = field;
  const value = String(field.raw);
  if (Object.hasOwn(MEANINGS, name)) return MEANINGS[name](value, record);
  if (CAPABILITIES.has(name)) return capabilityNames(value);
  const isArgument = /^a[0-3]$/.test(name) && record.fields.some((other) => other.name === 'syscall');
  return isArgument ? `0x${value}` : undefined;
}

const SIGNALS: readonly string[] = (
  '0 SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2 SIGPIPE SIGALRM SIGTERM ' +
  'SIGSTKFLT SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ SIGVTALRM SIGPROF SIGWINCH SIGIO ' +
  'SIGPWR SIGSYS'
).split(' ');

/** SECCOMP_RET_* (linux/seccomp.h). */
const SECCOMP: ReadonlyMap<number, string> = new Map(
  [
    [0x80000000, 'kill process'],
    [0, 'kill thread'],
    [0x30000, 'trap'],
    [0x50000, 'errno'],
    [0x7fc00000, 'user notification'],
    [0x7ff00000, 'trace'],
    [0x7ffc0000, 'log'],
    [0x7fff0000, 'allow'],
  ].map(([code, name]) => [Number(code) | 0, String(name)]),
);

const FILE_TYPES: ReadonlyMap<number, string> = new Map([
  [0o10, 'file'],
  [0o4, 'dir'],
  [0o12, 'link'],
  [0o14, 'socket'],
  [0o1, 'fifo'],
  [0o2, 'character'],
  [0o6, 'block'],
]);

/** st_mode in octal: kind of the file and its permissions. */
function modeText(value: string): string | undefined {
  if (!/^0?[0-7]{4,6}$/.test(value)) return undefined;
  const mode = Number.parseInt(value, 8);
  const kind = FILE_TYPES.get(mode >> 12);
  return kind === undefined ? undefined : `${kind},${(mode & 0o7777).toString(8).padStart(3, '0')}`;
}

/** A socket address as the system call was given it, in the words of ausearch. */
function saddrText(bytes: Uint8Array, littleEndian: boolean): string | undefined {
  if (bytes.length < 2) return undefined;
  const view = viewOf(bytes);
  const family = view.getUint16(0, littleEndian);
  if (family === 1) {
    const path = byteText(bytes.subarray(2));
    const stop = path.indexOf('\0', path.startsWith('\0') ? 1 : 0);
    return `{ saddr_fam=local path=${(stop < 0 ? path : path.slice(0, stop)).replace('\0', '@')} }`;
  }
  if (family === 16 && bytes.length >= 12) {
    return `{ saddr_fam=netlink nlnk-fam=16 nlnk-pid=${view.getUint32(4, littleEndian)} }`;
  }
  if (family === 2 && bytes.length >= 8) {
    return `{ saddr_fam=inet laddr=${ipv4Text(bytes, 4)} lport=${view.getUint16(2)} }`;
  }
  if (family === 10 && bytes.length >= 24) {
    return `{ saddr_fam=inet6 laddr=${ipv6Text(bytes, 8)} lport=${view.getUint16(2)} }`;
  }
  return `{ saddr_fam=${family} }`;
}

/** Adds what values mean to their texts, and tells the expert what was refused. */
function interpret(fields: readonly Field[], state: DecodeState): void {
  const record: AuditText = { fields, littleEndian: state.littleEndian };
  for (const field of fields) {
    if (field.kind !== 'text' || typeof field.raw !== 'string') continue;
    const meaning = meaningOf(field, record);
    if (meaning !== undefined && meaning !== '' && meaning !== field.raw) field.override = say(field, meaning);
    if (field.name === 'text' && /^avc:\s+denied\s/.test(field.raw))
      field.complain('warn', 'denied', 'access was denied');
    if (field.name === 'success' && field.raw === 'no') field.complain('note', 'failed', 'the system call failed');
    if (field.name === 'res' && /^(failed|no|0)$/.test(field.raw)) field.complain('note', 'failed', 'it failed');
  }
}

/** Values that only read in another way, such as command lines without their separators, stand alone. */
const READABLE = /^(proctitle|key|a[0-3])$/;

function say(field: Field, meaning: string): string {
  return READABLE.test(field.name) ? meaning : `${meaning} (${field.raw})`;
}

// ---- values and back

function values(fields: readonly Field[]): BodyValue | null {
  const value: BodyValue = {};
  for (const field of fields) {
    if (field.kind === 'header') {
      const [time, serial] = field.children;
      value.header = { time: String(time.raw), serial: Number(serial.raw) };
    } else if (field.kind === 'padding') value.tail = toHex(field.bytes());
  }
  value.attributes = pairValues(fields);
  return value;
}

function pairValues(fields: readonly Field[]): AttributeValue[] {
  const numbers = fields.some(({ name }) => name === 'syscall');
  return fields.filter(({ kind }) => kind === 'text').map((field) => pairValue(field, numbers));
}

function pairValue(field: Field, numbers: boolean): AttributeValue {
  const wire = utf8(field.bytes());
  if (field.type === 'words') return { value: wire };
  const { name } = field;
  if (field.children.length > 0) {
    const attributes = pairValues(field.children);
    if (`'${recordText(attributes)}'` === wire) return { name, attributes };
  }
  const value = String(field.raw);
  return pairText({ name, value }, numbers) === `${name}=${wire}`
    ? { name, value }
    : { name, hex: toHex(field.bytes()) };
}

function pairText({ name, value, attributes, hex }: AttributeValue, numbers: boolean): string {
  const given = typeof value === 'object' ? '' : String(value ?? '');
  if (name === undefined) return given;
  if (hex !== undefined) return `${name}=${utf8(fromHex(hex) ?? new Uint8Array())}`;
  if (attributes !== undefined) return `${name}='${recordText(attributes)}'`;
  return `${name}=${isUntrusted(name, numbers) ? escaped(given) : given}`;
}

function recordText(attributes: readonly AttributeValue[]): string {
  const numbers = attributes.some(({ name }) => name === 'syscall');
  return attributes.map((attribute) => pairText(attribute, numbers)).join(' ');
}

function encode(value: BodyValue): Uint8Array {
  const { time, serial } = value.header ?? {};
  const prefix = value.header === undefined ? '' : `audit(${String(time ?? '0.000')}:${String(serial ?? 0)}): `;
  return new TextEncoder().encode(prefix + recordText(value.attributes ?? []));
}

// ---- summary

/** Pairs a summary shows at most. */
const MOST = 32;

function summarize(fields: readonly Field[], info: InfoWriter): void {
  let shown = 0;
  const show = (list: readonly Field[]): void => {
    for (const field of list) {
      if (field.kind === 'padding' || shown === MOST) continue;
      if (shown > 0) info.muted(' ');
      shown++;
      if (field.kind === 'header') info.muted(`${byteText(field.bytes())}:`);
      else if (field.children.length > 0) show(field.children);
      else if (field.type === 'words') info.muted(field.text);
      else {
        info.muted(`${field.name}=`);
        info.strong(brief(field));
      }
    }
  };
  show(fields);
}

/** The meaning alone: x86_64, openat, unset. */
function brief(field: Field): string {
  const { override, raw } = field;
  const text = override === undefined ? String(raw) : override.replace(` (${raw})`, '');
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
