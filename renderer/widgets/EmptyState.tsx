import type { ReactNode } from 'react';

interface EmptyStateProps {
  /** One sentence: what there is to see, and why there is nothing. */
  text: ReactNode;
  /** The one thing to do about it. */
  action?: ReactNode;
  testId?: string;
}

/** What a pane shows instead of nothing. */
export function EmptyState({ text, action, testId }: EmptyStateProps) {
  return (
    <div className="empty-state" data-testid={testId}>
      <p>{text}</p>
      {action}
    </div>
  );
}
