import { expect, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';

test.use({ viewport: { width: 1600, height: 1000 } });

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('route-a'));
});

const head = (ui: Inspector, column: string) => ui.page.locator(`[data-head="${column}"]`);
const press = (ui: Inspector, column: string) => head(ui, column).locator('.head-title').click();

/** Texts of a column on screen, from top to bottom, with the numbers of their rows. */
async function shown(ui: Inspector, column: string): Promise<{ readonly number: number; readonly text: string }[]> {
  return ui.list.rows.evaluateAll(
    (rows, id) =>
      rows
        .toSorted((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
        .filter((row) => row.hasAttribute('data-number'))
        .map((row) => ({
          number: Number((row as HTMLElement).dataset['number']),
          text: row.querySelector(`[data-column="${id}"]`)?.textContent ?? '',
        })),
    column,
  );
}

const lengths = async (ui: Inspector) =>
  (await shown(ui, 'length')).map(({ text }) => Number(text.replaceAll(',', '')));

/** Whether the lengths on screen ascend (1) or descend (-1), and are not all alike. */
async function isInOrder(ui: Inspector, by: 1 | -1): Promise<boolean> {
  const now = await lengths(ui);
  const ordered = now.every((length, at) => at === 0 || by * (length - now[at - 1]) >= 0);
  return now.length > 5 && ordered && now[0] !== now.at(-1);
}

/** Goes to the first row until the list is in the order that is looked for: it comes when the host has it. */
async function fromTheTop(ui: Inspector, look: () => Promise<void>): Promise<void> {
  await expect(async () => {
    await ui.list.grid.press('Home');
    await look();
  }).toPass({ timeout: 10_000 });
}

test('a head sorts up, then down, then as captured, and the selection stays', async ({ ui }) => {
  const firstRows = async () => (await shown(ui, 'length')).slice(0, 10).map(({ number }) => number);
  await expect.poll(async () => (await firstRows()).length).toBe(10);
  const captured = await firstRows();
  await ui.goTo(15);
  await press(ui, 'length');
  await expect(head(ui, 'length')).toHaveAttribute('aria-sort', 'ascending');
  await fromTheTop(ui, async () => expect(await isInOrder(ui, 1)).toBe(true));
  await press(ui, 'length');
  await expect(head(ui, 'length')).toHaveAttribute('aria-sort', 'descending');
  await fromTheTop(ui, async () => expect(await isInOrder(ui, -1)).toBe(true));
  await ui.goTo(15);
  await expect(ui.list.byNumber(15)).toHaveAttribute('aria-selected', 'true');
  await press(ui, 'length');
  await expect(head(ui, 'length')).not.toHaveAttribute('aria-sort', /.*/);
  await expect(ui.list.byNumber(15)).toHaveAttribute('aria-selected', 'true');
  await fromTheTop(ui, async () => expect(await firstRows()).toEqual(captured));
});

test('it holds through a filter, and finding, marks and answers go by it', async ({ ui, page }) => {
  await press(ui, 'length');
  await press(ui, 'length');
  await ui.filter.apply('nl.type == RTM_NEWROUTE && nl.dir == request');
  await expect(head(ui, 'length')).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(() => isInOrder(ui, -1)).toBe(true);
  await ui.filter.clear();
  await ui.list.grid.press('Home');
  // The next error from the top, in the order that is seen.
  await page.keyboard.press('F8');
  const selected = page.locator('[data-testid="list-row"][aria-selected="true"]');
  await expect(selected).toHaveAttribute('data-severity', 'error');
  await ui.list.grid.press('Home');
  // The rows of the top have come when the first of them is the selected one.
  await expect.poll(async () => (await shown(ui, 'number'))[0]?.number).toBe(await ui.list.numberOf(selected));
  const request = ui.list.rows.filter({ has: page.getByLabel('answers hidden') }).first();
  const number = await ui.list.numberOf(request);
  await ui.list.expand(ui.list.byNumber(number));
  const below = async () => {
    const numbers = (await shown(ui, 'type')).map((row) => row.number);
    return numbers[numbers.indexOf(number) + 1];
  };
  await expect.poll(below).toBe(number + 1);
  await ui.runCommand('list.reverseOrder');
  await expect(head(ui, 'length')).toHaveAttribute('aria-sort', 'ascending');
  await ui.runCommand('list.captureOrder');
  await expect(page.locator('[data-head][aria-sort]')).toHaveCount(0);
});

test('without a selection the top is shown, in whatever order', async ({ ui }) => {
  await expect.poll(async () => (await shown(ui, 'number'))[0]?.number).toBe(1);
  await press(ui, 'length');
  await expect.poll(() => isInOrder(ui, 1)).toBe(true);
  const [least] = await lengths(ui);
  await press(ui, 'length');
  await expect.poll(async () => (await lengths(ui))[0]).toBeGreaterThan(least);
  await expect.poll(() => isInOrder(ui, -1)).toBe(true);
});

test('the menus of heads sort, too', async ({ ui, page }) => {
  await head(ui, 'type').click({ button: 'right' });
  await page.getByRole('menuitemcheckbox', { name: 'Sort descending' }).click();
  await fromTheTop(ui, async () => expect((await shown(ui, 'type'))[0]?.text).toBe('RTM_NEWROUTE'));
  await page.getByTestId('time-format').click();
  await page.getByRole('menuitemcheckbox', { name: 'Sort descending' }).click();
  await expect(head(ui, 'time')).toHaveAttribute('aria-sort', 'descending');
  await fromTheTop(ui, async () => expect((await shown(ui, 'number'))[0]?.number).toBeGreaterThan(150));
});
