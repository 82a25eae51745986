import { useEffect } from 'react';
import { paneWithFocus } from '../panes/focus.ts';
import { type App, useApp } from '../stores/app.ts';
import { isLetterKey, keyName } from './keys.ts';
import { COMMANDS, commandForKeys, runCommand } from './table.ts';

/** Listens to the window's keys and to the native menu, and runs the commands they mean. */
export function useKeymap(): void {
  const app = useApp();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (handleKey(app, event)) event.preventDefault();
    };
    window.addEventListener('keydown', press);
    const stop = app.shell.onCommand((id) => {
      const found = COMMANDS.find((one) => one.id === id);
      if (found) runCommand(app, found);
    });
    return () => {
      window.removeEventListener('keydown', press);
      stop();
    };
  }, [app]);
}

/** Runs the command a key press means. Returns whether there is one, so that the browser leaves the key alone. */
function handleKey(app: App, event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  if (app.ui.getState().dialog !== null) return false;
  const keys = keyName(event);
  const writing =
    event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable="true"]');
  if (writing && (isLetterKey(keys) || keys === 'Ctrl+C')) return false;
  if (isLetterKey(keys) && !app.preferences.getState().letterKeys) return false;
  const found = commandForKeys(keys, paneWithFocus());
  if (!found) return false;
  // Text that was marked with the mouse is what Ctrl+C means.
  if (keys === 'Ctrl+C' && window.getSelection()?.toString()) return false;
  runCommand(app, found);
  return true;
}
