import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type KnownStrings,
  MemoryFile,
  memorySource,
  PcapngWriter,
  plainEnvelope,
} from '../../app/captureFile/index.ts';
import type { Envelope, MessageValue } from '../../app/contracts/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { type Field, toHex } from '../../app/dissect/index.ts';
import { readCorpusFile } from '../../app/dissect/testing/corpus.ts';
import { GenlFamilyTable, saveMessages } from '../../app/session/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { OWN_NETNS } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import { netlinkRequest } from '../sources/request.ts';
import { makeNamespace, namespacesMissing, type TestNamespace, until } from '../sources/testing/namespace.ts';
import { createDecoding } from './decoding.ts';
import type { Document } from './document.ts';
import { listFamilies } from './genlKnowledge.ts';
import { openDocument } from './openDocument.ts';
import { newRecording } from './recording.ts';
import { listStrings } from './stringKnowledge.ts';
import { Watch } from './watch.ts';

const decoding = createDecoding();

function opened(bytes: Uint8Array): Document {
  const result = openDocument(memorySource(bytes), decoding);
  if (!result.ok) throw new Error(result.error.message);
  while (!result.value.step().finished);
  return result.value.document;
}

function saved(document: Document, wanted: ((row: number) => boolean) | null = null): Document {
  const file = new MemoryFile();
  saveMessages(document, new PcapngWriter(file, { application: 'test' }), wanted);
  return opened(file.read(0, file.size));
}

function rowsOf(document: Document, type: string): number[] {
  return Array.from({ length: document.store.count }, (_, row) => row).filter(
    (row) => document.summarize(row).type === type,
  );
}

function bitmap(document: Document, row: number, set: string): Field | undefined {
  const nest = document.decode(row).fields.find(({ name }) => name === set);
  return nest?.child('ETHTOOL_A_BITSET_VALUE');
}

/** Names in brackets. */
function names(text = ''): string[] {
  return Array.from(text.matchAll(/\[([^\]]*)\]/g), ([, name = '']) => name);
}

/** The capture without the messages of one type. */
function without(document: Document, type: string): Document {
  return saved(document, (row) => document.summarize(row).type !== type);
}

describe('bits that no header names', () => {
  const capture = opened(readCorpusFile('ethtool-a.pcap'));
  const [reply] = rowsOf(capture, 'ETHTOOL_MSG_FEATURES_GET_REPLY');

  it('have the names that a string set of the capture told', () => {
    const [told] = rowsOf(capture, 'ETHTOOL_MSG_STRSET_GET_REPLY');
    const strings = new Map<number, string>();
    const collect = (fields: readonly Field[]): void => {
      for (const field of fields) {
        const index = field.child('ETHTOOL_A_STRING_INDEX')?.raw;
        if (typeof index === 'number') strings.set(index, String(field.child('ETHTOOL_A_STRING_VALUE')?.raw));
        collect(field.children);
      }
    };
    collect(capture.decode(told).fields);
    const active = bitmap(capture, reply, 'ETHTOOL_A_FEATURES_ACTIVE');
    const bytes = active!.bytes();
    const set = [...strings].filter(([bit]) => ((bytes[bit >> 3] >> (bit & 7)) & 1) === 1);
    expect(set.length).toBeGreaterThan(10);
    expect(active?.text).toBe(set.map(([bit, name]) => `${bit} [${name}]`).join(', '));
    expect(capture.summarize(reply).info.join('')).toContain(`v0 active ${set[0][1]}, ${set[1][1]}, `);
  });

  it('keep their names in a file that holds those messages no more', () => {
    const other = without(capture, 'ETHTOOL_MSG_STRSET_GET_REPLY');
    const [row] = rowsOf(other, 'ETHTOOL_MSG_FEATURES_GET_REPLY');
    const text = bitmap(capture, reply, 'ETHTOOL_A_FEATURES_HW')?.text;
    expect(names(text).length).toBeGreaterThan(10);
    expect(bitmap(other, row, 'ETHTOOL_A_FEATURES_HW')?.text).toBe(text);
  });

  it('are written as they were read', () => {
    const { bytes, problems } = encodeMessage(capture.values(reply)!, {
      library: decoding.library,
      genl: capture.hosts.of(undefined).families,
      littleEndian: true,
    });
    expect(problems).toEqual([]);
    expect(toHex(bytes)).toBe(toHex(capture.store.bytes(reply)));
  });
});

