import { expect, needsLiveKernel, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { type IpAddress, ip, ipJson, link } from '../support/kernel.ts';

needsLiveKernel();

/** Protocol 0: everything the tests below make the kernel say. */
const ROUTE = '0';

test.beforeEach(async ({ ui }) => {
  await ui.listenOnlyTo(ROUTE);
  await ui.start();
});

/** Selects the last message of a kind, whose fields are the newest, and opens all of it. */
async function look(ui: Inspector, type: string, info: string | RegExp): Promise<void> {
  await ui.list.select(ui.list.row(type, info).last());
  await ui.tree.openAll();
}

test('nothing was said yet: the list says that it listens', async ({ ui, page }) => {
  await expect(page.getByTestId('empty-listening')).toContainText('Listening');
  await expect(ui.captureState).toContainText('Capturing');
});

test('a new veth pair appears with the values that ip prints', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  ip('link set nlva mtu 1400 address 02:00:00:00:00:0a txqueuelen 77 alias left');
  const told = link('nlva');
  const row = ui.list.row('RTM_NEWLINK', new RegExp(`${told.ifindex}: nlva@nlvb: .*mtu 1400`)).last();
  await expect(row).toBeVisible();
  await expect(ui.list.cell(row, 'family')).toHaveText('RT');
  await expect(ui.list.cell(row, 'process')).toHaveText('kernel');
  await expect(row.getByLabel('notification')).toBeVisible();
  await expect(ui.list.cell(row, 'outcome')).toContainText('group link');
  await look(ui, 'RTM_NEWLINK', /: nlva@\S+: .*mtu 1400/);
  const values: readonly (readonly [field: string, value: string | RegExp])[] = [
    ['ifi_index', `${told.ifindex}`],
    ['IFLA_IFNAME', `"${told.ifname}"`],
    ['IFLA_MTU', `${told.mtu} bytes`],
    ['IFLA_MIN_MTU', `${told.min_mtu}`],
    ['IFLA_MAX_MTU', `${told.max_mtu}`],
    ['IFLA_TXQLEN', `${told.txqlen}`],
    ['IFLA_ADDRESS', told.address],
    ['IFLA_BROADCAST', told.broadcast],
    ['IFLA_OPERSTATE', `IF_OPER_${told.operstate}`],
    ['IFLA_INFO_KIND', `"${told.linkinfo?.info_kind}"`],
    ['IFLA_NUM_TX_QUEUES', `${told.num_tx_queues}`],
    ['IFLA_GSO_MAX_SIZE', `${told.gso_max_size}`],
    ['IFLA_IFALIAS', '"left"'],
    ['IFLA_LINK', `${link('nlvb').ifindex} [nlvb]`],
  ];
  for (const [field, value] of values) await expect(await ui.tree.value(field), field).toContainText(value);
});

test('a link that goes up tells its flags as ip does', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  ip('link set nlvb up');
  ip('link set nlva up');
  const told = link('nlva');
  expect(told.flags).toContain('UP');
  await look(ui, 'RTM_NEWLINK', /: nlva@\S+: <.*UP/);
  for (const flag of told.flags) await expect(await ui.tree.value('ifi_flags')).toContainText(`IFF_${flag}`);
  await expect(await ui.tree.value('IFLA_OPERSTATE')).toContainText(`IF_OPER_${told.operstate}`);
});

test('addresses come and go', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  ip('addr add 10.77.1.2/24 brd + dev nlva');
  const [told] = ipJson<{ addr_info: IpAddress[] }[]>('addr show dev nlva')[0].addr_info;
  const place = `${link('nlva').ifindex}: nlva inet ${told.local}/${told.prefixlen}`;
  const summary = `${place} brd ${told.broadcast}`;
  await expect(ui.list.row('RTM_NEWADDR', summary)).toBeVisible();
  await look(ui, 'RTM_NEWADDR', told.local);
  await expect(await ui.tree.value('ifa_prefixlen')).toContainText(`${told.prefixlen}`);
  await expect(await ui.tree.value('ifa_index')).toContainText(`${link('nlva').ifindex} [nlva]`);
  await expect(await ui.tree.value('IFA_LOCAL')).toHaveText(told.local);
  await expect(await ui.tree.value('IFA_BROADCAST')).toHaveText(`${told.broadcast}`);
  await expect(await ui.tree.value('IFA_LABEL')).toContainText(`${told.label}`);
  ip('addr del 10.77.1.2/24 dev nlva');
  await expect(ui.list.row('RTM_DELADDR', `Deleted ${place}`)).toBeVisible();
});

