import {
  ChartNoAxesColumn,
  ChevronDown,
  FolderOpen,
  Network,
  Pause,
  PenLine,
  Play,
  RotateCcw,
  Save,
  Square,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { filterApplied } from '../../actions/filter.ts';
import { editButtons } from '../../actions/filterSets.ts';
import { command, runCommand } from '../../commands/table.ts';
import { FilterBox } from '../../filter/FilterBox.tsx';
import { elapsed } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState, useSession, useUi } from '../../stores/hooks.ts';
import { Button, classes, IconButton } from '../../widgets/Button.tsx';
import { Tooltip } from '../../widgets/Tooltip.tsx';
import { useChosenGroups } from '../families/FamiliesPane.tsx';
import { focusPane } from '../focus.ts';
import './toolbar.css';

/** Capture state and its buttons, the groups chip, the filter box, and what opens drawers and dialogs. */
export function Toolbar() {
  const app = useApp();
  const { capturing, paused, empty } = useHostState((state) => ({
    capturing: state.capture === 'capturing',
    paused: state.viewPaused,
    empty: state.view.total === 0,
  }));
  const { applied, shown, total, progress } = useHostState(({ view }) => ({
    applied: view.filter,
    shown: view.shown,
    total: view.total,
    progress: view.progress,
  }));
  const view = useUi((ui) => ui.view);
  const run = (id: string) => () => runCommand(app, command(id));
  return (
    <header className="toolbar">
      <CaptureState />
      {capturing ? (
        <IconButton
          label="Stop capture"
          keys="Ctrl+E"
          icon={Square}
          onClick={run('capture.stop')}
          data-testid="capture-stop"
        />
      ) : (
        <IconButton
          label="Start capture"
          keys="Ctrl+E"
          icon={Play}
          onClick={run('capture.start')}
          data-testid="capture-start"
        />
      )}
      <IconButton
        label={paused ? 'Resume the list' : 'Pause the list'}
        keys="Ctrl+Shift+E"
        icon={paused ? Play : Pause}
        pressed={paused}
        disabled={!capturing}
        onClick={run('capture.pause')}
        data-testid="capture-pause"
      />
      <IconButton
        label="Restart capture"
        keys="Ctrl+R"
        icon={RotateCcw}
        disabled={!capturing}
        className="wide-only"
        onClick={run('capture.restart')}
        data-testid="capture-restart"
      />
      <IconButton
        label="Clear all messages"
        keys="Ctrl+L"
        icon={Trash2}
        disabled={empty}
        className="wide-only"
        onClick={run('capture.clear')}
        data-testid="capture-clear"
      />
      <span className="toolbar-line" />
      <IconButton
        label="Open capture file"
        keys="Ctrl+O"
        icon={FolderOpen}
        onClick={run('file.open')}
        data-testid="file-open"
      />
      <IconButton
        label="Save all messages"
        keys="Ctrl+S"
        icon={Save}
        disabled={empty}
        onClick={run('file.save')}
        data-testid="file-save"
      />
      <span className="toolbar-line" />
      <GroupsChip />
      <div className="toolbar-filter" data-pane="filter">
        <FilterBox
          ref={(box) => {
            app.filterBox = box;
          }}
          host={app.api}
          applied={applied}
          counts={{ shown, total, progress }}
          onApplied={() => void filterApplied(app)}
          onLeave={() => focusPane('list')}
          onMakeButton={(text) => editButtons(app, text)}
        />
      </div>
      <Button
        icon={PenLine}
        variant="ghost"
        onClick={run('compose.new')}
        title="Compose a message (Ctrl+N)"
        data-testid="compose-open"
        className="compose-button"
      >
        <span className="wide-text">Compose</span>
      </Button>
      <IconButton
        label="Show or hide the netlink sockets"
        keys="Ctrl+5"
        icon={Network}
        pressed={view === 'sockets'}
        onClick={run('app.sockets')}
        data-testid="sockets-open"
      />
      <IconButton
        label="Show or hide the statistics"
        keys="Ctrl+6"
        icon={ChartNoAxesColumn}
        pressed={view === 'statistics'}
        disabled={empty}
        onClick={run('app.statistics')}
        data-testid="statistics-open"
      />
      <IconButton
        label="Show all commands"
        keys="Ctrl+Shift+P"
        icon={SquareTerminal}
        onClick={run('app.palette')}
        data-testid="palette-open"
      />
    </header>
  );
}

/** "Capturing 00:04:12", "Stopped", the name of the file that is open. */
function CaptureState() {
  const { capture, viewPaused, fileName, startedAt } = useHostState((state) => state);
  const now = useSeconds(capture === 'capturing');
  const word = {
    idle: 'Not capturing',
    capturing: viewPaused ? 'Paused' : 'Capturing',
    stopped: 'Stopped',
    file: fileName.split('/').at(-1) || 'File',
  }[capture];
  return (
    <div
      className={classes('capture-state', capture, viewPaused && 'paused')}
      data-testid="capture-state"
      data-state={capture}
      title={fileName || undefined}
    >
      <span className="lamp" aria-hidden />
      <span className="strong ellipsis">{word}</span>
      {capture === 'capturing' && startedAt !== '' && (
        <span className="mono muted wide-text">{elapsed(now - Number(startedAt.slice(0, -6)))}</span>
      )}
    </div>
  );
}

/** The time, anew every second while `running`. */
function useSeconds(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}

/** "5 protocols · 14 groups": what is or will be captured. Opens the families. */
function GroupsChip() {
  const app = useApp();
  const chosen = useChosenGroups();
  const known = useSession((session) => session.inventory !== null);
  const protocols = new Set([...chosen].map((key) => key.split(/[/:]/)[0])).size;
  const label = `${protocols} ${protocols === 1 ? 'protocol' : 'protocols'} · ${chosen.size} ${chosen.size === 1 ? 'group' : 'groups'}`;
  return (
    <Tooltip content="Show or hide families and groups" keys="Ctrl+B">
      <Button
        variant="ghost"
        aria-label={label}
        onClick={() => runCommand(app, command('app.families'))}
        data-testid="groups-chip"
      >
        {known ? (
          <>
            <span className="wide-text">{label}</span>
            <span className="narrow-text">
              {protocols} · {chosen.size}
            </span>
          </>
        ) : (
          'Families'
        )}
        <ChevronDown size={12} className="hint" aria-hidden />
      </Button>
    </Tooltip>
  );
}
