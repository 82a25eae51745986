import { FileText, Play } from 'lucide-react';
import { discardAbandoned, openPath } from '../../actions/files.ts';
import { command, runCommand } from '../../commands/table.ts';
import { extrasOf } from '../../dialogs/captureForm.ts';
import { bytes, day, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { usePreferences, useSession } from '../../stores/hooks.ts';
import { Button } from '../../widgets/Button.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { useChosenGroups } from '../families/FamiliesPane.tsx';
import { lockedReasons } from '../families/familyTree.ts';
import { PermissionList } from '../families/PermissionFooter.tsx';
import './start.css';

/** What stands in the middle before there are messages: start, open, what is missing, recent captures. */
export function StartPage() {
  const app = useApp();
  const chosen = useChosenGroups();
  const protocols = new Set([...chosen].map((key) => key.split(/[/:]/)[0])).size;
  const extras = usePreferences(({ capture }) => (capture ? extrasOf(capture) : []));
  const run = (id: string) => () => runCommand(app, command(id));
  const known = useSession((session) => session.inventory !== null);
  const what = !known
    ? 'Asking this kernel what it has…'
    : chosen.size > 0
      ? `Start a capture of the ${plural(protocols, 'protocol')} and ${plural(chosen.size, 'group')} chosen in the families panel, or open a capture file.`
      : 'Choose groups to listen to in the families panel, or open a capture file.';
  return (
    <main className="start" data-testid="start-page">
      <div className="start-column">
        <h1>No messages yet</h1>
        <p className="muted">
          {what}
          {extras.length > 0 && ` Options: ${extras.join(', ')}.`}
        </p>
        <div className="start-actions">
          <Button
            variant="primary"
            icon={Play}
            keys="Ctrl+E"
            onClick={run('capture.start')}
            data-testid="start-capture"
          >
            Start capture
          </Button>
          <Button onClick={run('capture.everything')} data-testid="start-everything">
            Capture everything
          </Button>
          <Button keys="Ctrl+O" onClick={run('file.open')}>
            Open file
          </Button>
          <Button variant="ghost" keys="Ctrl+K" onClick={run('capture.options')}>
            Capture options
          </Button>
        </div>
        <AbandonedCaptures />
        <MissingRights />
        <RecentFiles />
      </div>
    </main>
  );
}

/** Captures that were not saved when nlscope was brought down. */
function AbandonedCaptures() {
  const app = useApp();
  const abandoned = useSession((session) => session.abandoned);
  if (abandoned.length === 0) return null;
  return (
    <section className="start-notice" data-testid="abandoned">
      <SeverityIcon severity="warn" size={16} />
      <div>
        <h2>{abandoned.length === 1 ? 'A capture was' : `${abandoned.length} captures were`} not saved</h2>
        <p>nlscope was brought down while it held messages. They are kept until they are saved or discarded.</p>
        <ul className="abandoned">
          {abandoned.map((capture) => (
            <li key={capture.path} title={capture.path}>
              <span>{day(new Date(capture.writtenAt))}</span>
              <span className="mono muted">{bytes(capture.bytes)}</span>
              <Button size="sm" onClick={() => openPath(app, capture.path)} data-testid="abandoned-open">
                Open
              </Button>
              <Button size="sm" variant="ghost" onClick={() => discardAbandoned(app, capture)}>
                Discard
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

/** Which families are out of reach, the capability each needs, and how to get it. */
function MissingRights() {
  const inventory = useSession((session) => session.inventory);
  const reasons = inventory ? lockedReasons(inventory) : [];
  if (reasons.length === 0) return null;
  const capabilities = [...new Set(reasons.flatMap(({ error }) => error.capability ?? []))];
  return (
    <section className="start-notice" data-testid="missing-rights">
      <SeverityIcon severity="warn" size={16} />
      <div>
        <h2>
          {capabilities.length > 0
            ? `Some groups are out of reach without ${capabilities.join(' and ')}`
            : 'Some groups are out of reach'}
        </h2>
        <PermissionList />
      </div>
    </section>
  );
}

function RecentFiles() {
  const app = useApp();
  const recent = useSession((session) => session.recent);
  if (recent.length === 0) return null;
  return (
    <section aria-label="Recent captures">
      <h2 className="start-heading">Recent captures</h2>
      <ul className="recent">
        {recent.map((file) => (
          <li key={file.path}>
            <button type="button" title={file.path} onClick={() => openPath(app, file.path)} data-testid="recent-file">
              <FileText size={16} strokeWidth={1.5} className="muted" aria-hidden />
              <span className="mono ellipsis">{file.name}</span>
              <span className="mono muted right">{bytes(file.bytes)}</span>
              <span className="muted right">{day(new Date(file.openedAt))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