describe('private flags', () => {
  const family = { id: 21, name: 'ethtool', version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] };

  /** A header that names the device by its index, its name or both. */
  function header(set: string, index: number | null, name: string | null) {
    const attributes = [
      ...(index === null ? [] : [{ name: 'ETHTOOL_A_HEADER_DEV_INDEX', value: index }]),
      ...(name === null ? [] : [{ name: 'ETHTOOL_A_HEADER_DEV_NAME', value: name }]),
    ];
    return { name: `ETHTOOL_A_${set}_HEADER`, attributes };
  }

  function told(index: number, name: string, flags: readonly string[]) {
    const strings = flags.map((value, i) => ({
      name: 'ETHTOOL_A_STRINGS_STRING',
      attributes: [
        { name: 'ETHTOOL_A_STRING_INDEX', value: i },
        { name: 'ETHTOOL_A_STRING_VALUE', value },
      ],
    }));
    const set = [
      { name: 'ETHTOOL_A_STRINGSET_ID', value: 'ETH_SS_PRIV_FLAGS' },
      { name: 'ETHTOOL_A_STRINGSET_COUNT', value: flags.length },
      { name: 'ETHTOOL_A_STRINGSET_STRINGS', attributes: strings },
    ];
    const sets = [{ name: 'ETHTOOL_A_STRINGSETS_STRINGSET', attributes: set }];
    return [header('STRSET', index, name), { name: 'ETHTOOL_A_STRSET_STRINGSETS', attributes: sets }];
  }

  const set = (bits: string) => ({
    name: 'ETHTOOL_A_PRIVFLAGS_FLAGS',
    attributes: [
      { name: 'ETHTOOL_A_BITSET_SIZE', value: 3 },
      { name: 'ETHTOOL_A_BITSET_VALUE', hex: bits },
    ],
  });

  it('are called as their own device calls them', () => {
    const genl = new GenlFamilyTable();
    genl.learn(family);
    const messages: [Envelope['direction'], string, MessageValue['attributes']][] = [
      ['reply', 'ETHTOOL_MSG_STRSET_GET_REPLY', told(7, 'eth0', ['legacy-rx', 'vf-vlan-pruning', 'fw-lldp'])],
      ['reply', 'ETHTOOL_MSG_STRSET_GET_REPLY', told(8, 'eth1', ['other'])],
      ['reply', 'ETHTOOL_MSG_PRIVFLAGS_GET_REPLY', [header('PRIVFLAGS', 7, 'eth0'), set('05000000')]],
      ['reply', 'ETHTOOL_MSG_PRIVFLAGS_GET_REPLY', [header('PRIVFLAGS', 8, 'eth1'), set('05000000')]],
      ['request', 'ETHTOOL_MSG_PRIVFLAGS_SET', [header('PRIVFLAGS', null, 'eth0'), set('02000000')]],
      ['request', 'ETHTOOL_MSG_PRIVFLAGS_SET', [header('PRIVFLAGS', 9, null), set('02000000')]],
    ];
    const document = opened(
      written(
        messages.map(([direction, cmd, attributes]) => {
          const value: MessageValue = {
            protocol: 'NETLINK_GENERIC',
            genlFamily: 'ethtool',
            genl: { cmd, version: 1 },
            flags: direction === 'request' ? ['NLM_F_REQUEST'] : [],
            seq: 1,
            portid: 1,
            attributes,
          };
          const { library } = decoding;
          const { bytes, problems } = encodeMessage(value, { library, genl, littleEndian: true });
          expect(problems).toEqual([]);
          return { envelope: { ...plainEnvelope(16, true), direction }, bytes };
        }),
      ),
    );
    const shown = [2, 3, 4, 5].map((row) => bitmap(document, row, 'ETHTOOL_A_PRIVFLAGS_FLAGS')?.text);
    expect(shown).toEqual(['0 [legacy-rx], 2 [fw-lldp]', '0 [other], 2', '1 [vf-vlan-pruning]', '1']);
  });

  function written(datagrams: readonly { readonly envelope: Envelope; readonly bytes: Uint8Array }[]): Uint8Array {
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    writer.facts({ families: [family] }, 0n);
    for (const { envelope, bytes } of datagrams) writer.datagram(envelope, 1n, bytes);
    writer.finish(1n);
    return file.read(0, file.size);
  }
});

const skipped = namespacesMissing() !== undefined;
const hasTool = spawnSync('which', ['ethtool']).status === 0;
if (!hasTool) console.warn('skipped: ethtool is not installed');
const families = await listFamilies(decoding);
const ethtool = families.ok ? families.value.find(({ name }) => name === 'ethtool') : undefined;
if (ethtool === undefined) console.warn('skipped: this kernel has no generic netlink family "ethtool"');

