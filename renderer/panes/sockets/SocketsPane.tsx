import { Search, X } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { protocolByNumber } from '../../../app/wire/index.ts';
import { refreshInfo } from '../../actions/capture.ts';
import { copyText } from '../../actions/message.ts';
import { listenLike, refreshSockets, showMessagesOf, toggleSockets } from '../../actions/sockets.ts';
import { count, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useSession, useSockets } from '../../stores/hooks.ts';
import { EVERY_NAMESPACE, type WatchedSocket } from '../../stores/sockets.ts';
import { classes, IconButton } from '../../widgets/Button.tsx';
import { Checkbox } from '../../widgets/Checkbox.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { Select, TextInput } from '../../widgets/Field.tsx';
import { GridTable } from '../../widgets/GridTable.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import type { MenuEntry } from '../../widgets/Menu.tsx';
import { useWidth } from '../../widgets/useWidth.ts';
import { Advice } from '../families/PermissionFooter.tsx';
import { Split, SplitPanel } from '../Split.tsx';
import { SocketDetail } from './SocketDetail.tsx';
import { SOCKET_CELLS } from './socketCells.tsx';
import { isKernels, shownSockets, socketClause, socketColumns } from './socketTable.ts';
import './sockets.css';

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
  const columns = socketColumns(useWidth(root, 1200), scope === EVERY_NAMESPACE);
  const rows = useMemo(() => shownSockets(list ?? [], { search, kernels, sort }), [list, search, kernels, sort]);
  return (
    <section ref={root} className="list sockets" aria-label="Netlink sockets">
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
      <GridTable
        label="Netlink sockets"
        itemLabel="Socket"
        columns={columns}
        rows={rows}
        keyOf={({ key }) => key}
        selected={selected}
        onSelect={({ key }) => app.sockets.setState({ selected: key })}
        onOpen={(socket) => showMessagesOf(app, socket)}
        sort={sort}
        onSort={(next) => app.sockets.setState({ sort: next })}
        menuFor={(socket, cellText) => socketMenu(app, socket, cellText)}
        rowClass={rowClass}
        cell={(socket, { id }) => SOCKET_CELLS[id]?.(socket)}
        testId="sockets-table"
        rowTestId="socket-row"
      />
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

/** Tinted once it has lost messages before the user's eyes. */
function rowClass(socket: WatchedSocket): string {
  return classes(
    `family-${protocolByNumber(socket.protocol).code}`,
    socket.newDrops > 0 && 'warn',
    isKernels(socket) && 'kernels',
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
