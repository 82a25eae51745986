import { type ReactNode, useEffect, useState } from 'react';
import type { CompletionOption, FieldNode } from '../../app/contracts/index.ts';
import { applyClause, clauseOf } from '../actions/filter.ts';
import { copyText } from '../actions/message.ts';
import { count } from '../format/format.ts';
import { useApp } from '../stores/app.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

/** What is known of a field: what it is for, how it is written, how filters ask for it, what values it has names for. */
export function FieldDialog({ node, onClose }: { node: FieldNode; onClose(): void }) {
  const app = useApp();
  const { name, type, doc, note, text, filter, range, payload, decodedAs } = node;
  const values = useValues(filter);
  const clause = clauseOf(node);
  const header = payload.start - range.start;
  const length = payload.end - payload.start;
  return (
    <Dialog
      open
      onClose={onClose}
      title={name}
      description={doc}
      testId="field"
      actions={
        <>
          {clause !== null && (
            <Button
              variant="ghost"
              onClick={() => {
                onClose();
                applyClause(app, clause, 'replace');
              }}
            >
              Apply as filter
            </Button>
          )}
          {clause !== null && (
            <Button variant="ghost" onClick={() => void copyText(app, clause)}>
              Copy filter
            </Button>
          )}
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <dl className="field-facts">
        <Fact name="Type">{type}</Fact>
        <Fact name="Value">{text}</Fact>
        <Fact name="Filter">{filter}</Fact>
        <Fact name="Bytes">
          {`offset ${count(payload.start)}, ${count(length)} ${length === 1 ? 'byte' : 'bytes'}`}
          {header > 0 && ` behind a header of ${header}`}
        </Fact>
        <Fact name="Decoded as">{decodedAs}</Fact>
        <Fact name="Note">{note}</Fact>
      </dl>
      {values.length > 0 && (
        <>
          <h3 className="field-heading">Values with names</h3>
          <ul className="field-values" aria-label="Values with names">
            {values.map(({ label, detail, doc: meaning }) => (
              <li key={label}>
                <span className="mono">{label}</span>
                <span className="muted grow">{meaning}</span>
                <span className="muted">{detail}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === undefined || children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd className="mono">{children}</dd>
    </div>
  );
}

/** Constants by their whole names alone, where a filter takes shorter ones as well, in the order of their numbers. */
function wholeNames(values: readonly CompletionOption[]): readonly CompletionOption[] {
  const isWhole = ({ label, detail }: CompletionOption) =>
    !values.some((other) => other.detail === detail && other.label.endsWith(`_${label}`));
  return values.filter(isWhole).sort((a, b) => Number(a.detail) - Number(b.detail) || 0);
}

/** The values that a filter may compare a field with by name, or that were seen. */
function useValues(filter: string | undefined): readonly CompletionOption[] {
  const { api } = useApp();
  const [values, setValues] = useState<readonly CompletionOption[]>([]);
  useEffect(() => {
    if (filter === undefined) return;
    let isShown = true;
    const begun = `${filter} == `;
    void api.completeFilter(begun, begun.length).then(({ options }) => {
      if (isShown) setValues(wholeNames(options.filter(({ kind }) => kind === 'value')));
    });
    return () => {
      isShown = false;
    };
  }, [api, filter]);
  return values;
}
