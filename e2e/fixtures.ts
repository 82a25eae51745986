import { test as base, type Page } from '@playwright/test';
import { Inspector } from './pages/inspector.ts';
import { tidy, whyNotLive } from './support/kernel.ts';
import { Server } from './support/server.ts';

export { expect } from '@playwright/test';

interface Fixtures {
  /** A server of the test's own. */
  readonly server: Server;
  /** The window, signed in to that server and ready. */
  readonly ui: Inspector;
}

interface WorkerFixtures {
  /** Why tests that change the network cannot run here, null when they can. */
  readonly notLive: string | null;
}

/** Playwright's test with a running nlscope. A test fails when the window's page throws or logs an error. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  notLive: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
    async ({}, use) => {
      await use(whyNotLive());
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern
  server: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    const { running } = server;
    await server.stop();
    if (!running && !server.wasKilled) throw new Error(`The server ended by itself:\n${server.complaints.join('\n')}`);
  },
  ui: async ({ page, server }, use) => {
    const mistakes = watchMistakes(page);
    await page.goto(server.link);
    const ui = new Inspector(page);
    await ui.ready();
    await use(ui);
    if (mistakes.length > 0) throw new Error(`The page complained:\n${mistakes.join('\n')}`);
  },
});

/** Skips the tests of a file, with the reason, where the network cannot be changed; tidies the namespace after each. */
export function needsLiveKernel(): void {
  test.beforeEach(({ notLive }) => {
    test.skip(notLive !== null, notLive ?? '');
    tidy();
  });
  test.afterEach(({ notLive }) => {
    if (notLive === null) tidy();
  });
}

/** Collects errors that a page throws or logs. Being cut off from the server is no mistake of the page. */
export function watchMistakes(page: Page): string[] {
  const mistakes: string[] = [];
  page.on('pageerror', (error) => mistakes.push(error.stack ?? error.message));
  page.on('console', (message) => {
    const cutOff = message.text().includes('WebSocket connection') || message.text().includes('net::ERR_');
    if (message.type() === 'error' && !cutOff) mistakes.push(message.text());
  });
  return mistakes;
}
