import { SpecLibrary } from './library.ts';
import type { LazySpec, LazyView } from './ynl.ts';

const specs = import.meta.glob<LazySpec>(['./*.yaml', '!./*.view.yaml', '!./nlmsg.yaml'], {
  eager: true,
  import: 'default',
  query: '?lazy',
});
const views = import.meta.glob<LazyView>('./*.view.yaml', {
  eager: true,
  import: 'default',
  query: '?lazy',
});

/** A library of all specs this product ships, or of all but some; each is compiled when a message first asks for it. */
export function builtinLibrary(without: readonly string[] = []): SpecLibrary {
  return libraryOf((name) => !without.includes(name));
}

/** A library of one of those specs alone. */
export function builtinSpec(name: string): SpecLibrary {
  return libraryOf((each) => each === name);
}

function libraryOf(isWanted: (name: string) => boolean): SpecLibrary {
  const library = new SpecLibrary();
  for (const [path, spec] of Object.entries(specs)) {
    if (isWanted(spec.name)) library.offer(spec, views[path.replace(/\.yaml$/, '.view.yaml')]);
  }
  return library;
}
