import type { Result } from '../../app/contracts/index.ts';
import {
  NLM_F_ACK,
  NLM_F_DUMP,
  NLM_F_DUMP_INTR,
  NLM_F_MULTI,
  NLM_F_REQUEST,
  NLMSG_DONE,
  NLMSG_ERROR,
} from '../../app/wire/index.ts';
import { BatchCursor, HOST_LITTLE_ENDIAN, RECORD_DATAGRAM } from '../../native/batch.ts';
import { forEachMessage, type MessageView } from './messages.ts';
import { type NetlinkOptions, openNetlink, realtimeNs } from './netlinkSocket.ts';

/** Where and how to ask. */
export interface RequestOptions extends Omit<NetlinkOptions, 'onBatch' | 'onError' | 'groups'> {
  /** Netlink address to send to; 0 (default) is the kernel. */
  readonly destPortid?: number;
  readonly groupMask?: number;
  /** Milliseconds of silence after which an answer that has to come is given up (default 2000). */
  readonly timeout?: number;
  /** Milliseconds of silence that end the wait where no answer has to come (default 200). */
  readonly quiet?: number;
  /** Told right after sending: the address of the asking socket, and nanoseconds since 1970 just before. */
  readonly onSent?: (portid: number, sentNs: bigint) => void;
  /** Told of every datagram that comes back, when it comes. */
  readonly onReply?: (reply: ReplyDatagram) => void;
}

/** A datagram that came back. */
export interface ReplyDatagram {
  readonly bytes: Uint8Array;
  /** Nanoseconds since 1970. */
  readonly timeNs: bigint;
  readonly sourcePortid: number;
  readonly group: number;
  /** -1 for the socket's own namespace. */
  readonly nsid: number;
  /** More than `bytes.length` when it was cut. */
  readonly originalLength: number;
}

/**
 * How it ended. `error`: a message was refused (also in an NLMSG_DONE). `timeout`: an answer was due and did not come.
 * `sent`: none was due and none came.
 */
export type RequestOutcome = 'ack' | 'done' | 'reply' | 'error' | 'timeout' | 'sent';

export interface RequestReport {
  readonly outcome: RequestOutcome;
  /** errno of the first refusal, positive; 0 when there is none. */
  readonly errno: number;
  /** A dump said NLM_F_DUMP_INTR: the table changed while it was read. */
  readonly interrupted: boolean;
  /** Datagrams of the answer that were lost on the way. */
  readonly lost: number;
  /** The address of the socket that asked. */
  readonly portid: number;
  /** Nanoseconds since 1970, just before sending. */
  readonly sentNs: bigint;
  readonly replies: readonly ReplyDatagram[];
}

/** Follows the messages of a sent datagram until each has been answered. */
class Expectations {
  errno = 0;
  interrupted = false;
  #sawAck = false;
  #sawDone = false;
  #sawReply = false;
  /** Sequence numbers whose end is certain to come (acknowledgement or dump), and those where one may come. */
  readonly #due = new Set<number>();
  readonly #possible = new Set<number>();

  constructor(request: Uint8Array) {
    forEachMessage(request, ({ flags, seq }) => {
      if ((flags & NLM_F_REQUEST) === 0) return;
      // The bits of NLM_F_DUMP mean replace and exclusive in a NEW request, which without NLM_F_ACK may stay unanswered:
      // then the silence of `timeout` ends it.
      const isDue = (flags & NLM_F_ACK) !== 0 || (flags & NLM_F_DUMP) === NLM_F_DUMP;
      (isDue ? this.#due : this.#possible).add(seq);
    });
  }

  get isDue(): boolean {
    return this.#due.size > 0;
  }

  get isComplete(): boolean {
    return this.#due.size === 0 && this.#possible.size === 0;
  }

  /** Takes note of the messages of a reply datagram. */
  note(datagram: Uint8Array): void {
    forEachMessage(datagram, (message) => {
      if (!this.#due.has(message.seq) && !this.#possible.has(message.seq)) return;
      if ((message.flags & NLM_F_DUMP_INTR) !== 0) this.interrupted = true;
      if (message.type === NLMSG_ERROR) this.#end(message, datagram, () => (this.#sawAck = true));
      else if (message.type === NLMSG_DONE) this.#end(message, datagram, () => (this.#sawDone = true));
      else this.#reply(message);
    });
  }

  outcome(): RequestOutcome {
    if (this.errno !== 0) return 'error';
    if (this.isDue) return 'timeout';
    if (this.#sawDone) return 'done';
    if (this.#sawAck) return 'ack';
    return this.#sawReply ? 'reply' : 'sent';
  }

  #reply(message: MessageView): void {
    this.#sawReply = true;
    if ((message.flags & NLM_F_MULTI) === 0) this.#possible.delete(message.seq);
  }

  /** NLMSG_ERROR and NLMSG_DONE both begin with an int: a negative errno, or 0. */
  #end(message: MessageView, datagram: Uint8Array, onSuccess: () => void): void {
    this.#due.delete(message.seq);
    this.#possible.delete(message.seq);
    const error = message.end - message.start >= 4 ? readInt(datagram, message.start) : 0;
    if (error >= 0) onSuccess();
    else if (this.errno === 0) this.errno = -error;
  }
}

function readInt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at, HOST_LITTLE_ENDIAN);
}

const DEFAULT_TIMEOUT = 2000;
const DEFAULT_QUIET = 200;

/**
 * Sends one datagram (one or more messages, as they are) on a socket of its own and collects what comes back until
 * every message has its acknowledgement, its NLMSG_DONE or its error. A refusal by the kernel is an outcome; failures
 * are those of opening and sending.
 */
export function netlinkRequest(options: RequestOptions, request: Uint8Array): Promise<Result<RequestReport>> {
  return new Promise((resolve) => {
    const expected = new Expectations(request);
    const replies: ReplyDatagram[] = [];
    const cursor = new BatchCursor();
    let timer: NodeJS.Timeout | undefined;
    let lost = 0;

    const opened = openNetlink({
      ...options,
      onBatch(batch) {
        cursor.reset(batch);
        while (cursor.next()) collect();
        if (expected.isComplete) finish();
        else waitOn();
      },
      onError: (error) => end({ ok: false, error }),
    });
    if (!opened.ok) {
      resolve(opened);
      return;
    }
    const socket = opened.value;
    const sentNs = realtimeNs();
    const sent = socket.send(request, { portid: options.destPortid ?? 0, groupMask: options.groupMask ?? 0 });
    if (sent.ok) {
      options.onSent?.(socket.portid, sentNs);
      waitOn();
    } else end(sent);

    function collect(): void {
      if (cursor.kind !== RECORD_DATAGRAM) {
        lost += cursor.lost;
        return;
      }
      const { timeNs, sourcePortid, group, nsid, originalLength } = cursor;
      const bytes = cursor.payload().slice();
      const reply = { bytes, timeNs, sourcePortid, group, nsid, originalLength };
      replies.push(reply);
      options.onReply?.(reply);
      expected.note(bytes);
    }

    function waitOn(): void {
      clearTimeout(timer);
      const patience = expected.isDue ? (options.timeout ?? DEFAULT_TIMEOUT) : (options.quiet ?? DEFAULT_QUIET);
      timer = setTimeout(finish, patience);
    }

    function finish(): void {
      const { errno, interrupted } = expected;
      const outcome = expected.outcome();
      end({ ok: true, value: { outcome, errno, interrupted, lost, portid: socket.portid, sentNs, replies } });
    }

    function end(result: Result<RequestReport>): void {
      clearTimeout(timer);
      socket.close();
      resolve(result);
    }
  });
}
