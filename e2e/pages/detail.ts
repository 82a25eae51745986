import { expect, type Locator, type Page } from '@playwright/test';

/** The tree of fields of the selected message. Only the lines on screen exist in the page. */
export class FieldTree {
  readonly page: Page;
  readonly root: Locator;

  constructor(page: Page, testId = 'tree') {
    this.page = page;
    this.root = page.getByTestId(testId);
  }

  /** Lines of a name (IFLA_MTU, ifi_index) on screen; the first one where there are several. */
  field(name: string): Locator {
    return this.root.locator(`[data-testid="tree-row"][data-name="${name}"]`).first();
  }

  /** Scrolls until a field is on screen, from the top down. */
  async find(name: string): Promise<Locator> {
    const found = await this.root.evaluate(async (tree, wanted) => {
      const drawn = () =>
        new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())));
      for (let top = 0; top < tree.scrollHeight; top += tree.clientHeight / 2) {
        tree.scrollTop = top;
        await drawn();
        if (tree.querySelector(`[data-name="${CSS.escape(wanted)}"]`)) return true;
      }
      return false;
    }, name);
    expect(found, `${name} is in the tree`).toBe(true);
    const field = this.field(name);
    return field;
  }

  /** The value of a field as it reads, without the raw bytes beside it. */
  async value(name: string): Promise<Locator> {
    return (await this.find(name)).locator('.field-value');
  }

  /** Opens every line, with the key a user has for it. */
  async openAll(): Promise<void> {
    await this.root.press('Control+ArrowRight');
    await expect(this.root.locator('[aria-expanded="false"]')).toHaveCount(0);
  }

  async select(name: string): Promise<void> {
    const field = await this.find(name);
    await field.locator('.field-name').click();
    await expect(field).toHaveAttribute('aria-selected', 'true');
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
