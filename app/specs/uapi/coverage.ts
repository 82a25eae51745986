import { findProtocol, NETLINK_GENERIC } from '../../wire/index.ts';
import type { SpecLibrary } from '../library.ts';
import { type CompiledSpec, saysWhatItMeans } from '../tables.ts';
import { AREAS, type Area, areaTitle, declaredNames, headersVersion } from './areas.ts';

/** Known ones of what the headers declare. */
export interface Share {
  readonly known: number;
  readonly declared: number;
  readonly missing: readonly string[];
}

export interface AreaCoverage {
  /** "ROUTE link", "NETFILTER CTNETLINK", "GENERIC nl80211". */
  readonly title: string;
  readonly protocol: string;
  readonly subsystem?: string;
  readonly family?: string;
  /** Where the kernel's sources have it when no uapi header does. */
  readonly source?: string;
  /** Against the headers; for an area without one, against the spec's own count. */
  readonly messages: Share;
  readonly attributes: Share;
}

export interface FamilyCoverage {
  /** The kernel release whose uapi headers are the measure. */
  readonly kernel: string;
  readonly areas: readonly AreaCoverage[];
  /** Netlink protocols with a kernel socket. */
  readonly protocols: Share;
  /** NFNL_SUBSYS_*. */
  readonly subsystems: Share;
  /** RTM_* types. */
  readonly rtmTypes: Share;
  /** Generic netlink families by name, */
  readonly familiesNamed: Share;
  /** and those of them with attributes that read as what they mean. */
  readonly familiesTyped: Share;
  readonly nl80211Commands: Share;
  /** Attributes of all specs whose values read as what they mean, each counted once in its family. */
  readonly typedAttributes: number;
  readonly namedAttributes: number;
}

/** What specs and dissectors know, by the names that headers use. */
interface Known {
  readonly messages: ReadonlySet<string>;
  readonly attributes: ReadonlySet<string>;
}

/**
 * Counts what the specs cover of what the uapi headers declare.
 * @param isDissected tells whether message bodies of a protocol (by number) are read without a spec.
 * @param typeNames message types that are named without a spec.
 */
export function familyCoverage(
  library: SpecLibrary,
  isDissected: (protocol: number) => boolean,
  typeNames: readonly string[] = [],
): FamilyCoverage {
  const areas = AREAS.map((area) => areaCoverage(library, area, typeNames));
  const specs = [...library.specs()];
  const hasBodies = (protocol: number): boolean =>
    isDissected(protocol) || specs.some((spec) => spec.protocol === protocol);
  const families = AREAS.flatMap(({ family }) => family ?? []);
  const typed = specs.map((spec) => ({ spec, typed: typedNames(spec).size, named: namesOf([spec]).attributes.size }));
  const typedOf = (family: string): number => typed.find(({ spec }) => spec.genlFamily === family)?.typed ?? 0;
  const shareOf = (title: string): Share => areas.find((area) => area.title === title)!.messages;
  return {
    kernel: headersVersion(),
    areas,
    protocols: share(distinct(AREAS.map(({ protocol }) => protocol)), (protocol) =>
      hasBodies(findProtocol(protocol)?.number ?? -1),
    ),
    subsystems: share(distinct(AREAS.flatMap(({ subsystem }) => subsystem ?? [])), (subsystem) =>
      areas.some((area) => area.subsystem === subsystem && area.messages.known > 0),
    ),
    rtmTypes: shareOf('ROUTE'),
    familiesNamed: share(families, (family) => library.genlSpec(family) !== undefined),
    familiesTyped: share(families, (family) => typedOf(family) > 0),
    nl80211Commands: shareOf('GENERIC nl80211'),
    typedAttributes: typed.reduce((sum, { typed }) => sum + typed, 0),
    namedAttributes: typed.reduce((sum, { named }) => sum + named, 0),
  };
}

function areaCoverage(library: SpecLibrary, area: Area, typeNames: readonly string[]): AreaCoverage {
  const { protocol, subsystem, family, source, headers } = area;
  const specs = specsOf(library, area);
  const known = namesOf(specs);
  const kinds = area.kinds === true ? specs.flatMap(({ enums }) => enums.flatMap(({ entries }) => entries)) : [];
  const messages = new Set([...known.messages, ...typeNames, ...kinds.map(({ name }) => name)]);
  const declared =
    headers === undefined ? { messages: [...known.messages], attributes: [...known.attributes] } : declaredNames(area);
  return {
    title: areaTitle(area),
    protocol: `NETLINK_${protocol}`,
    ...(subsystem === undefined ? {} : { subsystem }),
    ...(family === undefined ? {} : { family }),
    ...(source === undefined ? {} : { source }),
    messages: share(declared.messages, (name) => messages.has(name)),
    attributes: share(declared.attributes, (name) => known.attributes.has(name)),
  };
}

/** The specs that may name what an area declares: those of its protocol, or of its generic netlink family. */
export function specsOf(library: SpecLibrary, { protocol, family }: Area): CompiledSpec[] {
  const number = findProtocol(protocol)?.number;
  return [...library.specs()].filter(
    (spec) => spec.protocol === number && (number !== NETLINK_GENERIC || spec.genlFamily === family),
  );
}

/** The constants that specs give to messages and attributes. */
export function namesOf(specs: readonly CompiledSpec[]): Known {
  const messages = new Set<string>();
  const attributes = new Set<string>();
  for (const { requests, replies, events, spaces } of specs) {
    for (const table of [requests, replies, events]) for (const { name } of table.values()) messages.add(name);
    for (const space of spaces.values()) for (const { name } of space.byName.values()) attributes.add(name);
  }
  return { messages, attributes };
}

/** Attributes that read as what they mean; padding and numbers without a use are none. */
function typedNames({ spaces }: CompiledSpec): Set<string> {
  const names = new Set<string>();
  for (const space of spaces.values()) {
    for (const def of space.byName.values()) {
      if (def.layout !== 'pad' && def.layout !== 'unused' && saysWhatItMeans(def)) names.add(def.name);
    }
  }
  return names;
}

/** A second name (NAME=OTHER) is known where the first is: it stands for the same number. */
function share(declared: readonly string[], isKnown: (name: string) => boolean): Share {
  const missing = declared.filter((name) => !name.split('=').some(isKnown));
  return { known: declared.length - missing.length, declared: declared.length, missing };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
