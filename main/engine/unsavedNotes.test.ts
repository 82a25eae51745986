import { describe, expect, it } from 'vitest';
import { UnsavedNotes } from './unsavedNotes.ts';

describe('notes that no file holds', () => {
  it('are told by their kinds', () => {
    const notes = new UnsavedNotes();
    expect(notes.kinds).toEqual([]);
    notes.referenceTurned(3);
    notes.markTurned(3);
    notes.commentChanged();
    expect(notes.kinds).toEqual(['comments', 'marks', 'references']);
  });

  it('are none when a mark is where it was', () => {
    const notes = new UnsavedNotes();
    notes.markTurned(3);
    notes.markTurned(5);
    notes.markTurned(3);
    expect(notes.kinds).toEqual(['marks']);
    notes.markTurned(5);
    expect(notes.kinds).toEqual([]);
  });

  it('are saved with a file, but for what changed while it was written', () => {
    const notes = new UnsavedNotes();
    notes.markTurned(1);
    notes.commentChanged();
    notes.saveBegins();
    notes.markTurned(1);
    notes.saveEnds(true);
    // The file has the mark, the capture has not.
    expect(notes.kinds).toEqual(['marks']);
    notes.markTurned(1);
    expect(notes.kinds).toEqual([]);
  });

  it('are kept where saving fails', () => {
    const notes = new UnsavedNotes();
    notes.commentChanged();
    notes.saveBegins();
    notes.referenceTurned(2);
    notes.saveEnds(false);
    expect(notes.kinds).toEqual(['comments', 'references']);
  });
});
