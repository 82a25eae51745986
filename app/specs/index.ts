export { builtinLibrary } from './builtin.ts';
export { compileSpec, constantName, SpecError } from './compile.ts';
export { type ChoiceProblem, DecodeChoices, type MessageChoice } from './decodeChoices.ts';
export { READINGS, type Reading } from './decodeReadings.ts';
export {
  DECODE_RULE_GRAMMAR,
  type DecodeRule,
  type DecodeTarget,
  parseDecodeRule,
  protocolWord,
  targetText,
} from './decodeRule.ts';
export { inferSpec, type SeenMessage } from './inferSpec.ts';
export { interned } from './interned.ts';
export { type MessageBytes, ownerOf, type SharedDefs, SpecLibrary, selects } from './library.ts';
export {
  type FamilyPolicy,
  type PolicyAttribute,
  type PolicyFamily,
  type PolicyOperation,
  PolicyParts,
} from './policySpec.ts';
export * from './tables.ts';
export { type AreaCoverage, type FamilyCoverage, familyCoverage, type Share } from './uapi/coverage.ts';
export type { StartValue, StartView, ViewDocument, YnlDocument } from './ynl.ts';
