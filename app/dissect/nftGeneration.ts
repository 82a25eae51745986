import { forEachAttribute, NLMSG_HDRLEN, readText } from '../wire/index.ts';
import { NFGENMSG_LEN, numberAt } from './nftSet.ts';

/** nlmsg_type of NFT_MSG_NEWGEN, with NFNL_SUBSYS_NFTABLES in its upper byte (linux/netfilter/nf_tables.h). */
export const NFT_NEWGEN = 0x0a0f;

/** NFTA_GEN_*. */
const GEN = { pid: 2, name: 3 } as const;

/** The task that a message of the kernel was made for: nf_tables_fill_gen_info() tells task_pid_nr() and comm of it. */
export interface ToldTask {
  readonly pid: number;
  readonly comm: string;
}

/**
 * The task that NFT_MSG_NEWGEN names: who changed the ruleset, or who asked for its generation.
 * @returns null when the message does not tell both its number and its name, as Linux before 4.13
 */
export function toldNftTask(bytes: Uint8Array, littleEndian: boolean): ToldTask | null {
  if (bytes.length < NLMSG_HDRLEN + NFGENMSG_LEN) return null;
  let [pid, comm] = [0, ''];
  forEachAttribute(bytes, NLMSG_HDRLEN + NFGENMSG_LEN, bytes.length, littleEndian, (number, start, end) => {
    if (number === GEN.pid) pid = numberAt(bytes, start, end);
    else if (number === GEN.name) comm = readText(bytes, start, end);
  });
  return pid === 0 || comm === '' ? null : { pid, comm };
}
