import type { FilterRecord } from '../../app/dissect/filterFields.ts';
import type { FilterField, FilterValue, SeenValue } from '../../app/filter/index.ts';
import type { Document } from './document.ts';
import { DocumentRecord } from './filterRecord.ts';
import { valueLiteral } from './valueText.ts';

/** Messages that are looked at, spread over the capture: enough to propose values at once while somebody types. */
const SAMPLE = 1024;
const MAX_VALUES = 20;
/** Text longer than this is no help in a list of proposals. */
const LONGEST = 64;

/** Values that a field has in the capture, as a filter writes them, most frequent first. */
export function seenValues(document: Document, field: FilterField<FilterRecord>): SeenValue[] {
  const { store } = document;
  const record = new DocumentRecord(document);
  const counts = new Map<string, number>();
  const values: FilterValue[] = [];
  const step = Math.max(1, Math.floor(store.count / SAMPLE));
  for (let row = 0; row < store.count; row += step) {
    if (store.isGap(row)) continue;
    values.length = 0;
    field.read(record.at(row), values);
    for (const value of values) {
      const text = valueLiteral(field, value);
      if (text.length <= LONGEST) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const seen = Array.from(counts, ([text, count]) => ({ text, count }));
  return seen.sort((a, b) => b.count - a.count).slice(0, MAX_VALUES);
}
