import { NETLINK_GENERIC } from '../wire/index.ts';
import { type ChoiceSource, didYouMean, isPlainReading, readingOf } from './decodeReadings.ts';
import { type DecodeRule, targetText } from './decodeRule.ts';
import { messageDef } from './messageDef.ts';
import { type AttrDef, type CompiledSpec, type MessageDef, unknownName } from './tables.ts';

/** What a user chose for messages: another spec, or a way to read all that follows the headers. */
export interface MessageChoice {
  /** The rule that says so. */
  readonly rule: string;
  readonly spec: CompiledSpec | null;
  readonly payload: AttrDef | null;
  /** It is about one type or command rather than about all of them. */
  readonly isNarrow: boolean;
}

/** A rule that cannot be used, and why. */
export interface ChoiceProblem {
  readonly rule: string;
  readonly text: string;
}

/** Rules made ready for a library's specs: what they say of messages and of attributes. */
export class DecodeChoices {
  /** Rules in force, in their order; of several about the same target the last. */
  readonly rules: readonly DecodeRule[];
  readonly problems: readonly ChoiceProblem[];
  /** Specs of other protocols or families, made to be about those that were chosen. */
  readonly specs: readonly CompiledSpec[];
  readonly #messages = new Map<string, MessageChoice>();
  readonly #attributes = new Map<string, Map<number, AttrDef>>();
  /** Names of generic netlink families whose ids were told by rules. */
  readonly #familyNames = new Map<number, string>();

  constructor(rules: readonly DecodeRule[], source: ChoiceSource) {
    const latest = new Map(rules.map((rule) => [targetText(rule.target), rule]));
    const problems: ChoiceProblem[] = [];
    const specs: CompiledSpec[] = [];
    const inForce: DecodeRule[] = [];
    for (const rule of latest.values()) {
      const problem = this.#add(rule, source, specs);
      if (problem === null) inForce.push(rule);
      else problems.push({ rule: rule.text, text: problem });
    }
    this.rules = inForce;
    this.problems = problems;
    this.specs = specs;
  }

  /** What was chosen for the messages of a protocol other than generic netlink. */
  ofMessage(protocol: number, type: number): MessageChoice | undefined {
    const whole = `${protocol}`;
    return this.#messages.get(`${whole}/${type}`) ?? this.#messages.get(whole);
  }

  /** What was chosen for a command of a generic netlink family; `name` is '' where nobody knows it. */
  ofCommand(id: number, name: string, cmd: number): MessageChoice | undefined {
    for (const family of [name, String(id)]) {
      const choice = this.#messages.get(`genl ${family}/${cmd}`) ?? this.#messages.get(`genl ${family}`);
      if (choice !== undefined && family !== '') return choice;
    }
    return undefined;
  }

  /** The name of a family by its id, where a rule tells it. */
  familyName(id: number): string | undefined {
    return this.#familyNames.get(id);
  }

  /** Attributes that were chosen at a place: the id of a set, or the way to a level that no spec describes. */
  attributesAt(place: string): ReadonlyMap<number, AttrDef> | undefined {
    return this.#attributes.get(place);
  }

  /** All attributes that were chosen. */
  *attributes(): Iterable<AttrDef> {
    for (const level of this.#attributes.values()) yield* level.values();
  }

  /** Puts a rule in force; a sentence where that cannot be. */
  #add(rule: DecodeRule, source: ChoiceSource, specs: CompiledSpec[]): string | null {
    const { target } = rule;
    if (target.kind === 'attribute') return this.#addAttribute(rule, source);
    const generic = target.kind === 'genl';
    if (!generic && target.protocol === NETLINK_GENERIC) {
      return 'Generic netlink is read by families: write genl:FAMILY instead of proto:generic.';
    }
    const detail = generic ? target.cmd : target.type;
    const number = numberOf(detail, target, source);
    if (typeof number === 'string') return number;
    const isNarrow = number !== null;
    const spec = isPlainReading(rule.reading) ? undefined : findSpec(rule.reading, source);
    const key = generic ? `genl ${target.family}` : `${target.protocol}`;
    const place = isNarrow ? `${key}/${number}` : key;
    if (spec === undefined) {
      const payload = readingOf(rule, { number: -1, name: 'payload', original: null, filter: '' }, source);
      if (typeof payload === 'string') return payload;
      this.#messages.set(place, { rule: rule.text, spec: null, payload, isNarrow });
      return null;
    }
    if ((spec.protocol === NETLINK_GENERIC) !== generic) {
      const kind = generic ? 'a protocol of its own' : 'a generic netlink family';
      return `The spec "${spec.name}" is about ${kind}, so it cannot describe ${targetText(target)}.`;
    }
    let own = spec;
    if (generic) {
      const id = /^\d+$/.test(target.family) ? Number(target.family) : null;
      if (id !== null) this.#familyNames.set(id, spec.genlFamily);
      else if (spec.genlFamily !== target.family) own = madeAbout(spec, { genlFamily: target.family });
    } else if (spec.protocol !== target.protocol) own = madeAbout(spec, { protocol: target.protocol });
    if (own !== spec) specs.push(own);
    this.#messages.set(place, { rule: rule.text, spec: own, payload: null, isNarrow });
    return null;
  }

