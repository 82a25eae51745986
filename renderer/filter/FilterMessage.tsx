import type { FilterError } from '../../app/contracts/index.ts';
import { Button } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { MacroText } from './MacroText.tsx';
import { errorPlace } from './status.ts';

interface FilterMessageProps {
  error: FilterError;
  canRevert: boolean;
  onRevert(): void;
  onDismiss(): void;
}

/** Below the box: what is wrong with the filter, where, and the ways out. Never takes the keyboard. */
export function FilterMessage({ error, canRevert, onRevert, onDismiss }: FilterMessageProps) {
  const keepFocus = (event: React.SyntheticEvent) => event.preventDefault();
  return (
    <div className="filter-popover filter-message" role="alert" data-testid="filter-error" onPointerDown={keepFocus}>
      <SeverityIcon severity="error" size={16} />
      <div>
        <p className="strong">{error.message}</p>
        {error.macro && <MacroText macro={error.macro} />}
        <p className="muted">
          {errorPlace(error)}.{error.hint ? ` ${error.hint}` : ''}
        </p>
        <div className="filter-message-actions">
          {canRevert && (
            <Button size="sm" keys="Esc" tabIndex={-1} onClick={onRevert}>
              Revert
            </Button>
          )}
          <Button size="sm" variant="ghost" tabIndex={-1} onClick={onDismiss}>
            Hide
          </Button>
        </div>
      </div>
    </div>
  );
}
