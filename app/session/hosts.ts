import type { HostFacts } from '../captureFile/index.ts';
import type { GenlFamily } from '../dissect/api.ts';
import { GenlFamilyTable } from './genlFamilies.ts';
import { InterfaceNames } from './interfaces.ts';
import { AddressOwners } from './owners.ts';
import { StringSets } from './stringSets.ts';

/** What is known of one host beside its messages: its kernel gives out the numbers and names that they carry. */
export class HostKnowledge {
  /** Envelope.host of its messages. */
  readonly host: string | undefined;
  readonly families: GenlFamilyTable;
  readonly interfaces = new InterfaceNames();
  /** How its kernel and devices call bits. */
  readonly strings = new StringSets();
  /** Processes behind netlink addresses. */
  readonly owners = new AddressOwners();

  /** @param onPolicy is told of every family whose policy becomes known or changes */
  constructor(host: string | undefined, onPolicy: (family: GenlFamily) => void = () => {}) {
    this.host = host;
    this.families = new GenlFamilyTable(onPolicy);
  }

  /** Takes in what is known otherwise; whose facts they are is the caller's to know. */
  learn({ families = [], policies = [], interfaces = [], strings = [], owners = [] }: HostFacts): void {
    for (const family of families) this.families.learn(family);
    for (const { id, policy } of policies) this.families.learnPolicy(id, policy);
    for (const { index, name, timeNs, nsid, netns } of interfaces) {
      this.interfaces.learn(index, name, timeNs, nsid, netns);
    }
    for (const known of strings) this.strings.learn(known);
    for (const owner of owners) this.owners.learn(owner);
  }

  /** Everything known, to be kept in a file; null when nothing is. */
  facts(): HostFacts | null {
    const families = [...this.families.all()];
    const interfaces = [...this.interfaces.all()];
    const strings = [...this.strings.all()];
    const owners = [...this.owners.all()];
    const isEmpty = [families, interfaces, strings, owners].every(({ length }) => length === 0);
    return isEmpty ? null : { host: this.host, families, interfaces, strings, owners };
  }
}

/** What is known of every host of a capture. Nearly always there is one. */
export class Hosts implements Iterable<HostKnowledge> {
  readonly #known = new Map<string | undefined, HostKnowledge>();
  readonly #onPolicy: ((family: GenlFamily) => void) | undefined;
  #latest: HostKnowledge | null = null;

  /** @param onPolicy see HostKnowledge */
  constructor(onPolicy?: (family: GenlFamily) => void) {
    this.#onPolicy = onPolicy;
  }

  /** What is known of a host (Envelope.host). */
  of(host: string | undefined): HostKnowledge {
    if (this.#latest !== null && this.#latest.host === host) return this.#latest;
    let known = this.#known.get(host);
    if (known === undefined) {
      known = new HostKnowledge(host, this.#onPolicy);
      this.#known.set(host, known);
    }
    this.#latest = known;
    return known;
  }

  learn(facts: HostFacts): void {
    this.of(facts.host).learn(facts);
  }

  [Symbol.iterator](): Iterator<HostKnowledge> {
    return this.#known.values();
  }

  /** Everything known, by host. */
  facts(): HostFacts[] {
    return Array.from(this, (known) => known.facts()).filter((facts) => facts !== null);
  }
}
