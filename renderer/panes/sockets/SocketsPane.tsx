import { Search, X } from 'lucide-react';
import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { refreshInfo } from '../../actions/capture.ts';
import { copyText } from '../../actions/message.ts';
import { listenLike, refreshSockets, showMessagesOf, toggleSockets } from '../../actions/sockets.ts';
import { count, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useSession, useSockets } from '../../stores/hooks.ts';
import { EVERY_NAMESPACE, type WatchedSocket } from '../../stores/sockets.ts';
import { IconButton } from '../../widgets/Button.tsx';
import { Checkbox } from '../../widgets/Checkbox.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { Select, TextInput } from '../../widgets/Field.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { ContextMenu, type MenuEntry } from '../../widgets/Menu.tsx';
import { useWidth } from '../../widgets/useWidth.ts';
import { revealRow, useWindowedRows } from '../../widgets/useWindowedRows.ts';
import { Advice } from '../families/PermissionFooter.tsx';
import { Split, SplitPanel } from '../Split.tsx';
import { SocketDetail } from './SocketDetail.tsx';
import { SocketHeader } from './SocketHeader.tsx';
import { SocketRow } from './SocketRow.tsx';
import { shownSockets, socketClause, socketColumns } from './socketTable.ts';
import './sockets.css';

const ROW_HEIGHT = 24;
/** Milliseconds between two looks at the least; a look that takes long is repeated less often. */
const LOOK_EVERY = 1000;
const REST_PER_LOOK = 4;

/** Every netlink socket of the machine, as it is now: who listens to what, what waits, what was lost. */
export function SocketsPane() {
  const app = useApp();
  useEffect(() => void refreshInfo(app), [app]);
  useLooking();
  return (
    <main className="sockets-view" data-pane="sockets" data-testid="sockets">
      <SocketsBar />
      <div className="sockets-body">
        <Split id="sockets" orientation="vertical">
          <SplitPanel id="panel-sockets" defaultSize="70" minSize={120}>
            <SocketTable />
          </SplitPanel>
          <SplitPanel id="panel-socket" defaultSize="30" minSize={96}>
            <SocketDetail />
          </SplitPanel>
        </Split>
      </div>
    </main>
  );
}

/** Looks again and again while the view is on screen. */
function useLooking(): void {
  const app = useApp();
  const scope = useSockets((sockets) => sockets.scope);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another scope is looked into at once
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const look = async () => {
      const began = Date.now();
      if (!document.hidden) await refreshSockets(app);
      if (!ended) timer = setTimeout(look, Math.max(LOOK_EVERY, (Date.now() - began) * REST_PER_LOOK));
    };
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [app, scope]);
}

function SocketsBar() {
  const app = useApp();
  const { list, search, kernels, scope } = useSockets((sockets) => sockets);
  const netns = useSession((session) => session.info?.netns ?? []);
  const losing = list?.filter(({ newDrops }) => newDrops > 0).length ?? 0;
  const namespaces = [
    ...netns.map(({ name, path }) => ({ value: path, label: name === '' ? 'This namespace' : name })),
    { value: EVERY_NAMESPACE, label: 'All namespaces' },
  ];
  return (
    <header className="sockets-bar">
      <h1>Netlink sockets</h1>
      <span className="muted" data-testid="sockets-count">
        {list && plural(list.length, 'socket')}
      </span>
      {losing > 0 && (
        <span className="tone-warn sockets-losing" data-testid="sockets-losing">
          <SeverityIcon severity="warn" size={12} /> {losing === 1 ? '1 socket loses' : `${count(losing)} sockets lose`}{' '}
          messages
        </span>
      )}
      <span className="grow" />
      <Checkbox
        checked={kernels}
        onChange={(on) => app.sockets.setState({ kernels: on })}
        label="Kernel’s own"
        testId="sockets-kernels"
      />
      {netns.length > 1 && (
        <Select
          label="Network namespace"
          value={scope}
          options={namespaces}
          onChange={(path) => app.sockets.setState({ scope: path, list: null, failures: [] })}
          testId="sockets-netns"
        />
      )}
      <TextInput
        value={search}
        onChange={(text) => app.sockets.setState({ search: text })}
        before={<Search size={14} className="hint" aria-hidden />}
        placeholder="Process, group, portid…"
        aria-label="Search sockets"
        testId="sockets-search"
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || search === '') return;
          event.preventDefault();
          app.sockets.setState({ search: '' });
        }}
      />
      <IconButton label="Close" keys="Ctrl+5" icon={X} onClick={() => toggleSockets(app)} />
    </header>
  );
}

