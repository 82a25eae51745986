import { errnoName } from '../wire/index.ts';
import type { Field } from './field.ts';
import { InfoWriter } from './infoWriter.ts';
import type { DecodedMessage } from './message.ts';

/** Paths that a line names at most. */
const MOST_PATHS = 3;

/**
 * What happened in an audit event, from all of its records: what was called on what, by whom, and how it ended:
 * "event 80: openat /etc/shadow by my cat[14810] EACCES". null where no record tells a system call: then the first
 * record says it best.
 * @returns alternating descriptive and value text
 */
export function summarizeAuditEvent(records: readonly DecodedMessage[]): readonly string[] | null {
  const call = records.find(({ typeName }) => typeName === 'AUDIT_SYSCALL');
  if (call === undefined) return null;
  const first = records[0];
  const info = new InfoWriter();
  const serial = first.fields.find(({ kind, name }) => kind === 'header' && name !== 'nlmsghdr')?.children[1]?.raw;
  info.muted(`event ${serial ?? ''}: `);
  if (first !== call) {
    // What made the kernel log, before the system call that it was logged for.
    info.muted(`${first.typeName.replace('AUDIT_', '').toLowerCase().replaceAll('_', ' ')} `);
    const what = textOf(first, 'op') ?? textOf(first, 'text');
    if (what !== undefined) info.strong(what);
    info.muted(' in ');
  }
  info.strong(textOf(call, 'syscall') ?? 'system call');
  const objects = objectsOf(records);
  if (objects.length > 0) {
    info.muted(' ');
    info.strong(objects.slice(0, MOST_PATHS).join(', '));
    if (objects.length > MOST_PATHS) info.muted(`, … ${objects.length - MOST_PATHS} more`);
  }
  info.muted(' by ');
  info.strong(textOf(call, 'comm') ?? textOf(call, 'exe') ?? '?');
  info.muted(`[${textOf(call, 'pid') ?? '?'}]`);
  const exit = Number(textOf(call, 'exit'));
  if (textOf(call, 'success') === 'no') {
    info.muted(' ');
    info.strong(exit < 0 ? errnoName(-exit) : 'failed');
  }
  const command = records.map((record) => textOf(record, 'proctitle')).find((text) => text !== undefined);
  if (command !== undefined) info.muted(` (${command})`);
  return info.finish();
}

/** Files and addresses that the call was about: directories that they stand in are not. */
function objectsOf(records: readonly DecodedMessage[]): string[] {
  const found = new Set<string>();
  for (const record of records) {
    const address = textOf(record, 'saddr');
    if (record.typeName === 'AUDIT_SOCKADDR' && address !== undefined) found.add(placeOf(address));
    if (record.typeName !== 'AUDIT_PATH' || textOf(record, 'nametype') === 'PARENT') continue;
    const path = textOf(record, 'name');
    if (path !== undefined && path !== '(null)') found.add(path);
  }
  return [...found];
}

/** An address without the braces that records put around it: "127.0.0.1:53", "/run/systemd/notify". */
function placeOf(address: string): string {
  const [, host, port] = /\bladdr=(\S+) lport=(\d+)/.exec(address) ?? [];
  if (host !== undefined) return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return /\bpath=(\S+)/.exec(address)?.[1] ?? address.replace(/^\{ | \}$/g, '');
}

/** A value of a record as it reads, without the form it has on the wire. */
function textOf({ fields }: DecodedMessage, name: string): string | undefined {
  const field = find(fields, name);
  if (field === undefined) return undefined;
  const { override, raw } = field;
  return name === 'exit' || override === undefined ? String(raw) : override.replace(` (${raw})`, '');
}

function find(fields: readonly Field[], name: string): Field | undefined {
  for (const field of fields) {
    if (field.kind === 'header') continue;
    if (field.name === name) return field;
    const inside = find(field.children, name);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
