import { Check, Clock } from 'lucide-react';
import type { Failure, SendReport } from '../../app/contracts/index.ts';
import { Button } from '../widgets/Button.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { outcomeText } from './outcome.ts';

/** What came of sending: the kernel's answer, or why nothing could be sent. */
export type SendResult =
  | { readonly kind: 'answer'; readonly report: SendReport }
  | { readonly kind: 'failure'; readonly failure: Failure };

interface ResultBarProps {
  result: SendResult;
  onShowMessage(number: number): void;
  /** Goes to the offending attribute; null when the answer names none that the form still has. */
  onShowAttribute: (() => void) | null;
  /** Adds the attribute that the kernel misses; null when it misses none that the form could add. */
  onAddAttribute: (() => void) | null;
}

const TONE_ICONS = {
  ok: <Check size={16} strokeWidth={1.5} className="tone-ok" aria-hidden />,
  error: <SeverityIcon severity="error" size={14} />,
  warn: <Clock size={16} strokeWidth={1.5} className="tone-warn" aria-hidden />,
} as const;

/** The answer to the last request, with the way to it in the list. */
export function ResultBar({ result, onShowMessage, onShowAttribute, onAddAttribute }: ResultBarProps) {
  if (result.kind === 'failure') return <FailureBar failure={result.failure} />;
  const { report } = result;
  const { tone, head, details } = outcomeText(report);
  const [first, ...rest] = details;
  const [reply] = report.replies;
  const last = report.replies.at(-1);
  return (
    <section
      className={`compose-result ${tone}`}
      data-testid="compose-result"
      data-outcome={report.outcome}
      role="status"
    >
      <span className="strong">Result</span>
      {TONE_ICONS[tone]}
      <span className="compose-result-text selectable">
        <span className="strong">{head}</span> {first} {onAddAttribute !== null && '· missing '}
        {report.attribute !== '' && <AttributeLink name={report.attribute} onShow={onShowAttribute} />}
        {rest.map((detail) => (
          <span key={detail}> · {detail}</span>
        ))}
      </span>
      {onAddAttribute !== null && (
        <Button size="sm" onClick={onAddAttribute} data-testid="compose-add-missing">
          Add it
        </Button>
      )}
      <span className="compose-result-links mono">
        <NumberLink number={report.number} onShow={onShowMessage} />
        {reply !== undefined && (
          <>
            <span aria-hidden> → </span>
            <NumberLink number={reply} onShow={onShowMessage} />
          </>
        )}
        {last !== undefined && last !== reply && (
          <>
            <span aria-hidden>…</span>
            <NumberLink number={last} onShow={onShowMessage} />
          </>
        )}
      </span>
    </section>
  );
}

/** The attribute that the kernel objected to; a way there while the form still has it. */
function AttributeLink({ name, onShow }: { name: string; onShow: (() => void) | null }) {
  if (onShow === null) return <span className="mono">{name}</span>;
  return (
    <button type="button" className="link mono" onClick={onShow}>
      {name}
    </button>
  );
}

function FailureBar({ failure }: { failure: Failure }) {
  const needs = failure.capability === undefined ? '' : ` Needs ${failure.capability}.`;
  return (
    <section className="compose-result error" data-testid="compose-result" data-outcome="failure" role="alert">
      <span className="strong">Not sent</span>
      <SeverityIcon severity="error" size={14} />
      <span className="compose-result-text selectable">
        {failure.errno !== undefined && <span className="strong">{failure.errno} </span>}
        {failure.message}
        {needs}
        {failure.hint !== undefined && <span className="muted"> {failure.hint}</span>}
      </span>
    </section>
  );
}

/** The number of a message, with the way to it in the list. */
export function NumberLink({ number, onShow }: { number: number; onShow(number: number): void }) {
  return (
    <button type="button" className="link mono" aria-label={`Show message ${number}`} onClick={() => onShow(number)}>
      #{number.toLocaleString('en-US')}
    </button>
  );
}
