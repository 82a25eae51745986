import { Check, ChevronRight } from 'lucide-react';
import { ContextMenu as RadixContext, DropdownMenu as RadixDropdown } from 'radix-ui';
import { type ReactElement, useRef, useState } from 'react';
import { Kbd } from './Kbd.tsx';

/** One line of a menu. Menus are data, so that the same entries serve context menus and dropdowns. */
export type MenuEntry =
  | {
      readonly kind: 'item';
      readonly label: string;
      /** Second, muted text: the filter that would be applied, for instance. */
      readonly detail?: string;
      readonly keys?: string;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      /** A colour of rules that is shown beside it. */
      readonly swatch?: string;
      /** Whether it is chosen, of those that can be. */
      readonly checked?: boolean;
      run(): void;
    }
  | {
      readonly kind: 'submenu';
      readonly label: string;
      readonly disabled?: boolean;
      readonly entries: readonly MenuEntry[];
    }
  | { readonly kind: 'label'; readonly label: string }
  | { readonly kind: 'separator' };

/** The parts that Radix's two menus have in common. */
type MenuParts = typeof RadixDropdown | typeof RadixContext;

function Entries({ parts: P, entries }: { parts: MenuParts; entries: readonly MenuEntry[] }) {
  return entries.map((entry, position) => {
    const key = `${position}`;
    switch (entry.kind) {
      case 'separator':
        return <P.Separator key={key} className="menu-separator" />;
      case 'label':
        return (
          <P.Label key={key} className="menu-label">
            {entry.label}
          </P.Label>
        );
      case 'submenu':
        return (
          <P.Sub key={key}>
            <P.SubTrigger className="menu-item" disabled={entry.disabled}>
              <span className="menu-check" />
              <span className="grow">{entry.label}</span>
              <ChevronRight size={12} aria-hidden />
            </P.SubTrigger>
            <P.Portal>
              <P.SubContent className="menu" sideOffset={2} collisionPadding={8}>
                <Entries parts={P} entries={entry.entries} />
              </P.SubContent>
            </P.Portal>
          </P.Sub>
        );
      default: {
        const common = {
          className: entry.danger ? 'menu-item danger' : 'menu-item',
          disabled: entry.disabled,
          onSelect: entry.run,
        };
        const content = (
          <>
            <span className="menu-check">{entry.checked && <Check size={12} aria-hidden />}</span>
            {entry.swatch && <span className={`rule-swatch rule-${entry.swatch}`} aria-hidden />}
            <span className="grow">
              {entry.label}
              {entry.detail && <span className="menu-detail mono">{entry.detail}</span>}
            </span>
            {entry.keys && <Kbd keys={entry.keys} />}
          </>
        );
        return entry.checked === undefined ? (
          <P.Item key={key} {...common}>
            {content}
          </P.Item>
        ) : (
          <P.CheckboxItem key={key} {...common} checked={entry.checked}>
            {content}
          </P.CheckboxItem>
        );
      }
    }
  });
}

interface MenuProps {
  trigger: ReactElement;
  entries: readonly MenuEntry[];
  align?: 'start' | 'center' | 'end';
  label: string;
}

/** A menu that a button opens. */
export function Menu({ trigger, entries, align = 'start', label }: MenuProps) {
  return (
    <RadixDropdown.Root modal={false}>
      <RadixDropdown.Trigger asChild>{trigger}</RadixDropdown.Trigger>
      <RadixDropdown.Portal>
        <RadixDropdown.Content className="menu" aria-label={label} align={align} sideOffset={4} collisionPadding={8}>
          <Entries parts={RadixDropdown} entries={entries} />
        </RadixDropdown.Content>
      </RadixDropdown.Portal>
    </RadixDropdown.Root>
  );
}

interface ContextMenuProps {
  /** The area that is right-clicked (or has focus when the menu key is pressed): one element. */
  children: ReactElement;
  /** Entries for what was clicked; asked when the menu opens. Empty: no menu. */
  entriesFor(target: Element): readonly MenuEntry[];
  /** Name of the menu, where it depends on what was clicked by that. */
  label: string | ((target: Element) => string);
}

/** A menu at the pointer, made for the thing under it. */
export function ContextMenu({ children, entriesFor, label }: ContextMenuProps) {
  const [entries, setEntries] = useState<readonly MenuEntry[]>([]);
  const [name, setName] = useState('');
  /** What had the focus when it opened, and the area: what was chosen may have taken the first away. */
  const opener = useRef<{ readonly focused: Element | null; readonly area: HTMLElement } | null>(null);
  const keepFocus = (event: Event) => {
    if (opener.current?.focused?.isConnected !== false) return;
    event.preventDefault();
    opener.current.area.focus();
  };
  return (
    <RadixContext.Root modal={false}>
      <RadixContext.Trigger
        asChild
        onContextMenuCapture={(event) => {
          const found = event.target instanceof Element ? entriesFor(event.target) : [];
          opener.current = { focused: document.activeElement, area: event.currentTarget };
          setEntries(found);
          setName(typeof label === 'string' ? label : label(event.target as Element));
          if (found.length === 0) event.preventDefault();
        }}
      >
        {children}
      </RadixContext.Trigger>
      <RadixContext.Portal>
        <RadixContext.Content className="menu" aria-label={name} collisionPadding={8} onCloseAutoFocus={keepFocus}>
          <Entries parts={RadixContext} entries={entries} />
        </RadixContext.Content>
      </RadixContext.Portal>
    </RadixContext.Root>
  );
}
