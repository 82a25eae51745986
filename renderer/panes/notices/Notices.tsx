import { X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, useSession } from '../../stores/hooks.ts';
import { dismissToast, type Toast } from '../../stores/session.ts';
import { Button, IconButton } from '../../widgets/Button.tsx';
import { SeverityIcon, severityWord } from '../../widgets/Icons.tsx';
import { Advice } from '../families/PermissionFooter.tsx';
import './notices.css';

/** A note leaves by itself after this many milliseconds; warnings and errors stay until they are dismissed. */
const NOTE_LIFE = 6000;
/** Least milliseconds between two announcements to screen readers. */
const ANNOUNCE_EVERY = 2000;

/** What happened without being asked for, in the corner. */
export function Toasts() {
  const toasts = useSession((session) => session.toasts);
  return (
    <section className="toasts" aria-label="Notices">
      <ol>
        {toasts.map((toast) => (
          <ToastCard key={toast.id} toast={toast} />
        ))}
      </ol>
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const { session } = useApp();
  const { id, severity, text, hint, action } = toast;
  useEffect(() => {
    if (severity !== 'note') return;
    const timer = setTimeout(() => dismissToast(session, id), NOTE_LIFE);
    return () => clearTimeout(timer);
  }, [session, id, severity]);
  return (
    <li className={`toast ${severity}`} data-testid="toast" data-severity={severity}>
      <SeverityIcon severity={severity} label={severityWord(severity)} />
      <div className="grow selectable" role={severity === 'error' ? 'alert' : 'status'}>
        <p>{text}</p>
        {hint && (
          <div className="toast-hint">
            <Advice text={hint} />
          </div>
        )}
      </div>
      {action && (
        <Button
          size="sm"
          onClick={() => {
            dismissToast(session, id);
            action.run();
          }}
          data-testid="toast-action"
        >
          {action.label}
        </Button>
      )}
      <IconButton label="Dismiss" icon={X} size="sm" onClick={() => dismissToast(session, id)} />
    </li>
  );
}

/** Says across the window that the host is gone, until it is back. */
export function ConnectionBanner() {
  const connection = useSession((session) => session.connection);
  if (connection !== 'lost') return null;
  return (
    <div className="connection-banner" role="alert" data-testid="connection-lost">
      <SeverityIcon severity="warn" />
      The connection to nlscope is lost. Trying again; what is shown may be out of date.
    </div>
  );
}

/** Tells screen readers the capture state, the number of errors and what a filter leaves, at most every two seconds. */
export function Announcer() {
  const text = useHostState(({ capture, viewPaused, severities, view }) =>
    [
      capture === 'capturing'
        ? viewPaused
          ? 'Capturing, list paused'
          : 'Capturing'
        : capture === 'stopped'
          ? 'Capture stopped'
          : '',
      severities.error > 0 ? plural(severities.error, 'error') : '',
      view.filter !== '' && view.progress === 1 ? `Filter shows ${plural(view.shown, 'message')}` : '',
    ]
      .filter(Boolean)
      .join('. '),
  );
  const [said, setSaid] = useState('');
  const saidAt = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, saidAt.current + ANNOUNCE_EVERY - Date.now());
    const timer = setTimeout(() => {
      saidAt.current = Date.now();
      setSaid(text);
    }, wait);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="sr-only" role="status" aria-live="polite">
      {said}
    </div>
  );
}
