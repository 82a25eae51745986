import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryFile, memorySource, PcapngWriter } from '../../app/captureFile/index.ts';
import { captureBytes, readAll } from '../../app/captureFile/testing/captures.ts';
import { forEachMessage, saveMessages } from '../../app/session/index.ts';
import { NETLINK_GENERIC, NLMSG_ERROR, viewOf } from '../../app/wire/index.ts';
import { createDecoding, ownDecoding } from './decoding.ts';
import type { Document } from './document.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';
import { rowPage } from './rows.ts';

const NLCTRL = 16;
const LO = 1;
/** Ids of two families: as in the captures they come from, and the other way round. */
const IDS = { wireguard: 40, ethtool: 22 };
const FLIPPED = { wireguard: IDS.ethtool, ethtool: IDS.wireguard };
const HOSTS = {
  alpha: 'alpha 11111111-2222-3333-4444-555555555555',
  beta: 'beta aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
};

const decoding = createDecoding();
const directory = mkdtempSync(join(tmpdir(), 'nlscope-hosts-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** The same traffic for every host, without what nlctrl says: only the file tells the families' ids. */
const frames = ['wg-a', 'ethtool-a'].flatMap((name) =>
  readAll(captureBytes(name)).frames.filter(
    ({ envelope, bytes }) => envelope.protocol !== NETLINK_GENERIC || viewOf(bytes).getUint16(4, true) !== NLCTRL,
  ),
);

/** A datagram of generic netlink as a host sends it that has the two families' ids flipped. */
function flipped(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = viewOf(copy);
  const flip = (at: number) => {
    const id = view.getUint16(at, true);
    if (id === IDS.wireguard || id === IDS.ethtool) view.setUint16(at, IDS.wireguard + IDS.ethtool - id, true);
  };
  forEachMessage(view, 0, copy.length, NETLINK_GENERIC, true, (start) => {
    flip(start + 4);
    // The request that an NLMSG_ERROR repeats.
    if (view.getUint16(start + 4, true) === NLMSG_ERROR) flip(start + 24);
  });
  return copy;
}

function put(writer: PcapngWriter, host: string, isFlipped: boolean, i: number): void {
  const { envelope, timeNs, bytes } = frames[i];
  const isGeneric = envelope.protocol === NETLINK_GENERIC;
  writer.datagram(
    { ...envelope, host },
    timeNs + (isFlipped ? 1n : 0n),
    isFlipped && isGeneric ? flipped(bytes) : bytes,
  );
}

function tell(writer: PcapngWriter, host: string, ids: { readonly [name: string]: number }, lo: string): void {
  const rest = { version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] };
  const families = Object.entries(ids).map(([name, id]) => ({ id, name, ...rest }));
  writer.facts({ host, families, interfaces: [{ index: LO, name: lo, nsid: null, timeNs: 0n }] }, 0n);
}

/** The capture of one host. */
function captureOf(name: keyof typeof HOSTS): Uint8Array {
  const file = new MemoryFile();
  const writer = new PcapngWriter(file, { application: 'test' });
  const isFlipped = name === 'beta';
  tell(writer, HOSTS[name], isFlipped ? FLIPPED : IDS, `lo-${name}`);
  for (let i = 0; i < frames.length; i++) put(writer, HOSTS[name], isFlipped, i);
  writer.finish(0n);
  return file.read(0, file.size);
}

/** One capture of both, their datagrams in turn. */
function captureOfBoth(): Uint8Array {
  const file = new MemoryFile();
  const writer = new PcapngWriter(file, { application: 'test' });
  tell(writer, HOSTS.alpha, IDS, 'lo-alpha');
  for (let i = 0; i < frames.length; i++) {
    put(writer, HOSTS.alpha, false, i);
    put(writer, HOSTS.beta, true, i);
    // What is known of a host may be told late.
    if (i === 20) tell(writer, HOSTS.beta, FLIPPED, 'lo-beta');
  }
  writer.finish(0n);
  return file.read(0, file.size);
}

function open(bytes: Uint8Array): Document {
  const opened = openDocument(memorySource(bytes), ownDecoding(decoding));
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  return opened.value.document;
}

function saved(document: Document): Uint8Array {
  const file = new MemoryFile();
  saveMessages(document, new PcapngWriter(file, { application: 'test' }), null);
  return file.read(0, file.size);
}

function merged(): Uint8Array {
  const [alpha, beta, both] = ['alpha', 'beta', 'both'].map((name) => join(directory, `${name}.pcapng`));
  writeFileSync(alpha, captureOf('alpha'));
  writeFileSync(beta, captureOf('beta'));
  execFileSync('mergecap', ['-w', both, alpha, beta]);
  return new Uint8Array(readFileSync(both));
}

/** Every message of a host: what the list says, and how its transaction ended where. */
function told(document: Document, host?: string) {
  const { store } = document;
  const all = Array.from({ length: store.count }, (_, row) => row);
  const rows = all.filter((row) => host === undefined || store.envelope(row).host === host);
  return rows.map((row) => {
    const { type, info } = document.summarize(row);
    const transaction = store.transaction(row);
    const { request = -1, state = '' } = transaction === 0 ? {} : store.transactions.get(transaction);
    return `${type} ${info.join('')} ${state} ${rows.indexOf(request)}`;
  });
}

function listed(document: Document, filter = ''): Listing {
  const listing = new Listing(document, 1);
  expect(listing.setFilter(filter)).toMatchObject({ ok: true });
  while (listing.step(1000));
  return listing;
}

/** Numbers of the messages that a filter finds, among those of the host. */
function found(document: Document, filter: string, host?: string): number[] {
  const listing = listed(document, filter);
  const { store } = document;
  const all = Array.from({ length: store.count }, (_, row) => row);
  const rows = all.filter((row) => host === undefined || store.envelope(row).host === host);
  const shown = Array.from({ length: listing.view.rowCount }, (_, index) => listing.view.rowAt(index).message);
  return shown.flatMap((row) => (rows.includes(row) ? [rows.indexOf(row)] : []));
}

const FILTERS = [
  'genl.family == "wireguard"',
  'nl.type == "ETHTOOL_MSG_LINKMODES_GET_REPLY"',
  // Read by the scan of attributes, and by decoding.
  'wg.listen_port == 51820',
  'ethtool.linkmodes.speed == 10000',
  'WGPEER_A_ENDPOINT',
];

const alone = { alpha: open(captureOf('alpha')), beta: open(captureOf('beta')) };
const hasMergecap = spawnSync('mergecap', ['--version']).status === 0;
if (!hasMergecap) console.warn('skipped: mergecap is not installed');

it('hosts with flipped ids read alike, each by its own file', () => {
  expect(told(alone.alpha).join('\n')).toContain('WG_CMD_SET_DEVICE set device wg0 listening port 51820');
  expect(told(alone.alpha).join('\n')).toContain('1: lo-alpha inet 127.0.0.1/8');
  expect(told(alone.beta).map((line) => line.replaceAll('lo-beta', 'lo-alpha'))).toEqual(told(alone.alpha));
});

describe.each([
  ['one capture of both', captureOfBoth, true],
  ['two captures merged by mergecap', merged, hasMergecap],
  ['one that was saved again', () => saved(open(captureOfBoth())), true],
  ['merged and saved again', () => saved(open(merged())), hasMergecap],
] as const)('%s', (_, make, isThere) => {
  it.skipIf(!isThere)('reads every host by its own kernel, in list, relations and filters', async () => {
    const both = open(make());
    expect(both.store.count).toBe(alone.alpha.store.count + alone.beta.store.count);
    for (const name of ['alpha', 'beta'] as const) {
      const host = HOSTS[name];
      expect(told(both, host)).toEqual(told(alone[name]));
      for (const filter of FILTERS) {
        const numbers = found(both, filter, host);
        expect([filter, numbers]).toEqual([filter, found(alone[name], filter)]);
        expect(numbers.length).toBeGreaterThan(0);
        // Nothing of the other host.
        expect(found(both, `nl.host == "${host}" && ${filter}`)).toHaveLength(numbers.length);
      }
    }
    const { rows } = await rowPage(listed(both), new Set(), 0, 1000);
    expect(new Set(rows.map(({ host }) => host))).toEqual(new Set(Object.values(HOSTS)));
  });
});

it('a capture of one host does not tell it in every row', async () => {
  const { rows } = await rowPage(listed(alone.alpha), new Set(), 0, 10);
  expect(rows).toHaveLength(10);
  expect(rows.map(({ host }) => host)).toEqual(rows.map(() => undefined));
});
