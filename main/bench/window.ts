import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import { type ServedHost, startServed } from '../cli/testing/servedHost.ts';
import { playwright } from './browser.ts';
import { findProgram, median } from './cost.ts';
import { openEqualRows, scrollEqualRows } from './equalRows.ts';
import type { Figures } from './probes.ts';

/** Clock ticks of /proc/PID/stat in a second (sysconf(_SC_CLK_TCK) is 100 wherever Linux runs). */
const TICKS = 100;
/** The list and the page that it is compared with scroll in turn, so many frames at a time. */
const ROUNDS = 5;
const FRAMES = 60;
const WHEEL_PIXELS = 100;
const JUMPS = 40;
const SELECTIONS = 40;
const LOOK_MS = 20;

/** A filter that reads every message and passes none. */
const FILTER = 'nft.expr.name == "no such expression"';

interface Scrolled {
  /** Milliseconds of each frame. */
  readonly taken: readonly number[];
  /** Frames with a row that was not there yet. */
  readonly blank: number;
}

/** Functions that run in the page; no types of it are known here. */
const IN_PAGE = `({
  rows: () => [...document.querySelectorAll('[data-testid="list-row"]')],
  list: () => document.querySelector('[data-testid="list"]'),

  // Turns the wheel in every frame: how long each took, and in how many a row was not there yet.
  async scroll(frames, pixels) {
    const taken = [];
    let blank = 0;
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < frames; frame++) {
      this.list().dispatchEvent(new WheelEvent('wheel', { deltaY: pixels, bubbles: true, cancelable: true }));
      const now = await new Promise(requestAnimationFrame);
      taken.push(now - last);
      last = now;
      if (this.rows().some((row) => !row.dataset.number)) blank++;
    }
    return { taken, blank };
  },

  // Drags the thumb anywhere: milliseconds until the rows there are shown.
  async jump(times) {
    const list = this.list();
    const taken = [];
    for (let time = 1; time <= times; time++) {
      const before = this.rows()[0]?.dataset.number;
      const began = performance.now();
      // By the golden ratio: far from the place before, and the same in every run.
      list.scrollTop = ((time * 0.618034) % 1) * (list.scrollHeight - list.clientHeight);
      const isThere = () => {
        const numbers = this.rows().map((row) => row.dataset.number);
        return numbers.length > 0 && numbers[0] !== before && numbers.every(Boolean);
      };
      while (!isThere() && performance.now() - began < 10000) await new Promise(requestAnimationFrame);
      taken.push(performance.now() - began);
    }
    return taken;
  },

  // Goes down by the arrow key: milliseconds until the fields and bytes of the next message stand there.
  async select(times) {
    const shown = () => document.querySelector('[data-pane="tree"] .mono')?.textContent;
    const changed = () =>
      new Promise((resolve) => {
        const observer = new MutationObserver(resolve);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        setTimeout(resolve, 50);
      });
    const settled = () => new Promise((resolve) => setTimeout(resolve, 100));
    const [row] = this.rows();
    row.dispatchEvent(new MouseEvent('mousedown', { bubbles: true }));
    this.list().focus();
    await settled();
    const taken = [];
    for (let time = 0; time < times; time++) {
      const before = shown();
      const began = performance.now();
      this.list().dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
      while (shown() === before && performance.now() - began < 1000) await changed();
      taken.push(performance.now() - began);
      await settled();
    }
    return taken;
  },
})`;

/**
 * Opens a capture in the served edition with a window, scrolls it, jumps in it, selects, filters and saves. Times of the
 * window in milliseconds as its user meets them; CPU seconds are the host's.
 */
