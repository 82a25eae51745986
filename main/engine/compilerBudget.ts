import { setFlagsFromString } from 'node:v8';

/** A flag of V8, and the majors that are known to have it: others would complain on standard error. */
interface Flag {
  readonly name: string;
  readonly oldest: number;
  readonly newest: number;
}

const INLINING: Flag = { name: '--max-inlined-bytecode-size-cumulative', oldest: 11, newest: 14 };
const BUDGET: Flag = { name: '--interrupt-budget', oldest: 11, newest: 11 };
const SHAPES: Flag = { name: '--max-valid-polymorphic-map-count', oldest: 11, newest: 14 };

/** Names of the flags that are set where V8 has this major. */
export function flagsFor(major: number): string[] {
  return [INLINING, BUDGET, SHAPES].filter((flag) => isKnown(flag, major)).map(({ name }) => name);
}

function isKnown({ oldest, newest }: Flag, major: number): boolean {
  return major >= oldest && major <= newest;
}

function set(flag: Flag, value: number): void {
  if (isKnown(flag, Number.parseInt(process.versions.v8, 10))) setFlagsFromString(`${flag.name}=${value}`);
}

/**
 * Lets V8 inline less, compile later, and tell more shapes apart. Decoding runs very many small functions, none of them for long: with V8's own
 * limit of 920 bytes of bytecode inlined into one, compiling them costs more than running them. Decoding 73,000 mixed
 * messages for the first time took 31.7 us of CPU each with that limit and takes 26.0 us with this one; once all is
 * compiled, the limits differ by little, and lower ones make it slower.
 *
 * What loads a capture runs in WebAssembly, but for some calls a block: compiling the functions around it is a part of
 * what opening costs, for a million messages 0.64 s of CPU with this many bytes of bytecode run before, 0.76 s with
 * 100,000 (V8's own limit is 67,584). Later majors count calls instead, and have a compiler that costs less.
 *
 * Where a property was read of more than four shapes, V8 looks it up each time as if nothing were known. Strings have more
 * of them (flat, joined, cut, internal, each of one byte or two a letter), which are all the same to compiled code as long
 * as it knows that they are strings: with eight, JSON costs an eighth less and summaries a twentieth.
 */
export function compileLess(): void {
  set(INLINING, 400);
  set(BUDGET, 300_000);
  set(SHAPES, 8);
}
