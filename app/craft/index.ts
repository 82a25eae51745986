export { type EncodeContext, type Encoded, encodeMessage } from './encode.ts';
export { parseInteger } from './encodeValue.ts';
