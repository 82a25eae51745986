import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { Inspector } from '../pages/inspector.ts';
import { capturePath, messageTypes } from '../support/captures.ts';
import { ip, tidy, whyNotLive } from '../support/kernel.ts';
import { Desktop } from './desktop.ts';

/** linux/rtnetlink.h. */
const RTM_NEWRULE = 32;

/** The desktop edition's own main and preload bundles; only the `electron` module is a double. */
const test = base.extend<{ desktop: Desktop }>({
  desktop: async ({ page }, use) => {
    const desktop = await Desktop.start(page);
    await use(desktop);
    desktop.kill();
  },
});

test('serves its page from a scheme of its own, under a policy that allows nothing else', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  const answer = (await desktop.ask('request', { url: 'nlscope://app/index.html' })) as {
    headers: Record<string, string>;
  };
  const policy = answer.headers['content-security-policy'];
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'none'");
  expect(policy).not.toContain('unsafe');
  for (const url of [
    'nlscope://app/../../package.json',
    'nlscope://other/index.html',
    'nlscope://app/%2e%2e/main/nlscope.js',
  ]) {
    expect(await desktop.ask('request', { url }), url).toMatchObject({ status: 404 });
  }
});

test('confines the window', async ({ desktop }) => {
  expect(desktop.messages.find((m) => m.kind === 'window')).toMatchObject({
    preferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false },
  });
  expect(await desktop.ask('refusals')).toEqual({
    navigation: true,
    redirect: true,
    webview: true,
    secondWindow: true,
    permission: true,
    download: true,
  });
});

test('answers the window and nobody else', async ({ desktop }) => {
  const picks = { channel: 'nlscope:pick-open', args: [] };
  await expect(desktop.ask('invoke', { ...picks, origin: 'https://example.org' })).rejects.toThrow('refused');
  await expect(desktop.ask('invoke', { ...picks, parent: {} })).rejects.toThrow('refused');
  expect(await desktop.ask('invoke', picks)).toBeNull();
  await desktop.ask('invoke', { channel: 'nlscope:open-external', args: ['file:///etc/passwd'] });
  expect(desktop.messages.some((m) => m.kind === 'external')).toBe(false);
});

test('opens and saves through the dialogs, by menu', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  await desktop.ask('choose', { path: capturePath('errors-rtnl') });
  await desktop.ask('click', { command: 'file.open' });
  await expect(page.getByTestId('status-counts')).toContainText('132 / 132');
  const saved = join(await mkdtemp(join(tmpdir(), 'nlscope-e2e-')), 'out.pcapng');
  await desktop.ask('choose', { path: saved });
  await desktop.ask('click', { command: 'file.save' });
  await expect.poll(() => existsSync(saved)).toBe(true);
  await expect.poll(() => messageTypes(saved).length).toBe(132);
});

test('asks before messages are lost that no file holds', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  const objects = () => page.evaluate(() => !window.dispatchEvent(new Event('beforeunload', { cancelable: true })));
  expect(await objects()).toBe(false);
  await ui.compose.open();
  await ui.compose.choose('getlink dump', 'RTM_GETLINK', 'dump');
  await ui.compose.sendIt();
  await expect.poll(objects).toBe(true);
  // "Go back", then "Close without saving".
  expect(await desktop.ask('objection', { button: 0 })).toBe(false);
  expect(await desktop.ask('objection', { button: 1 })).toBe(true);
  const question = () => desktop.messages.findLast(({ kind }) => kind === 'question');
  expect(question()).toMatchObject({
    detail: expect.stringMatching(/^(1 message is|\d+ messages are) not saved and will be lost\.$/),
  });
  await expect(page).toHaveTitle('*Unsaved capture – nlscope');
  // The window itself asks, too: Chromium does not heed every page.
  expect(await desktop.ask('close', { button: 0 })).toBe(true);
  const saved = join(await mkdtemp(join(tmpdir(), 'nlscope-e2e-')), 'out.pcapng');
  await desktop.ask('choose', { path: saved });
  await desktop.ask('click', { command: 'file.save' });
  await expect.poll(objects).toBe(false);
  await expect(page).toHaveTitle('out.pcapng – nlscope');
  const asked = () => desktop.messages.filter(({ kind }) => kind === 'question').length;
  const before = asked();
  expect(await desktop.ask('close', { button: 0 })).toBe(false);
  expect(asked()).toBe(before);
  // A mark is something to be saved, as long as it is there.
  await page.getByTestId('list-row').first().click();
  await page.keyboard.press('Control+m');
  await expect(page).toHaveTitle('*out.pcapng – nlscope');
  expect(await desktop.ask('close', { button: 0 })).toBe(true);
  expect(question()).toMatchObject({ detail: 'Changes to the marks are not saved and will be lost.' });
  await page.keyboard.press('Control+m');
  await expect(page).toHaveTitle('out.pcapng – nlscope');
  expect(await objects()).toBe(false);
  // It is asked once, whatever the page says after that.
  await page.keyboard.press('Control+m');
  await expect(page).toHaveTitle('*out.pcapng – nlscope');
  const last = asked();
  expect(await desktop.ask('close', { button: 1 })).toBe(false);
  expect(await desktop.ask('objection', { button: 0 })).toBe(true);
  expect(asked()).toBe(last + 1);
});

