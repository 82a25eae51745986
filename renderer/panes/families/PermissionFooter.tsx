import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../../actions/message.ts';
import { useApp } from '../../stores/app.ts';
import { useSession } from '../../stores/hooks.ts';
import { IconButton } from '../../widgets/Button.tsx';
import { Popover } from '../../widgets/Popover.tsx';
import { lockedReasons } from './familyTree.ts';

/** Names what cannot be heard for want of a capability, and how to grant it. Nothing while all is allowed. */
export function PermissionFooter() {
  const inventory = useSession((session) => session.inventory);
  const reasons = inventory ? lockedReasons(inventory) : [];
  if (reasons.length === 0) return null;
  const [first] = reasons;
  return (
    <footer className="families-foot" data-testid="permission-footer">
      {reasons.length === 1 ? (
        <>
          {first!.title} needs <span className="mono">{first!.error.capability ?? first!.error.errno}</span>.{' '}
        </>
      ) : (
        'Some groups need a capability. '
      )}
      <Popover
        label="What is missing"
        side="top"
        className="permission"
        trigger={
          <button type="button" className="link-button">
            Show how
          </button>
        }
      >
        <PermissionList />
      </Popover>
    </footer>
  );
}

/** Every capability that is missing with what it is needed for, and the advice for it, once each. */
export function PermissionList() {
  const inventory = useSession((session) => session.inventory);
  const reasons = inventory ? lockedReasons(inventory) : [];
  const wanted = new Map<string, string[]>();
  for (const { title, error } of reasons) {
    const what = error.capability ?? error.errno ?? error.message;
    wanted.set(what, [...(wanted.get(what) ?? []), title]);
  }
  const hints = [...new Set(reasons.flatMap(({ error }) => error.hint ?? []))];
  return (
    <div className="permission-list">
      {[...wanted].map(([what, titles]) => (
        <p key={what}>
          <span className="mono">{what}</span> is needed for {titles.join(', ')}.
        </p>
      ))}
      <p>All other groups work now.</p>
      {hints.map((hint) => (
        <Advice key={hint} text={hint} />
      ))}
    </div>
  );
}

/** A piece of advice; a command that ends it stands on lines of its own, ready to be copied. */
export function Advice({ text }: { text: string }) {
  const command = /(?:sudo|setcap) .+$/m.exec(text);
  if (!command) return <p className="selectable">{text}</p>;
  const before = text.slice(0, command.index).trim();
  return (
    <>
      {before !== '' && <p className="selectable">{before}</p>}
      <CommandLine command={command[0]} />
    </>
  );
}

/** How long the button says that it has copied, in milliseconds. */
const COPIED_FOR = 2000;

/** A shell command, all of it, and a button that copies it. */
function CommandLine({ command }: { command: string }) {
  const app = useApp();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_FOR);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <div className="command-line" data-testid="command-line">
      <span className="muted" aria-hidden>
        $
      </span>
      <code className="grow selectable">{command}</code>
      <IconButton
        label={copied ? 'Copied' : 'Copy command'}
        icon={copied ? Check : Copy}
        size="sm"
        onClick={() => void copyText(app, command).then(() => setCopied(true))}
      />
    </div>
  );
}
