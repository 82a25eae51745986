import { basename } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { ComposeDrawer } from './composeDrawer.ts';
import { BytesPane, FieldTree } from './detail.ts';
import { FilterBox } from './filterBox.ts';
import { MessageList } from './messageList.ts';

/** The window, in whichever edition it runs. */
export class Inspector {
  readonly page: Page;
  readonly list: MessageList;
  readonly tree: FieldTree;
  readonly bytes: BytesPane;
  readonly filter: FilterBox;
  readonly compose: ComposeDrawer;
  readonly startPage: Locator;
  readonly captureState: Locator;
  readonly explanation: Locator;
  readonly toasts: Locator;
  readonly question: Locator;
  readonly families: Locator;
  readonly fieldStatus: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = new MessageList(page);
    this.tree = new FieldTree(page);
    this.bytes = new BytesPane(page);
    this.filter = new FilterBox(page);
    this.compose = new ComposeDrawer(page);
    this.startPage = page.getByTestId('start-page');
    this.captureState = page.getByTestId('capture-state');
    this.explanation = page.getByTestId('explanation');
    this.toasts = page.getByTestId('toast');
    this.question = page.getByTestId('question');
    this.families = page.getByTestId('families');
    this.fieldStatus = page.getByTestId('status-field');
  }

  /** Waits until the window has asked the host what this kernel has: then it can be used. */
  async ready(): Promise<void> {
    await expect(this.page.getByTestId('family-row').first()).toBeVisible();
  }

  async start(): Promise<void> {
    await this.page.getByTestId('capture-start').click();
    await expect(this.captureState).toHaveAttribute('data-state', 'capturing');
  }

  /** Leaves every group that is not of this protocol (a number, as the families panel names its lines). */
  async listenOnlyTo(protocol: string): Promise<void> {
    const chosen = this.families.locator('[aria-level="1"]:is([aria-checked="true"], [aria-checked="mixed"])');
    const others = chosen.and(this.page.locator(`:not([data-key="${protocol}"])`));
    while ((await others.count()) > 0) await others.first().locator('.family-box').click();
    await expect(chosen).toHaveCount(1);
  }

  async stop(): Promise<void> {
    await this.page.getByTestId('capture-stop').click();
    await expect(this.captureState).toHaveAttribute('data-state', 'stopped');
  }

  /** Opens a capture with the file dialog of the browser. */
  async open(path: string): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.getByTestId('file-open').click();
    await (await chooser).setFiles(path);
    await expect(this.captureState).toHaveAttribute('data-state', 'file');
    // A file may have been shown before, which goes only now.
    await expect(this.captureState).toContainText(basename(path));
  }

  /** Saves all messages and returns the path of what the browser downloaded. */
  async save(): Promise<string> {
    const download = this.page.waitForEvent('download');
    await this.page.getByTestId('file-save').click();
    return (await download).path();
  }

  /** Messages that the filter shows, and messages in all, from the status bar. */
  async counts(): Promise<{ readonly shown: number; readonly total: number }> {
    const text = (await this.page.getByTestId('status-counts').locator('b').first().textContent()) ?? '';
    const [shown, total] = text.split('/').map((part) => Number(part.replaceAll(',', '')));
    return { shown, total };
  }

  /** Waits for a number of messages in the capture. */
  async expectTotal(total: number): Promise<void> {
    await expect.poll(async () => (await this.counts()).total).toBe(total);
  }

  /** Waits until the counts have stopped moving: twice the same in a row, some state events apart. */
  async settled(): Promise<number> {
    let before = -1;
    await expect
      .poll(
        async () => {
          const { total } = await this.counts();
          const same = total === before && total > 0;
          before = total;
          return same;
        },
        { intervals: [700] },
      )
      .toBe(true);
    return before;
  }

  /** Goes to a message by its number, as Ctrl+G asks for it. */
  async goTo(number: number): Promise<void> {
    await this.page.keyboard.press('Control+g');
    const dialog = this.page.getByTestId('go-to');
    await dialog.getByLabel('Message number').fill(`${number}`);
    await dialog.getByRole('button', { name: 'Go', exact: true }).click();
    await expect(this.list.byNumber(number)).toHaveAttribute('aria-selected', 'true');
  }

  async openPalette(): Promise<Locator> {
    await this.page.keyboard.press('Control+Shift+P');
    const palette = this.page.getByTestId('palette');
    await expect(palette).toBeVisible();
    return palette;
  }

  /** Closes dialogs, bars, drawers and lists that are open, with Escape or their own button. */
  async closeEverything(): Promise<void> {
    const open = this.page.locator('[role="dialog"], [data-testid="find-bar"], [data-testid="compose"]');
    await expect(async () => {
      if ((await open.count()) > 0) {
        const close = open
          .first()
          .getByRole('button', { name: /^Close/ })
          .first();
        if ((await close.count()) > 0) await close.click();
        else await this.page.keyboard.press('Escape');
      }
      await expect(open).toHaveCount(0, { timeout: 500 });
    }).toPass();
  }

  /** Runs a command through the palette, by its id. */
  async runCommand(id: string): Promise<void> {
    const palette = await this.openPalette();
    await palette.getByTestId(`command-${id}`).click();
    await expect(palette).toBeHidden();
  }
}
