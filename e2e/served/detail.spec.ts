import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('link-attrs-a'));
  await ui.filter.apply('nl.type == "RTM_NEWLINK" && link.ifalias == "an alias"');
  await ui.list.select(ui.list.rows.first());
  await expect(ui.tree.field('IFLA_MTU')).toBeVisible();
});

test('nothing is shown below until a message is selected', async ({ ui, page }) => {
  await ui.filter.clear();
  await page.reload();
  await ui.ready();
  await expect(page.getByTestId('empty-detail')).toContainText('Select a message');
});

test('a field that is clicked outlines its bytes and says what they are', async ({ ui }) => {
  await ui.tree.select('IFLA_MTU');
  const offsets = await ui.bytes.offsets('selected');
  expect(offsets).toHaveLength(8);
  // nla_len 8, nla_type IFLA_MTU 4, then 1400 in the host's byte order.
  const cells = await Promise.all(offsets.map((offset) => ui.bytes.byte(offset).textContent()));
  expect(cells.join(' ')).toBe('08 00 04 00 78 05 00 00');
  await expect(ui.bytes.footer).toContainText(`offset 0x${offsets[0].toString(16)}`);
  await expect(ui.bytes.footer).toContainText('1400');
  await expect(ui.bytes.footer).toContainText('filter link.mtu');
  await expect(ui.fieldStatus).toContainText('link.mtu');
});

test('a byte that is clicked selects the field that owns it', async ({ ui }) => {
  await ui.tree.select('IFLA_IFALIAS');
  const [first] = await ui.bytes.offsets('selected');
  await ui.tree.select('IFLA_MTU');
  await ui.bytes.byte(first + 6).click();
  await expect(ui.tree.field('IFLA_IFALIAS')).toHaveAttribute('aria-selected', 'true');
  // A byte of the netlink header opens the header, which is closed at first, and selects the member.
  await ui.bytes.byte(5).click();
  await expect(ui.tree.field('nlmsg_type')).toHaveAttribute('aria-selected', 'true');
  expect(await ui.bytes.offsets('selected')).toEqual([4, 5]);
});

test('what the pointer is over is shown on the other side, and selects nothing', async ({ ui, page }) => {
  await ui.tree.field('IFLA_MTU').hover();
  await expect.poll(() => ui.bytes.offsets('hovered')).toHaveLength(8);
  const [first] = await ui.bytes.offsets('hovered');
  await ui.bytes.byte(first + 4).hover();
  await expect(ui.tree.field('IFLA_MTU')).toHaveClass(/hovered/);
  await expect(ui.tree.root.locator('[aria-selected="true"]')).toHaveCount(0);
  await page.mouse.move(2, 2);
  await expect.poll(() => ui.bytes.offsets('hovered')).toEqual([]);
});

test('a letter tells what is known of the selected field, its named values too', async ({ ui, page }) => {
  await ui.filter.apply('nl.type == RTM_NEWLINK && link.operstate');
  await ui.list.select(ui.list.rows.first());
  await ui.tree.select('IFLA_OPERSTATE');
  await page.keyboard.press('f');
  const about = page.getByTestId('field');
  await expect(about).toContainText('IFLA_OPERSTATE');
  await expect(about.locator('dl')).toContainText('link.operstate');
  await expect(about.locator('dl')).toContainText('1 byte behind a header of 4');
  await expect(about.getByRole('list')).toContainText('IF_OPER_LOWERLAYERDOWN');
  await about.getByRole('button', { name: 'Apply as filter' }).click();
  await expect(about).toBeHidden();
  await expect(ui.filter.input).toContainText('link.operstate == ');
});

test('the keyboard walks fields and bytes, and both sides follow', async ({ ui, page }) => {
  await ui.tree.select('ifinfomsg');
  await page.keyboard.press('ArrowLeft');
  await expect(ui.tree.field('ifi_index')).toBeHidden();
  await page.keyboard.press('ArrowRight');
  await expect(ui.tree.field('ifi_index')).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(ui.tree.field('ifi_family')).toHaveAttribute('aria-selected', 'true');
  expect(await ui.bytes.offsets('selected')).toEqual([16]);
  await ui.bytes.byte(16).click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(ui.tree.field('ifi_type')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(ui.tree.root).toBeFocused();
  await ui.bytes.byte(16).click();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  expect(await ui.bytes.offsets('selected')).toEqual([16, 17, 18]);
  await expect(ui.bytes.footer).toContainText('3 bytes');
});

test('bytes can be selected with the pointer, and copied', async ({ ui, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const from = await ui.bytes.byte(0).boundingBox();
  const to = await ui.bytes.byte(3).boundingBox();
  if (from === null || to === null) throw new Error('the bytes are not on screen');
  await page.mouse.move(from.x + 4, from.y + 4);
  await page.mouse.down();
  await page.mouse.move(to.x + 4, to.y + 4, { steps: 4 });
  await page.mouse.up();
  expect(await ui.bytes.offsets('selected')).toEqual([0, 1, 2, 3]);
  const shown = (await Promise.all([0, 1, 2, 3].map((at) => ui.bytes.byte(at).textContent()))).join(' ');
  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
});

test('bytes are copied from their context menu, those of the selection or of the field under the pointer', async ({
  ui,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const copy = async (offset: number, format: string) => {
    await ui.bytes.byte(offset).click({ button: 'right' });
    await page.getByRole('menuitem', { name: `Copy as ${format}`, exact: true }).click();
  };
  const hex = async (from: number, to: number) =>
    Promise.all(Array.from({ length: to - from }, (_, at) => ui.bytes.byte(from + at).textContent()));
  await ui.bytes.byte(17).click();
  await ui.bytes.byte(22).click({ modifiers: ['Shift'] });
  const six = await hex(17, 23);
  await copy(20, 'Base64');
  await expect.poll(copied).toBe(Buffer.from(six.join(''), 'hex').toString('base64'));
  expect(await ui.bytes.offsets('selected')).toEqual([17, 18, 19, 20, 21, 22]);
  // nlmsg_seq
  await copy(9, 'C array');
  const four = (await hex(8, 12)).map((digits) => `0x${digits},`).join(' ');
  await expect.poll(copied).toBe(`static const unsigned char message[4] = {\n  ${four}\n};`);
  await expect.poll(() => ui.bytes.offsets('selected')).toEqual([8, 9, 10, 11]);
});

test('values are copied from the context menu of a field', async ({ ui, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ui.tree.field('IFLA_IFALIAS').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Copy value' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('an alias');
});

test('lines open and close with their mark, and stay so in the next message', async ({ ui, page }) => {
  const header = ui.tree.field('nlmsghdr');
  await expect(header).toHaveAttribute('aria-expanded', 'false');
  await header.locator('.twisty').click();
  await expect(ui.tree.field('nlmsg_seq')).toBeVisible();
  const seq = await (await ui.tree.value('nlmsg_seq')).textContent();
  await page.keyboard.press('Control+ArrowDown');
  await expect(ui.tree.field('nlmsg_seq')).toBeVisible();
  await expect(await ui.tree.value('nlmsg_seq')).not.toHaveText(seq ?? '');
  await header.locator('.twisty').click();
  await expect(ui.tree.field('nlmsg_seq')).toBeHidden();
});
