import { expect, type Locator, type Page } from '@playwright/test';

/** The tree of fields of the selected message. */
export class FieldTree {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page, testId = 'tree') {
    this.page = page;
    this.root = page.getByTestId(testId);
  }

  /** Lines of a name (IFLA_MTU, ifi_index); the first one where there are several. */
  field(name: string): Locator {
    return this.root.locator(`[data-testid="tree-row"][data-name="${name}"]`).first();
  }

  /** The value of a field as it reads, without the raw bytes beside it. */
  value(name: string): Locator {
    return this.field(name).locator('.field-value');
  }

  /** Selects the tree's first line and opens all lines, with the keys a user has for it. */
  async openAll(): Promise<void> {
    const lines = this.root.getByRole('treeitem');
    await this.root.press('Home');
    // Every level shows more closed lines: open until there are none.
    while ((await this.root.locator('[aria-expanded="false"]').count()) > 0) {
      await this.root.locator('[aria-expanded="false"]').first().locator('.twisty').click();
    }
    await expect(lines.first()).toBeVisible();
  }

  async select(name: string): Promise<void> {
    await this.field(name).locator('.field-name').click();
    await expect(this.field(name)).toHaveAttribute('aria-selected', 'true');
  }
}

/** The bytes of the selected message. */
export class BytesPane {
  readonly page: Page;
  readonly root: Locator;
  readonly footer: Locator;

  constructor(page: Page, testId = 'bytes') {
    this.page = page;
    this.root = page.getByTestId(testId);
    this.footer = page.getByTestId('bytes-footer');
  }

  /** The hexadecimal cell of a byte. */
  byte(offset: number): Locator {
    return this.root.locator(`.hex-bytes [data-offset="${offset}"]`);
  }

  /** Offsets of the bytes on screen that carry a class: selected, hovered, marked. */
  async offsets(state: 'selected' | 'hovered' | 'marked'): Promise<number[]> {
    return this.root
      .locator(`.hex-bytes .${state}`)
      .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).dataset['offset'])));
  }

  /** All bytes on screen, in order, as one hexadecimal text. */
  async hex(): Promise<string> {
    return (await this.root.locator('.hex-bytes [data-offset]').allTextContents()).join('');
  }
}
