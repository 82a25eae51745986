import { X } from 'lucide-react';
import { type FormEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type {
  DecodeOptions,
  DecodePreview,
  DecodeReadingInfo,
  DecodeRuleInfo,
  DecodeTargetInfo,
  Failure,
  FieldNode,
  Result,
} from '../../app/contracts/index.ts';
import { removeDecodeRule, setDecodeRules } from '../actions/decoding.ts';
import { Combobox, type ComboOption } from '../compose/Combobox.tsx';
import { createLatest } from '../filter/latest.ts';
import { useApp } from '../stores/app.ts';
import { useHostState } from '../stores/hooks.ts';
import type { DecodeSubject } from '../stores/ui.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Select, TextInput } from '../widgets/Field.tsx';
import { matching } from './matches.ts';

interface DecodeAsDialogProps {
  /** What is to be read otherwise; null: only what is in force. */
  about: DecodeSubject | null;
  onClose(): void;
}

/** How the user wants things read: a form for what they point at, with how it would read, and all rules in force. */
export function DecodeAsDialog({ about, onClose }: DecodeAsDialogProps) {
  const rules = useRules();
  return about === null ? (
    <RuleDialog rules={rules} onClose={onClose} />
  ) : (
    <SubjectDialog about={about} rules={rules} onClose={onClose} />
  );
}

/** The rules as the host has them; asked for again whenever something reads otherwise. */
function useRules(): readonly DecodeRuleInfo[] {
  const app = useApp();
  const decoding = useHostState((state) => state.decoding);
  const [rules, setRules] = useState<readonly DecodeRuleInfo[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the host's count says that there are others
  useEffect(() => {
    void app.run(app.api.decodeRules()).then((found) => found && setRules(found));
  }, [app, decoding]);
  return rules;
}

function SubjectDialog({
  about,
  rules,
  onClose,
}: {
  about: DecodeSubject;
  rules: readonly DecodeRuleInfo[];
  onClose(): void;
}) {
  const app = useApp();
  const [options, setOptions] = useState<DecodeOptions | null>(null);
  const [target, setTarget] = useState('');
  const [reading, setReading] = useState('');
  const [problem, setProblem] = useState('');
  useEffect(() => {
    void app.attempt(app.api.decodeOptions(about.number, [...about.path])).then((found) => {
      if (!found) return;
      setOptions(found);
      // Whoever comes to change a rule finds it.
      const chosen = found.targets.find((one) => one.reading !== '') ?? found.targets[0];
      setTarget(chosen?.target ?? '');
      setReading(chosen?.reading ?? '');
    });
  }, [app, about]);
  const kind = options?.targets.find((one) => one.target === target)?.kind ?? 'attribute';
  const rule = reading === '' ? '' : `${target}=${reading}`;
  const preview = usePreview(about.number, rule);
  const apply = async () => {
    const failure = await setDecodeRules(app, [...rules.map((one) => one.rule), rule]);
    if (failure === '') onClose();
    else setProblem(failure);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Decode as"
      description={options?.targets.length === 0 ? 'Ends of dumps and errors always read as what they are.' : undefined}
      testId="decode-as"
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            disabled={rule === '' || preview?.ok === false}
            onClick={() => void apply()}
            data-testid="decode-as-apply"
          >
            Decode
          </Button>
        </>
      }
    >
      <div className="decode-as">
        {options !== null && options.targets.length > 0 && (
          <>
            <label htmlFor="decode-as-target">Read</label>
            <Select
              id="decode-as-target"
              value={target}
              options={options.targets.map(({ target: value, about: label }) => ({ value, label }))}
              onChange={(next) => {
                setTarget(next);
                setReading(options.targets.find((one) => one.target === next)?.reading || reading);
              }}
              testId="decode-as-target"
            />
            <span className="label">as</span>
            <ReadingBox key={kind} readings={options.readings} kind={kind} reading={reading} onChange={setReading} />
            <span className="label">Rule</span>
            <code className="mono" data-testid="decode-as-rule">
              {rule || `${target}=…`}
            </code>
            <span className="label">Reads</span>
            <Preview preview={rule === '' ? null : preview} problem={problem} />
          </>
        )}
        <RuleList rules={rules} />
      </div>
    </Dialog>
  );
}

function ReadingBox(props: {
  readings: readonly DecodeReadingInfo[];
  kind: DecodeTargetInfo['kind'];
  reading: string;
  onChange(reading: string): void;
}) {
  const { readings, kind, reading, onChange } = props;
  const fitting = useMemo(() => readings.filter(({ kinds }) => kinds.includes(kind)), [readings, kind]);
  const find = useCallback(
    (query: string): readonly ComboOption[] =>
      grouped(matching(fitting, query, (one) => one.reading)).map(({ reading: id, doc, group }) => ({
        id,
        label: id,
        doc,
        group,
      })),
    [fitting],
  );
  return (
    <Combobox
      text={reading}
      find={find}
      onPick={onChange}
      onText={onChange}
      label="Reading"
      placeholder="text, u32, nest, a spec…"
      mono
      width="wide"
      testId="decode-as-reading"
    />
  );
}

/** The same in their groups, these in the order in which they come first. */
function grouped(readings: readonly DecodeReadingInfo[]): readonly DecodeReadingInfo[] {
  const groups = [...new Set(readings.map(({ group }) => group))];
  return groups.flatMap((group) => readings.filter((one) => one.group === group));
}

/** What the host says of a rule, once it has rested; null while nothing is known. */
function usePreview(number: number, rule: string): Result<DecodePreview> | null {
  const app = useApp();
  const [preview, setPreview] = useState<Result<DecodePreview> | null>(null);
  const asking = useRef(
    createLatest(
      ([about, text]: readonly [number, string]) => app.api.previewRule(about, text),
      (answer: Result<DecodePreview, Failure>) => setPreview(answer),
      120,
    ),
  );
  useEffect(() => {
    const { current } = asking;
    setPreview(null);
    if (rule !== '') current.ask([number, rule]);
    return () => current.cancel();
  }, [number, rule]);
  return preview;
}

/** Lines of a preview. */
const SHOWN_LINES = 12;

function Preview({ preview, problem }: { preview: Result<DecodePreview> | null; problem: string }) {
  const wrong = problem || (preview?.ok === false ? preview.error.message : '');
  if (wrong !== '') {
    return (
      <p className="decode-as-preview wrong" role="alert" data-testid="decode-as-problem">
        {wrong}
      </p>
    );
  }
  if (!preview?.ok)
    return <p className="decode-as-preview muted">Choose a reading to see what it makes of the bytes.</p>;
  const lines = preview.value.fields.flatMap((field) => linesOf(field, 0));
  return (
    <div className="decode-as-preview mono" data-testid="decode-as-preview">
      <p className="summary">{preview.value.summary}</p>
      {lines.slice(0, SHOWN_LINES).map(({ field, depth }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
        <p key={at} style={{ paddingLeft: depth * 14 }}>
          <span className="muted">{field.name}</span> {field.text}
          {field.note && <span className={field.severity === 'note' ? 'muted' : 'wrong'}> {field.note}</span>}
        </p>
      ))}
      {lines.length > SHOWN_LINES && <p className="muted">… {lines.length - SHOWN_LINES} more lines</p>}
      {lines.length === 0 && <p className="muted">This message has nothing that the rule is about.</p>}
    </div>
  );
}

function linesOf(field: FieldNode, depth: number): { field: FieldNode; depth: number }[] {
  return [{ field, depth }, ...(depth > 4 ? [] : field.children.flatMap((child) => linesOf(child, depth + 1)))];
}

/** All rules, and a line to write another. */
function RuleDialog({ rules, onClose }: { rules: readonly DecodeRuleInfo[]; onClose(): void }) {
  const app = useApp();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const failure = await setDecodeRules(app, [...rules.map(({ rule }) => rule), text.trim()]);
    setProblem(failure);
    if (failure === '') setText('');
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Decoded as you said"
      description="What reads otherwise than the specs say. “Decode as…” in the menu of a field or a message adds to it."
      testId="decode-as"
    >
      <div className="decode-as">
        <RuleList rules={rules} />
        <form className="decode-as-add" onSubmit={(event) => void add(event)}>
          <TextInput
            value={text}
            onChange={(next) => {
              setText(next);
              setProblem('');
            }}
            mono
            autoFocus
            aria-label="Rule"
            placeholder="proto:31=text"
            aria-invalid={problem !== ''}
            testId="decode-as-text"
          />
          <Button type="submit" disabled={text.trim() === ''}>
            Add
          </Button>
        </form>
        {problem !== '' && (
          <p className="decode-as-wrong wrong" role="alert">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function RuleList({ rules }: { rules: readonly DecodeRuleInfo[] }) {
  const app = useApp();
  if (rules.length === 0) return null;
  return (
    <section className="decode-as-rules" aria-label="In force">
      <h3>In force</h3>
      <ul>
        {rules.map(({ rule, problem }) => (
          <li key={rule} data-testid="decode-rule">
            <code className="mono">{rule}</code>
            {problem && <span className="wrong">{problem}</span>}
            <IconButton label={`Remove ${rule}`} icon={X} size="sm" onClick={() => void removeDecodeRule(app, rule)} />
          </li>
        ))}
      </ul>
    </section>
  );
}
