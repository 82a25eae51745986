import { expect, needsLiveKernel, test } from '../fixtures.ts';
import { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';
import { ip } from '../support/kernel.ts';
import { Relay } from '../support/relay.ts';
import { Server } from '../support/server.ts';

test('a server that died is told, and what was shown stays', async ({ server, ui, page }) => {
  await ui.open(capturePath('rule-a'));
  await ui.list.select(ui.list.rows.first());
  await server.kill();
  await expect(page.getByTestId('connection-lost')).toContainText('connection to nlscope is lost');
  await expect(ui.list.rows.first()).toContainText('RTM_');
  await expect(ui.tree.root.getByRole('treeitem').first()).toBeVisible();
});

test('a connection that comes back goes on where it was', async ({ server, page }) => {
  const relay = new Relay(Number(new URL(server.origin).port));
  await relay.open();
  const link = new URL(server.link);
  link.port = `${relay.port}`;
  await page.goto(link.href);
  const ui = new Inspector(page);
  await ui.ready();
  await ui.open(capturePath('rule-a'));
  await ui.list.select(ui.list.rows.nth(2));
  const number = await ui.list.numberOf(ui.list.rows.nth(2));
  const banner = page.getByTestId('connection-lost');
  await relay.cut();
  await expect(banner).toBeVisible();
  await relay.open();
  await expect(banner).toBeHidden();
  await ui.expectTotal(93);
  await expect(ui.list.byNumber(number)).toHaveAttribute('aria-selected', 'true');
  await ui.filter.apply('nl.type == RTM_NEWRULE');
  expect((await ui.counts()).shown).toBeLessThan(93);
  await relay.cut();
});

test('a page that is loaded again finds the capture, its filter and its name', async ({ ui, page }) => {
  await ui.open(capturePath('rule-a'));
  await ui.filter.apply('nl.type == RTM_NEWRULE');
  const { shown } = await ui.counts();
  await page.reload();
  await ui.ready();
  await expect(ui.captureState).toContainText('rule-a.pcap');
  await expect(ui.filter.input).toHaveText('nl.type == RTM_NEWRULE');
  await expect.poll(() => ui.counts()).toEqual({ shown, total: 93 });
});

test.describe('an engine that breaks down', () => {
  needsLiveKernel();

  test('is told and replaced, and what it had captured is there to be opened', async ({ page }) => {
    const server = await Server.start({ breakable: true });
    try {
      await page.goto(server.link);
      const ui = new Inspector(page);
      await ui.ready();
      await ui.listenOnlyTo('0');
      await ui.start();
      ip('rule add pref 1000 table 77');
      await expect(ui.list.row('RTM_NEWRULE', '1000:')).toBeVisible();
      server.breakEngine();
      await expect(ui.toasts.filter({ hasText: 'The engine stopped and was started again' })).toBeVisible();
      await expect(page.getByTestId('connection-lost')).toBeHidden();
      await expect(ui.captureState).toHaveText('Not capturing');
      const offered = ui.startPage.getByTestId('abandoned');
      await expect(offered).toContainText('A capture was not saved');
      await offered.getByTestId('abandoned-open').click();
      await expect(ui.list.row('RTM_NEWRULE', '1000:')).toBeVisible();
      // The new one captures as the one before did, once its user gives up what is not saved.
      await page.getByTestId('capture-start').click();
      await page.getByTestId('question-confirm').click();
      await expect(ui.captureState).toHaveAttribute('data-state', 'capturing');
      ip('rule add pref 1001 table 77');
      await expect(ui.list.row('RTM_NEWRULE', '1001:')).toBeVisible();
    } finally {
      await server.stop();
    }
  });
});
