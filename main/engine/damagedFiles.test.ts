import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { toHex } from '../../app/dissect/index.ts';
import { createDecoding } from './decoding.ts';
import { describeBreak } from './openDocument.ts';
import { openRecording } from './recording.ts';
import { damaged, isText, KINDS } from './testing/captureKinds.ts';

/** More rounds by NLSCOPE_FAULTS. */
const ROUNDS = Math.max(12, Number(process.env['NLSCOPE_FAULTS'] ?? 0));
const decoding = createDecoding();
const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Opens a file of these bytes as a window does, and reads every row of it. */
async function open(bytes: Uint8Array) {
  const path = join(directory, 'file');
  writeFileSync(path, bytes);
  const opened = await openRecording(path, join(directory, 'spool'), decoding);
  if (!opened.ok) {
    rmSync(join(directory, 'spool'), { force: true });
    return { refused: opened.error.message, messages: [], told: '' };
  }
  const { recording, notes, step } = opened.value;
  let report = step();
  while (!report.finished) report = step();
  const { document } = recording;
  const messages = Array.from({ length: document.store.count }, (_, row) => {
    document.summarize(row);
    document.dissect(row);
    return document.store.isGap(row) ? 'gap' : toHex(document.store.bytes(row));
  });
  recording.close();
  expect(readdirSync(directory)).toEqual(['file']);
  return { refused: '', messages, told: [...notes, describeBreak(report)].join('') };
}

describe('a file of every kind', () => {
  it.each(KINDS)('%s, cut anywhere, is read up to there, and the break is told', async (kind, bytes) => {
    const whole = await open(bytes);
    expect(whole).toMatchObject({ refused: '', told: expect.not.stringContaining('breaks') });
    expect(whole.messages.length).toBeGreaterThan(10);
    for (let round = 0; round < ROUNDS; round++) {
      const cut = 30 + Math.floor(Math.random() * (bytes.length - 30));
      const { messages, told, refused } = await open(bytes.slice(0, cut));
      // The last message may be cut itself.
      const certain = messages.slice(0, -1);
      expect(certain, `cut at ${cut}`).toEqual(whole.messages.slice(0, certain.length));
      const isWhole = messages.length === whole.messages.length || isText(kind) || kind.startsWith('pcap');
      if (!isWhole) expect(told + refused, `cut at ${cut}`).not.toBe('');
    }
  });

  it.each(KINDS)(
    '%s, with flipped bits, neither throws nor hangs, and every row can be looked at',
    async (_kind, bytes) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { messages } = await open(damaged(bytes));
        expect(messages.length).toBeLessThan(bytes.length);
      }
    },
  );
});
