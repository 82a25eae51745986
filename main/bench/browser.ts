import { createRequire } from 'node:module';
import type { BrowserType } from '@playwright/test';
import { findProgram } from './cost.ts';

/** Why the window cannot be measured here; null when it can. */
export function windowMissing(): string | null {
  if (findProgram('chromium') === null) return 'chromium is not installed (Debian: chromium)';
  return playwright() === null ? '@playwright/test is not installed' : null;
}

/** Playwright, null where it is not installed. Not in the bundle: it finds its own parts beside it. */
export function playwright(): { readonly chromium: BrowserType } | null {
  try {
    return createRequire(import.meta.url)('@playwright/test');
  } catch {
    return null;
  }
}
