import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import type { RecentFile } from '../../app/contracts/index.ts';

const MAX_RECENT = 12;

const entries = v.array(v.object({ path: v.string(), openedAt: v.string() }));
type Entry = v.InferOutput<typeof entries>[number];

/** Where the list is kept: $XDG_STATE_HOME, by the XDG base directory specification. */
export function recentFilesPath(environment: NodeJS.ProcessEnv = process.env): string {
  const state = environment['XDG_STATE_HOME'];
  return join(state?.startsWith('/') ? state : join(homedir(), '.local', 'state'), 'nlscope', 'recent.json');
}

/** Capture files opened or saved lately, the latest first; those that are gone are left out. */
export class RecentFiles {
  readonly #store: string;

  constructor(store: string = recentFilesPath()) {
    this.#store = store;
  }

  list(): RecentFile[] {
    return this.#read().flatMap(({ path, openedAt }) => {
      const info = statSync(path, { throwIfNoEntry: false });
      return info?.isFile() ? [{ path, name: basename(path), bytes: info.size, openedAt }] : [];
    });
  }

  /** Puts a file first. A list that cannot be written is not worth stopping for. */
  add(path: string): void {
    const absolute = resolve(path);
    const others = this.#read().filter((entry) => entry.path !== absolute);
    const list: Entry[] = [{ path: absolute, openedAt: new Date().toISOString() }, ...others].slice(0, MAX_RECENT);
    try {
      mkdirSync(dirname(this.#store), { recursive: true, mode: 0o700 });
      const next = `${this.#store}.${process.pid}`;
      writeFileSync(next, JSON.stringify(list), { mode: 0o600 });
      renameSync(next, this.#store);
    } catch {
      // Kept for convenience only.
    }
  }

  #read(): Entry[] {
    try {
      const parsed = v.safeParse(entries, JSON.parse(readFileSync(this.#store, 'utf8')));
      return parsed.success ? parsed.output : [];
    } catch {
      return [];
    }
  }
}
