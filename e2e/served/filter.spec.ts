import { expect, test } from '../fixtures.ts';
import { capturePath, messageTypes } from '../support/captures.ts';

/** From linux/rtnetlink.h. */
const RTM_NEWLINK = 16;

const LINKS = messageTypes(capturePath('link-attrs-a')).filter((type) => type === RTM_NEWLINK).length;
const ALL = messageTypes(capturePath('link-attrs-a')).length;

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.expectTotal(ALL);
});

test('a filter that is typed is applied with Enter, and shows what the file holds of it', async ({ ui }) => {
  await ui.filter.type('nl.type == RTM_NEWLINK');
  await expect(ui.filter.status).toHaveText('Enter applies');
  expect((await ui.counts()).shown).toBe(ALL);
  await ui.filter.apply('nl.type == RTM_NEWLINK');
  await expect(ui.filter.status).toHaveText(`${LINKS} of ${ALL}`);
  expect(await ui.counts()).toEqual({ shown: LINKS, total: ALL });
  await ui.filter.clear();
  expect((await ui.counts()).shown).toBe(ALL);
});

test('a mistake is named, marked where it is, and leaves the last filter in force', async ({ ui, page }) => {
  await ui.filter.apply('nl.type == RTM_NEWLINK');
  await ui.filter.type('nl.type == RTM_NEWLINK && link.mtuu > 5');
  await expect(ui.filter.status).toHaveText('error, last filter still applied');
  await expect(ui.filter.underlined).toHaveText('link.mtuu');
  await expect(ui.filter.error).toContainText('link.mtuu');
  await expect(ui.filter.error).toContainText('Column 27 to 35');
  await page.keyboard.press('Enter');
  expect((await ui.counts()).shown).toBe(LINKS);
  await ui.filter.error.getByRole('button', { name: 'Revert' }).click();
  await expect(ui.filter.input).toHaveText('nl.type == RTM_NEWLINK');
  await expect(ui.filter.status).toHaveText(`${LINKS} of ${ALL}`);
});

test('an unfinished filter is no error', async ({ ui }) => {
  await ui.filter.type('link.mtu >');
  await expect(ui.filter.status).toHaveAttribute('data-tone', 'incomplete');
  await expect(ui.filter.error).toBeHidden();
});

test('names and values seen are completed', async ({ ui, page }) => {
  await ui.filter.type('link.mt');
  await expect(ui.filter.completions.filter({ hasText: 'link.mtu' }).first()).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(ui.filter.input).toHaveText('link.mtu');
  await ui.filter.type('nl.type == RTM_NEWL');
  await expect(ui.filter.completions.filter({ hasText: 'RTM_NEWLINK' }).first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(ui.filter.input).toHaveText('nl.type == RTM_NEWLINK');
});

test('filters used before come back with the arrow key', async ({ ui, page }) => {
  await ui.filter.apply('nl.type == RTM_NEWLINK');
  await ui.filter.apply('nl.type == RTM_GETLINK');
  await ui.filter.clear();
  await ui.filter.input.click();
  await page.keyboard.press('ArrowDown');
  await expect(ui.filter.history).toContainText('nl.type == RTM_GETLINK');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(ui.filter.input).toHaveText('nl.type == RTM_NEWLINK');
  await expect.poll(async () => (await ui.counts()).shown).toBe(LINKS);
  await page.reload();
  await ui.ready();
  await ui.filter.input.click();
  await page.keyboard.press('ArrowDown');
  await expect(ui.filter.history).toContainText('nl.type == RTM_GETLINK');
});

test('Escape gives back the filter in force', async ({ ui, page }) => {
  await ui.filter.apply('nl.type == RTM_NEWLINK');
  // No list of completions is open after a blank: the first Escape would close that.
  await ui.filter.type('link.mtu == 1 ');
  await expect(ui.filter.status).toHaveText('Enter applies');
  await page.keyboard.press('Escape');
  await expect(ui.filter.input).toHaveText('nl.type == RTM_NEWLINK');
  await page.keyboard.press('Escape');
  await expect(ui.list.grid).toBeFocused();
});

test('a filter that hides everything says so, and offers to go back', async ({ ui, page }) => {
  await ui.filter.apply('link.mtu == 3');
  const empty = page.getByTestId('empty-filtered');
  await expect(empty).toContainText(`hides all ${ALL} messages`);
  await empty.getByRole('button', { name: 'Clear filter' }).click();
  await expect(empty).toBeHidden();
  expect((await ui.counts()).shown).toBe(ALL);
});

test('a cell is applied as a filter, added to it and excluded from it', async ({ ui }) => {
  const type = (name: string) => ui.list.cell(ui.list.row(name).first(), 'type');
  await ui.list.chooseFromMenu(type('RTM_NEWLINK'), 'Apply as filter');
  await expect(ui.filter.input).toHaveText('nl.type == "RTM_NEWLINK"');
  await expect.poll(async () => (await ui.counts()).shown).toBe(LINKS);
  const row = ui.list.row('RTM_NEWLINK').first();
  await ui.list.chooseFromMenu(ui.list.cell(row, 'direction'), 'Exclude this');
  await expect(ui.filter.input).toHaveText(/nl\.type == "RTM_NEWLINK" && !\(?nl\.dir == request\)?/);
  await expect.poll(async () => (await ui.counts()).shown).toBeLessThan(LINKS);
});

test('a field is applied as a filter from its menu and with its key', async ({ ui, page }) => {
  await ui.list.select(ui.list.row('RTM_NEWLINK', 'mtu 1400').first());
  await ui.tree.field('IFLA_MTU').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Apply as filter' }).click();
  await expect(ui.filter.input).toHaveText('link.mtu == 1400');
  await expect.poll(async () => (await ui.counts()).shown).toBeLessThan(ALL);
  expect((await ui.counts()).shown).toBeGreaterThan(0);
  await ui.tree.select('IFLA_TXQLEN');
  await page.keyboard.press('Alt+f');
  await expect(ui.filter.input).toHaveText(/^link\.txqlen == \d+$/);
  await ui.tree.select('IFLA_MTU');
  await page.keyboard.press('Alt+Shift+f');
  await expect(ui.filter.input).toHaveText(/^link\.txqlen == \d+ && !\(?link\.mtu == 1400\)?$/);
});

test('the selected message stays selected and in view when a filter comes and goes', async ({ ui }) => {
  await ui.filter.apply('link.ifalias == "an alias"');
  const row = ui.list.rows.first();
  const number = await ui.list.numberOf(row);
  await ui.list.select(row);
  await ui.filter.clear();
  await expect(ui.list.byNumber(number)).toHaveAttribute('aria-selected', 'true');
  await expect(ui.list.byNumber(number)).toBeInViewport();
});
