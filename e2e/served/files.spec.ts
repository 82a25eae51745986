import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, needsLiveKernel, test } from '../fixtures.ts';
import { capturePath, tsharkReads } from '../support/captures.ts';
import { ip } from '../support/kernel.ts';
import { COMMAND } from '../support/server.ts';

/** Captures of every protocol that the repository has, with frames of one and of many messages. */
const CAPTURES = [
  'addr-a',
  'conntrack-a',
  'errors-rtnl',
  'ethtool-a',
  'genl-ctrl-a',
  'link-attrs-a',
  'link-bond',
  'link-kinds-a',
  'monitor-events',
  'neigh-a',
  'nft-a',
  'raw-audit-a',
  'raw-connector',
  'route-a',
  'rule-a',
  'ss-a',
  'tc-qdisc-a',
  'wg-a',
  'xfrm-a',
];

test('a capture on its way to the host tells how far it is, and can be stopped', async ({ ui, page }) => {
  const network = await page.context().newCDPSession(page);
  const slowly = (uploadThroughput: number) =>
    network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput,
    });
  await network.send('Network.enable');
  await slowly(20_000);
  const job = page.getByTestId('status-job');
  const choose = async () => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByTestId('file-open').click();
    await (await chooser).setFiles({
      name: 'long.pcap',
      mimeType: 'application/octet-stream',
      buffer: readFileSync(capturePath('nft-a')),
    });
  };
  await choose();
  await expect(job).toContainText(/uploading [1-9]\d? %/);
  await job.getByRole('button', { name: 'Stop uploading' }).click();
  await expect(job).toHaveCount(0);
  await expect(ui.captureState).toHaveAttribute('data-state', 'idle');
  await expect(ui.toasts).toHaveCount(0);
  await slowly(-1);
  await choose();
  await expect(ui.captureState).toContainText('long.pcap');
  await expect(job).toHaveCount(0);
});

test('every capture opens with the messages that tshark counts, and shows its rows', async ({ ui, page }) => {
  test.slow();
  for (const name of CAPTURES) {
    const { messages } = tsharkReads(capturePath(name));
    await ui.open(capturePath(name));
    await expect(ui.captureState, name).toContainText(`${name}.pcap`);
    await expect.poll(async () => (await ui.counts()).total, name).toBe(messages);
    await expect(ui.list.rows.first().locator('[data-column="type"]'), name).not.toHaveText('');
    await ui.list.select(ui.list.rows.first());
    await expect(ui.tree.root.getByRole('treeitem').first(), name).toBeVisible();
  }
  await expect(page.getByTestId('toast').and(page.locator('[data-severity="error"]'))).toHaveCount(0);
});

test('uevents, which tshark does not read, open with one message a frame', async ({ ui }) => {
  const { frames } = tsharkReads(capturePath('raw-uevent-a'));
  await ui.open(capturePath('raw-uevent-a'));
  await ui.expectTotal(frames);
  await expect(ui.list.rows.first().locator('[data-column="family"]')).toHaveText('UEV');
});

for (const name of ['link-attrs-a', 'monitor-events', 'nft-a']) {
  test(`${name} saved as pcapng reads in tshark as the original did, and opens again with the same rows`, async ({
    ui,
  }, info) => {
    await ui.open(capturePath(name));
    const original = tsharkReads(capturePath(name));
    await ui.expectTotal(original.messages);
    const rows = await ui.list.lines();
    const saved = info.outputPath(`${name}.pcapng`);
    copyFileSync(await ui.save(), saved);
    await expect(ui.toasts.filter({ hasText: `Saved ${original.messages} messages` })).toBeVisible();
    expect(tsharkReads(saved)).toEqual(original);
    await ui.open(saved);
    await expect(ui.captureState).toContainText(`${name}.pcapng`);
    await ui.expectTotal(original.messages);
    await expect.poll(() => ui.list.lines()).toEqual(rows);
  });
}

test('only what the filter shows is saved, when that is asked for', async ({ ui, page }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.filter.apply('nl.type == RTM_DELLINK');
  const { shown } = await ui.counts();
  const download = page.waitForEvent('download');
  await ui.list.grid.focus();
  await page.keyboard.press('Control+Shift+s');
  const path = await (await download).path();
  expect(tsharkReads(path).messages).toBe(shown);
});

test('one message is saved alone', async ({ ui, page }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.list.select(ui.list.row('RTM_NEWLINK').first());
  const download = page.waitForEvent('download');
  await ui.runCommand('file.saveSelected');
  expect(tsharkReads(await (await download).path())).toMatchObject({ messages: 1, frames: 1 });
});

test('what is displayed is exported as the command line prints it', async ({ ui, page }) => {
  const filter = 'nl.type == RTM_NEWLINK && nl.dir == request';
  await ui.open(capturePath('link-attrs-a'));
  await ui.filter.apply(filter);
  const printed = (...options: string[]) =>
    execFileSync(process.execPath, [COMMAND, 'read', capturePath('link-attrs-a'), '-Y', filter, ...options], {
      encoding: 'utf8',
    });
  for (const [format, suffix, ...options] of [
    ['csv', 'csv', '--csv'],
    ['json', 'jsonl', '--json'],
    ['text', 'txt', '-V'],
  ]) {
    const download = page.waitForEvent('download');
    await ui.runCommand(`file.export.${format}`);
    const file = await download;
    expect(file.suggestedFilename()).toBe(`link-attrs-a.${suffix}`);
    expect(readFileSync(await file.path(), 'utf8')).toBe(printed(...options));
  }
  await expect(ui.toasts.filter({ hasText: 'Exported' }).first()).toBeVisible();
});