describe.skipIf(skipped || !hasTool || ethtool === undefined)('asked of this kernel', () => {
  let directory = '';
  let namespace: TestNamespace;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
    namespace = makeNamespace();
    namespace.ip('link', 'add', 'strings0', 'type', 'veth', 'peer', 'name', 'strings1');
  });
  afterAll(() => {
    namespace?.remove();
    rmSync(directory, { recursive: true });
  });

  /** A recording that holds what the kernel answers about the device's features. */
  async function asked(flags: string[], knows: boolean): Promise<Document> {
    const recording = newRecording(join(directory, `spool-${flags.length}-${knows}`), decoding);
    const { document } = recording;
    document.hosts.of(undefined).families.learn(ethtool!);
    const strings = await listStrings({ name: undefined, path: namespace.path }, document.hosts.of(undefined).families);
    if (knows) document.learnFacts({ strings });
    const header = [
      { name: 'ETHTOOL_A_HEADER_DEV_NAME', value: 'strings0' },
      { name: 'ETHTOOL_A_HEADER_FLAGS', value: flags },
    ];
    const message: MessageValue = {
      protocol: 'NETLINK_GENERIC',
      genlFamily: 'ethtool',
      genl: { cmd: 'ETHTOOL_MSG_FEATURES_GET', version: 1 },
      flags: ['NLM_F_REQUEST'],
      seq: 1,
      portid: 0,
      attributes: [{ name: 'ETHTOOL_A_FEATURES_HEADER', attributes: header }],
    };
    const { library } = decoding;
    const { bytes } = encodeMessage(message, {
      library,
      genl: document.hosts.of(undefined).families,
      littleEndian: HOST_LITTLE_ENDIAN,
    });
    const answer = await netlinkRequest({ protocol: 16, netns: namespace.path }, bytes);
    if (!answer.ok) throw new Error(answer.error.message);
    const envelope = { ...plainEnvelope(16, HOST_LITTLE_ENDIAN), direction: 'reply' } as const;
    for (const reply of answer.value.replies) recording.add(envelope, reply.timeNs, reply.bytes, reply.bytes.length);
    document.learn();
    return document;
  }

  /** Features that `ethtool -k` shows by the kernel's own names and as active. */
  function printed(): string[] {
    const command = ['netns', 'exec', namespace.name, 'ethtool', '--json', '-k', 'strings0'];
    const [link] = JSON.parse(execFileSync('ip', command, { encoding: 'utf8' }));
    return Object.entries<{ active?: boolean }>(link).flatMap(([name, { active }]) => (active === true ? [name] : []));
  }

  it('is what ethtool prints, where the kernel answered with bitmaps', async () => {
    const document = await asked(['ETHTOOL_FLAG_COMPACT_BITSETS'], true);
    const ours = names(bitmap(document, 0, 'ETHTOOL_A_FEATURES_ACTIVE')?.text);
    const theirs = printed();
    // ethtool has older names of its own for some; those that both have must be active in both.
    const all = names(bitmap(document, 0, 'ETHTOOL_A_FEATURES_HW')?.text);
    expect(theirs.filter((name) => all.includes(name) && !ours.includes(name))).toEqual([]);
    expect(ours.filter((name) => theirs.includes(name)).length).toBeGreaterThan(10);
  });

  it('is what a watch teaches, which asks again when a device comes', async () => {
    const told: (readonly KnownStrings[])[] = [];
    const watch = new Watch({ ...OWN_NETNS, path: namespace.path }, decoding, {
      familiesChanged() {},
      interfaceNamed() {},
      stringsKnown: (strings) => told.push(strings),
    });
    await watch.start();
    const { document } = newRecording(join(directory, 'spool-watch'), decoding);
    watch.teach(document);
    expect([...document.hosts.of(OWN_HOST).strings.all()].find(({ set }) => set === 4)?.names.length).toBeGreaterThan(
      40,
    );
    namespace.ip('link', 'add', 'strings2', 'type', 'bridge');
    await until(() => told.length > 0, 'the string sets were asked for again');
    expect(told[0]?.find(({ set }) => set === 4)?.names.length).toBeGreaterThan(40);
    watch.close();
  });

  it('is learned of answers that list bits one by one', async () => {
    const document = await asked([], false);
    const names = await listStrings({ name: undefined, path: namespace.path }, document.hosts.of(undefined).families);
    const features = names.find(({ set }) => set === 4)!;
    expect(features.names.length).toBeGreaterThan(40);
    for (const [bit, name] of features.names)
      expect([bit, document.hosts.of(undefined).strings.lookup(4, bit, null)]).toEqual([bit, name]);
  });
});
