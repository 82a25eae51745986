import { ChevronDown, ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import type { MessageValue, NetnsInfo, OperationForm, OperationInfo } from '../../app/contracts/index.ts';
import { findProtocol } from '../../app/wire/index.ts';
import { classes } from '../widgets/Button.tsx';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Select, TextInput } from '../widgets/Field.tsx';
import { Combobox, type ComboOption } from './Combobox.tsx';
import { type FieldInfo, parseField } from './fields.ts';
import { toggleFlag } from './model.ts';
import { findOperations, shortFlag } from './operations.ts';
import type { SendOptions } from './requests.ts';

interface OperationPickerProps {
  operations: readonly OperationInfo[];
  current: OperationInfo | null;
  /** What stands there when the message is none that a spec has. */
  otherwise: string;
  onChoose(id: string): void;
}

/** The message to send, by name, out of all that the specs know. */
export function OperationPicker({ operations, current, otherwise, onChoose }: OperationPickerProps) {
  const code = current === null ? 'OTHER' : (findProtocol(current.protocol)?.code ?? 'OTHER');
  const find = (query: string): ComboOption[] =>
    findOperations(operations, query).flatMap((group) =>
      group.operations.map(({ id, name, mode, doc }) => ({ id, label: name, detail: mode, doc, group: group.family })),
    );
  return (
    <Combobox
      label="Operation"
      testId="compose-operation"
      paneFocus
      mono
      width="wide"
      text={current === null ? otherwise : current.name}
      placeholder="Search operations: newlink, getroute dump, …"
      find={find}
      onPick={onChoose}
      before={current !== null && <span className={`family-code family-${code}`}>{code}</span>}
      after={
        <>
          {current !== null && <span className="field-aside">{current.mode}</span>}
          <ChevronDown size={12} aria-hidden />
        </>
      }
    />
  );
}

interface FlagChipsProps {
  message: MessageValue;
  form: OperationForm | null;
  onChange(message: MessageValue): void;
}

/** Flags that are offered when no operation says which make sense. */
const COMMON_FLAGS = ['NLM_F_REQUEST', 'NLM_F_ACK', 'NLM_F_ECHO', 'NLM_F_DUMP'];

/** nlmsg_flags as chips: those that make sense here, and whatever else is set. */
export function FlagChips({ message, form, onChange }: FlagChipsProps) {
  const offered = form?.flags ?? COMMON_FLAGS.map((name) => ({ name, doc: '' }));
  const others = message.flags.filter((flag) => !offered.some(({ name }) => name === flag));
  const removeOther = (flag: string | number) =>
    onChange({ ...message, flags: message.flags.filter((other) => other !== flag) });
  return (
    <fieldset className="chips">
      <legend className="sr-only">Flags</legend>
      {offered.map(({ name, doc }) => (
        <button
          key={name}
          type="button"
          className={classes('chip mono', message.flags.includes(name) && 'on')}
          aria-pressed={message.flags.includes(name)}
          aria-label={name}
          data-testid={`compose-flag-${name}`}
          title={doc === '' ? name : `${name}: ${doc}`}
          onClick={() => onChange(toggleFlag(message, name))}
        >
          {shortFlag(name)}
        </button>
      ))}
      {others.map((flag) => (
        <button
          key={flag}
          type="button"
          className="chip on mono"
          aria-pressed
          title={`${flag}: not one this operation is known to heed`}
          onClick={() => removeOther(flag)}
        >
          {typeof flag === 'number' ? `0x${flag.toString(16)}` : shortFlag(flag)}
        </button>
      ))}
    </fieldset>
  );
}

interface SendOptionsFormProps {
  options: SendOptions;
  netns: readonly NetnsInfo[];
  message: MessageValue | null;
  onOptions(change: Partial<SendOptions>): void;
  onMessage(message: MessageValue): void;
}

