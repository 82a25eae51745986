import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { Kbd } from './Kbd.tsx';
import { Tooltip } from './Tooltip.tsx';

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** `danger` is outlined, never filled, so that the filled colour never means danger. */
  variant?: 'default' | 'ghost' | 'primary' | 'danger';
  size?: 'md' | 'sm';
  icon?: LucideIcon;
  /** Key that does the same, shown beside the text ("Ctrl+E"). */
  keys?: string;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with text. Height 28, small 24. */
export function Button({
  variant = 'default',
  size = 'md',
  icon: Icon,
  keys,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button type="button" className={classes('button', variant, size, className)} {...rest}>
      {Icon && <Icon size={16} strokeWidth={1.5} aria-hidden />}
      {children}
      {keys && <Kbd keys={keys} />}
    </button>
  );
}

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** What it does, verb first: the tooltip and the name for screen readers. */
  label: string;
  icon: LucideIcon;
  keys?: string;
  size?: 'md' | 'sm';
  /** For toggles: whether it is on. */
  pressed?: boolean;
  ref?: Ref<HTMLButtonElement>;
}

/** A button with an icon alone, 28 pixels square (small 24), with a tooltip that names it and its key. */
export function IconButton({ label, icon: Icon, keys, size = 'md', pressed, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip content={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={pressed}
        aria-keyshortcuts={keys?.replaceAll('Ctrl', 'Control')}
        className={classes('icon-button', pressed ? 'on' : undefined, size, className)}
        {...rest}
      >
        <Icon size={size === 'sm' ? 14 : 16} strokeWidth={1.5} aria-hidden />
      </button>
    </Tooltip>
  );
}

/** Joins class names and leaves out what is empty. */
export function classes(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(' ');
}
