import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryFile, PcapngWriter, plainEnvelope } from '../../app/captureFile/index.ts';
import type { Envelope, FieldNode, MessageValue } from '../../app/contracts/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { createDissector } from '../../app/dissect/index.ts';
import { GenlFamilyTable, saveMessages } from '../../app/session/index.ts';
import { builtinLibrary } from '../../app/specs/builtin.ts';
import type { SpecLibrary } from '../../app/specs/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import { sendAndRecord } from './craftService.ts';
import { type Decoding, ownDecoding } from './decoding.ts';
import type { Document } from './document.ts';
import { attributeSpace, operationForm, operationList } from './forms.ts';
import { listFamilies } from './genlKnowledge.ts';
import { Listing } from './listing.ts';
import { openDocument } from './openDocument.ts';
import { newRecording, type Recording } from './recording.ts';

/** Families that Linux has had for long, whose specs the tests take away. */
const TAKEN = ['netdev', 'mptcp_pm'];

function decodingOf(library: SpecLibrary): Decoding {
  return { library, dissector: createDissector(library) };
}

const whole = decodingOf(builtinLibrary());
const lacking = decodingOf(builtinLibrary(TAKEN));
const live = new GenlFamilyTable();
const here = await listFamilies(lacking);
if (here.ok) for (const family of here.value) live.learn(family);
const present = TAKEN.every((name) => live.byName(name)?.policy !== undefined);
if (!present) console.warn(`skipped: this kernel does not tell the policies of ${TAKEN.join(' and ')}`);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

let spools = 0;
function recordingWith(decoding: Decoding, families: GenlFamilyTable | null): Recording {
  const recording = newRecording(join(directory, `spool-${spools++}`), ownDecoding(decoding));
  for (const family of families?.all() ?? []) recording.document.hosts.of(OWN_HOST).families.learn(family);
  return recording;
}

function genl(genlFamily: string, cmd: string, attributes: MessageValue['attributes'], flags: string[] = []) {
  const value: MessageValue = {
    protocol: 'NETLINK_GENERIC',
    genlFamily,
    genl: { cmd, version: 1 },
    flags: ['NLM_F_REQUEST', ...flags],
    seq: 1,
    portid: 0,
    attributes,
  };
  return value;
}

const ADD_ADDR = genl('mptcp_pm', 'MPTCP_PM_CMD_ADD_ADDR', [
  {
    name: 'MPTCP_PM_ENDPOINT_ADDR',
    attributes: [
      { name: 'MPTCP_PM_ADDR_ATTR_FAMILY', value: 2 },
      { name: 'MPTCP_PM_ADDR_ATTR_ID', value: 7 },
      { name: 'MPTCP_PM_ADDR_ATTR_PORT', value: 8080 },
      { name: 'MPTCP_PM_ADDR_ATTR_IF_IDX', value: -1 },
    ],
  },
]);

function record(recording: Recording, value: MessageValue): number {
  const { bytes, problems } = encodeMessage(value, {
    library: whole.library,
    genl: live,
    littleEndian: HOST_LITTLE_ENDIAN,
  });
  expect(problems).toEqual([]);
  const envelope: Envelope = { ...plainEnvelope(16, HOST_LITTLE_ENDIAN, undefined, OWN_HOST), direction: 'request' };
  return recording.add(envelope, 1n, bytes, bytes.length);
}

