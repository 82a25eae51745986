import { expect, test } from '../fixtures.ts';
import { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';
import { Relay } from '../support/relay.ts';

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
