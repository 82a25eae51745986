import { describe, expect, it } from 'vitest';
import { watchSockets } from '../../stores/sockets.ts';
import { SAMPLE_SOCKETS } from '../../testing/samples.ts';
import { nextSort } from '../../widgets/gridSort.ts';
import { shownSockets, socketClause, socketColumns, socketGroups } from './socketTable.ts';

const [kernel, manager, hidden] = SAMPLE_SOCKETS;
const look = (sockets = SAMPLE_SOCKETS) => [{ netns: '', sockets }];
const all = { search: '', kernels: true, sort: null };
const portids = (list: readonly { portid: number }[]) => list.map(({ portid }) => portid);

describe('looks at the sockets', () => {
  it('count what is lost between them, and go on counting', () => {
    const lose = (drops: number) => look([{ ...manager!, drops }]);
    const first = watchSockets([], lose(412));
    expect(first[0]?.newDrops).toBe(0);
    const second = watchSockets(first, lose(449));
    expect(second[0]?.newDrops).toBe(37);
    expect(watchSockets(second, lose(450))[0]?.newDrops).toBe(38);
  });

  it('do not take a younger socket for one that lost less', () => {
    const before = watchSockets(watchSockets([], look([{ ...manager!, drops: 5 }])), look([{ ...manager!, drops: 9 }]));
    expect(watchSockets(before, look([{ ...manager!, drops: 2 }]))[0]?.newDrops).toBe(0);
  });

  it('keep the sockets of namespaces apart', () => {
    const both = watchSockets([], [...look([kernel!]), { netns: 'lab', sockets: [kernel!] }]);
    expect(new Set(both.map(({ key }) => key)).size).toBe(2);
    expect(socketColumns(1200, true)[0]?.id).toBe('netns');
  });
});

describe('the table', () => {
  const list = watchSockets([], look());

  it('is searched by all words in all that is known of a socket', () => {
    expect(portids(shownSockets(list, { ...all, search: 'NO-DAEMON ipv4-route' }))).toEqual([820]);
    expect(portids(shownSockets(list, { ...all, search: 'nlctrl' }))).toEqual([hidden!.portid]);
    expect(shownSockets(list, { ...all, search: 'no-daemon nlctrl' })).toEqual([]);
    expect(portids(shownSockets(list, { ...all, kernels: false }))).toEqual([820, hidden!.portid]);
  });

  it('is sorted by numbers as numbers, the largest first', () => {
    const byPortid = { column: 'portid', descending: true };
    expect(portids(shownSockets(list, { ...all, sort: byPortid }))).toEqual([hidden!.portid, 820, 0]);
    const byProcess = { column: 'process', descending: false };
    expect(shownSockets(list, { ...all, sort: byProcess }).map(({ process }) => process?.comm)).toEqual([
      undefined,
      'kernel',
      'NetworkManager',
    ]);
    expect(portids(list)).toEqual(portids(SAMPLE_SOCKETS));
  });

  it('goes from one order to the other to none', () => {
    const portid = socketColumns(1200, false).find(({ id }) => id === 'portid')!;
    const process = socketColumns(1200, false).find(({ id }) => id === 'process')!;
    const first = nextSort(null, portid);
    expect(first).toEqual({ column: 'portid', descending: true });
    expect(nextSort(first, process)).toEqual({ column: 'process', descending: false });
    expect(nextSort(first, portid)).toEqual({ column: 'portid', descending: false });
    expect(nextSort(nextSort(first, portid), portid)).toBeNull();
  });
});

describe('from a socket', () => {
  it('to the filter for its messages', () => {
    expect(socketClause(kernel!)).toBe('nl.protocol == NETLINK_ROUTE');
    expect(socketClause(manager!)).toBe('nl.protocol == NETLINK_ROUTE && nl.socket == 820');
    expect(socketClause({ ...manager!, protocol: 31, protocolName: 'NETLINK_31' })).toBe(
      'nl.protocol == 31 && nl.socket == 820',
    );
    expect(socketClause({ ...manager!, netns: 'lab' })).toBe(
      'nl.netns == "lab" && nl.protocol == NETLINK_ROUTE && nl.socket == 820',
    );
    expect(socketClause({ ...manager!, portid: 0 })).toBeNull();
  });

  it('to its groups as a capture joins them: generic ones by name', () => {
    expect(socketGroups(manager!).map(({ group }) => group)).toEqual([1, 5, 7]);
    expect(socketGroups(hidden!)).toEqual([{ protocol: 16, group: 16, genlFamily: 'nlctrl', name: 'notify' }]);
  });
});
