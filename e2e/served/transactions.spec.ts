import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

/** link-attrs-a: message 49 asks for all links; 50 to 54 are links, 55 is NLMSG_DONE. */
const DUMP = { request: 49, first: 50, done: 55 };

test.beforeEach(async ({ ui, page }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.list.grid.focus();
  await page.keyboard.press('End');
  await ui.goTo(DUMP.request);
});

test('a dump is one row that opens and closes', async ({ ui, page }) => {
  const request = ui.list.byNumber(DUMP.request);
  await expect(ui.list.cell(request, 'outcome')).toContainText('DONE');
  await expect(ui.list.byNumber(DUMP.first)).toHaveCount(0);
  await ui.list.expand(request);
  await expect(ui.list.byNumber(DUMP.first)).toHaveClass(/child/);
  await ui.list.grid.hover();
  await page.mouse.wheel(0, 4000);
  await expect(ui.list.byNumber(DUMP.done)).toContainText('NLMSG_DONE');
  await expect(ui.list.byNumber(DUMP.done)).toHaveClass(/last/);
  await ui.list.collapse(request);
  await expect(ui.list.byNumber(DUMP.first)).toHaveCount(0);
  await ui.list.grid.focus();
  await page.keyboard.press('ArrowRight');
  await expect(ui.list.byNumber(DUMP.first)).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(ui.list.byNumber(DUMP.first)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(request).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowLeft');
  await expect(ui.list.byNumber(DUMP.first)).toHaveCount(0);
});

test('all messages stand one after another when answers are not folded', async ({ ui }) => {
  const first = ui.list.byNumber(DUMP.first);
  await ui.runCommand('list.grouping');
  await expect(first).toBeVisible();
  await expect(first).not.toHaveClass(/child/);
  await expect(ui.list.byNumber(DUMP.request)).toHaveAttribute('aria-selected', 'true');
  await ui.runCommand('list.grouping');
  await expect(first).toHaveCount(0);
  await expect(ui.list.byNumber(DUMP.request)).toHaveAttribute('aria-selected', 'true');
});

test('keys walk through a transaction, and back in history', async ({ ui, page }) => {
  await ui.list.expand(ui.list.byNumber(DUMP.request));
  await page.keyboard.press('Control+.');
  await expect(ui.list.byNumber(DUMP.first)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+.');
  await expect(ui.list.byNumber(DUMP.first + 1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+,');
  await expect(ui.list.byNumber(DUMP.first)).toHaveAttribute('aria-selected', 'true');
  await ui.runCommand('list.goToRequest');
  await expect(ui.list.byNumber(DUMP.request)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(ui.list.byNumber(DUMP.first)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Alt+ArrowRight');
  await expect(ui.list.byNumber(DUMP.request)).toHaveAttribute('aria-selected', 'true');
});

test('times are measured from a message that is chosen', async ({ ui, page }) => {
  const time = (number: number) => ui.list.cell(ui.list.byNumber(number), 'time');
  const head = page.getByRole('columnheader', { name: /^Since/ });
  await page.keyboard.press('Control+Alt+3');
  const since = Number(await time(DUMP.request).textContent());
  expect(since).toBeGreaterThan(0);
  await ui.runCommand('time.reference');
  await expect(time(DUMP.request)).toHaveText('*REF*');
  await expect(head).toContainText('Since reference');
  await ui.list.grid.focus();
  await page.keyboard.press('Home');
  // What comes before it is measured from the first message still.
  await expect(time(1)).toHaveText('0.000000');
  // Another one takes over from there, and a saved capture has both.
  const dump = await ui.list.numberOf(ui.list.rows.last());
  await ui.list.select(ui.list.byNumber(dump));
  await ui.runCommand('time.reference');
  await expect(time(dump)).toHaveText('*REF*');
  const path = await ui.save();
  await ui.open(path);
  await expect(head).toContainText('Since reference');
  await ui.goTo(DUMP.request);
  await expect(time(DUMP.request)).toHaveText('*REF*');
  await ui.goTo(dump);
  await expect(time(dump)).toHaveText('*REF*');
  await ui.runCommand('time.reference');
  await expect(time(dump)).toHaveText(/^\d+\.\d{6}$/);
  // Once more on the same message, and it is none any more.
  await ui.goTo(DUMP.request);
  await ui.runCommand('time.reference');
  await expect(time(DUMP.request)).toHaveText(`${since.toFixed(6)}`);
  await expect(head).toContainText('Since start');
});

test('going to an answer opens its request', async ({ ui, page }) => {
  await expect(ui.list.byNumber(DUMP.first)).toHaveCount(0);
  await page.keyboard.press('Control+.');
  await expect(ui.list.byNumber(DUMP.first)).toHaveAttribute('aria-selected', 'true');
  await ui.list.collapse(ui.list.byNumber(DUMP.request));
  await ui.goTo(DUMP.done);
  await expect(ui.list.byNumber(DUMP.done)).toBeInViewport();
  await expect(ui.toasts).toHaveCount(0);
});

test('a request is filtered with all that answers it', async ({ ui }) => {
  const request = ui.list.byNumber(DUMP.request);
  await ui.list.chooseFromMenu(ui.list.cell(request, 'relation'), 'Apply as filter');
  await expect.poll(async () => (await ui.counts()).shown).toBe(DUMP.done - DUMP.request + 1);
});

test('a failed request says why, in the list, above its fields and in its bytes', async ({ ui, page }) => {
  await ui.open(capturePath('link-bond'));
  // The kernel names the attribute by its offset in the request.
  const request = ui.list.row('RTM_NEWLINK', 'unable to set option because the bond is up');
  await ui.list.grid.focus();
  await page.keyboard.press('End');
  await expect(ui.list.cell(request, 'info')).toContainText('EBUSY');
  await ui.list.select(request);
  await expect(ui.explanation).toContainText('EBUSY');
  await expect(ui.explanation).toContainText('Next:');
  const offender = ui.explanation.getByTestId('explanation-attribute');
  await expect(offender).toHaveText('IFLA_BOND_AD_LACP_RATE');
  await ui.list.cell(request, 'info').locator('[data-attribute-link]').click();
  await expect(ui.tree.field('IFLA_BOND_AD_LACP_RATE')).toHaveAttribute('aria-selected', 'true');
  await ui.tree.root.press('Home');
  await offender.click();
  await expect(ui.tree.field('IFLA_BOND_AD_LACP_RATE')).toHaveAttribute('aria-selected', 'true');
  await expect(ui.tree.field('IFLA_BOND_AD_LACP_RATE')).toHaveAttribute('data-severity', 'error');
  const marked = await ui.bytes.offsets('marked');
  expect(marked).toEqual(await ui.bytes.offsets('selected'));
  // nla_len 5, nla_type IFLA_BOND_AD_LACP_RATE 21.
  const cells = await Promise.all(marked.slice(0, 4).map((offset) => ui.bytes.byte(offset).textContent()));
  expect(cells.join(' ')).toBe('05 00 15 00');
});

// Recorded with kernel-module/, which fails in every way that extended acks know.
for (const { asked, says, attribute } of [
  { asked: 'OFFSET', says: 'EINVAL', attribute: 'NLSCOPE_LAB_FAIL_A_VALUE' },
  { asked: 'NESTED_OFFSET', says: 'Nobody likes this id', attribute: 'NLSCOPE_LAB_NEST_A_ID' },
  { asked: 'MISSING_ATTR', says: 'EINVAL', attribute: 'NLSCOPE_LAB_FAIL_A_REQUIRED' },
  { asked: 'MISSING_IN_NEST', says: 'The nest has no name', attribute: 'NLSCOPE_LAB_NEST_A_NAME' },
  { asked: 'ERRNO', says: 'integer out of range', attribute: 'NLSCOPE_LAB_FAIL_A_RANGED' },
]) {
  test(`the failure ${asked} is explained down to ${attribute}`, async ({ ui }) => {
    await ui.open(capturePath('lab-failures'));
    await ui.list.select(ui.list.row('NLSCOPE_LAB_CMD_FAIL', attribute));
    await expect(ui.explanation).toContainText(says);
    await expect(ui.explanation).toContainText(attribute);
  });
}

for (const { asked, words, says } of [
  { asked: 'without a word', words: 'ENOSPC', says: 'ENOSPC' },
  { asked: 'with a message alone', words: 'it does', says: 'It was asked to fail, and it does' },
]) {
  test(`a failure ${asked} is explained`, async ({ ui }) => {
    await ui.open(capturePath('lab-failures'));
    await ui.list.select(ui.list.row('NLSCOPE_LAB_CMD_FAIL', words));
    await expect(ui.explanation).toContainText(says);
  });
}

test('errors are counted, listed and found by key', async ({ ui, page }) => {
  await ui.open(capturePath('errors-rtnl'));
  const button = page.getByTestId('status-severity');
  await expect(button).toContainText(/\d+ errors/);
  await button.click();
  const item = page.getByTestId('expert-item').filter({ hasText: 'Unknown device type' }).first();
  await item.click();
  await expect(ui.explanation).toContainText('Unknown device type');
  await page.keyboard.press('Escape');
  await ui.list.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('F8');
  await expect(ui.explanation).toBeVisible();
  const first = await ui.list.rows.and(page.locator('[aria-selected="true"]')).getAttribute('data-number');
  await page.keyboard.press('F8');
  await expect(ui.list.rows.and(page.locator('[aria-selected="true"]'))).not.toHaveAttribute(
    'data-number',
    first ?? '',
  );
});

test('text, bytes and filters are found in the list', async ({ ui, page }) => {
  await ui.list.grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+f');
  const bar = page.getByTestId('find-bar');
  const input = page.getByTestId('find-input');
  const selected = ui.list.rows.and(page.locator('[aria-selected="true"]'));
  await input.fill('an alias');
  await input.press('Enter');
  await expect(selected).toContainText('an alias');
  await bar.getByLabel('Find in').selectOption('bytes');
  // IFLA_MTU 1400.
  await input.fill('08 00 04 00 78 05');
  await input.press('Enter');
  await expect(selected).toContainText('mtu 1400');
  await input.fill('ff ff ff ff ff ff ff ff ff ff ff 01 02 03');
  await input.press('Enter');
  await expect(bar).toContainText('Nothing found');
  await bar.getByLabel('Find in').selectOption('filter');
  await input.fill('nl.type == RTM_DELLINK');
  await input.press('Enter');
  await expect(selected).toContainText('RTM_DELLINK');
  await input.press('Escape');
  await expect(bar).toHaveCount(0);
  // The keys go on with what the bar asked; open again, it still asks it.
  for (const key of ['F3', 'Shift+F3']) {
    await page.keyboard.press('Home');
    await expect(selected).not.toContainText('RTM_DELLINK');
    await page.keyboard.press(key);
    await expect(selected).toContainText('RTM_DELLINK');
  }
  await page.keyboard.press('Control+f');
  await expect(input).toHaveValue('nl.type == RTM_DELLINK');
  await input.press('Escape');
  await expect(bar).toBeHidden();
});
