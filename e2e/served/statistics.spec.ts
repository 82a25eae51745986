import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

const rowOf = (page: Page, text: string): Locator =>
  page.getByTestId('statistics-row').filter({ has: page.locator('[data-column]').getByText(text, { exact: true }) });
const cell = (row: Locator, column: string): Locator => row.locator(`[data-column="${column}"]`);

test('a line of the statistics leads to as many messages as it counts', async ({ ui, page }) => {
  await ui.open(capturePath('errors-rtnl'));
  await page.keyboard.press('Control+6');
  await expect(page.getByTestId('statistics-table')).toBeFocused();
  const row = rowOf(page, 'RTM_NEWLINK');
  await expect(row).toBeVisible();
  await expect(cell(row, 'errors')).not.toHaveText('');
  const counted = await cell(row, 'messages').textContent();
  await row.click();
  await expect(page.getByTestId('statistics-filter')).toHaveText(
    'nl.protocol == NETLINK_ROUTE && nl.type == "RTM_NEWLINK"',
  );
  await page.keyboard.press('Enter');
  await expect(ui.list.grid).toBeVisible();
  await expect(page.getByTestId('status-counts')).toContainText(`shown ${counted} /`);

  // Now only that type is displayed, and only displayed messages are counted.
  await page.getByTestId('statistics-open').click();
  await expect(page.getByTestId('statistics-row')).toHaveCount(1);
  await expect(page.getByTestId('statistics-total')).toContainText(`${counted} messages`);
  await page.getByTestId('statistics-displayed').click();
  await expect(rowOf(page, 'RTM_GETLINK')).toBeVisible();
  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Exclude this' }).click();
  await expect(page.getByTestId('status-counts')).toContainText('shown 0 /');
});

test('a small window has every column that a table shows in it, and the way out', async ({ ui, page }) => {
  await ui.open(capturePath('errors-rtnl'));
  await page.setViewportSize({ width: 640, height: 480 });
  await page.keyboard.press('Control+6');
  for (const table of ['types', 'families', 'addresses', 'processes']) {
    await page.getByTestId(`statistics-${table}`).click();
    await expect(page.getByRole('columnheader', { name: 'Max' })).toBeInViewport({ ratio: 1 });
  }
  await expect(page.getByTestId('statistics').getByRole('button', { name: /^Close/ })).toBeInViewport({ ratio: 1 });
});

test('tables are sorted, copied and exported', async ({ ui, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ui.open(capturePath('ethtool-a'));
  await page.getByTestId('statistics-open').click();
  await page.getByTestId('statistics-families').click();
  const names = () => page.getByTestId('statistics-row').locator('[data-column="protocol"]').allTextContents();
  await expect.poll(names).toEqual(['NETLINK_GENERIC', 'ethtool', 'nlctrl', 'NETLINK_ROUTE']);
  await page.getByTestId('sort-requests').click();
  await expect.poll(names).toEqual(['ethtool', 'nlctrl', 'NETLINK_ROUTE', 'NETLINK_GENERIC']);
  await page.getByTestId('statistics-copy').click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect
    .poll(async () => (await copied()).split('\n').map((line) => line.split('\t')[1]))
    .toEqual(['Family', 'ethtool', 'nlctrl', 'NETLINK_ROUTE', 'NETLINK_GENERIC']);
  const download = page.waitForEvent('download');
  await page.getByTestId('statistics-export').click();
  const saved = await download;
  expect(saved.suggestedFilename()).toBe('ethtool-a-families.csv');
  const [head, ...lines] = readFileSync(await saved.path(), 'utf8')
    .trim()
    .split('\n');
  expect(head).toMatch(/^family,messages,bytes,requests,/);
  expect(lines).toHaveLength(4);
  await page.getByTestId('statistics-addresses').click();
  await expect(page.getByTestId('statistics-row').first()).toBeVisible();
  await page.getByTestId('statistics-processes').click();
  await expect(rowOf(page, 'not known')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(ui.list.grid).toBeFocused();
});

test('the messages by time lead to a time, and a drag filters on a range', async ({ ui, page }) => {
  await ui.open(capturePath('nft-a'));
  await page.getByTestId('statistics-open').click();
  const plot = page.getByRole('slider', { name: 'Messages by time' });
  await expect(page.getByTestId('rate-told')).toContainText('up to');
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + box.width * 0.7, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + 20, { steps: 5 });
  await expect(page.getByTestId('rate-told')).toContainText('refused');
  const told = /: ([\d,]+) messages/.exec((await page.getByTestId('rate-told').textContent()) ?? '')?.[1];
  await page.mouse.up();
  await expect(ui.list.grid).toBeVisible();
  await expect(page.getByTestId('status-counts')).toContainText(`shown ${told} / 289`);

  // The whole time again, from the keyboard to its end.
  await page.getByTestId('statistics-open').click();
  await page.getByTestId('rate-whole').click();
  await expect(page.getByTestId('status-counts')).toContainText('shown 289 / 289');
  await page.getByTestId('statistics-open').click();
  await expect(page.getByTestId('statistics-total')).toContainText('289 messages');
  await plot.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(ui.list.grid).toBeVisible();
  const selected = page.locator('[data-testid="list-row"][aria-selected="true"]');
  await expect(selected).toBeVisible();
  expect(Number(await selected.getAttribute('data-number'))).toBeGreaterThan(280);
});
