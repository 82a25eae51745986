import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, needsLiveKernel, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';
import { ip } from '../support/kernel.ts';

/** The README's pictures, of what this kernel really said. Taken when UPDATE_SCREENSHOTS=1, looked at by people. */
test.skip(process.env['UPDATE_SCREENSHOTS'] !== '1', 'UPDATE_SCREENSHOTS=1 takes the pictures of the README');
test.use({ viewport: { width: 1440, height: 900 } });

/** Puts a picture into docs/images, with the pointer and the caret out of the way. */
async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({
    path: fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url)),
    caret: 'hide',
    animations: 'disabled',
  });
}

test.describe('live', () => {
  needsLiveKernel();

  /** Some minutes of an administrator's work, with a mistake in it. */
  async function work(ui: Inspector): Promise<void> {
    await ui.listenOnlyTo('0');
    await ui.start();
    ip('link add veth0 type veth peer name veth1');
    ip('link add br0 type bridge');
    ip('link set veth1 master br0');
    ip('addr add 192.168.100.1/24 brd + dev br0');
    for (const name of ['br0', 'veth1', 'veth0']) ip(`link set ${name} up`);
    ip('route add 10.20.0.0/16 via 192.168.100.254 dev br0 metric 100 proto static');
    ip('rule add pref 1000 from 192.168.100.0/24 fwmark 7 table 77');
    ip('neigh add 192.168.100.7 lladdr 02:42:c0:a8:64:07 dev br0 nud permanent');
    ip('link set veth0 mtu 1400');
    await expect(ui.list.row('RTM_NEWLINK', /veth0@veth1.*mtu 1400/).first()).toBeVisible();
    const { compose } = ui;
    await compose.open();
    await compose.choose('getlink dump', 'RTM_GETLINK', 'dump');
    await compose.sendIt();
    await compose.choose('newlink', 'RTM_NEWLINK');
    for (const flag of ['NLM_F_CREATE', 'NLM_F_EXCL']) await compose.setFlag(flag, false);
    await compose.add('IFLA_IFNAME');
    await compose.set('IFLA_IFNAME', 'veth0');
    await compose.add('IFLA_MTU');
    await compose.set('IFLA_MTU', '70000');
    await compose.sendIt();
    await expect(compose.result).toHaveAttribute('data-outcome', 'error');
    await compose.close();
    ip('route del 10.20.0.0/16');
    ip('link set veth0 mtu 1280');
    await ui.settled();
  }

  for (const theme of ['dark', 'light'] as const) {
    test(`the main window, ${theme}`, async ({ ui, page }) => {
      await page.emulateMedia({ colorScheme: theme });
      await work(ui);
      await ui.list.select(ui.list.row('RTM_NEWLINK', /veth0@veth1.*mtu 1400/).first());
      await ui.tree.select('IFLA_MTU');
      await page.mouse.move(700, 860);
      await picture(page, `main-${theme}`);
    });
  }

  test('the compose drawer', async ({ ui, page }) => {
    await work(ui);
    const { compose } = ui;
    await compose.open();
    // The drawer has kept what was written before.
    await compose.root.getByRole('button', { name: 'Start over' }).click();
    await compose.choose('newlink', 'RTM_NEWLINK');
    await compose.add('IFLA_IFNAME');
    await compose.set('IFLA_IFNAME', 'vx100');
    await compose.add('IFLA_LINKINFO');
    await compose.add('IFLA_INFO_KIND', 'IFLA_LINKINFO');
    await compose.set('IFLA_INFO_KIND', 'vxlan');
    await compose.add('IFLA_INFO_DATA', 'IFLA_LINKINFO');
    await compose.add('IFLA_VXLAN_ID', 'IFLA_INFO_DATA');
    await compose.set('IFLA_VXLAN_ID', '16777216');
    await compose.sendIt();
    await expect(compose.result).toHaveAttribute('data-outcome', 'error');
    await ui.list.select(ui.list.rows.last());
    await page.mouse.move(700, 860);
    await picture(page, 'compose');
  });
});

test.describe('sockets', () => {
  needsLiveKernel();

  test('the netlink sockets', async ({ ui, page }) => {
    const listeners = [
      ['monitor', 'all'],
      ['monitor', 'link'],
      ['-rcvbuf', '32768', 'monitor', 'link'],
    ].map((args) => spawn('ip', args, { stdio: 'ignore' }));
    try {
      ip('link add veth0 type veth peer name veth1');
      await ui.runCommand('app.sockets');
      const slow = page.getByTestId('socket-row').filter({ hasText: `ip[${listeners[2].pid}]` });
      await slow.first().click();
      listeners[2].kill('SIGSTOP');
      for (let mtu = 1300; mtu < 1400; mtu++) ip(`link set veth0 mtu ${mtu}`);
      await expect(slow.getByTestId('new-drops')).toBeVisible();
      await page.mouse.move(700, 860);
      await picture(page, 'sockets');
    } finally {
      for (const child of listeners) child.kill('SIGKILL');
    }
  });
});

test('the filter', async ({ ui, page }) => {
  await ui.open(capturePath('monitor-events'));
  await ui.filter.apply('nl.type == RTM_NEWLINK && link.mtu < 1500');
  await ui.list.select(ui.list.rows.nth(1));
  await ui.filter.type('nl.type == RTM_NEWLINK && link.');
  await expect(ui.filter.completions.first()).toBeVisible();
  await picture(page, 'filter');
});
