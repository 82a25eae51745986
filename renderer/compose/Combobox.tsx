import { Popover as Radix } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { classes } from '../widgets/Button.tsx';

/** One line of the list. */
export interface ComboOption {
  readonly id: string;
  readonly label: string;
  /** Muted, behind the label: a number, a mode. */
  readonly detail?: string;
  readonly doc?: string;
  /** Heading above the first option of a group. */
  readonly group?: string;
}

interface ComboboxProps {
  /** What stands in the field while it is not searched. */
  text: string;
  /** Options for what is typed, best first. With '' all of them. */
  find(query: string): readonly ComboOption[];
  onPick(id: string): void;
  /** Text that is no option was typed and left, or Enter was pressed on it. Without this, only options count. */
  onText?(text: string): void;
  /** Any text is as good as an option: Enter takes what is typed, unless the arrows went to an option. */
  freeText?: boolean;
  onFocus?(): void;
  label: string;
  placeholder?: string;
  before?: ReactNode;
  after?: ReactNode;
  mono?: boolean;
  wrong?: boolean;
  /** Ids of what is said about what stands in it. */
  describedBy?: string | undefined;
  width?: 'field' | 'wide';
  className?: string;
  testId?: string;
  dataName?: string;
  /** It has the focus where the keyboard goes to the pane that it is in. */
  paneFocus?: boolean;
}

/** A number that is typed out. */
const WHOLE = /^\s*[+-]?(0x[\da-f]+|\d+)\s*$/i;

/** Options drawn at once; the rest is a matter of typing one more letter. */
const SHOWN = 200;

/** A field with a searchable list under it. The keyboard stays in the field; Enter takes the marked option. */
export function Combobox(props: ComboboxProps) {
  const { text, find, onPick, onText, label, placeholder, before, after, mono, wrong, className } = props;
  const [query, setQuery] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const [walked, setWalked] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();
  const found = open ? find(query ?? '') : [];
  const options = found.slice(0, SHOWN);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another option has become the active one
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, open]);

  const close = () => {
    setOpen(false);
    setQuery(null);
    setActive(0);
    setWalked(false);
  };
  const pick = (option: ComboOption) => {
    close();
    onPick(option.id);
  };
  const leave = () => {
    if (query !== null && query !== text && onText !== undefined) onText(query);
    close();
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        event.preventDefault();
        const by = event.key === 'ArrowDown' ? 1 : -1;
        setWalked(true);
        if (open) setActive((at) => (at + by + options.length) % Math.max(1, options.length));
        else setOpen(true);
        break;
      }
      case 'Enter': {
        event.preventDefault();
        const option = open ? options[active] : undefined;
        // A number is meant as typed, even where it is part of an option's name or number.
        const literal = onText !== undefined && query !== null && !walked && (props.freeText || WHOLE.test(query));
        if (option !== undefined && !literal) pick(option);
        else if (open) leave();
        else setOpen(true);
        break;
      }
      case 'Escape':
        if (!open) return;
        event.stopPropagation();
        close();
        break;
    }
  };

  return (
    <Radix.Root open={open && (options.length > 0 || onText === undefined)}>
      <Radix.Anchor asChild>
        <span className={classes('combobox text-input', mono && 'mono', wrong && 'bad', className)}>
          {before}
          <input
            role="combobox"
            aria-label={label}
            aria-expanded={open}
            aria-controls={`${id}-list`}
            aria-activedescendant={open && options[active] ? `${id}-${active}` : undefined}
            aria-invalid={wrong ? true : undefined}
            aria-describedby={props.describedBy}
            data-testid={props.testId}
            data-name={props.dataName}
            data-pane-focus={props.paneFocus || undefined}
            value={query ?? text}
            placeholder={placeholder}
            spellCheck={false}
            autoComplete="off"
            onFocus={(event) => {
              event.target.select();
              props.onFocus?.();
            }}
            onPointerDown={() => setOpen(true)}
            onChange={(event) => {
              setQuery(event.target.value);
              setActive(0);
              setOpen(true);
            }}
            onKeyDown={press}
            onBlur={leave}
          />
          {after}
        </span>
      </Radix.Anchor>
      <Radix.Portal>
        <Radix.Content
          ref={list}
          id={`${id}-list`}
          role="listbox"
          aria-label={label}
          className={classes('combobox-list', props.width === 'wide' && 'wide')}
          align="start"
          sideOffset={3}
          collisionPadding={8}
          onOpenAutoFocus={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => event.preventDefault()}
          onPointerDown={(event) => event.preventDefault()}
        >
          {options.length === 0 && <p className="combobox-note">Nothing is called so.</p>}
          {options.map((option, i) => (
            <OptionLine
              key={option.id}
              option={option}
              id={`${id}-${i}`}
              active={i === active}
              heading={option.group !== options[i - 1]?.group ? option.group : undefined}
              onPick={() => pick(option)}
            />
          ))}
          {found.length > options.length && (
            <p className="combobox-note">{found.length - options.length} more: type to narrow them down</p>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface OptionLineProps {
  option: ComboOption;
  id: string;
  active: boolean;
  heading: string | undefined;
  onPick(): void;
}

function OptionLine({ option, id, active, heading, onPick }: OptionLineProps) {
  return (
    <>
      {heading !== undefined && (
        <div className="combobox-group" role="presentation">
          {heading}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys */}
      <div role="option" id={id} aria-selected={active} className="combobox-option" onClick={onPick}>
        <span className="mono combobox-option-label">{option.label}</span>
        {option.detail !== undefined && <span className="mono muted">{option.detail}</span>}
        {option.doc !== undefined && option.doc !== '' && (
          <span className="muted combobox-option-doc">{option.doc}</span>
        )}
      </div>
    </>
  );
}
