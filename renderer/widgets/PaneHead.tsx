import type { ReactNode } from 'react';

interface PaneHeadProps {
  title: string;
  /** A glyph before the title. */
  lead?: ReactNode;
  /** Muted text after the title. */
  children?: ReactNode;
  /** Small buttons at the right. */
  actions?: ReactNode;
}

/** The 28 pixel head of a pane. A dot after the title says that the pane has the keyboard. */
export function PaneHead({ title, lead, children, actions }: PaneHeadProps) {
  return (
    <header className="pane-head">
      {lead}
      <h2 className="pane-title">{title}</h2>
      <span className="grow ellipsis">{children}</span>
      {actions}
    </header>
  );
}