test('a capture that was cut short shows what is whole and says where it breaks', async ({ ui }, info) => {
  const path = info.outputPath('cut.pcap');
  const bytes = readFileSync(capturePath('link-attrs-a'));
  writeFileSync(path, bytes.subarray(0, bytes.length - 10));
  await ui.open(path);
  await expect(
    ui.toasts.filter({ hasText: 'The file is broken; 58 messages before the break are shown' }),
  ).toBeVisible();
  await ui.expectTotal(58);
});

test('a file that is dropped on the window opens', async ({ ui, page }) => {
  const bytes = readFileSync(capturePath('rule-a')).toString('base64');
  const transfer = await page.evaluateHandle((base64) => {
    const data = new DataTransfer();
    const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    data.items.add(new File([content], 'dropped.pcap'));
    return data;
  }, bytes);
  await page.dispatchEvent('.window', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('.window', 'drop', { dataTransfer: transfer });
  await ui.expectTotal(93);
  await expect(ui.captureState).toContainText('dropped.pcap');
});

test('the time is told as the user likes it, with the spans that tshark measures', async ({ ui, page }) => {
  const path = capturePath('raw-uevent-a');
  await ui.open(path);
  const times = () =>
    ui.list.rows.evaluateAll((rows) =>
      rows
        .toSorted((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
        .map((row) => row.querySelector('[data-column="time"]')?.textContent ?? ''),
    );
  const choose = async (entry: RegExp) => {
    await page.getByTestId('time-format').click();
    await page.getByRole('menuitemcheckbox', { name: entry }).click();
  };
  const tshark = (field: string) =>
    execFileSync('tshark', ['-r', path, '-T', 'fields', '-e', field], { encoding: 'utf8' }).trim().split('\n');
  /** Nanoseconds are cut off, as everywhere in the list. */
  const micros = (text: string) => text.replace(/(\.\d{6}).*/, '$1');
  for (const [entry, field] of [
    [/first message/, 'frame.time_relative'],
    [/row before/, 'frame.time_delta_displayed'],
  ] as const) {
    await choose(entry);
    const expected = tshark(field).map(micros);
    await expect.poll(async () => (await times()).slice(0, 10)).toEqual(expected.slice(0, 10));
    await page.reload();
    await expect.poll(async () => (await times()).slice(0, 10), 'remembered').toEqual(expected.slice(0, 10));
  }
  await page.keyboard.press('Control+Alt+2');
  await expect.poll(async () => (await times())[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  await page.keyboard.press('Control+Alt+1');
  await expect.poll(async () => (await times())[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{6}$/);
});

test('rows are copied in every form', async ({ ui, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ui.open(capturePath('rule-a'));
  const row = ui.list.rows.first();
  await ui.list.select(row);
  const forms: readonly (readonly [label: string, text: RegExp])[] = [
    ['Summary line', /RTM_/],
    ['Tree as text', /nlmsg_len/],
    ['JSON', /^[[{][\s\S]*"nlmsg_type"/],
    ['Hex', /^[0-9a-f ]+$/],
    ['Hex dump', /^0000/],
    ['Base64', /^[A-Za-z0-9+/]+=*$/],
    ['C array', /0x[0-9a-f]{2}/],
  ];
  for (const [label, text] of forms) {
    await page.evaluate(() => navigator.clipboard.writeText(''));
    await ui.list.cell(row, 'type').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy as' }).hover();
    await page
      .getByRole('menuitem', { name: label, exact: true })
      .or(page.getByRole('menuitem', { name: `${label} Ctrl` }))
      .click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText()), label).toMatch(text);
  }
});

test.describe('live', () => {
  needsLiveKernel();

  test('a live capture is saved, reads in tshark with the same number of messages, and opens again', async ({
    ui,
  }, info) => {
    await ui.listenOnlyTo('0');
    await ui.start();
    ip('link add nlva type veth peer name nlvb');
    ip('addr add 10.77.1.2/24 dev nlva');
    ip('link set nlva up');
    ip('rule add pref 1234 table 77');
    ip('link del nlva');
    const total = await ui.settled();
    await ui.stop();
    const rows = await ui.list.lines();
    const saved = info.outputPath('live.pcapng');
    copyFileSync(await ui.save(), saved);
    // The kernel's notifications are one message a datagram.
    expect(tsharkReads(saved)).toMatchObject({ frames: total, messages: total });
    // Nothing is unsaved any more: opening does not ask.
    await ui.open(saved);
    await ui.expectTotal(total);
    await expect.poll(() => ui.list.lines()).toEqual(rows);
    // What the cooked header cannot hold came along.
    await expect(ui.list.cell(ui.list.row('RTM_NEWRULE', '1234').first(), 'outcome')).toContainText('group ipv4-rule');
  });

  test('opening another capture asks while messages are not saved', async ({ ui, page }) => {
    await ui.listenOnlyTo('0');
    await ui.start();
    ip('rule add pref 1234 table 77');
    await expect(ui.list.row('RTM_NEWRULE', '1234')).toBeVisible();
    await page.getByTestId('file-open').click();
    await expect(ui.question).toContainText('not saved');
    const chooser = page.waitForEvent('filechooser');
    await page.getByTestId('question-confirm').click();
    await (await chooser).setFiles(capturePath('rule-a'));
    await ui.expectTotal(93);
  });
});
