import { ArrowDown, ArrowRight, ArrowUp, Pencil, Square, Trash2, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { HostApi, NetnsInfo, SequenceItem, SequencePlan, SequenceStep } from '../../app/contracts/index.ts';
import { Button, classes, IconButton } from '../widgets/Button.tsx';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Select } from '../widgets/Field.tsx';
import { SeverityIcon } from '../widgets/Icons.tsx';
import { ConfirmSend } from './ConfirmSend.tsx';
import { netnsTitle, type SendWarning } from './operations.ts';
import { NumberLink } from './ResultBar.tsx';
import { WarningBar } from './SendBar.tsx';
import { isGood, type StepResult, sequenceSummary, stepOutcome } from './sequenceOutcome.ts';

/** The requests that are put together, and what changes them. */
export interface SequenceControl {
  readonly items: readonly SequenceItem[];
  /** How many that only ask were left out. */
  readonly reads: number;
  setItems(items: readonly SequenceItem[]): void;
  addReads(): void;
}

interface SequencePanelProps {
  host: HostApi;
  control: SequenceControl;
  netns: readonly NetnsInfo[];
  /** Path of the namespace they go to, '' for the host's own. */
  place: string;
  onPlace(path: string): void;
  /** Whether questions about changes of this host have been answered for good. */
  confirmed: boolean;
  onConfirmed(): void;
  onShowMessage(number: number): void;
  onEdit(position: number): void;
}

type AtError = 'stop' | 'go-on';
type Pauses = 'none' | 'recorded';

const NO_RESULTS: ReadonlyMap<number, StepResult> = new Map();

/** Requests that are sent one after the other: what will be sent, where to, and what came of each. */
export function SequencePanel(props: SequencePanelProps) {
  const { host, control, netns, place, onPlace, confirmed, onConfirmed, onShowMessage, onEdit } = props;
  const { items, reads, setItems, addReads } = control;
  const [asRecorded, setAsRecorded] = useState(false);
  const [atError, setAtError] = useState<AtError>('stop');
  const [pauses, setPauses] = useState<Pauses>('none');
  const [planned, setPlanned] = useState<Planned>({ of: null, plan: null, failure: '' });
  const [told, setTold] = useState<Told>({ of: null, results: NO_RESULTS });
  const [running, setRunning] = useState(false);
  const [asking, setAsking] = useState<SendWarning | null>(null);
  const stopped = useRef({ isOver: false, wake: () => {} });
  useEffect(() => () => end(stopped.current), []);

  useEffect(() => {
    let current = true;
    setTold({ of: null, results: NO_RESULTS });
    void planOf(host, items, place, asRecorded).then((next) => current && setPlanned({ ...next, of: items }));
    return () => {
      current = false;
    };
  }, [host, items, place, asRecorded]);

  const { plan, failure } = planned;
  const results = told.of === items ? told.results : NO_RESULTS;
  const steps = planned.of === items ? (plan?.steps ?? []) : [];
  const target = netns.find(({ path, name }) => (place === '' ? name === '' : path === place));
  const changes = steps.filter(({ reads: asks }) => !asks).length;
  const warning = warningOf(changes, target);
  const hasUnknown = steps.some(({ numbers }) => numbers.some(({ fate }) => fate === 'unknown'));

  const run = async () => {
    setAsking(null);
    setRunning(true);
    setTold({ of: items, results: NO_RESULTS });
    const signal = { isOver: false, wake: () => {} };
    stopped.current = signal;
    try {
      // Interfaces and families may have come and gone since.
      const next = await planOf(host, items, place, asRecorded);
      setPlanned({ ...next, of: items });
      if (next.plan === null || next.plan.blocked !== '') return;
      await runPlan(host, next.plan, { atError, pauses }, signal, (step, result) =>
        setTold(({ results: before }) => ({ of: items, results: new Map(before).set(step, result) })),
      );
    } finally {
      setRunning(false);
    }
  };
  const start = () => {
    if (warning?.ownHost && !confirmed) setAsking(warning);
    else void run();
  };
  const blocked = failure !== '' ? failure : (plan?.blocked ?? '');

  if (items.length === 0) {
    return (
      <div className="sequence-empty muted" data-testid="sequence-empty">
        <p className="strong">No requests yet</p>
        <p>
          Press Q on a captured request to add it, or "Add to sequence" below a message that you write. "Make a sequence
          of the displayed requests" in the palette takes what the filter shows.
        </p>
        <p>They are sent in their order; changes of nftables that stand together go in one batch.</p>
      </div>
    );
  }
  return (
    <>
      <div className="compose-options">
        <div className="compose-field">
          <span className="compose-label">Namespace</span>
          <Select
            mono
            label="Namespace"
            value={place}
            disabled={running}
            testId="sequence-netns"
            options={(netns.length === 0 ? [{ name: '', path: '' }] : netns).map(({ name, path }) => ({
              value: path,
              label: name === '' ? 'host' : name,
            }))}
            onChange={onPlace}
          />
        </div>
        <div className="compose-field">
          <span className="compose-label">At an error</span>
          <span className="sequence-choices">
            <Select<AtError>
              label="At an error"
              value={atError}
              testId="sequence-at-error"
              options={[
                { value: 'stop', label: 'Stop' },
                { value: 'go-on', label: 'Go on' },
              ]}
              onChange={setAtError}
            />
            <span className="compose-label">Pauses</span>
            <Select<Pauses>
              label="Pauses"
              value={pauses}
              testId="sequence-pauses"
              options={[
                { value: 'none', label: 'None' },
                { value: 'recorded', label: 'As recorded' },
              ]}
              onChange={setPauses}
            />
          </span>
        </div>
        {reads > 0 && (
          <p className="muted">
            {reads} {reads === 1 ? 'request that only asks is' : 'requests that only ask are'} left out.{' '}
            <button type="button" className="link" disabled={running} onClick={addReads}>
              Add {reads === 1 ? 'it' : 'them'}
            </button>
          </p>
        )}
      </div>
      <ol className="sequence-steps" aria-label="Requests of the sequence" data-testid="sequence-steps">
        {steps.map((step, position) => (
          <Step
            // biome-ignore lint/suspicious/noArrayIndexKey: a request may stand in a sequence twice
            key={position}
            step={step}
            position={position}
            batch={batchPlace(steps, position)}
            result={results.get(position) ?? null}
            busy={running}
            last={position === steps.length - 1}
            onShowMessage={onShowMessage}
            onEdit={() => onEdit(position)}
            onMove={(by) => setItems(movedItems(items, position, position + by))}
            onRemove={() => setItems(items.toSpliced(position, 1))}
          />
        ))}
      </ol>
      <div className="compose-foot">
        {plan?.notes.map((note) => (
          <p key={note} className="compose-notice muted">
            {note}
          </p>
        ))}
        {blocked !== '' && (
          <p className="sequence-blocked" role="status" data-testid="sequence-blocked">
            <SeverityIcon severity="error" size={14} />
            <span className="selectable">{blocked}</span>
          </p>
        )}
        {(hasUnknown || asRecorded) && (
          <Checkbox
            checked={asRecorded}
            onChange={setAsRecorded}
            label="Send numbers that have no counterpart there as they were recorded"
          />
        )}
        {warning !== null && (
          <WarningBar
            warning={warning}
            elsewhere={netns.find(({ name }) => name !== '')}
            onElsewhere={({ path }) => onPlace(path)}
          />
        )}
        <div className="compose-actions">
          {running ? (
            <Button icon={Square} data-testid="sequence-stop" onClick={() => end(stopped.current)}>
              Stop
            </Button>
          ) : (
            <Button
              variant={warning === null ? 'primary' : 'danger'}
              icon={ArrowRight}
              disabled={blocked !== '' || steps.length === 0}
              title={blocked === '' ? undefined : blocked}
              data-testid="sequence-send"
              onClick={start}
            >
              Send {steps.length} to {target === undefined || target.name === '' ? 'host' : target.name}
            </Button>
          )}
          <span className="muted" role="status" data-testid="sequence-summary">
            {results.size > 0 ? sequenceSummary(results, steps) : ''}
          </span>
          <span className="grow" />
          <Button variant="ghost" icon={Trash2} disabled={running} onClick={() => setItems([])}>
            Empty
          </Button>
        </div>
      </div>
      <ConfirmSend
        warning={asking}
        onCancel={() => setAsking(null)}
        onConfirm={(always) => {
          if (always) onConfirmed();
          void run();
        }}
      />
    </>
  );
}

