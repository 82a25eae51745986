import type { Failure, GroupRef, SubscriptionReport } from '../../app/contracts/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { familyChange } from '../sources/genlFamilies.ts';
import { forEachMessage } from '../sources/messages.ts';

/** What joins and leaves groups. */
export interface GroupMember {
  readonly joined: readonly GroupRef[];
  join(refs: readonly GroupRef[]): SubscriptionReport;
  leave(refs: readonly GroupRef[]): void;
}

/**
 * Follows the generic netlink families that come and go while everything is captured: joins the groups of those that
 * nlctrl tells of, and leaves the groups of those that went. Returns why groups were refused.
 * @param datagram what came from NETLINK_GENERIC
 * @param wanted which groups are joined, by their family and name
 */
export function followFamilies(
  datagram: Uint8Array,
  member: GroupMember,
  wanted: (family: string, group: string) => boolean = () => true,
): Failure[] {
  const refused: Failure[] = [];
  forEachMessage(datagram, (message) => {
    const change = familyChange(datagram, message);
    if (change === undefined) return;
    const { kind, name, groups } = change;
    const known = member.joined.filter((ref) => ref.protocol === NETLINK_GENERIC && ref.genlFamily === name);
    if (kind === 'came') {
      const missing = groups.filter(
        ({ id, name: group }) => wanted(name, group) && !known.some((ref) => ref.group === id),
      );
      const refs = missing.map(({ id, name: group }) => ({
        protocol: NETLINK_GENERIC,
        group: id,
        genlFamily: name,
        name: group,
      }));
      if (refs.length > 0) refused.push(...member.join(refs).refused.map(({ error }) => error));
    } else {
      // A family that goes takes all its groups with it; a group goes alone.
      member.leave(groups.length === 0 ? known : known.filter((ref) => groups.some(({ id }) => id === ref.group)));
    }
  });
  return refused;
}

/** Whether nlctrl tells of a family by a name that is looked for. `datagram`: what came from NETLINK_GENERIC. */
export function tellsOfFamily(datagram: Uint8Array, isMeant: (family: string) => boolean): boolean {
  let tells = false;
  forEachMessage(datagram, (message) => {
    const change = familyChange(datagram, message);
    tells ||= change !== undefined && isMeant(change.name);
  });
  return tells;
}
