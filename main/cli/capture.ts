import type { GroupRef, Inventory, RingBuffer, SourceState } from '../../app/contracts/index.ts';
import { thereIs } from '../../app/filter/index.ts';
import { findProtocol, NETLINK_GENERIC } from '../../app/wire/index.ts';
import { CaptureSources, type StreamSource } from '../engine/captureSources.ts';
import { genlKnowledge } from '../engine/genlKnowledge.ts';
import { openGroups } from '../engine/liveCapture.ts';
import { remoteSource } from '../engine/streamSources.ts';
import type { Omitted } from '../engine/tapMerge.ts';
import { takeInventory } from '../sources/inventory.ts';
import { type Netns, resolveNamespaces } from '../sources/netns.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { groupNames, groupPaths } from './groupPaths.ts';
import { knownFacts } from './knownFacts.ts';
import type { Limits } from './limits.ts';
import { LivePrinter } from './livePrinter.ts';
import { type FormatOptions, rowFormat } from './rowFormat.ts';
import { StopSignal } from './stop.ts';
import { userDecoding } from './userDecoding.ts';

/** Stopped, it still takes in what it has received, for so many milliseconds; a second Ctrl+C ends it at once. */
const DRAIN_MS = 10_000;

/** Everything that was captured from has broken off or gone. */
const STATUS_BROKEN = 2;

export interface CaptureCommand extends FormatOptions {
  /** PROTOCOL/GROUP, by name or number; none means everything that is permitted, or with a tap nothing. */
  readonly group: readonly string[];
  /** Everything that is permitted, beside a tap too; families that appear later included. */
  readonly all?: boolean;
  /** Also what passes between other programs and the kernel. */
  readonly tap?: boolean;
  /** With a tap: copies of multicasts and our own messages, too. */
  readonly everyCopy?: boolean;
  /** "-": standard output. */
  readonly w?: string;
  readonly Y?: string;
  /** Namespaces by name, process or path; none means our own. */
  readonly netns: readonly string[];
  /** Limits of a ring buffer. */
  readonly b: Limits;
  readonly a: Limits;
  readonly duration?: number;
  readonly stopAfter?: number;
  /** Hosts to capture on over ssh, in place of this machine. */
  readonly remote?: readonly string[];
  /** What runs there in place of nlscope or tcpdump. */
  readonly remoteCommand?: string;
  /** The ssh program. */
  readonly ssh?: string;
  /** Bytes of each socket's receive buffer. */
  readonly receiveBuffer?: number;
  /** Nothing is printed. */
  readonly quiet?: boolean;
}

/**
 * Captures multicast messages, and with a tap everything that passes, until it is stopped. Groups the kernel refuses are
 * told; without any group and without a tap it fails.
 */
export async function capture(command: CaptureCommand): Promise<number> {
  const { tap = false, everyCopy = false } = command;
  if (everyCopy && !tap) throw new CommandFailure('--every-copy is about what a tap shows: add --tap');
  const file = outputOf(command);
  const decoding = userDecoding();
  const remotes = command.remote ?? [];
  // Namespaces and groups are then meant for the other hosts.
  const local = command.netns.length === 0 ? [''] : command.netns;
  const namespaces = resolveNamespaces(remotes.length > 0 ? [] : local);
  if (!namespaces.ok) throw new CommandFailure(failureLine(namespaces.error));
  const everything = command.all ?? (command.group.length === 0 && !tap);
  const plans: { readonly netns: Netns; readonly groups: readonly GroupRef[] }[] = [];
  for (const netns of namespaces.value) {
    const inventory = await takeInventory(netns.path, genlKnowledge(decoding.library));
    const groups = everything ? openGroups(inventory) : command.group.map((text) => findGroup(inventory, text));
    plans.push({ netns, groups });
  }
  const autostop = { messages: command.stopAfter, duration: command.duration, ...command.a };
  let why = '';
  const printer = new LivePrinter({
    decoding,
    filter: command.Y,
    file,
    format: file === '-' || command.quiet ? null : rowFormat(command, decoding),
    facts: await knownFacts(namespaces.value, decoding),
    attributed: command.w !== undefined || command.Y !== undefined ? namespaces.value : [],
    autostop,
    onEnd: (error) => stop.fail(error),
    onLimit: (limit) => {
      why = `, stopped at ${limit}`;
      stop.stop();
    },
  });
  // Only now: it keeps the process alive until it is told to end.
  const stop = new StopSignal(autostop.duration);
  let status = 0;
  const settings = {
    namespaces: namespaces.value,
    streams: remotes.map((host) => remoteOf(host, command)),
    tap,
    everyCopy,
    follows: everything,
    receiveBuffer: command.receiveBuffer,
    drainMs: DRAIN_MS,
    onAllEnded: (reasons: readonly string[]) => {
      if (reasons.length > 0) {
        process.stderr.write('nlscope: nothing is left to capture from\n');
        status = STATUS_BROKEN;
      }
      stop.stop();
    },
  };
  const live = new CaptureSources(settings, printer);
  try {
    const noTap = live.start();
    if (noTap !== null) throw new CommandFailure(failureLine(noTap));
    for (const { netns, groups } of plans) {
      for (const { error } of live.join(groups, netns).refused)
        process.stderr.write(`nlscope: ${failureLine(error)}\n`);
    }
    if (plans.length > 0 && live.joined.length === 0 && !tap) throw new CommandFailure('no group could be joined');
    process.stderr.write(`Capturing ${whatIsCaptured(live)}. Ctrl+C stops.\n`);
    await stop.stopped;
  } finally {
    stop.stop();
    live.close();
    await printer.settle();
    printer.close();
  }
  const { kernel, queue } = live.drops;
  const losses = lossWords(kernel + queue, printer.lostUnknown);
  const summary = `${printer.messages} messages captured${printer.written}, ${losses}`;
  for (const line of sourceLines(live.states)) process.stderr.write(`${line}\n`);
  process.stderr.write(`${summary}${leftOut(live.omitted)}${why}\n`);
  return status;
}

