import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
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

/** A modal window in the middle. Escape, the cross and a click outside close it; focus stays inside while it is open. */
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
  return (
    <Radix.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="dialog-backdrop" />
        <Radix.Content
          className={`dialog ${width}`}
          data-testid={testId}
          {...(description ? {} : { 'aria-describedby': undefined })}
        >
          <header className="dialog-head">
            <Radix.Title className="dialog-title">{title}</Radix.Title>
            <IconButton label="Close" icon={X} size="sm" onClick={onClose} />
          </header>
          {description && <Radix.Description className="dialog-description">{description}</Radix.Description>}
          {children && <div className="dialog-body">{children}</div>}
          {actions && <footer className="dialog-actions">{actions}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
