import { Check, FilePlus2, Redo2, Undo2, X } from 'lucide-react';
import { type ClipboardEvent, type KeyboardEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { HostApi, MessageValue, NetnsInfo, SendReport, ShellApi } from '../../app/contracts/index.ts';
import { findProtocol } from '../../app/wire/index.ts';
import { classes, IconButton } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { AttributeForm } from './AttributeForm.tsx';
import { BytesPreview } from './BytesPreview.tsx';
import { ConfirmSend } from './ConfirmSend.tsx';
import { type CodeFormat, type CodeSource, exportCode, toHex } from './exports.ts';
import { hexDigits } from './fields.ts';
import { InterfacesContext, useInterfaces } from './interfaces.ts';
import { pathOfRange } from './locate.ts';
import { countAttributes } from './model.ts';
import { FlagChips, OperationPicker, SendOptionsForm } from './OptionsForm.tsx';
import { type SendWarning, sendWarning, unknownWarning } from './operations.ts';
import { pastedMessage } from './pasted.ts';
import { EMPTY_RAW, formValue, hexLines, RawEditor, type RawState } from './RawEditor.tsx';
import { ResultBar, type SendResult } from './ResultBar.tsx';
import { rawWarning } from './rawWarning.ts';
import { requestFileName, type SendOptions, savedRequest, sendRequest } from './requests.ts';
import { type FormRows, lackingIn } from './rows.ts';
import { SendBar, WarningBar } from './SendBar.tsx';
import { type SequenceControl, SequencePanel } from './SequencePanel.tsx';
import { StartPanel } from './StartPanel.tsx';
import { type Composer, type ComposeStart, useComposer } from './useComposer.ts';
import './compose.css';

export interface ComposeDrawerProps {
  host: HostApi;
  shell: ShellApi;
  initial: ComposeStart;
  netns: readonly NetnsInfo[];
  /** Another one when the host may know other operations than before. */
  knowledge?: unknown;
  /** The sequence that requests are added to. */
  sequence: SequenceControl;
  onClose(): void;
  /** The user wants to see a message of the capture. */
  onShowMessage(number: number): void;
}

const NO_REQUEST =
  'That is no request. It should be JSON that this drawer saved or copied; what tells how a message reads has no values to send: copy the message as hex.';

/** Whether the user asked not to be asked again; until the window closes. */
let confirmed = false;

/** What was sent last, and what came of it. The message is kept to know whether the form still shows what was sent. */
interface Sent {
  readonly message: MessageValue | null;
  /** Of which draft: what came of another one is no longer shown. */
  readonly revision: number;
  readonly result: SendResult;
}

/** Writes a message, shows its bytes, sends it, shows the answer. */
export function ComposeDrawer(props: ComposeDrawerProps) {
  const { host, shell, initial, netns, knowledge, sequence, onClose, onShowMessage } = props;
  const composer = useComposer(host, initial, knowledge);
  const { operations, draft, form, encoded, bytes, options } = composer;
  const { message, revision } = draft;
  const interfaces = useInterfaces(host, options.netns);
  const [raw, setRaw] = useState<RawState | null>(null);
  const [sent, setSent] = useState<Sent | null>(null);
  const [sending, setSending] = useState(false);
  const [asking, setAsking] = useState<SendWarning | null>(null);
  const [notice, setNotice] = useState('');
  const [inSequence, setInSequence] = useState(initial.kind === 'sequence');
  /** Which request of the sequence is being edited. */
  const [editing, setEditing] = useState<number | null>(null);
  const drawer = useRef<HTMLElement>(null);
  useEffect(() => {
    setInSequence(initial.kind === 'sequence');
    if (initial.kind !== 'sequence') setEditing(null);
  }, [initial]);
  // What was asked for is shown in the form, whatever the drawer shows when it is asked.
  useEffect(() => {
    if (initial.kind === 'message') setRaw(null);
  }, [initial]);

  const tree = encoded?.tree ?? [];
  const place = netns.find(({ path, name }) => (options.netns === '' ? name === '' : path === options.netns));
  const operation = draft.form?.operation ?? null;
  const formWarning =
    message !== null && operation === null ? unknownWarning(message.protocol, place) : sendWarning(operation, place);
  const warning = raw === null ? formWarning : rawWarning(raw, operations ?? [], place);
  const blocked = blockedBy(raw, message, form);

  const send = async () => {
    const content = raw === null ? message && { message } : { bytes: toBase64(hexDigits(raw.text)) };
    if (content === null) return;
    const protocol = raw?.protocol ?? message?.protocol ?? '';
    setAsking(null);
    setSending(true);
    try {
      const answer = await host.send(sendRequest(content, protocol, options));
      const result: SendResult = answer.ok
        ? { kind: 'answer', report: answer.value }
        : { kind: 'failure', failure: answer.error };
      setSent({ message: raw === null ? message : null, revision, result });
      const path =
        answer.ok && answer.value.range !== null && raw === null ? pathOfRange(tree, answer.value.range) : null;
      if (path !== null) composer.reveal(path);
    } catch (error) {
      setSent({ message, revision, result: { kind: 'failure', failure: { message: String(error) } } });
    } finally {
      setSending(false);
    }
  };
  const ask = () => {
    if (blocked !== '' || sending || asking !== null || inSequence) return;
    if (warning?.ownHost && !confirmed) setAsking(warning);
    else void send();
  };
  const press = (event: KeyboardEvent) => {
    const act = event.key === 'Enter' && event.ctrlKey ? ask : travelKey(event, composer);
    if (act === null || inSequence || (raw !== null && act !== ask)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const startOver = () => {
    setRaw(null);
    setEditing(null);
    composer.clear();
    drawer.current?.querySelector<HTMLElement>('[data-pane-focus]')?.focus();
  };

  const addToSequence = () => {
    if (message === null) return;
    const item = { kind: 'message', message, ...(draft.from === null ? {} : { from: draft.from }) } as const;
    const { items } = sequence;
    sequence.setItems(editing === null ? [...items, item] : items.with(editing, item));
    setEditing(null);
    setInSequence(true);
  };
  const editStep = async (position: number) => {
    const item = sequence.items[position];
    if (item === undefined) return;
    const value = item.kind === 'message' ? item.message : await host.messageValue(item.number);
    if ('ok' in value && !value.ok) {
      setNotice([value.error.message, value.error.hint].filter(Boolean).join(' '));
      return;
    }
    await composer.load(
      'ok' in value ? { ...value.value, seq: 0, portid: 0 } : value,
      item.kind === 'message' ? (item.from ?? null) : item.number,
    );
    setNotice('');
    setRaw(null);
    setEditing(position);
    setInSequence(false);
  };

  const source = codeSource(raw, message, operation?.name ?? null, bytes, tree, options);
  const copy = async (format: CodeFormat) => {
    if (source === null) return;
    await shell.copyText(exportCode(source, format));
    setNotice('Copied.');
  };
  const openText = async (text: string) => {
    const good = await composer.open(text);
    setNotice(good ? '' : NO_REQUEST);
    if (good) setRaw(null);
  };
  const paste = (event: ClipboardEvent) => {
    // Fields take what is pasted as theirs; what names an operation is no request.
    const { target } = event;
    const isField = target instanceof Element && target.closest('input, textarea, [role="dialog"]') !== null;
    const isOperation = target instanceof Element && target.matches('[data-testid="compose-operation"]');
    const text = event.clipboardData.getData('text/plain');
    const digits = raw !== null || (isField && !isOperation) ? '' : pastedMessage(text);
    if (digits === '' && (raw !== null || (isField && !isOperation) || !text.trimStart().startsWith('{'))) return;
    event.preventDefault();
    event.stopPropagation();
    if (digits === '') void openText(text);
    else setRaw({ ...EMPTY_RAW, protocol: message?.protocol ?? 'NETLINK_ROUTE', text: hexLines(digits) });
  };
  const changeRaw = useCallback((change: Partial<RawState>) => {
    setRaw((before) => before && { ...before, ...change });
  }, []);
  const toHexMode = () => {
    const protocol = message?.protocol ?? 'NETLINK_ROUTE';
    setRaw({ ...EMPTY_RAW, protocol, text: hexLines(toHex(bytes)) });
  };
  const toFormMode = async () => {
    if (raw === null) return;
    const value = formValue(raw);
    if (value !== null && edited) await composer.load(value, draft.from);
    setRaw(null);
  };
  // Edited bytes can only come back to the form as values, once they are decoded and a spec covers them.
  const edited = raw !== null && hexDigits(raw.text) !== toHex(bytes);
  const formBlocked = edited && formValue(raw) === null;
  const formless = formBlocked && raw.decoded !== null;

  // What the answer points at means something only while the form still shows what was sent.
  const report = sent?.result.kind === 'answer' && sent.message === message && raw === null ? sent.result.report : null;
  const marked = report?.range ?? null;
  const offending = marked === null ? null : pathOfRange(tree, marked);
  const wanted = report?.outcome === 'error' ? lackingIn(form.rows, offending ?? [], report.attribute) : null;

  return (
    <aside
      ref={drawer}
      className="compose"
      aria-label="Compose"
      data-pane="compose"
      data-testid="compose"
      onKeyDown={press}
      onPasteCapture={paste}
    >
      <header className="compose-head">
        <h2 className="strong">Compose</h2>
        {draft.from !== null && (
          <span className="muted">
            from{' '}
            <button
              type="button"
              className="link mono"
              onClick={() => draft.from !== null && onShowMessage(draft.from)}
            >
              #{draft.from.toLocaleString('en-US')}
            </button>
          </span>
        )}
        <span className="grow" />
        <fieldset className="segments" aria-label="Edit as">
          <Segment
            name="Form"
            on={raw === null && !inSequence}
            disabled={formBlocked}
            onPick={() => {
              setInSequence(false);
              if (raw !== null) void toFormMode();
            }}
          />
          <Segment
            name="Hex"
            on={raw !== null && !inSequence}
            onPick={() => {
              setInSequence(false);
              if (raw === null) toHexMode();
            }}
          />
          <Segment name="Sequence" count={sequence.items.length} on={inSequence} onPick={() => setInSequence(true)} />
        </fieldset>
        <IconButton
          label="Start over"
          icon={FilePlus2}
          size="sm"
          disabled={inSequence || (raw === null && message === null)}
          onClick={startOver}
        />
        <IconButton label="Close" icon={X} onClick={onClose} />
      </header>

      {inSequence ? (
        <>
          {notice !== '' && (
            <p className="compose-notice muted" role="status">
              {notice}
            </p>
          )}
          <SequencePanel
            host={host}
            control={sequence}
            netns={netns}
            place={options.netns}
            onPlace={(path) => composer.setOptions({ netns: path })}
            confirmed={confirmed}
            onConfirmed={() => {
              confirmed = true;
            }}
            onShowMessage={onShowMessage}
            onEdit={(position) => void editStep(position)}
          />
        </>
      ) : (
        <>
          <div className="compose-options">
            {raw === null && (
              <div className="compose-field">
                <span className="compose-label">Operation</span>
                <OperationPicker
                  operations={operations ?? []}
                  current={operation}
                  otherwise={message === null ? '' : titleOf(message)}
                  onChoose={composer.chooseOperation}
                />
              </div>
            )}
            {raw === null && message !== null && (
              <div className="compose-field">
                <span className="compose-label">Flags</span>
                <FlagChips message={message} form={draft.form} onChange={composer.setMessage} />
              </div>
            )}
            <SendOptionsForm
              options={options}
              netns={netns}
              message={raw === null ? message : null}
              onOptions={composer.setOptions}
              onMessage={composer.setMessage}
            />
          </div>

          {raw !== null ? (
            <>
              <RawEditor host={host} raw={raw} onChange={changeRaw} />
              {formless && (
                <p className="compose-notice muted">
                  No spec covers these bytes, so the form cannot show them.{' '}
                  <button type="button" className="link" onClick={() => setRaw(null)}>
                    Discard them
                  </button>
                </p>
              )}
            </>
          ) : message === null ? (
            <StartPanel operations={operations} failure={composer.failure} onChoose={composer.chooseOperation} />
          ) : (
            <>
              <div className="compose-section">
                <span className="strong">Attributes</span>
                <span className="muted">{countAttributes(message.attributes)} set</span>
                <span className="grow" />
                <IconButton
                  label="Undo"
                  keys="Ctrl+Z"
                  icon={Undo2}
                  size="sm"
                  disabled={composer.undo === null}
                  onClick={() => composer.undo?.()}
                />
                <IconButton
                  label="Redo"
                  keys="Ctrl+Shift+Z"
                  icon={Redo2}
                  size="sm"
                  disabled={composer.redo === null}
                  onClick={() => composer.redo?.()}
                />
                <Validity
                  form={form}
                  settled={encoded !== null}
                  others={otherProblems(form, encoded?.problems.length ?? 0)}
                />
              </div>
              <InterfacesContext value={interfaces}>
                <AttributeForm
                  key={draft.revision}
                  rows={form.rows}
                  focus={draft.focus}
                  focusRequest={composer.focusRequest}
                  offending={offending && report && { path: offending, words: objectionOf(report) }}
                  actions={composer.actions}
                />
              </InterfacesContext>
              <BytesPreview
                bytes={bytes}
                tree={tree}
                focus={draft.focus}
                marked={marked}
                onSelect={composer.show}
                onActivate={composer.reveal}
              />
            </>
          )}

          <div className="compose-foot">
            {warning !== null && (
              <WarningBar
                warning={warning}
                elsewhere={netns.find(({ name }) => name !== '')}
                onElsewhere={({ path }) => composer.setOptions({ netns: path })}
              />
            )}
            {notice !== '' && (
              <p className="compose-notice muted" role="status">
                {notice}
              </p>
            )}
            <SendBar
              target={place === undefined || place.name === '' ? 'host' : place.name}
              danger={warning !== null}
              blocked={blocked}
              sending={sending}
              formats={
                source === null
                  ? []
                  : source.message === null
                    ? ['command', 'c', 'python', 'hex']
                    : ['command', 'json', 'c', 'python', 'hex']
              }
              onSend={ask}
              onCopy={copy}
              onSave={
                raw === null && message !== null
                  ? () => saveFile(requestFileName(message), savedRequest(message, options))
                  : null
              }
              onOpen={openText}
              onAdd={raw === null && message !== null && form.firstError === null ? addToSequence : null}
              addLabel={editing === null ? 'Add to sequence' : `Update request ${editing + 1}`}
            />
            {sent !== null && sent.revision === revision && (
              <ResultBar
                result={sent.result}
                onShowMessage={onShowMessage}
                onShowAttribute={offending === null ? null : () => composer.reveal(offending)}
                onAddAttribute={wanted === null ? null : () => composer.actions.add(offending ?? [], wanted)}
              />
            )}
          </div>
        </>
      )}
      <ConfirmSend
        warning={asking}
        onCancel={() => setAsking(null)}
        onConfirm={(always) => {
          confirmed ||= always;
          void send();
        }}
      />
    </aside>
  );
}

/** "ERANGE, Attribute failed policy validation". */
function objectionOf({ errno, message }: SendReport): string {
  return [errno, message].filter(Boolean).join(', ');
}

/** What Ctrl+Z and its kin mean; null: nothing, or what is being searched is to be edited. */
function travelKey(event: KeyboardEvent, { undo, redo }: Composer): (() => void) | null {
  if (!event.ctrlKey || event.altKey) return null;
  if (event.target instanceof Element && event.target.getAttribute('aria-expanded') === 'true') return null;
  const key = event.key.toLowerCase();
  if (key === 'y') return redo;
  return key === 'z' ? (event.shiftKey ? redo : undo) : null;
}

interface SegmentProps {
  name: string;
  /** What it holds; 0 is not told. */
  count?: number;
  on: boolean;
  disabled?: boolean;
  onPick(): void;
}

function Segment({ name, count = 0, on, disabled, onPick }: SegmentProps) {
  return (
    <button
      type="button"
      aria-pressed={on}
      disabled={disabled}
      className={classes('segment', on && 'on')}
      data-testid={`compose-mode-${name.toLowerCase()}`}
      onClick={() => !on && onPick()}
    >
      {name}
      {count > 0 && <span className="segment-count">{count}</span>}
    </button>
  );
}

/** Whether the message can be sent as it stands. */
function Validity({ form, settled, others }: { form: FormRows; settled: boolean; others: number }) {
  const told = form.rows.filter((row) => row.kind !== 'add' && row.problem !== null).length;
  // What is wrong in a closed row counts, too: nothing can be sent with it.
  const count = Math.max(told + others, form.firstError === null ? 0 : 1);
  if (!settled) return null;
  if (count === 0) {
    return (
      <span className="compose-validity muted">
        <Check size={14} strokeWidth={1.5} className="tone-ok" aria-hidden /> no problems
      </span>
    );
  }
  return (
    <span className="compose-validity" data-testid="compose-problems">
      <SeverityIcon severity={form.firstError === null ? 'warn' : 'error'} size={12} />
      {count} problem{count === 1 ? '' : 's'}
    </span>
  );
}

/** Problems the encoder has with what no row shows (flags, the type, rows that are closed). */
function otherProblems(form: FormRows, all: number): number {
  const shown = form.rows.filter((row) => row.kind !== 'add' && row.problem !== null).length;
  return Math.max(0, all - shown);
}

function blockedBy(raw: RawState | null, message: MessageValue | null, form: FormRows): string {
  if (raw !== null) {
    if (raw.problem !== '') return raw.problem;
    if (hexDigits(raw.text) === '') return 'There are no bytes yet.';
    // What the bytes do must be known before they go, or nobody is warned of it.
    return raw.decoded === null ? 'The bytes are being read.' : '';
  }
  if (message === null) return 'Choose an operation first.';
  const { firstError } = form;
  return firstError === null ? '' : `${firstError.label}: ${firstError.problem?.text}`;
}

function codeSource(
  raw: RawState | null,
  message: MessageValue | null,
  operation: string | null,
  bytes: Uint8Array,
  tree: CodeSource['tree'],
  { destPortid, groupMask, netns }: SendOptions,
): CodeSource | null {
  if (raw !== null) {
    const typed = raw.problem === '' ? bytesOf(hexDigits(raw.text)) : null;
    if (typed === null || typed.length === 0) return null;
    const [only, ...others] = raw.decoded?.messages ?? [];
    const meaning = others.length === 0 ? (only?.tree ?? []) : [];
    const { protocol } = raw;
    const target = { protocol, destPortid, groupMask, netns };
    return { bytes: typed, tree: meaning, message: null, title: protocol, operation: null, ...target };
  }
  if (message === null || bytes.length === 0) return null;
  const { protocol } = message;
  return { bytes, tree, message, title: titleOf(message), operation, protocol, destPortid, groupMask, netns };
}

/** The message's own name: RTM_NEWLINK, CTRL_CMD_GETFAMILY, or its number. */
function titleOf(message: MessageValue): string {
  return String(message.genl?.cmd ?? message.type ?? findProtocol(message.protocol)?.title ?? message.protocol);
}

function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toBase64(digits: string): string {
  return btoa(String.fromCharCode(...bytesOf(digits)));
}

/** Hands a text to the user as a file: the browser's download, or the save dialog of the desktop. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
