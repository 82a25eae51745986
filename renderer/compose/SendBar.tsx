import { ArrowRight, FolderOpen, ListPlus, Save } from 'lucide-react';
import { useRef } from 'react';
import type { NetnsInfo } from '../../app/contracts/index.ts';
import { Button } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { Menu } from '../widgets/Menu.tsx';
import { CODE_FORMATS, type CodeFormat } from './exports.ts';
import type { SendWarning } from './operations.ts';

/** Says what a request that changes something would do, where, and what it needs. */
export function WarningBar({ warning, elsewhere, onElsewhere }: WarningBarProps) {
  return (
    <section className="compose-warning" data-testid="compose-warning" aria-label="Warning">
      <SeverityIcon severity="warn" size={16} />
      <p>
        <span className="strong">{warning.ownHost ? 'Changes this host.' : 'Changes a namespace.'}</span> {warning.what}{' '}
        in {warning.where}.{' '}
        {warning.capability !== '' && (
          <>
            Needs <span className="mono">{warning.capability}</span>.{' '}
          </>
        )}
        {warning.ownHost && elsewhere !== undefined && (
          <button type="button" className="link" onClick={() => onElsewhere(elsewhere)}>
            Use namespace {elsewhere.name}
          </button>
        )}
      </p>
    </section>
  );
}

interface WarningBarProps {
  warning: SendWarning;
  /** A namespace that is not the host's own, if there is one. */
  elsewhere: NetnsInfo | undefined;
  onElsewhere(netns: NetnsInfo): void;
}

interface SendBarProps {
  /** "host", "namespace lab". */
  target: string;
  danger: boolean;
  /** Why it cannot be sent, '' when it can. */
  blocked: string;
  sending: boolean;
  /** Formats that the request can be copied in now; empty while there is no request. */
  formats: readonly CodeFormat[];
  onSend(): void;
  onCopy(format: CodeFormat): void;
  onSave: (() => void) | null;
  onOpen(text: string): void;
  /** Puts the request into the sequence; null while it cannot be. */
  onAdd: (() => void) | null;
  /** "Add to sequence", "Update request 3". */
  addLabel: string;
}

/** The buttons at the foot: send, save, open, copy as code. */
export function SendBar(props: SendBarProps) {
  const { target, danger, blocked, sending, formats, onSend, onCopy, onSave, onOpen, onAdd, addLabel } = props;
  const file = useRef<HTMLInputElement>(null);
  return (
    <div className="compose-actions">
      <Button
        variant={danger ? 'danger' : blocked === '' ? 'primary' : 'default'}
        icon={ArrowRight}
        keys="Ctrl+Enter"
        disabled={blocked !== '' || sending}
        title={blocked === '' ? undefined : blocked}
        data-testid="compose-send"
        onClick={onSend}
      >
        {sending ? 'Sending' : `Send to ${target}`}
      </Button>
      <Button
        variant="ghost"
        icon={ListPlus}
        aria-label={addLabel}
        title={addLabel}
        disabled={onAdd === null}
        data-testid="compose-add-to-sequence"
        onClick={() => onAdd?.()}
      >
        <span className="compose-action-text">{addLabel}</span>
      </Button>
      <span className="grow" />
      <Button
        variant="ghost"
        icon={Save}
        aria-label="Save request"
        title="Save request"
        disabled={onSave === null}
        onClick={() => onSave?.()}
      >
        <span className="compose-action-text of-file">Save</span>
      </Button>
      <Button
        variant="ghost"
        icon={FolderOpen}
        aria-label="Open request"
        title="Open request"
        onClick={() => file.current?.click()}
      >
        <span className="compose-action-text of-file">Open</span>
      </Button>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="Open a saved request"
        onChange={async (event) => {
          const [chosen] = event.target.files ?? [];
          event.target.value = '';
          if (chosen !== undefined) onOpen(await chosen.text());
        }}
      />
      <Menu
        label="Copy as code"
        align="end"
        trigger={
          <Button variant="ghost" disabled={formats.length === 0} data-testid="compose-copy">
            Copy as code
          </Button>
        }
        entries={CODE_FORMATS.filter(({ format }) => formats.includes(format)).map(({ format, title }) => ({
          kind: 'item',
          label: title,
          run: () => onCopy(format),
        }))}
      />
    </div>
  );
}
