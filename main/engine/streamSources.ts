import { basename } from 'node:path';
import type { Gap } from '../../app/captureFile/index.ts';
import type { Failure } from '../../app/contracts/index.ts';
import { realtimeNs } from '../sources/netlinkSocket.ts';
import {
  type PipeListener,
  readPipe,
  readStandardInput,
  STANDARD_INPUT,
  STANDARD_INPUT_NAME,
} from '../sources/pipe.ts';
import { type RemoteOptions, startRemote } from '../sources/remote.ts';
import type { StreamSource } from './captureSources.ts';
import { reasonOf } from './fileBytes.ts';
import type { StreamSink } from './liveCapture.ts';
import { StreamReader } from './streamReader.ts';
import { tagging } from './tagging.ts';

/** Nobody counted what was lost when a source broke off. */
const BROKEN_OFF: Gap = { protocol: null, lost: null, cause: 'source' };

/** Begins to read something; returns what ends that. Throws when it cannot be opened. */
export type Opening = (listener: PipeListener) => () => void;

/**
 * Reads a capture as it comes. What breaks off is told as a failure, with a gap after what came before.
 * @param ended told once, when it ends by itself: why, "" for its plain end
 */
export function readStream(
  open: Opening,
  name: string,
  sink: StreamSink,
  ended: (reason: string) => void,
  protocol?: number,
): () => void {
  let close = () => {};
  let isOver = false;
  let isClosed = false;
  const reader = new StreamReader(
    whileOpen(sink, () => !isClosed),
    protocol,
  );
  const finish = async (error: Error | null) => {
    if (isOver) return;
    isOver = true;
    const { broken, notes, began } = await reader.end();
    close();
    if (isClosed) return;
    for (const note of notes) sink.failure({ message: `${name}: ${note}` });
    const reason = [error === null ? '' : reasonOf(error), began || error === null ? broken : '']
      .filter((part) => part !== '')
      .join('; ');
    if (reason !== '' && began) {
      sink.gap(BROKEN_OFF, realtimeNs());
      sink.batch();
    }
    if (reason !== '') sink.failure({ message: `${name}: ${reason}${began ? '; what came before is kept' : ''}` });
    ended(reason);
  };
  try {
    close = open({
      async bytes(bytes) {
        if (isOver) return;
        await reader.push(bytes);
        if (reader.isBroken) await finish(null);
      },
      ended: (error) => void finish(error),
    });
  } catch (error) {
    void finish(new Error(`cannot be read: ${reasonOf(error)}`));
  }
  return () => {
    isOver = true;
    isClosed = true;
    close();
  };
}

/** Lets nothing through any more when a source has been closed: something may be on its way. */
function whileOpen(sink: StreamSink, isOpen: () => boolean): StreamSink {
  return {
    datagram: (...datagram) => isOpen() && sink.datagram(...datagram),
    gap: (gap, timeNs) => isOpen() && sink.gap(gap, timeNs),
    batch: () => isOpen() && sink.batch(),
    failure: (failure) => isOpen() && sink.failure(failure),
    facts: (facts) => isOpen() && sink.facts(facts),
  };
}

/** A pipe that somebody writes a capture to, by its path or STANDARD_INPUT. */
export function pipeSource(path: string): StreamSource {
  let close = () => {};
  const isInput = path === STANDARD_INPUT;
  const name = isInput ? STANDARD_INPUT_NAME : path;
  const open: Opening = (listener) => (isInput ? readStandardInput(listener) : readPipe(path, listener));
  return {
    kind: 'pipe',
    name,
    start(sink, ended) {
      close = readStream(open, basename(name), sink, ended);
    },
    close: () => close(),
  };
}

/** Another host that captures for us. Its messages have its name in nl.netns. */
export function remoteSource({ onLine = () => {}, ...remote }: RemoteSettings): StreamSource {
  let close = () => {};
  const { host } = remote;
  return {
    kind: 'remote',
    name: host,
    start(sink, ended) {
      const open: Opening = (listener) => startRemote(remote, { ...listener, complain: onLine });
      const there = { ...tagging(sink, { netns: host, host }), failure: (failure: Failure) => sink.failure(failure) };
      close = readStream(open, host, there, ended);
    },
    close: () => close(),
  };
}

export interface RemoteSettings extends RemoteOptions {
  /** Takes what the other side says, a line each. */
  readonly onLine?: (line: string) => void;
}
