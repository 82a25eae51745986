import { fileURLToPath } from 'node:url';
import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';

const image = (name: string) => fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));

/** The README's pictures: UPDATE_SCREENSHOTS=1 takes them anew; otherwise the same steps are only walked. */
for (const theme of ['dark', 'light'] as const) {
  test(`the main window with a real capture, ${theme}`, async ({ ui, page }) => {
    await page.emulateMedia({ colorScheme: theme });
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByTestId('file-open').click()]);
    await chooser.setFiles(capturePath('monitor-events'));
    const row = (number: number) => page.locator(`[data-testid="list-row"][data-number="${number}"]`);
    await row(58).click();
    await page.keyboard.press('ArrowRight');
    await expect(row(70)).toBeVisible();
    await row(51).click();
    await page.locator('[data-testid="tree-row"][data-name="IFLA_MTU"]').click();
    await expect(ui.fieldStatus).toContainText('link.mtu');
    if (process.env['UPDATE_SCREENSHOTS'] === '1') await page.screenshot({ path: image(`main-${theme}`) });
  });
}
