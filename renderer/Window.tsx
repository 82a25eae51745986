import { type DragEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { PanelImperativeHandle } from 'react-resizable-panels';
import { followSelection } from './actions/compare.ts';
import { openDropped, openPath, saveAll } from './actions/files.ts';
import { endCompose } from './actions/message.ts';
import { goToMessage, keepField } from './actions/navigate.ts';
import { NARROW_BELOW } from './commands/table.ts';
import { useKeymap } from './commands/useKeymap.ts';
import { ComposeDrawer } from './compose/ComposeDrawer.tsx';
import type { SequenceControl } from './compose/SequencePanel.tsx';
import { Dialogs } from './dialogs/Dialogs.tsx';
import { whatIsUnsaved, windowTitle } from './format/unsaved.ts';
import { ComparePane } from './panes/compare/ComparePane.tsx';
import { DetailPanes } from './panes/DetailPanes.tsx';
import { FamiliesPane } from './panes/families/FamiliesPane.tsx';
import { FindBar } from './panes/find/FindBar.tsx';
import { ListPane } from './panes/list/ListPane.tsx';
import { Announcer, ConnectionBanner, Toasts } from './panes/notices/Notices.tsx';
import { Split, SplitPanel } from './panes/Split.tsx';
import { SocketsPane } from './panes/sockets/SocketsPane.tsx';
import { StartPage } from './panes/start/StartPage.tsx';
import { CountedRate, StatisticsPane } from './panes/statistics/StatisticsPane.tsx';
import { StatusBar } from './panes/status/StatusBar.tsx';
import { FilterButtons } from './panes/toolbar/FilterButtons.tsx';
import { Toolbar } from './panes/toolbar/Toolbar.tsx';
import { useApp } from './stores/app.ts';
import { useCompare, useDetail, useHostState, usePreferences, useSequence, useSession, useUi } from './stores/hooks.ts';
import { withReads } from './stores/sequence.ts';
import type { Ui } from './stores/ui.ts';
import { tellCutText } from './widgets/cutText.ts';
import './window.css';

/** The whole window. */
export function Window() {
  const app = useApp();
  useKeymap();
  useTheme();
  useTitle();
  useCloseGuard();
  useEffect(() => keepField(app), [app]);
  useEffect(() => followSelection(app), [app]);
  useEffect(() => tellCutText(document), []);
  useEffect(() => app.shell.onOpenFile((path) => openPath(app, path)), [app]);
  const narrow = useNarrow();
  const familiesOpen = usePreferences((preferences) => preferences.familiesOpen);
  const { view, overlay, compose } = useUi((ui) => ({
    view: ui.view,
    overlay: ui.familiesOverlay,
    compose: ui.compose,
  }));
  const netns = useSession((session) => session.info?.netns ?? []);
  const inventory = useSession((session) => session.inventory);
  const { items, reads } = useSequence((state) => state);
  const sequence = useMemo(
    (): SequenceControl => ({
      items,
      reads: reads.length,
      setItems: (next) => app.sequence.setState({ items: next, ...(next.length === 0 ? { reads: [] } : {}) }),
      addReads: () => app.sequence.setState(withReads),
    }),
    [app, items, reads],
  );
  const closeOverlay = () => app.ui.setState({ familiesOverlay: false });

  return (
    <div className="window" {...fileDrop((files) => openDropped(app, files))}>
      <Toolbar />
      <FilterButtons />
      <ConnectionBanner />
      <div className="middle">
        <Split id="window" orientation="horizontal">
          {!narrow && familiesOpen && !compose && (
            <SplitPanel
              id="panel-families"
              defaultSize={220}
              minSize={180}
              maxSize={420}
              groupResizeBehavior="preserve-pixel-size"
            >
              <FamiliesPane />
            </SplitPanel>
          )}
          <SplitPanel id="panel-centre" minSize={360}>
            <div className="centre">
              <Centre view={view} />
              <Toasts />
            </div>
          </SplitPanel>
          {compose && (
            <SplitPanel
              id="panel-compose"
              defaultSize={composeWidth()}
              minSize={360}
              maxSize={760}
              groupResizeBehavior="preserve-pixel-size"
            >
              <ComposeDrawer
                host={app.api}
                shell={app.shell}
                initial={compose}
                netns={[...netns]}
                knowledge={inventory}
                sequence={sequence}
                onClose={() => endCompose(app)}
                onShowMessage={(number) => void goToMessage(app, number)}
              />
            </SplitPanel>
          )}
        </Split>
        {narrow && overlay && (
          <div className="families-overlay">
            <FamiliesPane onClose={closeOverlay} />
          </div>
        )}
      </div>
      <StatusBar />
      <Announcer />
      <Dialogs />
    </div>
  );
}

/** What the drawer takes at first: what the panes beside it, with the widths they need, leave of the window. */
function composeWidth(): number {
  return Math.max(360, Math.min(560, Math.round(window.innerWidth * 0.38)));
}

/** What stands in the middle: before there are messages, what can be done about that. */
function Centre({ view }: { view: Ui['view'] }) {
  const fresh = useHostState(({ capture, view }) => capture === 'idle' && view.total === 0);
  if (view === 'sockets') return <SocketsPane />;
  if (fresh) return <StartPage />;
  return view === 'statistics' ? <StatisticsPane /> : <Messages />;
}

/** Height that the lower half grows to, once, when there is an explanation or a comparison to read; and its largest share then. */
const EXPLAIN_HEIGHT = 480;
const EXPLAIN_SHARE = 0.7;

function Messages() {
  const detail = useRef<PanelImperativeHandle>(null);
  const area = useRef<HTMLElement>(null);
  const rateStrip = usePreferences((preferences) => preferences.rateStrip);
  const explained = useDetail(({ shown }) => Boolean(shown?.detail.explanation));
  const comparing = useCompare(({ asked, pair, dumps }) => asked !== null && (pair !== null || dumps !== null));
  const wantsRoom = explained || comparing;
  useEffect(() => {
    if (!wantsRoom || !detail.current || !area.current) return;
    const wanted = Math.min(EXPLAIN_HEIGHT, area.current.clientHeight * EXPLAIN_SHARE);
    if (detail.current.getSize().inPixels < wanted) detail.current.resize(wanted);
  }, [wantsRoom]);
  return (
    <main className="messages" ref={area}>
      <h1 className="sr-only">Messages</h1>
      <FindBar />
      {rateStrip && <CountedRate />}
      <Split id="messages" orientation="vertical">
        <SplitPanel id="panel-list" defaultSize="58" minSize={120}>
          <ListPane />
        </SplitPanel>
        <SplitPanel id="panel-detail" defaultSize="42" minSize={120} panelRef={detail}>
          {comparing ? <ComparePane /> : <DetailPanes />}
        </SplitPanel>
      </Split>
    </main>
  );
}

/** Handlers that let files be dropped on the window. */
function fileDrop(open: (files: readonly File[]) => void) {
  return {
    onDragOver(event: DragEvent) {
      if (!event.dataTransfer.types.includes('Files')) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = 'copy';
    },
    onDrop(event: DragEvent) {
      const files = [...event.dataTransfer.files];
      if (files.length === 0) return;
      event.preventDefault();
      open(files);
    },
  };
}

/** Tells in the window's title what is open, and whether it is saved. */
function useTitle(): void {
  const title = useHostState(windowTitle);
  useEffect(() => {
    document.title = title;
  }, [title]);
}

/** Puts the chosen theme on the document; without a choice the system decides. */
function useTheme(): void {
  const theme = usePreferences((preferences) => preferences.theme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}

/**
 * Objects to being closed while messages are unsaved, so that the desktop shell asks. A browser's window may go: the
 * server keeps the capture.
 */
function useCloseGuard(): void {
  const app = useApp();
  const { shell } = app;
  const unsaved = useHostState((state) => state.unsaved);
  const what = useHostState(whatIsUnsaved);
  useEffect(() => shell.tellUnsaved(what), [shell, what]);
  useEffect(() => shell.onSaveAndClose(() => saveAll(app)), [shell, app]);
  useEffect(() => {
    if (!unsaved || shell.edition !== 'electron') return;
    const object = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', object);
    return () => window.removeEventListener('beforeunload', object);
  }, [shell, unsaved]);
}

function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => window.innerWidth < NARROW_BELOW);
  useEffect(() => {
    const measure = () => setNarrow(window.innerWidth < NARROW_BELOW);
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, []);
  return narrow;
}
