import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryFile, PcapngWriter } from '../../app/captureFile/index.ts';
import { captureBytes, capturePath, readAll } from '../../app/captureFile/testing/captures.ts';
import type { CaptureOptions, HostEvents, HostState } from '../../app/contracts/index.ts';
import { NETLINK_GENERIC, viewOf } from '../../app/wire/index.ts';
import { listGenlFamilies } from '../sources/genlFamilies.ts';
import { makeNamespace, namespacesMissing, type TestNamespace, until } from '../sources/testing/namespace.ts';
import { Engine } from './engine.ts';

const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
process.env['XDG_STATE_HOME'] = join(root, 'state');
afterAll(() => rmSync(root, { recursive: true }));

let engine: Engine;
let state: HostState;
let notices: HostEvents['notice'][];
let spaces: TestNamespace[] = [];

beforeEach(() => {
  engine = new Engine({ edition: 'served', directory: mkdtempSync(join(root, 'spool-')), crash: null, lost: [] });
  notices = [];
  engine.attach((name, data) => {
    if (name === 'state') state = data as HostState;
    if (name === 'notice') notices.push(data as HostEvents['notice']);
  });
});
afterEach(async () => {
  await engine.close();
  for (const space of spaces) space.remove();
  spaces = [];
});

function namespace(): TestNamespace {
  const made = makeNamespace();
  spaces.push(made);
  return made;
}

const ADDRESSES = [{ protocol: 0, group: 5 }];

async function start(options: Partial<CaptureOptions>): Promise<void> {
  const started = await engine.startCapture({ groups: ADDRESSES, ...options });
  expect(started).toMatchObject({ ok: true, value: { refused: [] } });
}

describe.skipIf(namespacesMissing() !== undefined)('a capture in several namespaces', () => {
  it('tells them apart, and goes on in the others when one goes', async () => {
    const [blue, red] = [namespace(), namespace()];
    blue.ip('link', 'add', 'p0', 'type', 'veth', 'peer', 'name', 'p1', 'netns', red.name);
    await start({ namespaces: [blue.name, red.path, blue.path] });
    blue.ip('addr', 'add', '10.1.0.1/32', 'dev', 'lo');
    red.ip('addr', 'add', '10.2.0.1/32', 'dev', 'lo');
    await until(() => state.view.total === 2, 'both are heard');
    expect(state.sources.map(({ name, ended }) => [name, ended])).toEqual([
      [blue.name, ''],
      [red.name, ''],
    ]);
    const { rows } = await engine.rows(0, 10);
    expect(new Set(rows.map(({ netns }) => netns))).toEqual(new Set([blue.name, red.name]));
    const filtered = await engine.setFilter(`nl.netns == "${red.name}"`);
    expect(filtered).toMatchObject({ ok: true, value: { shown: 1 } });

    red.remove();
    spaces = [blue];
    await until(() => notices.length > 0, 'it is told');
    const text = `The network namespace ${red.name} is gone: nothing more is captured there.`;
    expect(notices).toEqual([{ severity: 'error', text }]);
    blue.ip('addr', 'add', '10.1.0.2/32', 'dev', 'lo');
    await until(() => state.view.total === 3, 'the other goes on');
    expect(state.capture).toBe('capturing');
    // What came of each is counted, and kept.
    expect(state.sources).toMatchObject([
      { messages: 2, lost: 0, uncounted: false, errors: 0, error: '', ended: '' },
      { messages: 1, lost: 0, uncounted: false, errors: 1, error: text, ended: 'the namespace is gone' },
    ]);
    expect(state.sources[0].bytes).toBe(2 * state.sources[1].bytes);
    // Nothing of ours keeps it alive: the kernel removes its devices, and with them their peers elsewhere.
    const peer = () => spawnSync('ip', ['-n', blue.name, 'link', 'show', 'p0']).status === 0;
    await until(() => !peer(), 'the kernel has taken it down');

    blue.remove();
    spaces = [];
    await until(() => state.capture === 'stopped', 'nothing is left');
  });

  it('is refused in one sentence where there is no such namespace', async () => {
    expect(await engine.startCapture({ groups: ADDRESSES, namespaces: ['nowhere'] })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/no network namespace "nowhere"/) },
    });
  });
});

