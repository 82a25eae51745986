import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, needsLiveKernel, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { type IpLink, ip, ipJson, link, linkNames } from '../support/kernel.ts';
import { COMMAND } from '../support/server.ts';

needsLiveKernel();

test.beforeEach(async ({ ui }) => {
  await ui.compose.open();
});

/** Writes a request for a new bridge. */
async function writeBridge(ui: Inspector, name: string, kind = 'bridge'): Promise<void> {
  const { compose } = ui;
  await compose.choose('newlink', 'RTM_NEWLINK');
  for (const flag of ['NLM_F_CREATE', 'NLM_F_EXCL', 'NLM_F_ACK']) await compose.setFlag(flag);
  await compose.add('IFLA_IFNAME');
  await compose.set('IFLA_IFNAME', name);
  await compose.add('IFLA_LINKINFO');
  await compose.add('IFLA_INFO_KIND', 'IFLA_LINKINFO');
  await compose.set('IFLA_INFO_KIND', kind);
}

test('a new link is written, its bytes are shown, and the kernel makes it', async ({ ui, page }) => {
  const { compose } = ui;
  await expect(compose.send).toBeDisabled();
  await writeBridge(ui, 'nlc0');
  await expect(compose.warning).toContainText('Changes this host');
  await expect(compose.warning).toContainText('CAP_NET_ADMIN');
  // nlmsg_type RTM_NEWLINK, and the name as it goes out.
  await expect.poll(() => compose.bytes.hex()).toContain(Buffer.from('nlc0').toString('hex'));
  expect((await compose.bytes.hex()).slice(8, 12)).toBe('1000');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'ack');
  expect(link('nlc0').linkinfo?.info_kind).toBe('bridge');
  const request = ui.list.row('RTM_NEWLINK', 'add nlc0 type bridge');
  await expect(request).toBeVisible();
  await expect(ui.list.cell(request, 'outcome')).toContainText('ACK');
  await expect(ui.list.cell(request, 'process')).toHaveText('nlscope');
  await compose.result
    .getByRole('button', { name: /Show message/ })
    .first()
    .click();
  await expect(request).toHaveAttribute('aria-selected', 'true');
  await expect(ui.tree.field('IFLA_LINKINFO')).toBeVisible();
  await page.getByTestId('compose').getByRole('button', { name: 'Close' }).click();
  await expect(compose.root).toBeHidden();
});

test('a request that the kernel refuses shows errno, its words, and the attribute in the bytes', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  const { compose } = ui;
  await compose.choose('newlink', 'RTM_NEWLINK');
  await compose.setFlag('NLM_F_ACK');
  // The link exists: it is to be changed.
  for (const flag of ['NLM_F_CREATE', 'NLM_F_EXCL']) await compose.setFlag(flag, false);
  await compose.add('IFLA_IFNAME');
  await compose.set('IFLA_IFNAME', 'nlva');
  await compose.add('IFLA_MTU');
  // One byte where the kernel wants four.
  await compose.chooseFor('IFLA_MTU', 'Edit as bytes');
  await compose.set('IFLA_MTU', '05');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'error');
  await expect(compose.result).toContainText('ERANGE');
  await expect(compose.result).toContainText('Attribute failed policy validation');
  await expect(compose.result).toContainText('IFLA_MTU');
  await expect(compose.attribute('IFLA_MTU')).toHaveClass(/offending/);
  await expect(compose.attribute('IFLA_MTU').getByRole('alert')).toHaveText(
    'The kernel: ERANGE, Attribute failed policy validation',
  );
  const cells = async () => {
    const offsets = await compose.bytes.offsets('marked');
    return Promise.all(offsets.slice(0, 5).map((offset) => compose.bytes.byte(offset).textContent()));
  };
  // nla_len 5, nla_type IFLA_MTU 4, the byte.
  await expect.poll(async () => (await cells()).join(' ')).toBe('05 00 04 00 05');
  expect(link('nlva').mtu).toBe(1500);
  // The list, the explanation and the captured request say the same.
  const request = ui.list.row('RTM_NEWLINK', 'Attribute failed policy validation');
  await expect(ui.list.cell(request, 'info')).toContainText('ERANGE');
  await ui.list.select(request);
  await expect(ui.explanation).toContainText('Attribute failed policy validation');
  await ui.explanation.getByTestId('explanation-attribute').click();
  await expect(ui.tree.field('IFLA_MTU')).toHaveAttribute('aria-selected', 'true');
  expect(await ui.bytes.offsets('marked')).toEqual(await ui.bytes.offsets('selected'));
  // Set right, the same form succeeds.
  await compose.chooseFor('IFLA_MTU', 'Edit as value');
  await compose.set('IFLA_MTU', '1400');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'ack');
  expect(link('nlva').mtu).toBe(1400);
});

