import { writeFileSync } from 'node:fs';
import type { TestInfo } from '@playwright/test';
import { noops } from '../../app/captureFile/testing/noops.ts';
import { expect, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';

/** More rows than an element of a browser has room for: at 24 pixels it ends after 1,398,101. */
const ROWS = 1_500_000;
const ROW_PIXELS = 24;

/** The rows on screen follow each other without a hole, in the document as on screen, and are all there. */
async function expectSettled({ list }: Inspector): Promise<void> {
  await expect(async () => {
    const numbers = await list.numbers();
    expect(numbers.length).toBeGreaterThan(5);
    expect(numbers).toEqual(numbers.map((_, at) => numbers[0] + at));
    expect(numbers[0]).toBeGreaterThan(0);
    expect((await list.lines()).map((line) => Number(line.split(' ')[0].replaceAll(',', '')))).toEqual(numbers);
  }).toPass();
}

/** Opens a capture of so many messages. */
async function openRows(ui: Inspector, info: TestInfo): Promise<void> {
  const path = info.outputPath('noops.pcap');
  writeFileSync(path, noops(ROWS));
  await ui.open(path);
  await ui.expectTotal(ROWS);
}

test('a list taller than a browser can lay out is reached everywhere and scrolls by exact pixels', async ({
  ui,
  page,
}, info) => {
  test.slow();
  await openRows(ui, info);
  await expectSettled(ui);

  await ui.list.select(ui.list.byNumber(3));
  await page.keyboard.press('End');
  const last = ui.list.byNumber(ROWS);
  await expect(last).toHaveAttribute('aria-selected', 'true');
  await expect(last).toBeInViewport({ ratio: 1 });
  await expect(last).toHaveAttribute('aria-rowindex', `${ROWS + 1}`);
  const number = ui.list.cell(last, 'number');
  await expect(number).toHaveText('1,500,000');
  expect(await number.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
  await expectSettled(ui);

  // One notch up is one row up, here as at the top.
  await ui.list.grid.hover();
  const atEnd = await ui.list.firstNumber();
  for (let notch = 1; notch <= 3; notch++) {
    await page.mouse.wheel(0, -ROW_PIXELS);
    await expect.poll(() => ui.list.firstNumber()).toBe(atEnd - notch);
  }
  await expectSettled(ui);

  // A row that scrolls in is drawn by an element that is there already.
  const kept = await ui.list.rows.evaluateAll((rows) => {
    for (const row of rows) row.setAttribute('data-kept', '');
    return rows.length;
  });
  await page.mouse.wheel(0, -4 * ROW_PIXELS);
  await expect.poll(() => ui.list.firstNumber()).toBe(atEnd - 7);
  await expect(page.locator('[data-testid="list-row"][data-kept]')).toHaveCount(kept);

  // The thumb maps by ratio.
  const strip = page.getByTestId('overview');
  const box = await strip.boundingBox();
  if (box === null) throw new Error('no strip');
  await strip.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect.poll(async () => Math.abs((await ui.list.firstNumber()) / ROWS - 0.5)).toBeLessThan(0.01);
  await expectSettled(ui);
  const middle = await ui.list.firstNumber();
  await ui.list.grid.hover();
  await page.mouse.wheel(0, ROW_PIXELS);
  await expect.poll(() => ui.list.firstNumber()).toBe(middle + 1);

  await ui.list.grid.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => ui.list.firstNumber()).toBe(1);
  await expectSettled(ui);
});

test('a search over many rows tells how far it is, is one at a time, and can be stopped; so can saving', async ({
  ui,
  page,
}, info) => {
  test.slow();
  await openRows(ui, info);
  await ui.list.select(ui.list.byNumber(2));
  await page.keyboard.press('Control+f');
  const bar = page.getByTestId('find-bar');
  const input = page.getByTestId('find-input');
  const progress = page.getByTestId('find-progress');
  const outcome = page.getByTestId('find-outcome');
  const selected = ui.list.rows.and(page.locator('[aria-selected="true"]'));

  // Every row has to be decoded for its text.
  await input.fill('no such text');
  await input.press('Enter');
  await expect(progress).toHaveText(/^searching \d+ %$/);
  await input.press('Escape');
  await expect(outcome).toHaveText('Stopped');
  await expect(progress).toBeHidden();
  await expect(selected).toHaveAttribute('data-number', '2');

  // The list scrolls meanwhile; another question ends the search for the first.
  await input.press('Enter');
  await expect(progress).toBeVisible();
  await page.getByTestId('overview').click({ position: { x: 4, y: 200 } });
  await expectSettled(ui);
  await expect(progress).toBeVisible();
  await bar.getByLabel('Find in').selectOption('filter');
  await expect(progress).toBeHidden();
  await input.fill(`nl.seq == ${ROWS - 1}`);
  await input.press('Enter');
  await expect(selected).toHaveAttribute('data-number', `${ROWS - 1}`);
  await input.fill('nl.seq == 3');
  await input.press('Enter');
  await expect(selected).toHaveAttribute('data-number', '3');
  await expect(outcome).toHaveText('Went on from the start');
  await input.press('Shift+Enter');
  await expect(outcome).toHaveText('Went on from the end');
  await input.fill('nl.seq == 0');
  await input.press('Enter');
  await expect(outcome).toHaveText('Nothing found');
  await input.fill('nl.no_such == 0');
  await input.press('Enter');
  await expect(outcome).toContainText('nl.no_such');

  // One that is under way ends with the bar.
  await bar.getByLabel('Find in').selectOption('text');
  await input.press('Enter');
  await expect(progress).toBeVisible();
  await bar.getByRole('button', { name: 'Close find bar' }).click();
  await expect(bar).toBeHidden();
  await expect(page.getByTestId('status-search')).toBeHidden();

  await page.getByTestId('file-save').click();
  const job = page.getByTestId('status-job');
  await expect(job).toHaveText(/^saving \d+ %$/);
  await job.getByRole('button', { name: 'Stop saving' }).click();
  await expect(ui.toasts).toContainText('stopped');
  await expect(job).toBeHidden();
});
