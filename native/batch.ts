/**
 * Batches: what the receive thread of the addon hands over (native/src/batch_queue.h writes them).
 *
 * A batch is records one after another, in the order of arrival and in host byte order. Each is a header of 32 bytes and
 * `length` bytes of payload, padded with zeros to a multiple of 8:
 *
 *     0  u32  length           bytes of payload that follow
 *     4  u32  originalLength   datagram: its true length; loss: how many were lost (0: the kernel did not say)
 *     8  u64  time             nanoseconds since 1970, read from CLOCK_REALTIME right after the datagram was received
 *                              (netlink sockets have no SO_TIMESTAMPNS)
 *    16  u32  sourcePortid     nl_pid of the sender, 0 is the kernel; loss: errno by which the socket told of it
 *    20  u32  group            multicast group (NETLINK_PKTINFO), 0 for unicast; tapped: the NETLINK_* protocol
 *    24  i32  nsid             namespace id of the peer (NETLINK_LISTEN_ALL_NSID), -1 for the socket's own namespace
 *    28  u32  kind             RECORD_*
 */
export const RECORD_HEADER_BYTES = 32;

/** A datagram. */
export const RECORD_DATAGRAM = 0;
/** The kernel could not queue datagrams for the socket: its receive buffer was full. */
export const RECORD_SOCKET_LOSS = 1;
/** This process did not keep up and the queue between receive thread and JavaScript was full. */
export const RECORD_QUEUE_LOSS = 2;
/** A datagram that an nlmon device saw: its protocol is known, its group, addresses and namespace are not. */
export const RECORD_TAPPED = 3;

/** Byte order of this host, and so of every record and netlink header it receives. */
export const HOST_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * Walks the records of batches without allocating: the fields are those of the current record. One cursor may serve
 * any number of batches one after another.
 */
export class BatchCursor {
  /** The batch being read. */
  bytes: Uint8Array = new Uint8Array(0);
  kind = RECORD_DATAGRAM;
  /** Where the payload stands in `bytes`. */
  start = 0;
  end = 0;
  /** True length of the datagram: more than `end - start` when it was cut. */
  originalLength = 0;
  sourcePortid = 0;
  group = 0;
  /** Of a tapped datagram: its NETLINK_* number. */
  protocol = 0;
  /** -1 for the socket's own namespace. */
  nsid = -1;
  /** Of a loss record: how many datagrams, 0 when the kernel did not say. */
  lost = 0;
  /** Of a socket loss record: errno by which the socket told of it, usually ENOBUFS. */
  errno = 0;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #header = 0;
  #next = 0;

  /** Starts at the first record of a batch; `next` moves to it. */
  reset(batch: Uint8Array): this {
    this.bytes = batch;
    this.#view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
    this.#next = 0;
    return this;
  }

  /** Moves to the next record; false at the end, or where what is left holds no whole record. */
  next(): boolean {
    const view = this.#view;
    const at = this.#next;
    const start = at + RECORD_HEADER_BYTES;
    if (start > view.byteLength) return false;
    const end = start + view.getUint32(at, HOST_LITTLE_ENDIAN);
    if (end > view.byteLength) return false;
    this.#header = at;
    this.#next = start + ((end - start + 7) & ~7);
    this.start = start;
    this.end = end;
    this.kind = view.getUint32(at + 28, HOST_LITTLE_ENDIAN);
    const isTapped = this.kind === RECORD_TAPPED;
    const isLoss = this.kind !== RECORD_DATAGRAM && !isTapped;
    const second = view.getUint32(at + 4, HOST_LITTLE_ENDIAN);
    const portid = view.getUint32(at + 16, HOST_LITTLE_ENDIAN);
    this.originalLength = isLoss ? 0 : second;
    this.lost = isLoss ? second : 0;
    this.sourcePortid = isLoss ? 0 : portid;
    this.errno = isLoss ? portid : 0;
    const group = view.getUint32(at + 20, HOST_LITTLE_ENDIAN);
    this.group = isTapped ? 0 : group;
    this.protocol = isTapped ? group : 0;
    this.nsid = view.getInt32(at + 24, HOST_LITTLE_ENDIAN);
    return true;
  }

  /** Nanoseconds since 1970. Makes a bigint: not a field, so that it costs only those who ask. */
  get timeNs(): bigint {
    return this.#view.getBigUint64(this.#header + 8, HOST_LITTLE_ENDIAN);
  }

  /** The payload, as a view into the batch (no copy). */
  payload(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }
}
