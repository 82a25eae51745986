import { execFileSync, spawnSync } from 'node:child_process';
import { expect, test } from '../fixtures.ts';
import { capturePath } from '../support/captures.ts';
import { COMMAND } from '../support/server.ts';

const read = (path: string, ...args: string[]): string =>
  execFileSync(process.execPath, [COMMAND, 'read', path, ...args], { encoding: 'utf8' });

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
/** Comments of a capture as tshark reads them. */
function tsharkComments(path: string): string[] {
  const json = execFileSync('tshark', ['-r', path, '-Y', 'frame.comment', '-T', 'json', '-e', 'frame.comment'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return JSON.parse(json).flatMap((frame: { _source: { layers: { 'frame.comment': string[] } } }) =>
    Object.values(frame._source.layers).flat(),
  );
}

test('a message is commented, found again, saved, and opened with its comment', async ({ ui, page }) => {
  await ui.open(capturePath('route-a'));
  await ui.list.select(ui.list.byNumber(3));
  await page.keyboard.press('Control+Alt+c');
  await page.getByTestId('comment-text').fill('who asks for this?\nsee the ticket');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByTestId('comment-banner')).toContainText('who asks for this?');
  await expect(ui.list.byNumber(3).getByTestId('comment-icon')).toBeVisible();
  await expect(page.getByTestId('status-comments')).toHaveText('1 comment');

  // Another capture would lose it.
  await page.getByTestId('file-open').click();
  await expect(page).toHaveTitle(/^\*.* – nlscope$/);
  await expect(ui.question).toContainText('comments on messages are not saved');
  await page.getByRole('button', { name: 'Cancel' }).click();

  // Away, and back from the list of comments.
  await ui.list.select(ui.list.byNumber(1));
  await expect(page.getByTestId('comment-banner')).toBeHidden();
  await page.getByTestId('status-comments').click();
  await page.getByTestId('comment-item').click();
  await expect(page.getByTestId('comment-banner')).toBeVisible();
  await page.keyboard.press('Escape');

  const path = await ui.save();
  expect(JSON.parse(read(path, '--json', '-Y', 'comment contains "ticket"'))).toMatchObject({
    number: 3,
    comment: 'who asks for this?\nsee the ticket',
  });
  if (hasTshark) expect(tsharkComments(path)).toEqual(['who asks for this?\nsee the ticket']);
  await ui.open(path);
  await expect(page.getByTestId('status-comments')).toHaveText('1 comment');
  await expect(ui.list.byNumber(3).getByTestId('comment-icon')).toBeVisible();
});

test('a comment is changed, removed, and brought back', async ({ ui, page }) => {
  await ui.open(capturePath('addr-a'));
  await ui.list.select(ui.list.byNumber(1));
  await page.keyboard.press('Control+Alt+c');
  await page.getByTestId('comment-text').fill('first');
  await page.getByRole('button', { name: 'Keep' }).click();
  const banner = page.getByTestId('comment-banner');
  await banner.getByRole('button', { name: 'Edit comment' }).click();
  await expect(page.getByTestId('comment-text')).toHaveValue('first');
  await page.getByTestId('comment-text').fill('second');
  await page.keyboard.press('Control+Enter');
  await expect(banner).toContainText('second');
  await banner.getByRole('button', { name: 'Remove comment' }).click();
  await expect(banner).toBeHidden();
  await expect(page.getByTestId('status-comments')).toBeHidden();
  await page.getByTestId('toast-action').click();
  await expect(banner).toContainText('second');
});
