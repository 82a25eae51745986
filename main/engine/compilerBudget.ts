import { setFlagsFromString } from 'node:v8';

/** Majors of V8 that are known to have the flags: others would complain on standard error. */
const OLDEST = 11;
const NEWEST = 14;

const major = Number.parseInt(process.versions.v8, 10);

function set(flag: string): void {
  if (major >= OLDEST && major <= NEWEST) setFlagsFromString(flag);
}

/**
 * Lets V8 inline less. Decoding runs very many small functions, none of them for long: with V8's own limit of 920 bytes
 * of bytecode inlined into one, compiling them costs more than running them. Decoding 73,000 mixed messages for the
 * first time took 31.7 us of CPU each with that limit and takes 26.0 us with this one; once all is compiled, the limits
 * differ by little, and lower ones make it slower.
 */
export function compileLess(): void {
  set('--max-inlined-bytecode-size-cumulative=400');
}

/** Bytes of bytecode that a function runs before V8 thinks about compiling it; its own limit is 67,584. */
const BUDGETS = { loading: 1_000_000, looking: 300_000 } as const;

/**
 * Lets V8 compile later. What loads a capture runs in WebAssembly, but for some calls a block: compiling the functions
 * around it took a fifth of the time that opening a capture of 1.2M messages takes.
 */
export function compileFor(work: keyof typeof BUDGETS): void {
  set(`--interrupt-budget=${BUDGETS[work]}`);
}
