import { type FormEvent, type KeyboardEvent, useId, useState } from 'react';
import { removeComment, setComment } from '../actions/comments.ts';
import { count } from '../format/format.ts';
import { useApp } from '../stores/app.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

/** As many as a capture file is given. */
const LONGEST = 16_000;

interface CommentDialogProps {
  number: number;
  /** Message type. */
  type: string;
  /** The comment there is, "" for none. */
  text: string;
  onClose(): void;
}

/** Where a user writes about a message. Ctrl+Enter keeps it. */
export function CommentDialog({ number, type, text: before, onClose }: CommentDialogProps) {
  const app = useApp();
  const form = useId();
  const [text, setText] = useState(before);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    void setComment(app, number, text).then((done) => done && onClose());
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={before === '' ? 'Comment on message' : 'Edit comment'}
      description={
        <>
          <span className="mono">#{count(number)}</span> {type}. Saved captures keep it, and Wireshark shows it.
        </>
      }
      testId="comment"
      actions={
        <>
          {before !== '' && (
            <Button
              variant="danger"
              onClick={() => {
                onClose();
                void removeComment(app, number);
              }}
              data-testid="comment-remove"
            >
              Remove
            </Button>
          )}
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" form={form} variant="primary" keys="Ctrl+Enter" disabled={text.trim() === before}>
            Keep
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <textarea
          className="comment-text"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={press}
          maxLength={LONGEST}
          rows={5}
          autoFocus
          aria-label="Comment"
          data-testid="comment-text"
        />
      </form>
    </Dialog>
  );
}
