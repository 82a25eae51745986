/**
 * Makes a small copy of a capture and of the strace text that was recorded with it, for the comparison in
 * strace.test.ts:
 *
 *     node app/dissect/testing/pruneTrace.mjs NAME.pcap NAME.strace[.gz] FOLDER [--keep-sock-diag]
 *
 * strace -yy asks the kernel about every socket through NETLINK_SOCK_DIAG: those frames are left out, unless the traced
 * commands used that protocol themselves. Of the text, the calls that carry netlink messages stay, without hex dumps.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const NETLINK_SOCK_DIAG = 4;
const [capture, trace, folder, option] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: pruneTrace.mjs NAME.pcap NAME.strace[.gz] FOLDER [--keep-sock-diag]\n');
  process.exit(2);
}
const name = basename(capture, '.pcap');
write(`${name}.pcap.gz`, prunePcap(readFileSync(capture), option !== '--keep-sock-diag'));
const text = readFileSync(trace);
write(`${name}.strace.gz`, pruneText((trace.endsWith('.gz') ? gunzipSync(text) : text).toString('latin1')));

/** A little-endian pcap without NETLINK_SOCK_DIAG; the protocol is the last field of the 16 byte cooked header. */
function prunePcap(data, dropSockDiag) {
  const parts = [data.subarray(0, 24)];
  for (let at = 24; at + 16 <= data.length; ) {
    const end = at + 16 + data.readUInt32LE(at + 8);
    if (!dropSockDiag || data.readUInt16BE(at + 16 + 14) !== NETLINK_SOCK_DIAG) parts.push(data.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

function pruneText(all) {
  const kept = all.split('\n').filter((line) => /nlmsg_len=|NETLINK:.*<unfinished|<\.\.\. \w+ resumed>/.test(line));
  return Buffer.from(`${kept.join('\n')}\n`, 'latin1');
}

function write(file, bytes) {
  writeFileSync(join(folder, file), gzipSync(bytes, { level: 9 }));
}