/** Another host that is captured on as this command says. */
function remoteOf(
  host: string,
  { remoteCommand, ssh, group, all, tap, everyCopy, netns }: CaptureCommand,
): StreamSource {
  const args = [
    ...group.flatMap((name) => ['--group', name]),
    ...netns.flatMap((name) => ['--netns', name]),
    ...(all ? ['--all'] : []),
    ...(tap ? ['--tap'] : []),
    ...(everyCopy ? ['--every-copy'] : []),
  ];
  const onLine = (line: string) => void process.stderr.write(`${host}: ${line}\n`);
  return remoteSource({ host, command: remoteCommand, ssh, args, onLine });
}

/** Where the capture is written to. Throws CommandFailure for limits that make no sense. */
function outputOf({ w, b, a }: CaptureCommand): string | RingBuffer | undefined {
  const { files, ...limits } = b;
  const isRing = Object.keys(b).length > 0;
  if (isRing && (w === undefined || w === '-')) throw new CommandFailure('-b writes several files: name them by -w');
  if (isRing && Object.keys(limits).length === 0) {
    throw new CommandFailure('-b files:N says how many are kept: add -b filesize:KB, duration:S or messages:N');
  }
  if (a.files !== undefined && !isRing) throw new CommandFailure('-a files:N counts the files of a ring: add -b');
  return isRing && w !== undefined ? { ...limits, files, path: w } : w;
}

function whatIsCaptured({ joined, tapNames, states }: CaptureSources): string {
  const parts = [
    joined.length === 0 ? '' : joined.length === 1 ? '1 group' : `${joined.length} groups`,
    tapNames.length === 0 ? '' : `by the ${tapNames.length === 1 ? 'tap' : 'taps'} ${tapNames.join(', ')}`,
  ];
  const names = states.map(({ kind, name }) => nameOf(kind, name));
  const isRemote = states.some(({ kind }) => kind === 'remote');
  const where = isRemote
    ? `on ${names.join(', ')}`
    : names.length === 1
      ? ''
      : `in ${names.length} network namespaces (${names.join(', ')})`;
  const what = parts.filter((part) => part !== '').join(' and ');
  return [what, where].filter((part) => part !== '').join(' ');
}

/** What came of each source, where there are several or something went wrong with one. */
export function sourceLines(sources: readonly SourceState[]): string[] {
  if (sources.length < 2 && sources.every(({ errors }) => errors === 0)) return [];
  return sources.map(({ kind, name, messages, bytes, lost, uncounted, errors, error, ended }) => {
    const parts = [
      messages === 1 ? '1 message' : `${messages} messages`,
      `${bytes} bytes`,
      lossWords(lost, uncounted),
      errors === 0 ? '' : `${errors === 1 ? '1 error' : `${errors} errors`} (${error})`,
      ended === '' || errors > 0 ? '' : ended,
    ];
    return `${nameOf(kind, name)}: ${parts.filter((part) => part !== '').join(', ')}`;
  });
}

function nameOf(kind: SourceState['kind'], name: string): string {
  return kind === 'namespace' && name === '' ? 'our own' : name;
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
    const near = thereIs(text, protocols.flatMap(groupPaths));
    const example = ', such as ROUTE/link or GENERIC/nlctrl/notify';
    throw new CommandFailure(`"${text}" is no PROTOCOL/GROUP${near === '' ? example : near}`);
  }
  if (known === undefined) throw new CommandFailure(`this kernel has no ${protocol.name}`);
  if (known.locked !== null) throw new CommandFailure(failureLine(known.locked));
  const name = rest.join('/').toLowerCase();
  const number = /^\d+$/.test(name) ? Number(name) : null;
  if (number !== null && protocol.number !== NETLINK_GENERIC) return { protocol: protocol.number, group: number };
  const groups = groupNames(known);
  const found = groups.find((group) => group.ref.group === number || group.name.toLowerCase() === name);
  if (found !== undefined) return found.ref;
  const all = groups.map((group) => group.name);
  const near = thereIs(name, all) || `; it has ${all.slice(0, 12).join(', ')}`;
  throw new CommandFailure(`${protocol.name} has no group "${rest.join('/')}"${near}`);
}
