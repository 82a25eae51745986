import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { capturePath } from '../cli/testing/command.ts';
import { createDecoding } from './decoding.ts';
import type { Document } from './document.ts';
import { FileSource } from './fileBytes.ts';
import { fileOfNotes, NotesJournal, putBackNotes } from './notesJournal.ts';
import { openDocument } from './openDocument.ts';

const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(directory, { recursive: true }));
const decoding = createDecoding();
const path = join(directory, 'capture-1.pcapng.notes');

/** A capture as it is read again after a crash. */
function loaded(): Document['store'] {
  const opened = openDocument(new FileSource(capturePath('rule-a.pcap')), decoding);
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  return opened.value.document.store;
}

let store: Document['store'];
const about = (row: number) => ({ row, time: `${store.timeNs(row)}` });
const notesOf = (of: Document['store']) => ({
  marks: Array.from({ length: of.count }, (_, row) => row).filter((row) => of.isMarked(row)),
  references: of.referenceRows(),
  comments: of.commentedRows().map((row) => [row, of.comment(row)]),
});
const putBack = () => {
  const again = loaded();
  putBackNotes(path, again);
  return notesOf(again);
};
const NONE = { marks: [], references: [], comments: [] };

beforeEach(() => {
  rmSync(path, { force: true });
  store = loaded();
});

describe('a journal of notes', () => {
  it('tells what was said last', () => {
    const journal = new NotesJournal(path);
    expect(putBack()).toEqual(NONE);
    journal.add([3, 5, 7].map((row) => ({ ...about(row), mark: true })));
    journal.add([{ ...about(5), mark: false }]);
    journal.add([{ ...about(5), comment: 'two\nlines, "quoted" \u2028 \u{1f600}' }]);
    journal.add([{ ...about(7), reference: true }]);
    journal.add([{ ...about(9), comment: 'not this' }]);
    journal.add([{ ...about(9), comment: '' }]);
    expect(putBack()).toEqual({
      marks: [3, 7],
      references: [7],
      comments: [[5, 'two\nlines, "quoted" \u2028 \u{1f600}']],
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('takes away what the capture itself had', () => {
    store.setComment(4, 'of the file');
    store.setMarked(4, true);
    new NotesJournal(path).add([{ ...about(4), comment: '', mark: false }]);
    expect(putBackNotes(path, store)).toEqual([{ ...about(4), comment: '', mark: false }]);
    expect(notesOf(store)).toEqual(NONE);
    // Nothing is left to change.
    expect(putBackNotes(path, store)).toEqual([]);
  });

  it('loses one line at most, wherever it is torn off', () => {
    const journal = new NotesJournal(path);
    journal.add([{ ...about(1), comment: 'first' }]);
    const first = statSync(path).size;
    journal.add([{ ...about(2), comment: 'second' }]);
    const { size } = statSync(path);
    const whole = readFileSync(path);
    for (let end = first; end < size; end++) {
      writeFileSync(path, whole);
      truncateSync(path, end);
      expect(putBack().comments).toEqual([[1, 'first']]);
      // What is written after it is not lost with it.
      new NotesJournal(path).add([{ ...about(3), comment: 'third' }]);
      expect(putBack().comments).toEqual([
        [1, 'first'],
        [3, 'third'],
      ]);
    }
  });

  it('passes over what is no note, and messages that are not there or are others', () => {
    new NotesJournal(path).add([{ ...about(1), mark: true }]);
    const others = [
      'null',
      '[]',
      '{}',
      '{"row":2}',
      `{"row":-1,"time":"0","mark":true}`,
      `{"row":1.5,"time":"0","mark":true}`,
      JSON.stringify({ row: 2, time: `${store.timeNs(3)}`, mark: true }),
      JSON.stringify({ row: store.count, time: '1', mark: true }),
      JSON.stringify({ row: 4, time: `${store.timeNs(4)}`, mark: 'yes' }),
      JSON.stringify({ row: 4, time: `${store.timeNs(4)}`, comment: 'x'.repeat(100_000) }),
    ];
    appendFileSync(path, `\n${others.join('\n')}\n\u0000\n`);
    appendFileSync(path, Buffer.from([0xff, 0xfe, 0x0a, 0x80]));
    expect(putBack()).toEqual({ ...NONE, marks: [1] });
    rmSync(path);
    expect(putBack()).toEqual(NONE);
  });

  it('says which file it is about, also when it was saved as another and made shorter', () => {
    const journal = new NotesJournal(path, '/captures/a "b"\n.pcap');
    expect(fileOfNotes(path)).toBe('');
    journal.add([{ ...about(3), mark: true }]);
    expect(fileOfNotes(path)).toBe('/captures/a "b"\n.pcap');
    journal.moveTo('/captures/c.pcapng', true);
    expect(fileOfNotes(path)).toBe('/captures/c.pcapng');
    expect(putBack().marks).toEqual([3]);
    journal.moveTo('/captures/d.pcapng', false);
    expect(putBack()).toEqual(NONE);
    const comment = 'x'.repeat(1000);
    for (let turn = 0; turn < 2000; turn++) journal.add([{ ...about(turn % 10), comment: `${turn} ${comment}` }]);
    expect(fileOfNotes(path)).toBe('/captures/d.pcapng');
    expect(putBack().comments[0]).toEqual([0, `1990 ${comment}`]);
    expect(fileOfNotes(join(directory, 'none'))).toBe('');
    rmSync(path);
    new NotesJournal(path).add([{ ...about(3), mark: true }]);
    expect(fileOfNotes(path)).toBe('');
  });

  it('does not grow with what is said again and again', () => {
    const journal = new NotesJournal(path);
    const comment = 'x'.repeat(1000);
    for (let turn = 0; turn < 3000; turn++) journal.add([{ ...about(turn % 10), comment, mark: turn % 20 < 10 }]);
    expect(statSync(path).size).toBeLessThan(1.2 * 2 ** 20);
    const { comments, marks } = putBack();
    expect(comments).toEqual(Array.from({ length: 10 }, (_, row) => [row, comment]));
    expect(marks).toEqual([]);
    journal.remove();
    expect(putBack()).toEqual(NONE);
  });
});