/** What came of the requests that were sent last, by position. */
interface Told {
  /** The items that were sent. */
  readonly of: readonly SequenceItem[] | null;
  readonly results: ReadonlyMap<number, StepResult>;
}

interface Planned {
  /** The items that were planned. */
  readonly of: readonly SequenceItem[] | null;
  readonly plan: SequencePlan | null;
  readonly failure: string;
}

async function planOf(
  host: HostApi,
  items: readonly SequenceItem[],
  netns: string,
  asRecorded: boolean,
): Promise<Omit<Planned, 'of'>> {
  if (items.length === 0) return { plan: null, failure: '' };
  try {
    const plan = await host.planSequence({ items: [...items], asRecorded, ...(netns === '' ? {} : { netns }) });
    return plan.ok ? { plan: plan.value, failure: '' } : { plan: null, failure: plan.error.message };
  } catch (error) {
    return { plan: null, failure: String(error) };
  }
}

interface StopSignal {
  isOver: boolean;
  /** Ends a pause. */
  wake(): void;
}

function end(signal: StopSignal): void {
  signal.isOver = true;
  signal.wake();
}

async function runPlan(
  host: HostApi,
  { id, steps, datagrams }: SequencePlan,
  { atError, pauses }: { readonly atError: AtError; readonly pauses: Pauses },
  signal: StopSignal,
  tell: (step: number, result: StepResult) => void,
): Promise<void> {
  for (let datagram = 0; datagram < datagrams && !signal.isOver; datagram++) {
    const positions = steps.flatMap((step, position) => (step.datagram === datagram ? [position] : []));
    const { pause } = steps[positions[0]!]!;
    if (pauses === 'recorded' && datagram > 0 && pause > 0) await rest(pause / 1e6, signal);
    if (signal.isOver) return;
    const sent = await attempt(host, id, datagram);
    let good = true;
    for (const position of positions) {
      const answer = typeof sent === 'string' ? undefined : sent.find(({ step }) => step === position);
      const text = typeof sent === 'string' ? sent : 'Nothing tells what came of it.';
      const result: StepResult = answer === undefined ? { kind: 'unsent', text } : { kind: 'answer', answer };
      good &&= isGood(result, steps[position]!);
      tell(position, result);
    }
    if (!good && atError === 'stop') return;
  }
}

