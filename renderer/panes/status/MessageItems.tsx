import { type ReactNode, useEffect, useState } from 'react';
import { goToMessage } from '../../actions/navigate.ts';
import { count } from '../../format/format.ts';
import type { App } from '../../stores/app.ts';
import { useApp } from '../../stores/app.ts';

/** Items fetched at once; "Show more" fetches the next. */
const PAGE = 200;

/** What is told of a message. */
interface Item {
  readonly number: number;
  readonly text: string;
  readonly summary: string;
}

interface Items<T> {
  readonly total: number;
  readonly items: readonly T[];
}

interface MessageItemsProps<T extends Item> {
  /** Asks the host for the first so many. */
  fetch(app: App, wanted: number): Promise<Items<T> | undefined>;
  /** Another one when it is to be asked again. */
  revision: unknown;
  header(total: number): string;
  /** In place of the list when there is nothing. */
  nothing?: ReactNode;
  keyOf(item: T): string | number;
  icon?(item: T): ReactNode;
  /** "expert": the list is expert-list, a line of it expert-item. */
  testId: string;
}

/** What is told of messages, one after the other. A click goes to the message. */
export function MessageItems<T extends Item>(props: MessageItemsProps<T>) {
  const { fetch, revision, header, nothing, keyOf, icon, testId } = props;
  const app = useApp();
  const [wanted, setWanted] = useState(PAGE);
  const [list, setList] = useState<Items<T> | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to ask again
  useEffect(() => {
    void fetch(app, wanted).then((found) => found && setList(found));
  }, [app, wanted, revision]);
  if (!list) return null;
  if (list.total === 0 && nothing !== undefined) return nothing;
  return (
    <div className="expert-list" data-testid={`${testId}-list`}>
      <p className="expert-head">{header(list.total)}</p>
      <ul>
        {list.items.map((item) => (
          <li key={keyOf(item)}>
            <button type="button" data-testid={`${testId}-item`} onClick={() => void goToMessage(app, item.number)}>
              {icon ? icon(item) : <span />}
              <span className="mono muted">{count(item.number)}</span>
              <span className="ellipsis">{item.text}</span>
              <span className="ellipsis muted">{item.summary}</span>
            </button>
          </li>
        ))}
      </ul>
      {list.items.length < list.total && (
        <button type="button" className="link-button" onClick={() => setWanted(wanted + PAGE)}>
          Show more
        </button>
      )}
    </div>
  );
}
