import { fail, ok, type Result } from '../../app/contracts/index.ts';
import {
  ByteWriter,
  NLM_F_DUMP,
  NLM_F_REQUEST,
  NLMSG_HDRLEN,
  NLMSG_MIN_TYPE,
  protocolByNumber,
} from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../../native/batch.ts';
import { forEachMessage, type MessageView } from './messages.ts';
import { refusal } from './privilege.ts';
import { netlinkRequest } from './request.ts';

/** Begins anywhere: a tap tells our requests by their bytes, and another nlscope asks the same. */
let lastSeq = Math.floor(Math.random() * 2 ** 32);

/** Dumps that changed while they were read are read again, this often. */
const ATTEMPTS = 3;

/** What to dump: protocol, message type, and the bytes after nlmsghdr (family header and attributes). */
export interface DumpRequest {
  readonly protocol: number;
  readonly type: number;
  readonly body: Uint8Array;
  /** Path of a network namespace; absent or "" for our own. */
  readonly netns?: string;
}

/** One nlmsghdr with NLM_F_REQUEST and other flags, and the body, in host byte order. */
export function requestMessage(seq: number, type: number, flags: number, body: Uint8Array): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.integer(NLMSG_HDRLEN + body.length, 4);
  writer.integer(type, 2);
  writer.integer(NLM_F_REQUEST | flags, 2);
  writer.integer(seq, 4);
  writer.integer(0, 4);
  writer.bytes(body);
  return writer.finish();
}

/**
 * Dumps a table of the kernel and visits its messages (without NLMSG_DONE). An inconsistent answer is asked for again
 * a few times; the last one is then taken as it is.
 * @returns the netlink address of the socket that asked
 */
export async function dump(
  request: DumpRequest,
  visit: (datagram: Uint8Array, message: MessageView) => void,
): Promise<Result<number>> {
  const { protocol, netns } = request;
  lastSeq = (lastSeq + 1) >>> 0;
  const seq = lastSeq;
  const bytes = requestMessage(seq, request.type, NLM_F_DUMP, request.body);
  for (let attempt = 1; ; attempt++) {
    const asked = await netlinkRequest(netns === undefined ? { protocol } : { protocol, netns }, bytes);
    if (!asked.ok) return asked;
    const { outcome, errno, interrupted, portid, replies } = asked.value;
    if (outcome === 'error') return { ok: false, error: refusal('Reading a table', protocol, 'request', errno) };
    if (outcome !== 'done') return fail(`Reading a table (${protocolByNumber(protocol).name}) failed: no answer.`);
    if (interrupted && attempt < ATTEMPTS) continue;
    for (const reply of replies) {
      forEachMessage(reply.bytes, (message) => {
        if (message.seq === seq && message.type >= NLMSG_MIN_TYPE) visit(reply.bytes, message);
      });
    }
    return ok(portid);
  }
}
