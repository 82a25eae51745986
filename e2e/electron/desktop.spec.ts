import { fileURLToPath } from 'node:url';
import { _electron, expect, test } from '@playwright/test';
import { Inspector } from '../pages/inspector.ts';
import { capturePath } from '../support/captures.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Real Electron, started as an ordinary user starts it. */
test('the desktop edition opens a capture in a sandboxed window', async () => {
  const app = await _electron.launch({
    executablePath: `${root}node_modules/electron/dist/electron`,
    args: [root, capturePath('errors-rtnl')],
  });
  const page = await app.firstWindow();
  const ui = new Inspector(page);
  await ui.ready();
  await expect(page.getByTestId('status-counts')).toContainText('132 / 132');
  expect(await page.evaluate(() => 'require' in window || 'process' in window)).toBe(false);
  expect(page.url()).toBe('nlscope://app/index.html');
  await app.close();
});
