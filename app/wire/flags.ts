import { NLM_F_DUMP } from './numbers.ts';

/**
 * nlmsg_flags. The bits 0x100 to 0x800 mean different things by the kind of message (linux/netlink.h: "Modifiers to
 * GET request", "to NEW request", "to DELETE request", "Flags for ACK message").
 */
export type FlagTable = 'get' | 'new' | 'del' | 'ack' | 'other';

export interface FlagBit {
  readonly name: string;
  readonly bit: number;
  /** Two or three letters for the list column. */
  readonly short: string;
  readonly doc: string;
}

const bit = (name: string, value: number, short: string, doc: string): FlagBit => ({ name, bit: value, short, doc });

export const COMMON_FLAGS: readonly FlagBit[] = [
  bit('NLM_F_REQUEST', 0x01, 'RQ', 'A request to the kernel.'),
  bit('NLM_F_MULTI', 0x02, 'MP', 'Part of a multi-part answer that NLMSG_DONE ends.'),
  bit('NLM_F_ACK', 0x04, 'AK', 'The sender wants an acknowledgement, also on success.'),
  bit('NLM_F_ECHO', 0x08, 'EC', 'The sender wants the resulting notification back.'),
  bit('NLM_F_DUMP_INTR', 0x10, 'INTR', 'The table changed during the dump: the answer may be inconsistent.'),
  bit('NLM_F_DUMP_FILTERED', 0x20, 'FLT', 'The kernel applied the filter that the request asked for.'),
];

const TABLES: Readonly<Record<FlagTable, readonly FlagBit[]>> = {
  get: [
    bit('NLM_F_ROOT', 0x100, 'RT', 'Return the whole table.'),
    bit('NLM_F_MATCH', 0x200, 'MT', 'Return all that match.'),
    bit('NLM_F_ATOMIC', 0x400, 'AT', 'Return a snapshot of the table.'),
  ],
  new: [
    bit('NLM_F_REPLACE', 0x100, 'RP', 'Replace what exists.'),
    bit('NLM_F_EXCL', 0x200, 'EX', 'Do not touch it if it exists.'),
    bit('NLM_F_CREATE', 0x400, 'CR', 'Create it if it does not exist.'),
    bit('NLM_F_APPEND', 0x800, 'AP', 'Add at the end of the list.'),
  ],
  del: [
    bit('NLM_F_NONREC', 0x100, 'NR', 'Do not delete recursively.'),
    bit('NLM_F_BULK', 0x200, 'BK', 'Delete all that match.'),
  ],
  ack: [
    bit('NLM_F_CAPPED', 0x100, 'CAP', 'The request was not echoed in full.'),
    bit('NLM_F_ACK_TLVS', 0x200, 'TLV', 'Extended acknowledgement attributes follow.'),
  ],
  other: [],
};

const DUMP = bit('NLM_F_DUMP', NLM_F_DUMP, 'DP', 'Return the whole table (ROOT and MATCH).');

/** Splits nlmsg_flags into named bits for this kind of message; `rest` are the bits without a name. */
export function splitFlags(flags: number, table: FlagTable): { bits: FlagBit[]; rest: number } {
  const bits: FlagBit[] = [];
  let rest = flags;
  for (const flag of COMMON_FLAGS) {
    if ((rest & flag.bit) === 0) continue;
    bits.push(flag);
    rest &= ~flag.bit;
  }
  if (table === 'get' && (rest & NLM_F_DUMP) === NLM_F_DUMP) {
    bits.push(DUMP);
    rest &= ~NLM_F_DUMP;
  }
  for (const flag of TABLES[table]) {
    if ((rest & flag.bit) === 0) continue;
    bits.push(flag);
    rest &= ~flag.bit;
  }
  return { bits, rest };
}

type FlagTexts = { readonly [table in FlagTable]: Map<number, string> };

function newTexts(): FlagTexts {
  return { get: new Map(), new: new Map(), del: new Map(), ack: new Map(), other: new Map() };
}

const shortTexts = newTexts();
const nameTexts = newTexts();

/** The words of flags, made once: they have 16 bits, and few of their combinations are ever sent. */
function flagText(
  known: FlagTexts,
  flags: number,
  table: FlagTable,
  word: (bit: FlagBit) => string,
  separator: string,
): string {
  let text = known[table].get(flags);
  if (text !== undefined) return text;
  const { bits, rest } = splitFlags(flags, table);
  const words = bits.map(word);
  if (rest !== 0) words.push(`0x${rest.toString(16)}`);
  text = words.join(separator);
  known[table].set(flags, text);
  return text;
}

const shortOf = (flag: FlagBit): string => flag.short;
const nameOf = (flag: FlagBit): string => flag.name;

/** "RQ AK DP"; unnamed bits in hex. */
export function shortFlags(flags: number, table: FlagTable): string {
  return flags === 0 ? '' : flagText(shortTexts, flags, table, shortOf, ' ');
}

/** "NLM_F_REQUEST | NLM_F_ACK"; unnamed bits in hex, "0" for none. */
export function flagNames(flags: number, table: FlagTable): string {
  return flags === 0 ? '0' : flagText(nameTexts, flags, table, nameOf, ' | ');
}

const values: ReadonlyMap<string, number> = new Map(
  [...COMMON_FLAGS, DUMP, ...Object.values(TABLES).flat()].map((f) => [f.name, f.bit]),
);

/** Value of an NLM_F_* name, undefined when there is none. */
export function flagValue(name: string): number | undefined {
  return values.get(name);
}

/** All NLM_F_* names with their values, for literals in filters. */
export function allFlagNames(): ReadonlyMap<string, number> {
  return values;
}

/** Flags worth offering for a request of this kind. */
export function requestFlags(table: FlagTable): readonly FlagBit[] {
  const [request, , ack, echo] = COMMON_FLAGS;
  return [request, ack, echo, ...(table === 'get' ? [DUMP] : []), ...TABLES[table]];
}
