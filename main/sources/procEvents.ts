import type { Result } from '../../app/contracts/index.ts';
import { ByteWriter, NETLINK_CONNECTOR, NLMSG_DONE, NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { BatchCursor, HOST_LITTLE_ENDIAN, RECORD_DATAGRAM } from '../../native/batch.ts';
import { forEachMessage, readUnsigned } from './messages.ts';
import { openNetlink } from './netlinkSocket.ts';

/** linux/connector.h, linux/cn_proc.h. */
const CN_IDX_PROC = 1;
const CN_VAL_PROC = 1;
const PROC_CN_MCAST_LISTEN = 1;
const PROC_EVENT_EXEC = 0x00000002;
const PROC_EVENT_EXIT = 0x80000000;
/** struct cn_msg: idx, val, seq, ack, u16 len, u16 flags. */
const CN_MSG_BYTES = 20;
/** struct proc_event: what, cpu, u64 timestamp, then pid and tgid of the process (exec and exit alike). */
const PROC_EVENT_PIDS = 16;

/** What the proc connector tells of processes: program starts and ends of whole processes. */
export interface ProcListener {
  started(pid: number): void;
  /** `timeNs`: when the end was received, nanoseconds since 1970. */
  ended(pid: number, timeNs: bigint): void;
}

function listenMessage(): Uint8Array {
  const writer = new ByteWriter(HOST_LITTLE_ENDIAN);
  writer.integer(NLMSG_HDRLEN + CN_MSG_BYTES + 4, 4);
  writer.integer(NLMSG_DONE, 2);
  for (const [value, size] of [
    [0, 2],
    [0, 4],
    [0, 4],
    [CN_IDX_PROC, 4],
    [CN_VAL_PROC, 4],
    [0, 4],
    [0, 4],
    [4, 2],
    [0, 2],
    [PROC_CN_MCAST_LISTEN, 4],
  ]) {
    writer.integer(value, size);
  }
  return writer.finish();
}

/**
 * Listens to the proc connector, which tells of every program that starts. It exists in the first network namespace
 * alone and needs CAP_NET_ADMIN on most kernels. Returns what ends the listening.
 */
export function listenToProcesses(listener: ProcListener): Result<{ close(): void }> {
  const cursor = new BatchCursor();
  const opened = openNetlink({
    protocol: NETLINK_CONNECTOR,
    groups: [CN_IDX_PROC],
    onBatch(batch) {
      cursor.reset(batch);
      while (cursor.next()) {
        if (cursor.kind === RECORD_DATAGRAM) tell(cursor.payload(), cursor.timeNs, listener);
      }
    },
    onError() {},
  });
  if (!opened.ok) return opened;
  const sent = opened.value.send(listenMessage());
  if (sent.ok) return opened;
  opened.value.close();
  return sent;
}

function tell(datagram: Uint8Array, timeNs: bigint, listener: ProcListener): void {
  forEachMessage(datagram, ({ start, end }) => {
    const event = start + CN_MSG_BYTES;
    if (end - event < PROC_EVENT_PIDS + 8 || readUnsigned(datagram, start, start + 4) !== CN_IDX_PROC) return;
    const what = readUnsigned(datagram, event, event + 4);
    const pid = readUnsigned(datagram, event + PROC_EVENT_PIDS, event + PROC_EVENT_PIDS + 4);
    const tgid = readUnsigned(datagram, event + PROC_EVENT_PIDS + 4, event + PROC_EVENT_PIDS + 8);
    if (what === PROC_EVENT_EXEC) listener.started(tgid);
    // A thread that ends is not the end of its process.
    else if (what === PROC_EVENT_EXIT && pid === tgid) listener.ended(tgid, timeNs);
  });
}
