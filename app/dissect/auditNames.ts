import auditView from '../specs/audit.view.yaml';
import auditDocument from '../specs/audit.yaml';
import { compileSpec, type EnumTable, type ViewDocument, type YnlDocument } from '../specs/index.ts';
import syscalls from './syscalls.yaml';

const spec = compileSpec(auditDocument as YnlDocument, auditView as ViewDocument);

/** An enum of the audit spec. */
export function auditEnum(name: string): EnumTable {
  return spec.enums.find((table) => table.name === name)!;
}

const ARCHS = auditEnum('arch');

/** Name of an AUDIT_ARCH_* number as audit tools write it (x86_64, aarch64); undefined for unknown ones. */
export function archName(arch: number): string | undefined {
  return ARCHS.byValue.get(arch)?.short.toLowerCase();
}

/** First number of a row to the names of the calls from there on, by architecture. */
const ROWS = syscalls as { readonly [arch: string]: { readonly [first: string]: string } };
const tables = new Map<string, ReadonlyMap<number, string>>();

/** Names of the system calls of an architecture by number; none for architectures that are not listed. */
export function syscallTable(arch: number): ReadonlyMap<number, string> {
  const name = archName(arch) ?? '';
  let table = tables.get(name);
  if (table === undefined) {
    const rows = Object.hasOwn(ROWS, name) ? Object.entries(ROWS[name]) : [];
    table = new Map(
      rows.flatMap(([first, names]) => names.split(' ').map((call, i): [number, string] => [Number(first) + i, call])),
    );
    tables.set(name, table);
  }
  return table;
}

/** Name of a system call; undefined where it is not known. */
export function syscallName(arch: number, call: number): string | undefined {
  return syscallTable(arch).get(call);
}
