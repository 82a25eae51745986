import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { noops } from '../../app/captureFile/testing/noops.ts';
import type { FindPlace, FindQuery, HostEvents, HostState, Row } from '../../app/contracts/index.ts';
import { makeNamespace, namespacesMissing, type TestNamespace, until } from '../sources/testing/namespace.ts';
import { Engine } from './engine.ts';

const capture = (name: string) => fileURLToPath(new URL(`../../e2e/captures/${name}.pcap`, import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
process.env['XDG_STATE_HOME'] = join(root, 'state');
afterAll(() => rmSync(root, { recursive: true }));

let engine: Engine;
let state: HostState;
let notices: HostEvents['notice'][];

beforeEach(() => {
  engine = new Engine({ edition: 'served', directory: mkdtempSync(join(root, 'spool-')), crash: null, lost: [] });
  notices = [];
  engine.attach((name, data) => {
    if (name === 'state') state = data as HostState;
    if (name === 'notice') notices.push(data as HostEvents['notice']);
  });
});
afterEach(() => engine.close());

/** Waits until the list is complete, by what a window would ask and not by events that may lag behind. */
async function complete(): Promise<void> {
  for (;;) {
    const { progress, total } = await engine.expand(0, false);
    if (progress === 1 && total > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function allRows(): Promise<Row[]> {
  return [...(await engine.rows(0, 4096)).rows];
}

/** Searches as a window does: asks on until there is an answer; null when nothing is found. */
async function find(query: FindQuery): Promise<{ index: number; wrapped: boolean } | null> {
  let place: FindPlace | undefined;
  for (;;) {
    const answer = await engine.find(place === undefined ? query : { ...query, place });
    if (!answer.ok) throw new Error(answer.error.message);
    if (answer.value.kind === 'found') return { index: answer.value.index, wrapped: answer.value.wrapped };
    if (answer.value.kind !== 'more') return null;
    place = answer.value.place;
  }
}

/** What the info column reads. */
const infoText = ({ info }: Row) => info.join('').trim();

describe('a capture file', () => {
  it('has the fields that each window asks for, whatever another one asks for', async () => {
    await engine.openFile(capture('link-attrs-a'));
    await complete();
    const pages = await Promise.all([engine.rows(0, 200, ['link.ifname']), engine.rows(0, 200, ['link.mtu'])]);
    const names = pages.map(({ rows }) => new Set(rows.flatMap(({ fields = {} }) => Object.keys(fields))));
    expect(names).toEqual([new Set(['link.ifname']), new Set(['link.mtu'])]);
  });

  it('says when fields that had to be looked for can be asked for', async () => {
    await engine.openFile(capture('link-attrs-a'));
    await complete();
    const named = state.names;
    const shown = async () =>
      (await engine.rows(0, 200, ['ifinfomsg.ifi_type', 'no.such_field'])).rows.some(
        ({ fields }) => fields !== undefined,
      );
    if (!(await shown())) await until(() => state.names > named, 'rows read otherwise');
    expect(await shown()).toBe(true);
    // Which is once: a name that nothing has is not looked for for ever.
    await until(() => state.names >= named, 'the state is told');
    const settled = state.names;
    await shown();
    await sleep(300);
    expect(state.names).toBe(settled);
  });

  it('opens, is listed with replies under their requests, and filters', async () => {
    expect(await engine.openFile(capture('addr-a'))).toEqual({
      ok: true,
      value: { messages: 103, datagrams: 70, broken: '', stopped: '' },
    });
    await complete();
    await until(() => state.capture === 'file', 'the state is told');
    expect(state).toMatchObject({ capture: 'file', fileName: 'addr-a.pcap', unsaved: false });
    expect(state.counts['0']).toBe(103);

    const ungrouped = await engine.setGrouping(false);
    expect(ungrouped).toMatchObject({ rows: 103, total: 103, shown: 103 });
    const grouped = await engine.setGrouping(true);
    expect(grouped.rows).toBeLessThan(103);
    expect(grouped.generation).toBeGreaterThan(ungrouped.generation);

    const [request] = await allRows();
    expect(request).toMatchObject({ type: 'RTM_NEWLINK', direction: 'request', relation: 'collapsed' });
    expect(request.outcome.kind).toBe('ack');
    expect(request.outcome.latency).toBeGreaterThan(0);
    await engine.expand(1, true);
    const [, reply] = await allRows();
    expect(reply).toMatchObject({ depth: 1, relation: 'last', type: 'NLMSG_ERROR', process: 'kernel' });

    const filtered = await engine.setFilter('nl.type == "RTM_NEWADDR" && nl.dir == request');
    expect(filtered.ok && filtered.value.progress).toBe(1);
    const rows = await allRows();
    expect(new Set(rows.filter((row) => row.depth === 0).map((row) => row.type))).toEqual(new Set(['RTM_NEWADDR']));
    const wrong = await engine.setFilter('link.mtu == "x"');
    expect(wrong).toMatchObject({ ok: false, error: { range: { start: 12, end: 15 } } });
    await until(() => state.view.filter === 'nl.type == "RTM_NEWADDR" && nl.dir == request', 'the old filter stays');
  });

  it('shows what has been read of it when opening is stopped', async () => {
    const path = join(root, 'long.pcap');
    writeFileSync(path, noops(100_000));
    const opening = engine.openFile(path);
    await engine.stopJob();
    const opened = await opening;
    expect(opened).toMatchObject({ ok: true, value: { stopped: 'asked', broken: '' } });
    const read = opened.ok ? opened.value.messages : 0;
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(100_000);
    await complete();
    expect((await engine.rows(read - 1, 5)).rows.map(({ number }) => number)).toEqual([read]);
    await until(() => state.job === null, 'the job is over');

    const first = engine.openFile(path);
    const second = engine.openFile(path);
    expect(await first).toMatchObject({ ok: true, value: { stopped: 'replaced' } });
    expect(await second).toMatchObject({ ok: true, value: { messages: 100_000, stopped: '' } });
    await until(() => state.view.total === 100_000, 'the whole of it is told');
  });

  it('explains a refusal, on the request and on the reply', async () => {
    await engine.openFile(capture('link-bond'));
    await engine.setGrouping(false);
    await complete();
    const rows = await allRows();
    const refused = rows.find((row) => (row.error?.attribute ?? '') !== '' && row.direction === 'request');
    const detail = await engine.detail(refused?.number ?? 0);
    expect(detail?.explanation).toMatchObject({
      errno: refused?.error?.errno,
      requestNumber: refused?.number,
      attribute: 'IFLA_BOND_AD_LACP_RATE',
      advice: expect.stringContaining('IFLA_BOND_AD_LACP_RATE'),
    });
    const { range, replyNumber } = detail?.explanation ?? {};
    const bytes = Buffer.from(detail?.bytes ?? '', 'base64');
    // An attribute's range begins with its own header: IFLA_BOND_AD_LACP_RATE is number 21.
    expect(bytes.readUInt16LE((range?.start ?? 0) + 2) & 0x3fff).toBe(21);
    expect(bytes.readUInt16LE(range?.start ?? 0)).toBe((range?.end ?? 0) - (range?.start ?? 0));
    const reply = await engine.detail(replyNumber ?? 0);
    expect(reply?.explanation).toEqual(detail?.explanation);
    expect(detail?.transaction).toEqual([refused?.number, replyNumber]);

    await until(() => state.severities.error > 0, 'the expert has looked');
    const experts = await engine.experts(0, 1000);
    expect(experts.items).toContainEqual(expect.objectContaining({ number: replyNumber, severity: 'error' }));
    const next = await find({ kind: 'severity', from: -1 });
    expect(rows[next?.index ?? -1].error).not.toBeNull();
    expect((await engine.overview(10)).filter((mark) => mark === 'error').length).toBeGreaterThan(0);
  });

  it('is searched by text, bytes and filter, once around', async () => {
    await engine.openFile(capture('route-a'));
    await engine.setGrouping(false);
    await complete();
    const rows = await allRows();
    const at = async (kind: 'text' | 'bytes' | 'filter', text: string, from = -1, backwards = false) =>
      find({ kind, text, from, backwards });
    const first = rows.findIndex((row) => row.type === 'RTM_NEWROUTE');
    expect(await at('text', 'rtm_newroute')).toEqual({ index: first, wrapped: false });
    expect(await at('filter', 'nl.type == "RTM_NEWROUTE"', first, true)).toMatchObject({ wrapped: true });
    const last = (await at('filter', 'nl.type == "RTM_NEWROUTE"', first, true))?.index ?? 0;
    expect(await at('text', 'RTM_NEWROUTE', last)).toEqual({ index: first, wrapped: true });
    expect(await at('text', 'not to be found')).toBeNull();
    expect(await engine.find({ kind: 'bytes', text: 'no hex', from: -1 })).toMatchObject({ ok: false });
    expect(await engine.find({ kind: 'filter', text: 'no.such == 1', from: -1 })).toMatchObject({
      error: { message: expect.stringContaining('no.such') },
    });
    const { bytes } = (await engine.detail(rows[first].number))!;
    expect(await at('bytes', Buffer.from(bytes, 'base64').toString('hex'))).toEqual({ index: first, wrapped: false });
  });

  it('is saved, all of it or a part, and says the same when opened again', async () => {
    await engine.openFile(capture('nft-a'));
    await engine.setGrouping(false);
    await complete();
    const before = (await allRows()).map((row) => [row.type, row.time, row.length, infoText(row)]);
    await engine.mark([2, 3], true);
    const whole = join(root, 'whole.pcapng');
    expect(await engine.saveFile(whole, { kind: 'all' })).toMatchObject({ value: { messages: 289, datagrams: 222 } });
    const part = join(root, 'part.pcapng');
    expect(await engine.saveFile(part, { kind: 'numbers', numbers: [1, 2, 5] })).toMatchObject({
      value: { messages: 3 },
    });
    await engine.openFile(whole);
    await complete();
    expect((await allRows()).map((row) => [row.type, row.time, row.length, infoText(row)])).toEqual(before);
    expect((await engine.setGrouping(false)).marked).toBe(2);
    expect((await engine.recentFiles()).slice(0, 3).map((file) => file.name)).toEqual([
      'whole.pcapng',
      'part.pcapng',
      'nft-a.pcap',
    ]);
    // Over the very file that is open.
    expect(await engine.saveFile(whole, { kind: 'numbers', numbers: [1] })).toMatchObject({ ok: true });
    expect((await allRows()).length).toBe(289);
    expect(readdirSync(root).filter((name) => name.includes('.part-'))).toEqual([]);
    expect(await engine.saveFile('/proc/nowhere', { kind: 'all' })).toMatchObject({ ok: false });
  });

  it('is exported without becoming another capture, and never by half', async () => {
    await engine.openFile(capture('nft-a'));
    await complete();
    const path = join(root, 'out.csv');
    expect(await engine.exportFile(path, { kind: 'all' }, 'csv')).toMatchObject({ value: { path, messages: 289 } });
    const text = readFileSync(path, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength(290);
    expect(state.fileName).toBe('nft-a.pcap');
    expect((await engine.recentFiles())[0].name).toBe('nft-a.pcap');
    expect(await engine.exportFile(root, { kind: 'all' }, 'json')).toMatchObject({
      ok: false,
      error: { message: `Cannot export to ${root}: is a folder.` },
    });
    expect(readdirSync(root).filter((name) => name.includes('.part-'))).toEqual([]);
  });

  it('that cannot be read leaves what is shown alone', async () => {
    await engine.openFile(capture('rule-a'));
    const text = join(root, 'text.pcap');
    writeFileSync(text, 'no capture at all');
    expect(await engine.openFile(text)).toMatchObject({ ok: false });
    expect(await engine.openFile('/nowhere')).toMatchObject({
      error: { message: expect.stringContaining('no such file') },
    });
    expect((await engine.setGrouping(false)).total).toBe(93);
  });
});

describe('craft', () => {
  it('offers operations, and encodes what a template becomes', async () => {
    const operations = await engine.operations();
    const newLink = operations.find(({ name, mode }) => name === 'RTM_NEWLINK' && mode === 'do');
    expect(newLink).toMatchObject({ protocol: 'NETLINK_ROUTE', mutating: true, capability: 'CAP_NET_ADMIN' });
    expect(operations.find(({ name, mode }) => name === 'RTM_GETLINK' && mode === 'dump')).toMatchObject({
      mutating: false,
      capability: '',
    });
    const form = await engine.operationForm(newLink?.id ?? '');
    expect(form?.header?.name).toBe('ifinfomsg');
    const space = await engine.attributeSpace(form?.space ?? '');
    expect(space?.attributes.find(({ name }) => name === 'IFLA_MTU')).toMatchObject({ number: 4, type: 'u32' });
    const report = await engine.encode({
      ...form!.template,
      attributes: [
        { name: 'IFLA_MTU', value: 1400 },
        { name: 'IFLA_NOPE', value: 1 },
      ],
    });
    const bytes = Buffer.from(report.bytes, 'base64');
    expect(bytes.subarray(32, 40).toString('hex')).toBe('0800040078050000');
    expect(report.problems).toEqual([expect.objectContaining({ path: ['attributes', 1] })]);
    expect(report.tree.some(({ name, value }) => name === 'IFLA_MTU' && value === 1400)).toBe(true);
    expect(await engine.operationForm('no such operation')).toBeNull();
  });

  it('reads hex as people write it', async () => {
    const hex = '0x14,00:00 00 \\x12\\x00 01 03 64000000 00000000 11000000';
    expect(await engine.decodeHex('ROUTE', hex.slice(0, -9))).toMatchObject({
      value: { messages: [{ summary: expect.stringContaining('RTM_GETLINK') }] },
    });
    expect(await engine.decodeHex('ROUTE', '123')).toMatchObject({ ok: false });
    expect(await engine.decodeHex('NONSENSE', '12')).toMatchObject({ ok: false });
  });

  it('takes a captured message apart and puts it together again', async () => {
    await engine.openFile(capture('link-kinds-a'));
    const value = await engine.messageValue(1);
    const detail = await engine.detail(1);
    expect(value.ok && (await engine.encode(value.value)).bytes).toBe(detail?.bytes);
  });
});

describe('completion', () => {
  it('proposes values that were seen', async () => {
    await engine.openFile(capture('addr-a'));
    const text = 'nl.type == ';
    const { options } = await engine.completeFilter(text, text.length);
    expect(options.slice(0, 3).map(({ label }) => label)).toContain('RTM_NEWADDR');
    expect(await engine.checkFilter('(')).toMatchObject({ state: 'incomplete' });
  });
});

describe.skipIf(namespacesMissing())('live', () => {
  let namespace: TestNamespace;
  beforeEach(() => {
    namespace = makeNamespace();
  });
  afterEach(() => namespace.remove());

  const LINK = { protocol: 0, group: 1 };
  const ADDRESSES = { protocol: 0, group: 5 };

  it('captures what ip does, joins while capturing, and stops at once', async () => {
    const started = await engine.startCapture({ groups: [LINK], netns: namespace.path });
    expect(started).toEqual({ ok: true, value: { joined: [LINK], refused: [] } });
    namespace.ip('link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'a1');
    await until(() => state.view.total >= 2, 'the links are seen');
    expect(await engine.subscribe({ add: [ADDRESSES, { protocol: 0, group: 1000 }], remove: [] })).toMatchObject({
      value: { joined: [ADDRESSES], refused: [{ ref: { group: 1000 } }] },
    });
    namespace.ip('addr', 'add', '10.9.8.7/24', 'dev', 'a0');
    await until(() => state.counts['0/5'] === 1, 'the address is seen');
    await complete();
    const rows = await allRows();
    expect(rows.map((row) => row.type)).toEqual(['RTM_NEWLINK', 'RTM_NEWLINK', 'RTM_NEWADDR']);
    expect(infoText(rows[2])).toContain('10.9.8.7/24');
    expect(infoText(rows[2])).toContain('a0');
    expect(rows[2]).toMatchObject({
      direction: 'notify',
      // On whose behalf: ip may be gone before anybody sees its socket, its address stays.
      process: expect.stringMatching(/^\((ip\[\d+\]\??|portid [1-9]\d*)\)$/),
      outcome: { kind: 'group', text: 'group ipv4-ifaddr' },
    });
    expect(state).toMatchObject({ capture: 'capturing', unsaved: true, drops: { kernel: 0, queue: 0 } });

    await engine.stopCapture();
    namespace.ip('link', 'del', 'a0');
    await until(() => state.capture === 'stopped', 'the state is told');
    expect(state.view.total).toBe(3);
    await engine.startCapture({ groups: [LINK], netns: namespace.path });
    namespace.ip('link', 'add', 'b0', 'type', 'veth', 'peer', 'name', 'b1');
    await until(() => state.view.total === 5, 'capturing goes on');
    await engine.clear();
    await until(() => state.view.total === 0, 'the list is empty');
    expect(state).toMatchObject({ capture: 'capturing', unsaved: false });
  });

  it('delivers what was received before it stops, or says that it could not', async () => {
    await engine.startCapture({ groups: [{ protocol: 0, group: 7 }], netns: namespace.path });
    namespace.ip('link', 'set', 'lo', 'up');
    const routes = Array.from({ length: 2000 }, (_, i) => `route add 10.0.${i >> 8}.${i & 255}/32 dev lo`);
    const batch = join(root, 'batch');
    writeFileSync(batch, routes.join('\n'));
    // This blocks the event loop: at its end nothing has been handed over yet.
    namespace.ip('-batch', batch);
    await engine.stopCapture();
    await until(() => state.capture === 'stopped' && state.view.progress === 1, 'the list is complete');
    // What a slow machine cannot take over in time stands in the list as a gap: nothing is lost in silence.
    const { total } = state.view;
    expect(total + state.drops.kernel >= routes.length || state.severities.gap > 0).toBe(true);
    expect(total).toBeGreaterThan(0);
  });

  it('keeps what arrives while the list is paused', async () => {
    await engine.startCapture({ groups: [LINK], netns: namespace.path });
    await engine.pauseView(true);
    namespace.ip('link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'a1');
    await until(() => state.view.total === 2, 'the links are kept');
    expect((await engine.rows(0, 10)).total).toBe(0);
    await engine.pauseView(false);
    await until(() => state.view.rows === 2, 'the links are shown');
  });

  it('captures everything the kernel permits', async () => {
    const started = await engine.startCapture({ groups: [], everything: true, netns: namespace.path });
    expect(started.ok && started.value.joined.length).toBeGreaterThan(20);
    namespace.ip('link', 'add', 'a0', 'type', 'veth', 'peer', 'name', 'a1');
    await until(() => (state.counts['0/1'] ?? 0) >= 2, 'the links are seen');
    expect(await engine.startCapture({ groups: [] })).toMatchObject({ ok: false });
    expect(await engine.startCapture({ groups: [LINK], netns: '/nowhere' })).toMatchObject({ ok: false });
    // A start that fails leaves the running capture alone.
    const { total } = state.view;
    namespace.ip('link', 'del', 'a0');
    await until(() => state.view.total > total, 'capturing goes on');
  });

  it('sends a request, and records it with its answer and the notification it causes', async () => {
    await engine.startCapture({ groups: [LINK], netns: namespace.path });
    const operation = (await engine.operations()).find(({ name, mode }) => name === 'RTM_NEWLINK' && mode === 'do');
    const { template } = (await engine.operationForm(operation?.id ?? ''))!;
    const message = {
      ...template,
      attributes: [
        { name: 'IFLA_IFNAME', value: 'made0' },
        { name: 'IFLA_LINKINFO', attributes: [{ name: 'IFLA_INFO_KIND', value: 'veth' }] },
      ],
    };
    const request = { message, protocol: 'NETLINK_ROUTE', netns: namespace.path, extAck: true, strictCheck: true };
    const sent = await engine.send(request);
    expect(sent).toMatchObject({ ok: true, value: { number: 1, outcome: 'ack', errno: '' } });
    await until(() => state.view.total >= 4, 'the notifications arrive');
    await engine.setGrouping(false);
    await complete();
    const rows = await allRows();
    expect(rows[0]).toMatchObject({
      direction: 'request',
      type: 'RTM_NEWLINK',
      process: 'nlscope',
      outcome: { kind: 'ack' },
    });
    expect(
      rows
        .filter((row) => row.direction === 'notify')
        .map(infoText)
        .join(),
    ).toContain('made0');

    const again = await engine.send(request);
    expect(again).toMatchObject({ ok: true, value: { outcome: 'error', errno: 'EEXIST' } });
    const wrong = await engine.send({
      ...request,
      message: { ...message, attributes: [...message.attributes, { name: 'IFLA_NUM_TX_QUEUES', value: 1_000_000 }] },
    });
    expect(wrong).toMatchObject({ value: { outcome: 'error' } });
    const bad = await engine.send({
      ...request,
      message: {
        ...message,
        attributes: [{ name: 'IFLA_IFNAME', value: 'x'.repeat(40) }],
      },
    });
    expect(bad).toMatchObject({
      value: { errno: 'ERANGE', message: 'Attribute failed policy validation', attribute: 'IFLA_IFNAME' },
    });
    const detail = await engine.detail(bad.ok ? bad.value.number : 0);
    expect(detail?.explanation?.range).toEqual(bad.ok && bad.value.range);
  });

  it('records what is sent while a file is open, after the file', async () => {
    await engine.openFile(capture('rule-a'));
    const bytes = Buffer.from('14000000120001030500000000000000', 'hex');
    const sent = await engine.send({
      bytes: Buffer.concat([bytes, Buffer.alloc(4)]).toString('base64'),
      protocol: 'NETLINK_ROUTE',
      netns: namespace.path,
      extAck: true,
      strictCheck: false,
    });
    expect(sent).toMatchObject({ value: { number: 94, outcome: 'done' } });
    await until(() => state.unsaved, 'the sent message counts as unsaved');
    expect((await engine.detail(94))?.summary).toContain('RTM_GETLINK');
    expect((await engine.detail(1))?.protocol).toBe('NETLINK_ROUTE');
    const path = join(root, 'with-sent.pcapng');
    expect(await engine.saveFile(path, { kind: 'all' })).toMatchObject({ ok: true });
    await engine.openFile(path);
    expect((await engine.detail(94))?.direction).toBe('request');
    await until(() => !state.unsaved, 'a file that was just opened is saved');
  });
});

it('lists what this kernel has', async () => {
  const { protocols } = await engine.inventory();
  const route = protocols.find(({ name }) => name === 'NETLINK_ROUTE');
  expect(route?.groups.find(({ name }) => name === 'link')?.ref).toEqual({ protocol: 0, group: 1 });
  const generic = protocols.find(({ name }) => name === 'NETLINK_GENERIC');
  expect(generic?.genlFamilies.find(({ name }) => name === 'nlctrl')).toMatchObject({ id: 16, known: true });
});

describe('what is not saved of a file', () => {
  it('is marks and time references as they are, and comments', async () => {
    const unsaved = () => expect.poll(() => state.unsavedParts);
    const path = join(root, 'noted.pcapng');
    await engine.openFile(capture('route-a'));
    await unsaved().toEqual([]);
    await engine.mark([3, 4], true);
    await unsaved().toEqual(['marks']);
    expect(state.unsaved).toBe(true);
    await engine.mark([3, 4, 5], false);
    await unsaved().toEqual([]);
    await engine.setReference(7, true);
    await unsaved().toEqual(['references']);
    await engine.clearReferences();
    await unsaved().toEqual([]);
    await engine.setReference(8, true);
    await engine.mark([5], true);
    await engine.setComment(9, 'here');
    await unsaved().toEqual(['comments', 'marks', 'references']);
    // What a selection of messages was saved to holds no more than that.
    expect(await engine.saveFile(join(root, 'one.pcapng'), { kind: 'numbers', numbers: [5] })).toMatchObject({
      ok: true,
    });
    await unsaved().toEqual(['comments', 'marks', 'references']);
    expect(await engine.saveFile(path, { kind: 'all' })).toMatchObject({ ok: true });
    await unsaved().toEqual([]);
    await engine.mark([5], false);
    await unsaved().toEqual(['marks']);
    await engine.openFile(path);
    await unsaved().toEqual([]);
  });
});

describe('comments', () => {
  it('are kept with the capture, and what is unsaved of them is told', async () => {
    const path = join(root, 'commented.pcapng');
    await engine.openFile(capture('route-a'));
    expect(await engine.setComment(0, 'nothing')).toMatchObject({ ok: false });
    expect(await engine.setComment(3, 'look here')).toMatchObject({ ok: true });
    expect(await engine.comments(0, 10)).toMatchObject({ total: 1, items: [{ number: 3, text: 'look here' }] });
    expect((await engine.detail(3))?.comment).toBe('look here');
    await expect.poll(() => state.unsaved).toBe(true);
    expect(state).toMatchObject({ comments: { messages: 1 }, unsavedParts: ['comments'] });
    expect(await engine.saveFile(path, { kind: 'all' })).toMatchObject({ ok: true });
    await expect.poll(() => state.unsaved).toBe(false);
    await engine.openFile(path);
    expect((await engine.comments(0, 10)).items).toMatchObject([{ number: 3, text: 'look here' }]);
    await engine.setComment(3, '');
    await expect.poll(() => state.unsaved).toBe(true);
    expect((await engine.comments(0, 10)).total).toBe(0);
  });
});
