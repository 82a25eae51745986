import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.list.select(ui.list.row('RTM_NEWLINK', 'mtu 1400').first());
  await ui.tree.select('IFLA_MTU');
});

test('every command of the palette can be run', async ({ ui, page }) => {
  test.slow();
  const palette = await ui.openPalette();
  const commands = palette.getByRole('option');
  const ids = await commands.evaluateAll((options) =>
    options.map((option) => (option as HTMLElement).dataset['testid']?.replace('command-', '') ?? ''),
  );
  expect(ids.length).toBeGreaterThan(25);
  await page.keyboard.press('Escape');
  // Commands that give up the capture are tried last, on what is left.
  const last = ['capture.clear', 'capture.start', 'capture.toggle', 'capture.everything'];
  for (const id of [...ids.filter((id) => !last.includes(id)), ...last]) {
    const files = page.waitForEvent('filechooser', { timeout: 0 }).catch(() => null);
    // A command that asks the host first opens its dialog a moment later.
    await expect(async () => {
      await ui.closeEverything();
      await page.keyboard.press('Control+Shift+P');
      await expect(palette).toBeVisible({ timeout: 1000 });
    }).toPass({ timeout: 20_000 });
    const command = palette.getByTestId(`command-${id}`);
    // What a command before it did may leave nothing for this one to do.
    if ((await command.count()) > 0) await command.click();
    else await page.keyboard.press('Escape');
    await expect(palette, id).toBeHidden();
    await expect(page.getByTestId('toast').and(page.locator('[data-severity="error"]')), id).toHaveCount(0);
    await ui.closeEverything();
    void files;
  }
});

