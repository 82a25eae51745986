/**
 * What is done for every message of a capture, compiled to WebAssembly from `assembly`, which is AssemblyScript:
 * `node main/setup/kernel.mjs` makes kernel.generated.ts of it.
 */
export type { LineHost } from './exports.ts';
export { type AsciiReader, asciiReader, type HalfWords, type Kernel, kernel, type Piece } from './kernel.ts';
