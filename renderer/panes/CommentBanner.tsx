import { MessageSquareText, SquarePen, X } from 'lucide-react';
import { editComment, removeComment } from '../actions/comments.ts';
import { useApp } from '../stores/app.ts';
import { IconButton } from '../widgets/Button.tsx';

/** What the user wrote about a message, above its fields. */
export function CommentBanner({ number, text }: { number: number; text: string }) {
  const app = useApp();
  return (
    <section className="comment-banner" aria-label="Comment" data-testid="comment-banner">
      <MessageSquareText size={14} aria-hidden />
      <p className="selectable">{text}</p>
      <IconButton
        label="Edit comment"
        keys="Ctrl+Alt+C"
        icon={SquarePen}
        size="sm"
        onClick={() => void editComment(app, number)}
      />
      <IconButton label="Remove comment" icon={X} size="sm" onClick={() => void removeComment(app, number)} />
    </section>
  );
}
