import type { InterfaceName } from '../../app/captureFile/index.ts';
import type { GenlFamily } from '../../app/dissect/index.ts';
import type { Decoding } from '../engine/decoding.ts';
import { listFamilies } from '../engine/genlKnowledge.ts';
import type { SourceFacts } from '../engine/liveCapture.ts';
import { interfaceNames } from '../sources/interfaces.ts';
import type { Netns } from '../sources/netns.ts';

/** What is known of families and interfaces before anything has been captured. What the kernel does not tell is not. */
export async function knownFacts(namespaces: readonly Netns[], decoding: Decoding): Promise<SourceFacts> {
  const known = new Map<number, GenlFamily>();
  const interfaces: InterfaceName[] = [];
  for (const { name: netns, path } of namespaces) {
    const families = await listFamilies(decoding, path);
    if (families.ok) for (const family of families.value) known.set(family.id, family);
    const names = await interfaceNames(path);
    if (!names.ok) continue;
    for (const [index, name] of names.value) interfaces.push({ index, name, nsid: null, timeNs: 0n, netns });
  }
  return { families: [...known.values()], interfaces };
}
