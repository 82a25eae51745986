import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../specs/builtin.ts';
import type { AttrDef, AttrSpace } from '../specs/index.ts';
import { GENL_HDRLEN, viewOf } from '../wire/index.ts';
import { GENL_NAMINGS, LINK_NAMING, type NamingPlace, toldInterface } from './namedInterfaces.ts';
import { CORPUS, readCorpus } from './testing/corpus.ts';

const library = builtinLibrary();

function setOf(space: AttrSpace | null, { nest }: NamingPlace): AttrSpace | null | undefined {
  return nest === 0 ? space : space?.byNumber.get(nest)?.space;
}

/** Whether a set has an index, and a name that is called like it. */
function namesInterface(set: readonly AttrDef[]): boolean {
  const names = new Set(set.filter(({ layout }) => layout === 'string').map(({ name }) => name));
  return set.some(
    ({ ref, name }) =>
      ref === 'ifindex' &&
      (names.has(name.replace(/IFINDEX$/, 'IFNAME')) || names.has(name.replace(/(IF)?INDEX$/, 'NAME'))),
  );
}

describe('where messages name interfaces', () => {
  it.each(Object.entries(GENL_NAMINGS))('is what the headers of %s say', (family, places) => {
    const messages = library.genlMessages(family);
    for (const place of places) {
      // Attributes of other sets have the same numbers: none may be taken for an interface.
      const pairs = messages.map(({ space, header }) => {
        const set = setOf(space, place);
        const member = header?.members.find(({ offset }) => offset === place.member - GENL_HDRLEN);
        const index = place.member < 0 ? set?.byNumber.get(place.index) : member;
        const name = set?.byNumber.get(place.name);
        if (GENL_HDRLEN + (header?.size ?? 0) !== place.header) return '';
        return index?.ref === 'ifindex' && name?.layout === 'string' ? `${index.name} ${name.name}` : '';
      });
      expect(new Set(pairs.filter((pair) => pair !== '')).size).toBe(1);
    }
  });

  it('knows every family that has an index with its name beside it', () => {
    const families = library.specs().filter(({ genlFamily, spaces }) => {
      const sets = [...spaces.values()].map(({ byNumber }) => [...byNumber.values()]);
      return genlFamily !== '' && sets.some(namesInterface);
    });
    const known = [...Object.keys(GENL_NAMINGS), 'ovs_vport'];
    expect(families.map(({ genlFamily }) => genlFamily).sort()).toEqual(known.sort());
  });

  it('is found in any bytes without reading past them', () => {
    const places = [LINK_NAMING, ...Object.values(GENL_NAMINGS).flat()];
    for (const file of CORPUS) {
      for (const { bytes } of readCorpus(file).slice(0, 50)) {
        for (const place of places) {
          for (const length of [bytes.length, bytes.length - 1, 40, 20, 16, 3]) {
            const held = bytes.slice(0, Math.max(0, Math.min(length, bytes.length)));
            const told = toldInterface(viewOf(held), 0, held.length, true, place);
            expect(typeof told.name).toBe('string');
          }
        }
      }
    }
  });
});
