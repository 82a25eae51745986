import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('route-a'));
});

const profile = (ui: Inspector) => ui.page.getByTestId('status-profile');

async function addMacro(ui: Inspector, name: string, text: string): Promise<void> {
  const dialog = ui.page.getByTestId('macros-dialog');
  if (!(await dialog.isVisible())) await ui.runCommand('filter.macros');
  await ui.page.getByTestId('set-add').click();
  await ui.page.getByTestId('macro-name').last().fill(name);
  await ui.page.getByTestId('macro-text').last().click();
  await ui.page.keyboard.type(`${text} `);
}

test('a macro works in the filter box, with completion, and its mistakes are told where they are', async ({
  ui,
  page,
}) => {
  await addMacro(ui, 'of', 'nl.type == $1');
  await addMacro(ui, 'wrong', 'nl.typo == $1');
  // What uses another macro is checked again when that one is there.
  await addMacro(ui, 'addresses', '$of(RTM_NEWADDR)');
  await page.getByTestId('macro-name').last().click();
  await expect(page.getByTestId('macro-text-error')).toBeHidden();
  await page.getByRole('button', { name: 'Done' }).click();
  await ui.filter.apply('$of(RTM_NEWADDR)');
  await expect.poll(async () => (await ui.counts()).shown).toBe(2);
  await ui.filter.type('$wrong(1)');
  await expect(page.getByTestId('filter-error')).toContainText('In the macro $wrong: nl.typo is not a field');
  await expect(page.getByTestId('filter-error').getByTestId('filter-error-macro')).toHaveText('nl.typo == $1');
  await ui.filter.type('$o');
  await expect(page.locator('.filter-completion')).toContainText('$of(');
});

test('a macro that changes is heeded in the filter box, whether its filter is in force or not', async ({
  ui,
  page,
}) => {
  await addMacro(ui, 'mine', 'nl.type == RTM_NEWADDR');
  await page.getByRole('button', { name: 'Done' }).click();
  await ui.filter.type('$other');
  await expect(ui.filter.status).toHaveAttribute('data-tone', 'error');
  await addMacro(ui, 'other', 'nl.type == RTM_NEWADDR');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(ui.filter.status).not.toHaveAttribute('data-tone', 'error');
  await ui.filter.apply('$mine');
  await ui.runCommand('filter.macros');
  await page.getByTestId('macro-text').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type('nl.typo == 1');
  await page.getByRole('button', { name: 'Done' }).click();
  // It stays to be mended, and is no longer in force.
  await expect(ui.filter.input).toHaveText('$mine');
  await expect(ui.filter.status).toHaveAttribute('data-tone', 'error');
  await expect.poll(async () => (await ui.counts()).shown).toBe((await ui.counts()).total);
  // Mended, it is in force again.
  await ui.runCommand('filter.macros');
  await page.getByTestId('macro-text').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.type('nl.type == RTM_NEWADDR');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect.poll(async () => (await ui.counts()).shown).toBe(2);
  await expect(ui.filter.status).not.toHaveAttribute('data-tone', 'error');
});

test('any profile can be duplicated, not only the one in force', async ({ ui, page }) => {
  await addMacro(ui, 'addresses', 'nl.type == RTM_NEWADDR');
  await page.getByRole('button', { name: 'Done' }).click();
  await ui.runCommand('profile.duplicate');
  await page.keyboard.type('Empty');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Done' }).click();
  await ui.runCommand('filter.macros');
  await page
    .getByTestId('macros-dialog')
    .getByRole('button', { name: /Remove/ })
    .click();
  await page.getByRole('button', { name: 'Done' }).click();
  await ui.runCommand('profile.manage');
  await page.getByRole('button', { name: 'Duplicate Default' }).click();
  await expect(page.getByTestId('profile-name').last()).toHaveValue('Default copy');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(profile(ui)).toHaveText('Default copy');
  await ui.filter.apply('$addresses');
  await expect.poll(async () => (await ui.counts()).shown).toBe(2);
});

test('profiles are switched in the status bar, and the host keeps them', async ({ ui, page, server }) => {
  await addMacro(ui, 'addresses', 'nl.type == RTM_NEWADDR');
  await page.getByRole('button', { name: 'Done' }).click();
  await ui.runCommand('profile.duplicate');
  await expect(page.getByTestId('profile-name').last()).toBeFocused();
  await page.keyboard.type('Routes');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(profile(ui)).toHaveText('Routes');
  await ui.runCommand('time.date');
  const path = join(server.config, 'nlscope', 'settings.json');
  const stored = () => JSON.parse(readFileSync(path, 'utf8'));
  await expect.poll(() => stored().profiles.Routes.timeFormat).toBe('date');
  expect(stored().profiles.Default).toMatchObject({ macros: [{ name: 'addresses' }] });

  await profile(ui).click();
  await page.getByRole('menuitemcheckbox', { name: 'Default' }).click();
  await expect(profile(ui)).toHaveText('Default');
  await page.reload();
  await ui.ready();
  await expect(profile(ui)).toHaveText('Default');
  await ui.filter.apply('$addresses');
  await expect.poll(async () => (await ui.counts()).shown).toBe(2);

  // What somebody writes into the file is taken over.
  const mine = stored();
  mine.profiles.Default.filterButtons = [{ label: 'Written by hand', filter: 'errno' }];
  writeFileSync(path, JSON.stringify(mine));
  await expect(page.getByTestId('filter-button')).toHaveText('Written by hand');
});

test('a profile travels in a file', async ({ ui, page }) => {
  await addMacro(ui, 'm', 'errno');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(profile(ui)).toHaveText('Default');
  await page.waitForTimeout(500);
  const download = page.waitForEvent('download');
  await ui.runCommand('profile.export');
  const path = await (await download).path();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    nlscope: 'profile',
    name: 'Default',
    macros: [{ name: 'm' }],
  });
  const chooser = page.waitForEvent('filechooser');
  await ui.runCommand('profile.import');
  await (await chooser).setFiles(path);
  await expect(profile(ui)).toHaveText('Default 2');
});
