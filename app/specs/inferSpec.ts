import { align4, NLA_F_NESTED, NLA_HDRLEN, NLA_TYPE_MASK, readU16 } from '../wire/index.ts';
import { POLICY_COMMON, type PolicyFamily, policyOperation, policySpec } from './policySpec.ts';
import type { YnlAttribute, YnlAttributeSet, YnlDocument, YnlOperation } from './ynl.ts';

/** A message of a family that was seen: its attributes are the bytes from `start` to `end`. */
export interface SeenMessage {
  readonly cmd: number;
  readonly kind: 'do' | 'dump' | 'reply' | 'event';
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly littleEndian: boolean;
}

/** Values of one attribute that are looked at. */
const MOST_SAMPLES = 64;
/** Nests inside nests of which no policy tells. */
const DEEPEST = 8;

/**
 * A YNL document to begin a spec with: what the kernel's policy tells of a family, and what was seen of it. Attributes and
 * commands are called by their numbers; types of attributes that no policy tells are guessed from their values.
 */
export function inferSpec(family: PolicyFamily, seen: Iterable<SeenMessage>): YnlDocument {
  return new Inference(family).infer(seen);
}

interface Sample {
  readonly source: SeenMessage;
  readonly start: number;
  readonly end: number;
  readonly marked: boolean;
}

class Inference {
  readonly #document: YnlDocument;
  readonly #sets = new Map<string, YnlAttributeSet>();
  readonly #operations = new Map<number, YnlOperation>();
  /** Values of attributes that the document does not have, by set and number. */
  readonly #unknown = new Map<string, Map<number, Sample[]>>();

