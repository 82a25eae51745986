import { Copy } from 'lucide-react';
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

/** Every locked family with its capability, and the advice for it, once each. */
export function PermissionList() {
  const inventory = useSession((session) => session.inventory);
  const reasons = inventory ? lockedReasons(inventory) : [];
  const hints = [...new Set(reasons.flatMap(({ error }) => error.hint ?? []))];
  return (
    <div className="permission-list">
      <ul>
        {reasons.map(({ title, error }) => (
          <li key={title}>
            <b>{title}</b> needs <span className="mono">{error.capability ?? error.errno ?? error.message}</span>
          </li>
        ))}
      </ul>
      {hints.map((hint) => (
        <Advice key={hint} text={hint} />
      ))}
    </div>
  );
}

/** A piece of advice; a command in it stands on a line of its own, ready to be copied. */
export function Advice({ text }: { text: string }) {
  const app = useApp();
  const command = /(?:sudo|setcap) .+$/m.exec(text);
  if (!command) return <p className="selectable">{text}</p>;
  return (
    <>
      {command.index > 0 && <p>{text.slice(0, command.index)}</p>}
      <div className="command-line">
        <span className="hint">$</span>
        <code className="grow ellipsis selectable">{command[0]}</code>
        <IconButton label="Copy command" icon={Copy} size="sm" onClick={() => void copyText(app, command[0])} />
      </div>
    </>
  );
}
