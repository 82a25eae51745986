import { useEffect, useRef } from 'react';
import { countMessages } from '../../actions/statistics.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, useStatistics } from '../../stores/hooks.ts';

/** Milliseconds between two looks whether there are other messages, and between two counts at the least. */
const LOOK_EVERY = 200;
const COUNT_EVERY = 1000;
/** A count that takes long is repeated less often. */
const REST_PER_COUNT = 4;

/** Has the messages counted while the caller is on screen, and again when there are others. */
export function useCounting(): void {
  const app = useApp();
  const displayed = useStatistics((statistics) => statistics.displayed);
  const revision = useHostState(
    ({ view, names, decoding, severities }) =>
      `${view.total} ${view.shown} ${view.filter} ${view.progress} ${names} ${decoding} ${severities.gap}`,
  );
  const latest = useRef(revision);
  latest.current = revision;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other messages are counted at once
  useEffect(() => {
    let isWanted = true;
    let counted: string | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      let rest = LOOK_EVERY;
      if (latest.current !== counted && !document.hidden) {
        // What changes meanwhile is counted the next time: messages that come do not keep it from its end.
        counted = latest.current;
        const began = Date.now();
        await countMessages(app, () => isWanted);
        rest = Math.max(COUNT_EVERY, (Date.now() - began) * REST_PER_COUNT);
      }
      if (isWanted) timer = setTimeout(look, rest);
    };
    void look();
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [app, displayed]);
}
