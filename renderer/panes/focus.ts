/** Panes that the keyboard can be in, in the order F6 visits them. */
export const PANES = [
  'filter',
  'families',
  'sockets',
  'statistics',
  'list',
  'tree',
  'bytes',
  'compare',
  'compose',
] as const;
export type PaneId = (typeof PANES)[number];

/** The pane that has the focus, or null. */
export function paneWithFocus(): PaneId | null {
  const pane = document.activeElement?.closest<HTMLElement>('[data-pane]')?.dataset.pane;
  return PANES.find((id) => id === pane) ?? null;
}

/** Gives a pane the focus, if it is on screen. Returns whether it is. */
export function focusPane(pane: PaneId): boolean {
  const element = document.querySelector<HTMLElement>(`[data-pane="${pane}"]`);
  const target = element?.querySelector<HTMLElement>('[data-pane-focus], [contenteditable="true"], [tabindex="0"]');
  target?.focus();
  return target !== null && target !== undefined;
}

/** Gives the focus to the next (1) or previous (-1) pane on screen. */
export function cyclePane(by: 1 | -1): void {
  const current = paneWithFocus();
  let at = current ? PANES.indexOf(current) : by === 1 ? -1 : 0;
  for (let tries = 0; tries < PANES.length; tries++) {
    at = (at + by + PANES.length) % PANES.length;
    if (focusPane(PANES[at]!)) return;
  }
}

/** Opens the context menu of an area as the menu key does there, below `near`; the area is asked as a whole. */
export function openMenuOf(area: HTMLElement, near: Element = area): void {
  const { left, bottom } = near.getBoundingClientRect();
  const at = { clientX: left + 4, clientY: bottom };
  area.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at }));
}
