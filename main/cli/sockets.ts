import { type SocketInfo, socketOwner } from '../../app/contracts/index.ts';
import { listSockets } from '../sources/netlinkSockets.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { createOutput, type Output } from './output.ts';
import { StopSignal } from './stop.ts';
import { type TextColumn, tableLines } from './textTable.ts';

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
  try {
    while (!stopped) {
      print(await take(command.netns), command.json === true, output);
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, command.watch! * 1000))]);
      if (!stopped && command.json !== true) output.line('');
    }
  } finally {
    stop.stop();
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
  else for (const line of tableLines(COLUMNS, list)) output.line(line);
  output.flush();
}

/** "?" stands for what may not be seen. */
const COLUMNS: readonly TextColumn<SocketInfo>[] = [
  { title: 'PROTOCOL', cell: (s) => s.protocolName.replace('NETLINK_', '') },
  { title: 'PORTID', cell: (s) => s.portid },
  { title: 'PROCESS', cell: (s) => socketOwner(s) },
  { title: 'USER', cell: (s) => s.process?.user ?? '?' },
  { title: 'RECV-Q', cell: (s) => s.receiveQueue },
  { title: 'DROPS', cell: (s) => s.drops },
  { title: 'INODE', cell: (s) => s.inode },
  { title: 'FLAGS', cell: (s) => s.flags.join(',') || '-' },
  { title: 'GROUPS', cell: (s) => s.groups.map(({ name }) => name).join(',') || '-' },
];
