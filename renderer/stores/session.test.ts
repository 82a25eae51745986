import { describe, expect, it } from 'vitest';
import type { HostState } from '../../app/contracts/index.ts';
import { createSession, dismissToast, isOtherCapture, NO_STATE, pushToast } from './session.ts';

function state(capture: HostState['capture'], fileName: string, generation: number, total: number): HostState {
  return { ...NO_STATE, capture, fileName, view: { ...NO_STATE.view, generation, total } };
}

describe('isOtherCapture', () => {
  it('holds for another file, for a capture after a file, and when messages were dropped', () => {
    expect(isOtherCapture(state('file', 'a.pcap', 1, 10), state('file', 'b.pcap', 2, 90))).toBe(true);
    expect(isOtherCapture(state('file', 'a.pcap', 1, 0), state('capturing', '', 2, 0))).toBe(true);
    expect(isOtherCapture(state('stopped', '', 4, 100), state('stopped', '', 5, 0))).toBe(true);
  });

  it('does not hold while messages arrive, for a new filter, or when the capture is saved', () => {
    const before = state('capturing', '', 3, 10);
    expect(isOtherCapture(before, state('capturing', '', 3, 20))).toBe(false);
    expect(isOtherCapture(before, state('capturing', '', 4, 10))).toBe(false);
    expect(isOtherCapture(before, state('stopped', 'saved.pcapng', 3, 10))).toBe(false);
  });
});

describe('toasts', () => {
  it('shows a text once, the newest last, and few at a time', () => {
    const session = createSession();
    for (const text of ['a', 'b', 'a', 'c', 'd', 'e']) pushToast(session, { severity: 'note', text });
    expect(session.getState().toasts.map((toast) => toast.text)).toEqual(['a', 'c', 'd', 'e']);
    dismissToast(session, session.getState().toasts[0]!.id);
    expect(session.getState().toasts.map((toast) => toast.text)).toEqual(['c', 'd', 'e']);
  });
});
