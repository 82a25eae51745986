/**
 * The display filter language: one Lezer grammar (filter.grammar) for highlighting, completion and compiling.
 * parser.generated.ts is made from it with
 *
 *     npx lezer-generator --typeScript --noTerms --output app/filter/parser.generated.ts app/filter/filter.grammar
 */
export { checkFilter, checkMacro } from './check.ts';
export { combine, type FilterJoin, formatClause } from './clauses.ts';
export { type CompiledFilter, compileFilter } from './compile.ts';
export { completeFilter, type SeenValue, type SeenValues } from './complete.ts';
export {
  type FieldRegistry,
  type FilterField,
  type FilterType,
  type FilterValue,
  MOST_IN_BLOCK,
  type RecordBlock,
  type ValueSink,
} from './fields.ts';
export { MAX_FILTER_LENGTH, parser } from './language.ts';
export { quote } from './literals.ts';
export { expandMacros, type FilterMacros, MACRO_NAME, withMacros } from './macros.ts';
export { andThereIs, nearNames, thereIs } from './near.ts';
export { filterReference } from './reference.ts';
