import { SpecLibrary } from './library.ts';
import type { ViewDocument, YnlDocument } from './ynl.ts';

const specs = import.meta.glob<YnlDocument>(['./*.yaml', '!./*.view.yaml', '!./nlmsg.yaml'], {
  eager: true,
  import: 'default',
});
const views = import.meta.glob<ViewDocument>('./*.view.yaml', { eager: true, import: 'default' });

/** A library of all specs this product ships, or of all but some. */
export function builtinLibrary(without: readonly string[] = []): SpecLibrary {
  const library = new SpecLibrary();
  for (const [path, document] of Object.entries(specs)) {
    if (!without.includes(document.name)) library.add(document, views[path.replace(/\.yaml$/, '.view.yaml')]);
  }
  return library;
}
