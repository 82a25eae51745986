import { type FormEvent, useState } from 'react';
import { goToMessage } from '../actions/navigate.ts';
import { count } from '../format/format.ts';
import { useApp } from '../stores/app.ts';
import { useHostState } from '../stores/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { TextInput } from '../widgets/Field.tsx';

/** Goes to a message by its number. */
export function GoToDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const total = useHostState((state) => state.view.total);
  const [text, setText] = useState('');
  const number = Number(text.replace(/[,#\s]/g, ''));
  const valid = Number.isInteger(number) && number >= 1 && number <= total;
  const error = text !== '' && !valid ? `Messages have the numbers 1 to ${count(total)}` : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!valid) return;
    onClose();
    void goToMessage(app, number);
  };
  return (
    <Dialog open onClose={onClose} title="Go to message" width="narrow" testId="go-to">
      <form className="go-to" onSubmit={submit}>
        <TextInput
          value={text}
          onChange={setText}
          mono
          autoFocus
          inputMode="numeric"
          aria-label="Message number"
          placeholder={`1 to ${count(total)}`}
          error={error}
        />
        <Button type="submit" variant="primary" disabled={!valid}>
          Go
        </Button>
      </form>
    </Dialog>
  );
}
