import { ChevronDown } from 'lucide-react';
import { useContext, useState } from 'react';
import type { FieldValue } from '../../app/contracts/index.ts';
import { classes } from '../widgets/Button.tsx';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { TextInput } from '../widgets/Field.tsx';
import { Popover } from '../widgets/Popover.tsx';
import { Combobox } from './Combobox.tsx';
import {
  type Editor,
  type FieldInfo,
  findEntries,
  flagList,
  formatField,
  parseField,
  spacedHex,
  unnamedFlags,
} from './fields.ts';
import { InterfacesContext } from './interfaces.ts';
import type { FieldRow } from './rows.ts';

interface FieldInputProps {
  row: FieldRow;
  /** Ids of what is said about it. */
  describedBy?: string | undefined;
  onFocus(): void;
  onChange(value: FieldValue): void;
}

/** What no table describes is edited as bytes. */
const BYTES: FieldInfo = { name: '', type: 'binary', doc: '', enum: [], isFlags: false, hint: '' };

/** The input of a row, by its editor. Rows without a value of their own get none. */
export function FieldInput({ row, describedBy, onFocus, onChange }: FieldInputProps) {
  const { label, editor, value } = row;
  const info = row.info ?? BYTES;
  const wrong = row.problem?.severity === 'error';
  switch (editor) {
    case 'nest':
    case 'struct':
    case 'flag':
      return null;
    case 'flags':
      return <FlagsInput info={info} label={label} value={value} onFocus={onFocus} onChange={onChange} />;
    case 'enum': {
      const commit = (text: string) => onChange(parseField(info, editor, text).value);
      const find = (query: string) =>
        findEntries(info.enum, query).map((entry) => ({
          id: entry.name,
          label: entry.name,
          detail: String(entry.value),
          doc: entry.doc,
        }));
      const number = info.enum.find((entry) => entry.name === value)?.value;
      return (
        <Combobox
          mono
          label={label}
          text={formatField(info, value)}
          find={find}
          wrong={wrong}
          describedBy={describedBy}
          after={
            <>
              {number !== undefined && <span className="field-aside">{number}</span>}
              <ChevronDown size={12} aria-hidden />
            </>
          }
          onPick={commit}
          onText={commit}
          onFocus={onFocus}
        />
      );
    }
    case 'text':
      if (info.choices !== undefined && info.choices.length > 0) {
        const { choices } = info;
        return (
          <Combobox
            mono
            label={label}
            text={formatField(info, value)}
            find={(query) =>
              choices.filter((choice) => choice.includes(query)).map((choice) => ({ id: choice, label: choice }))
            }
            wrong={wrong}
            describedBy={describedBy}
            freeText
            after={<ChevronDown size={12} aria-hidden />}
            onPick={onChange}
            onText={onChange}
            onFocus={onFocus}
          />
        );
      }
  }
  const typed = { info, label, value, wrong, describedBy, onFocus, onChange };
  const isInterface = editor === 'integer' && info.hint === 'ifindex';
  return isInterface ? <InterfaceInput {...typed} /> : <TypedInput {...typed} editor={editor} />;
}

interface TypedInputProps {
  info: FieldInfo;
  editor: Editor;
  label: string;
  value: FieldValue | undefined;
  wrong: boolean;
  describedBy: string | undefined;
  onFocus(): void;
  onChange(value: FieldValue): void;
}