/** Where the request goes and how: namespace, socket options, and behind a disclosure the addresses and numbers. */
export function SendOptionsForm({ options, netns, message, onOptions, onMessage }: SendOptionsFormProps) {
  const [advanced, setAdvanced] = useState(false);
  const places = netns.length === 0 ? [{ name: '', path: '' }] : netns;
  return (
    <>
      <div className="compose-field">
        <span className="compose-label">Namespace</span>
        <div className="compose-target">
          <Select
            mono
            label="Namespace"
            value={options.netns}
            testId="compose-netns"
            options={places.map(({ name, path }) => ({
              value: name === '' ? '' : path,
              label: name === '' ? 'host' : name,
            }))}
            onChange={(path) => onOptions({ netns: path })}
          />
          <Checkbox
            checked={options.extAck}
            label={<span className="mono">ext_ack</span>}
            ariaLabel="NETLINK_EXT_ACK: the kernel explains errors"
            testId="compose-ext-ack"
            onChange={(extAck) => onOptions({ extAck })}
          />
          <Checkbox
            checked={options.strictCheck}
            label={<span className="mono">strict</span>}
            ariaLabel="NETLINK_GET_STRICT_CHK: the kernel checks requests strictly"
            testId="compose-strict"
            onChange={(strictCheck) => onOptions({ strictCheck })}
          />
          <button
            type="button"
            className="compose-disclosure"
            aria-expanded={advanced}
            onClick={() => setAdvanced(!advanced)}
          >
            {advanced ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />}
            Advanced
          </button>
        </div>
      </div>
      {advanced && (
        <div className="compose-field top">
          <span className="compose-label">Numbers</span>
          <div className="compose-numbers">
            <NumberField
              label="to portid"
              title="0 is the kernel"
              value={options.destPortid}
              onChange={(destPortid) => onOptions({ destPortid })}
            />
            <NumberField
              label="to groups"
              title="mask: bit 0 is group 1"
              hex
              value={options.groupMask}
              onChange={(groupMask) => onOptions({ groupMask })}
            />
            <NumberField
              label="wait, ms"
              title="how long to wait for an answer"
              value={options.timeout}
              onChange={(timeout) => onOptions({ timeout })}
            />
            {message !== null && (
              <>
                <NumberField
                  label="nlmsg_seq"
                  title="0: the next free one"
                  value={message.seq}
                  onChange={(seq) => onMessage({ ...message, seq })}
                />
                <NumberField
                  label="nlmsg_pid"
                  title="0: what most programs send"
                  value={message.portid}
                  onChange={(portid) => onMessage({ ...message, portid })}
                />
                {message.genl !== undefined && (
                  <NumberField
                    label="version"
                    title="genlmsghdr.version"
                    value={message.genl.version}
                    onChange={(version) =>
                      message.genl && onMessage({ ...message, genl: { ...message.genl, version } })
                    }
                  />
                )}
              </>
            )}
          </div>
        </div>
      )}
    </>
  );
}

interface NumberFieldProps {
  label: string;
  title: string;
  value: number;
  hex?: boolean;
  onChange(value: number): void;
}

const U32: FieldInfo = { name: '', type: 'u32', doc: '', enum: [], isFlags: false, hint: '' };

/** An unsigned 32-bit number; what is no number is marked and changes nothing. */
function NumberField({ label, title, value, hex, onChange }: NumberFieldProps) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const problem = typed === null ? null : parseField(U32, 'integer', typed).problem;
  return (
    <div className="compose-number" title={title}>
      <label htmlFor={id} className="muted">
        {label}
      </label>
      <TextInput
        id={id}
        mono
        value={typed ?? (hex ? `0x${value.toString(16)}` : String(value))}
        className={problem === null ? undefined : 'bad'}
        aria-invalid={problem !== null}
        onBlur={() => setTyped(null)}
        onChange={(text) => {
          setTyped(text);
          const parsed = parseField(U32, 'integer', text);
          if (parsed.problem === null) onChange(Number(parsed.value));
        }}
      />
    </div>
  );
}
