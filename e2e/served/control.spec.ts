import { expect, needsLiveKernel, test } from '../fixtures.ts';
import { messageTypes } from '../support/captures.ts';
import { ip } from '../support/kernel.ts';

needsLiveKernel();

/** Rows that fill the list more than once. */
const MANY = 60;

test.beforeEach(async ({ ui }) => {
  await ui.listenOnlyTo('0');
  await ui.start();
  ip('link add nlva type veth peer name nlvb');
  ip('link set nlva up');
  await expect(ui.list.row('RTM_NEWLINK', 'nlva').first()).toBeVisible();
});

/** Adds rules: each is one message, and disturbs nothing. */
function addRules(from: number, count: number): void {
  for (let pref = from; pref < from + count; pref++) ip(`rule add pref ${pref} table 77`);
}

test('while paused nothing moves and nothing is lost', async ({ ui, page }) => {
  await page.getByTestId('capture-pause').click();
  await expect(ui.captureState).toContainText('Paused');
  const before = await ui.counts();
  addRules(1000, 5);
  await expect(page.getByTestId('status-space')).not.toHaveText('');
  await expect(ui.list.row('RTM_NEWRULE')).toHaveCount(0);
  expect((await ui.counts()).shown).toBe(before.shown);
  await page.getByTestId('capture-pause').click();
  await expect(ui.list.row('RTM_NEWRULE')).toHaveCount(5);
});

test('a list that is cleared while paused says that it waits', async ({ ui, page }) => {
  await page.getByTestId('capture-pause').click();
  await page.getByTestId('capture-clear').click();
  await page.getByTestId('question-confirm').click();
  const empty = page.getByTestId('empty-paused');
  await expect(empty).toBeVisible();
  addRules(1000, 1);
  await empty.getByRole('button', { name: 'Resume' }).click();
  await expect(ui.list.row('RTM_NEWRULE', '1000')).toBeVisible();
});

test('the list follows its end until the user looks elsewhere, then tells what is new', async ({ ui, page }) => {
  addRules(1000, MANY);
  await expect(ui.list.row('RTM_NEWRULE', `${1000 + MANY - 1}:`)).toBeInViewport();
  await ui.list.grid.hover();
  await page.mouse.wheel(0, -2000);
  await expect.poll(() => ui.list.firstNumber()).toBe(1);
  await expect(ui.list.newPill).toBeHidden();
  addRules(2000, 7);
  await expect(ui.list.newPill).toContainText('7 new');
  expect(await ui.list.firstNumber()).toBe(1);
  await ui.list.newPill.click();
  await expect(ui.list.row('RTM_NEWRULE', '2006:')).toBeInViewport();
  await expect(ui.list.newPill).toBeHidden();
  addRules(3000, 3);
  await expect(ui.list.row('RTM_NEWRULE', '3002:')).toBeInViewport();
});

test('a selected message stays where it is while others arrive; End goes back to them', async ({ ui, page }) => {
  addRules(1000, MANY);
  const row = ui.list.row('RTM_NEWRULE', `${1000 + MANY - 8}:`);
  // The list follows what arrives: it rests when the last is there.
  await expect(ui.list.row('RTM_NEWRULE', `${1000 + MANY - 1}:`)).toBeInViewport();
  await ui.list.select(row);
  const place = await row.boundingBox();
  addRules(2000, 9);
  await expect(ui.list.newPill).toContainText('9 new');
  expect(await row.boundingBox()).toEqual(place);
  await page.keyboard.press('End');
  await expect(ui.list.row('RTM_NEWRULE', '2008:')).toHaveAttribute('aria-selected', 'true');
  await expect(ui.list.newPill).toBeHidden();
});

test('clearing asks first, and can be refused', async ({ ui, page }) => {
  const total = await ui.settled();
  await page.getByTestId('capture-clear').click();
  await expect(ui.question).toContainText(`${total} messages are not saved`);
  await ui.question.getByRole('button', { name: 'Cancel' }).click();
  await expect(ui.question).toBeHidden();
  expect((await ui.counts()).total).toBe(total);
  await page.keyboard.press('Control+l');
  await page.getByTestId('question-confirm').click();
  await ui.expectTotal(0);
  await expect(page.getByTestId('empty-listening')).toBeVisible();
  ip('rule add pref 1000 table 77');
  await expect(ui.list.row('RTM_NEWRULE', '1000:')).toBeVisible();
});

test('the question before messages are lost saves them, and goes on', async ({ ui, page }) => {
  const total = await ui.settled();
  await page.getByTestId('capture-clear').click();
  const save = page.getByTestId('question-save');
  await expect(save).toBeFocused();
  await expect(save).toHaveText('Stop and save…');
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const path = await (await download).path();
  expect(messageTypes(path)).toHaveLength(total);
  await ui.expectTotal(0);
  // The capture ended before it was saved, so that the file has all of it.
  await expect(ui.captureState).toHaveAttribute('data-state', 'idle');
});

test('a capture that was stopped hears nothing, and goes on in the same list', async ({ ui }) => {
  await ui.stop();
  const { total } = await ui.counts();
  ip('rule add pref 1000 table 77');
  await ui.start();
  ip('rule add pref 1001 table 77');
  await expect(ui.list.row('RTM_NEWRULE', '1001:')).toBeVisible();
  await expect(ui.list.row('RTM_NEWRULE', '1000:')).toHaveCount(0);
  await ui.expectTotal(total + 1);
});

test('restarting drops what was captured, after asking', async ({ ui, page }) => {
  await page.getByTestId('capture-restart').click();
  await page.getByTestId('question-confirm').click();
  await ui.expectTotal(0);
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  ip('rule add pref 1000 table 77');
  await expect(ui.list.row('RTM_NEWRULE', '1000:')).toBeVisible();
});

test('capture options choose a namespace to listen in', async ({ ui, page }) => {
  ip('netns add nle2e');
  try {
    await page.keyboard.press('Control+k');
    const dialog = page.getByTestId('capture-options');
    await dialog.getByTestId('options-netns-nle2e').click();
    await dialog.getByTestId('options-netns-').click();
    await dialog.getByTestId('options-start').click();
    await expect(dialog).toBeHidden();
    await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
    ip('-n nle2e link add inside type veth peer name other');
    await expect(ui.list.row('RTM_NEWLINK', 'inside').first()).toBeVisible();
    ip('rule add pref 1000 table 77');
    ip('-n nle2e link set inside mtu 1234');
    await expect(ui.list.row('RTM_NEWLINK', 'mtu 1234')).toBeVisible();
    await expect(ui.list.row('RTM_NEWRULE', '1000:')).toHaveCount(0);
  } finally {
    ip('netns del nle2e');
  }
});

test('marks are set, found and counted', async ({ ui, page }) => {
  addRules(1000, 5);
  const row = ui.list.row('RTM_NEWRULE', '1002:');
  await ui.list.select(row);
  await page.keyboard.press('Control+m');
  await expect(row).toHaveClass(/marked/);
  await expect(page.getByTestId('status-counts')).toContainText('marked 1');
  await ui.list.select(ui.list.row('RTM_NEWRULE', '1000:'));
  await page.keyboard.press('Control+Shift+n');
  await expect(row).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Control+m');
  await expect(row).not.toHaveClass(/marked/);
});
