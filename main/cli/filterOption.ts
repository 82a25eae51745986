import { createFieldRegistry, type FilterRecord } from '../../app/dissect/filterFields.ts';
import { compileFilter, type FilterField } from '../../app/filter/index.ts';
import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { DocumentFilter } from '../engine/filterRecord.ts';
import { CommandFailure, failureLine } from './failure.ts';

/** The filter of a -Y option. Throws CommandFailure for a wrong filter. */
export function rowFilter(document: Document, decoding: Decoding, text: string): DocumentFilter {
  const compiled = compileFilter(text, registryOf(document, decoding));
  if (!compiled.ok) {
    const { range } = compiled.error;
    const place = `at ${range.start + 1} ("${text.slice(range.start, range.end)}") of ${text}`;
    throw new CommandFailure(`wrong filter, ${place}: ${failureLine(compiled.error)}`);
  }
  return new DocumentFilter(document, compiled);
}

/** Fields that --fields names. Throws CommandFailure for one that does not exist. */
export function namedFields(
  document: Document,
  decoding: Decoding,
  names: readonly string[],
): FilterField<FilterRecord>[] {
  const registry = registryOf(document, decoding);
  return names.map((name) => {
    const field = registry.find(name);
    if (field !== undefined) return field;
    const near = registry.suggest(name, 3);
    throw new CommandFailure(`no field "${name}"${near.length > 0 ? `; there is ${near.join(', ')}` : ''}`);
  });
}

function registryOf({ store }: Document, decoding: Decoding) {
  return createFieldRegistry(decoding.library, () => (store.count > 0 ? store.timeNs(0) : 0n));
}
