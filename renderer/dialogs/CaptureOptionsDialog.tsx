import { Play } from 'lucide-react';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { NetnsInfo } from '../../app/contracts/index.ts';
import { captureOptions, refreshInfo, startAnew } from '../actions/capture.ts';
import { plural } from '../format/format.ts';
import { chosenGroups } from '../panes/families/familyTree.ts';
import { useApp } from '../stores/app.ts';
import { useHostState, useSession } from '../stores/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Select, TextInput } from '../widgets/Field.tsx';
import { type CaptureForm, type FormProblems, formOf, optionsOf } from './captureForm.ts';

const MEBIBYTE = 1024 * 1024;
const BUFFERS = [1, 4, 32, 128, 512].map((size) => ({ value: `${size * MEBIBYTE}`, label: `${size} MiB` }));
const OWN_NAMESPACE: readonly NetnsInfo[] = [{ name: '', path: '' }];

interface PartProps {
  readonly form: CaptureForm;
  readonly problems: FormProblems;
  change(part: Partial<CaptureForm>): void;
}

/** What the next start captures, where, and for how long. The last settings are remembered; Start repeats them. */
export function CaptureOptionsDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const named = useSession((session) => session.info?.netns ?? OWN_NAMESPACE);
  const capturing = useHostState((state) => state.capture === 'capturing');
  const [before] = useState(() => captureOptions(app));
  const [form, setForm] = useState<CaptureForm>(() => formOf(before, named));
  const { options, problems } = optionsOf(form, before);
  useEffect(() => void refreshInfo(app), [app]);
  const isWrong = Object.keys(problems).length > 0;
  const part: PartProps = {
    form,
    problems,
    change: (changed) => setForm((now) => ({ ...now, ...changed })),
  };
  const remember = () => {
    app.preferences.setState({ capture: options });
    onClose();
  };
  const start = () => {
    remember();
    startAnew(app, options);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Capture options"
      width="wide"
      testId="capture-options"
      actions={
        <>
          <Button disabled={isWrong} onClick={remember}>
            Keep for later
          </Button>
          <Button variant="primary" icon={Play} disabled={isWrong} onClick={start} data-testid="options-start">
            {capturing ? 'Restart with these' : 'Start capture'}
          </Button>
        </>
      }
    >
      <div className="options">
        <What {...part} />
        <Where {...part} named={named} />
        <OtherSources {...part} />
        <Files {...part} />
        <Stop {...part} />
        <Buffer {...part} />
      </div>
    </Dialog>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div className="options-part">{children}</div>
    </fieldset>
  );
}

/** "needs CAP_NET_ADMIN" beside what needs it. */
function Needs({ what }: { what: string }) {
  return (
    <span className="muted">
      needs <span className="mono">{what}</span>
    </span>
  );
}

function What({ form, change }: PartProps) {
  const app = useApp();
  const inventory = useSession((session) => session.inventory);
  const groupCount = (everything: boolean) =>
    plural(chosenGroups(inventory, { ...captureOptions(app), everything }).length, 'group');
  const choice = (everything: boolean, label: string, detail: string) => (
    <label>
      <input
        type="radio"
        name="what"
        checked={form.everything === everything}
        onChange={() => change({ everything })}
        data-testid={everything ? 'options-everything' : 'options-chosen'}
      />
      {label} <span className="muted">{detail}</span>
    </label>
  );
  return (
    <Part title="Listen to">
      {choice(false, 'the chosen groups', `${groupCount(false)} in the families panel`)}
      {choice(true, 'everything on this kernel', `${groupCount(true)}, and families that come later`)}
      <div className="options-line">
        <Checkbox
          checked={form.tap}
          onChange={(tap) => change({ tap })}
          label="Tap other programs and the kernel"
          testId="options-tap"
        />
        <Needs what="CAP_NET_ADMIN, CAP_NET_RAW, nlmon" />
      </div>
    </Part>
  );
}

function Where({ form, problems, change, named }: PartProps & { named: readonly NetnsInfo[] }) {
  const { namespaces } = form;
  const tick = (name: string, on: boolean) =>
    change({ namespaces: on ? [...namespaces, name] : namespaces.filter((one) => one !== name) });
  return (
    <Part title="Network namespaces">
      <div className="options-boxes">
        {named.map(({ name }) => (
          <Checkbox
            key={name}
            checked={namespaces.includes(name)}
            onChange={(on) => tick(name, on)}
            label={name === '' ? 'this one' : <span className="mono">{name}</span>}
            testId={`options-netns-${name}`}
          />
        ))}
      </div>
      <div className="options-line">
        <TextField
          label="Of processes"
          field="moreNamespaces"
          placeholder="Process ids or paths, with commas"
          {...{ form, problems, change }}
        />
        <Needs what="CAP_SYS_ADMIN" />
      </div>
      <div className="options-line">
        <Checkbox
          checked={form.allNsid}
          onChange={(allNsid) => change({ allNsid })}
          label="Hear namespaces that have an nsid here, too"
        />
        <Needs what="CAP_NET_BROADCAST" />
      </div>
    </Part>
  );
}

