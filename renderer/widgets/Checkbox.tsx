import { Check, Minus } from 'lucide-react';
import type { KeyboardEvent, ReactNode } from 'react';

interface CheckboxProps {
  checked: boolean | 'mixed';
  onChange(checked: boolean): void;
  /** Text beside the box. Without it, `ariaLabel` names the box. */
  label?: ReactNode;
  ariaLabel?: string;
  disabled?: boolean;
  tabIndex?: number;
  testId?: string;
}

/** A box with three states. A click on `mixed` checks everything. */
export function Checkbox({ checked, onChange, label, ariaLabel, disabled, tabIndex, testId }: CheckboxProps) {
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      onChange(checked !== true);
    }
  };
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      aria-label={ariaLabel}
      disabled={disabled}
      tabIndex={tabIndex}
      data-testid={testId}
      className="checkbox"
      onClick={() => onChange(checked !== true)}
      onKeyDown={press}
    >
      <span className="checkbox-box" aria-hidden>
        {checked === true && <Check size={10} strokeWidth={3} />}
        {checked === 'mixed' && <Minus size={10} strokeWidth={3} />}
      </span>
      {label !== undefined && <span className="checkbox-label">{label}</span>}
    </button>
  );
}
