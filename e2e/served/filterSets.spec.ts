import { writeFileSync } from 'node:fs';
import { expect, test } from '../fixtures.ts';
import type { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';

test.beforeEach(async ({ ui }) => {
  await ui.open(capturePath('route-a'));
});

const items = (ui: Inspector) => ui.page.getByTestId('set-item');

async function addRule(ui: Inspector, filter: string): Promise<void> {
  const { page } = ui;
  const before = await items(ui).count();
  await page.getByTestId('set-add').click();
  await expect(items(ui)).toHaveCount(before + 1);
  await expect(page.getByTestId('rule-filter').last()).toBeFocused();
  // A blank at the end closes the list of completions.
  await page.keyboard.type(`${filter} `);
}

/** Numbers of the rows on screen that are coloured, with the rule that did it. */
const coloured = (ui: Inspector) =>
  ui.list.rows.evaluateAll((rows) =>
    rows.flatMap((row) => {
      const mark = row.querySelector('.rule-mark');
      const colour = /rule-(?!mark)(\w+)/.exec(row.className)?.[1];
      return mark ? [`${(row as HTMLElement).dataset['number']} ${colour} ${mark.getAttribute('title')?.trim()}`] : [];
    }),
  );

test('rows have the colour of the first rule that they pass', async ({ ui, page }) => {
  await ui.runCommand('colour.rules');
  await addRule(ui, 'number == 15 || number == 9');
  await addRule(ui, 'nl.type == RTM_NEWADDR');
  await expect
    .poll(async () => (await coloured(ui)).sort())
    .toEqual([
      '13 green nl.type == RTM_NEWADDR',
      '15 yellow number == 15 || number == 9',
      '9 yellow number == 15 || number == 9',
    ]);
  // In the other order the second rule is asked first.
  await page.getByRole('button', { name: 'Move rule up' }).last().click();
  await expect.poll(async () => (await coloured(ui)).sort()).toContain('9 green nl.type == RTM_NEWADDR');
  await page.getByTestId('rule-on').first().click();
  await expect.poll(() => coloured(ui)).toHaveLength(2);
  await page.getByTestId('colouring').click();
  await expect.poll(() => coloured(ui)).toHaveLength(0);
});

test('a rule that is wrong says so, and the others hold', async ({ ui, page }) => {
  await ui.runCommand('colour.rules');
  await addRule(ui, 'nl.type == RTM_NEWRUEL');
  await expect(page.getByTestId('rule-filter-error')).toContainText('RTM_NEWRUEL is not a value of nl.type');
  await addRule(ui, 'number == 9');
  await expect.poll(() => coloured(ui)).toEqual(['9 green number == 9']);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('.overview-mark.rule-green')).not.toHaveCount(0);
});

test('a cell gives rows like its own a colour, and the rule is kept', async ({ ui, page }) => {
  const row = ui.list.row('RTM_NEWADDR').first();
  await ui.list.cell(row, 'type').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Colour rows like this' }).press('ArrowRight');
  await page.getByRole('menuitemcheckbox', { name: 'Violet' }).click();
  await expect(row).toHaveClass(/rule-violet/);
  await page.reload();
  await ui.ready();
  await expect(ui.list.row('RTM_NEWADDR').first()).toHaveClass(/rule-violet/);
  await expect(
    ui.list
      .row('RTM_NEWADDR')
      .first()
      .getByRole('img', { name: /^coloured: nl\.type ==/ }),
  ).toBeVisible();
});

test('buttons apply filters, and show all when pressed again', async ({ ui, page }) => {
  await ui.filter.apply('errno != 0');
  const { shown } = await ui.counts();
  await page.getByTestId('filter-make-button').click();
  await expect(page.getByTestId('button-label')).toBeFocused();
  await page.keyboard.type('Errors');
  await page.getByTestId('set-add').click();
  await page.keyboard.type('Routes // New');
  await page.getByTestId('button-filter').last().click();
  await page.keyboard.type('nl.type == RTM_NEWROUTE ');
  await page.getByRole('button', { name: 'Done' }).click();
  const button = (name: string) => page.getByTestId('filter-button').filter({ hasText: name });
  await expect(button('Errors')).toHaveAttribute('aria-pressed', 'true');
  await button('Errors').click();
  await expect.poll(async () => (await ui.counts()).shown).toBe(162);
  await button('Errors').click();
  await expect.poll(async () => (await ui.counts()).shown).toBe(shown);
  await button('Routes').click();
  await page.getByRole('menuitemcheckbox', { name: /New/ }).click();
  await expect(ui.list.row('RTM_NEWLINK')).toHaveCount(0);
  await expect(ui.list.row('RTM_NEWROUTE').first()).toBeVisible();
  await expect(button('Routes')).toHaveAttribute('aria-pressed', 'true');
  await ui.runCommand('filter.buttons');
  await page.getByRole('button', { name: 'Move button up' }).last().click();
  await expect(page.getByTestId('filter-button').first()).toContainText('Routes');
  await page.getByRole('button', { name: 'Remove button' }).first().click();
  await expect(page.getByTestId('filter-button')).toHaveText(['Errors']);
});

test('rules and buttons go from one window to another as JSON', async ({ ui, page, context }, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await ui.runCommand('colour.rules');
  await addRule(ui, 'number == 9');
  await page.getByTestId('sets-copy').click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toEqual({
    colourRules: [{ filter: 'number == 9 ', colour: 'yellow', on: true }],
    filterButtons: [],
    macros: [],
  });
  const file = info.outputPath('sets.json');
  const bad = info.outputPath('bad.json');
  writeFileSync(bad, '{"colourRules": [{"filter": "x", "colour": "#ff0000", "on": true}]}');
  writeFileSync(
    file,
    copied
      .replace('number == 9', 'number == 13')
      .replace('"filterButtons": []', '"filterButtons": [{"label": "Links", "filter": "nl.type == RTM_NEWLINK"}]'),
  );
  await page.getByTestId('sets-import').setInputFiles(bad);
  await expect(page.getByRole('alert').filter({ hasText: 'colourRules.0.colour' })).toBeVisible();
  await expect(items(ui)).toHaveCount(1);
  await page.getByTestId('sets-import').setInputFiles(file);
  await expect(items(ui)).toHaveCount(2);
  await expect(page.getByTestId('filter-button')).toHaveText(['Links']);
  await expect.poll(async () => (await coloured(ui)).map((line) => line.split(' ')[0]).sort()).toEqual(['13', '9']);
});
