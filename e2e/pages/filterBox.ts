import { expect, type Locator, type Page } from '@playwright/test';

/** The display filter in the toolbar. */
export class FilterBox {
  readonly page: Page;
  readonly input: Locator;
  readonly status: Locator;
  readonly error: Locator;
  readonly history: Locator;
  readonly completions: Locator;

  constructor(page: Page) {
    this.page = page;
    this.input = page.getByTestId('filter-input');
    this.status = page.getByTestId('filter-status');
    this.error = page.getByTestId('filter-error');
    this.history = page.getByTestId('filter-history');
    this.completions = page.locator('.filter-completion [role="option"]');
  }

  /** Replaces what stands in the box, key by key, as a user types it. */
  async type(text: string): Promise<void> {
    await this.input.click();
    await this.page.keyboard.press('Control+a');
    await this.page.keyboard.press('Delete');
    await this.page.keyboard.type(text);
    await expect(this.input).toHaveText(text);
  }

  /** Types a filter and puts it in force. */
  async apply(text: string): Promise<void> {
    await this.type(text);
    await this.page.keyboard.press('Enter');
    await expect(this.status).toHaveAttribute('data-tone', 'ok');
    await expect(this.status).toHaveText(/\d of \d/);
    await this.#expectRows();
  }

  async clear(): Promise<void> {
    await this.page.getByRole('button', { name: 'Clear filter' }).first().click();
    await expect(this.status).toHaveAttribute('data-tone', 'none');
    await this.#expectRows();
  }

  /** The list shows rows of the filter in force, no longer those of the one before. */
  async #expectRows(): Promise<void> {
    await expect(this.page.getByTestId('list')).toHaveAttribute('aria-busy', 'false');
  }

  /** The characters that are underlined as wrong. */
  get underlined(): Locator {
    return this.input.locator('.filter-wrong');
  }
}
