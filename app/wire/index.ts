export * from './attributes.ts';
export * from './errno.ts';
export * from './flags.ts';
export * from './header.ts';
export { batchOf, datagramFor, isBatched, isBatchLimit, type SentDatagram } from './nftBatch.ts';
export * from './numbers.ts';
export * from './protocols.ts';
export * from './writer.ts';
