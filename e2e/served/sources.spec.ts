import { execFileSync, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { expect, needsLiveKernel, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';
import { ip } from '../support/kernel.ts';

needsLiveKernel();

/** Bytes of rule-a.pcap: some messages, and a part of one. */
const HALF = 2000;

/** Opens the capture options, with nothing but rtnetlink chosen. */
async function options(page: Page): Promise<Locator> {
  await page.keyboard.press('Control+k');
  const dialog = page.getByTestId('capture-options');
  await expect(dialog).toBeVisible();
  return dialog;
}

type Box = Awaited<ReturnType<Locator['boundingBox']>>;

/** Whether two things cover the same part of the window; both must be there. */
function overlap(a: Box, b: Box): boolean {
  if (a === null || b === null) throw new Error('it is not shown');
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

test('two namespaces in one capture: rows say from which, and what becomes of each is told', async ({ ui, page }) => {
  await ui.listenOnlyTo('0');
  ip('netns add nle2e');
  try {
    const dialog = await options(page);
    await dialog.getByTestId('options-netns-nle2e').click();
    await dialog.getByTestId('options-start').click();
    await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
    await expect(page.getByTestId('status-sources')).toContainText('2 sources');
    ip('-n nle2e rule add pref 1000 table 77');
    ip('rule add pref 1001 table 77');
    const there = ui.list.row('RTM_NEWRULE', '1000:');
    await expect(ui.list.cell(there, 'source')).toHaveText('nle2e');
    await expect(ui.list.cell(ui.list.row('RTM_NEWRULE', '1001:'), 'source')).toHaveText('');
    await ui.list.cell(there, 'source').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Apply as filter' }).click();
    await expect(ui.filter.input).toHaveText('nl.netns == "nle2e"');
    await expect(ui.list.row('RTM_NEWRULE', '1001:')).toHaveCount(0);
  } finally {
    ip('netns del nle2e');
  }
  await page.getByTestId('status-sources').click();
  const source = page.getByTestId('source').filter({ hasText: 'nle2e' });
  await expect(source).toContainText('The network namespace nle2e is gone');
  // The notice that says so too does not stand before it.
  const notice = await ui.toasts.filter({ hasText: 'nle2e is gone' }).boundingBox();
  const panel = await page.getByTestId('sources-list').boundingBox();
  expect(overlap(notice, panel), JSON.stringify({ notice, panel })).toBe(false);
  // Messages, lost, errors: kept when it has ended.
  const cells = source.locator('td');
  await expect(cells.nth(1)).toHaveText('1');
  await expect(cells.nth(3)).toHaveText('0');
  await expect(cells.nth(4)).toHaveText('1');
  await expect(page.getByTestId('source').filter({ hasText: 'this namespace' }).locator('td').nth(4)).toHaveText('0');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Clear filter' }).first().click();
  ip('rule add pref 1002 table 77');
  await expect(ui.list.row('RTM_NEWRULE', '1002:')).toBeVisible();
});

test('a capture stops by itself when it was told to, and is told so the next time, too', async ({ ui, page }) => {
  await ui.listenOnlyTo('0');
  const dialog = await options(page);
  const start = dialog.getByTestId('options-start');
  // What is wrong is said at its field, and nothing starts.
  await dialog.getByTestId('options-stopMessages').fill('1.5');
  await expect(dialog).toContainText('A whole number above 0');
  await expect(start).toBeDisabled();
  await dialog.getByTestId('options-stopMessages').fill('14');
  // A browser has no files written on the host.
  await expect(dialog.getByTestId('options-files')).toHaveCount(0);
  await start.click();
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  for (let pref = 1000; pref < 1020; pref++) ip(`rule add pref ${pref} table 77`);
  await expect(ui.captureState).toHaveAttribute('data-state', 'stopped');
  await expect(ui.toasts.filter({ hasText: 'stopped by itself' })).toBeVisible();
  await ui.expectTotal(14);
  await ui.runCommand('capture.clear');
  await page.getByTestId('question-confirm').click();
  await expect(ui.startPage).toContainText('Options: stops by itself');
});

test('where no tap can be made, the command that helps is ready to be copied', async ({ ui, page }) => {
  const probe = spawnSync('ip', ['link', 'add', 'nlprobe', 'type', 'nlmon']);
  if (probe.status === 0) ip('link del nlprobe');
  test.skip(probe.status === 0, 'this kernel makes taps');
  await page.getByText('Tap other programs').click();
  await page.keyboard.press('Control+e');
  await expect(ui.toasts).toContainText('this kernel has no nlmon device');
  await expect(ui.toasts.getByTestId('command-line').locator('code')).toHaveText('sudo modprobe nlmon');
  await ui.toasts.getByRole('button', { name: 'Start without it' }).click();
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  await expect(page.getByRole('checkbox', { name: 'Tap other programs' })).not.toBeChecked();
});

test('everything on this kernel is one click', async ({ ui, page }) => {
  const chip = page.getByTestId('groups-chip');
  const groups = async () => Number(/(\d+) groups/.exec((await chip.getAttribute('aria-label')) ?? '')?.[1]);
  const before = await groups();
  await page.getByTestId('start-everything').click();
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  await expect.poll(groups).toBeGreaterThan(before);
  await expect(ui.families.locator('[aria-level="1"][aria-checked="mixed"]')).toHaveCount(0);
});

test('a pipe is followed as it is written to', async ({ ui, page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'nlscope-e2e-'));
  const fifo = join(folder, 'pipe');
  execFileSync('mkfifo', [fifo]);
  try {
    await ui.runCommand('file.openPipe');
    const dialog = page.getByTestId('open-pipe');
    await dialog.getByLabel('Path of the pipe').fill(fifo);
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
    const capture = readFileSync(capturePath('rule-a'));
    const writer = createWriteStream(fifo);
    // Up to the middle of a message: those before it are shown, and the rest is waited for.
    writer.write(capture.subarray(0, HALF));
    await expect.poll(async () => (await ui.counts()).total).toBeGreaterThan(5);
    const { total } = await ui.counts();
    expect(total).toBeLessThan(93);
    await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
    writer.end(capture.subarray(HALF));
    await ui.expectTotal(93);
    await expect(ui.captureState).toHaveAttribute('data-state', 'stopped');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
