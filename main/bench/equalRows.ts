import type { BrowserContext, Page } from '@playwright/test';

/** As many rows as the window's list shows, of the same height. */
const ROWS = 21;
const ROW_PIXELS = 24;
const TEXT = '12,345 12:34:56.123456 RT RTM_NEWROUTE kernel MP 116 main unicast 10.0.0.0/24 dev eth0 scope link';

const CONTENT = `<!doctype html><style>
  body { margin: 0; overflow: hidden; font: 13px/${ROW_PIXELS}px monospace; }
  #list { position: relative; height: ${(ROWS - 1) * ROW_PIXELS}px; overflow: hidden; }
  #rows { will-change: transform; }
  #rows div { position: absolute; left: 0; right: 0; height: ${ROW_PIXELS}px; contain: strict; white-space: pre; }
</style><div id="list"><div id="rows">${`<div>${TEXT}</div>`.repeat(ROWS)}</div></div>`;

/** A function that runs in the page: moves the rows by so many pixels in every frame. Milliseconds of each frame. */
const SCROLL = `async (frames, pixels) => {
  const holder = document.getElementById('rows');
  const rows = [...holder.children];
  const taken = [];
  let last = await new Promise(requestAnimationFrame);
  for (let frame = 0; frame < frames; frame++) {
    const first = Math.floor((frame * pixels) / ${ROW_PIXELS});
    // A row that leaves comes in again at the other end.
    for (let index = first; index < first + rows.length; index++) {
      const top = index * ${ROW_PIXELS} + 'px';
      const row = rows[index % rows.length];
      if (row.style.top !== top) row.style.top = top;
    }
    holder.style.transform = 'translateY(' + -frame * pixels + 'px)';
    const now = await new Promise(requestAnimationFrame);
    taken.push(now - last);
    last = now;
  }
  return taken;
}`;

/**
 * A page that scrolls rows of one and the same text, without a script beside it: what the machine, the browser and
 * others that run make of the frames of a list at that time, whatever its program.
 */
export async function openEqualRows(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.setContent(CONTENT);
  return page;
}

/** Scrolls the page of `openEqualRows`. Milliseconds of each frame. */
export function scrollEqualRows(page: Page, frames: number, pixels: number): Promise<number[]> {
  return page.evaluate<number[]>(`(${SCROLL})(${frames}, ${pixels})`);
}
