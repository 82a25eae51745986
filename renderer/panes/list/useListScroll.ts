import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useApp } from '../../stores/app.ts';
import { useHostState, useList } from '../../stores/hooks.ts';
import {
  clampOffset,
  type Geometry,
  maxOffset,
  offsetOf,
  reveal,
  scrollTopOf,
  visibleRows,
  wheelPixels,
} from './scroller.ts';

export interface ListScroll {
  readonly geometry: Geometry;
  /** Pixels of rows above the viewport. */
  readonly offset: number;
  /** Scrolls because the user did so: following goes on only at the end. */
  scrollTo(offset: number): void;
}

/**
 * Keeps the list's scroll position: wheel and keys move it by exact pixels, the browser's own scrolling by ratio; new
 * rows move it when the list follows its end; placements asked for by others move it to their row.
 * @param headHeight pixels at the top of the scroller that the heads of the columns cover
 */
export function useListScroll(
  scroller: RefObject<HTMLElement | null>,
  rowHeight: number,
  headHeight: number,
): ListScroll {
  const { list } = useApp();
  const { rows, following, placement } = useList((state) => ({
    rows: state.rows,
    following: state.following,
    placement: state.placement,
  }));
  const [viewport, setViewport] = useState(0);
  const [offset, setOffset] = useState(0);
  const geometry = useMemo(() => ({ rows, rowHeight, viewport }), [rows, rowHeight, viewport]);
  const live = useHostState((state) => state.capture === 'capturing');
  const now = useRef({ geometry, offset, live });
  now.current = { geometry, offset, live };
  /** The scroll position we wrote last: the browser's event about it says nothing new. */
  const written = useRef(0);

  const scrollTo = useMemo(
    () => (wanted: number) => {
      const next = clampOffset(now.current.geometry, wanted);
      setOffset(next);
      list.follow(now.current.live && next >= maxOffset(now.current.geometry) - 1);
    },
    [list],
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setViewport(Math.max(0, element.clientHeight - headHeight));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [scroller, headHeight]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      // Drawn in the frame of the event, not in the one after it.
      flushSync(() => scrollTo(now.current.offset + wheelPixels(event, now.current.geometry)));
    };
    const scroll = () => {
      if (Math.abs(element.scrollTop - written.current) >= 1)
        flushSync(() => scrollTo(offsetOf(now.current.geometry, element.scrollTop)));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('scroll', scroll, { passive: true });
    return () => {
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('scroll', scroll);
    };
  }, [scroller, scrollTo]);

  const shownIn = useRef(geometry);
  useLayoutEffect(() => {
    const before = shownIn.current;
    shownIn.current = geometry;
    if (following) setOffset(maxOffset(geometry));
    else setOffset((at) => keepSelected(list.store.getState().selectedIndex, before, geometry, at));
  }, [geometry, following, list]);

  useLayoutEffect(() => {
    if (!placement || viewport === 0) return;
    const { index, y } = placement;
    setOffset((before) => {
      if (y === 'nearest') return reveal(geometry, before, index);
      const above = y === 'centre' ? (viewport - rowHeight) / 2 : y;
      return clampOffset(geometry, index * rowHeight - above);
    });
    list.store.setState({ placement: null });
  }, [placement, geometry, viewport, rowHeight, list]);

  const placed = useRef<Geometry | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const write = () => {
      element.scrollTop = scrollTopOf(geometry, offset);
      written.current = element.scrollTop;
    };
    // A canvas of another height is scrolled at once, before the browser does so itself. Else only the thumb moves, which
    // can wait for the frame: to write it now would lay out the document once more.
    if (placed.current !== geometry) {
      placed.current = geometry;
      write();
      return;
    }
    const frame = requestAnimationFrame(write);
    return () => cancelAnimationFrame(frame);
  }, [scroller, geometry, offset]);

  useEffect(() => {
    list.anchor = () => {
      const { geometry: shape, offset: at } = now.current;
      const { first, last } = visibleRows(shape, at);
      const { selectedIndex } = list.store.getState();
      const index = selectedIndex >= first && selectedIndex < last ? selectedIndex : first;
      const row = list.cache.get(index);
      return row ? { number: row.number, y: index * shape.rowHeight - at } : null;
    };
    return () => {
      list.anchor = () => null;
      // The list comes back where it was left.
      const { geometry: shape, offset: at } = now.current;
      const { first } = visibleRows(shape, at);
      if (!list.store.getState().following)
        list.store.setState({ placement: { index: first, y: first * shape.rowHeight - at } });
    };
  }, [list]);

  return { geometry, offset, scrollTo };
}

/** The offset after a change of shape: a selected row that was visible stays so when the viewport shrinks. */
function keepSelected(selected: number, before: Geometry, geometry: Geometry, offset: number): number {
  const { first, last } = visibleRows(before, offset);
  const wasVisible = geometry.viewport < before.viewport && selected >= first && selected < last;
  return wasVisible ? reveal(geometry, offset, selected) : clampOffset(geometry, offset);
}
