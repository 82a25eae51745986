import type { Happening } from './events.ts';
import type { Event } from './scene.ts';

/** How the words of a tool that watches and those of our summaries are brought to the same. */
interface Wording {
  theirs(printed: string): readonly Happening[];
  ours(event: Event): Happening | undefined;
}

const lines = (printed: string) => printed.split('\n').slice(0, -1);

/** What a text says in the groups of the first pattern that fits; undefined when none does. */
function said(text: string, patterns: readonly RegExp[]): Happening | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match !== null) return match.slice(1).map((word) => word ?? '');
  }
  return undefined;
}

const some = (happenings: readonly (Happening | undefined)[]) => happenings.filter((one) => one !== undefined);

const TC_PATTERNS: readonly RegExp[] = [
  /^(deleted )?(qdisc|class) (\S+) (\S+) dev (\S+) (root|ingress|parent \S+)/,
  /^(deleted )?(filter) dev (\S+) (ingress|egress|root|parent \S+) protocol (\S+) pref (\d+) (\S+)(?:.* fh (\S+))?/,
  /^(deleted )?(chain) dev (\S+) (parent \S+) chain (\d+)/,
];

/** `tc monitor`: qdiscs, classes, filters and chains by what identifies them (what actions do takes several lines). */
export const TC_WORDING: Wording = {
  theirs: (printed) =>
    some(
      lines(printed).map((line) =>
        said(
          line
            .replace(/^added /, '')
            .replace('parent ffff:fff1', 'ingress')
            .replace(/(filter.*) chain 0(?= )/, '$1'),
          TC_PATTERNS,
        ),
      ),
    ),
  ours: ({ summary }) => said(summary, TC_PATTERNS),
};

const RULE_GONE = /^(delete rule \S+ \S+ \S+) .*?handle (\d+)/;

/** `nft monitor`: the whole line, without the generations and our handles. */
export const NFT_WORDING: Wording = {
  theirs: (printed) =>
    lines(printed)
      .filter((line) => !line.startsWith('#'))
      .map((line) => said(line, [RULE_GONE]) ?? [line.trim().replace('priority filter', 'priority 0')]),
  ours: ({ summary, type }) =>
    type === 'NFT_MSG_NEWGEN' ? undefined : (said(summary, [RULE_GONE]) ?? [summary.replace(/ # handle \d+$/, '')]),
};

const XFRM_PATTERNS: readonly RegExp[] = [
  /^(Updated |Deleted )?src (\S+) dst (\S+) dir (\S+)(?: action (?:allow|(block)))?.*? priority (\d+)/,
  /^Flushed (policy)/,
  /^Flushed (state)/,
];
const XFRM_TEMPLATE = / tmpl src (\S+) dst (\S+) proto (\S+) (?:spi (\S+) )?reqid (\d+) mode (\S+)/;

const policyOf = (text: string): Happening | undefined => {
  const happening = said(text, XFRM_PATTERNS);
  const isGone = happening?.[0] === 'Deleted ';
  return happening === undefined || isGone ? happening : [...happening, ...(said(text, [XFRM_TEMPLATE]) ?? [])];
};

/** `ip xfrm monitor`: an event is a line and those that are indented below it. */
export const XFRM_WORDING: Wording = {
  theirs: (printed) => some(printed.split(/\n(?=\S)/).map((block) => policyOf(block.replace(/\s+/g, ' ')))),
  ours: ({ summary }) => policyOf(summary),
};

const UEVENT_TITLE = /^KERNEL\[[\d.]+\] (\S+) +(\S+) \(\S+\)$/;

/** `udevadm monitor --kernel --property`: what happened to which device, then all that is told of it, in its order. */
export const UEVENT_WORDING: Wording = {
  theirs: (printed) =>
    printed
      .split('\n\n')
      // The last may not be printed to its end yet.
      .slice(0, -1)
      .flatMap((block) => {
        const [title = '', ...properties] = block.trim().split('\n');
        const happened = said(title, [UEVENT_TITLE]);
        return happened === undefined ? [] : [[...happened, ...properties]];
      }),
  ours: ({ type: _, summary: __, nlmsg_flags: ___, action, devpath, ...properties }) => [
    String(action),
    String(devpath),
    ...Object.entries(properties).map(([key, value]) => `${key}=${value}`),
  ],
};

const STATES: readonly (readonly [RegExp, string])[] = [
  [/ PERMANENT$/, ' permanent'],
  [/ NOARP$/, ' static'],
];

const BRIDGE_PATTERNS: readonly RegExp[] = [
  /^(Deleted )?((?:[0-9a-f]{2}:){5}\S\S dev \S+ master \S+)(?: (permanent|static|stale))?/,
  /^(Deleted )?(dev \S+ port \S+ grp .*)/,
  /^(Deleted )?(\d+: \S+): <.*? (mtu \d+)(?: master (\S+))?(?: state (\S+) priority (\d+) cost (\d+))?/,
];

/** `bridge monitor`: forwarding entries, groups, and links with what a bridge knows of its ports. */
export const BRIDGE_WORDING: Wording = {
  theirs: (printed) =>
    some(lines(printed).map((line) => said(line.replace(/^\[[A-Z]+\]/, '').trim(), BRIDGE_PATTERNS))),
  ours: ({ summary, type, ...message }) => {
    if (!/^RTM_(NEW|DEL)(LINK|NEIGH|MDB)$/.test(type)) return undefined;
    if (type.endsWith('NEIGH') && message['ndm_family'] !== 'AF_BRIDGE') return undefined;
    const words = STATES.reduce((text, [state, word]) => text.replace(state, word), summary)
      // ip's words for the link come before bridge's for the port.
      .replace(/ qdisc \S+/, '')
      .replace(/ state [A-Z]+/, '')
      .replace(/ (\w+ priority \d+ cost)/, ' state $1');
    return said(words, BRIDGE_PATTERNS);
  },
};
