import { type RefObject, useLayoutEffect, useState } from 'react';

/** Rows rendered beyond each edge, so that a short scroll shows no blank line before the next frame. */
const OVERSCAN = 8;

export interface RowWindow {
  /** First row to render, and one past the last. */
  readonly first: number;
  readonly last: number;
  /** Rows that fit in the visible area, at least one. */
  readonly pageRows: number;
}

/**
 * Which of many rows of one height stand in the visible part of a scrolling element. For content that stays below the
 * height a browser can lay out (33 million pixels); the message list has a scroller of its own.
 * @param scroller the element that scrolls
 * @param count rows in all
 * @param rowHeight pixels
 */
export function useWindowedRows(scroller: RefObject<HTMLElement | null>, count: number, rowHeight: number): RowWindow {
  const [view, setView] = useState({ top: 0, height: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setView({ top: element.scrollTop, height: element.clientHeight });
    measure();
    element.addEventListener('scroll', measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', measure);
      observer.disconnect();
    };
  }, [scroller]);
  return {
    first: Math.max(0, Math.min(count, Math.floor(view.top / rowHeight) - OVERSCAN)),
    last: Math.min(count, Math.ceil((view.top + view.height) / rowHeight) + OVERSCAN),
    pageRows: Math.max(1, Math.floor(view.height / rowHeight) - 1),
  };
}

/** Scrolls as little as needed for a row to be wholly visible. */
export function revealRow(scroller: HTMLElement, row: number, rowHeight: number): void {
  const top = row * rowHeight;
  const slack = scroller.clientHeight - rowHeight;
  if (slack < 0) scroller.scrollTop = top;
  else if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + slack) scroller.scrollTop = top - slack;
}
