import { useHostState } from '../stores/hooks.ts';

/** Colours there are for sources; see base.css. */
const COLOURS = 8;

/** Name of a namespace or host that messages come from, with its colour. */
export function SourceName({ name }: { name: string }) {
  const place = useHostState(({ sources }) => sources.findIndex((source) => source.name === name));
  const colour = (place < 0 ? hashOf(name) : place) % COLOURS;
  return (
    <>
      <span className={`source-mark source-${colour}`} aria-hidden />
      {name}
    </>
  );
}

/** Captures of files do not list their sources: a name then has one colour always. */
function hashOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  return hash;
}
