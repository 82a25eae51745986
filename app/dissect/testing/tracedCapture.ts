import type { Envelope } from '../../contracts/index.ts';
import { protocolByNumber } from '../../wire/index.ts';
import type { DecodeContext } from '../api.ts';
import { bareContext, type FieldDissector } from '../dissector.ts';
import { learnFamily } from '../genl.ts';
import type { DecodedMessage } from '../message.ts';
import { type CorpusMessage, newFamilies } from './corpus.ts';
import { StraceComparison, type Surroundings } from './straceCompare.ts';
import { type StraceMessage, wordOf } from './straceText.ts';

interface Candidate {
  readonly decoded: DecodedMessage;
  readonly envelope: Envelope;
}

const MATCHED = ['nlmsg_len', 'nlmsg_seq', 'nlmsg_pid'];

/** A capture recorded while strace watched: hands out each message once, to what strace printed of it. */
export class TracedCapture implements Surroundings {
  readonly #dissector: FieldDissector;
  readonly #context: DecodeContext;
  readonly #waiting = new Map<string, Candidate[]>();
  readonly #protocols: ReadonlySet<string>;
  readonly #interfaces = new Map<string, Set<number>>();

  constructor(dissector: FieldDissector, messages: readonly CorpusMessage[]) {
    this.#dissector = dissector;
    this.#protocols = new Set(messages.map(({ envelope }) => protocolByNumber(envelope.protocol).name));
    const families = newFamilies();
    this.#context = bareContext(families);
    for (const { bytes, envelope } of messages) {
      const decoded = dissector.decode(bytes, envelope, this.#context);
      learnFamily(bytes, envelope, this.#context, families);
      this.#learnInterface(decoded);
    }
    // Only now are all families known.
    for (const { bytes, envelope } of messages) this.#add(dissector.decode(bytes, envelope, this.#context), envelope);
  }

  /** Whether the capture holds messages of a protocol, named as strace names sockets. */
  holds(protocol: string): boolean {
    return protocol === '' || this.#protocols.has(`NETLINK_${protocol}`);
  }

  /**
   * The message that strace printed: of those with the same length, sequence number and portid the one that agrees best,
   * as notifications share these and reach several sockets at different times. Undefined when there is none left.
   */
  take(message: StraceMessage): Candidate | undefined {
    const key = MATCHED.map((name) => Number(wordOf(message.header, name)) >>> 0).join(' ');
    const waiting = this.#waiting.get(key) ?? [];
    let best = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (const [i, { decoded, envelope }] of waiting.entries()) {
      const trial = new StraceComparison(this);
      trial.message(message, decoded, envelope);
      if (trial.differences.length >= fewest) continue;
      fewest = trial.differences.length;
      best = i;
      if (fewest === 0) break;
    }
    return waiting.splice(best, 1)[0];
  }

  decodeEcho(bytes: Uint8Array, answer: Envelope): DecodedMessage {
    return this.#dissector.decode(bytes, { ...answer, direction: 'request' }, this.#context);
  }

  isInterface(name: string, index: number): boolean | undefined {
    return this.#interfaces.get(name)?.has(index);
  }

  #add(decoded: DecodedMessage, envelope: Envelope): void {
    const key = MATCHED.map((name) => decoded.fields[0].child(name)?.raw).join(' ');
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) this.#waiting.set(key, [{ decoded, envelope }]);
    else waiting.push({ decoded, envelope });
  }

  #learnInterface(decoded: DecodedMessage): void {
    if (decoded.isRequest) return;
    const name = decoded.fields.find((f) => f.name === 'IFLA_IFNAME')?.raw;
    const index = decoded.fields[1]?.child('ifi_index')?.raw;
    if (typeof name !== 'string' || typeof index !== 'number') return;
    const known = this.#interfaces.get(name) ?? new Set();
    this.#interfaces.set(name, known.add(index));
  }
}
