import type { Result } from '../../app/contracts/index.ts';
import { type GenlFamily, readControl } from '../../app/dissect/index.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import type { FamilyPolicy, SpecLibrary } from '../../app/specs/index.ts';
import { NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { dumpPolicy, listGenlFamilies } from '../sources/genlFamilies.ts';
import type { GenlKnowledge } from '../sources/inventory.ts';
import type { Decoding } from './decoding.ts';

/** What the specs know of generic netlink families, for the inventory. */
export function genlKnowledge(library: SpecLibrary): GenlKnowledge {
  return {
    isKnown: (family) => library.describes(family),
    operationName: (family, cmd) => library.genlMessage(family, cmd, true)?.name,
  };
}

/** Tells a library that came later the policies that are known. */
export function teachPolicies(families: GenlFamilyTable, library: SpecLibrary): void {
  for (const family of families.all()) if (family.policy !== undefined) library.learnPolicy(family);
}

/** The generic netlink families of a namespace; those that no spec describes come with the kernel's policy for them. */
export async function listFamilies(decoding: Decoding, netns = ''): Promise<Result<GenlFamily[]>> {
  const listed = await listGenlFamilies(netns);
  if (!listed.ok) return listed;
  const families: GenlFamily[] = [];
  for (const family of listed.value) families.push(await withPolicy(family, decoding, netns));
  return { ok: true, value: families };
}

/** A family with its policy where no spec describes it. What the kernel does not tell stays unknown. */
export async function withPolicy(family: GenlFamily, decoding: Decoding, netns = ''): Promise<GenlFamily> {
  if (decoding.library.describes(family.name)) return family;
  const policy = await readPolicy(family, netns);
  return policy === undefined ? family : { ...family, policy };
}

/** What the kernel accepts for a family (CTRL_CMD_GETPOLICY); undefined where it does not tell. */
export async function readPolicy(family: GenlFamily, netns = ''): Promise<FamilyPolicy | undefined> {
  const known = new GenlFamilyTable();
  known.learn(family);
  const dumped = await dumpPolicy(family.id, netns, (datagram, { start, end }) => {
    const message = datagram.subarray(start - NLMSG_HDRLEN, end);
    const facts = readControl(message, HOST_LITTLE_ENDIAN);
    if (facts !== undefined) known.learnPolicy(family.id, facts.policy);
  });
  return dumped.ok ? known.byId(family.id)?.policy : undefined;
}