function find(nodes: readonly FieldNode[], name: string): FieldNode | undefined {
  for (const node of nodes) {
    const found = node.name === name ? node : find(node.children, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every attribute of a message as name, type and value. */
function attributes(nodes: readonly FieldNode[]): [string, string, FieldNode['value']][] {
  return nodes.flatMap((node) => [
    ...(node.kind === 'attr' || node.kind === 'nest'
      ? [[node.name, node.type, node.value] as [string, string, FieldNode['value']]]
      : []),
    ...attributes(node.children),
  ]);
}

function reopened(document: Document, decoding: Decoding): Document {
  const file = new MemoryFile();
  saveMessages(document, new PcapngWriter(file, { application: 'test' }), null);
  const opened = openDocument(file, decoding);
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  return opened.value.document;
}

describe.skipIf(!present)('a family that no spec knows', () => {
  it('is read with types from the policy of the running kernel', () => {
    const { document } = addAddress();
    const { tree, summary } = document.dissect(0);
    expect(summary.type).toBe(`mptcp_pm cmd ${document.store.bytes(0)[16]}`);
    // The number is not said once more.
    expect(summary.info.join('')).not.toMatch(/cmd/);
    expect(attributes(tree)).toEqual([
      ['ATTR_1', 'nest', null],
      ['ATTR_1', 'u16', 2],
      ['ATTR_2', 'u8', 7],
      ['ATTR_5', 'u16', 8080],
      ['ATTR_7', 's32', -1],
    ]);
    expect(find(tree, 'genlmsghdr')?.note).toContain("from the kernel's policy");
  });

  it('is written as it was read', () => {
    const { document } = addAddress();
    const value = document.values(0)!;
    const { library } = document.decoding;
    const { bytes, problems } = encodeMessage(value, {
      library,
      genl: document.hosts.of(OWN_HOST).families,
      littleEndian: HOST_LITTLE_ENDIAN,
    });
    expect(problems).toEqual([]);
    expect(Buffer.from(bytes)).toEqual(Buffer.from(document.store.bytes(0)));
  });

  it('reads the same on another machine, from the file alone', () => {
    const { document } = addAddress();
    const other = reopened(document, ownDecoding(lacking));
    expect(other.hosts.of(OWN_HOST).families.byName('mptcp_pm')?.policy).toEqual(live.byName('mptcp_pm')?.policy);
    expect(other.dissect(0).tree).toEqual(document.dissect(0).tree);
  });

  it('has filter fields and a form to compose it, with the limits the kernel sets', () => {
    const { document } = addAddress();
    const listing = new Listing(document, 1);
    const applied = listing.setFilter('mptcp_pm.attr_1 && mptcp_pm.policy_1.attr_5 == 8080');
    expect(applied).toEqual({ ok: true, value: null });
    while (listing.step(1000));
    expect(listing.info().shown).toBe(1);
    const { library } = document.decoding;
    const operation = operationList(library).find(({ name }) => name === `mptcp_pm cmd ${document.store.bytes(0)[16]}`);
    expect(operation).toMatchObject({ genlFamily: 'mptcp_pm', mode: 'do', protocol: 'NETLINK_GENERIC' });
    const form = operationForm(library, operation!.id)!;
    expect(form.suggested).toEqual(['ATTR_1']);
    const nest = attributeSpace(library, form.space)!.attributes[0];
    expect(nest).toMatchObject({ name: 'ATTR_1', type: 'nest' });
    const inside = attributeSpace(library, nest.space)!.attributes;
    expect(inside.find(({ number }) => number === 2)).toMatchObject({ type: 'u8', min: '0', max: '255' });
  });

  it('asked live, answers with typed values, and likely readings of what no policy types', async () => {
    const recording = recordingWith(lacking, live);
    const message = { ...genl('netdev', 'NETDEV_CMD_DEV_GET', [{ name: 'NETDEV_A_DEV_IFINDEX', value: 1 }]), seq: 0 };
    const sent = await sendAndRecord(
      { message, protocol: 'NETLINK_GENERIC', extAck: true, strictCheck: true },
      { decoding: whole, families: live, recording, onRecorded() {} },
    );
    expect(sent).toMatchObject({ ok: true, value: { outcome: 'reply' } });
    const { tree } = recording.document.dissect(1);
    expect(find(tree, 'ATTR_1')).toMatchObject({ type: 'u32', value: 1 });
    const features = find(tree, 'NLA_? (3)') ?? find(tree, '? (3)');
    expect(features?.children[0]).toMatchObject({ kind: 'generated', name: 'likely u64' });
    const known = find(
      whole.dissector.dissect(
        recording.document.store.bytes(1),
        recording.document.store.envelope(1),
        recording.document.context(1),
      ).tree,
      'NETDEV_A_DEV_XDP_FEATURES',
    );
    expect(features?.children[0].text.split(' ')[0]).toBe(String(known?.value));
    const written = JSON.stringify(recording.document.values(1));
    expect(written).not.toContain('likely');
    recording.close();
  });

  it('is typed by a policy dump inside the capture, where the file holds no policy', async () => {
    const recording = recordingWith(lacking, null);
    const ask = genl(
      'nlctrl',
      'CTRL_CMD_GETPOLICY',
      [{ name: 'CTRL_ATTR_FAMILY_NAME', value: 'mptcp_pm' }],
      ['NLM_F_DUMP'],
    );
    await sendAndRecord(
      { message: { ...ask, seq: 0 }, protocol: 'NETLINK_GENERIC', extAck: true, strictCheck: true },
      { decoding: whole, families: live, recording, onRecorded() {} },
    );
    const row = record(recording, ADD_ADDR);
    recording.document.learn();
    expect(recording.document.hosts.of(OWN_HOST).families.byName('mptcp_pm')?.policy).toEqual(
      live.byName('mptcp_pm')?.policy,
    );
    expect(find(recording.document.dissect(row).tree, 'ATTR_5')).toMatchObject({ type: 'u16', value: 8080 });
    recording.close();
  });

  it('gives way to a spec', () => {
    const { document } = addAddress(whole);
    expect(find(document.dissect(0).tree, 'MPTCP_PM_ADDR_ATTR_PORT')).toMatchObject({ value: 8080 });
  });

  function addAddress(decoding = lacking): Recording {
    const recording = recordingWith(decoding, live);
    record(recording, ADD_ADDR);
    return recording;
  }
});