describe.skipIf(namespacesMissing() !== undefined)('a capture with limits', () => {
  it('writes files one after another and shows the latest', async () => {
    const { name, ip } = namespace();
    const folder = join(root, 'ring');
    mkdirSync(folder);
    const ringBuffer = { path: join(folder, 'r.pcapng'), messages: 4, files: 2 };
    await start({ namespaces: [name], ringBuffer, autostop: { messages: 14 } });
    for (let n = 1; n <= 20; n++) ip('addr', 'add', `10.1.0.${n}/32`, 'dev', 'lo');
    await until(() => state.capture === 'stopped', 'it stops by itself');
    expect(notices).toEqual([{ severity: 'note', text: 'Capturing stopped by itself: 14 messages, as it was told.' }]);
    expect(state.files).toMatchObject({ begun: 4, kept: 2, current: expect.stringMatching(/r_00004_\d{14}\.pcapng$/) });
    expect(state.view.total).toBe(2);
    const counts = readdirSync(folder)
      .sort()
      .map((file) => readAll(new Uint8Array(readFileSync(join(folder, file)))).frames.length);
    expect(counts).toEqual([4, 2]);
  });

  it('is refused when the files cannot be written', async () => {
    const { name } = namespace();
    const ringBuffer = { path: '/nowhere/r.pcapng', messages: 4 };
    expect(await engine.startCapture({ groups: ADDRESSES, namespaces: [name], ringBuffer })).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/cannot write \/nowhere\/r_00001_\d+\.pcapng: no such file/) },
    });
  });
});

describe('a pipe', () => {
  it('is captured from as it is written, and its end ends the capture', async () => {
    const fifo = join(root, 'fifo');
    spawnSync('mkfifo', [fifo]);
    await start({ groups: [], pipes: [fifo] });
    const content = readFileSync(capturePath('addr-a'));
    // The shell writes a part, waits to be told, and writes the rest.
    writeFileSync(join(root, 'first'), content.subarray(0, 3000));
    writeFileSync(join(root, 'rest'), content.subarray(3000));
    const go = join(root, 'go');
    const writer = `cat first; while [ ! -e go ]; do sleep 0.02; done; cat rest`;
    const shell = spawn('sh', ['-c', `{ ${writer}; } > fifo`], { cwd: root });
    await until(() => state.view.total > 0, 'the first part is shown');
    expect(state).toMatchObject({ capture: 'capturing', sources: [{ kind: 'pipe', name: fifo, ended: '' }] });
    expect(state.view.total).toBeLessThan(103);
    writeFileSync(go, '');
    await until(() => state.capture === 'stopped' && state.view.total === 103, 'everything is shown');
    expect(state).toMatchObject({ sources: [{ ended: 'it has ended' }], unsaved: true });
    expect(notices).toEqual([]);
    shell.kill();
  });

  it.skipIf(namespacesMissing() !== undefined)('whose writer is killed is told, and the others go on', async () => {
    const { name, ip } = namespace();
    const fifo = join(root, 'cut');
    spawnSync('mkfifo', [fifo]);
    await start({ namespaces: [name], pipes: [fifo] });
    writeFileSync(join(root, 'part'), readFileSync(capturePath('addr-a')).subarray(0, 3005));
    const shell = spawn('sh', ['-c', 'exec 1>cut; cat part; exec sleep 1000'], { cwd: root });
    await until(() => state.view.total > 0, 'the first part is shown');
    shell.kill('SIGKILL');
    await until(() => notices.length > 0, 'it is told');
    const words = expect.stringMatching(/^cut: a record of \d+ bytes, but .*; what came before is kept$/);
    expect(notices).toEqual([{ severity: 'error', text: words }]);
    await until(() => state.sources[1].ended !== '', 'its end is told');
    const { total } = state.view;
    ip('addr', 'add', '10.1.0.1/32', 'dev', 'lo');
    await until(() => state.view.total === total + 1, 'a message of the other source');
    expect(state).toMatchObject({
      capture: 'capturing',
      sources: [
        { messages: 1, errors: 0, ended: '' },
        {
          messages: total,
          lost: 0,
          uncounted: true,
          errors: 1,
          error: words,
          ended: expect.stringMatching(/a record/),
        },
      ],
    });
  });

  it('that is none is told', async () => {
    await start({ groups: [], pipes: [join(root, 'missing')] });
    await until(() => state.capture === 'stopped', 'it ends');
    expect(notices.map(({ text }) => text)).toEqual([expect.stringMatching(/^missing: cannot be read: no such file/)]);
  });
});

