import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.filter.apply('link.ifalias == "an alias"');
  await ui.list.select(ui.list.row('RTM_NEWLINK').first());
  await expect(ui.tree.field('IFLA_MTU')).toBeVisible();
});

const head = (page: Page, id: string) => page.locator(`[data-head="${id}"]`);
const cell = (row: Locator, id: string) => row.locator(`[data-column="${id}"]`);
/** Ids of the columns from left to right, as heads; the cells of a row have the same. */
const order = async (page: Page): Promise<string[]> => {
  const [heads, cells] = await page.evaluate(() => {
    const ids = (selector: string, name: string) =>
      [...document.querySelectorAll<HTMLElement>(selector)].map(({ dataset }) => dataset[name] ?? '');
    const row = '[data-testid="list-row"]:first-child';
    return [ids('[data-head]', 'head'), ids(`${row} [data-column]`, 'column')];
  });
  expect(cells).toEqual(heads);
  return heads;
};
const choose = async (page: Page, name: string | RegExp) => {
  const menu = page.getByRole('menu');
  await menu.getByRole('menuitem', { name }).or(menu.getByRole('menuitemcheckbox', { name })).click();
  await expect(menu).toBeHidden();
};

test('a field of the tree becomes a column that filters, and is there again the next time', async ({ ui, page }) => {
  await ui.tree.field('IFLA_MTU').click({ button: 'right' });
  await choose(page, 'Show as column');
  await expect(head(page, 'field:link.mtu')).toHaveText('link.mtu');
  const row = ui.list.row('RTM_NEWLINK').first();
  await expect(cell(row, 'field:link.mtu')).toHaveText('1400 bytes');
  await ui.tree.select('IFLA_IFALIAS');
  await ui.runCommand('columns.showField');
  await expect(cell(row, 'field:link.ifalias')).toHaveText('an alias');

  await ui.filter.clear();
  await page.locator('[data-column="field:link.mtu"]', { hasText: '1400' }).first().click({ button: 'right' });
  await choose(page, 'Apply as filter');
  await expect(ui.filter.input).toHaveText('link.mtu == 1400');
  await expect(page.locator('[data-column="field:link.mtu"]', { hasNotText: '1400 bytes' })).toHaveCount(0);
  await expect(page.locator('[data-column="field:link.mtu"]').first()).toBeVisible();

  await page.reload();
  await ui.ready();
  await expect(head(page, 'field:link.mtu')).toBeVisible();
  await expect(page.locator('[data-column="field:link.mtu"]').first()).toHaveText('1400 bytes');
});

test('columns are hidden, moved and removed by the menu of their heads, and the usual ones come back', async ({
  ui,
  page,
}) => {
  const usual = await order(page);
  await head(page, 'flags').click({ button: 'right' });
  await expect(page.getByRole('menu', { name: 'Columns' })).toBeVisible();
  await expect(page.getByRole('menuitemcheckbox', { name: 'Info' })).toBeDisabled();
  await expect(page.getByRole('menuitemcheckbox', { name: 'Flags' })).toHaveAttribute('aria-checked', 'true');
  await choose(page, 'Flags');
  await expect(head(page, 'flags')).toBeHidden();
  await head(page, 'type').click({ button: 'right' });
  await choose(page, 'Move left');
  const moved = await order(page);
  expect(moved).toEqual(
    [...usual.filter((id) => !['flags', 'type', 'family'].includes(id))].toSpliced(4, 0, 'type', 'family'),
  );
  await page.reload();
  await ui.ready();
  await expect(page.getByTestId('list-row').first()).toBeVisible();
  expect(await order(page)).toEqual(moved);
  await ui.runCommand('columns.usual');
  expect(await order(page)).toEqual(usual);
});

test('the heads are reached and used without a pointer, and the focus is never lost', async ({ ui, page }) => {
  await ui.tree.select('IFLA_MTU');
  await ui.runCommand('columns.showField');
  await expect(head(page, 'field:link.mtu')).toBeVisible();
  await ui.runCommand('columns.choose');
  await expect(page.getByRole('menu', { name: 'Columns' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(head(page, 'number')).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(head(page, 'field:link.mtu')).toBeFocused();
  const before = await order(page);
  await page.keyboard.press('Shift+F10');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(() => order(page)).not.toEqual(before);
  await expect(head(page, 'field:link.mtu')).toBeFocused();
  await page.keyboard.press('Enter');
  await choose(page, 'Remove');
  await expect(head(page, 'field:link.mtu')).toHaveCount(0);
  await expect(ui.list.grid).toBeFocused();
});

test('a field that is dragged onto the heads becomes a column there, and heads are dragged to other places', async ({
  ui,
  page,
}) => {
  await ui.tree
    .field('IFLA_MTU')
    .locator('.field-name')
    .dragTo(head(page, 'type'), { targetPosition: { x: 4, y: 8 } });
  await expect(head(page, 'field:link.mtu')).toBeVisible();
  const ids = await order(page);
  expect(ids.indexOf('field:link.mtu')).toBe(ids.indexOf('type') - 1);
  await expect(page.locator('[data-column="field:link.mtu"]').first()).toHaveText('1400 bytes');
  await head(page, 'field:link.mtu').dragTo(head(page, 'number'), { targetPosition: { x: 2, y: 8 } });
  expect((await order(page))[0]).toBe('field:link.mtu');
  // The edge of a head still gives the column another width.
  const edge = page.getByTestId('column-edge-type');
  const from = await edge.boundingBox();
  const width = (await head(page, 'type').boundingBox())?.width ?? 0;
  if (from === null) throw new Error('the edge is not on screen');
  await page.mouse.move(from.x + 4, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(from.x + 44, from.y + 8, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await head(page, 'type').boundingBox())?.width).toBe(width + 40);
});

test('a list that is too narrow says which columns have no room', async ({ ui, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  for (const name of ['IFLA_IFALIAS', 'IFLA_MTU']) {
    await ui.tree.select(name);
    await ui.runCommand('columns.showField');
  }
  await expect(head(page, 'field:link.mtu')).toBeVisible();
  await expect(head(page, 'process')).toBeHidden();
  await ui.runCommand('columns.choose');
  await expect(page.getByRole('menuitemcheckbox', { name: 'Process' })).toContainText('no room');
  await page.keyboard.press('Escape');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('columns tell the time since the message before, and since the row before', async ({ ui, page }) => {
  await ui.filter.apply('nl.dir == request');
  await ui.runCommand('columns.choose');
  await choose(page, 'Time since the message before');
  await ui.runCommand('columns.choose');
  await choose(page, 'Time since the row before');
  expect((await order(page)).slice(1, 4)).toEqual(['time', 'delta', 'deltaShown']);
  const spans = async (row: Locator) => [
    Number(await cell(row, 'delta').textContent()),
    Number(await cell(row, 'deltaShown').textContent()),
  ];
  await ui.list.grid.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => spans(ui.list.byNumber(1))).toEqual([0, 0]);
  // Between two requests there is the answer to the first.
  await page.keyboard.press('ArrowDown');
  const second = page.locator('[data-testid="list-row"][aria-selected="true"]:not([data-number="1"])');
  await expect(second).toBeVisible();
  const [before, shown] = await spans(second);
  expect(before).toBeGreaterThan(0);
  expect(shown).toBeGreaterThan(before!);
});