test('an attribute that the kernel misses is a button away', async ({ ui, page }) => {
  const { compose } = ui;
  await compose.choose('netdev_cmd_dev_get', 'NETDEV_CMD_DEV_GET', 'do');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'error');
  await expect(compose.result).toContainText('missing NETDEV_A_DEV_IFINDEX');
  await page.getByTestId('compose-add-missing').click();
  await compose.set('NETDEV_A_DEV_IFINDEX', '1');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'reply');
  await expect(page.getByTestId('compose-add-missing')).toHaveCount(0);
});

test('a kind that the kernel does not know is refused in its own words', async ({ ui }) => {
  await writeBridge(ui, 'nlc0', 'nosuchkind');
  await ui.compose.sendIt();
  await expect(ui.compose.result).toContainText('EOPNOTSUPP');
  await expect(ui.compose.result).toContainText('Unknown device type');
  expect(linkNames()).not.toContain('nlc0');
});

test('what cannot be a value is said at the field, before anything is sent', async ({ ui }) => {
  const { compose } = ui;
  await compose.choose('newlink', 'RTM_NEWLINK');
  await compose.add('IFLA_MTU');
  await compose.set('IFLA_MTU', 'many');
  await expect(compose.attribute('IFLA_MTU').getByRole('alert')).toBeVisible();
  await expect(compose.root.getByTestId('compose-problems')).toContainText('1 problem');
  await expect(compose.send).toBeDisabled();
  await compose.set('IFLA_MTU', '1300');
  await expect(compose.send).toBeEnabled();
});

test('changes are taken back, and what was being written is there after the drawer was closed', async ({
  ui,
  page,
}) => {
  const { compose } = ui;
  await writeBridge(ui, 'nlc0');
  await compose.attribute('IFLA_LINKINFO').getByRole('button', { name: 'Remove IFLA_LINKINFO' }).click();
  await expect(compose.attribute('IFLA_INFO_KIND')).toHaveCount(0);
  await expect(compose.attribute('IFLA_IFNAME').locator('input')).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(compose.attribute('IFLA_INFO_KIND').locator('input')).toHaveValue('bridge');
  // All that was typed in a field is one step.
  await compose.attribute('IFLA_IFNAME').locator('input').click();
  await page.keyboard.type('nlc7');
  await page.keyboard.press('Control+z');
  await expect(compose.attribute('IFLA_IFNAME').locator('input')).toHaveValue('nlc0');
  await page.keyboard.press('Control+Shift+Z');
  await expect(compose.attribute('IFLA_IFNAME').locator('input')).toHaveValue('nlc7');
  await compose.close();
  await compose.open();
  await expect(compose.attribute('IFLA_IFNAME').locator('input')).toHaveValue('nlc7');
  await compose.root.getByRole('button', { name: 'Start over' }).click();
  await expect(compose.operation).toBeFocused();
  await expect(compose.operation).toHaveValue('');
  await expect(compose.attribute('IFLA_IFNAME')).toHaveCount(0);
});

test('a message is pasted as it was copied, and what has no values says so', async ({ ui, page }) => {
  const { compose } = ui;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const paste = async (text: string) => {
    await page.evaluate((content) => navigator.clipboard.writeText(content), text);
    await page.keyboard.press('Control+v');
  };
  await compose.operation.focus();
  await paste(
    '00000000  1c 00 00 00 12 00 01 03  00 00 00 00 00 00 00 00  |................|\n' +
      '00000010  00 00 00 00 01 00 00 00  00 00 00 00              |............|',
  );
  await expect(compose.hex).toHaveValue(/^1c 00 00 00 12 00 01 03/);
  await expect(compose.root.getByRole('region', { name: 'Meaning' })).toContainText('RTM_GETLINK');
  await page.getByTestId('compose-mode-form').click();
  await expect(compose.operation).toHaveValue('RTM_GETLINK');
  await compose.operation.focus();
  await paste('{"number": 1, "fields": []}');
  await expect(compose.root.getByRole('status')).toContainText('copy the message as hex');
});

