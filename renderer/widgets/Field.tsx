import { ChevronDown } from 'lucide-react';
import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import { classes } from './Button.tsx';

export interface SelectOption<V extends string> {
  readonly value: V;
  readonly label: string;
  readonly disabled?: boolean;
}

interface SelectProps<V extends string> {
  value: V;
  options: readonly SelectOption<V>[];
  onChange(value: V): void;
  /** Name for screen readers, when no visible label points to `id`. */
  label?: string;
  id?: string;
  disabled?: boolean;
  mono?: boolean;
  className?: string;
  testId?: string;
}

/** A choice of one out of few. The system's own list, so that it works with every input and assistive technology. */
export function Select<V extends string>(props: SelectProps<V>) {
  const { value, options, onChange, label, id, disabled, mono, className, testId } = props;
  return (
    <span className={classes('select', mono && 'mono', className)}>
      <select
        id={id}
        aria-label={label}
        value={value}
        disabled={disabled}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value as V)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={12} aria-hidden />
    </span>
  );
}

interface TextInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'value' | 'prefix'> {
  value: string;
  onChange(value: string): void;
  mono?: boolean;
  /** Why the value cannot be used; shown below, and read with the field. */
  error?: string;
  /** Drawn inside the frame before and after the text. */
  before?: ReactNode;
  after?: ReactNode;
  testId?: string;
  ref?: Ref<HTMLInputElement>;
}

/** One line of text. */
export function TextInput(props: TextInputProps) {
  const { value, onChange, mono, error, before, after, testId, className, ref, ...rest } = props;
  return (
    <span className={classes('text-input', mono && 'mono', error && 'bad', className)}>
      {before}
      <input
        ref={ref}
        value={value}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={error ? true : undefined}
        data-testid={testId}
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
      {after}
      {error && (
        <span className="text-input-error" role="alert">
          {error}
        </span>
      )}
    </span>
  );
}
