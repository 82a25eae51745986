import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';

/** Opens the capture and goes to a message with that field. */
async function openAt(ui: Inspector, number: number, field: string): Promise<void> {
  await ui.open(capturePath('wg-a'));
  await ui.goTo(number);
  await ui.tree.find(field);
}

/** Lets the user read the field they point at otherwise. */
async function decodeAs(ui: Inspector, field: string, reading: string): Promise<void> {
  await (await ui.tree.find(field)).click({ button: 'right' });
  await ui.page.getByRole('menuitem', { name: 'Decode as…' }).click();
  const dialog = ui.page.getByTestId('decode-as');
  await dialog.getByTestId('decode-as-reading').fill(reading);
  await ui.page.keyboard.press('Enter');
  await expect(dialog.getByTestId('decode-as-preview')).toContainText(field);
  await dialog.getByTestId('decode-as-apply').click();
  await expect(dialog).toBeHidden();
}

test('a field reads as the user says, at once, in the list of rules, and as the specs say again', async ({ ui }) => {
  await openAt(ui, 10, 'WGDEVICE_A_IFNAME');
  await ui.tree.select('WGDEVICE_A_IFNAME');
  await decodeAs(ui, 'WGDEVICE_A_IFNAME', 'hex');
  const field = await ui.tree.find('WGDEVICE_A_IFNAME');
  await expect(field.locator('.field-choice')).toHaveText('as hex');
  await expect(await ui.tree.value('WGDEVICE_A_IFNAME')).toContainText('77 67 30 00');
  await expect(field).toHaveAttribute('aria-selected', 'true');

  await ui.runCommand('decode.rules');
  const rule = ui.page.getByTestId('decode-rule');
  await expect(rule).toHaveText('attr:WGDEVICE_A_IFNAME=hex');
  await rule.getByRole('button').click();
  await expect(rule).toHaveCount(0);
  await ui.closeEverything();
  await expect(await ui.tree.value('WGDEVICE_A_IFNAME')).toContainText('"wg0"');
  await expect(ui.tree.field('WGDEVICE_A_IFNAME').locator('.field-choice')).toHaveCount(0);
});

test('rules outlive the window, and a wrong one is explained', async ({ ui, page }) => {
  await ui.runCommand('decode.rules');
  const dialog = page.getByTestId('decode-as');
  const line = dialog.getByTestId('decode-as-text');
  await line.fill('attr:WGDEVICE_A_IFNAEM=hex');
  await line.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('WGDEVICE_A_IFNAME');
  await line.fill('attr:WGDEVICE_A_IFNAME=hex');
  await line.press('Enter');
  await expect(page.getByTestId('decode-rule')).toHaveCount(1);
  await page.reload();
  await ui.ready();
  await openAt(ui, 10, 'WGDEVICE_A_IFNAME');
  await expect(ui.tree.field('WGDEVICE_A_IFNAME').locator('.field-choice')).toHaveText('as hex');
});

const SPEC = `
name: wireguard
protocol: genetlink-legacy
attribute-sets:
  - name: wgdevice
    name-prefix: my-
    attributes:
      - { name: index, type: u32 }
      - { name: called, type: string }
operations:
  list:
    - { name: look, value: 1, attribute-set: wgdevice, do: { request: { attributes: [called] } } }
`;

test('specs of the user are read anew, and what is wrong with them is told with its line', async ({
  ui,
  page,
  server,
}) => {
  await openAt(ui, 10, 'WGDEVICE_A_IFNAME');
  await ui.tree.select('WGDEVICE_A_IFNAME');
  const folder = join(server.config, 'nlscope', 'specs');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'wireguard.yaml');
  writeFileSync(file, SPEC);
  await ui.runCommand('specs.reload');
  await expect(ui.toasts.first()).toContainText('1 spec of your own is in force');
  await expect(ui.tree.field('MY_CALLED')).toContainText('"wg0"');
  await expect(ui.tree.field('MY_CALLED')).toHaveAttribute('aria-selected', 'true');
  await expect(ui.list.byNumber(10)).toHaveAttribute('aria-selected', 'true');

  writeFileSync(file, SPEC.replace('type: string', 'type: sting'));
  await ui.runCommand('specs.reload');
  const problems = page.getByTestId('specs-problems');
  await expect(problems).toContainText(`${file}:9:`);
  await expect(problems).toContainText('sting');
  writeFileSync(file, SPEC);
  await page.getByTestId('specs-reload').click();
  await expect(problems).toHaveCount(0);
});