test('a request of a struct with addresses can be sent as it is offered', async ({ ui }) => {
  const { compose } = ui;
  await compose.choose('sock_diag', 'TCPDIAG_GETSOCK', 'dump');
  await expect(compose.root).toContainText('no problems');
  await expect(compose.send).toBeEnabled();
  await compose.choose('newsa', 'XFRM_MSG_NEWSA');
  await expect(compose.send).toBeEnabled();
  await compose.member('saddr').locator('input').fill('10.1.2.3');
  await compose.member('family').locator('input').fill('2');
  await expect(compose.send).toBeEnabled();
  await expect.poll(() => compose.bytes.hex()).toContain('0a010203');
});

test('an interface is given by its name', async ({ ui, page }) => {
  ip('link add nlva type veth peer name nlvb');
  const { ifindex } = link('nlva');
  const { compose } = ui;
  await compose.choose('newaddr', 'RTM_NEWADDR');
  const input = compose.member('ifa_index').locator('input');
  await input.fill('nlva');
  await input.press('Enter');
  await expect(input).toHaveValue(`${ifindex}`);
  await expect(compose.member('ifa_index')).toContainText('nlva');
  // Typed and left, as in a field without a list.
  await input.fill('nlvb');
  await page.keyboard.press('Tab');
  await expect(input).toHaveValue(`${link('nlvb').ifindex}`);
  await input.fill('nosuch');
  await page.keyboard.press('Tab');
  await expect(compose.member('ifa_index').getByRole('alert')).toHaveText(
    '"nosuch" is no interface here, nor a number',
  );
  // One that came since the drawer was opened.
  ip('link add nlvc type veth peer name nlvd');
  await page.keyboard.press('Shift+Tab');
  await input.fill('nlvc');
  await page.getByRole('option', { name: 'nlvc' }).click();
  await expect(input).toHaveValue(`${link('nlvc').ifindex}`);
  await compose.member('ifa_family').locator('input').fill('AF_INET');
  await page.keyboard.press('Enter');
  await compose.member('ifa_prefixlen').locator('input').fill('24');
  await compose.add('IFA_LOCAL');
  await compose.set('IFA_LOCAL', '192.0.2.7');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'ack');
  expect(ip('-o addr show dev nlvc')).toContain('192.0.2.7/24');
});

test('a spec that comes while the drawer is open is known there', async ({ ui, page, server }) => {
  const { compose } = ui;
  await compose.choose('newlink', 'RTM_NEWLINK');
  await compose.add('IFLA_MTU');
  await compose.set('IFLA_MTU', '1300');
  const folder = join(server.config, 'nlscope', 'specs');
  mkdirSync(folder, { recursive: true });
  const operation = {
    name: 'hello',
    doc: 'Says hello.',
    'attribute-set': 'main',
    do: { request: { attributes: ['a'] } },
  };
  const spec = {
    name: 'tourist',
    protocol: 'genetlink',
    doc: 'A family of the test.',
    'attribute-sets': [{ name: 'main', attributes: [{ name: 'a', type: 'u32' }] }],
    operations: { list: [operation] },
  };
  writeFileSync(join(folder, 'tourist.yaml'), JSON.stringify(spec));
  await expect(ui.toasts).toContainText('1 spec is in force');
  // What was being written stays.
  await expect(compose.attribute('IFLA_MTU').locator('input')).toHaveValue('1300');
  await compose.choose('hello', 'TOURIST_CMD_HELLO');
  await compose.add('TOURIST_A_MAIN_A');
  await page.keyboard.press('Escape');
});

test('a dump is asked for, and its answers are those that ip counts', async ({ ui }) => {
  ip('link add nlva type veth peer name nlvb');
  const { compose } = ui;
  await compose.choose('getlink dump', 'RTM_GETLINK', 'dump');
  await expect(compose.warning).toBeHidden();
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', 'done');
  const request = ui.list.row('RTM_GETLINK').first();
  await expect(ui.list.cell(request, 'outcome')).toContainText('DONE');
  await ui.list.expand(request);
  for (const { ifname, ifindex, mtu } of ipJson<IpLink[]>('link')) {
    await expect(ui.list.row('RTM_NEWLINK', new RegExp(`${ifindex}: ${ifname}[@:].*mtu ${mtu} `))).toHaveCount(1);
  }
  await expect(ui.list.row('RTM_NEWLINK')).toHaveCount(linkNames().length);
});

