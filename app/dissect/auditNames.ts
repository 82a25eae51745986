import auditView from '../specs/audit.view.yaml?lazy';
import auditDocument from '../specs/audit.yaml?lazy';
import { compileSpec, type EnumTable, type ViewDocument, type YnlDocument } from '../specs/index.ts';
import syscalls from './syscalls.yaml?lazy';

let enums: ReadonlyMap<string, EnumTable> | undefined;

/** An enum of the audit spec, which is compiled at first use. */
export function auditEnum(name: string): EnumTable {
  if (enums === undefined) {
    const spec = compileSpec(auditDocument.read() as YnlDocument, auditView.read() as ViewDocument);
    enums = new Map(spec.enums.map((table) => [table.name, table]));
  }
  return enums.get(name)!;
}

/** Name of an AUDIT_ARCH_* number as audit tools write it (x86_64, aarch64); undefined for unknown ones. */
export function archName(arch: number): string | undefined {
  return auditEnum('arch').byValue.get(arch)?.short.toLowerCase();
}

/** First number of a row to the names of the calls from there on, by architecture. */
interface SyscallRows {
  readonly [arch: string]: { readonly [first: string]: string };
}
const tables = new Map<string, ReadonlyMap<number, string>>();

/** Names of the system calls of an architecture by number; none for architectures that are not listed. */
export function syscallTable(arch: number): ReadonlyMap<number, string> {
  const name = archName(arch) ?? '';
  let table = tables.get(name);
  if (table === undefined) {
    const all = syscalls.read() as SyscallRows;
    const rows = Object.hasOwn(all, name) ? Object.entries(all[name]) : [];
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

/** CAP_* by number, without the prefix (linux/capability.h). */
const CAPABILITIES: readonly string[] = (
  'chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service ' +
  'net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin ' +
  'sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override ' +
  'mac_admin syslog wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore'
).split(' ');

/** Names of the capabilities in a word of bits in hex, "none" for 0; undefined for what is no such word. */
export function capabilityNames(hex: string): string | undefined {
  if (!/^[0-9a-f]{1,16}$/.test(hex)) return undefined;
  const bits = BigInt(`0x${hex}`);
  const names = CAPABILITIES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n);
  return names.length === 0 ? 'none' : names.join(',');
}
