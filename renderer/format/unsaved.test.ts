import { describe, expect, it } from 'vitest';
import type { HostState } from '../../app/contracts/index.ts';
import { NO_STATE } from '../stores/session.ts';
import { whatIsUnsaved, windowTitle } from './unsaved.ts';

const state = (unsavedParts: HostState['unsavedParts'], more: Partial<HostState> = {}, total = 132): HostState => ({
  ...NO_STATE,
  unsaved: unsavedParts.length > 0,
  unsavedParts,
  view: { ...NO_STATE.view, total },
  ...more,
});

describe('what is not saved', () => {
  it.each([
    [[], ''],
    [['messages'], '132 messages are not saved and will be lost.'],
    [['messages', 'comments'], '132 messages are not saved and will be lost.'],
    [['comments'], 'Changes to the comments on messages are not saved and will be lost.'],
    [['marks', 'references'], 'Changes to the marks and time references are not saved and will be lost.'],
    [
      ['comments', 'marks', 'references'],
      'Changes to the comments on messages, marks and time references are not saved and will be lost.',
    ],
  ] as const)('%j is named in a sentence', (parts, sentence) => {
    expect(whatIsUnsaved(state(parts))).toBe(sentence);
  });

  it('is one message', () => {
    expect(whatIsUnsaved(state(['messages'], {}, 1))).toBe('1 message is not saved and will be lost.');
  });
});

describe("the window's title", () => {
  it.each([
    ['nothing is open', state([], {}, 0), 'nlscope'],
    ['a file', state([], { capture: 'file', fileName: 'a.pcapng' }), 'a.pcapng \u2013 nlscope'],
    ['a file with a new mark', state(['marks'], { capture: 'file', fileName: 'a.pcapng' }), '*a.pcapng \u2013 nlscope'],
    ['capturing, nothing yet', state([], { capture: 'capturing' }, 0), 'Capturing \u2013 nlscope'],
    ['capturing', state(['messages'], { capture: 'capturing' }), '*Capturing \u2013 nlscope'],
    ['captured', state(['messages'], { capture: 'stopped' }), '*Unsaved capture \u2013 nlscope'],
    ['captured to files', state([], { capture: 'stopped' }), 'Capture \u2013 nlscope'],
    ['saved', state([], { capture: 'stopped', fileName: 'b.pcapng' }), 'b.pcapng \u2013 nlscope'],
  ])('%s', (_, shown, title) => {
    expect(windowTitle(shown)).toBe(title);
  });
});