test('a change of nftables goes in a batch, as the kernel takes it, and a captured one is sent again', async ({
  ui,
  page,
}) => {
  test.skip(spawnSync('nft', ['list', 'ruleset']).status !== 0, 'no nft, or no nftables in this kernel');
  const ruleset = () => execFileSync('nft', ['list', 'ruleset'], { encoding: 'utf8' });
  const { compose } = ui;
  await compose.choose('newtable', 'NFT_MSG_NEWTABLE');
  for (const flag of ['NLM_F_CREATE', 'NLM_F_ACK']) await compose.setFlag(flag);
  await compose.member('nfgen_family').locator('input').fill('1');
  await page.keyboard.press('Tab');
  await compose.add('NFTA_TABLE_NAME');
  await compose.set('NFTA_TABLE_NAME', 'nlc');
  try {
    await compose.sendIt();
    await expect(compose.result).toHaveAttribute('data-outcome', 'ack');
    expect(ruleset()).toContain('table inet nlc');
    await expect(ui.list.row('NFNL_MSG_BATCH_BEGIN')).toBeVisible();
    const request = ui.list.row('NFT_MSG_NEWTABLE', 'nlc');
    await compose.result
      .getByRole('button', { name: /Show message/ })
      .first()
      .click();
    await expect(request).toHaveAttribute('aria-selected', 'true');
    // What the kernel refuses is told of the message itself, not of its batch.
    await compose.setFlag('NLM_F_EXCL');
    await compose.sendIt();
    await expect(compose.result).toHaveAttribute('data-outcome', 'error');
    await expect(compose.result).toContainText('EEXIST');
    await compose.close();
    execFileSync('nft', ['flush', 'ruleset']);
    await ui.list.select(request.first());
    await ui.list.grid.focus();
    await page.keyboard.press('Shift+R');
    await page.getByTestId('question-confirm').click();
    await expect.poll(ruleset).toContain('table inet nlc');
  } finally {
    execFileSync('nft', ['flush', 'ruleset']);
  }
});

test('generic netlink is spoken too', async ({ ui }) => {
  const { compose } = ui;
  await compose.choose('getfamily', 'CTRL_CMD_GETFAMILY');
  await compose.add('CTRL_ATTR_FAMILY_NAME');
  await compose.set('CTRL_ATTR_FAMILY_NAME', 'nlctrl');
  await compose.sendIt();
  await expect(compose.result).toHaveAttribute('data-outcome', /reply|ack/);
  const request = ui.list.row('CTRL_CMD_GETFAMILY', 'nlctrl');
  await ui.list.expand(request);
  await ui.list.select(ui.list.row('CTRL_CMD_NEWFAMILY', 'nlctrl'));
  await expect(await ui.tree.value('CTRL_ATTR_FAMILY_ID')).toContainText('16');
});

test('bytes are written by hand, read while they are typed, and sent', async ({ ui }) => {
  const { compose } = ui;
  await compose.root.getByTestId('compose-mode-hex').click();
  // nlmsghdr: 32 bytes, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, seq 1; an empty ifinfomsg.
  await compose.hex.fill(`20 00 00 00 12 00 01 03 01 00 00 00 00 00 00 00 ${'00 '.repeat(16)}`);
  await expect(compose.root.getByLabel('Meaning')).toContainText('RTM_GETLINK');
  await compose.hex.press('Control+Enter');
  await expect(compose.result).toHaveAttribute('data-outcome', 'done');
  await compose.hex.fill('20 00 0');
  await expect(compose.root).toContainText('The last byte lacks a digit');
  await expect(compose.send).toBeDisabled();
});

test('a captured request is edited and sent again', async ({ ui, page }) => {
  await writeBridge(ui, 'nlc0');
  await ui.compose.sendIt();
  await expect(ui.compose.result).toHaveAttribute('data-outcome', 'ack');
  await ui.compose.close();
  const request = ui.list.row('RTM_NEWLINK', 'add nlc0 type bridge');
  await ui.list.select(request);
  const number = await ui.list.numberOf(request);
  await ui.list.grid.focus();
  await page.keyboard.press('e');
  await expect(ui.compose.root).toContainText(`from #${number}`);
  await expect(ui.compose.operation).toHaveValue('RTM_NEWLINK');
  await expect(ui.compose.attribute('IFLA_IFNAME').locator('input').first()).toHaveValue('nlc0');
  await ui.compose.set('IFLA_IFNAME', 'nlc1');
  await ui.compose.sendIt();
  await expect(ui.compose.result).toHaveAttribute('data-outcome', 'ack');
  expect(linkNames()).toEqual(expect.arrayContaining(['nlc0', 'nlc1']));
});

