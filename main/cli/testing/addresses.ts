import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { memorySource, openCapture } from '../../../app/captureFile/index.ts';
import type { TestNamespace } from '../../sources/testing/namespace.ts';

/** linux/rtnetlink.h: RTNLGRP_IPV4_IFADDR, which tells of every address that is added. */
export const ADDRESS_GROUP = { protocol: 0, group: 5 };

const addressOf = (index: number) => [10, (index >> 16) & 255, (index >> 8) & 255, index & 255];

/** Lets ip(8) add addresses 10.0.0.0, 10.0.0.1, … as fast as it can: one notification each, in this order. */
export function addAddresses(namespace: TestNamespace, count: number): ChildProcess {
  const ip = spawn('ip', ['-n', namespace.name, '-batch', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  // It may be killed before it has read everything.
  ip.stdin.on('error', () => {});
  ip.stdin.end(
    Array.from({ length: count }, (_, index) => `addr add ${addressOf(index).join('.')}/32 dev lo\n`).join(''),
  );
  return ip;
}

/**
 * Datagrams of a capture of such notifications, checked to be those from number `first` on without a hole; the break if
 * it has one.
 */
export function countAddresses(
  path: string,
  first = 0,
): {
  readonly count: number;
  readonly broken: string;
  readonly lost: number;
} {
  const opened = openCapture(memorySource(new Uint8Array(readFileSync(path))));
  if (!opened.ok) throw new Error(opened.error.message);
  const reader = opened.value;
  let count = 0;
  let lost = 0;
  for (let kind = reader.next(); kind !== 'end'; kind = reader.next()) {
    if (kind === 'gap') {
      lost += reader.gap.lost ?? 0;
      continue;
    }
    const { view, start, length } = reader.frame;
    const bytes = Buffer.from(view.buffer, view.byteOffset + start, length);
    if (!bytes.includes(Buffer.from(addressOf(first + count)))) {
      throw new Error(`datagram ${count} is not of address ${first + count}`);
    }
    count++;
  }
  return { count, broken: reader.report().broken?.reason ?? '', lost };
}

/** Packets as capinfos(1) counts them; null where it is not installed. */
export function capinfosCount(path: string): number | null {
  const { status, stdout, error } = spawnSync('capinfos', ['-c', '-M', '-T', '-r', path], { encoding: 'utf8' });
  if (error) return null;
  if (status !== 0) throw new Error(`capinfos refuses ${path}`);
  return Number(stdout.trim().split('\t').at(-1));
}
