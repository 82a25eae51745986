import type { Failure, GroupRef, SourceState, SubscriptionReport } from '../../app/contracts/index.ts';
import { hasVanished, type Netns } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import type { CaptureDrops, StreamSink } from './liveCapture.ts';
import { NamespaceCapture, type NamespaceSettings } from './namespaceCapture.ts';
import { SourceCounts } from './sourceCounts.ts';
import { tagging } from './tagging.ts';
import type { Omitted } from './tapMerge.ts';

/** Namespaces are looked after so often. */
const LOOK_MS = 1000;

/** A capture of somebody else's that is read as it is written: a pipe, a program on another host. */
export interface StreamSource {
  readonly kind: 'pipe' | 'remote';
  readonly name: string;
  /** Begins to read. `ended` is told once, when it ends by itself, with why ("" for its plain end). */
  start(sink: StreamSink, ended: (reason: string) => void): void;
  close(): void;
}

export interface SourcesSettings extends Omit<NamespaceSettings, 'netns'> {
  readonly namespaces: readonly Netns[];
  readonly streams?: readonly StreamSource[];
  /** A namespace is gone: sockets elsewhere should leave it too. */
  readonly onVanished?: (netns: Netns) => void;
  /** The last source has ended by itself. `reasons`: of those that broke off or went, and did not plainly end. */
  readonly onAllEnded?: (reasons: readonly string[]) => void;
}

interface Part {
  readonly netns: Netns;
  readonly capture: NamespaceCapture;
  readonly counts: SourceCounts;
  ended: string;
}

interface Stream {
  readonly source: StreamSource;
  readonly counts: SourceCounts;
  /** Null while it runs. */
  ended: string | null;
}

/** Everything that one capture listens to: namespaces, pipes, other hosts. What ends is told; the others go on. */
export class CaptureSources {
  readonly #settings: SourcesSettings;
  readonly #sink: StreamSink;
  readonly #parts: Part[];
  readonly #streams: Stream[];
  #timer: NodeJS.Timeout | null = null;

  constructor(settings: SourcesSettings, sink: StreamSink) {
    const { namespaces, streams = [], onAllEnded: _ended, onVanished: _vanished, ...rest } = settings;
    this.#settings = settings;
    this.#sink = sink;
    this.#parts = namespaces.map((netns) => {
      const counts = new SourceCounts();
      const there = counts.counting(tagging(sink, { netns: netns.name, host: OWN_HOST }));
      return { netns, capture: new NamespaceCapture({ ...rest, netns: netns.path }, there), counts, ended: '' };
    });
    this.#streams = streams.map((source) => ({ source, counts: new SourceCounts(), ended: null }));
  }

  /** Groups that are listened to in any namespace. */
  get joined(): GroupRef[] {
    const refs = new Map<string, GroupRef>();
    for (const { capture } of this.#parts) for (const ref of capture.joined) refs.set(keyOf(ref), ref);
    return [...refs.values()];
  }

  get drops(): CaptureDrops {
    return this.#parts.reduce((sum, { capture }) => plus(sum, capture.drops), { kernel: 0, queue: 0 });
  }

  /** Names of the nlmon devices that are read. */
  get tapNames(): string[] {
    return this.#parts.flatMap(({ capture }) => (capture.tapName === null ? [] : [capture.tapName]));
  }

  get omitted(): Omitted {
    return this.#parts.reduce(
      ({ copies, own }, { capture: { omitted } }) => ({ copies: copies + omitted.copies, own: own + omitted.own }),
      { copies: 0, own: 0 },
    );
  }

  /** Every source with what came of it; those that have ended keep their counts. */
  get states(): SourceState[] {
    return [
      ...this.#parts.map(({ netns, capture, counts, ended }) => {
        const { kernel, queue } = capture.drops;
        const name = netns.name ?? '';
        return { kind: 'namespace' as const, name, tap: capture.tapName ?? '', ...counts, lost: kernel + queue, ended };
      }),
      ...this.#streams.map(({ source: { kind, name }, counts, ended }) => ({
        kind,
        name,
        tap: '',
        ...counts,
        ended: ended === '' ? 'it has ended' : (ended ?? ''),
      })),
    ];
  }

  /** Makes the taps that are wanted and begins to read streams. Returns why one cannot be made. */
  start(): Failure | null {
    for (const { capture } of this.#parts) {
      const failure = capture.startTap();
      if (failure !== null) return failure;
    }
    for (const stream of this.#streams) {
      stream.source.start(stream.counts.counting(this.#sink), (reason) => {
        stream.ended = reason;
        this.#checkEnd();
      });
    }
    if (this.#settings.tap || this.#parts.some(({ netns }) => netns.path !== '')) {
      this.#timer = setInterval(() => this.#look(), LOOK_MS);
      this.#timer.unref();
    }
    return null;
  }

  /** Joins groups in every namespace, or in one. Each group stands for itself: the kernel may refuse some. */
  join(refs: readonly GroupRef[], only?: Netns): SubscriptionReport {
    const joined = new Map<string, GroupRef>();
    const refused: { ref: GroupRef; error: Failure }[] = [];
    for (const { netns, capture, ended } of this.#parts) {
      if (ended !== '' || (only !== undefined && only !== netns)) continue;
      const report = capture.join(refs);
      for (const ref of report.joined) joined.set(keyOf(ref), ref);
      const where = this.#parts.length > 1 && netns.name !== undefined ? `${netns.name}: ` : '';
      for (const { ref, error } of report.refused) {
        refused.push({ ref, error: { ...error, message: `${where}${error.message}` } });
      }
    }
    return { joined: [...joined.values()], refused };
  }

  leave(refs: readonly GroupRef[]): void {
    for (const { capture } of this.#parts) capture.leave(refs);
  }

  /** Closes everything; what has been received is delivered before this returns, and nothing afterwards. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    for (const { capture } of this.#parts) capture.close();
    for (const { source } of this.#streams) source.close();
  }

  /** Leaves namespaces that have gone: our sockets would keep them alive. */
  #look(): void {
    for (const part of this.#parts) {
      if (part.ended === '' && part.capture.hasEnded) part.ended = 'the tap is gone';
      if (part.ended !== '' || !hasVanished(part.netns)) continue;
      part.capture.close();
      part.ended = 'the namespace is gone';
      this.#settings.onVanished?.(part.netns);
      const message = `The network namespace ${part.netns.name} is gone: nothing more is captured there.`;
      part.counts.fail(message);
      this.#sink.failure({ message });
    }
    this.#checkEnd();
  }

  #checkEnd(): void {
    const isOver = this.#parts.every(({ ended }) => ended !== '') && this.#streams.every(({ ended }) => ended !== null);
    if (!isOver) return;
    const reasons = [...this.#parts, ...this.#streams].map(({ ended }) => ended ?? '');
    this.#settings.onAllEnded?.(reasons.filter((reason) => reason !== ''));
  }
}

function keyOf({ protocol, group }: GroupRef): string {
  return `${protocol}/${group}`;
}

function plus(a: CaptureDrops, b: CaptureDrops): CaptureDrops {
  return { kernel: a.kernel + b.kernel, queue: a.queue + b.queue };
}
