export { type EncodeContext, type Encoded, encodeMessage } from './encode.ts';
export { parseInteger } from './encodeValue.ts';
export { kernelNumbers } from './kernelNumbers.ts';
export {
  isWhole,
  numbersKept,
  readyDatagram,
  requestLabel,
  type SequenceRequest,
  type SequenceTarget,
  sequenceDatagrams,
  sequenceNumbers,
} from './sequence.ts';
