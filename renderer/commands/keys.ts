/** What a key press says, as browsers report it. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

/** Keys whose character already says that Shift is held, or that need none. */
const NAMED: { readonly [key: string]: string } = {
  ' ': 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Escape: 'Esc',
};

/**
 * A key press in the form commands write their keys: "Ctrl+Shift+P", "Alt+Left", "F6", "?", "Shift+R".
 * Shift is named with letters and function keys only: it is part of the character elsewhere ("?").
 */
export function keyName(press: KeyPress): string {
  const letter = /^[a-zA-Z]$/.test(press.key);
  const named = press.key.length > 1 || press.key === ' ';
  const key = NAMED[press.key] ?? (letter ? press.key.toUpperCase() : press.key);
  return [
    press.ctrlKey || press.metaKey ? 'Ctrl' : '',
    press.altKey ? 'Alt' : '',
    press.shiftKey && (letter || named) ? 'Shift' : '',
    key,
  ]
    .filter(Boolean)
    .join('+');
}

/** Whether the keys are one character without Ctrl or Alt: they must not act while someone writes. */
export function isLetterKey(keys: string): boolean {
  return /^(Shift\+)?.$/.test(keys);
}
