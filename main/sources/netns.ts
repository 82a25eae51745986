import { readdirSync, statfsSync } from 'node:fs';
import type { NetnsInfo } from '../../app/contracts/index.ts';

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
