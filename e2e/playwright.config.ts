import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@playwright/test';

const root = fileURLToPath(new URL('..', import.meta.url));
const electron = `${root}node_modules/electron/dist/electron`;

/**
 * The desktop edition runs for real where Electron's binary is and nobody is root (it refuses root), else its bundles
 * run under a test double. The name of the project says which of the two ran.
 */
export const HAS_ELECTRON = existsSync(electron) && process.getuid?.() !== 0;
if (!HAS_ELECTRON && process.env['REQUIRE_ELECTRON'] === '1')
  throw new Error(`Electron is required: ${electron} must be there, and the tests must not run as root`);

export default defineConfig({
  testDir: '.',
  outputDir: './results',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 1,
  // A loaded machine may run into a timeout; what passed only the second time is reported as flaky.
  retries: process.env['CI'] === undefined ? 0 : 2,
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    deviceScaleFactor: 1,
    colorScheme: 'dark',
    // Recording every step doubles what a test takes: where a failure is tried again, the second time is recorded.
    trace: process.env['CI'] === undefined ? 'retain-on-failure' : 'on-first-retry',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      // Chromium refuses root with its sandbox; this is a test browser that sees only our own page.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--font-render-hinting=none', '--disable-gpu'],
    },
  },
  projects: [
    { name: 'served', testMatch: /served\/.*\.spec\.ts/ },
    {
      name: HAS_ELECTRON ? 'electron' : 'electron-double',
      testMatch: HAS_ELECTRON ? /electron\/.*\.spec\.ts/ : /electronDouble\/.*\.spec\.ts/,
    },
  ],
});