test('routes come and go, with table, gateway, metric and protocol', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  ip('addr add 10.77.1.2/24 dev nlva');
  ip('link set nlva up');
  ip('route add 10.99.0.0/16 via 10.77.1.1 dev nlva table 77 metric 42 proto static');
  const [told] = ipJson<{ dst: string; gateway: string; metric: number; protocol: string }[]>('route show table 77');
  const row = ui.list.row('RTM_NEWROUTE', told.dst);
  await expect(row).toContainText(`${told.dst} via ${told.gateway} dev nlva`);
  await expect(row).toContainText('table 77');
  await expect(row).toContainText(`proto ${told.protocol}`);
  await look(ui, 'RTM_NEWROUTE', told.dst);
  await expect(await ui.tree.value('RTA_TABLE')).toContainText('77');
  await expect(await ui.tree.value('RTA_GATEWAY')).toHaveText(told.gateway);
  await expect(await ui.tree.value('RTA_PRIORITY')).toContainText(`${told.metric}`);
  await expect(await ui.tree.value('RTA_OIF')).toContainText('[nlva]');
  await expect(await ui.tree.value('rtm_protocol')).toContainText('RTPROT_STATIC');
  ip('route del 10.99.0.0/16 table 77');
  await expect(ui.list.row('RTM_DELROUTE', told.dst)).toBeVisible();
});

test('rules come and go', async ({ ui }) => {
  ip('rule add pref 1234 from 10.77.0.0/16 fwmark 7 table 77');
  const told = ipJson<{ priority: number; src: string; srclen: number; table: string }[]>('rule').find(
    ({ priority }) => priority === 1234,
  );
  await expect(ui.list.row('RTM_NEWRULE', `1234: from ${told?.src}/${told?.srclen} fwmark 0x7`)).toBeVisible();
  await look(ui, 'RTM_NEWRULE', '1234');
  await expect(await ui.tree.value('FRA_PRIORITY')).toContainText(`${told?.priority}`);
  await expect(await ui.tree.value('FRA_TABLE')).toContainText(`${told?.table}`);
  ip('rule del pref 1234');
  await expect(ui.list.row('RTM_DELRULE', '1234')).toBeVisible();
});

test('neighbours come and go', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  ip('addr add 10.77.1.2/24 dev nlva');
  ip('link set nlva up');
  ip('neigh add 10.77.1.9 lladdr 02:00:00:00:00:09 dev nlva nud permanent');
  const [told] = ipJson<{ dst: string; lladdr: string; state: string[] }[]>('neigh show dev nlva');
  await expect(ui.list.row('RTM_NEWNEIGH', `${told.dst} dev nlva lladdr ${told.lladdr}`)).toBeVisible();
  await look(ui, 'RTM_NEWNEIGH', told.dst);
  await expect(await ui.tree.value('NDA_DST')).toHaveText(told.dst);
  await expect(await ui.tree.value('NDA_LLADDR')).toHaveText(told.lladdr);
  await expect(await ui.tree.value('ndm_state')).toContainText(`NUD_${told.state[0]}`);
  ip('neigh del 10.77.1.9 dev nlva');
  await expect(ui.list.row('RTM_DELNEIGH', told.dst)).toBeVisible();
});

test('a deleted link is told, with its peer', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  const [left, right] = [link('nlva'), link('nlvb')];
  ip('link del nlva');
  await expect(ui.list.row('RTM_DELLINK', `Deleted ${left.ifindex}: nlva`)).toBeVisible();
  await expect(ui.list.row('RTM_DELLINK', `Deleted ${right.ifindex}: nlvb`)).toBeVisible();
});

test('the panel counts what its groups said, and a group left says no more', async ({ ui }) => {
  const count = (key: string) => ui.families.locator(`[data-key="${key}"] .family-count`);
  ip('link add nlva type veth peer name nlvb');
  // One message for each end of the pair.
  await expect(count('0/1')).toHaveText('2');
  await ui.families.locator('[data-key="0/1"]').click();
  await expect(ui.families.locator('[data-key="0/1"]')).toHaveAttribute('aria-checked', 'false');
  ip('link set nlva mtu 1300');
  ip('addr add 10.77.1.2/24 dev nlva');
  await expect(ui.list.row('RTM_NEWADDR', '10.77.1.2')).toBeVisible();
  await expect(count('0/1')).toHaveText('2');
  await expect(ui.list.row('RTM_NEWLINK', 'mtu 1300')).toHaveCount(0);
  // Joined again while capturing, it speaks at once.
  await ui.families.locator('[data-key="0/1"]').click();
  await expect(ui.families.locator('[data-key="0/1"]')).toHaveAttribute('aria-checked', 'true');
  ip('link set nlva mtu 1200');
  await expect(ui.list.row('RTM_NEWLINK', 'mtu 1200')).toBeVisible();
});
