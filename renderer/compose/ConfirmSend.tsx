import { useState } from 'react';
import { Button } from '../widgets/Button.tsx';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import type { SendWarning } from './operations.ts';

interface ConfirmSendProps {
  warning: SendWarning | null;
  onCancel(): void;
  /** `always`: do not ask again until the window closes. */
  onConfirm(always: boolean): void;
}

/** Asks before a request changes the host's own namespace. */
export function ConfirmSend({ warning, onCancel, onConfirm }: ConfirmSendProps) {
  const [always, setAlways] = useState(false);
  return (
    <Dialog
      open={warning !== null}
      onClose={onCancel}
      width="narrow"
      title="Send to this host?"
      testId="compose-confirm"
      description={warning === null ? '' : `${warning.what} in ${warning.where}.`}
      actions={
        <>
          <Button variant="ghost" onClick={onCancel}>
            Cancel
          </Button>
          <Button variant="danger" data-testid="compose-confirm-send" onClick={() => onConfirm(always)}>
            Send
          </Button>
        </>
      }
    >
      <Checkbox checked={always} onChange={setAlways} label="Don't ask again for this session" />
    </Dialog>
  );
}
