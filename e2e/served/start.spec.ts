import { writeFileSync } from 'node:fs';
import { expect, test, watchMistakes } from '../fixtures.ts';
import { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';
import { Server } from '../support/server.ts';

test('the start page offers what can be done, and says what would be captured', async ({ ui, page }) => {
  await expect(page).toHaveTitle('nlscope');
  await expect(ui.captureState).toHaveText('Not capturing');
  await expect(ui.startPage).toContainText(/\d+ protocols? and \d+ groups?/);
  for (const name of ['Start capture', 'Open file', 'Capture options']) {
    await expect(ui.startPage.getByRole('button', { name })).toBeEnabled();
  }
  for (const id of ['capture-pause', 'capture-restart', 'capture-clear', 'file-save']) {
    await expect(page.getByTestId(id)).toBeDisabled();
  }
  expect(await ui.counts()).toEqual({ shown: 0, total: 0 });
});

test('the families panel lists what this kernel has, and a click chooses groups', async ({ ui, page }) => {
  const chip = page.getByTestId('groups-chip');
  const link = ui.families.locator('[data-key="0/1"]');
  await expect(link).toContainText('link');
  await expect(link).toHaveAttribute('aria-checked', 'true');
  const before = await chip.getAttribute('aria-label');
  await link.click();
  await expect(link).toHaveAttribute('aria-checked', 'false');
  await expect(chip).not.toHaveAttribute('aria-label', before ?? '');
  await page.reload();
  await ui.ready();
  await expect(link).toHaveAttribute('aria-checked', 'false');
});

test('families can be searched', async ({ ui, page }) => {
  await page.getByRole('button', { name: 'Search families and groups' }).click();
  await page.getByRole('textbox', { name: 'Search families and groups' }).fill('nlctrl');
  const rows = page.getByTestId('family-row');
  await expect(rows.filter({ hasText: 'nlctrl' })).toBeVisible();
  await expect(rows.filter({ hasText: 'ipv4-route' })).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Search families and groups' }).fill('no such family');
  await expect(ui.families).toContainText('Nothing is called');
});

test('without capabilities the start page names what is missing and how to get it', async ({ page }) => {
  const server = await Server.start({ privileged: false });
  try {
    await page.goto(server.link);
    const ui = new Inspector(page);
    await ui.ready();
    const notice = page.getByTestId('missing-rights');
    await expect(notice).toContainText(/out of reach without .*CAP_\w+/);
    await expect(notice).toContainText('install its helper:');
    // The command stands on lines of its own, all of it, ready to be copied.
    const command = notice.getByTestId('command-line');
    await expect(command).toHaveText(/^\$sudo .*setcap cap_\w+.*"$/);
    await expect(command.getByRole('button', { name: 'Copy command' })).toBeVisible();
    const cut = await command.locator('code').evaluate((code) => code.scrollWidth - code.clientWidth);
    expect(cut).toBeLessThanOrEqual(0);
    const locked = page.locator('[data-testid="family-row"][aria-disabled="true"]');
    await expect(locked.first()).toBeVisible();
    await expect(locked.first()).toHaveAttribute('title', /needs CAP_\w+/);
    // It cannot be chosen, whatever is tried; everything else can be captured.
    await locked.first().click({ force: true });
    await expect(locked.first()).toHaveAttribute('aria-checked', 'false');
    await ui.start();
  } finally {
    await server.stop();
  }
});

test('a link works once, and nothing is served without one', async ({ server, ui, browser }) => {
  await expect(ui.startPage).toBeVisible();
  const stranger = await browser.newContext();
  const page = await stranger.newPage();
  expect((await page.goto(server.link))?.status()).toBe(401);
  await expect(page.locator('body')).toContainText('used before');
  expect((await page.goto(server.origin))?.status()).toBe(401);
  expect((await stranger.request.get(`${server.origin}/index.html`)).status()).toBe(401);
  await stranger.close();
});

test('the page runs under a policy that allows its own scripts alone', async ({ server, page }) => {
  await page.goto(server.link);
  await new Inspector(page).ready();
  const answer = await page.reload();
  const policy = answer?.headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('unsafe');
  const ran = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.head.append(script);
    return 'intruder' in window;
  });
  expect(ran).toBe(false);
});

test('a capture that holds nothing says so', async ({ ui, page }, info) => {
  const path = info.outputPath('empty.pcap');
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(0x40000, 16);
  header.writeUInt32LE(253, 20);
  writeFileSync(path, header);
  await ui.open(path);
  await expect(page.getByTestId('empty-file')).toBeVisible();
});

test('a file that is no capture is refused with a reason, and the list stays', async ({ ui, page }, info) => {
  await ui.open(capturePath('rule-a'));
  await ui.expectTotal(93);
  const path = info.outputPath('notes.pcap');
  writeFileSync(path, 'this is no capture, but a text');
  const chooser = page.waitForEvent('filechooser');
  await page.getByTestId('file-open').click();
  await (await chooser).setFiles(path);
  await expect(ui.toasts.filter({ hasText: 'no capture that nlscope reads' })).toBeVisible();
  await ui.expectTotal(93);
});

test('captures opened before are offered again on the start page', async ({ ui, page }) => {
  await ui.open(capturePath('rule-a'));
  await ui.runCommand('capture.clear');
  const recent = page.getByTestId('recent-file').filter({ hasText: 'rule-a.pcap' });
  await recent.click();
  await ui.expectTotal(93);
  await expect(ui.captureState).toContainText('rule-a.pcap');
});

test('two windows show the same capture', async ({ ui, page, context }) => {
  const second = await context.newPage();
  const mistakes = watchMistakes(second);
  await second.goto(new URL(page.url()).origin);
  const other = new Inspector(second);
  await other.ready();
  await ui.open(capturePath('rule-a'));
  await other.expectTotal(93);
  await expect(other.list.rows.first()).toBeVisible();
  expect(mistakes).toEqual([]);
});