test('the palette finds commands by words, and Enter runs the one that is marked', async ({ ui, page }) => {
  const palette = await ui.openPalette();
  await palette.getByRole('combobox').fill('theme');
  await expect(palette.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', /dark|light/);
  await ui.openPalette();
  await palette.getByRole('combobox').fill('no such command');
  await expect(palette).toContainText('No command is called that');
  // Nothing is selected that could be compared.
  await palette.getByRole('combobox').fill('swap the sides');
  await expect(palette.getByRole('option')).toHaveCount(0);
  await expect(palette.getByTestId('palette-unable')).toContainText('Swap the sides of the comparison');
});

test('what a command of the palette opens has the focus', async ({ ui, page }) => {
  for (const [id, testId] of [
    ['file.openPipe', 'open-pipe'],
    ['list.goTo', 'go-to'],
    ['decode.rules', 'decode-as'],
  ]) {
    await page.getByTestId('file-save').focus();
    await ui.runCommand(id);
    const dialog = page.getByTestId(testId);
    await expect(dialog.getByRole('textbox')).toBeFocused();
    // Nothing takes it away a moment later.
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
    await page.keyboard.type('12');
    await expect(dialog.getByRole('textbox')).toHaveValue('12');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }
});

test('the focus is where it was when what the palette opened is closed', async ({ ui, page }) => {
  for (const [id, testId] of [
    ['list.goTo', 'go-to'],
    ['app.shortcuts', 'shortcuts'],
    ['capture.options', 'capture-options'],
  ]) {
    await ui.tree.root.focus();
    await ui.runCommand(id);
    await expect(page.getByTestId(testId)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId(testId)).toBeHidden();
    await expect(ui.tree.root).toBeFocused();
  }
});

test('the compose drawer is opened, reached and left with keys', async ({ ui, page }) => {
  await ui.list.grid.focus();
  await page.keyboard.press('Alt+n');
  await expect(ui.compose.operation).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(ui.list.grid).toBeFocused();
  await expect(ui.compose.root).toBeVisible();
  await page.keyboard.press('Shift+F6');
  await page.keyboard.press('Shift+F6');
  await expect(ui.compose.operation).toBeFocused();
  await ui.compose.close();
  await expect(ui.list.grid).toBeFocused();
  // A captured message: the keyboard goes to what can be changed in it.
  await page.keyboard.press('e');
  await expect(ui.compose.root.getByTestId('compose-attr').first().getByRole('textbox').first()).toBeFocused();
});

test('selected bytes are copied in a format chosen with keys', async ({ ui, page }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await ui.bytes.root.focus();
  await page.keyboard.press('Control+Shift+C');
  const menu = page.getByRole('menu', { name: 'Bytes' });
  await expect(menu).toContainText('8 bytes at 0x');
  await menu.getByRole('menuitem', { name: 'Copy as C array' }).press('Enter');
  await expect(menu).toBeHidden();
  await expect(ui.bytes.root).toBeFocused();
  // nla_len 8, nla_type IFLA_MTU 4, 1400.
  await expect.poll(copied).toContain('0x08, 0x00, 0x04, 0x00, 0x78, 0x05, 0x00, 0x00');
});

test('keys open what they are said to open', async ({ ui, page }) => {
  await ui.list.grid.focus();
  await page.keyboard.press('?');
  const shortcuts = page.getByTestId('shortcuts');
  await expect(shortcuts).toContainText('Start or stop capture');
  await page.keyboard.press('Escape');
  await expect(shortcuts).toBeHidden();
  for (const [keys, testId] of [
    ['Control+k', 'capture-options'],
    ['Control+g', 'go-to'],
    ['F1', 'palette'],
  ]) {
    await page.keyboard.press(keys);
    await expect(page.getByTestId(testId)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId(testId)).toBeHidden();
  }
  await page.keyboard.press('Control+/');
  await expect(ui.filter.input).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Alt+n');
  await expect(ui.compose.root).toBeVisible();
});

test('a letter acts in the list, and is a letter in the filter', async ({ ui, page }) => {
  await ui.filter.input.click();
  await page.keyboard.type('e?');
  await expect(ui.filter.input).toHaveText('e?');
  await expect(ui.compose.root).toBeHidden();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await ui.list.grid.focus();
  await page.keyboard.press('e');
  await expect(ui.compose.root).toBeVisible();
});

test('letters can be switched off', async ({ ui, page }) => {
  await ui.runCommand('app.letterKeys');
  await ui.list.grid.focus();
  await page.keyboard.press('e');
  await page.keyboard.press('?');
  await expect(page.getByTestId('shortcuts')).toBeHidden();
  await expect(ui.compose.root).toBeHidden();
});

test('F6 walks through the panes, and keys go straight to one', async ({ ui, page }) => {
  const pane = () => page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset['pane']);
  await ui.list.grid.focus();
  const walk: (string | undefined)[] = [];
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press('F6');
    walk.push(await pane());
  }
  expect(walk).toEqual(['tree', 'bytes', 'filter', 'families', 'list']);
  await page.keyboard.press('Shift+F6');
  expect(await pane()).toBe('families');
  for (const [keys, wanted] of [
    ['Control+2', 'list'],
    ['Control+3', 'tree'],
    ['Control+4', 'bytes'],
    ['Control+1', 'families'],
  ]) {
    await page.keyboard.press(keys);
    expect(await pane()).toBe(wanted);
  }
});

test('the list is walked with the keyboard alone', async ({ ui, page }) => {
  const selected = ui.list.rows.and(page.locator('[aria-selected="true"]'));
  const number = () => selected.getAttribute('data-number');
  await ui.list.grid.focus();
  await page.keyboard.press('Home');
  await expect.poll(number).toBe('1');
  await page.keyboard.press('ArrowDown');
  await expect.poll(number).toBe('3');
  await page.keyboard.press('j');
  await expect.poll(number).toBe('5');
  await page.keyboard.press('k');
  await expect.poll(number).toBe('3');
  await page.keyboard.press('PageDown');
  await expect.poll(async () => Number(await number())).toBeGreaterThan(15);
  await page.keyboard.press('End');
  await expect.poll(number).toBe('58');
  await page.keyboard.press('Control+ArrowUp');
  await expect.poll(number).toBe('56');
  await page.keyboard.press('Enter');
  await expect(ui.tree.root).toBeFocused();
});
