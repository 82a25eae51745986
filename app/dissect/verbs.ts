import type { MessageDef } from '../specs/index.ts';

/** Which template of a message counts: requests are `do` or `dump`, everything else answers (`reply`) or tells (`notify`). */
export type SummaryForm = 'do' | 'dump' | 'reply' | 'notify';

/** Modifiers of requests that make something (linux/netlink.h, "Modifiers to NEW request"). */
const NLM_F_REPLACE = 0x100;
const NLM_F_EXCL = 0x200;
const NLM_F_CREATE = 0x400;
const NLM_F_APPEND = 0x800;

/** What a message does: by its name, and for those that make something by nlmsg_flags. */
const WORDS = {
  exclusive: 'add',
  create: 'add',
  append: 'append',
  replace: 'replace',
  change: 'change',
  plain: 'set',
  delete: 'delete',
  destroy: 'destroy',
  get: 'get',
  set: 'set',
  update: 'update',
  /** Said by the kernel: new, something about it is new, gone. */
  made: '',
  changed: '',
  updated: '',
  deleted: 'Deleted',
} as const;

type Act = keyof typeof WORDS;

/**
 * Words of a spec's own, where its tool has other ones: by act (`deleted: delete`), by message and act
 * (`NFT_MSG_NEWRULE.create: insert`), or by message for all its requests (`IPSET_CMD_SWAP: swap`). Of generic netlink, by
 * message and form (`L2TP_CMD_TUNNEL_GET.dump: dump tunnels`).
 */
export type VerbWords = { readonly [act: string]: string };

type Kind = 'new' | 'delete' | 'destroy' | 'get' | 'set' | 'update';

const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/(?:^|_)(?:NEW[A-Z]*|ADD|CREATE)(?=_|$)/, 'new'],
  [/(?:^|_)(?:DEL[A-Z]*|REMOVE)(?=_|$)/, 'delete'],
  [/(?:^|_)DESTROY[A-Z]*(?=_|$)/, 'destroy'],
  [/(?:^|_)GET[A-Z]*(?=_|$)/, 'get'],
  [/(?:^|_)SET[A-Z]*(?=_|$)/, 'set'],
  [/(?:^|_)UPD[A-Z]*(?=_|$)/, 'update'],
];

function makingAct(flags: number): Act {
  if ((flags & NLM_F_EXCL) !== 0) return 'exclusive';
  if ((flags & NLM_F_REPLACE) !== 0) return (flags & NLM_F_CREATE) !== 0 ? 'replace' : 'change';
  if ((flags & NLM_F_APPEND) !== 0) return 'append';
  return (flags & NLM_F_CREATE) !== 0 ? 'create' : 'plain';
}

const kinds = new Map<string, Kind | undefined>();
/** Names of messages that no spec knows are without number. */
const MOST_NAMES = 4096;

function kindOf(name: string): Kind | undefined {
  if (kinds.has(name)) return kinds.get(name);
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1];
  if (kinds.size < MOST_NAMES) kinds.set(name, kind);
  return kind;
}

/**
 * The word a summary begins with: `add`, `replace`, `delete`, `get` and so on as the command-line tools call what a
 * request does, `Deleted` for what the kernel says is gone; '' when the message's name does not tell.
 * @param name the message's constant
 */
export function leadingVerb(name: string, form: SummaryForm, flags: number, own: VerbWords): string {
  const isRequest = form === 'do' || form === 'dump';
  if (isRequest && own[name] !== undefined) return own[name];
  if (form === 'dump') return 'dump';
  const kind = kindOf(name);
  if (kind === undefined) return '';
  const word = (act: Act): string => own[`${name}.${act}`] ?? own[act] ?? WORDS[act];
  if (form === 'do') return word(kind === 'new' ? makingAct(flags) : kind);
  if (kind === 'delete' || kind === 'destroy') return word('deleted');
  if (form !== 'notify') return '';
  if (kind === 'update') return word('updated');
  if (kind !== 'new') return '';
  return word((flags & (NLM_F_CREATE | NLM_F_EXCL)) !== 0 ? 'made' : 'changed');
}

/** Words of generic netlink operations and what they do, in requests and in what the kernel tells. */
const OPERATION_WORDS: ReadonlyMap<string, readonly [asked: string, told: string]> = new Map([
  ['new', ['add', 'new']],
  ['add', ['add', 'added']],
  ['create', ['create', 'created']],
  ['del', ['delete', 'deleted']],
  ['delete', ['delete', 'deleted']],
  ['remove', ['remove', 'removed']],
  ['destroy', ['destroy', 'destroyed']],
  ['get', ['get', '']],
  ['set', ['set', 'set']],
  ['act', ['', '']],
  ['flush', ['flush', 'flushed']],
  ['dump', ['dump', '']],
  ['ntf', ['', 'changed']],
  ['notify', ['', 'changed']],
]);

/** Words that say no more than that somebody is told. */
const NOTICES: ReadonlySet<string> = new Set(['ntf', 'notify']);

/** newfamily, getpolicy: names of operations that join the verb and its object. */
const JOINED = /^(new|del|get|set)(?=[a-z])(?!set|new)(.+)$/;

/**
 * What a generic netlink message is about, from the name of its operation: "get rings", "dump ports", "trigger scan" for
 * requests, the verb first; "new station", "rings changed" for notifications; '' for replies, which show what was asked
 * for.
 */
export function operationPhrase(message: MessageDef, form: SummaryForm): string {
  if (form === 'reply') return '';
  let known = phrases.get(message);
  if (known === undefined) {
    known = {};
    phrases.set(message, known);
  }
  known[form] ??= makePhrase(message, form);
  return known[form];
}

const phrases = new WeakMap<MessageDef, { [form in SummaryForm]?: string }>();

function makePhrase(message: MessageDef, form: SummaryForm): string {
  const { verbs } = message.spec;
  const own = verbs[`${message.name}.${form}`] ?? verbs[message.name];
  if (own !== undefined) return own;
  const parts = message.specName.split(/[-_]/);
  // A command that nobody has named is called by its number, in the message's type already.
  if (message.name.endsWith(` ${parts.join(' ')}`)) return form === 'dump' ? 'dump' : '';
  const words = parts.flatMap((word) => {
    const joined = OPERATION_WORDS.has(word) ? null : JOINED.exec(word);
    return joined?.slice(1) ?? [word];
  });
  const at = words.findIndex((word) => OPERATION_WORDS.has(word));
  if (form === 'notify') {
    // Nobody is told of a question: this is an answer, whatever its addresses look like.
    if (words[at] === 'get' || words[at] === 'dump') return '';
    const isTold = words.some((word) => !NOTICES.has(word) && OPERATION_WORDS.has(word));
    const told = words.map((word) => (isTold && NOTICES.has(word) ? '' : (OPERATION_WORDS.get(word)?.[1] ?? word)));
    return told.filter((word) => word !== '').join(' ');
  }
  if (at < 0) return (form === 'dump' ? ['dump', ...words] : words).join(' ');
  const verb = form === 'dump' ? 'dump' : OPERATION_WORDS.get(words[at])![0];
  return [verb, ...words.filter((_, i) => i !== at)].filter((word) => word !== '').join(' ');
}
