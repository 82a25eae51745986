import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import type { Envelope } from '../../app/contracts/index.ts';
import { type ToldTask, toldNftTask } from '../../app/dissect/index.ts';
import { NETLINK_NETFILTER } from '../../app/wire/index.ts';
import { openCaptureFile } from '../cli/captureInput.ts';
import { type BuiltCommand, buildCommand, capturePath, startCommand } from '../cli/testing/command.ts';
import { makeNamespace, namespacesMissing, type TestNamespace } from '../sources/testing/namespace.ts';
import { createDecoding } from './decoding.ts';
import { Document } from './document.ts';
import { speakerOf } from './speakers.ts';

const decoding = createDecoding();
const SECOND = 1_000_000_000n;
const NFT_MSG_NEWTABLE = 0x0a00;
const NFT_MSG_NEWGEN = 0x0a0f;

const NOTIFIED: Envelope = {
  protocol: NETLINK_NETFILTER,
  direction: 'notify',
  group: 7,
  nsid: null,
  sourcePortid: 0,
  destPortid: null,
  littleEndian: true,
};

/** A message of nf_tables with a header of its own and the task that NFTA_GEN_PROC_PID and _NAME name, if any. */
function message(type: number, portid: number, task: ToldTask | null): Uint8Array {
  const name = task === null ? 0 : task.comm.length + 1;
  const bytes = new Uint8Array(20 + (task === null ? 0 : 12 + ((name + 3) & ~3)));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length, true);
  view.setUint16(4, type, true);
  view.setUint32(12, portid, true);
  if (task === null) return bytes;
  view.setUint16(20, 8, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, task.pid);
  view.setUint16(28, 4 + name, true);
  view.setUint16(30, 3, true);
  bytes.set(new TextEncoder().encode(task.comm), 32);
  return bytes;
}

/** Messages, each with its second, and who spoke in them: "nft[5] told". */
function speakers(messages: readonly (readonly [second: bigint, bytes: Uint8Array, envelope?: Envelope])[]) {
  const all = new Uint8Array(messages.reduce((sum, [, bytes]) => sum + bytes.length, 0));
  const document = new Document(memorySource(all), decoding);
  let at = 0;
  for (const [second, bytes, envelope = NOTIFIED] of messages) {
    all.set(bytes, at);
    document.store.appendDatagram(envelope, second * SECOND, at, bytes);
    at += bytes.length;
  }
  document.learn();
  return messages.map((_, row) => {
    const owner = speakerOf(document, row)?.owner;
    return owner === undefined ? null : `${owner.process?.comm}[${owner.process?.pid}] ${owner.provenance}`;
  });
}

describe('who the kernel names in NFT_MSG_NEWGEN', () => {
  it('is the cause of the notifications before it with the same address, and of nothing long before or after', () => {
    const table = message(NFT_MSG_NEWTABLE, 900, null);
    const generation = message(NFT_MSG_NEWGEN, 900, { pid: 900, comm: 'nft' });
    expect(
      speakers([
        [10n, table],
        [20n, table],
        [20n, message(NFT_MSG_NEWTABLE, 901, null)],
        [20n, generation],
        [40n, table],
      ]),
    ).toEqual([null, 'nft[900] told', null, 'nft[900] told', null]);
  });

  it('is believed from the kernel alone', () => {
    const generation = message(NFT_MSG_NEWGEN, 900, { pid: 900, comm: 'nft' });
    const sent: Envelope = { ...NOTIFIED, direction: 'user', group: null, sourcePortid: 900 };
    expect(speakers([[20n, generation, sent]])).toEqual([null]);
    const elsewhere: Envelope = { ...NOTIFIED, nsid: 4 };
    expect(speakers([[20n, generation, elsewhere]])).toEqual([null]);
  });

  it('stands in the message in any length that it may be cut to', () => {
    const whole = message(NFT_MSG_NEWGEN, 900, { pid: 77, comm: 'firewalld' });
    expect(toldNftTask(whole, true)).toEqual({ pid: 77, comm: 'firewalld' });
    for (let length = 0; length < whole.length - 10; length++)
      expect(toldNftTask(whole.subarray(0, length), true)).toBeNull();
  });

  it('speaks in captures that nobody watched processes for', async () => {
    const { document } = await openCaptureFile(capturePath('nft-b.pcap.gz'), decoding);
    const told = new Map<string, number>();
    for (let row = 0; row < document.store.count; row++) {
      const { protocol } = document.store.envelope(row);
      const owner = speakerOf(document, row)?.owner;
      expect(owner === undefined || protocol === NETLINK_NETFILTER).toBe(true);
      if (owner?.process) told.set(owner.process.comm, (told.get(owner.process.comm) ?? 0) + 1);
    }
    expect([...told.keys()]).toEqual([
      'nft',
      'iptables-nft',
      'iptables-nft-sa',
      'ip6tables-nft',
      'ip6tables-nft-s',
      'ebtables-nft',
      'arptables-nft',
    ]);
    expect(told.get('nft')).toBeGreaterThan(100);
  });
});

describe.skipIf(namespacesMissing() || spawnSync('nft', ['-v']).status !== 0)('a ruleset that changes', () => {
  let command: BuiltCommand;
  let namespace: TestNamespace;
  beforeAll(async () => {
    command = await buildCommand();
    namespace = makeNamespace();
  });
  afterAll(() => {
    namespace?.remove();
    command?.remove();
  });

  it('tells who changed it, although that process has ended before anybody can look', async () => {
    const fields = ['--fields', 'nl.type,nl.comm,nl.pid,nl.provenance'];
    const where = ['--netns', namespace.name, '--group', 'netfilter/nftables', '-a', 'messages:4'];
    const capture = await startCommand(command, ['capture', ...where, ...fields], /Capturing/);
    const change = (...words: string[]) =>
      String(spawnSync('ip', ['netns', 'exec', namespace.name, 'nft', 'add', ...words]).pid);
    const table = change('table', 'inet', 't');
    const chain = change('chain', 'inet', 't', 'c');
    const { out } = await capture.ended;
    // On an idle machine it may have been seen with its socket before it ended.
    const provenance = expect.stringMatching(/^(told|exact)$/);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => line.split('\t')),
    ).toEqual([
      ['NFT_MSG_NEWTABLE', 'nft', table, provenance],
      ['NFT_MSG_NEWGEN', 'nft', table, provenance],
      ['NFT_MSG_NEWCHAIN', 'nft', chain, provenance],
      ['NFT_MSG_NEWGEN', 'nft', chain, provenance],
    ]);
  });
});
