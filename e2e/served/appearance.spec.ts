import { writeFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

// axe looks at every element in every way: on a slow machine that takes longer than all else.
test.describe.configure({ timeout: 240_000 });

/** What axe finds that keeps people out: a line each. */
async function barriers(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target}: ${failureSummary}`));
}

const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test('the theme is the system’s until one is chosen, and the choice is remembered', async ({ ui, page }) => {
  const html = page.locator('html');
  await expect(html).not.toHaveAttribute('data-theme');
  const dark = await background(page);
  await page.emulateMedia({ colorScheme: 'light' });
  const light = await background(page);
  expect(light).not.toBe(dark);
  await page.keyboard.press('Alt+t');
  await expect(html).toHaveAttribute('data-theme', 'dark');
  expect(await background(page)).toBe(dark);
  await page.keyboard.press('Alt+t');
  await expect(html).toHaveAttribute('data-theme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.reload();
  await ui.ready();
  await expect(html).toHaveAttribute('data-theme', 'light');
  expect(await background(page)).toBe(light);
});

for (const theme of ['dark', 'light'] as const) {
  test.describe(`${theme} theme`, () => {
    test.use({ colorScheme: theme });

    test('the start page has no barriers', async ({ page, ui }) => {
      await expect(ui.startPage).toBeVisible();
      expect(await barriers(page)).toEqual([]);
    });

    test('list, fields, bytes and an explained error have no barriers', async ({ page, ui }) => {
      await ui.open(capturePath('errors-rtnl'));
      expect(await barriers(page)).toEqual([]);
      await ui.list.select(ui.list.row('RTM_NEWLINK', 'Unknown device type'));
      await expect(ui.explanation).toBeVisible();
      expect(await barriers(page)).toEqual([]);
      await ui.list.select(ui.list.row('RTM_GETLINK', 'd0').first());
      await ui.tree.select('IFLA_IFNAME');
      expect(await barriers(page)).toEqual([]);
    });

    test('a filter with a mistake, its history and its completions have no barriers', async ({ page, ui }) => {
      await ui.open(capturePath('errors-rtnl'));
      await ui.filter.type('link.mtuu == 1 ');
      await expect(ui.filter.error).toBeVisible();
      expect(await barriers(page)).toEqual([]);
      await ui.filter.apply('nl.type == RTM_NEWLINK ');
      await page.keyboard.press('ArrowDown');
      await expect(ui.filter.history).toBeVisible();
      expect(await barriers(page)).toEqual([]);
      await ui.filter.type('link.mt');
      await expect(ui.filter.completions.first()).toBeVisible();
      expect(await barriers(page)).toEqual([]);
    });

    test('the compose drawer has no barriers', async ({ page, ui }) => {
      await ui.compose.open();
      expect(await barriers(page)).toEqual([]);
      await ui.compose.choose('newlink', 'RTM_NEWLINK');
      await ui.compose.add('IFLA_MTU');
      await ui.compose.set('IFLA_MTU', 'many');
      expect(await barriers(page)).toEqual([]);
    });

    test('the sockets have no barriers', async ({ page, ui }) => {
      await expect(ui.startPage).toBeVisible();
      await page.keyboard.press('Control+5');
      await page.getByTestId('socket-row').first().click();
      await expect(page.getByTestId('socket-detail')).toBeVisible();
      expect(await barriers(page)).toEqual([]);
    });

    test('the statistics have no barriers', async ({ page, ui }) => {
      await ui.open(capturePath('errors-rtnl'));
      await page.keyboard.press('Control+6');
      await page.getByTestId('statistics-row').first().click();
      expect(await barriers(page)).toEqual([]);
    });

    test('a narrow window with the compose drawer has no barriers', async ({ page, ui }) => {
      await page.setViewportSize({ width: 900, height: 700 });
      await ui.open(capturePath('rule-a'));
      await ui.list.select(ui.list.rows.first());
      await page.keyboard.press('e');
      await expect(ui.compose.root.getByTestId('compose-attr').first()).toBeVisible();
      expect(await barriers(page)).toEqual([]);
    });

    test('dialogs have no barriers', async ({ page, ui }) => {
      await ui.open(capturePath('rule-a'));
      for (const [keys, testId] of [
        ['Control+Shift+P', 'palette'],
        ['Control+k', 'capture-options'],
        ['Control+g', 'go-to'],
        ['?', 'shortcuts'],
      ]) {
        await ui.list.grid.focus();
        await page.keyboard.press(keys);
        await expect(page.getByTestId(testId)).toBeVisible();
        expect(await barriers(page), testId).toEqual([]);
        await page.keyboard.press('Escape');
        await expect(page.getByTestId(testId)).toBeHidden();
      }
    });
  });
}

test('a small window keeps everything in reach', async ({ ui, page }) => {
  await page.setViewportSize({ width: 960, height: 600 });
  await ui.open(capturePath('link-attrs-a'));
  await ui.list.select(ui.list.row('RTM_NEWLINK').first());
  await expect(ui.tree.root).toBeInViewport();
  await expect(ui.bytes.root).toBeInViewport();
  await page.keyboard.press('Control+b');
  await expect(ui.families).toBeVisible();
  await page.getByRole('button', { name: 'Close families' }).click();
  await expect(ui.families).toBeHidden();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
});

test('a window of 640 by 480 has room for the filter, for what a request changes, and for the button that sends it', async ({
  ui,
  page,
}) => {
  await ui.open(capturePath('errors-rtnl'));
  await page.setViewportSize({ width: 640, height: 480 });
  const box = async (locator: Locator) => (await locator.boundingBox())!;
  expect((await box(ui.filter.input)).width).toBeGreaterThan(400);
  await ui.list.select(ui.list.byNumber(5));
  await ui.list.grid.focus();
  await page.keyboard.press('e');
  await expect(ui.compose.attribute('IFLA_IFNAME')).toBeVisible();
  const drawer = page.getByTestId('compose');
  const closing = drawer.getByRole('button', { name: /^Close/ });
  for (const part of [ui.compose.warning, ui.compose.send, drawer.getByText('Copy as code')]) {
    await expect(part).toBeInViewport({ ratio: 1 });
  }
  // What is above is scrolled to, and nothing of the explanation lies on something else.
  for (const part of [ui.compose.operation, closing]) {
    await part.scrollIntoViewIfNeeded();
    await expect(part).toBeInViewport({ ratio: 1 });
  }
  const words = await box(ui.explanation.locator('.banner-head strong'));
  const button = await box(ui.explanation.getByRole('button', { name: /Edit and resend/ }));
  expect(words.x + words.width <= button.x || words.y + words.height <= button.y).toBe(true);
});

test('no text of a cell runs into the next one', async ({ ui, page }) => {
  await ui.open(capturePath('wifi-a'));
  const running = () =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[data-testid="list-row"] [role="gridcell"]')]
        .filter((cell) => getComputedStyle(cell).overflowX === 'visible' && cell.scrollWidth > cell.clientWidth)
        .map((cell) => `${cell.dataset['column']}: ${cell.textContent}`),
    );
  const check = async () => {
    for (const key of ['Home', 'PageDown', 'PageDown', 'End']) {
      await ui.list.grid.press(key);
      await expect(page.locator('[data-testid="list-row"]:not([data-number])')).toHaveCount(0);
      expect(await running()).toEqual([]);
    }
  };
  for (const width of [1440, 1100, 900]) {
    await page.setViewportSize({ width, height: 800 });
    await check();
  }
  await page.setViewportSize({ width: 1440, height: 800 });
  for (const column of ['number', 'time', 'type', 'process', 'flags', 'length', 'outcome']) {
    const edge = await page.getByTestId(`column-edge-${column}`).boundingBox();
    if (edge === null) throw new Error(`the column ${column} has no edge`);
    await page.mouse.move(edge.x + edge.width / 2, edge.y + 5);
    await page.mouse.down();
    await page.mouse.move(edge.x + edge.width / 2 + (column === 'outcome' ? 300 : -300), edge.y + 5, { steps: 3 });
    await page.mouse.up();
  }
  await check();
});

test('the compose drawer and the panes beside it have room for what they hold', async ({ ui, page }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.list.select(ui.list.rows.first());
  for (const width of [900, 1000, 1100, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await ui.compose.open();
    await ui.compose.choose('newlink', 'RTM_NEWLINK');
    const drawer = (await ui.compose.root.boundingBox())!;
    expect(drawer.x + drawer.width, `${width}`).toBeLessThanOrEqual(width);
    for (const button of await ui.compose.root.locator('.compose-actions button').all()) {
      const box = (await button.boundingBox())!;
      expect(box.x + box.width, `${await button.textContent()} at ${width}`).toBeLessThanOrEqual(width);
    }
    const tree = (await ui.tree.root.boundingBox())!;
    expect(tree.width, `${width}`).toBeGreaterThanOrEqual(230);
    for (const hint of await ui.tree.root.locator('.field-hex:visible').all()) {
      const box = (await hint.boundingBox())!;
      expect(box.x + box.width, `raw bytes at ${width}`).toBeLessThanOrEqual(tree.x + tree.width);
    }
    await ui.compose.close();
  }
});

test('what is cut is told in full under the pointer', async ({ ui, page }) => {
  await ui.open(capturePath('monitor-events'));
  await page.setViewportSize({ width: 1100, height: 800 });
  const cut = page.locator('[data-testid="list-row"] [data-column="info"]').filter({ hasText: /.{80}/ }).first();
  await expect(cut).not.toHaveAttribute('title');
  await cut.hover();
  await expect(cut).toHaveAttribute('title', /.{80}/);
  const time = page.locator('[data-testid="list-row"] [data-column="time"]').first();
  await time.hover();
  await expect(cut).not.toHaveAttribute('title');
  // The column has room for the seconds only.
  await expect(time).toHaveText(/^\d\d\.\d{6}$/);
  await expect(time).toHaveAttribute(
    'title',
    new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:${await time.textContent()}$`),
  );
});

