import { useEffect, useMemo, useState } from 'react';
import type { ByteRange, DecodeReport, FieldNode, HostApi, MessageValue } from '../../app/contracts/index.ts';
import { PROTOCOLS } from '../../app/wire/index.ts';
import { createLatest } from '../filter/latest.ts';
import { Select } from '../widgets/Field.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { hexDigits, spacedHex } from './fields.ts';
import { pastedHex } from './pasted.ts';

/** Bytes as they are typed, and what the host reads in them. */
export interface RawState {
  readonly protocol: string;
  readonly text: string;
  /** Null while it is awaited. */
  readonly decoded: DecodeReport | null;
  /** Why the text is no bytes, '' when it is. */
  readonly problem: string;
  /** Why the bytes are no message, '' when they are. They can be sent all the same. */
  readonly note: string;
}

/** No bytes yet. */
export const EMPTY_RAW: RawState = { protocol: 'NETLINK_ROUTE', text: '', decoded: null, problem: '', note: '' };

/** Milliseconds the text must rest before it is decoded. */
const DECODE_DELAY = 120;
/** Most lines of the tree that are drawn here; the message list shows the rest after sending. */
const TREE_LINES = 400;

/** The values of the only message in the bytes, to go on with in the form; null where the form cannot have them. */
export function formValue(raw: RawState): MessageValue | null {
  const [only, ...others] = raw.decoded?.messages ?? [];
  return others.length === 0 ? (only?.value ?? null) : null;
}

interface RawEditorProps {
  host: Pick<HostApi, 'decodeHex'>;
  raw: RawState;
  /** Merges a change into the newest state; must stay the same function. */
  onChange(change: Partial<RawState>): void;
}

/** A whole datagram in hexadecimal, with what it means beside it. */
export function RawEditor({ host, raw, onChange }: RawEditorProps) {
  const { protocol, text, decoded, problem, note } = raw;
  const [hovered, setHovered] = useState<ByteRange | null>(null);
  const decoder = useMemo(
    () =>
      createLatest(
        (input: { protocol: string; digits: string }) => host.decodeHex(input.protocol, input.digits),
        (answer) =>
          onChange(
            answer.ok ? { decoded: answer.value, note: '' } : { decoded: { messages: [] }, note: answer.error.message },
          ),
        DECODE_DELAY,
      ),
    [host, onChange],
  );
  useEffect(() => () => decoder.cancel(), [decoder]);
  useEffect(() => {
    const digits = hexDigits(text);
    if (/[^0-9a-f]/.test(digits)) onChange({ decoded: null, problem: 'Only hexadecimal digits make bytes.' });
    else if (digits.length % 2 !== 0) onChange({ decoded: null, problem: 'The last byte lacks a digit.' });
    else if (digits !== '') decoder.ask({ protocol, digits });
  }, [text, protocol, decoder, onChange]);

  const digits = hexDigits(text);
  const hint = hovered === null ? '' : spacedHex(digits.slice(hovered.start * 2, hovered.end * 2));
  return (
    <div className="raw-editor">
      <div className="compose-field">
        <span className="compose-label">Protocol</span>
        <Select
          mono
          label="Protocol"
          value={protocol}
          options={PROTOCOLS.map(({ name }) => ({ value: name, label: name }))}
          onChange={(next) => onChange({ protocol: next, decoded: null, note: '' })}
        />
      </div>
      <textarea
        className="raw-text mono"
        aria-label="Bytes in hexadecimal"
        data-pane-focus
        data-testid="compose-hex"
        spellCheck={false}
        value={text}
        placeholder="1c 00 00 00 12 00 01 03 …"
        onChange={(event) => onChange({ text: event.target.value, decoded: null, problem: '', note: '' })}
        onPaste={(event) => {
          const pasted = pastedHex(event.clipboardData.getData('text/plain'));
          if (pasted === null) return;
          event.preventDefault();
          // As typed, so that it can be taken back as what is typed can be.
          document.execCommand('insertText', false, hexLines(pasted));
        }}
        onBlur={() => problem === '' && onChange({ text: hexLines(digits) })}
      />
      <div className="raw-status">
        {problem !== '' ? (
          <>
            <SeverityIcon severity="error" size={12} />
            <span className="tone-error">{problem}</span>
          </>
        ) : (
          <span className="muted">
            {digits.length / 2} bytes{note === '' ? '' : `. ${note}`}
            {hint === '' ? '' : ', '}
            <span className="mono">{hint.length > 72 ? `${hint.slice(0, 72)}…` : hint}</span>
          </span>
        )}
      </div>
      <section className="raw-tree" aria-label="Meaning" onPointerLeave={() => setHovered(null)}>
        {(decoded?.messages ?? []).map((message, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: messages of a datagram have no other identity
          <section key={i}>
            <p className="raw-summary">{message.summary}</p>
            {message.notes.map((note) => (
              <p key={`${note.code}${note.text}`} className="raw-note">
                <SeverityIcon severity={note.severity} size={12} /> {note.text}
              </p>
            ))}
            {treeLines(message.tree).map(({ node, depth }, line) => (
              <div
                // biome-ignore lint/suspicious/noArrayIndexKey: lines are made anew with every decoding
                key={line}
                className="raw-line"
                style={{ paddingLeft: depth * 15 }}
                onPointerEnter={() => setHovered(node.range)}
              >
                <span className="mono muted">{node.name}</span> <span className="ellipsis">{node.text}</span>
              </div>
            ))}
          </section>
        ))}
      </section>
    </div>
  );
}

/** Sixteen bytes a line. */
export function hexLines(digits: string): string {
  return (digits.match(/.{1,32}/g) ?? []).map(spacedHex).join('\n');
}

function treeLines(tree: readonly FieldNode[]): { node: FieldNode; depth: number }[] {
  const lines: { node: FieldNode; depth: number }[] = [];
  const visit = (nodes: readonly FieldNode[], depth: number) => {
    for (const node of nodes) {
      if (lines.length >= TREE_LINES) return;
      lines.push({ node, depth });
      visit(node.children, depth + 1);
    }
  };
  visit(tree, 0);
  return lines;
}
