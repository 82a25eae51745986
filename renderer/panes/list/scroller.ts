/** Chromium clamps elements at 33,554,428 pixels; well below it scrolling stays exact. */
export const MAX_CANVAS = 8_000_000;

/** A list of rows of one height behind a viewport, on a canvas that is scaled down when the rows would be too tall. */
export interface Geometry {
  readonly rows: number;
  /** Pixels. */
  readonly rowHeight: number;
  readonly viewport: number;
}

/** The rows to draw: from `first` to before `last`. */
export interface VisibleRows {
  readonly first: number;
  readonly last: number;
}

/** Rows between two origins of drawing. */
const ORIGIN_STEP = 4096;

/** Height of the element that the browser scrolls, in pixels. */
export function canvasHeight({ rows, rowHeight, viewport }: Geometry): number {
  return Math.max(viewport, Math.min(rows * rowHeight, MAX_CANVAS));
}

/** The largest offset: where the last row touches the viewport's lower edge. */
export function maxOffset({ rows, rowHeight, viewport }: Geometry): number {
  return Math.max(0, rows * rowHeight - viewport);
}

export function clampOffset(geometry: Geometry, offset: number): number {
  return Math.max(0, Math.min(offset, maxOffset(geometry)));
}

/** Where in the rows (pixels from the first) a scroll position of the canvas is: the thumb maps by ratio. */
export function offsetOf(geometry: Geometry, scrollTop: number): number {
  const range = canvasHeight(geometry) - geometry.viewport;
  if (range <= 0) return 0;
  return clampOffset(geometry, scrollTop * (maxOffset(geometry) / range));
}

/** The scroll position of the canvas for an offset: the inverse of `offsetOf`. */
export function scrollTopOf(geometry: Geometry, offset: number): number {
  const most = maxOffset(geometry);
  if (most === 0) return 0;
  return offset * ((canvasHeight(geometry) - geometry.viewport) / most);
}

export function visibleRows({ rows, rowHeight, viewport }: Geometry, offset: number): VisibleRows {
  const first = Math.min(Math.floor(offset / rowHeight), rows);
  const last = Math.min(Math.ceil((offset + viewport) / rowHeight), rows);
  return { first, last };
}

/** Elements that draw rows: enough for a viewport that cuts a row at both ends. */
export function slotCount({ rowHeight, viewport }: Geometry): number {
  return Math.ceil(viewport / rowHeight) + 1;
}

/** A row, and the element that draws it. */
export interface RowSlot {
  readonly slot: number;
  readonly index: number;
}

/**
 * The rows to draw, in the order in which their elements stand in the document. A row that scrolls in takes the element
 * of the one that scrolled out, wherever that stands: making elements, and moving them, costs more than what they say.
 * Every element has a row while there are rows, be it just below the viewport.
 * @param first row that is visible
 * @param turn the slot whose element is the first; with that of the first row they stand as they are seen
 */
export function rowSlots(first: number, { rows }: Geometry, slots: number, turn: number): RowSlot[] {
  const found: RowSlot[] = [];
  for (let at = 0; at < slots; at++) {
    const slot = (turn + at) % slots;
    const index = first + ((slot - (first % slots) + slots) % slots);
    if (index < rows) found.push({ slot, index });
  }
  return found;
}

/**
 * The row that rows are placed from. It changes once in thousands of rows, so that a row keeps its place in the document
 * while the list scrolls: the browser then moves what it has painted and paints new rows only.
 */
export function originRow(first: number): number {
  return Math.floor(first / ORIGIN_STEP) * ORIGIN_STEP;
}

/** The offset nearest to the current one at which a row is wholly visible. */
export function reveal(geometry: Geometry, offset: number, row: number): number {
  const top = row * geometry.rowHeight;
  const lowest = top + geometry.rowHeight - geometry.viewport;
  return clampOffset(geometry, Math.min(top, Math.max(offset, lowest)));
}

/** Pixels that a wheel event means: browsers report pixels, lines or pages. */
export function wheelPixels(event: { deltaY: number; deltaMode: number }, geometry: Geometry): number {
  const unit = [1, geometry.rowHeight, geometry.viewport][event.deltaMode] ?? 1;
  return event.deltaY * unit;
}
