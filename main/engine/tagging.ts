import { placed } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import type { StreamSink } from './liveCapture.ts';

/** Envelopes of a source that are remembered with their tagged likes. */
const MOST_REMEMBERED = 1 << 14;

/** Where a source captures. */
export interface Place {
  /** Envelope.netns; undefined: the namespace of who captures, which has no name. */
  readonly netns?: string;
  /** Envelope.host of what does not tell it itself. */
  readonly host: string;
}

/** A sink that notes of everything where it was captured before it hands it on. */
export function tagging(sink: StreamSink, { netns: name, host }: Place): StreamSink {
  const known = new Map<Envelope, Envelope>();
  let latest: Envelope | null = null;
  let latestLike: Envelope | null = null;
  const tag = (envelope: Envelope): Envelope => {
    if (envelope === latest && latestLike !== null) return latestLike;
    let like = known.get(envelope);
    if (like === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      like = placed(envelope, within(name, envelope.netns), envelope.host ?? host);
      known.set(envelope, like);
    }
    latest = envelope;
    latestLike = like;
    return like;
  };
  const there = <T extends { readonly netns?: string }>(items: Iterable<T> = []): T[] =>
    Array.from(items, (item) => (name === undefined ? item : { ...item, netns: within(name, item.netns) }));
  return {
    datagram: (envelope, timeNs, bytes, originalLength, notes) =>
      sink.datagram(tag(envelope), timeNs, bytes, originalLength, notes),
    gap: (gap, timeNs) => sink.gap({ ...there([gap])[0], host: gap.host ?? host }, timeNs),
    batch: () => sink.batch(),
    failure: ({ message, ...rest }) =>
      sink.failure({ ...rest, message: name === undefined ? message : `${name}: ${message}` }),
    facts: (facts) =>
      sink.facts({
        ...facts,
        host: facts.host ?? host,
        interfaces: there(facts.interfaces),
        strings: there(facts.strings),
        owners: there(facts.owners),
      }),
  };
}

/** A namespace of another host is named after both. */
function within(name: string | undefined, inner: string | undefined): string | undefined {
  if (name === undefined || inner === undefined) return name ?? inner;
  return `${name}/${inner}`;
}
