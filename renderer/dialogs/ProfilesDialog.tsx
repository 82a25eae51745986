import { Copy, FileDown, Import, Trash2 } from 'lucide-react';
import { useState } from 'react';
import {
  duplicateProfile,
  editProfiles,
  exportProfile,
  importProfile,
  removeProfile,
  switchProfile,
} from '../actions/profiles.ts';
import { useApp } from '../stores/app.ts';
import { useSession } from '../stores/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';
import { TextInput } from '../widgets/Field.tsx';

/** The profiles: which is in force, what they are called, and what can be done with them. */
export function ProfilesDialog({ renaming, onClose }: { renaming: boolean; onClose(): void }) {
  const app = useApp();
  const settings = useSession((session) => session.settings);
  if (settings === null) return null;
  const { profiles, profile, path } = settings;
  return (
    <Dialog
      open
      onClose={onClose}
      title="Profiles"
      description="A profile keeps colouring rules, filter buttons, filter macros, columns and the format of the time. “nlscope --profile NAME” starts with one."
      testId="profiles"
      actions={
        <>
          <Button icon={Import} variant="ghost" onClick={() => importProfile(app)}>
            Import…
          </Button>
          <Button icon={FileDown} variant="ghost" onClick={() => void exportProfile(app)}>
            Export…
          </Button>
          <span className="grow" />
          <Button variant="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <ul className="profiles">
        {profiles.map((name) => (
          <li key={name} data-testid="profile-item" aria-current={name === profile || undefined}>
            <input
              type="radio"
              name="profile"
              checked={name === profile}
              onChange={() => switchProfile(app, name)}
              aria-label={`Put ${name} in force`}
            />
            <ProfileName
              key={`${name} ${renaming && name === profile}`}
              name={name}
              focused={renaming && name === profile}
            />
            <IconButton
              label={`Duplicate ${name}`}
              icon={Copy}
              size="sm"
              onClick={() => void duplicateProfile(app, name)}
            />
            <IconButton
              label={`Delete ${name}`}
              icon={Trash2}
              size="sm"
              disabled={profiles.length < 2}
              onClick={() => removeProfile(app, name)}
            />
          </li>
        ))}
      </ul>
      <p className="muted profiles-path">
        Kept in <span className="mono">{path}</span>
      </p>
    </Dialog>
  );
}

/** The name, which is changed by Enter and by leaving the field; Escape takes the change back. */
function ProfileName({ name, focused }: { name: string; focused: boolean }) {
  const app = useApp();
  const [text, setText] = useState(name);
  const rename = () => {
    const to = text.trim();
    if (to === name || to === '') setText(name);
    else void editProfiles(app, { kind: 'rename', name, to }).then((done) => !done && setText(name));
  };
  return (
    <TextInput
      value={text}
      onChange={setText}
      aria-label={`Name of ${name}`}
      autoFocus={focused}
      onFocus={({ target }) => target.select()}
      onBlur={rename}
      onKeyDown={(event) => {
        if (event.key === 'Enter') rename();
        if (event.key !== 'Escape' || text === name) return;
        event.stopPropagation();
        setText(name);
      }}
      maxLength={64}
      className="grow"
      testId="profile-name"
    />
  );
}
