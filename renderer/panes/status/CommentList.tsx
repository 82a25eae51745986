import { useEffect, useState } from 'react';
import type { CommentItem } from '../../../app/contracts/index.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { count, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState } from '../../stores/hooks.ts';

/** Comments fetched at once; "Show more" fetches the next. */
const PAGE = 200;

/** The comments of the capture, message by message. A click goes to the message. */
export function CommentList() {
  const app = useApp();
  const changes = useHostState(({ comments }) => comments.changes);
  const [wanted, setWanted] = useState(PAGE);
  const [list, setList] = useState<{ total: number; items: readonly CommentItem[] } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the changes say when to ask again
  useEffect(() => {
    void app.run(app.api.comments(0, wanted)).then((found) => found && setList(found));
  }, [app, wanted, changes]);
  if (!list) return null;
  return (
    <div className="expert-list" data-testid="comment-list">
      <header>{plural(list.total, 'comment')}</header>
      <ul>
        {list.items.map(({ number, text, summary }) => (
          <li key={number}>
            <button type="button" data-testid="comment-item" onClick={() => void goToMessage(app, number)}>
              <span />
              <span className="mono muted">{count(number)}</span>
              <span className="ellipsis">{text}</span>
              <span className="ellipsis muted">{summary}</span>
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
