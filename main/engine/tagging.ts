import type { Envelope } from '../../app/contracts/index.ts';
import type { StreamSink } from './liveCapture.ts';

/** Envelopes of a source that are remembered with their tagged likes. */
const MOST_REMEMBERED = 1 << 14;

/**
 * A sink that notes of everything where it was captured (Envelope.netns) before it hands it on. `name` undefined: the
 * namespace of this process, which has no name.
 */
export function tagging(sink: StreamSink, name: string | undefined): StreamSink {
  if (name === undefined) return sink;
  const known = new Map<Envelope, Envelope>();
  const tag = (envelope: Envelope): Envelope => {
    let like = known.get(envelope);
    if (like === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      like = { ...envelope, netns: within(name, envelope.netns) };
      known.set(envelope, like);
    }
    return like;
  };
  return {
    datagram: (envelope, timeNs, bytes, originalLength, notes) =>
      sink.datagram(tag(envelope), timeNs, bytes, originalLength, notes),
    gap: (gap, timeNs) => sink.gap({ ...gap, netns: within(name, gap.netns) }, timeNs),
    batch: () => sink.batch(),
    failure: ({ message, ...rest }) => sink.failure({ ...rest, message: `${name}: ${message}` }),
    facts: ({ interfaces = [], strings = [], owners = [], ...rest }) =>
      sink.facts({
        ...rest,
        interfaces: Array.from(interfaces, (known) => ({ ...known, netns: within(name, known.netns) })),
        strings: Array.from(strings, (known) => ({ ...known, netns: within(name, known.netns) })),
        owners: Array.from(owners, (owner) => ({ ...owner, netns: within(name, owner.netns) })),
      }),
  };
}

/** A namespace of another host is named after both. */
function within(name: string, inner: string | undefined): string {
  return inner === undefined ? name : `${name}/${inner}`;
}
