import type { ByteRange, Explanation, RowError } from '../../app/contracts/index.ts';
import { errnoMeaning } from '../../app/wire/index.ts';

/** A refused request, as far as the capture shows it. */
export interface Refusal {
  readonly error: RowError;
  /** The error's number. */
  readonly code: number;
  readonly requestFlags: readonly string[];
  readonly protocol: string;
  /** Where the offending attribute stands in the request, null when the kernel did not tell. */
  readonly range: ByteRange | null;
  /** The kernel named an attribute that the request lacks. */
  readonly missing: boolean;
  readonly requestNumber: number | null;
  readonly replyNumber: number | null;
}

interface Advice {
  readonly errno: readonly string[];
  readonly when?: (refusal: Refusal) => boolean;
  readonly text: (refusal: Refusal) => string;
}

const saysNothing = ({ error }: Refusal) => error.message === '' && error.attribute === '';
const asks = (flag: string) => (refusal: Refusal) => refusal.requestFlags.includes(flag);

/** What to try next, the first that fits. */
const ADVICE: readonly Advice[] = [
  {
    errno: ['EPERM', 'EACCES'],
    // Some drivers use these for settings that contradict each other, and then say so.
    when: saysNothing,
    text: ({ protocol }) =>
      `Send it with ${capabilityFor(protocol)}: run nlscope as root, or give its helper that capability. In a container, ` +
      'the user namespace that owns the network namespace must grant it.',
  },
  {
    errno: ['EINVAL', 'ENOENT', 'ENODATA', 'EDESTADDRREQ'],
    when: ({ missing, error }) => missing && error.attribute !== '',
    text: ({ error }) => `Add ${error.attribute}: the kernel wants it in this request.`,
  },
  {
    errno: ['EINVAL', 'ERANGE', 'EPERM', 'EACCES', 'EBUSY'],
    when: ({ error }) => error.attribute !== '',
    text: ({ error }) => `Change the value of ${error.attribute}, or leave the attribute out.`,
  },
  {
    errno: ['EOPNOTSUPP', 'ENOTSUPP'],
    when: ({ error }) => error.attribute !== '',
    text: ({ error }) =>
      `This kernel does not take ${error.attribute} here: leave it out, or load the module that implements it.`,
  },
  {
    errno: ['EEXIST'],
    when: asks('NLM_F_EXCL'),
    text: () => 'It exists already. Drop NLM_F_EXCL to accept that, and set NLM_F_REPLACE to change what is there.',
  },
  { errno: ['EEXIST'], text: () => 'It exists already: delete it first, or set NLM_F_REPLACE.' },
  {
    errno: ['ENODEV'],
    text: () => 'No interface here has that index or name. Indexes differ between namespaces: ask with RTM_GETLINK.',
  },
  {
    errno: ['ENOENT'],
    when: ({ protocol }) => protocol === 'NETLINK_GENERIC',
    text: () => 'What the request names does not exist; a family that is missing may need its module loaded.',
  },
  { errno: ['ENOENT', 'ESRCH'], text: () => 'What the request names does not exist: ask for a dump to see what does.' },
  {
    errno: ['EOPNOTSUPP', 'ENOTSUPP', 'EPROTONOSUPPORT', 'EPFNOSUPPORT', 'EAFNOSUPPORT'],
    text: () => 'This kernel, or this kind of object, does not implement it. A module that does may not be loaded.',
  },
  {
    errno: ['EBUSY'],
    text: () => 'Something else uses the object (a master, an address, a user of it): release it first.',
  },
  { errno: ['ENETDOWN'], text: () => 'The interface is down: set IFF_UP first.' },
  {
    errno: ['ENETUNREACH', 'EHOSTUNREACH'],
    text: () => 'No route leads to the gateway: add an address or a route on that interface first.',
  },
  { errno: ['EADDRNOTAVAIL'], text: () => 'No such address is configured on that interface.' },
  { errno: ['EADDRINUSE'], text: () => 'The address or port is taken: choose another one.' },
  { errno: ['ENOBUFS', 'ENOMEM'], text: () => 'The kernel had no memory for it: try again, or with smaller messages.' },
  { errno: ['EMSGSIZE'], text: () => 'The message or the answer does not fit its buffer: ask for less at a time.' },
  { errno: ['EAGAIN', 'EINTR', 'ERESTARTSYS', 'ERESTART'], text: () => 'Try again: the kernel was interrupted.' },
  { errno: ['ECONNREFUSED'], text: () => 'Nobody listens at that portid, or the kernel has no such protocol.' },
  { errno: ['EPROBE_DEFER'], text: () => 'A driver is not ready yet: try again later.' },
  {
    errno: ['EINVAL'],
    when: saysNothing,
    text: () =>
      'The kernel gave no reason: it does so for some checks even where NETLINK_EXT_ACK is set, and always where it is ' +
      'not. Compare the request with one that works.',
  },
];

/** Explains a refused request: the errno's meaning, the kernel's words, where it points and what to try next. */
export function explain(refusal: Refusal): Explanation {
  const { error, code } = refusal;
  return {
    errno: error.errno,
    code,
    meaning: errnoMeaning(code),
    message: error.message,
    attribute: error.attribute,
    range: refusal.range,
    requestNumber: refusal.requestNumber,
    replyNumber: refusal.replyNumber,
    advice: adviceFor(refusal),
  };
}

function adviceFor(refusal: Refusal): string {
  const fits = ({ errno, when }: Advice) => errno.includes(refusal.error.errno) && (when?.(refusal) ?? true);
  return ADVICE.find(fits)?.text(refusal) ?? '';
}

/** The capability that requests of a protocol need (netlink_capable and netlink_ns_capable in its handlers). */
export function capabilityFor(protocol: string): string {
  return protocol === 'NETLINK_AUDIT' ? 'CAP_AUDIT_CONTROL' : 'CAP_NET_ADMIN';
}
