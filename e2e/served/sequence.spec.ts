import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, needsLiveKernel, test } from '../fixtures.ts';
import { ip, ipMayFail } from '../support/kernel.ts';

needsLiveKernel();

/** What ip, nft and tc said as they configured a namespace: see main/cli/replay.test.ts. */
const SESSION = fileURLToPath(new URL('../captures/session.pcapng', import.meta.url));
const SPACE = 'nlseq';

const inside = (program: string, ...args: string[]) =>
  execFileSync('ip', ['netns', 'exec', SPACE, program, ...args], { encoding: 'utf8' });
const steps = (page: Page) => page.getByTestId('sequence-step');
const outcomes = (page: Page) =>
  steps(page).evaluateAll((all) => all.map((step) => (step as HTMLElement).dataset['outcome']));

test.beforeEach(() => {
  test.skip(spawnSync('nft', ['list', 'ruleset']).status !== 0, 'no nft, or no nftables in this kernel');
  ipMayFail(`netns del ${SPACE}`);
  ip(`netns add ${SPACE}`);
  for (const name of ['x0', 'x1', 'x2']) ip(`-n ${SPACE} link add ${name} type bridge`);
});
test.afterEach(() => {
  ip(`netns del ${SPACE}`);
});

test('what one namespace was configured with configures another', async ({ ui, page }) => {
  await ui.open(SESSION);
  await ui.runCommand('sequence.displayed');
  await expect(steps(page)).toHaveCount(15);
  await expect(page.getByText('12 requests that only ask are left out.')).toBeVisible();
  await page.getByTestId('sequence-netns').selectOption({ label: SPACE });
  await expect(steps(page).nth(6)).toContainText('RTM_NEWADDR add 10.1.2.3/24 dev veth0');
  await expect(steps(page).nth(6)).toContainText('ifa_index 3 [veth0]: known once #3 has made veth0');
  await expect(page.getByTestId('compose-warning')).toContainText(`15 requests change something in namespace ${SPACE}`);
  const { total } = await ui.counts();
  await page.getByTestId('sequence-send').click();
  await expect(page.getByTestId('sequence-summary')).toHaveText('All 15 sent');
  const [refused, made] = await outcomes(page);
  expect([refused, made]).toEqual(['error', 'ack']);
  await expect(steps(page).first()).toContainText('ENODEV as it was');
  const { ifindex } = JSON.parse(inside('ip', '-j', 'link', 'show', 'veth0'))[0];
  await expect(steps(page).nth(6)).toContainText(`ifa_index ${ifindex} [veth0]`);
  expect(inside('ip', '-br', 'address')).toMatch(/^veth0.* 10\.1\.2\.3\/24/m);
  expect(inside('nft', 'list', 'ruleset')).toContain('iif "veth0" ip saddr @s counter');
  // What was sent is in the list, with its answers.
  await expect.poll(async () => (await ui.counts()).total).toBeGreaterThan(total + 20);
  await steps(page).nth(6).getByRole('button', { name: 'Show message' }).last().click();
  await expect(ui.tree.field('ifa_index')).toContainText(`${ifindex}`);
});

test('an interface without a counterpart is told before anything is sent', async ({ ui, page }) => {
  await ui.open(SESSION);
  await ui.goTo(19);
  await ui.list.grid.focus();
  await page.keyboard.press('q');
  await expect(steps(page)).toHaveCount(1);
  await page.getByTestId('sequence-netns').selectOption({ label: SPACE });
  const blocked = page.getByTestId('sequence-blocked');
  await expect(blocked).toContainText(`there is no interface veth0 in namespace ${SPACE}`);
  await expect(page.getByTestId('sequence-send')).toBeDisabled();
  await page.getByText('Send numbers that have no counterpart there as they were recorded').click();
  await expect(blocked).toBeHidden();
  await page.getByTestId('sequence-send').click();
  await expect(page.getByTestId('sequence-summary')).toHaveText('All 1 sent');
  // Number 3 is another interface there.
  expect(inside('ip', '-j', '-4', 'address')).toContain('10.1.2.3');
});

test('a batch of nftables is written message by message, and refused at the one that is wrong', async ({
  ui,
  page,
}) => {
  await ui.open(SESSION);
  const { compose } = ui;
  await ui.runCommand('compose.new');
  await compose.choose('newtable', 'NFT_MSG_NEWTABLE');
  await compose.setFlag('NLM_F_CREATE');
  await compose.member('nfgen_family').locator('input').fill('1');
  await page.keyboard.press('Tab');
  await compose.add('NFTA_TABLE_NAME');
  await compose.set('NFTA_TABLE_NAME', 't');
  await page.getByTestId('compose-add-to-sequence').click();
  await expect(steps(page)).toHaveCount(1);
  for (const number of [45, 46, 47, 49]) {
    await ui.goTo(number);
    await ui.list.grid.focus();
    await page.keyboard.press('e');
    await expect(compose.root.locator('.compose-head')).toContainText(`from #${number}`);
    await page.getByTestId('compose-add-to-sequence').click();
  }
  await expect(steps(page)).toHaveCount(5);
  await page.getByTestId('sequence-netns').selectOption({ label: SPACE });
  // Without its set there is nothing to add elements to: the whole batch is undone.
  await steps(page).nth(2).hover();
  await steps(page).nth(2).getByRole('button', { name: 'Take out' }).click();
  await expect(steps(page)).toHaveCount(4);
  await page.getByTestId('sequence-send').click();
  await expect.poll(() => outcomes(page)).toEqual(['undone', 'undone', 'error', 'undone']);
  await expect(steps(page).nth(2)).toContainText('ENOENT');
  expect(inside('nft', 'list', 'ruleset')).toBe('');
  await ui.goTo(46);
  await ui.list.grid.focus();
  await page.keyboard.press('q');
  for (const position of [4, 3]) {
    await steps(page).nth(position).hover();
    await steps(page).nth(position).getByRole('button', { name: 'Move up' }).click();
  }
  await expect(steps(page).nth(2)).toContainText('add set inet t s');
  await page.getByTestId('sequence-send').click();
  await expect.poll(() => outcomes(page)).toEqual(['ack', 'ack', 'ack', 'ack', 'ack']);
  const rules = inside('nft', 'list', 'ruleset');
  expect(rules).toContain('elements = { 10.0.0.1, 10.0.0.7 }');
  expect(rules).toContain('iif "lo" accept');
});