  constructor(family: PolicyFamily) {
    this.#document = policySpec(family).document;
    for (const set of this.#document['attribute-sets']) this.#sets.set(set.name, set);
    for (const operation of this.#document.operations?.list ?? []) this.#operations.set(operation.value!, operation);
  }

  infer(seen: Iterable<SeenMessage>): YnlDocument {
    for (const message of seen) {
      const operation = this.#operationOf(message);
      const names = this.#walk(operation['attribute-set']!, message, message.start, message.end, 0);
      note(operation, message.kind, names);
    }
    for (let depth = 0; depth < DEEPEST && this.#unknown.size > 0; depth++) this.#settle();
    const list = [...this.#operations.values()]
      .sort((a, b) => a.value! - b.value!)
      .map((operation) => ({ ...operation, doc: `Command ${operation.value}.` }));
    const used = usedSets(list, this.#sets);
    const sets = [...this.#sets.values()].filter(({ name }) => used.has(name)).map(tidySet);
    return { ...this.#document, 'attribute-sets': sets, operations: { ...this.#document.operations, list } };
  }

  #operationOf({ cmd }: SeenMessage): YnlOperation {
    const known = this.#operations.get(cmd);
    if (known !== undefined) return known;
    const made: YnlOperation = { name: policyOperation(cmd), value: cmd, 'attribute-set': POLICY_COMMON };
    this.#operations.set(cmd, made);
    return made;
  }

  /** Names of the attributes of one level. Those that the set does not have are kept for later. */
  #walk(setName: string, source: SeenMessage, start: number, end: number, depth: number): string[] {
    const set = this.#sets.get(setName);
    const names: string[] = [];
    if (set === undefined || depth > DEEPEST) return names;
    for (const { number, marked, from, to } of attributesOf(source, start, end)) {
      const known = set.attributes.find(({ value }) => value === number);
      names.push(`attr-${number}`);
      if (known === undefined) this.#keep(setName, number, { source, start: from, end: to, marked });
      else if (known.type === 'nest') this.#walk(known['nested-attributes']!, source, from, to, depth + 1);
      else if (known.type === 'indexed-array') {
        for (const item of attributesOf(source, from, to)) {
          this.#walk(known['nested-attributes']!, source, item.from, item.to, depth + 1);
        }
      }
    }
    return names;
  }

  #keep(set: string, number: number, sample: Sample): void {
    const numbers = this.#unknown.get(set) ?? new Map<number, Sample[]>();
    this.#unknown.set(set, numbers);
    const samples = numbers.get(number) ?? [];
    numbers.set(number, samples);
    if (samples.length < MOST_SAMPLES) samples.push(sample);
  }

  /** Gives the attributes that were seen a type; what is inside nests is looked at in the next round. */
  #settle(): void {
    const open = [...this.#unknown];
    this.#unknown.clear();
    for (const [setName, numbers] of open) {
      const set = this.#sets.get(setName)!;
      for (const [number, samples] of numbers) {
        set.attributes.push(this.#guess(setName, number, samples));
      }
      set.attributes.sort((a, b) => a.value! - b.value!);
    }
  }

  #guess(setName: string, number: number, samples: readonly Sample[]): YnlAttribute {
    const name = `attr-${number}`;
    const doc = samples.length === 1 ? 'Guessed from one value.' : `Guessed from ${samples.length} values.`;
    const type = guessedType(samples);
    if (type !== 'nest') return { name, value: number, type, doc };
    const inside = `${setName.replace(/-attrs$/, '')}-${name}-attrs`;
    this.#sets.set(inside, { name: inside, 'name-prefix': '', attributes: [] });
    for (const { source, start, end } of samples) this.#walk(inside, source, start, end, 0);
    return { name, value: number, type, 'nested-attributes': inside, doc };
  }
}

/** What a message of that kind holds, added to what its command is known to. */
function note(operation: YnlOperation, kind: SeenMessage['kind'], names: readonly string[]): void {
  if (kind === 'do' || kind === 'dump') {
    operation[kind] ??= { request: { attributes: [] } };
    operation[kind].request = { attributes: united(operation[kind].request?.attributes, names) };
    return;
  }
  const asked = operation.do ?? operation.dump;
  if (asked === undefined) {
    operation.event = { attributes: united(operation.event?.attributes, names) };
    return;
  }
  for (const mode of ['do', 'dump'] as const) {
    const exchange = operation[mode];
    if (exchange !== undefined) exchange.reply = { attributes: united(exchange.reply?.attributes, names) };
  }
}

function united(before: readonly string[] | undefined, names: readonly string[]): string[] {
  return [...new Set([...(before ?? []), ...names])].sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)));
}

function* attributesOf({ bytes, littleEndian }: SeenMessage, start: number, end: number) {
  for (let at = start; at + NLA_HDRLEN <= end; ) {
    const length = readU16(bytes, at, littleEndian);
    if (length < NLA_HDRLEN || at + length > end) return;
    const type = readU16(bytes, at + 2, littleEndian);
    const marked = (type & NLA_F_NESTED) !== 0;
    const next = at + align4(length);
    yield { number: type & NLA_TYPE_MASK, marked, from: at + NLA_HDRLEN, to: at + length, next };
    at = next;
  }
}

const BY_LENGTH: ReadonlyMap<number, string> = new Map([
  [0, 'flag'],
  [1, 'u8'],
  [2, 'u16'],
  [4, 'u32'],
  [8, 'u64'],
]);

function guessedType(samples: readonly Sample[]): string {
  if (samples.some(({ marked }) => marked) || samples.every(isChain)) return 'nest';
  const lengths = new Set(samples.map(({ start, end }) => end - start));
  if (samples.every(isText)) return 'string';
  const [length] = lengths;
  return (lengths.size === 1 ? BY_LENGTH.get(length) : undefined) ?? 'binary';
}

/** Attributes one after another, with numbers that families have, and nothing else. */
function isChain({ source, start, end }: Sample): boolean {
  let at = start;
  for (const { number, next } of attributesOf(source, start, end)) {
    if (number === 0 || number > 512) return false;
    at = Math.min(end, next);
  }
  return at === end && end - start > NLA_HDRLEN;
}

/** Printable characters up to one zero at the end. */
function isText({ source, start, end }: Sample): boolean {
  const { bytes } = source;
  if (end - start < 3 || bytes[end - 1] !== 0) return false;
  for (let at = start; at < end - 1; at++) if (bytes[at] < 0x20 || bytes[at] === 0x7f) return false;
  return true;
}

/** Sets that commands lead to. */
function usedSets(list: readonly YnlOperation[], sets: ReadonlyMap<string, YnlAttributeSet>): Set<string> {
  const used = new Set<string>();
  const open = list.flatMap((operation) => operation['attribute-set'] ?? []);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (used.has(name)) continue;
    used.add(name);
    for (const attribute of sets.get(name)?.attributes ?? [])
      if (attribute['nested-attributes'] !== undefined) open.push(attribute['nested-attributes']);
  }
  return used;
}

const RANGES: ReadonlyMap<string, readonly [string, string]> = new Map(
  [8, 16, 32, 64].flatMap((bits) => [
    [`u${bits}`, ['0', String(2n ** BigInt(bits) - 1n)]] as const,
    [`s${bits}`, [String(-(2n ** BigInt(bits - 1))), String(2n ** BigInt(bits - 1) - 1n)]] as const,
  ]),
);

function tidySet(set: YnlAttributeSet): YnlAttributeSet {
  return { ...set, attributes: set.attributes.map(tidyAttribute) };
}

/** An attribute without the limits that its type has anyway, and those that the format has no number for. */
function tidyAttribute({ checks, ...attribute }: YnlAttribute): YnlAttribute {
  const range = RANGES.get(attribute.type ?? '') ?? ['0', String(2n ** 64n - 1n)];
  const told = Object.entries(checks ?? {}).filter(
    ([, value]) => typeof value !== 'string' && !range.includes(String(value)),
  );
  return told.length === 0 ? attribute : { ...attribute, checks: Object.fromEntries(told) };
}