/** An interface by its name, or any other number. The message has the number, as the kernel wants it. */
function InterfaceInput(props: Omit<TypedInputProps, 'editor'>) {
  const { info, label, value, wrong, describedBy, onFocus, onChange } = props;
  const { all, refresh } = useContext(InterfacesContext);
  const text = formatField(info, value);
  const named = all.find(({ index }) => `${index}` === text);
  return (
    <Combobox
      mono
      label={label}
      text={text}
      find={(query) =>
        all
          .filter(({ index, name }) => `${name} ${index}`.toLowerCase().includes(query.toLowerCase()))
          .map(({ index, name }) => ({ id: `${index}`, label: name, detail: `${index}` }))
      }
      wrong={wrong}
      describedBy={describedBy}
      after={
        <>
          {named !== undefined && <span className="field-aside">{named.name}</span>}
          <ChevronDown size={12} aria-hidden />
        </>
      }
      onPick={(index) => onChange(Number(index))}
      onText={(typed) => {
        const meant = all.find(({ name }) => name === typed.trim());
        onChange(meant?.index ?? parseField(info, 'integer', typed).value);
      }}
      onFocus={() => {
        refresh();
        onFocus();
      }}
    />
  );
}

/** Text that is read while it is typed. What is typed stays as typed until the field is left. */
function TypedInput({ info, editor, label, value, wrong, describedBy, onFocus, onChange }: TypedInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const formatted = formatField(info, value);
  return (
    <TextInput
      mono
      aria-label={label}
      aria-invalid={wrong ? true : undefined}
      aria-describedby={describedBy}
      className={wrong ? 'bad' : undefined}
      value={typed ?? (editor === 'hex' ? spacedHex(formatted) : formatted)}
      placeholder={info.isComputed ? 'computed' : PLACEHOLDERS[editor]}
      onFocus={(event) => {
        event.target.select();
        onFocus();
      }}
      onBlur={() => setTyped(null)}
      onChange={(text) => {
        setTyped(text);
        onChange(parseField(info, editor, text).value);
      }}
    />
  );
}

const PLACEHOLDERS: { readonly [editor in Editor]?: string } = {
  address: 'zero',
  hex: 'no bytes',
  list: 'none',
  text: 'empty',
  json: '[]',
};

interface FlagsInputProps {
  info: FieldInfo;
  label: string;
  value: FieldValue | undefined;
  onFocus(): void;
  onChange(value: FieldValue): void;
}

/** A set of bits: every name with a box, and a field for bits that have no name. */
function FlagsInput({ info, label, value, onFocus, onChange }: FlagsInputProps) {
  const set = flagList(info, value);
  const rest = unnamedFlags(info, set);
  const toggle = (name: string) => onChange(set.includes(name) ? set.filter((item) => item !== name) : [...set, name]);
  const setRest = (text: string) => {
    const named = set.filter((item) => !rest.includes(item));
    onChange([...named, ...(parseField(info, 'flags', text).value as FieldValue[])]);
  };
  const text = formatField(info, set);
  return (
    <Popover
      label={label}
      className="flags-popover"
      trigger={
        <button
          type="button"
          className="field-button mono"
          aria-label={`${label}: ${text || 'none'}`}
          onFocus={onFocus}
        >
          <span className={classes('ellipsis grow', text === '' && 'hint')}>{text === '' ? 'none' : text}</span>
          <ChevronDown size={12} aria-hidden />
        </button>
      }
    >
      <div className="flags-list">
        {info.enum.map((entry) => (
          <div key={entry.name} className="flags-line" title={entry.doc}>
            <Checkbox
              checked={set.includes(entry.name)}
              onChange={() => toggle(entry.name)}
              label={<span className="mono">{entry.name}</span>}
            />
            <span className="mono hint">0x{entry.value.toString(16)}</span>
          </div>
        ))}
      </div>
      <div className="flags-rest">
        <span className="muted" aria-hidden>
          Other bits
        </span>
        <RestInput text={formatField({ ...info, hint: 'hex' }, rest)} onText={setRest} />
      </div>
    </Popover>
  );
}

function RestInput({ text, onText }: { text: string; onText(text: string): void }) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      mono
      aria-label="Other bits"
      value={typed ?? text}
      placeholder="none"
      onChange={setTyped}
      onBlur={() => {
        if (typed !== null) onText(typed);
        setTyped(null);
      }}
    />
  );
}