test('saves what is unsaved when its window is closed, and closes then', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  await ui.compose.open();
  await ui.compose.choose('getlink dump', 'RTM_GETLINK', 'dump');
  await ui.compose.sendIt();
  await expect(page).toHaveTitle('*Unsaved capture – nlscope');
  const closed = () => desktop.messages.filter(({ kind }) => kind === 'closed');
  // Whoever chooses no name has not saved: the window stays.
  expect(await desktop.ask('close', { button: 2 })).toBe(true);
  expect(desktop.messages.findLast(({ kind }) => kind === 'question')).toMatchObject({
    buttons: ['Go back', 'Close without saving', 'Save…'],
  });
  await expect.poll(() => desktop.messages.some(({ kind }) => kind === 'save-dialog')).toBe(true);
  const saved = join(await mkdtemp(join(tmpdir(), 'nlscope-e2e-')), 'out.pcapng');
  await desktop.ask('choose', { path: saved });
  expect(closed()).toEqual([]);
  expect(await desktop.ask('close', { button: 2 })).toBe(true);
  await expect.poll(closed).toMatchObject([{ stays: false }]);
  expect(messageTypes(saved).length).toBeGreaterThan(0);
});

test('says which of several captures it does not open', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  await desktop.ask('secondInstance', { path: capturePath('rule-a'), others: ['/tmp/other.pcap', '/tmp/third.pcap'] });
  await ui.expectTotal(93);
  await expect
    .poll(() => desktop.messages.find(({ kind }) => kind === 'message'))
    .toMatchObject({ detail: expect.stringContaining('rule-a.pcap is opened. Not opened: other.pcap, third.pcap.') });
});

test('a capture that a second start names is opened in the window, after asking', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  await desktop.ask('secondInstance', { path: capturePath('rule-a') });
  await ui.expectTotal(93);
  await desktop.ask('click', { command: 'capture.start' });
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  // What our own request says is a message that no file holds.
  await ui.compose.open();
  await ui.compose.choose('getlink dump', 'RTM_GETLINK', 'dump');
  await ui.compose.sendIt();
  await ui.compose.close();
  await desktop.ask('secondInstance', { path: capturePath('rule-a') });
  await expect(ui.question).toContainText('not saved');
  await page.getByTestId('question-confirm').click();
  await ui.expectTotal(93);
});

test('a capture is written to a ring of files', async ({ desktop, page }) => {
  const reason = whyNotLive();
  test.skip(reason !== null, reason ?? '');
  const ui = new Inspector(page);
  await ui.ready();
  await ui.listenOnlyTo('0');
  const folder = await mkdtemp(join(tmpdir(), 'nlscope-e2e-'));
  await desktop.ask('click', { command: 'capture.options' });
  const dialog = page.getByTestId('capture-options');
  await dialog.getByTestId('options-files').click();
  await dialog.getByTestId('options-path').fill('ring.pcapng');
  await expect(dialog).toContainText('A path that begins with /');
  await desktop.ask('choose', { path: join(folder, 'ring.pcapng') });
  await dialog.getByRole('button', { name: 'Choose…' }).click();
  await expect(dialog.getByTestId('options-path')).toHaveValue(join(folder, 'ring.pcapng'));
  await dialog.getByTestId('options-fileMessages').fill('4');
  await dialog.getByTestId('options-keep').fill('2');
  await dialog.getByTestId('options-stopMessages').fill('14');
  await dialog.getByTestId('options-start').click();
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  for (let pref = 1000; pref < 1020; pref++) ip(`rule add pref ${pref} table 77`);
  await expect(ui.captureState).toHaveAttribute('data-state', 'stopped');
  tidy();
  await expect(page.getByTestId('status-sources')).toContainText('file 4');
  // Files of four messages: those with the last six of fourteen are kept.
  const files = (await readdir(folder)).sort();
  const rules = files.map((name) => messageTypes(join(folder, name)).filter((type) => type === RTM_NEWRULE).length);
  expect(rules).toEqual([4, 2]);
});

test('a page whose process crashed is loaded again, once', async ({ desktop }) => {
  const reloads = () => desktop.messages.filter(({ kind }) => kind === 'reload').length;
  await desktop.ask('pageGone', { reason: 'clean-exit' });
  expect(reloads()).toBe(0);
  await desktop.ask('pageGone', { reason: 'crashed' });
  expect(reloads()).toBe(1);
  await desktop.ask('pageGone', { reason: 'crashed' });
  expect(reloads()).toBe(1);
  expect(desktop.messages.filter(({ kind }) => kind === 'error-box')).toHaveLength(1);
});

/** Commands that are keys alone: where the focus is says what they do. */
const KEYS_ONLY = ['pane.leave'];

