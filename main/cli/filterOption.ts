import { createFieldRegistry, type FilterRecord } from '../../app/dissect/filterFields.ts';
import { andThereIs, compileFilter, type FilterField, type FilterMacros, withMacros } from '../../app/filter/index.ts';
import type { Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { DocumentFilter } from '../engine/filterRecord.ts';
import { PROFILE_VARIABLE } from '../engine/settings.ts';
import { SettingsFile } from '../engine/settingsFile.ts';
import { CommandFailure, failureLine } from './failure.ts';

const NO_MACROS: FilterMacros = new Map();

/** The settings with the profile that was asked for. Throws CommandFailure where there is none of that name. */
export function askedSettings(): SettingsFile {
  const settings = new SettingsFile();
  const { state } = settings;
  const asked = process.env[PROFILE_VARIABLE];
  if (asked !== undefined && state.profile !== asked) {
    throw new CommandFailure(`no profile "${asked}"; there is ${state.profiles.join(', ')}`);
  }
  return settings;
}

/** Macros of the profile in force; what is wrong with it goes to standard error. */
function profileMacros(): FilterMacros {
  const { state, macros } = askedSettings();
  for (const problem of state.problems) process.stderr.write(`nlscope: ${problem}\n`);
  return macros;
}

/** The filter of a -Y option. Throws CommandFailure for a wrong filter. */
export function rowFilter(document: Document, decoding: Decoding, text: string): DocumentFilter {
  const macros = text.includes('$') ? profileMacros() : NO_MACROS;
  const compiled = compileFilter(
    text,
    withMacros(registryOf(document, decoding), () => macros),
  );
  if (!compiled.ok) {
    const { range, macro } = compiled.error;
    const inMacro = macro && ` where its text has "${macro.text.slice(macro.range.start, macro.range.end)}"`;
    const place = `at ${range.start + 1} ("${text.slice(range.start, range.end)}") of ${text}${inMacro ?? ''}`;
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
    throw new CommandFailure(`no field "${name}"${andThereIs(registry.suggest(name, 3))}`);
  });
}

function registryOf({ store }: Document, decoding: Decoding) {
  return createFieldRegistry(decoding.library, () => (store.count > 0 ? store.timeNs(0) : 0n));
}
