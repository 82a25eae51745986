import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openCaptureFile } from '../cli/captureInput.ts';
import { createDecoding } from './decoding.ts';

const folder = fileURLToPath(new URL('../../e2e/captures/', import.meta.url));
const decoding = createDecoding();

/** Lines are for eyes; a few long ones are lists that end in a count. */
const LONGEST = 400;

/** Arrows as the list has them. */
const ARROWS: Readonly<Record<string, string>> = { request: '->', reply: '<-', notify: '**' };

/** "-> RTM_GETLINK | dump links" of every message, each line once. */
async function summariesOf(file: string): Promise<string[]> {
  const { document } = await openCaptureFile(`${folder}${file}`, decoding);
  const { store } = document;
  const lines = new Set<string>();
  for (let row = 0; row < store.count; row++) {
    if (store.isGap(row)) continue;
    const { type, info } = document.summarize(row);
    lines.add(`${ARROWS[store.envelope(row).direction] ?? '??'} ${type} | ${info.join('')}`);
  }
  return [...lines];
}

/**
 * What the list says about the captures of the corpus, kept for review: a change of a summary shows as a change of a
 * file. After a wanted change: `npx vitest run main/engine/summaries -u`, then read the difference.
 */
describe('summaries', () => {
  const files = readdirSync(folder).filter((name) => /\.pcap(\.gz)?$/.test(name));

  it.each(files)('of %s', async (file) => {
    const lines = await summariesOf(file);
    const name = file.replace(/\.pcap(\.gz)?$/, '');
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`summaries/${name}.txt`);
    expect(lines.filter((line) => /[\n\r]| {2}|undefined|\[object/.test(line.slice(line.indexOf('|') + 2)))).toEqual(
      [],
    );
    expect(lines.filter((line) => line.length > LONGEST)).toEqual([]);
  });
});
