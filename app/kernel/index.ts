/**
 * What is done for every message of a capture, compiled to WebAssembly from `assembly`, which is AssemblyScript:
 * `node main/setup/kernel.mjs` makes kernel.generated.ts of it.
 */
export { type HalfWords, type Kernel, kernel, type Piece } from './kernel.ts';