test('a captured request is sent again as it was, after asking', async ({ ui, page }) => {
  await writeBridge(ui, 'nlc0');
  await ui.compose.sendIt();
  await ui.compose.close();
  await ui.list.select(ui.list.row('RTM_NEWLINK', 'add nlc0 type bridge'));
  await ui.list.grid.focus();
  await page.keyboard.press('Shift+R');
  await expect(ui.question).toContainText('RTM_NEWLINK');
  await page.getByTestId('question-confirm').click();
  await expect(ui.list.row('RTM_NEWLINK', 'EEXIST')).toBeVisible();
});

test('a request goes into the namespace that is chosen', async ({ ui, page }) => {
  ip('netns add nle2e');
  try {
    await page.reload();
    await ui.ready();
    await ui.compose.open();
    await writeBridge(ui, 'nlc0');
    await ui.compose.root.getByTestId('compose-netns').selectOption({ label: 'nle2e' });
    await ui.compose.sendIt();
    await expect(ui.compose.result).toHaveAttribute('data-outcome', 'ack');
    expect(linkNames()).not.toContain('nlc0');
    expect(ip('-n nle2e -o link show nlc0')).toContain('nlc0');
  } finally {
    ip('netns del nle2e');
  }
});

test('the command that is copied does the same on the command line', async ({ ui, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await writeBridge(ui, 'nlc0');
  await ui.compose.root.getByTestId('compose-copy').click();
  await page.getByRole('menuitem', { name: /nlscope/i }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('nlscope send');
  const command = await page.evaluate(() => navigator.clipboard.readText());
  execFileSync('sh', ['-c', `nlscope() { '${process.execPath}' '${COMMAND}' "$@"; }; ${command}`]);
  expect(link('nlc0').linkinfo?.info_kind).toBe('bridge');
});

for (const { entry, language, has, run } of [
  {
    entry: 'C program',
    language: 'C',
    has: '#include <sys/socket.h>',
    run: (code: string, folder: string) => {
      writeFileSync(join(folder, 'request.c'), code);
      execFileSync('cc', ['-Wall', '-Wextra', '-Werror', '-o', join(folder, 'request'), join(folder, 'request.c')]);
      return spawnSync(join(folder, 'request'), { encoding: 'utf8' });
    },
  },
  {
    entry: 'Python script',
    language: 'Python',
    has: 'import socket',
    run: (code: string) => spawnSync('python3', ['-'], { input: code, encoding: 'utf8' }),
  },
]) {
  test(`the ${language} that is copied does the same, and tells what the kernel refuses`, async ({
    ui,
    page,
    context,
  }) => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const folder = mkdtempSync(join(tmpdir(), 'nlscope-code-'));
    await writeBridge(ui, 'nlc0');
    await ui.compose.root.getByTestId('compose-copy').click();
    await page.getByRole('menuitem', { name: entry }).click();
    // The clipboard has what another copied until then.
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(has);
    const code = await page.evaluate(() => navigator.clipboard.readText());
    expect(code).toContain('IFLA_IFNAME');
    expect(run(code, folder)).toMatchObject({ status: 0, stderr: '' });
    expect(link('nlc0').linkinfo?.info_kind).toBe('bridge');
    const again = run(code, folder);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('refused: File exists');
    rmSync(folder, { recursive: true });
  });
}

test('a form is saved and opened again', async ({ ui, page }) => {
  await writeBridge(ui, 'nlc0');
  await expect.poll(() => ui.compose.bytes.hex()).toContain(Buffer.from('bridge').toString('hex'));
  const bytes = await ui.compose.bytes.hex();
  const download = page.waitForEvent('download');
  await ui.compose.root.getByRole('button', { name: 'Save request' }).click();
  const path = await (await download).path();
  await ui.compose.close();
  await ui.compose.open();
  await ui.compose.root.getByLabel('Open a saved request').setInputFiles(path);
  await expect(ui.compose.attribute('IFLA_INFO_KIND').locator('input').first()).toHaveValue('bridge');
  await expect.poll(() => ui.compose.bytes.hex()).toBe(bytes);
});
