import { type KnownStrings, plainEnvelope } from '../../app/captureFile/index.ts';
import { bareContext, type GenlFamilies, isPerDevice } from '../../app/dissect/index.ts';
import { StringSets } from '../../app/session/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import type { Netns } from '../sources/netns.ts';
import { askStringSets } from '../sources/stringSets.ts';
import { namedSets, StringLessons } from './stringLessons.ts';

/** How the kernel of a namespace and its devices call bits. What the kernel does not tell stays unknown. */
export async function listStrings(
  { path, name }: Pick<Netns, 'path' | 'name'>,
  families: GenlFamilies,
): Promise<KnownStrings[]> {
  const family = families.byName('ethtool');
  if (family === undefined) return [];
  const known = new StringSets();
  const lessons = new StringLessons(known);
  const plain = { ...plainEnvelope(NETLINK_GENERIC, HOST_LITTLE_ENDIAN), direction: 'reply' } as const;
  const envelope = name === undefined ? plain : { ...plain, netns: name };
  const sets = namedSets();
  await askStringSets(
    family.id,
    sets.filter((set) => !isPerDevice(set)),
    sets.filter(isPerDevice),
    path,
    (message) => lessons.take(message, envelope, bareContext(families)),
  );
  return [...known.all()];
}
