import type { Protocol } from '../../app/wire/index.ts';
import { LiveCapture } from '../engine/liveCapture.ts';
import { tagging } from '../engine/tagging.ts';
import { type Netns, OWN_NETNS } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import { CommandFailure, failureLine } from './failure.ts';
import { knownFacts } from './knownFacts.ts';
import { LivePrinter } from './livePrinter.ts';
import { rowFormat } from './rowFormat.ts';
import { StopSignal } from './stop.ts';
import { userDecoding } from './userDecoding.ts';

export interface ListenCommand {
  readonly protocol: Protocol;
  /** Groups 1 to 32 by bits. */
  readonly groups: number;
  readonly portid?: number;
  readonly netns?: Netns;
  readonly duration?: number;
}

/** Prints what arrives at one socket: its own address, told on standard error, and the groups of the mask. */
export async function listen(command: ListenCommand): Promise<number> {
  const { portid, protocol } = command;
  const decoding = userDecoding();
  const netns = command.netns ?? OWN_NETNS;
  const printer = new LivePrinter({
    decoding,
    format: rowFormat({}, decoding),
    facts: await knownFacts([netns], decoding),
    onEnd: (error) => stop.fail(error),
  });
  const stop = new StopSignal(command.duration);
  const live = new LiveCapture({ netns: netns.path, portid }, tagging(printer, { netns: netns.name, host: OWN_HOST }));
  try {
    const socket = live.listen(protocol.number);
    if (!('portid' in socket)) throw new CommandFailure(failureLine(socket));
    const refs = maskGroups(command.groups).map((group) => ({ protocol: protocol.number, group }));
    const [refused] = live.join(refs).refused;
    if (refused !== undefined) throw new CommandFailure(failureLine(refused.error));
    process.stderr.write(`Listening on ${protocol.name} at portid ${socket.portid}. Ctrl+C stops.\n`);
    await stop.stopped;
  } finally {
    stop.stop();
    live.close();
    printer.close();
  }
  return 0;
}

/** Numbers of the groups in a mask, as nl_groups has them: bit 0 is group 1. */
export function maskGroups(mask: number): number[] {
  return Array.from({ length: 32 }, (_, bit) => bit + 1).filter((group) => ((mask >>> (group - 1)) & 1) === 1);
}
