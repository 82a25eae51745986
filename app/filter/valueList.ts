import type { FilterValue, ValueSink } from './fields.ts';

/** The values of a field in one record. Kept between records, so reading allocates nothing once it has grown. */
export class ValueList implements ValueSink {
  readonly items: FilterValue[] = [];
  length = 0;

  push(value: FilterValue): number {
    this.items[this.length++] = value;
    return this.length;
  }

  clear(): void {
    this.length = 0;
  }
}
