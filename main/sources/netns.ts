import { readdirSync, readFileSync, statfsSync, statSync } from 'node:fs';
import { type Failure, type NetnsInfo, ok, processName, type Result } from '../../app/contracts/index.ts';
import { processIds } from './processes.ts';

/** Where ip-netns(8) mounts the namespaces it names. */
const NETNS_DIRECTORY = '/run/netns';
/** linux/magic.h: what a mounted namespace is; a name that lost its mount is an ordinary empty file. */
const NSFS_MAGIC = 0x6e736673;

function isNamespace(path: string): boolean {
  try {
    return statfsSync(path).type === NSFS_MAGIC;
  } catch {
    return false;
  }
}

/** Our own network namespace, then those with a name, in alphabetical order. */
export function listNamespaces(directory = NETNS_DIRECTORY): NetnsInfo[] {
  let names: string[] = [];
  try {
    names = readdirSync(directory).sort();
  } catch {
    // Nobody has made a named namespace yet, or we may not look.
  }
  const named = names.map((name) => ({ name, path: `${directory}/${name}` })).filter(({ path }) => isNamespace(path));
  return [{ name: '', path: '' }, ...named];
}

/** A network namespace that somebody asked for. */
export interface Netns {
  /** What messages captured there have in nl.netns: undefined for our own, a name, "nginx[820]", or a path. */
  readonly name: string | undefined;
  /** Where it is entered; "" for our own. */
  readonly path: string;
  /** Device and inode, by which two ways to the same namespace are known; "" when it may not be looked at. */
  readonly identity: string;
}

export const OWN_NETNS: Netns = { name: undefined, path: '', identity: '' };

/**
 * The network namespace that a user names: "" for our own, a name of ip-netns(8), the id of a process that is in it, or
 * a path. Fails with a sentence when there is no such namespace.
 */
export function resolveNetns(text: string): Result<Netns> {
  if (text === '') return ok(OWN_NETNS);
  const path = pathOf(text);
  const identity = identityOf(path);
  if (identity === undefined) return { ok: false, error: missing(text, path) };
  if (identity !== '' && identity === identityOf('/proc/self/ns/net')) return ok(OWN_NETNS);
  const named = listNamespaces().find(
    (known) => known.path === path || (identity !== '' && identityOf(known.path) === identity),
  );
  if (named !== undefined && named.path !== '') return ok({ name: named.name, path, identity });
  return ok({ name: isPid(text) ? processName({ comm: commOf(text), pid: Number(text) }) : path, path, identity });
}

/** As `resolveNetns` for several; those that are the same are told once. */
export function resolveNamespaces(texts: readonly string[]): Result<Netns[]> {
  const found: Netns[] = [];
  for (const text of texts) {
    const resolved = resolveNetns(text);
    if (!resolved.ok) return resolved;
    const { path, identity } = resolved.value;
    const isKnown = found.some((known) => known.path === path || (identity !== '' && known.identity === identity));
    if (!isKnown) found.push(resolved.value);
  }
  return ok(found);
}

/** True when nothing leads to a namespace any more: neither its path nor a name nor a process that we can see. */
export function hasVanished({ path, identity }: Netns): boolean {
  if (path === '') return false;
  const now = identityOf(path);
  if (identity === '' || now === identity) return now === undefined;
  return !otherPaths().some((other) => identityOf(other) === identity);
}

/** Every other way to a namespace that there may be. */
function otherPaths(): string[] {
  const named = listNamespaces().flatMap(({ path }) => (path === '' ? [] : [path]));
  return [...named, ...processIds().map((pid) => `/proc/${pid}/ns/net`)];
}

function isPid(text: string): boolean {
  return /^\d+$/.test(text);
}

/** A name of ip-netns(8) may be a number too; then it is meant. */
function pathOf(text: string): string {
  if (text.includes('/')) return text;
  const named = `${NETNS_DIRECTORY}/${text}`;
  return isPid(text) && !isNamespace(named) ? `/proc/${text}/ns/net` : named;
}

/** Device and inode of a namespace; "" when it is there and may not be looked at, undefined when it is not there. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return isNamespace(path) ? `${dev}:${ino}` : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? '' : undefined;
  }
}

function commOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'pid';
  }
}

function missing(text: string, path: string): Failure {
  if (isPid(text)) {
    return { message: `There is no process ${text}, nor a network namespace of that name.` };
  }
  if (text.includes('/'))
    return { message: `${path} is no network namespace.`, hint: 'Give a path such as /proc/PID/ns/net.' };
  const names = listNamespaces()
    .map(({ name }) => name)
    .filter((name) => name !== '');
  const there = names.length === 0 ? 'none has a name' : `there is ${names.slice(0, 12).join(', ')}`;
  return {
    message: `There is no network namespace "${text}": ${there}.`,
    hint: 'A process id or a path will do as well.',
  };
}
