import type { GroupRef, Inventory } from '../../app/contracts/index.ts';
import { findProtocol, NETLINK_GENERIC } from '../../app/wire/index.ts';
import { genlKnowledge, listFamilies } from '../engine/genlKnowledge.ts';
import { openGroups } from '../engine/liveCapture.ts';
import { NamespaceCapture } from '../engine/namespaceCapture.ts';
import type { Omitted } from '../engine/tapMerge.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import { takeInventory } from '../sources/inventory.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { LivePrinter } from './livePrinter.ts';
import { StopSignal } from './stop.ts';
import { userDecoding } from './userDecoding.ts';

/** Stopped, it still takes in what it has received, for so many milliseconds; a second Ctrl+C ends it at once. */
const DRAIN_MS = 10_000;

export interface CaptureCommand {
  /** PROTOCOL/GROUP, by name or number; none means everything that is permitted, or with a tap nothing. */
  readonly group: readonly string[];
  /** Everything that is permitted, beside a tap too. */
  readonly all?: boolean;
  /** Also what passes between other programs and the kernel. */
  readonly tap?: boolean;
  /** With a tap: copies of multicasts and our own messages, too. */
  readonly everyCopy?: boolean;
  readonly w?: string;
  readonly Y?: string;
  readonly netns?: string;
  readonly duration?: number;
  /** Messages after which it stops; those of the batch at hand are captured as well. */
  readonly stopAfter?: number;
}

/**
 * Captures multicast messages, and with a tap everything that passes, until it is stopped. Groups the kernel refuses are
 * told; without any group and without a tap it fails.
 */
export async function capture(command: CaptureCommand): Promise<number> {
  const { netns = '', tap = false, everyCopy = false } = command;
  if (everyCopy && !tap) throw new CommandFailure('--every-copy is about what a tap shows: add --tap');
  const decoding = userDecoding();
  const inventory = await takeInventory(netns, genlKnowledge(decoding.library));
  const everything = command.all ?? (command.group.length === 0 && !tap);
  const groups = everything ? openGroups(inventory) : command.group.map((text) => findGroup(inventory, text));
  const families = await listFamilies(decoding, netns);
  const interfaces = await interfaceNames(netns);
  const stop = new StopSignal(command.duration);
  const printer = new LivePrinter({
    decoding,
    filter: command.Y,
    file: command.w,
    families: families.ok ? families.value : [],
    interfaces: interfaces.ok ? interfaces.value : new Map(),
    attribute: command.w !== undefined || command.Y !== undefined,
    netns,
    onEnd: (error) => stop.fail(error),
    onProgress: (messages) => {
      if (messages >= (command.stopAfter ?? Number.POSITIVE_INFINITY)) stop.stop();
    },
  });
  const live = new NamespaceCapture({ netns, tap, everyCopy, drainMs: DRAIN_MS }, printer);
  try {
    const noTap = live.startTap();
    if (noTap !== null) throw new CommandFailure(failureLine(noTap));
    const { joined, refused } = live.join(groups);
    for (const { error } of refused) process.stderr.write(`nlscope: ${failureLine(error)}\n`);
    if (joined.length === 0 && !tap) throw new CommandFailure('no group could be joined');
    process.stderr.write(`Capturing ${whatIsCaptured(joined.length, live.tapName)}. Ctrl+C stops.\n`);
    await stop.stopped;
  } finally {
    live.close();
    await printer.settle();
    printer.close();
  }
  const { kernel, queue } = live.drops;
  const losses = lossWords(kernel + queue, printer.lostUnknown);
  process.stderr.write(`${printer.messages} messages captured, ${losses}${leftOut(live.omitted)}\n`);
  return 0;
}

function whatIsCaptured(groups: number, tap: string | null): string {
  if (tap === null) return `${groups} groups`;
  return groups === 0 ? `by the tap ${tap}` : `${groups} groups and by the tap ${tap}`;
}

/** What was lost in words: how many messages are known to be, and whether there were losses without a number. */
export function lossWords(known: number, unknown: boolean): string {
  if (!unknown) return `${known} lost`;
  return known === 0 ? 'an unknown number lost' : `${known} known to be lost and an unknown number more`;
}

function leftOut({ copies, own }: Omitted): string {
  return copies + own === 0 ? '' : `; left out: ${copies} copies for further receivers, ${own} of nlscope's own`;
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
