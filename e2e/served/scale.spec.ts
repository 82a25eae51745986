import { writeFileSync } from 'node:fs';
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

test('a list taller than a browser can lay out is reached everywhere and scrolls by exact pixels', async ({
  ui,
  page,
}, info) => {
  test.slow();
  const path = info.outputPath('noops.pcap');
  writeFileSync(path, noops(ROWS));
  await ui.open(path);
  await ui.expectTotal(ROWS);
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
