import { Play } from 'lucide-react';
import { useState } from 'react';
import { type CaptureOptions, DEFAULT_RECEIVE_BUFFER } from '../../app/contracts/index.ts';
import { captureOptions, startCapture } from '../actions/capture.ts';
import { plural } from '../format/format.ts';
import { chosenGroups } from '../panes/families/familyTree.ts';
import { useApp } from '../stores/app.ts';
import { useHostState, useSession } from '../stores/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Checkbox } from '../widgets/Checkbox.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { Select } from '../widgets/Field.tsx';

const MEBIBYTE = 1024 * 1024;
const BUFFERS = [1, 4, 32, 128, 512].map((size) => ({ value: `${size * MEBIBYTE}`, label: `${size} MiB` }));

/** What the next start captures and how. The last settings are remembered; Start repeats them. */
export function CaptureOptionsDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const info = useSession((session) => session.info);
  const inventory = useSession((session) => session.inventory);
  const capturing = useHostState((state) => state.capture === 'capturing');
  const [options, setOptions] = useState<CaptureOptions>(() => captureOptions(app));
  const change = (part: Partial<CaptureOptions>) => setOptions((before) => ({ ...before, ...part }));
  const groupCount = (everything: boolean) =>
    plural(chosenGroups(inventory, { ...options, everything }).length, 'group');
  const namespaces = (info?.netns ?? []).map(({ name, path }) => ({
    value: name === '' ? '' : path,
    label: name === '' ? 'this one' : name,
  }));
  const remember = () => app.preferences.setState({ capture: options });
  const start = () => {
    remember();
    onClose();
    const begin = () => startCapture(app, options);
    if (capturing) void app.run(app.api.stopCapture()).then(begin);
    else begin();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Capture options"
      testId="capture-options"
      actions={
        <>
          <Button
            onClick={() => {
              remember();
              onClose();
            }}
          >
            Keep for later
          </Button>
          <Button variant="primary" icon={Play} onClick={start} data-testid="options-start">
            {capturing ? 'Restart with these' : 'Start capture'}
          </Button>
        </>
      }
    >
      <div className="options">
        <fieldset>
          <legend>Listen to</legend>
          <label>
            <input
              type="radio"
              name="what"
              checked={!options.everything}
              onChange={() => change({ everything: false })}
            />
            the chosen groups <span className="muted">{groupCount(false)} in the families panel</span>
          </label>
          <label>
            <input
              type="radio"
              name="what"
              checked={options.everything ?? false}
              onChange={() => change({ everything: true })}
            />
            everything this kernel lets us hear <span className="muted">{groupCount(true)}</span>
          </label>
        </fieldset>
        <Checkbox
          checked={options.tap ?? false}
          onChange={(tap) => change({ tap })}
          label="Tap what other programs and the kernel say to each other, too (an nlmon device)"
          testId="options-tap"
        />
        <div className="options-line">
          <label htmlFor="options-netns">Network namespace</label>
          <Select
            id="options-netns"
            value={options.netns ?? ''}
            options={namespaces.length > 0 ? namespaces : [{ value: '', label: 'this one' }]}
            onChange={(netns) => change({ netns })}
            testId="options-netns"
          />
        </div>
        <Checkbox
          checked={options.allNsid ?? false}
          onChange={(allNsid) => change({ allNsid })}
          label="Hear namespaces that have an nsid here, too (NETLINK_LISTEN_ALL_NSID)"
        />
        <div className="options-line">
          <label htmlFor="options-buffer">Receive buffer of a socket</label>
          <Select
            id="options-buffer"
            value={`${options.receiveBuffer ?? DEFAULT_RECEIVE_BUFFER}`}
            options={BUFFERS}
            onChange={(size) => change({ receiveBuffer: Number(size) })}
          />
        </div>
        <p className="muted">
          The kernel drops messages when a buffer is full. A larger one survives longer bursts; without CAP_NET_ADMIN
          the kernel caps it at net.core.rmem_max.
        </p>
      </div>
    </Dialog>
  );
}
