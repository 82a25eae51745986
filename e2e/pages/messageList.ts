import { expect, type Locator, type Page } from '@playwright/test';

/** Columns of the list that tests look at. */
export type Cell =
  | 'number'
  | 'time'
  | 'direction'
  | 'family'
  | 'type'
  | 'process'
  | 'flags'
  | 'info'
  | 'outcome'
  | 'relation'
  | 'source';

/** The message list. Rows are found by what they say: their numbers depend on what else the kernel said. */
export class MessageList {
  readonly page: Page;
  readonly grid: Locator;
  readonly rows: Locator;
  readonly newPill: Locator;

  constructor(page: Page) {
    this.page = page;
    this.grid = page.getByTestId('list');
    this.rows = page.getByTestId('list-row');
    this.newPill = page.getByTestId('new-messages');
  }

  /** Rows of a message type whose info says something. */
  row(type: string, info: string | RegExp = ''): Locator {
    return this.rows
      .filter({ has: this.page.locator('[data-column="type"]').getByText(type, { exact: true }) })
      .filter({ has: this.page.locator('[data-column="info"]').filter({ hasText: info }) });
  }

  byNumber(number: number): Locator {
    return this.page.locator(`[data-testid="list-row"][data-number="${number}"]`);
  }

  cell(row: Locator, column: Cell): Locator {
    return row.locator(`[data-column="${column}"]`);
  }

  async numberOf(row: Locator): Promise<number> {
    return Number(await row.getAttribute('data-number'));
  }

  /** Selects a row by a click on its type. */
  async select(row: Locator): Promise<void> {
    await this.cell(row, 'type').click();
    await expect(row).toHaveAttribute('aria-selected', 'true');
  }

  /** Opens a request's answers with its mark. */
  async expand(request: Locator): Promise<void> {
    await request.getByLabel('answers hidden').click();
    await expect(request.getByLabel('answers shown')).toBeVisible();
  }

  /** Closes a request's answers with its mark. */
  async collapse(request: Locator): Promise<void> {
    await request.getByLabel('answers shown').click();
    await expect(request.getByLabel('answers hidden')).toBeVisible();
  }

  /** Chooses an entry of the context menu of a cell. */
  async chooseFromMenu(cell: Locator, entry: string): Promise<void> {
    await cell.click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  /** The text of all rows on screen from top to bottom, a line each: number, type and info. */
  async lines(): Promise<string[]> {
    return this.rows.evaluateAll((rows) =>
      rows
        .toSorted((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top)
        .map((row) =>
          ['number', 'type', 'info']
            .map((column) => row.querySelector(`[data-column="${column}"]`)?.textContent?.trim() ?? '')
            .join(' '),
        ),
    );
  }

  /** Numbers of the rows on screen, as their elements follow each other in the document; 0: not there yet. */
  async numbers(): Promise<number[]> {
    return this.rows.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset['number'] ?? 0)));
  }

  /** Number of the first row on screen. */
  async firstNumber(): Promise<number> {
    return Math.min(...(await this.numbers()));
  }
}
