import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, type BrowserWindow, type Rectangle, screen } from 'electron';

const DEFAULT = { width: 1440, height: 900 };
const file = (): string => join(app.getPath('userData'), 'window.json');

interface SavedWindow {
  readonly bounds: Rectangle;
  readonly maximized: boolean;
}

/** Size and place of the last window, where a screen still shows it. */
export function restoreBounds(): { bounds: Partial<Rectangle>; maximized: boolean } {
  try {
    const saved = JSON.parse(readFileSync(file(), 'utf8')) as SavedWindow;
    const { bounds } = saved;
    const area = screen.getDisplayMatching(bounds).workArea;
    const visible =
      bounds.x < area.x + area.width &&
      bounds.y < area.y + area.height &&
      bounds.x + bounds.width > area.x &&
      bounds.y + bounds.height > area.y;
    if (visible) return { bounds, maximized: saved.maximized === true };
  } catch {
    // No saved state, or one that cannot be read: the default does.
  }
  return { bounds: DEFAULT, maximized: false };
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