  #addAttribute(rule: DecodeRule, source: ChoiceSource): string | null {
    const { target } = rule;
    if (target.kind !== 'attribute') return null;
    const places: { readonly place: string; readonly number: number; readonly original: AttrDef | null }[] = [];
    if (target.place === '') {
      const names = new Set<string>();
      for (const spec of source.specs()) {
        for (const space of spec.spaces.values()) {
          for (const [number, def] of space.byNumber) {
            names.add(def.name);
            if (def.name === target.name) places.push({ place: space.id, number, original: def });
          }
        }
      }
      if (places.length === 0) return `No spec has an attribute "${target.name}".${didYouMean(target.name, names)}`;
    } else {
      const number = Number(target.name);
      const space = source.space(target.place);
      if (space === undefined && !/^(proto|genl):/.test(target.place)) {
        const ids = [...source.specs()].flatMap((spec) => [...spec.spaces.values()].map(({ id }) => id));
        // Levels below a set's unknown attributes are called by their numbers.
        const known = ids.find((id) => target.place.startsWith(`${id}/`));
        if (known === undefined) return `There is no attribute set "${target.place}".${didYouMean(target.place, ids)}`;
      }
      places.push({ place: target.place, number, original: space?.byNumber.get(number) ?? null });
    }
    for (const { place, number, original } of places) {
      const filter = original?.filter ?? filterName(place, number, source);
      const name = unknownName(source.space(place) ?? null, number);
      const def = readingOf(rule, { number, name, original, filter }, source);
      if (typeof def === 'string') return def;
      const level = this.#attributes.get(place) ?? new Map<number, AttrDef>();
      level.set(number, def);
      this.#attributes.set(place, level);
    }
    return null;
  }
}

/** The number that a type or command of a target means, null for none; a sentence where there is no such thing. */
function numberOf(
  word: string,
  target: Exclude<DecodeRule['target'], { kind: 'attribute' }>,
  source: ChoiceSource,
): number | null | string {
  if (word === '') return null;
  if (/^\d+$/.test(word)) return Number(word);
  const names = new Map<string, number>();
  for (const spec of source.specs()) {
    const about = target.kind === 'genl' ? spec.genlFamily === target.family : spec.protocol === target.protocol;
    if (!about) continue;
    for (const table of [spec.requests, spec.replies, spec.events]) {
      for (const { name, number } of table.values()) names.set(name, number);
    }
  }
  return (
    names.get(word) ??
    `${targetText({ ...target, [target.kind === 'genl' ? 'cmd' : 'type']: '' })} has no "${word}".${didYouMean(word, names.keys())}`
  );
}

/** A spec by its name, or by the generic netlink family that it is about. */
function findSpec(name: string, source: ChoiceSource): CompiledSpec | undefined {
  const specs = [...source.specs()];
  return specs.find((spec) => spec.name === name) ?? specs.find((spec) => spec.genlFamily === name && name !== '');
}

/** The same spec about another protocol or family. */
function madeAbout(spec: CompiledSpec, about: Partial<Pick<CompiledSpec, 'protocol' | 'genlFamily'>>): CompiledSpec {
  const { structs, enums, strings, errors, errorKinds } = spec;
  const own: { -readonly [K in keyof CompiledSpec]: CompiledSpec[K] } = {
    ...spec,
    structs,
    enums,
    strings,
    errors,
    errorKinds,
    ...about,
    select: [],
  };
  const moved = (table: ReadonlyMap<number, MessageDef>): ReadonlyMap<number, MessageDef> =>
    new Map([...table].map(([number, message]) => [number, messageDef(message, { spec: own })]));
  own.requests = moved(spec.requests);
  own.replies = moved(spec.replies);
  own.events = moved(spec.events);
  return own;
}

/** The filter field of an attribute that no spec names: "link.attr_74", "proto31.attr_5_1". */
function filterName(place: string, number: number, source: ChoiceSource): string {
  const [, kind, name, path] = /^(proto|genl):([^/]+)(.*)$/.exec(place) ?? [];
  const numbers = `attr${(path ?? '').replaceAll('/', '_')}_${number}`;
  if (name !== undefined) return `${word(kind === 'proto' && /^\d/.test(name) ? `proto${name}` : name)}.${numbers}`;
  for (const spec of source.specs()) {
    for (const space of spec.spaces.values()) {
      if (place === space.id || place.startsWith(`${space.id}/`)) {
        const below = place.slice(space.id.length).replaceAll('/', '_');
        return `${spec.short}.${word(space.name)}.attr${below}_${number}`;
      }
    }
  }
  return `${word(place)}.attr_${number}`;
}

function word(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9_]+/g, '_');
}