async function attempt(host: HostApi, plan: number, datagram: number) {
  try {
    const sent = await host.sendSequence(plan, datagram);
    if (sent.ok) return sent.value;
    const { errno = '', message, capability } = sent.error;
    return [errno, message, capability === undefined ? '' : `Needs ${capability}.`].filter(Boolean).join(' ');
  } catch (error) {
    return String(error);
  }
}

/** Longest time of a timer. */
const LONGEST = 0x7fff_ffff;

function rest(milliseconds: number, signal: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.min(milliseconds, LONGEST));
    signal.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

function movedItems(items: readonly SequenceItem[], from: number, to: number): readonly SequenceItem[] {
  return items.toSpliced(from, 1).toSpliced(to, 0, items[from]!);
}

function warningOf(changes: number, target: NetnsInfo | undefined): SendWarning | null {
  if (changes === 0) return null;
  return {
    what: changes === 1 ? 'A request changes something' : `${changes} requests change something`,
    where: netnsTitle(target),
    capability: '',
    ownHost: target === undefined || target.name === '',
  };
}

type BatchPlace = '' | 'first' | 'inside' | 'last';

/** Where a request stands in its batch; '' for one that is sent alone. */
function batchPlace(steps: readonly SequenceStep[], position: number): BatchPlace {
  const { datagram } = steps[position]!;
  const before = steps[position - 1]?.datagram === datagram;
  const after = steps[position + 1]?.datagram === datagram;
  if (!before && !after) return '';
  return before ? (after ? 'inside' : 'last') : 'first';
}

interface StepProps {
  step: SequenceStep;
  position: number;
  batch: BatchPlace;
  result: StepResult | null;
  busy: boolean;
  last: boolean;
  onShowMessage(number: number): void;
  onEdit(): void;
  onMove(by: -1 | 1): void;
  onRemove(): void;
}

function Step({ step, position, batch, result, busy, last, onShowMessage, onEdit, onMove, onRemove }: StepProps) {
  const outcome = result === null ? null : stepOutcome(result, step);
  const worthTelling = step.numbers.filter(({ fate }) => fate !== 'same');
  const sent = result?.kind === 'answer' ? result.answer : null;
  return (
    <li
      className={classes('sequence-step', batch !== '' && 'batch', batch)}
      data-testid="sequence-step"
      data-outcome={sent?.outcome ?? result?.kind ?? ''}
      title={batch === '' ? undefined : 'Sent in one batch, which the kernel applies as a whole'}
    >
      <span className="sequence-position mono muted">{position + 1}</span>
      <span className="sequence-what">
        <span className="sequence-line mono selectable">{step.summary}</span>
        {step.problem !== '' && <span className="sequence-number error">{step.problem}</span>}
        {(sent === null || sent.numbers.length === 0) &&
          worthTelling.map(({ field, recorded, text, fate }) => (
            <span
              key={`${field} ${recorded}`}
              className={classes('sequence-number', fate === 'unknown' && 'error')}
              data-fate={fate}
            >
              <span className="mono">{field}</span> {recorded}: {text}
            </span>
          ))}
        {sent?.numbers.map((text) => (
          <span key={text} className="sequence-number mono">
            {text}
          </span>
        ))}
        {outcome !== null && outcome.detail !== '' && (
          <span className={classes('sequence-number selectable', outcome.tone === 'error' && 'error')}>
            {outcome.detail}
          </span>
        )}
      </span>
      <span className="sequence-end">
        {outcome !== null && (
          <span className={classes('sequence-outcome', `tone-${outcome.tone}`)}>
            <span className="strong">{outcome.head}</span> {outcome.aside}
          </span>
        )}
        <span className="sequence-links mono">
          {step.number !== 0 && <NumberLink number={step.number} onShow={onShowMessage} />}
          {sent !== null && (
            <>
              <span aria-hidden> → </span>
              <NumberLink number={sent.number} onShow={onShowMessage} />
            </>
          )}
        </span>
        <span className="sequence-tools">
          <IconButton label="Edit" icon={Pencil} size="sm" disabled={busy} onClick={onEdit} />
          <IconButton
            label="Move up"
            icon={ArrowUp}
            size="sm"
            disabled={busy || position === 0}
            onClick={() => onMove(-1)}
          />
          <IconButton label="Move down" icon={ArrowDown} size="sm" disabled={busy || last} onClick={() => onMove(1)} />
          <IconButton label="Take out" icon={X} size="sm" disabled={busy} onClick={onRemove} />
        </span>
      </span>
    </li>
  );
}
