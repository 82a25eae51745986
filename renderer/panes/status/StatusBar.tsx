import { Layers, MessageSquareText, Square } from 'lucide-react';
import type { FieldNode, JobState } from '../../../app/contracts/index.ts';
import { profileEntries } from '../../actions/profiles.ts';
import { bytes, count, plural, rate } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useDetail, useHostState, useSearch, useSelection, useSession, useUi } from '../../stores/hooks.ts';
import { progressText } from '../../stores/search.ts';
import { classes, IconButton } from '../../widgets/Button.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { Menu } from '../../widgets/Menu.tsx';
import { Popover } from '../../widgets/Popover.tsx';
import { nodeAt } from '../tree/treeRows.ts';
import { CommentList } from './CommentList.tsx';
import { ExpertList } from './ExpertList.tsx';
import { Sources } from './Sources.tsx';
import './status.css';

/** The line at the foot: worst severity, filter name of the selected field, counts, rate, losses, space used. */
export function StatusBar() {
  const app = useApp();
  const { view, job, rate: perSecond, drops, spoolBytes, indexBytes } = useHostState((state) => state);
  const upload = useSession((session) => session.upload);
  return (
    <footer className="status">
      <Severities />
      <Sources />
      <Comments />
      <SelectedField />
      {upload && <JobProgress kind="upload" name={upload.name} progress={upload.progress} stop={upload.stop} />}
      {job && <JobProgress {...job} stop={() => void app.run(app.api.stopJob())} />}
      {view.progress < 1 && job?.kind !== 'open' && (
        <div data-testid="status-progress">
          {view.filter === '' ? 'listing' : 'filtering'} <b>{Math.floor(view.progress * 100)} %</b>
        </div>
      )}
      <SearchState />
      <div data-testid="status-counts">
        shown{' '}
        <b>
          {count(view.shown)} / {count(view.total)}
        </b>
        <span className="status-wide">
          marked <b>{count(view.marked)}</b>
        </span>
      </div>
      <div className="status-wide" data-testid="status-rate">
        rate <b>{rate(perSecond)}</b>
      </div>
      <div
        data-testid="status-drops"
        title="Messages lost: by the kernel (socket buffer full), by the queue into this program, by the store"
      >
        drops <Drops word="kernel" lost={drops.kernel} /> <Drops word="queue" lost={drops.queue} />{' '}
        <Drops word="store" lost={drops.store} />
      </div>
      <div className="status-wide" data-testid="status-space" title={`Index in memory: ${bytes(indexBytes)}`}>
        spool <b>{spoolBytes === 0 ? 'empty' : bytes(spoolBytes)}</b>
      </div>
      <ProfileName />
    </footer>
  );
}

/** The profile in force; a click offers the others. */
function ProfileName() {
  const app = useApp();
  const settings = useSession((session) => session.settings);
  if (settings === null) return null;
  return (
    <Menu
      label="Profile"
      align="end"
      entries={profileEntries(app)}
      trigger={
        <button type="button" className="status-button" data-testid="status-profile" title="Profile">
          <Layers size={12} aria-hidden /> <b className="status-profile">{settings.profile}</b>
        </button>
      }
    />
  );
}

interface JobProgressProps extends Omit<JobState, 'kind'> {
  kind: JobState['kind'] | 'upload';
  stop(): void;
}

const JOB_WORDS = {
  open: 'opening',
  save: 'saving',
  compare: 'comparing',
  sort: 'sorting',
  upload: 'uploading',
};

/** Work on a file that takes a while. */
function JobProgress({ kind, name, progress, stop }: JobProgressProps) {
  const word = JOB_WORDS[kind];
  return (
    <div data-testid="status-job" title={name}>
      {word} <b>{Math.floor(progress * 100)} %</b>
      <IconButton label={`Stop ${word}`} icon={Square} size="sm" onClick={stop} />
    </div>
  );
}

/** What a search says that began without the find bar ("next error"); the bar tells of its own. */
function SearchState() {
  const progress = useSearch(progressText);
  const outcome = useSearch((search) => search.outcome);
  const inBar = useUi((ui) => ui.findOpen);
  if (inBar || (progress === '' && outcome === '')) return null;
  return <div data-testid="status-search">{progress === '' ? <output>{outcome}</output> : progress}</div>;
}

function Drops({ word, lost }: { word: string; lost: number }) {
  return (
    <span className={lost > 0 ? 'tone-warn' : undefined}>
      {word} <b>{count(lost)}</b>
    </span>
  );
}

/** How many messages have a comment; a click lists them. */
function Comments() {
  const app = useApp();
  const open = useUi((ui) => ui.commentsOpen);
  const commented = useHostState(({ comments }) => comments.messages);
  if (commented === 0) return null;
  return (
    <Popover
      label="Comments"
      side="top"
      open={open}
      onOpenChange={(next) => app.ui.setState({ commentsOpen: next })}
      className="experts"
      trigger={
        <button type="button" className="status-button" data-testid="status-comments">
          <MessageSquareText size={12} aria-hidden /> <b>{count(commented)}</b>{' '}
          {plural(commented, 'comment').split(' ')[1]}
        </button>
      }
    >
      <CommentList />
    </Popover>
  );
}

/** How many errors, warnings and gaps there are; a click lists them. */
function Severities() {
  const app = useApp();
  const open = useUi((ui) => ui.expertsOpen);
  const { error, warn, note, gap } = useHostState((state) => state.severities);
  const all = [
    { severity: 'error', number: error, word: 'error' },
    { severity: 'warn', number: warn, word: 'warning' },
    { severity: 'gap', number: gap, word: 'gap' },
  ] as const;
  const found = all.filter(({ number }) => number > 0);
  return (
    <Popover
      label="Errors, warnings and notes"
      side="top"
      open={open}
      onOpenChange={(next) => app.ui.setState({ expertsOpen: next })}
      className="experts"
      trigger={
        <button type="button" className="status-button" data-testid="status-severity">
          {found.map(({ severity, number, word }) => (
            <span key={severity}>
              <SeverityIcon severity={severity} size={12} /> <b>{count(number)}</b> {plural(number, word).split(' ')[1]}
            </span>
          ))}
          {found.length === 0 && (note > 0 ? plural(note, 'note') : 'No notes')}
        </button>
      }
    >
      <ExpertList />
    </Popover>
  );
}

/** The selected field's name in the filter language, its type and what it is: the bar teaches the language. */
function SelectedField() {
  const selected = useSelection(({ current }) => current);
  const shown = useDetail((detail) => detail.shown);
  const node =
    selected.kind === 'field' && shown?.number === selected.number ? nodeAt(shown.detail.tree, selected.path) : null;
  return (
    <div className={classes('grow', 'status-field')} data-testid="status-field">
      {node && <FieldText node={node} />}
    </div>
  );
}

function FieldText({ node }: { node: FieldNode }) {
  const described = node.filter ? [node.type, node.name].filter(Boolean).join(', ') : node.type;
  return (
    <>
      <b>{node.filter ?? node.name}</b>
      <span className="status-wide ellipsis">
        {described}
        {node.doc && `: ${node.doc}`}
      </span>
    </>
  );
}