function SocketTable() {
  const app = useApp();
  const { list, failures, search, kernels, sort, scope, selected } = useSockets((sockets) => sockets);
  const root = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const columns = socketColumns(useWidth(root, 1200), scope === EVERY_NAMESPACE);
  const rows = useMemo(() => shownSockets(list ?? [], { search, kernels, sort }), [list, search, kernels, sort]);
  const { first, last, pageRows } = useWindowedRows(scroller, rows.length, ROW_HEIGHT);
  const at = rows.findIndex(({ key }) => key === selected);
  const visible = rows.slice(first, last);

  useLayoutEffect(() => scroller.current?.focus(), []);

  const go = (to: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (!row) return;
    app.sockets.setState({ selected: row.key });
    if (scroller.current) revealRow(scroller.current, rows.indexOf(row), ROW_HEIGHT);
  };
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const steps: { readonly [key: string]: number } = {
      ArrowDown: at + 1,
      j: at + 1,
      ArrowUp: at < 0 ? rows.length - 1 : at - 1,
      k: at < 0 ? rows.length - 1 : at - 1,
      PageDown: at + pageRows,
      PageUp: at - pageRows,
      Home: 0,
      End: rows.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) go(to);
    else if (event.key === 'Enter' && rows[at]) showMessagesOf(app, rows[at]);
    else return;
    event.preventDefault();
  };
  const socketAt = (target: Element): WatchedSocket | undefined =>
    rows.find(({ key }) => key === target.closest<HTMLElement>('[data-socket]')?.dataset.socket);
  const choose = (event: MouseEvent) => {
    const socket = socketAt(event.target as Element);
    if (socket && event.button <= 2) app.sockets.setState({ selected: socket.key });
  };

  return (
    <section
      ref={root}
      className="list sockets"
      style={{ '--list-columns': columns.map(({ width }) => width).join(' ') } as React.CSSProperties}
      aria-label="Netlink sockets"
    >
      {failures.map(({ netns, error }) => (
        <div key={netns} className="sockets-failure" role="alert">
          <SeverityIcon severity="warn" />
          <div className="selectable">
            {netns !== '' && <b>{netns}: </b>}
            {error.message}
            {error.hint && <Advice text={error.hint} />}
          </div>
        </div>
      ))}
      <ContextMenu
        label="Socket"
        entriesFor={(target) => {
          const socket = socketAt(target);
          const cell = target.closest<HTMLElement>('[data-column]');
          return socket ? socketMenu(app, socket, cell?.textContent ?? '') : [];
        }}
      >
        <div
          ref={scroller}
          className="list-grid"
          role="grid"
          aria-label="Netlink sockets"
          aria-rowcount={rows.length + 1}
          aria-colcount={columns.length}
          aria-activedescendant={at >= first && at < last ? `socket-${at}` : undefined}
          tabIndex={0}
          data-pane-focus
          data-testid="sockets-table"
          onKeyDown={press}
          onMouseDown={choose}
          onDoubleClick={(event) => {
            const socket = socketAt(event.target as Element);
            if (socket) showMessagesOf(app, socket);
          }}
        >
          <SocketHeader columns={columns} />
          <div className="sockets-canvas" role="rowgroup" style={{ height: rows.length * ROW_HEIGHT }}>
            {visible.map((socket, offset) => (
              <SocketRow
                key={socket.key}
                id={`socket-${first + offset}`}
                socket={socket}
                columns={columns}
                index={first + offset}
                top={(first + offset) * ROW_HEIGHT}
                selected={first + offset === at}
              />
            ))}
          </div>
        </div>
      </ContextMenu>
      {rows.length === 0 && (
        <div className="list-cover">
          {list === null ? (
            <EmptyState text="Asking the kernel for its netlink sockets…" />
          ) : (
            <EmptyState text={search === '' ? 'There are no sockets to show.' : `No socket has “${search}”.`} />
          )}
        </div>
      )}
    </section>
  );
}

function socketMenu(app: ReturnType<typeof useApp>, socket: WatchedSocket, cellText: string): readonly MenuEntry[] {
  const clause = socketClause(socket);
  return [
    {
      kind: 'item',
      label: 'Show its messages',
      detail: clause ?? undefined,
      keys: 'Enter',
      disabled: clause === null,
      run: () => showMessagesOf(app, socket),
    },
    {
      kind: 'item',
      label: 'Listen to its groups',
      disabled: socket.groups.length === 0,
      run: () => listenLike(app, socket),
    },
    { kind: 'separator' },
    { kind: 'item', label: 'Copy cell', disabled: cellText === '', run: () => void copyText(app, cellText) },
    {
      kind: 'item',
      label: 'Copy as JSON',
      run: () => {
        const { key: _key, newDrops: _newDrops, ...info } = socket;
        void copyText(app, JSON.stringify(info, null, 2));
      },
    },
  ];
}
