import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Debian packages of any suite, fetched with apt-get into a cache of our own and unpacked beside the system: nothing
 * is installed, apt's own configuration and lists stay as they are, and an ordinary user may do it.
 */

/** What lies in the way of a virtual machine, in words for the user. */
export class LabFailure extends Error {}

/** Folder of everything fetched and built for the lab; safe to delete. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nlscope', 'vm');

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Suites that are looked up together, with the repository that each is in. */
export const RELEASES = {
  bookworm: [
    ['debian', 'bookworm'],
    ['debian-security', 'bookworm-security'],
  ],
  trixie: [
    ['debian', 'trixie'],
    ['debian-security', 'trixie-security'],
  ],
  sid: [['debian', 'sid']],
};

/**
 * Runs a program and returns its standard output.
 * @throws {LabFailure} with what it said on standard error
 */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (result.error) throw new LabFailure(`cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) {
    throw new LabFailure(`${command} ${args.join(' ')} failed: ${(result.stderr || result.stdout).trim()}`);
  }
  return result.stdout;
}

/**
 * Makes a folder of the cache once: `fill` works in a folder beside it that takes its name when complete. Of two runs of
 * the lab that make the same folder the first wins.
 * @param {string} path the folder
 * @param {(folder: string) => void} fill
 */
export function once(path, fill) {
  if (existsSync(path)) return path;
  mkdirSync(join(path, '..'), { recursive: true });
  const draft = mkdtempSync(`${path}.draft-`);
  try {
    fill(draft);
    if (!existsSync(path)) renameSync(draft, path);
  } catch (error) {
    // Another run may have been first.
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return path;
}

/** Addresses of the repositories that apt already uses, by name ("debian", "debian-security"). */
function repositories() {
  const lines = output('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']).split('\n');
  const found = {};
  for (const line of lines) {
    const name = /\/(debian|debian-security)\/?$/.exec(line)?.[1];
    if (name !== undefined) found[name] ??= line.replace(/\/$/, '');
  }
  if (found.debian === undefined) throw new LabFailure('no Debian mirror is among apt’s sources');
  found['debian-security'] ??= found.debian.replace(/debian$/, 'debian-security');
  return found;
}

/** The packages of one release, as apt sees them. */
export class Release {
  #options;
  #state;
  #updated = false;

  /** @param {'bookworm' | 'trixie' | 'sid'} name */
  constructor(name) {
    this.name = name;
    this.#state = join(CACHE, 'apt', name);
    for (const folder of ['lists/partial', 'cache/archives/partial']) {
      mkdirSync(join(this.#state, folder), { recursive: true });
    }
    const mirrors = repositories();
    const list = join(this.#state, 'sources.list');
    writeFileSync(
      list,
      RELEASES[name].map(([r, suite]) => `deb [signed-by=${KEYRING}] ${mirrors[r]} ${suite} main\n`).join(''),
    );
    this.#options = [
      `Dir::Etc::sourcelist=${list}`,
      'Dir::Etc::sourceparts=/dev/null',
      'Dir::Etc::preferences=/dev/null',
      'Dir::Etc::preferencesparts=/dev/null',
      'Dir::State::status=/dev/null',
      `Dir::State::lists=${join(this.#state, 'lists')}`,
      `Dir::Cache=${join(this.#state, 'cache')}`,
      'APT::Sandbox::User=root',
      'Acquire::Languages=none',
    ].flatMap((option) => ['-o', option]);
    if (!readdirSync(join(this.#state, 'lists')).some((file) => file.endsWith('Packages'))) this.#update();
  }

  /** Names of the packages that a package needs, itself first, as far as `wanted` follows them. */
  closure(name, wanted) {
    const names = [name];
    for (const current of names) {
      for (const line of this.#cache(['depends', '--important', current]).split('\n')) {
        const needed = /^ {2}\|?(?:Pre)?Depends: (\S+)/.exec(line)?.[1];
        if (needed !== undefined && wanted.test(needed) && !names.includes(needed)) names.push(needed);
      }
    }
    return names;
  }

  /** Whether the release has this package. */
  has(name) {
    return this.#cache(['pkgnames', name]).split('\n').includes(name);
  }

  /**
   * A package as apt names it in the version that another one of the same source has; by its name alone where the
   * release no longer has that version.
   */
  ofSameSource(name, other) {
    const versions = (wanted) =>
      [...this.#cache(['madison', wanted]).matchAll(/^ *\S+ \| +(\S+) /gm)].map(([, version]) => version);
    const [version] = versions(other);
    return versions(name).includes(version) ? `${name}=${version}` : name;
  }

  /** Names of packages with all that they depend on, as apt would install them on an empty system. */
  withDependencies(names) {
    const plan = output('apt-get', ['-s', '--no-install-recommends', ...this.#options, 'install', ...names]);
    return [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
  }

  /** Fetches packages and unpacks them into a folder. */
  unpack(names, folder) {
    const downloads = mkdtempSync(join(this.#state, 'download-'));
    try {
      const fetch = () => this.#get(['download', ...names], { cwd: downloads });
      try {
        fetch();
      } catch (error) {
        // The lists may name versions that the mirror no longer has.
        if (this.#updated) throw error;
        this.#update();
        fetch();
      }
      for (const file of readdirSync(downloads)) output('dpkg-deb', ['-x', join(downloads, file), folder]);
    } finally {
      rmSync(downloads, { recursive: true, force: true });
    }
  }

  #update() {
    this.#get(['update']);
    this.#updated = true;
  }

  #get(args, options) {
    // apt-get gives up at once when another run holds its lock; flock waits.
    return output('flock', [join(this.#state, 'lock'), 'apt-get', '-qq', ...this.#options, ...args], options);
  }

  #cache(args) {
    return output('apt-cache', [...this.#options, ...args]);
  }
}
