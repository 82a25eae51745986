export * from './api.ts';
export { summarizeAuditEvent } from './auditEvent.ts';
export { hasBodyFormat } from './bodies.ts';
export { CoverageCounter, type CoverageReport, type UncoveredItem } from './coverage.ts';
export { plainStruct, type Told, waitingTexts } from './decode.ts';
export { decodeTargets } from './decodeTargets.ts';
export { bareContext, createDissector, type FieldDissector, type Inspection, isCovered } from './dissector.ts';
export { type ExtackMeaning, fieldAt } from './extack.ts';
export { type DecodeState, Field } from './field.ts';
export { createFieldRegistry, type FilterRecord } from './filterFields.ts';
export {
  addToDump,
  type ControlFacts,
  CTRL_CMD_GETPOLICY,
  CTRL_CMD_NEWFAMILY,
  emptyDump,
  GENL_ID_CTRL,
  learnFacts,
  learnFamily,
  readControl,
  toldFacts,
} from './genl.ts';
export { InfoWriter } from './infoWriter.ts';
export { type DecodedMessage, decodeMessage } from './message.ts';
export { findInterface, GENL_NAMINGS, LINK_NAMING, type NamingPlace, toldInterface } from './namedInterfaces.ts';
export type { Needs } from './needs.ts';
export { NFT_NEWGEN, type ToldTask, toldNftTask } from './nftGeneration.ts';
export { NFT_NEWSET, toldNftSet } from './nftSet.ts';
export {
  afterDigits,
  briefText,
  DIGEST_LENGTH,
  isPlainIndex,
  isSaidByValue,
  isUndivided,
  LONGEST_VALUE,
} from './present.ts';
export { isPerDevice, mayNameStrings, STRING_COMMANDS, toldStrings } from './stringSets.ts';
export { fromHex, hexText, toHex } from './text.ts';
export { TYPE_NAMES } from './typeNames.ts';