test('the menu has every command of the window, with its key, and nothing else', async ({ desktop, page }) => {
  const ui = new Inspector(page);
  await ui.ready();
  const entries = (await desktop.ask('menu')) as { id: string; label: string; accelerator: string }[];
  const keys = new Map<string, string>();
  const listed = async (): Promise<string[]> => {
    await desktop.ask('click', { command: 'app.palette' });
    await expect(page.getByTestId('palette')).toBeVisible();
    const commands = await page.locator('[data-testid^="command-"]').evaluateAll((rows) =>
      rows.map((row) => ({
        id: (row as HTMLElement).dataset['testid']!.replace('command-', ''),
        key: row.querySelector('.kbd')?.textContent ?? '',
      })),
    );
    await page.keyboard.press('Escape');
    for (const { id, key } of commands) keys.set(id, key);
    return commands.map(({ id }) => id);
  };
  // What can be done depends on the state: with a file, a filter, a mark, a comment, a history and a selected field; a time reference; comparing and sorted; and capturing, with a second profile.
  await desktop.ask('choose', { path: capturePath('errors-rtnl') });
  await desktop.ask('click', { command: 'file.open' });
  await ui.filter.apply('nl.seq >= 0');
  for (const number of [3, 7, 5]) await page.locator(`[data-testid="list-row"][data-number="${number}"]`).click();
  await expect(ui.explanation).toBeVisible();
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(ui.list.byNumber(7)).toHaveAttribute('aria-selected', 'true');
  await expect(ui.tree.root).toHaveAttribute('aria-label', 'Fields of message 7');
  await ui.tree.openAll();
  await ui.tree.select('IFLA_IFNAME');
  await expect(ui.fieldStatus).toContainText('link.ifname');
  await desktop.ask('click', { command: 'comment.edit' });
  await page.getByTestId('comment-text').fill('look here');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('comment-banner')).toContainText('look here');
  await desktop.ask('click', { command: 'time.reference' });
  await expect(page.getByRole('columnheader', { name: 'Since reference' })).toBeVisible();
  const known = new Set(await listed());
  await desktop.ask('click', { command: 'comment.remove' });
  await expect(page.getByTestId('comment-banner')).toBeHidden();
  await desktop.ask('click', { command: 'time.reference' });
  await page.locator('[data-head="length"] .head-title').click();
  await expect(page.locator('[data-head="length"]')).toHaveAttribute('aria-sort', 'ascending');
  await desktop.ask('click', { command: 'compare.marked' });
  await expect(page.getByTestId('compare')).toBeVisible();
  for (const id of await listed()) known.add(id);
  await desktop.ask('click', { command: 'compare.close' });
  await desktop.ask('click', { command: 'capture.start' });
  // A comment that was taken away is a change like any other.
  await page.getByTestId('question-confirm').click();
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  await desktop.ask('click', { command: 'profile.duplicate' });
  await page.getByTestId('profiles').getByRole('button', { name: 'Done' }).click();
  for (const id of await listed()) known.add(id);
  for (const id of KEYS_ONLY) known.delete(id);
  // It is what opens the list.
  known.add('app.palette');
  keys.set('app.palette', 'Ctrl+Shift+P');
  expect(entries.map(({ id }) => id).sort()).toEqual([...known].sort());
  const wrong = entries.filter(({ id, accelerator }) => accelerator !== '' && accelerator !== keys.get(id));
  expect(wrong).toEqual([]);
});

test('opens the capture of the command line, and ends cleanly', async ({ page }) => {
  const desktop = await Desktop.start(page, [pathToFileURL(capturePath('route-a')).href]);
  await expect(page.getByTestId('status-counts')).toContainText('162 / 162');
  expect(await desktop.quit()).toBe(0);
});

test('shows what comes through standard input, as it comes', async ({ page }) => {
  const fifo = join(await mkdtemp(join(tmpdir(), 'nlscope-e2e-')), 'input');
  execFileSync('mkfifo', [fifo]);
  // Neither end waits for the other.
  const keep = openSync(fifo, 'r+');
  const input = openSync(fifo, 'r');
  const writer = openSync(fifo, 'w');
  const desktop = await Desktop.start(page, ['-'], input);
  closeSync(input);
  closeSync(keep);
  const content = readFileSync(capturePath('rule-a'));
  writeSync(writer, content, 0, 5000);
  const ui = new Inspector(page);
  await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
  await expect(page.getByTestId('list-row').first()).toBeVisible();
  writeSync(writer, content, 5000);
  await ui.expectTotal(93);
  // It is read by a descriptor that goes with the capture: then the writer knows that nobody reads any more.
  await desktop.ask('click', { command: 'capture.stop' });
  await expect(ui.captureState).toHaveAttribute('data-state', 'stopped');
  await expect.poll(() => whyNotWritten(writer)).toBe('EPIPE');
  closeSync(writer);
  expect(await desktop.quit()).toBe(0);
});

/** Code of the error that a pipe's writer gets, "" for none. */
function whyNotWritten(descriptor: number): string {
  try {
    writeSync(descriptor, new Uint8Array(1));
    return '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}
