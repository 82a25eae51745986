/** What the host calls. */
export { answerDirection, asksForData, isRequest } from './direction.ts';
export { isFinished, openDatagram } from './framing.ts';
export { numberKinds } from './kinds.ts';
export * from './layout.ts';
export { writeLine } from './line.ts';
export { keepInRange, translate } from './numbers.ts';
export { findRecords, isLittleEndian } from './pcap.ts';
export { beginFrames, forgetNamesOf, outlineRows, SESSION_SIZE, takeRows } from './rows.ts';
export { scanRows } from './scan.ts';
