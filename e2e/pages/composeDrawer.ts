import { expect, type Locator, type Page } from '@playwright/test';
import { BytesPane } from './detail.ts';

/** The drawer that writes and sends messages. */
export class ComposeDrawer {
  readonly page: Page;
  readonly root: Locator;
  readonly operation: Locator;
  readonly send: Locator;
  readonly result: Locator;
  readonly warning: Locator;
  readonly hex: Locator;
  readonly bytes: BytesPane;

  constructor(page: Page) {
    this.page = page;
    this.root = page.getByTestId('compose');
    this.operation = page.getByTestId('compose-operation');
    this.send = page.getByTestId('compose-send');
    this.result = page.getByTestId('compose-result');
    this.warning = page.getByTestId('compose-warning');
    this.hex = page.getByTestId('compose-hex');
    this.bytes = new BytesPane(page, 'compose-bytes');
  }

  async open(): Promise<void> {
    await this.page.getByTestId('compose-open').click();
    await expect(this.root).toBeVisible();
  }

  async close(): Promise<void> {
    await this.root.getByRole('button', { name: 'Close', exact: true }).click();
    await expect(this.root).toBeHidden();
  }

  /** Sets a flag of nlmsghdr, or takes it away. */
  async setFlag(name: string, on = true): Promise<void> {
    const chip = this.root.getByTestId(`compose-flag-${name}`);
    if ((await chip.getAttribute('aria-pressed')) !== `${on}`) await chip.click();
    await expect(chip).toHaveAttribute('aria-pressed', `${on}`);
  }

  /** Chooses an operation by the words a user would search it with; `name` is the message it should be. */
  async choose(words: string, name: string, mode: 'do' | 'dump' = 'do'): Promise<void> {
    await this.operation.click();
    await this.operation.fill(words);
    await this.page.getByRole('option').filter({ hasText: name }).filter({ hasText: mode }).first().click();
    await expect(this.operation).toHaveValue(name);
  }

  /** A line of the form by its name; the last one of that name, so that a new one is found. */
  attribute(name: string): Locator {
    return this.root.locator(`[data-testid="compose-attr"][data-name="${name}"]`).last();
  }

  member(name: string): Locator {
    return this.root.locator(`[data-testid="compose-member"][data-name="${name}"]`).first();
  }

  /** Adds an attribute at the top, or inside a nest that is named. */
  async add(name: string, nest = ''): Promise<void> {
    const box = this.root.locator(`[data-testid="compose-add"][data-name="${nest}"]`).last();
    await box.click();
    await box.fill(name);
    await this.page
      .getByRole('option')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .first()
      .click();
    await expect(this.attribute(name)).toBeVisible();
  }

  /** Chooses an entry of an attribute's menu, whose button appears under the pointer. */
  async chooseFor(name: string, entry: string): Promise<void> {
    await this.attribute(name).hover();
    await this.attribute(name)
      .getByRole('button', { name: `More for ${name}` })
      .click();
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  /** Types the value of an attribute. */
  async set(name: string, value: string): Promise<void> {
    const input = this.attribute(name).locator('input').first();
    await input.fill(value);
    await input.press('Enter');
  }

  /** Sends, and answers the question that is asked where this host would be changed. */
  async sendIt(): Promise<void> {
    await expect(this.send).toBeEnabled();
    const asks = (await this.warning.filter({ hasText: 'Changes this host' }).count()) > 0;
    await this.send.click();
    if (asks) await this.page.getByTestId('compose-confirm-send').click();
    await expect(this.result).toBeVisible();
  }
}
