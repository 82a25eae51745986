import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { learnFamily } from '../../app/dissect/genl.ts';
import { bareContext } from '../../app/dissect/index.ts';
import { CORPUS, newFamilies, readCorpus } from '../../app/dissect/testing/corpus.ts';
import { createDecoding, ownDecoding } from './decoding.ts';
import { leftOutSpecs, loadDecoding, loadUserSpecs, ownSpecFolder, specFolders } from './userSpecs.ts';

const KERNEL_FOLDER = process.env['NLSCOPE_YNL_SPECS'];
if (KERNEL_FOLDER === undefined) console.warn('skipped: NLSCOPE_YNL_SPECS names no folder of kernel specs');

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function folder(name: string, files: { readonly [file: string]: string }): string {
  const path = join(directory, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

const TOY = `
name: toy
protocol: genetlink
attribute-sets:
  - name: toy-attrs
    attributes:
      - { name: colour, type: u32 }
operations:
  list:
    - { name: paint, attribute-set: toy-attrs, do: { request: { attributes: [colour] } } }
`;

const base = createDecoding();

describe('specs of a user', () => {
  it('extend ours, with the view beside them', () => {
    const path = folder('good', { 'toy.yaml': TOY, 'toy.view.yaml': 'spec: toy\nshort: t\n', 'README.md': 'no spec' });
    const { library } = ownDecoding(base);
    expect(loadUserSpecs(library, [path])).toEqual({
      loaded: [{ name: 'toy', path: join(path, 'toy.yaml') }],
      problems: [],
    });
    const [colour] = [...library.genlSpec('toy')!.spaces.values()][0].byNumber.values();
    expect(colour).toMatchObject({ name: 'TOY_A_TOY_COLOUR', filter: 't.colour', type: 'u32' });
    expect(base.library.genlSpec('toy')).toBeUndefined();
  });

  it('override ours, and the last folder the ones before', () => {
    const wireguard = TOY.replace('name: toy\n', 'name: wireguard\n');
    const first = folder('first', { 'wg.yaml': wireguard });
    const last = folder('last', { 'wg.yaml': wireguard.replace('paint', 'repaint') });
    const { library } = ownDecoding(base);
    loadUserSpecs(library, [first, last]);
    expect(library.genlMessage('wireguard', 1, true)?.name).toBe('WIREGUARD_CMD_REPAINT');
    expect(library.space('wireguard/wgdevice')).toBeUndefined();
  });

  it('that are broken are told with their line and skipped', () => {
    const path = folder('bad', {
      'a-yaml.yaml': 'name: [',
      'b-type.yaml': TOY.replace('u32', 'u33'),
      'c-list.yaml': '- 1\n- 2\n',
      'd-empty.yaml': '',
      'e-good.yaml': TOY,
    });
    const { library } = ownDecoding(base);
    const { loaded, problems } = loadUserSpecs(library, [path, join(directory, 'missing')]);
    expect(loaded.map(({ name }) => name)).toEqual(['toy']);
    expect(problems).toHaveLength(5);
    expect(problems[1]).toMatch(/b-type\.yaml:7:\d+: .*u33/);
    expect(problems[4]).toMatch(/missing: specs cannot be read from it: no such file or directory/);
  });

  it('that say what the format does not have are told too, and read as far as they can be', () => {
    const path = folder('odd', { 'toy.yaml': TOY.replace('genetlink', 'gennetlink') });
    const { loaded, problems } = loadUserSpecs(ownDecoding(base).library, [path]);
    expect(loaded.map(({ name }) => name)).toEqual(['toy']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/toy\.yaml:3:\d+: .*gennetlink/);
  });

  it('that take the place of ours leave those in force that refer to ours', () => {
    const path = folder('conntrack', { 'conntrack.yaml': TOY.replace('name: toy\n', 'name: conntrack\n') });
    const { library } = createDecoding();
    expect(loadUserSpecs(library, [path]).problems).toEqual([]);
    expect(library.space('conntrack/tuple-attrs')).toBeUndefined();
    expect(library.space('ctexp/expect-attrs')?.byName.get('CTA_EXPECT_MASTER')?.space?.name).toBe('tuple-attrs');
  });

  it('stand in the configuration folder and where the environment says', () => {
    const config = folder('config', {});
    mkdirSync(join(config, 'nlscope', 'specs'), { recursive: true });
    const environment = { XDG_CONFIG_HOME: config, NLSCOPE_SPECS: '/a:/b' };
    expect(ownSpecFolder(environment)).toBe(join(config, 'nlscope', 'specs'));
    expect(specFolders(environment)).toEqual([join(config, 'nlscope', 'specs'), '/a', '/b']);
    expect(specFolders({ XDG_CONFIG_HOME: '/nowhere' })).toEqual([]);
  });

  it('can do without some of ours, but not without those that others are written with', () => {
    const path = folder('instead', { 'toy.yaml': TOY });
    const { decoding, specs } = loadDecoding([path], ['nlscope_lab', 'conntrack', 'nosuch']);
    const { library } = decoding;
    expect([library.describes('nlscope_lab'), library.describes('toy')]).toEqual([false, true]);
    expect(library.space('conntrack/tuple-attrs')).toBeDefined();
    expect(specs.problems).toHaveLength(2);
    expect(specs.problems[0]).toMatch(/^conntrack cannot be left out: another spec is written with it \(/);
    expect(specs.problems[1]).toBe('nosuch cannot be left out: there is no spec of that name');
    expect(leftOutSpecs({ NLSCOPE_WITHOUT_SPECS: 'a,b' })).toEqual(['a', 'b']);
  });

  it.skipIf(KERNEL_FOLDER === undefined)('may be the kernel’s own, unmodified: they read the corpus', () => {
    const { decoding, specs } = loadDecoding([KERNEL_FOLDER!]);
    expect(specs.problems).toEqual([]);
    expect(specs.loaded.length).toBeGreaterThan(30);
    const families = newFamilies();
    for (const file of CORPUS) {
      for (const { bytes, envelope } of readCorpus(file)) {
        learnFamily(bytes, envelope, bareContext(families), families);
        expect(() => decoding.dissector.dissect(bytes, envelope, bareContext(families))).not.toThrow();
      }
    }
  });
});