const listed = await listGenlFamilies();
const ethtool = listed.ok ? listed.value.find(({ name }) => name === 'ethtool') : undefined;
if (ethtool === undefined) console.warn('skipped: this kernel has no generic netlink family "ethtool"');

describe.skipIf(ethtool === undefined)('another host beside this one', () => {
  const BOX = 'box 11111111-2222-3333-4444-555555555555';
  const WIREGUARD = 40;
  const THERE = readAll(captureBytes('wg-a')).frames.filter(
    ({ envelope, bytes }) => envelope.protocol === NETLINK_GENERIC && viewOf(bytes).getUint16(4, true) === WIREGUARD,
  );

  /** What the other host sends: there, another family has the id that ethtool has here. */
  function capturedThere(id: number): Uint8Array {
    const file = new MemoryFile();
    const writer = new PcapngWriter(file, { application: 'test' });
    const family = { id, name: 'wireguard', version: 1, headerSize: 0, maxAttr: 8, groups: [], operations: [] };
    writer.facts({ host: BOX, families: [family] }, 0n);
    for (const { envelope, timeNs, bytes } of THERE) {
      const message = bytes.slice();
      viewOf(message).setUint16(4, id, true);
      writer.datagram({ ...envelope, host: BOX }, timeNs, message);
    }
    writer.flush();
    return file.read(0, file.size);
  }

  /** How many messages are of which family of this test, by their source; "?" for those that are of none. */
  async function familiesBySource(): Promise<{ [source: string]: { [family: string]: number } }> {
    const found: { [source: string]: { [family: string]: number } } = {};
    await engine.setGrouping(false);
    for (const { family, type, netns = 'here' } of (await engine.rows(0, 100)).rows) {
      const name = /^(WG|ETHTOOL)_/.exec(type)?.[1] ?? (type.startsWith('family') ? '?' : '');
      if (family !== 'GENL' || name === '') continue;
      const counts = found[netns] ?? {};
      found[netns] = { ...counts, [name]: (counts[name] ?? 0) + 1 };
    }
    return found;
  }

  it('has families of its own: live, in filters, and in the file', async () => {
    writeFileSync(join(root, 'there.pcapng'), capturedThere(ethtool!.id));
    writeFileSync(join(root, 'ssh'), `#!/bin/sh\ncat ${join(root, 'there.pcapng')}; exec sleep 1000\n`);
    chmodSync(join(root, 'ssh'), 0o755);
    process.env['NLSCOPE_SSH'] = join(root, 'ssh');
    await start({ remotes: [{ host: 'root@box' }] });
    await until(() => state.view.total >= THERE.length, 'the other host is heard');
    const message = {
      protocol: 'NETLINK_GENERIC',
      genlFamily: 'ethtool',
      genl: { cmd: 'ETHTOOL_MSG_STRSET_GET', version: 1 },
      flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
      seq: 0,
      portid: 0,
      attributes: [],
    };
    const sent = await engine.send({ message, protocol: 'NETLINK_GENERIC', extAck: true, strictCheck: true });
    expect(sent).toMatchObject({ ok: true });
    await engine.stopCapture();

    const families = await familiesBySource();
    expect(families).toMatchObject({ here: { ETHTOOL: 1 } });
    expect(Object.keys(families['root@box'])).toEqual(['WG']);
    const there = families['root@box']['WG'];
    expect(there).toBeGreaterThanOrEqual(THERE.length);
    const shown = async (filter: string) => {
      const applied = await engine.setFilter(filter);
      return applied.ok ? applied.value.shown : applied.error.message;
    };
    const counts = { ethtool: await shown('genl.family == "ethtool"'), wireguard: await shown('WGDEVICE_A_IFNAME') };
    expect(counts).toEqual({ ethtool: 1, wireguard: there });
    expect(await shown('nl.host matches "^box " && genl.family == "wireguard"')).toBe(there);
    await engine.setFilter('');

    const path = join(root, 'both.pcapng');
    expect(await engine.saveFile(path, { kind: 'all' })).toMatchObject({ ok: true });
    expect(await engine.openFile(path)).toMatchObject({ ok: true });
    expect(await familiesBySource()).toEqual(families);
  });
});
