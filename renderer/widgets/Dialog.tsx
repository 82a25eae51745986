import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useRef, useState } from 'react';
import { IconButton } from './Button.tsx';

interface DialogProps {
  open: boolean;
  onClose(): void;
  title: string;
  /** One sentence under the title. */
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons at the foot, the chief one last. */
  actions?: ReactNode;
  width?: 'narrow' | 'normal' | 'wide';
  testId?: string;
}

/**
 * A modal window in the middle. Escape, the cross and a click outside close it; focus stays inside while it is open
 * and returns afterwards, unless something else has taken it. The first control with autoFocus has it, else the dialog itself.
 */
export function Dialog({
  open,
  onClose,
  title,
  description,
  children,
  actions,
  width = 'normal',
  testId,
}: DialogProps) {
  const content = useRef<HTMLDivElement>(null);
  // Taken before anything in the dialog can have the focus.
  const [opener] = useState(() => document.activeElement);
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-backdrop" />
        <Radix.Content
          ref={content}
          onOpenAutoFocus={(event) => {
            event.preventDefault();
            content.current?.focus();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // It is given back late: what was opened by this dialog's last key may have taken the focus by then.
            if (document.activeElement === document.body && opener instanceof HTMLElement) opener.focus();
          }}
          className={`dialog ${width}`}
          data-testid={testId}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <div className="dialog-head">
            <Radix.Title className="dialog-title">{title}</Radix.Title>
            <IconButton label="Close" icon={X} size="sm" onClick={onClose} />
          </div>
          {description && <Radix.Description className="dialog-description">{description}</Radix.Description>}
          {children && <div className="dialog-body">{children}</div>}
          {actions && <div className="dialog-actions">{actions}</div>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
