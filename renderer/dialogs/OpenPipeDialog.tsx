import { type FormEvent, useState } from 'react';
import { openPipe } from '../actions/capture.ts';
import { useApp } from '../stores/app.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { TextInput } from '../widgets/Field.tsx';

/** Follows a FIFO of the host's that somebody writes a capture to. */
export function OpenPipeDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const [text, setText] = useState('');
  const path = text.trim();
  const valid = path.startsWith('/');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!valid) return;
    onClose();
    openPipe(app, path);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Open a pipe"
      description="Messages appear as they are written to it, and Stop ends the reading."
      testId="open-pipe"
    >
      <form className="go-to" onSubmit={submit}>
        <TextInput
          value={text}
          onChange={setText}
          mono
          autoFocus
          aria-label="Path of the pipe"
          placeholder="/tmp/capture.fifo"
          error={path !== '' && !valid ? 'A path that begins with /' : undefined}
        />
        <Button type="submit" variant="primary" disabled={!valid}>
          Open
        </Button>
      </form>
      <p className="muted">What writes to it may be any tool that writes pcap or pcapng as it goes:</p>
      <pre className="mono muted selectable">
        {'mkfifo /tmp/capture.fifo\ntcpdump -i nlmon0 -U -w /tmp/capture.fifo'}
      </pre>
    </Dialog>
  );
}