test('no group of a socket runs out of the window', async ({ ui, page }) => {
  await expect(ui.startPage).toBeVisible();
  await page.setViewportSize({ width: 1000, height: 700 });
  await ui.start();
  await page.keyboard.press('Control+5');
  const groups = page.getByTestId('socket-row').locator('[data-column="groups"]');
  const hidden = () =>
    groups.evaluateAll((cells) =>
      cells
        .filter((cell) => cell.scrollWidth > cell.clientWidth)
        .map((cell) => `${getComputedStyle(cell).overflowX} ${getComputedStyle(cell).textOverflow}`),
    );
  await expect.poll(async () => (await hidden()).length).toBeGreaterThan(0);
  expect(new Set(await hidden())).toEqual(new Set(['hidden ellipsis']));
});

test('notices leave the buttons of the drawer free', async ({ ui, page }, info) => {
  const path = info.outputPath('notes.pcap');
  writeFileSync(path, 'this is no capture, but a text');
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('file-open').click();
  await (await chooser).setFiles(path);
  await expect(ui.toasts).toContainText('notes.pcap: The file is no capture');
  await ui.compose.open();
  const toast = (await ui.toasts.boundingBox())!;
  const drawer = (await ui.compose.root.boundingBox())!;
  expect(toast.x + toast.width).toBeLessThanOrEqual(drawer.x);
});

test('columns are as wide as the user makes them, and are found so again', async ({ ui, page }) => {
  await ui.open(capturePath('link-attrs-a'));
  const type = page.getByRole('columnheader', { name: 'Type' });
  const width = async () => Math.round((await type.boundingBox())?.width ?? 0);
  const before = await width();
  const edge = await page.getByTestId('column-edge-type').boundingBox();
  if (edge === null) throw new Error('the column has no edge');
  await page.mouse.move(edge.x + edge.width / 2, edge.y + 5);
  await page.mouse.down();
  await page.mouse.move(edge.x + edge.width / 2 + 60, edge.y + 5, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBe(before + 60);
  await page.reload();
  await expect.poll(width).toBe(before + 60);
  await page.getByTestId('column-edge-type').dblclick();
  await expect.poll(width).toBe(before);
});
