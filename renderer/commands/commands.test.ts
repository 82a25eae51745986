import { describe, expect, it } from 'vitest';
import { isLetterKey, keyName } from './keys.ts';
import { COMMAND_GROUPS, COMMANDS, commandForKeys } from './table.ts';

const press = (key: string, ...modifiers: ('ctrl' | 'shift' | 'alt' | 'meta')[]) =>
  keyName({
    key,
    ctrlKey: modifiers.includes('ctrl'),
    shiftKey: modifiers.includes('shift'),
    altKey: modifiers.includes('alt'),
    metaKey: modifiers.includes('meta'),
  });

describe('keyName', () => {
  it('names keys as commands write them', () => {
    expect(press('p', 'ctrl', 'shift')).toBe('Ctrl+Shift+P');
    expect(press('ArrowLeft', 'alt')).toBe('Alt+Left');
    expect(press('F6', 'shift')).toBe('Shift+F6');
    expect(press('?', 'shift')).toBe('?');
    expect(press('R', 'shift')).toBe('Shift+R');
    expect(press('/', 'ctrl')).toBe('Ctrl+/');
    expect(press('e', 'meta')).toBe('Ctrl+E');
  });

  it('knows keys that must not act while someone writes', () => {
    expect(['E', '?', 'Shift+R'].map(isLetterKey)).toEqual([true, true, true]);
    expect(['F6', 'Ctrl+E', 'Alt+F', 'Esc'].map(isLetterKey)).toEqual([false, false, false, false]);
  });
});

describe('the command table', () => {
  it('has every id once, and known groups', () => {
    const ids = COMMANDS.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const one of COMMANDS) expect(COMMAND_GROUPS).toContain(one.group);
  });

  it('gives no key to two commands that could both act', () => {
    const claims = COMMANDS.flatMap((one) =>
      one.keys.flatMap((keys) => (one.panes ?? ['*']).map((pane) => `${keys} in ${pane}`)),
    );
    expect(claims.filter((claim, at) => claims.indexOf(claim) !== at)).toEqual([]);
  });

  it('writes keys in the form that presses have', () => {
    for (const keys of COMMANDS.flatMap((one) => one.keys)) {
      expect(keys).toMatch(/^(Ctrl\+)?(Alt\+)?(Shift\+)?([A-Z0-9/.,?]|F\d+|Esc|Up|Down|Left|Right)$/);
    }
  });

  it('lets letters act in message panes only', () => {
    expect(commandForKeys('E', 'list')?.id).toBe('compose.edit');
    expect(commandForKeys('E', 'filter')).toBeNull();
    expect(commandForKeys('E', null)).toBeNull();
    expect(commandForKeys('Ctrl+C', 'list')?.id).toBe('message.copySummary');
    expect(commandForKeys('Ctrl+C', 'bytes')?.id).toBe('message.copyHex');
    expect(commandForKeys('Ctrl+E', null)?.id).toBe('capture.toggle');
  });
});
