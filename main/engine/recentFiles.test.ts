import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { RecentFiles, recentFilesPath } from './recentFiles.ts';

const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('keeps the latest first, once each, and forgets files that are gone', () => {
  const store = join(directory, 'state', 'recent.json');
  const paths = Array.from({ length: 14 }, (_, i) => join(directory, `${i}.pcap`));
  for (const path of paths) {
    writeFileSync(path, 'x');
    new RecentFiles(store).add(path);
  }
  new RecentFiles(store).add(paths[5]);
  rmSync(paths[13]);
  const names = new RecentFiles(store).list().map((file) => file.name);
  expect(names).toEqual(['5', '12', '11', '10', '9', '8', '7', '6', '4', '3', '2'].map((n) => `${n}.pcap`));
});

it('lives with a list that is damaged or cannot be written', () => {
  const store = join(directory, 'damaged.json');
  writeFileSync(store, '{"not": "a list"}');
  expect(new RecentFiles(store).list()).toEqual([]);
  const unwritable = new RecentFiles(join(store, 'below-a-file', 'recent.json'));
  unwritable.add(store);
  expect(unwritable.list()).toEqual([]);
});

it('follows the XDG base directory specification', () => {
  expect(recentFilesPath({ XDG_STATE_HOME: '/state' })).toBe('/state/nlscope/recent.json');
  expect(recentFilesPath({ XDG_STATE_HOME: 'relative' })).toMatch(/\/\.local\/state\/nlscope\/recent\.json$/);
});
