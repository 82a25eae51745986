/** Capture files: pcap and pcapng, read and written in a stream. */
export { EnvelopeTable } from './envelopes.ts';
export { openCapture } from './openCapture.ts';
export { type DatagramExtras, PcapngWriter, type WriterOptions } from './pcapngWriter.ts';
export {
  type CapturedFrame,
  type CaptureFacts,
  type CaptureReader,
  type CaptureReport,
  emptyFrame,
  FACT_KINDS,
  type FactLists,
  GAP_CAUSES,
  type Gap,
  type GapCause,
  type HostFacts,
  type InterfaceName,
  type KnownStrings,
  type MessageComment,
  type PlainFrames,
  placed,
  plainEnvelope,
} from './reader.ts';
export { type ByteSink, type ByteSource, MemoryFile, memorySource } from './source.ts';
export { joinTime, type SplitTime, setFromBigInt } from './time.ts';
