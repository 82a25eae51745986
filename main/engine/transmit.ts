import { type Envelope, ok, type Result } from '../../app/contracts/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { openNetlink, realtimeNs } from '../sources/netlinkSocket.ts';
import { netlinkRequest, type ReplyDatagram, type RequestOutcome } from '../sources/request.ts';

/** Where a datagram goes, and how the socket that sends it is set up. */
export interface Transmission {
  readonly protocol: number;
  /** Netlink address; 0 is the kernel. */
  readonly destPortid: number;
  /** Groups 1 to 32 by bits; each gets a datagram of its own, because the kernel serves one group per send. */
  readonly groupMask: number;
  readonly netns?: string;
  readonly extAck: boolean;
  readonly strictCheck: boolean;
  /** Milliseconds to wait for an answer. */
  readonly timeout?: number;
  /** Bytes that the kernel may keep of answers; its own default when absent. */
  readonly receiveBuffer?: number;
}

/** Takes datagrams in the order in which they passed: what was sent, then each answer. */
export type TransmissionLog = (envelope: Envelope, timeNs: bigint, bytes: Uint8Array, originalLength: number) => void;

/**
 * Sends one datagram from a socket of its own and waits for what answers it. What is multicast is not answered.
 * A refusal by the kernel is an outcome; failures are those of opening and sending.
 */
export function transmit(to: Transmission, bytes: Uint8Array, log: TransmissionLog): Promise<Result<RequestOutcome>> {
  return to.groupMask === 0 ? request(to, bytes, log) : Promise.resolve(multicast(to, bytes, log));
}

async function request(to: Transmission, bytes: Uint8Array, log: TransmissionLog): Promise<Result<RequestOutcome>> {
  let ownPortid = 0;
  const answered = await netlinkRequest(
    {
      ...to,
      onSent(portid, sentNs) {
        ownPortid = portid;
        log(sentEnvelope(to, portid, 0), sentNs, bytes, bytes.length);
      },
      onReply: (reply) => log(replyEnvelope(to, ownPortid, reply), reply.timeNs, reply.bytes, reply.originalLength),
    },
    bytes,
  );
  return answered.ok ? ok(answered.value.outcome) : answered;
}

function multicast(to: Transmission, bytes: Uint8Array, log: TransmissionLog): Result<RequestOutcome> {
  const opened = openNetlink({ protocol: to.protocol, netns: to.netns });
  if (!opened.ok) return opened;
  const socket = opened.value;
  try {
    for (let bit = 0; bit < 32; bit++) {
      const groupMask = (to.groupMask & (1 << bit)) >>> 0;
      if (groupMask === 0) continue;
      const sentNs = realtimeNs();
      const sent = socket.send(bytes, { portid: to.destPortid, groupMask });
      // After the group, the kernel delivers to the portid too; that nobody is there says nothing about the group.
      if (!sent.ok && !(sent.error.errno === 'ECONNREFUSED' && to.destPortid === 0)) return sent;
      log(sentEnvelope(to, socket.portid, bit + 1), sentNs, bytes, bytes.length);
    }
    return ok('sent');
  } finally {
    socket.close();
  }
}

function sentEnvelope({ protocol, destPortid }: Transmission, ownPortid: number, group: number): Envelope {
  return {
    protocol,
    direction: destPortid === 0 && group === 0 ? 'request' : 'user',
    group,
    nsid: null,
    sourcePortid: ownPortid,
    destPortid,
    littleEndian: HOST_LITTLE_ENDIAN,
  };
}

function replyEnvelope({ protocol }: Transmission, ownPortid: number, reply: ReplyDatagram): Envelope {
  const { group, nsid, sourcePortid } = reply;
  return {
    protocol,
    direction: sourcePortid !== 0 ? 'user' : group !== 0 ? 'notify' : 'reply',
    group,
    nsid: nsid < 0 ? null : nsid,
    sourcePortid,
    destPortid: ownPortid,
    littleEndian: HOST_LITTLE_ENDIAN,
  };
}
