import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FieldNode, HostEvents } from '../../app/contracts/index.ts';
import { until } from '../sources/testing/namespace.ts';
import { Engine } from './engine.ts';

const capture = fileURLToPath(new URL('../../e2e/captures/wg-a.pcap', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
const config = join(root, 'config');
const specs = join(config, 'nlscope', 'specs');
process.env['XDG_STATE_HOME'] = join(root, 'state');
process.env['XDG_CONFIG_HOME'] = config;
afterAll(() => rmSync(root, { recursive: true }));

let engine: Engine;
let notices: HostEvents['notice'][];

function start(): void {
  engine = new Engine({ edition: 'served', directory: mkdtempSync(join(root, 'spool-')), crash: null, lost: [] });
  notices = [];
  engine.attach((name, data) => {
    if (name === 'notice') notices.push(data as HostEvents['notice']);
  });
}

beforeEach(() => {
  rmSync(config, { recursive: true, force: true });
  mkdirSync(specs, { recursive: true });
  start();
});
afterEach(() => engine.close());

function find(
  tree: readonly FieldNode[],
  name: string,
  path: number[] = [],
): { node: FieldNode; path: number[] } | null {
  for (const [at, node] of tree.entries()) {
    const here = [...path, at];
    const found = node.name === name ? { node, path: here } : find(node.children, name, here);
    if (found !== null) return found;
  }
  return null;
}

/** Number of the first message with a field of that name, and the field. */
async function messageWith(name: string) {
  for (let number = 1; ; number++) {
    const detail = await engine.detail(number);
    if (detail === null) throw new Error(`no message has ${name}`);
    const found = find(detail.tree, name);
    if (found !== null) return { number, ...found };
  }
}

describe('decode-as in the window', () => {
  it('offers what can be read otherwise, shows how it would read, applies it at once and keeps it', async () => {
    await engine.openFile(capture);
    const { number, path } = await messageWith('WGDEVICE_A_IFNAME');
    const options = await engine.decodeOptions(number, path);
    if (!options.ok) throw new Error(options.error.message);
    expect(options.value.targets.map(({ target }) => target)).toEqual([
      'attr:WGDEVICE_A_IFNAME',
      'attr:wireguard/device-attrs/2',
      'genl:wireguard/1',
      'genl:wireguard',
    ]);
    expect(options.value.readings.find(({ reading }) => reading === 'rt-link/link-attrs')).toBeDefined();

    const rule = 'attr:WGDEVICE_A_IFNAME=u32';
    const preview = await engine.previewRule(number, rule);
    expect(preview).toMatchObject({ ok: true, value: { fields: [{ name: 'WGDEVICE_A_IFNAME', decodedAs: rule }] } });
    expect(await engine.previewRule(number, 'attr:WGDEVICE_A_IFNAME=hax')).toMatchObject({ ok: false });

    const filter = await engine.setFilter('wg.ifname == "wg0"');
    expect(filter.ok && filter.value.shown).toBeGreaterThan(0);
    expect(await engine.setDecodeRules([rule])).toMatchObject({ ok: true });
    expect((await messageWith('WGDEVICE_A_IFNAME')).node.text).toBe(String(0x306777));
    expect(notices.map(({ text }) => text).join()).toContain('no longer in force');
    expect(await engine.decodeRules()).toEqual([{ rule, problem: '' }]);
    expect(readFileSync(join(config, 'nlscope', 'decode-as'), 'utf8')).toBe(`${rule}\n`);

    expect(await engine.setDecodeRules([rule, 'attr:NOPE=hex'])).toMatchObject({ ok: false });
    expect(await engine.decodeRules()).toHaveLength(1);
    await engine.close();
    start();
    await engine.openFile(capture);
    expect((await messageWith('WGDEVICE_A_IFNAME')).node.decodedAs).toBe(rule);
    await engine.setDecodeRules([]);
    expect((await messageWith('WGDEVICE_A_IFNAME')).node.value).toBe('wg0');
  });

  it('has a filter in force again that a rule put out of force, unless another was set in between', async () => {
    await engine.openFile(capture);
    const view = () => engine.setGrouping(false);
    const text = 'wg.ifname == "wg0"';
    const rules = ['attr:WGDEVICE_A_IFNAME=u32'];
    await engine.setFilter(text);
    const { filter, shown } = await view();
    expect(filter).toBe(text);
    await engine.setDecodeRules(rules);
    expect((await view()).filter).toBe('');
    await engine.setDecodeRules([]);
    expect(await view()).toMatchObject({ filter, shown });
    expect(notices.map((one) => one.text)).toContain(`The filter ${text} is in force again.`);
    await engine.setDecodeRules(rules);
    await engine.setFilter('');
    await engine.setDecodeRules([]);
    expect((await view()).filter).toBe('');
  });

  it('keeps a rule whose spec is gone and says why it is not in force', async () => {
    writeFileSync(join(config, 'nlscope', 'decode-as'), '# mine\ngenl:99=gone\n');
    await engine.close();
    start();
    expect(notices.map(({ text }) => text).join()).toContain('There is no reading "gone"');
    expect(await engine.decodeRules()).toMatchObject([
      { rule: 'genl:99=gone', problem: expect.stringContaining('gone') },
    ]);
    expect(await engine.setDecodeRules(['genl:99=gone', 'proto:31=text'])).toMatchObject({ ok: true });
    expect((await engine.decodeRules()).filter(({ problem }) => problem === '')).toHaveLength(1);
  });
});

const WIREGUARD = `
name: wireguard
protocol: genetlink-legacy
attribute-sets:
  - name: wgdevice
    name-prefix: my-
    attributes:
      - { name: index, type: u32 }
      - { name: called, type: string }
operations:
  list:
    - { name: look, value: 1, attribute-set: wgdevice, do: { request: { attributes: [called] } } }
`;

describe('specs of the user', () => {
  it('are read anew on demand, for what is shown too, and broken ones are told with their line', async () => {
    await engine.openFile(capture);
    await engine.setFilter('wireguard');
    const { number } = await messageWith('WGDEVICE_A_IFNAME');
    writeFileSync(join(specs, 'wireguard.yaml'), WIREGUARD);
    const report = await engine.reloadSpecs();
    expect(report).toMatchObject({ folders: [specs], loaded: [{ name: 'wireguard' }], problems: [] });
    expect(find((await engine.detail(number))?.tree ?? [], 'MY_CALLED')?.node.value).toBe('wg0');
    expect((await engine.setFilter('wireguard.called == "wg0"')).ok).toBe(true);

    writeFileSync(join(specs, 'wireguard.yaml'), WIREGUARD.replace('type: u32', 'type: u33'));
    const broken = await engine.reloadSpecs();
    expect(broken.problems).toHaveLength(1);
    expect(broken.problems[0]).toContain('wireguard.yaml:8:');
    expect(find((await engine.detail(number))?.tree ?? [], 'WGDEVICE_A_IFNAME')?.node.value).toBe('wg0');
    expect(await engine.specs()).toEqual(broken);
  });

  it('are read anew when their files change', async () => {
    await engine.openFile(capture);
    const { number } = await messageWith('WGDEVICE_A_IFNAME');
    writeFileSync(join(specs, 'wireguard.yaml'), WIREGUARD);
    await until(() => notices.some(({ text }) => text.includes('1 spec is in force')), 'the change is noticed');
    expect(find((await engine.detail(number))?.tree ?? [], 'MY_CALLED')?.node.value).toBe('wg0');
  });

  it('are read when their folder is made while the window is open, and anew from then on', async () => {
    engine.close();
    rmSync(specs, { recursive: true });
    start();
    expect(await engine.specs()).toMatchObject({ folders: [], loaded: [], problems: [] });
    mkdirSync(specs);
    writeFileSync(join(specs, 'wireguard.yaml'), WIREGUARD);
    await until(() => notices.some(({ text }) => text.includes('1 spec is in force')), 'the folder is noticed');
    expect(await engine.specs()).toMatchObject({ folders: [specs], loaded: [{ name: 'wireguard' }] });
    writeFileSync(join(specs, 'wireguard.yaml'), WIREGUARD.replace('type: u32', 'type: u33'));
    await until(() => notices.some(({ text }) => text.includes('wireguard.yaml:8:')), 'the change is noticed');
  });
});