function OtherSources(props: PartProps) {
  return (
    <Part title="Other sources">
      <TextField
        label="Pipes"
        field="pipes"
        placeholder="Paths of FIFOs that a capture is written to, with commas"
        {...props}
      />
      <TextField label="Remote hosts" field="remotes" placeholder="user@host, over ssh, with commas" {...props} />
    </Part>
  );
}

function Files({ form, problems, change }: PartProps) {
  const { shell, run } = useApp();
  const props = { form, problems, change };
  if (shell.edition === 'served') {
    return (
      <Part title="Files">
        <p className="muted">
          A browser cannot have files written on the host;{' '}
          <span className="mono">nlscope capture -w FILE -b LIMIT</span> does that there.
        </p>
      </Part>
    );
  }
  const browse = async () => {
    const path = await run(shell.pickSave('capture.pcapng'));
    if (path) change({ path });
  };
  return (
    <Part title="Files">
      <Checkbox
        checked={form.toFiles}
        onChange={(toFiles) => change({ toFiles })}
        label="Write to files as messages arrive"
        testId="options-files"
      />
      {form.toFiles && (
        <>
          <div className="options-path">
            <TextField label="Path" field="path" placeholder="/var/tmp/capture.pcapng" {...props} />
            <Button onClick={() => void browse()}>Choose…</Button>
          </div>
          <div className="options-limits">
            <span>Next file after</span>
            <NumberField field="fileSize" unit="MB" label="Size of a file" {...props} />
            <NumberField field="fileSeconds" unit="s" label="Seconds of a file" {...props} />
            <NumberField field="fileMessages" unit="messages" label="Messages of a file" {...props} />
            <span>Keep the last</span>
            <NumberField field="keep" unit="files" label="Files to keep" {...props} />
          </div>
          <p className="muted">The list shows the file that is being written. Without a limit there is one file.</p>
        </>
      )}
    </Part>
  );
}

function Stop(props: PartProps) {
  return (
    <Part title="Stop after">
      <div className="options-limits stop">
        <NumberField field="stopSeconds" unit="s" label="Seconds to capture" {...props} />
        <NumberField field="stopSize" unit="MB" label="Size to capture" {...props} />
        <NumberField field="stopMessages" unit="messages" label="Messages to capture" {...props} />
        {props.form.toFiles && <NumberField field="stopFiles" unit="files" label="Files to fill" {...props} />}
      </div>
    </Part>
  );
}

function Buffer({ form, change }: PartProps) {
  const id = useId();
  return (
    <Part title="Receive buffer">
      <div className="options-line">
        <Select
          id={id}
          label="Receive buffer of a socket"
          value={`${form.receiveBuffer}`}
          options={BUFFERS}
          onChange={(size) => change({ receiveBuffer: Number(size) })}
        />
        <span className="muted">
          without <span className="mono">CAP_NET_ADMIN</span> capped at net.core.rmem_max
        </span>
      </div>
      <p className="muted">The kernel drops messages while a buffer is full. A larger one survives longer bursts.</p>
    </Part>
  );
}

type TextFieldName = { [K in keyof CaptureForm]: CaptureForm[K] extends string ? K : never }[keyof CaptureForm];

function TextField({
  label,
  field,
  placeholder,
  form,
  problems,
  change,
}: PartProps & { label: string; field: TextFieldName; placeholder: string }) {
  const id = useId();
  return (
    <div className="options-text">
      <label htmlFor={id}>{label}</label>
      <TextInput
        id={id}
        value={form[field]}
        mono
        placeholder={placeholder}
        error={problems[field]}
        onChange={(text) => change({ [field]: text })}
        testId={`options-${field}`}
      />
    </div>
  );
}

function NumberField({
  label,
  unit,
  field,
  form,
  problems,
  change,
}: PartProps & { label: string; unit: string; field: TextFieldName }) {
  return (
    <TextInput
      className="options-number"
      value={form[field]}
      inputMode="decimal"
      aria-label={label}
      error={problems[field]}
      onChange={(text) => change({ [field]: text })}
      after={<span className="muted">{unit}</span>}
      testId={`options-${field}`}
    />
  );
}