export async function measureWindow(self: string, path: string): Promise<Figures> {
  const directory = mkdtempSync(join(tmpdir(), 'nlscope-bench-'));
  const { chromium } = playwright() ?? {};
  if (chromium === undefined) throw new Error('@playwright/test is not installed');
  const env = { ...process.env, XDG_STATE_HOME: directory, XDG_CONFIG_HOME: directory };
  const host = await startServed({ entry: join(dirname(self), 'nlscope.js'), env }, directory);
  const browser = await chromium.launch({
    executablePath: findProgram('chromium') ?? undefined,
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const [name, value] = host.cookie.split('=');
    await context.addCookies([{ name, value, url: host.origin }]);
    const plain = await openEqualRows(context);
    const page = await context.newPage();
    await page.goto(host.origin);
    await page.getByTestId('capture-state').waitFor();
    const opened = await open(host, page, path);
    const scrolled = await scroll(context, page, plain);
    const jumped = await page.evaluate<number[]>(`${IN_PAGE}.jump(${JUMPS})`);
    const selected = await page.evaluate<number[]>(`${IN_PAGE}.select(${SELECTIONS})`);
    return {
      ...opened,
      ...scrolled,
      jump: percentile(jumped),
      select: median(selected),
      ...(await filter(host)),
      ...(await save(host)),
    };
  } finally {
    await browser.close();
    await host.kill();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function open(host: ServedHost, page: Page, path: string) {
  const memory = residentOf(host);
  const cpu = cpuOf(host);
  const began = performance.now();
  const opening = host.call('openFile', path);
  const answers = longestAnswer(host, opening);
  // An empty row stands for one that is on its way.
  await page.locator('[data-testid="list-row"][data-number]').first().waitFor();
  const first = performance.now() - began;
  const opened = await opening;
  if (!opened.ok) throw new Error(opened.error.message);
  await until(() => (host.state()?.view.total ?? 0) >= opened.value.messages && host.state()?.view.progress === 1);
  const { messages } = opened.value;
  return {
    messages,
    first,
    open: (cpuOf(host) - cpu) * (1e6 / messages),
    answer: await answers,
    resident: (residentOf(host) - memory) / messages,
  };
}

/** Scrolls the list, and in turn a page that nobody could draw faster. */
async function scroll(context: BrowserContext, page: Page, plain: Page) {
  const [thread, plainThread] = await Promise.all([threadOf(context, page), threadOf(context, plain)]);
  const taken: number[] = [];
  const plainTaken: number[] = [];
  let blank = 0;
  let used = 0;
  let plainUsed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    await page.bringToFront();
    used -= await usedBy(thread);
    const scrolled = await page.evaluate<Scrolled>(`${IN_PAGE}.scroll(${FRAMES}, ${WHEEL_PIXELS})`);
    used += await usedBy(thread);
    taken.push(...scrolled.taken);
    blank += scrolled.blank;
    await plain.bringToFront();
    plainUsed -= await usedBy(plainThread);
    plainTaken.push(...(await scrollEqualRows(plain, FRAMES, WHEEL_PIXELS)));
    plainUsed += await usedBy(plainThread);
  }
  await page.bringToFront();
  return {
    frame: percentile(taken),
    plainFrame: percentile(plainTaken),
    thread: used / taken.length,
    plainThread: plainUsed / plainTaken.length,
    blank: (100 * blank) / taken.length,
  };
}

/** A page's own thread, as Chromium's Performance domain tells its CPU time. */
async function threadOf(context: BrowserContext, page: Page): Promise<CDPSession> {
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

/** CPU milliseconds that a page's thread has used so far. */
async function usedBy(thread: CDPSession): Promise<number> {
  const { metrics } = await thread.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
}

/** A filter over everything, and one that is given up in the middle. */
async function filter(host: ServedHost) {
  const progress = () => host.state()?.view.progress ?? 0;
  const cpu = cpuOf(host);
  await host.call('setFilter', FILTER);
  let steps = 0;
  for (let before = -1; progress() < 1 || host.state()?.view.filter !== FILTER; await sleep(LOOK_MS)) {
    if (progress() === before) continue;
    before = progress();
    steps++;
  }
  const used = cpuOf(host) - cpu;
  await host.call('setFilter', `${FILTER} || nft.expr.name == "none"`);
  const began = performance.now();
  await host.call('setFilter', '');
  const cancel = performance.now() - began;
  await until(() => host.state()?.view.filter === '' && progress() === 1);
  return { filter: used, steps, cancel };
}

async function save(host: ServedHost) {
  const { origin, cookie } = host;
  const reserved = await fetch(`${origin}/reserve?name=saved.pcapng`, { method: 'POST', headers: { cookie, origin } });
  const { path } = (await reserved.json()) as { path: string };
  const cpu = cpuOf(host);
  const saving = host.call('saveFile', path, { kind: 'all' });
  const answer = await longestAnswer(host, saving);
  const saved = await saving;
  if (!saved.ok) throw new Error(saved.error.message);
  return { save: (cpuOf(host) - cpu) * (1e6 / saved.value.messages), answerWhileSaving: answer };
}

/** The longest that the host took to answer something small until some work was done, milliseconds. */
async function longestAnswer(host: ServedHost, work: Promise<unknown>): Promise<number> {
  let done = false;
  void work.finally(() => {
    done = true;
  });
  let longest = 0;
  while (!done) {
    const began = performance.now();
    await host.call('indexOf', 1);
    longest = Math.max(longest, performance.now() - began);
    await sleep(LOOK_MS);
  }
  return longest;
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await sleep(LOOK_MS);
}

/** CPU seconds of the host and its threads (proc_pid_stat(5): utime, stime). */
function cpuOf({ process: { pid } }: ServedHost): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Bytes of memory that the host has. */
function residentOf({ process: { pid } }: ServedHost): number {
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

function percentile(figures: readonly number[], share = 0.95): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
