import { forEachMessage } from '../../app/session/index.ts';
import { viewOf } from '../../app/wire/index.ts';
import type { StreamSink } from './liveCapture.ts';

/** What came of one source of a capture, and what went wrong with it. */
export class SourceCounts {
  /** Messages and the bytes of their datagrams, as they came. */
  messages = 0;
  bytes = 0;
  /** Messages that its gaps tell of, and whether one of them tells no number. */
  lost = 0;
  uncounted = false;
  errors = 0;
  /** The latest of the errors in words, "" when there was none. */
  error = '';

  /** A sink that counts what it hands on. */
  counting(sink: StreamSink): StreamSink {
    const count = () => {
      this.messages++;
    };
    return {
      datagram: (envelope, timeNs, bytes, originalLength, notes) => {
        this.bytes += originalLength;
        forEachMessage(viewOf(bytes), 0, bytes.length, envelope.protocol, envelope.littleEndian, count);
        sink.datagram(envelope, timeNs, bytes, originalLength, notes);
      },
      gap: (gap, timeNs) => {
        if (gap.lost === null) this.uncounted = true;
        else this.lost += gap.lost;
        sink.gap(gap, timeNs);
      },
      batch: () => sink.batch(),
      failure: (failure) => {
        this.fail(failure.message);
        sink.failure(failure);
      },
      facts: (facts) => sink.facts(facts),
    };
  }

  fail(message: string): void {
    this.errors++;
    this.error = message;
  }
}
