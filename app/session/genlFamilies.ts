import type { GenlFamilies, GenlFamily } from '../dissect/api.ts';
import { type FamilyPolicy, PolicyParts } from '../specs/index.ts';

/** A multicast group of a generic netlink family; group numbers are the host's own. */
export interface GenlGroupName {
  readonly family: string;
  readonly group: string;
}

/** Families whose ids never change (linux/genetlink.h GENL_ID_CTRL, GENL_ID_VFS_DQUOT, GENL_ID_PMCRAID). */
const FIXED: readonly GenlFamily[] = [
  [16, 'nlctrl', 2] as const,
  [17, 'VFS_DQUOT', 1] as const,
  [18, 'pmcraid', 1] as const,
].map(([id, name, version]) => ({ id, name, version, headerSize: 0, maxAttr: 0, groups: [], operations: [] }));

/**
 * The generic netlink families of one host by id and name. A family that went away keeps its id until another takes it,
 * because messages captured before still carry it.
 */
export class GenlFamilyTable implements GenlFamilies {
  revision = 0;
  private readonly families = new Map<number, GenlFamily>();
  private readonly ids = new Map<string, number>();
  private readonly groups = new Map<number, GenlGroupName>();
  private readonly gone = new Set<number>();
  private readonly accepted = new Map<number, PolicyParts>();
  private readonly onPolicy: (family: GenlFamily) => void;

  /** @param onPolicy is told of every family whose policy becomes known or changes */
  constructor(onPolicy: (family: GenlFamily) => void = () => {}) {
    this.onPolicy = onPolicy;
  }

  byId(id: number): GenlFamily | undefined {
    return this.families.get(id) ?? FIXED.find((family) => family.id === id);
  }

  byName(name: string): GenlFamily | undefined {
    const id = this.ids.get(name);
    return id === undefined ? FIXED.find((family) => family.name === name) : this.families.get(id);
  }

  *all(): Iterable<GenlFamily> {
    for (const family of this.families.values()) if (!this.gone.has(family.id)) yield family;
  }

  /** Whether just this is known of its id, and it has not gone away. */
  holds(family: GenlFamily): boolean {
    return this.families.get(family.id) === family && !this.gone.has(family.id);
  }

  /** Family and name of a multicast group number. */
  groupById(id: number): GenlGroupName | undefined {
    return this.groups.get(id);
  }

  /**
   * Remembers a family. Lists that come empty leave the known ones of the same family in place: a message about a
   * family need not repeat everything. Ids that nlmsg_type cannot hold and families without a name are refused.
   */
  learn(family: GenlFamily): boolean {
    if (family.id < 0 || family.id > 0xffff || family.name === '') return false;
    const before = this.families.get(family.id);
    const known = before?.name === family.name ? before : undefined;
    if (known === undefined) this.accepted.delete(family.id);
    const news = family.policy !== undefined && this.partsOf(family.id).add(family.policy);
    const parts = this.accepted.get(family.id);
    const { policy: _, ...rest } = family;
    const merged: GenlFamily = {
      ...rest,
      groups: family.groups.length > 0 ? family.groups : (known?.groups ?? []),
      operations: family.operations.length > 0 ? family.operations : (known?.operations ?? []),
    };
    const returned = this.gone.delete(family.id);
    if (known !== undefined && !returned && !news && sameFamily(known, merged)) return false;
    this.revision++;
    if (before !== undefined) this.dropNames(before);
    const elsewhere = this.ids.get(family.name);
    if (elsewhere !== undefined && elsewhere !== family.id) this.gone.add(elsewhere);
    const kept = parts === undefined ? merged : withPolicy(merged, parts);
    this.families.set(family.id, kept);
    this.ids.set(merged.name, merged.id);
    for (const group of merged.groups) this.groups.set(group.id, { family: merged.name, group: group.name });
    if (parts !== undefined) this.onPolicy(kept);
    return true;
  }

  learnPolicy(id: number, part: FamilyPolicy): boolean {
    const family = this.families.get(id);
    if (family === undefined) return false;
    const parts = this.partsOf(id);
    if (!parts.add(part)) return false;
    this.revision++;
    const kept = family.policy === undefined ? withPolicy(family, parts) : family;
    this.families.set(id, kept);
    this.onPolicy(kept);
    return true;
  }

  private partsOf(id: number): PolicyParts {
    const parts = this.accepted.get(id) ?? new PolicyParts();
    this.accepted.set(id, parts);
    return parts;
  }

  /** The family is no longer registered. True when it was. */
  forget(id: number): boolean {
    const family = this.families.get(id);
    if (family === undefined || this.gone.has(id)) return false;
    this.revision++;
    this.gone.add(id);
    // Whoever registers it again may accept something else.
    this.accepted.delete(id);
    if (this.ids.get(family.name) === id) this.ids.delete(family.name);
    return true;
  }

  private dropNames(family: GenlFamily): void {
    if (this.ids.get(family.name) === family.id) this.ids.delete(family.name);
    for (const group of family.groups) {
      if (this.groups.get(group.id)?.family === family.name) this.groups.delete(group.id);
    }
  }
}

/** A family with its policy as far as it has been told: it comes in many messages, and is put together when asked for. */
function withPolicy(family: GenlFamily, parts: PolicyParts): GenlFamily {
  return {
    ...family,
    get policy() {
      return parts.policy;
    },
  };
}

/** Whether two families differ in their policies at most. */
function sameFamily(a: GenlFamily, b: GenlFamily): boolean {
  return (
    a.id === b.id &&
    a.name === b.name &&
    a.version === b.version &&
    a.headerSize === b.headerSize &&
    a.maxAttr === b.maxAttr &&
    sameItems(a.groups, b.groups, (x, y) => x.id === y.id && x.name === y.name) &&
    sameItems(a.operations, b.operations, (x, y) => x.cmd === y.cmd && x.flags === y.flags)
  );
}

function sameItems<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((item, i) => same(item, b[i]));
}
