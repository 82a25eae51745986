import type { GroupRef, Inventory } from '../../app/contracts/index.ts';
import { findProtocol, NETLINK_GENERIC } from '../../app/wire/index.ts';
import { createDecoding } from '../engine/decoding.ts';
import { genlKnowledge } from '../engine/genlKnowledge.ts';
import { LiveCapture, openGroups } from '../engine/liveCapture.ts';
import { listGenlFamilies } from '../sources/genlFamilies.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import { takeInventory } from '../sources/inventory.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { LivePrinter } from './livePrinter.ts';
import { StopSignal } from './stop.ts';

export interface CaptureCommand {
  /** PROTOCOL/GROUP, by name or number; none means everything that is permitted. */
  readonly group: readonly string[];
  readonly w?: string;
  readonly Y?: string;
  readonly netns?: string;
  readonly duration?: number;
}

/** Captures multicast messages until it is stopped. Groups the kernel refuses are told; without any group it fails. */
export async function capture(command: CaptureCommand): Promise<number> {
  const { netns = '' } = command;
  const decoding = createDecoding();
  const inventory = await takeInventory(netns, genlKnowledge(decoding.library));
  const groups =
    command.group.length === 0 ? openGroups(inventory) : command.group.map((text) => findGroup(inventory, text));
  const families = await listGenlFamilies(netns);
  const interfaces = await interfaceNames(netns);
  const stop = new StopSignal(command.duration);
  const printer = new LivePrinter({
    decoding,
    filter: command.Y,
    file: command.w,
    families: families.ok ? families.value : [],
    interfaces: interfaces.ok ? interfaces.value : new Map(),
    onEnd: (error) => stop.fail(error),
  });
  const live = new LiveCapture({ netns }, printer);
  try {
    const { joined, refused } = live.join(groups);
    for (const { error } of refused) process.stderr.write(`nlscope: ${failureLine(error)}\n`);
    if (joined.length === 0) throw new CommandFailure('no group could be joined');
    process.stderr.write(`Capturing ${joined.length} groups. Ctrl+C stops.\n`);
    await stop.stopped;
  } finally {
    live.close();
    printer.close();
  }
  const { kernel, queue } = live.drops;
  process.stderr.write(`${printer.messages} messages captured, ${kernel + queue} lost\n`);
  return 0;
}

/** The group that "ROUTE/link", "rtnetlink number/1" or "GENERIC/nlctrl/notify" names. Throws CommandFailure. */
function findGroup({ protocols }: Inventory, text: string): GroupRef {
  const [protocolName, ...rest] = text.split('/');
  const protocol = findProtocol(protocolName);
  const known = protocols.find((info) => info.protocol === protocol?.number);
  if (protocol === undefined || rest.length === 0 || rest.includes('')) {
    throw new CommandFailure(`"${text}" is no PROTOCOL/GROUP, such as ROUTE/link or GENERIC/nlctrl/notify`);
  }
  if (known === undefined) throw new CommandFailure(`this kernel has no ${protocol.name}`);
  const name = rest.join('/').toLowerCase();
  const number = /^\d+$/.test(name) ? Number(name) : null;
  if (number !== null && protocol.number !== NETLINK_GENERIC) return { protocol: protocol.number, group: number };
  const groups = [
    ...known.groups.map((info) => ({ ref: info.ref, names: [info.name] })),
    ...known.genlFamilies.flatMap((family) =>
      family.groups.map((info) => ({ ref: info.ref, names: [`${family.name}/${info.name}`] })),
    ),
  ];
  const found = groups.find(({ ref, names }) => ref.group === number || names.some((n) => n.toLowerCase() === name));
  if (found !== undefined) return found.ref;
  const all = groups.flatMap(({ names }) => names);
  throw new CommandFailure(`${protocol.name} has no group "${rest.join('/')}"; it has ${all.slice(0, 12).join(', ')}`);
}
