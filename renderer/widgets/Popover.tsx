import { Popover as Radix } from 'radix-ui';
import { type ReactElement, type ReactNode, useLayoutEffect } from 'react';

interface PopoverProps {
  /** The button that opens it: one element that takes a ref and DOM props. */
  trigger: ReactElement;
  children: ReactNode;
  /** Name for screen readers. */
  label: string;
  open?: boolean;
  onOpenChange?(open: boolean): void;
  side?: 'top' | 'right' | 'bottom' | 'left';
  align?: 'start' | 'center' | 'end';
  className?: string;
}

/** A panel anchored to a button. Escape and a click outside close it; focus returns to the button. */
export function Popover({
  trigger,
  children,
  label,
  open,
  onOpenChange,
  side = 'bottom',
  align = 'start',
  className,
}: PopoverProps) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={`popover ${className ?? ''}`}
          aria-label={label}
          side={side}
          align={align}
          sideOffset={4}
          collisionPadding={8}
        >
          <OnBody side={side} />
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/**
 * Says on the document's body at which side of its button a popover stands, for what has to make room. A rule with
 * `:has` would be matched anew with every row that scrolls into the list.
 */
function OnBody({ side }: { side: string }) {
  useLayoutEffect(() => {
    document.body.dataset.popover = side;
    return () => {
      delete document.body.dataset.popover;
    };
  }, [side]);
  return null;
}
