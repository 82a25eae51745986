import type { Question } from '../stores/ui.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

/** Asks before something is lost or sent. Cancel has the focus. */
export function QuestionDialog({ question, onClose }: { question: Question; onClose(): void }) {
  const { title, text, confirm, danger, run } = question;
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      description={text}
      width="narrow"
      testId="question"
      actions={
        <>
          <Button onClick={onClose} autoFocus>
            Cancel
          </Button>
          <Button
            variant={danger ? 'danger' : 'primary'}
            data-testid="question-confirm"
            onClick={() => {
              onClose();
              run();
            }}
          >
            {confirm}
          </Button>
        </>
      }
    />
  );
}
