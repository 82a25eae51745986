import { isDeepStrictEqual } from 'node:util';
import { findProtocol } from '../../../app/wire/index.ts';
import { openNetlink } from '../../sources/netlinkSocket.ts';
import { Collector } from '../../sources/testing/collector.ts';
import { until } from '../../sources/testing/namespace.ts';
import { at } from './compare.ts';
import { NamespaceKernel } from './kernel.ts';
import type { Asking } from './oracle.ts';
import type { Event, Scene, Shown } from './scene.ts';
import { word } from './words.ts';

/** What happened, as a tool that watches and we both can say it. */
export type Happening = readonly string[];

/** A tool that watches, the groups it joins, and how its words and our messages are read as the same. */
export interface Watch {
  readonly command: readonly string[];
  readonly protocol: string;
  readonly groups: readonly number[];
  /** Commands that make things happen; the last makes what `isLast` knows. */
  readonly lines: readonly string[];
  theirs(printed: string): readonly Happening[];
  ours(message: Event): Happening | undefined;
  isLast(happening: Happening): boolean;
}

/** Sockets of a protocol that are members of any group, as the kernel lists them in the namespace. */
function listeners(scene: Scene, protocol: number): number {
  return scene
    .run('cat /proc/net/netlink')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, number, , groups]) => Number(number) === protocol && /[1-9a-f]/.test(groups ?? '')).length;
}

/** The tool and we watch while things happen: the same happenings in the same order. */
export async function watch(asking: Asking, { command, protocol, groups, lines, ...watched }: Watch): Promise<void> {
  const { scene, findings } = asking;
  const { kernel } = scene;
  if (!(kernel instanceof NamespaceKernel)) throw new Error('events come from a running kernel');
  const number = findProtocol(protocol)?.number ?? -1;
  await asking.links();
  const seen = new Collector();
  const already = listeners(scene, number);
  const opened = openNetlink({
    protocol: number,
    groups: [...groups],
    netns: kernel.path,
    onBatch: seen.onBatch,
  });
  if (!opened.ok) throw new Error(opened.error.message);
  let printed = '';
  const tool = kernel.watch(command, (chunk) => {
    printed += chunk;
  });
  try {
    await until(() => listeners(scene, number) >= already + 2, `${command.join(' ')} watches`);
    for (const line of lines) scene.run(line);
    const ourHappenings = () =>
      seen.datagrams
        .flatMap(({ bytes }) => scene.read(number, bytes))
        .flatMap((message) => {
          const happening = watched.ours(message);
          return happening === undefined ? [] : [happening];
        });
    await until(() => ourHappenings().some(watched.isLast), 'the last event came');
    await until(() => watched.theirs(printed).some(watched.isLast), `${command.join(' ')} printed the last event`);
    const [theirs, ours] = [watched.theirs(printed), ourHappenings()];
    asking.objects += theirs.length;
    for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
      findings.values += theirs[i]?.length ?? 0;
      if (isDeepStrictEqual(theirs[i], ours[i])) continue;
      findings.differences.push({ path: `${command.join(' ')}: event ${i}`, theirs: theirs[i], ours: ours[i] });
    }
  } finally {
    tool.kill();
    opened.value.close();
  }
}

const LABELS: { readonly [object: string]: string } = {
  LINK: 'LINK',
  ADDR: 'ADDR',
  ROUTE: 'ROUTE',
  RULE: 'RULE',
  NEIGH: 'NEIGH',
  NEXTHOP: 'NEXTHOP',
};

/** What ip says of an event first, by label: the name, address, destination, priority or number. */
const SAID: { readonly [label: string]: { readonly theirs: RegExp; readonly ours: (message: Shown) => string } } = {
  LINK: { theirs: /^\d+: ([^:@]+)/, ours: (message) => String(message['IFLA_IFNAME']) },
  ADDR: {
    theirs: /inet6? ([^ /]+)/,
    ours: (message) => String(message['IFA_LOCAL'] ?? message['IFA_ADDRESS']),
  },
  ROUTE: {
    theirs: /^(?:(?:local|broadcast|multicast|anycast|blackhole|unreachable|prohibit|throw) )?(\S+)/,
    ours: (message) => {
      const bits = Number(message['rtm_dst_len']);
      const all = message['rtm_family'] === 'AF_INET6' ? 128 : 32;
      const destination = message['RTA_DST'];
      return destination === undefined ? 'default' : `${destination}${bits === all ? '' : `/${bits}`}`;
    },
  },
  RULE: { theirs: /^(\d+):/, ours: (message) => String(message['FRA_PRIORITY'] ?? 0) },
  NEIGH: { theirs: /^(\S+)/, ours: (message) => String(message['NDA_DST']) },
  NEXTHOP: { theirs: /^id (\d+)/, ours: (message) => String(message['NHA_ID']) },
};

/** Lines of `ip -o monitor all`. */
export function monitorLines(printed: string): readonly Happening[] {
  return printed
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      const [, label, deleted, text] = /^\[([A-Z]+)\](Deleted )?(.*)$/.exec(line) ?? [];
      const said = SAID[label ?? ''];
      if (said === undefined || label === undefined) return [];
      return [[label, deleted === undefined ? 'new' : 'deleted', said.theirs.exec(text ?? '')?.[1] ?? text ?? '']];
    });
}

/** The same of a message of ours; undefined for what is not compared. */
export function monitored(message: Event): Happening | undefined {
  const [, way, object] = /^RTM_(NEW|DEL)([A-Z]+)$/.exec(message.type) ?? [];
  const label = LABELS[object ?? ''];
  const said = SAID[label ?? ''];
  if (label === undefined || said === undefined) return undefined;
  return [label, way === 'NEW' ? 'new' : 'deleted', said.ours(message)];
}

/** Lines of `conntrack -E`: what happened, the protocol and the first port. */
export function conntrackLines(printed: string): readonly Happening[] {
  return printed
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => {
      const [, what, protocol, source, port] = /\[([A-Z]+)\]\s+(\S+).*?src=(\S+).*?sport=(\d+)/.exec(line) ?? [];
      return what === undefined ? [] : [[what, protocol ?? '', source ?? '', port ?? '']];
    });
}

/** The same of a message of ours. */
export function conntracked(message: Event): Happening | undefined {
  const tuple = at(message, 'CTA_TUPLE_ORIG');
  const isNew = message.type === 'IPCTNL_MSG_CT_NEW';
  const created = (message['nlmsg_flags'] as readonly string[] | undefined)?.includes('NLM_F_CREATE') ?? false;
  return [
    isNew ? (created ? 'NEW' : 'UPDATE') : 'DESTROY',
    String(word(at(tuple, 'CTA_TUPLE_PROTO.CTA_PROTO_NUM'), 'IPPROTO_')),
    String(at(tuple, 'CTA_TUPLE_IP.CTA_IP_V4_SRC')),
    String(at(tuple, 'CTA_TUPLE_PROTO.CTA_PROTO_SRC_PORT')),
  ];
}
