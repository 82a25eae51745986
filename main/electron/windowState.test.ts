import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rectangle } from 'electron';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { restoreBounds } from './windowState.ts';

const { profile, area } = vi.hoisted(() => ({
  profile: { folder: '' },
  area: { x: 0, y: 30, width: 1920, height: 1050 },
}));
vi.mock('electron', () => ({
  app: { getPath: () => profile.folder },
  // Of several displays the nearest, wherever it is.
  screen: { getDisplayMatching: () => ({ workArea: area }) },
}));

profile.folder = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(profile.folder, { recursive: true }));

const DEFAULT = { bounds: { width: 1440, height: 900 }, maximized: false };
const restored = (saved: string) => {
  writeFileSync(join(profile.folder, 'window.json'), saved);
  return restoreBounds();
};
const at = (x: number, y: number, width = 1200, height = 800): Rectangle => ({ x, y, width, height });
const saved = (bounds: unknown, maximized: unknown = false) => restored(JSON.stringify({ bounds, maximized }));

describe('where a window opens', () => {
  it('is where the last one was', () => {
    expect(saved(at(100, 60), true)).toEqual({ bounds: at(100, 60), maximized: true });
    expect(saved(at(-1000, 60))).toEqual({ bounds: at(-1000, 60), maximized: false });
  });

  it.each([
    ['on a display that is gone', at(3000, 200)],
    ['but for its edge on it', at(1900, 200)],
    ['with its title bar above the screen', at(100, -700)],
    ['with its title bar below the screen', at(100, 1070)],
  ])('is left to the desktop for a window %s, with its size', (_, bounds) => {
    expect(saved(bounds)).toEqual({ bounds: { width: 1200, height: 800 }, maximized: false });
  });

  it('is no larger than the screen', () => {
    expect(saved(at(0, 30, 3840, 2160))).toEqual({ bounds: at(0, 30, 1920, 1050), maximized: false });
  });

  it('does not depend on what a file says that is damaged', () => {
    rmSync(join(profile.folder, 'window.json'), { force: true });
    expect(restoreBounds()).toEqual(DEFAULT);
    for (const text of ['', '{', 'null', '[]', '{"bounds":{}}']) expect(restored(text)).toEqual(DEFAULT);
    expect(saved({ x: 0, y: 0, width: '1200', height: 800 })).toEqual(DEFAULT);
    expect(saved({ x: 0, y: 0, width: 1e12, height: 800 })).toEqual(DEFAULT);
    expect(saved(at(0, 40), 'yes')).toEqual(DEFAULT);
  });
});
