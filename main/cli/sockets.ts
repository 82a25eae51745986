import { type SocketInfo, socketOwner } from '../../app/contracts/index.ts';
import { listSockets } from '../sources/netlinkSockets.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { createOutput, type Output } from './output.ts';
import { StopSignal } from './stop.ts';

export interface SocketsCommand {
  readonly netns?: string;
  readonly json?: boolean;
  /** Seconds between two lists; absent: one list. */
  readonly watch?: number;
}

/** Lists every netlink socket of this machine with its process, its groups, its queue and its losses. */
export async function sockets(command: SocketsCommand): Promise<number> {
  const output = createOutput();
  if (command.watch === undefined) {
    print(await take(command.netns), command.json === true, output);
    return 0;
  }
  const stop = new StopSignal();
  let stopped = false;
  const ended = stop.stopped.finally(() => {
    stopped = true;
  });
  while (!stopped) {
    print(await take(command.netns), command.json === true, output);
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, command.watch! * 1000))]);
    if (!stopped && command.json !== true) output.line('');
  }
  return 0;
}

async function take(netns: string | undefined): Promise<SocketInfo[]> {
  const listed = await listSockets(netns);
  if (!listed.ok) throw new CommandFailure(failureLine(listed.error));
  return listed.value;
}

function print(list: readonly SocketInfo[], json: boolean, output: Output): void {
  if (json) output.line(JSON.stringify(list));
  else for (const line of tableLines(list)) output.line(line);
  output.flush();
}

const COLUMNS: readonly (readonly [title: string, cell: (socket: SocketInfo) => string | number])[] = [
  ['PROTOCOL', (s) => s.protocolName.replace('NETLINK_', '')],
  ['PORTID', (s) => s.portid],
  ['PROCESS', (s) => socketOwner(s)],
  ['USER', (s) => s.process?.user ?? '?'],
  ['RECV-Q', (s) => s.receiveQueue],
  ['DROPS', (s) => s.drops],
  ['INODE', (s) => s.inode],
  ['FLAGS', (s) => s.flags.join(',') || '-'],
  ['GROUPS', (s) => s.groups.map(({ name }) => name).join(',') || '-'],
];

/** The list as a table with a header line; "?" stands for what may not be seen. */
function tableLines(list: readonly SocketInfo[]): string[] {
  const rows = [COLUMNS.map(([title]) => title), ...list.map((s) => COLUMNS.map(([, cell]) => String(cell(s))))];
  const widths = COLUMNS.map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]))
      .join('  ')
      .trimEnd(),
  );
}
