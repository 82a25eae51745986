export * from './api.ts';
export { CoverageCounter, type CoverageReport, type UncoveredItem } from './coverage.ts';
export { bareContext, createDissector, type FieldDissector, isCovered } from './dissector.ts';
export { type ExtackMeaning, fieldAt } from './extack.ts';
export { Field } from './field.ts';
export { createFieldRegistry, type FilterRecord } from './filterFields.ts';
export { GENL_ID_CTRL, learnFamily } from './genl.ts';
export { type DecodedMessage, decodeMessage } from './message.ts';
export { fromHex, hexText, toHex } from './text.ts';
