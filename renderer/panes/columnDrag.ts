import type { DragEvent } from 'react';
import { type ColumnId, fieldColumn } from '../stores/columnChoice.ts';

/** What is dragged where columns are moved, and where fields become columns. */
const TYPE = 'application/x-nlscope-column';

export function dragColumn({ dataTransfer }: DragEvent, id: ColumnId): void {
  dataTransfer.setData(TYPE, id);
  dataTransfer.effectAllowed = 'copyMove';
}

export function dragField(event: DragEvent, field: string): void {
  dragColumn(event, fieldColumn(field));
  event.dataTransfer.setData('text/plain', field);
}

export function isColumnDrag({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes(TYPE);
}

/** The id of the column that was dropped, "" for anything else. */
export function droppedColumn({ dataTransfer }: DragEvent): string {
  return dataTransfer.getData(TYPE);
}
