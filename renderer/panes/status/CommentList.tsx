import { plural } from '../../format/format.ts';
import { useHostState } from '../../stores/hooks.ts';
import { MessageItems } from './MessageItems.tsx';

/** The comments of the capture, message by message. */
export function CommentList() {
  const changes = useHostState(({ comments }) => comments.changes);
  return (
    <MessageItems
      fetch={(app, wanted) => app.run(app.api.comments(0, wanted))}
      revision={changes}
      header={(total) => plural(total, 'comment')}
      keyOf={({ number }) => number}
      testId="comment"
    />
  );
}
