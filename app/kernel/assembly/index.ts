/** What the host calls. */
export { answerDirection, asksForData, isRequest } from './direction.ts';
export { isFinished, openDatagram } from './framing.ts';
export * from './layout.ts';
export { findRecords, isLittleEndian } from './pcap.ts';
export { beginFrames, forgetNamesOf, outlineRows, SESSION_SIZE, takeRows } from './rows.ts';
