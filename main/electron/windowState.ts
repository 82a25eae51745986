import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, type BrowserWindow, type Rectangle, screen } from 'electron';
import * as v from 'valibot';

const DEFAULT = { width: 1440, height: 900 };
/** So much of a window must lie on a screen, from its upper edge on, for its title bar to be taken hold of. */
const REACHABLE = { width: 100, height: 40 };
const file = (): string => join(app.getPath('userData'), 'window.json');

const pixels = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000));
const savedWindow = v.object({
  bounds: v.object({ x: pixels, y: pixels, width: pixels, height: pixels }),
  maximized: v.boolean(),
});
type SavedWindow = v.InferOutput<typeof savedWindow>;

/** Size and place of the last window; of one on a screen that is there no more its size alone, as far as there is room. */
export function restoreBounds(): { bounds: Partial<Rectangle>; maximized: boolean } {
  const saved = readSaved();
  if (saved === null) return { bounds: DEFAULT, maximized: false };
  const { bounds, maximized } = saved;
  const area = screen.getDisplayMatching(bounds).workArea;
  const width = Math.min(bounds.width, area.width);
  const height = Math.min(bounds.height, area.height);
  const reachable =
    Math.min(bounds.x + width, area.x + area.width) - Math.max(bounds.x, area.x) >= REACHABLE.width &&
    bounds.y >= area.y &&
    bounds.y + REACHABLE.height <= area.y + area.height;
  return { bounds: reachable ? { x: bounds.x, y: bounds.y, width, height } : { width, height }, maximized };
}

/** Null where nothing was saved, or what cannot be read. */
function readSaved(): SavedWindow | null {
  try {
    const parsed = v.safeParse(savedWindow, JSON.parse(readFileSync(file(), 'utf8')));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/** Remembers a window's size and place when it closes. */
export function rememberBounds(window: BrowserWindow): void {
  window.on('close', () => {
    const saved: SavedWindow = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
    try {
      writeFileSync(file(), JSON.stringify(saved));
    } catch {
      // A read-only profile must not keep a window from closing.
    }
  });
}
