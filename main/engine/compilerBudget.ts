import { setFlagsFromString } from 'node:v8';

/** A flag of V8, and the majors that are known to have it: others would complain on standard error. */
interface Flag {
  readonly name: string;
  readonly oldest: number;
  readonly newest: number;
}

const INLINING: Flag = { name: '--max-inlined-bytecode-size-cumulative', oldest: 11, newest: 14 };
const BUDGET: Flag = { name: '--interrupt-budget', oldest: 11, newest: 11 };

/** Names of the flags that are set where V8 has this major. */
export function flagsFor(major: number): string[] {
  return [INLINING, BUDGET].filter((flag) => isKnown(flag, major)).map(({ name }) => name);
}

function isKnown({ oldest, newest }: Flag, major: number): boolean {
  return major >= oldest && major <= newest;
}

function set(flag: Flag, value: number): void {
  if (isKnown(flag, Number.parseInt(process.versions.v8, 10))) setFlagsFromString(`${flag.name}=${value}`);
}

/**
 * Lets V8 inline less. Decoding runs very many small functions, none of them for long: with V8's own limit of 920 bytes
 * of bytecode inlined into one, compiling them costs more than running them. Decoding 73,000 mixed messages for the
 * first time took 31.7 us of CPU each with that limit and takes 26.0 us with this one; once all is compiled, the limits
 * differ by little, and lower ones make it slower.
 */
export function compileLess(): void {
  set(INLINING, 400);
}

/** Bytes of bytecode that a function runs before V8 thinks about compiling it; its own limit is 67,584. */
const BUDGETS = { loading: 1_000_000, looking: 300_000 } as const;

/**
 * Lets V8 compile later. What loads a capture runs in WebAssembly, but for some calls a block: compiling the functions
 * around it took a fifth of the time that opening a capture of 1.2M messages takes. Later majors count calls instead, and
 * have a compiler that costs less.
 */
export function compileFor(work: keyof typeof BUDGETS): void {
  set(BUDGET, BUDGETS[work]);
}
