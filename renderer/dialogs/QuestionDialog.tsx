import type { Question } from '../stores/ui.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

/** Asks before something is lost or sent. What keeps it has the focus where there is such a thing, else Cancel. */
export function QuestionDialog({ question, onClose }: { question: Question; onClose(): void }) {
  const { title, text, confirm, danger, save, run } = question;
  const answer = (then: () => void) => () => {
    onClose();
    then();
  };
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
          <Button onClick={onClose} autoFocus={!save}>
            Cancel
          </Button>
          <Button variant={danger ? 'danger' : 'primary'} data-testid="question-confirm" onClick={answer(run)}>
            {confirm}
          </Button>
          {save && (
            <Button variant="primary" data-testid="question-save" onClick={answer(save.run)} autoFocus>
              {save.label}
            </Button>
          )}
        </>
      }
    />
  );
}
