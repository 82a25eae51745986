/** How far above the element under the pointer the one stands that cuts its text. */
const MOST_LEVELS = 4;

/**
 * Shows the whole text of whatever an ellipsis cuts, as a tooltip of the browser's, while the pointer is over it. What
 * has a tooltip of its own keeps that. Returns what ends it.
 */
export function tellCutText(root: Document): () => void {
  let told: HTMLElement | null = null;
  const forget = () => {
    told?.removeAttribute('title');
    told = null;
  };
  const tell = ({ target }: Event) => {
    forget();
    const cut = target instanceof HTMLElement ? cutElement(target) : null;
    if (!cut) return;
    cut.title = cut.textContent.replace(/\s+/g, ' ').trim();
    told = cut;
  };
  root.addEventListener('mouseover', tell);
  // What scrolls or is drawn anew under a pointer that rests may be another text.
  root.addEventListener('wheel', forget, { passive: true });
  root.addEventListener('keydown', forget);
  return () => {
    forget();
    root.removeEventListener('mouseover', tell);
    root.removeEventListener('wheel', forget);
    root.removeEventListener('keydown', forget);
  };
}

/** The element that cuts the text under the pointer; null for none, and where a tooltip stands already. */
function cutElement(from: HTMLElement): HTMLElement | null {
  let element: HTMLElement | null = from;
  for (let level = 0; element !== null && level < MOST_LEVELS; level++) {
    if (element.title !== '') return null;
    if (element.scrollWidth > element.clientWidth && getComputedStyle(element).textOverflow === 'ellipsis')
      return element;
    element = element.parentElement;
  }
  return null;
}
