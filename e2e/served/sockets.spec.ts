import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expect, needsLiveKernel, test } from '../fixtures.ts';
import { ip } from '../support/kernel.ts';
import { COMMAND } from '../support/server.ts';

/** Addresses that nobody else has. */
const PORTID = 0x7200_0001;
const OTHER_PORTID = 0x7200_0002;
/** RTNLGRP_LINK and RTNLGRP_IPV4_ROUTE as bits of nl_groups (linux/rtnetlink.h). */
const LINK_AND_ROUTES = 0x41;

needsLiveKernel();

const listeners: ChildProcess[] = [];
test.afterEach(async () => {
  for (const child of listeners.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

/** Another program with a netlink socket: `nlscope listen`, in the namespace of the tests. */
function listenAt(portid: number, groups: number): ChildProcess {
  const args = ['listen', '--protocol', 'route', '--groups', `${groups}`, '--portid', `${portid}`];
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'ignore' });
  listeners.push(child);
  return child;
}

const rowOf = (page: Page, portid: number): Locator =>
  page.getByTestId('socket-row').filter({ has: page.locator(`[data-column="portid"]:text-is("${portid}")`) });
const cell = (row: Locator, column: string): Locator => row.locator(`[data-column="${column}"]`);

/** Drops of a socket as /proc/net/netlink has them. */
function kernelsDrops(portid: number): number {
  return [...allDrops()].find(([socket]) => socket.endsWith(` ${portid}`))?.[1] ?? Number.NaN;
}

/** What /proc/net/netlink tells that sockets lost, by protocol and portid. */
function allDrops(): Map<string, number> {
  const lines = readFileSync('/proc/net/netlink', 'utf8').trim().split('\n').slice(1);
  const fields = lines.map((line) => line.trim().split(/\s+/));
  return new Map(fields.map((field) => [`${field[1]} ${field[2]}`, Number(field[8])]));
}

test('a socket appears with its process and its groups, and goes when it is closed', async ({ ui, page }) => {
  await expect(ui.startPage).toBeVisible();
  await page.getByTestId('sockets-open').click();
  await expect(page.getByTestId('sockets-table')).toBeFocused();
  // The kernel's own ends are those that ss names so, without our own additions to its list.
  const kernels = page
    .getByTestId('socket-row')
    .filter({ has: page.locator('[data-column="process"]').getByText('kernel', { exact: true }) });
  const named = execFileSync('ss', ['-f', 'netlink'], { encoding: 'utf8' }).match(/\w+:kernel\b/g) ?? [];
  await expect(kernels).toHaveCount(new Set(named).size);

  const child = listenAt(PORTID, LINK_AND_ROUTES);
  const row = rowOf(page, PORTID);
  await expect(row).toBeVisible();
  await expect(cell(row, 'protocol')).toHaveText('NETLINK_ROUTE');
  await expect(cell(row, 'process')).toHaveText(new RegExp(`\\[${child.pid}\\]$`));
  await expect(cell(row, 'groups')).toHaveText('link, ipv4-route');
  await row.click();
  const detail = page.getByTestId('socket-detail');
  await expect(detail).toContainText(`listen --protocol route`);
  await expect(detail).toContainText('ipv4-route 7');
  child.kill('SIGTERM');
  await expect(row).toHaveCount(0);
  await expect(page.getByTestId('empty-socket')).toContainText('has been closed');
});

test('sockets are searched and sorted, with the keyboard as well', async ({ ui, page }) => {
  await expect(ui.startPage).toBeVisible();
  listenAt(PORTID, LINK_AND_ROUTES);
  listenAt(OTHER_PORTID, 1);
  await page.keyboard.press('Control+5');
  await expect(rowOf(page, PORTID)).toBeVisible();
  await expect(rowOf(page, OTHER_PORTID)).toBeVisible();
  await page.getByTestId('sockets-search').fill('ipv4-route listen');
  const rows = page.getByTestId('socket-row');
  await expect(rows).toHaveCount(1);
  await expect(cell(rows, 'portid')).toHaveText(`${PORTID}`);
  await page.getByTestId('sockets-search').fill('no such socket');
  await expect(page.getByTestId('sockets')).toContainText('No socket has “no such socket”');
  await page.getByTestId('sockets-search').press('Escape');
  await page.getByTestId('sockets-kernels').click();
  await expect(rows.filter({ hasText: 'kernel' })).toHaveCount(0);

  const head = page.getByRole('columnheader', { name: 'Portid' });
  const portids = async () => (await rows.locator('[data-column="portid"]').allTextContents()).map(Number);
  await page.getByTestId('sort-portid').press('Enter');
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  expect(await portids()).toEqual((await portids()).sort((a, b) => b - a));
  await page.getByTestId('sort-portid').click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  expect(await portids()).toEqual((await portids()).sort((a, b) => a - b));

  await page.getByTestId('sockets-table').focus();
  await page.keyboard.press('Home');
  await expect(rows.first()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ArrowDown');
  await expect(rows.nth(1)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('sockets')).toBeHidden();
});

test('losses that grow are marked and counted as the kernel counts them', async ({ ui, page }) => {
  await expect(ui.startPage).toBeVisible();
  ip('link add nlva type veth peer name nlvb');
  const child = spawn('ip', ['-rcvbuf', '32768', 'monitor', 'link'], { stdio: 'ignore' });
  listeners.push(child);
  const portid = child.pid ?? 0;
  await page.getByTestId('sockets-open').click();
  const row = rowOf(page, portid);
  await expect(cell(row, 'process')).toHaveText(`ip[${portid}]`);
  await expect(cell(row, 'groups')).toContainText('link');
  await expect(cell(row, 'drops')).toHaveText('0');
  await expect(page.getByTestId('sockets-losing')).toBeHidden();
  // It stops reading, and its buffer is soon full. On a busy machine others, as the browser, may lose some too.
  const before = allDrops();
  child.kill('SIGSTOP');
  const changes = Array.from({ length: 200 }, (_, at) => `link set nlva mtu ${1300 + (at % 2)}`);
  execFileSync('ip', ['-batch', '-'], { input: changes.join('\n') });
  const lost = kernelsDrops(portid);
  expect(lost).toBeGreaterThan(0);
  await expect(row.getByTestId('new-drops')).toHaveText(`+${lost.toLocaleString('en-US')}`);
  await expect(cell(row, 'drops')).toContainText(lost.toLocaleString('en-US'));
  await expect(row.getByLabel('losing messages')).toBeVisible();
  const losing = [...allDrops()].filter(([socket, drops]) => drops > (before.get(socket) ?? 0)).length;
  const words = losing === 1 ? '1 socket loses messages' : `${losing} sockets lose messages`;
  await expect(page.getByTestId('sockets-losing')).toHaveText(words);
  await expect(cell(row, 'queue')).not.toHaveText('0');
});

test('from a socket to its messages, and to its groups', async ({ ui, page }) => {
  await ui.listenOnlyTo('0');
  await ui.start();
  await ui.compose.open();
  await ui.compose.choose('getlink dump', 'RTM_GETLINK', 'dump');
  await ui.compose.sendIt();
  await ui.compose.close();
  listenAt(PORTID, LINK_AND_ROUTES);
  ip('link add nlva type veth peer name nlvb');
  await expect(ui.list.row('RTM_NEWLINK', 'nlva').first()).toBeVisible();
  await page.getByTestId('sockets-open').click();
  await rowOf(page, PORTID).click();
  await page.getByTestId('socket-messages').click();
  await expect(page.getByTestId('sockets')).toBeHidden();
  await expect(ui.filter.input).toHaveText(`nl.protocol == NETLINK_ROUTE && nl.socket == ${PORTID}`);
  await expect(page.getByTestId('empty-filtered')).toBeVisible();

  // The kernel's end: everything of the protocol.
  await page.getByTestId('sockets-open').click();
  const kernel = page.getByTestId('socket-row').filter({ hasText: 'NETLINK_ROUTE' }).filter({ hasText: 'kernel' });
  await kernel.click({ button: 'right' });
  await page.getByRole('menuitem', { name: /Show its messages/ }).click();
  await expect(ui.filter.input).toHaveText('nl.protocol == NETLINK_ROUTE');
  const { shown, total } = await ui.counts();
  expect(shown).toBe(total);
  expect(shown).toBeGreaterThan(0);

  // Its groups are joined at once while a capture runs.
  const route = ui.families.locator('[data-key="0/7"]');
  await route.click();
  await expect(route).toHaveAttribute('aria-checked', 'false');
  await page.getByTestId('sockets-open').click();
  await rowOf(page, PORTID).click();
  await page.getByTestId('socket-listen').click();
  await expect(route).toHaveAttribute('aria-checked', 'true');
});
