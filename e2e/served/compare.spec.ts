import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';

const pane = (page: Page) => page.getByTestId('compare');
const count = (page: Page) => page.getByTestId('compare-count');
const line = (page: Page, name: string) => page.locator(`[data-testid="compare-row"][data-name="${name}"]`).first();
const standing = (page: Page) =>
  page
    .getByTestId('compare-row')
    .evaluateAll((rows) =>
      rows.map((row) => `${(row as HTMLElement).dataset['standing']} ${(row as HTMLElement).dataset['name']}`),
    );

/** Marks one message, and compares it with another. */
async function compare(ui: Inspector, marked: number, other: number): Promise<void> {
  await ui.goTo(marked);
  await ui.page.keyboard.press('Control+m');
  await expect(ui.page.getByTestId('status-counts')).toContainText('marked 1');
  await compareWithMarked(ui, other);
}

async function compareWithMarked(ui: Inspector, other: number): Promise<void> {
  await ui.goTo(other);
  await ui.list.grid.focus();
  await ui.page.keyboard.press('d');
  await expect(pane(ui.page)).toBeVisible();
}

test.describe('two messages', () => {
  test.beforeEach(async ({ ui }) => {
    await ui.open(capturePath('route-a'));
    await compare(ui, 4, 8);
  });

  test('show what differs with the values of both, and their bytes', async ({ page }) => {
    await expect(pane(page)).toContainText('A #4 B #8');
    await expect(count(page)).toContainText('4 differences');
    expect(await standing(page)).toEqual([
      'changed ifinfomsg',
      'changed ifi_flags',
      'changed IFLA_OPERSTATE',
      'changed IFLA_QDISC',
      'changed IFLA_AF_SPEC',
      'changed AF_INET6',
      'changed IFLA_INET6_FLAGS',
    ]);
    const qdisc = line(page, 'IFLA_QDISC');
    await expect(qdisc.locator('.compare-value').nth(0)).toHaveText('"noop"');
    await expect(qdisc.locator('.compare-value').nth(1)).toHaveText('"noqueue"');
    await qdisc.click();
    const selected = (side: string) =>
      page.locator(`[data-testid="compare-bytes-${side}"] .hex-bytes .selected`).allTextContents();
    // nla_len, nla_type IFLA_QDISC (6), then the text with its zero.
    await expect.poll(async () => (await selected('a')).join('')).toBe('09000600' + '6e6f6f7000');
    await expect.poll(async () => (await selected('b')).join('')).toBe('0c000600' + '6e6f717565756500');
  });

  test('show all fields, and count sequence numbers, when that is asked for', async ({ ui, page }) => {
    await page.getByTestId('compare.differing').click();
    await expect(line(page, 'IFLA_IFNAME')).toHaveAttribute('data-standing', 'same');
    await page.getByTestId('compare.differing').click();
    await expect(line(page, 'IFLA_IFNAME')).toHaveCount(0);
    await ui.runCommand('compare.counters');
    await expect(line(page, 'nlmsg_pid')).toHaveAttribute('data-standing', 'changed');
  });

  test('are shown the next time as they were the last time', async ({ ui, page }) => {
    await page.getByTestId('compare.differing').click();
    await page.getByTestId('compare.counters').click();
    await page.reload();
    await ui.ready();
    // The mark is the host's, which was not loaded again.
    await expect(page.getByTestId('status-counts')).toContainText('marked 1');
    await compareWithMarked(ui, 8);
    await expect(page.getByTestId('compare.differing')).toHaveAttribute('aria-pressed', 'false');
    await expect(page.getByTestId('compare.counters')).toHaveAttribute('aria-pressed', 'true');
  });

  test('are walked from difference to difference, and copied as text', async ({ page }) => {
    const selected = page.locator('[data-testid="compare-row"][aria-selected="true"]');
    const names: (string | null)[] = [];
    for (let step = 0; step < 5; step++) {
      await page.keyboard.press('F7');
      names.push(await selected.getAttribute('data-name'));
    }
    expect(names).toEqual(['ifi_flags', 'IFLA_OPERSTATE', 'IFLA_QDISC', 'IFLA_INET6_FLAGS', 'ifi_flags']);
    await page.keyboard.press('Shift+F7');
    await expect(selected).toHaveAttribute('data-name', 'IFLA_INET6_FLAGS');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.keyboard.press('Control+c');
    const text = await page.evaluate(() => navigator.clipboard.readText());
    expect(text.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^--- #4 RTM_NEWLINK 45: d0/),
      expect.stringMatching(/^\+\+\+ #8 RTM_NEWLINK 45: d0/),
    ]);
    expect(text).toContain('\n~ IFLA_QDISC: "noop" → "noqueue"\n');
  });

  test('follow the selection in the list until they are closed', async ({ ui, page }) => {
    await ui.list.select(ui.list.byNumber(1));
    await expect(pane(page)).toContainText('A #4 B #1');
    await page.getByTestId('compare.swap').click();
    await expect(pane(page)).toContainText('A #1 B #4');
    await page.getByTestId('compare-tree').focus();
    await page.keyboard.press('Escape');
    await expect(pane(page)).toHaveCount(0);
    await expect(ui.list.grid).toBeFocused();
    await expect(ui.tree.root).toBeVisible();
  });
});

test('without another mark it says what to do, and the message before about the same object needs none', async ({
  ui,
  page,
}) => {
  await ui.open(capturePath('route-a'));
  await ui.runCommand('list.grouping');
  await ui.goTo(8);
  await ui.list.grid.focus();
  await page.keyboard.press('d');
  await expect(ui.toasts).toContainText('There is no other marked message');
  await page.keyboard.press('Shift+D');
  await expect(pane(page)).toContainText('A #4 B #8');
  await ui.goTo(4);
  await ui.list.grid.focus();
  await page.keyboard.press('Shift+D');
  await expect(ui.toasts.filter({ hasText: 'No earlier RTM_NEWLINK about the same object' })).toBeVisible();
});

test('two dumps are compared object by object', async ({ ui, page }) => {
  await ui.open(capturePath('monitor-events'));
  await compare(ui, 1, 228);
  await expect(count(page)).toContainText('2 added · 0 removed · 1 changed (1 in counters or ages only) · 12 the same');
  const objects = page.getByTestId('compare-object');
  await expect(objects).toHaveCount(2);
  await expect(objects.nth(0)).toContainText('d0');
  await expect(objects.nth(1)).toContainText('br0');
  await page.getByTestId('compare.counters').click();
  await expect(objects).toHaveCount(3);
  const changed = page.locator('[data-testid="compare-object"][data-standing="changed"]');
  await expect(changed).toContainText('IFLA_STATS64.rx_packets 5367 → 5529');
  await changed.click();
  await expect(line(page, 'rx_packets')).toHaveAttribute('data-standing', 'changed');
  await page.getByTestId('compare.swap').click();
  await expect(count(page)).toContainText('0 added · 2 removed');
});
