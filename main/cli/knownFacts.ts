import type { HostFacts, InterfaceName, KnownStrings } from '../../app/captureFile/index.ts';
import type { GenlFamily } from '../../app/dissect/index.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import type { Decoding } from '../engine/decoding.ts';
import { listFamilies } from '../engine/genlKnowledge.ts';
import { listStrings } from '../engine/stringKnowledge.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import type { Netns } from '../sources/netns.ts';
import { OWN_HOST } from '../sources/ownHost.ts';

/** What is known of families, interfaces and string sets before anything has been captured. What the kernel does not tell is not. */
export async function knownFacts(namespaces: readonly Netns[], decoding: Decoding): Promise<HostFacts> {
  const known = new Map<number, GenlFamily>();
  const interfaces: InterfaceName[] = [];
  const strings: KnownStrings[] = [];
  for (const namespace of namespaces) {
    const { name: netns, path } = namespace;
    const families = await listFamilies(decoding, path);
    const table = new GenlFamilyTable();
    for (const family of families.ok ? families.value : []) {
      known.set(family.id, family);
      table.learn(family);
    }
    strings.push(...(await listStrings(namespace, table)));
    const names = await interfaceNames(path);
    if (!names.ok) continue;
    for (const [index, name] of names.value) interfaces.push({ index, name, nsid: null, timeNs: 0n, netns });
  }
  return { host: OWN_HOST, families: [...known.values()], interfaces, strings };
}
