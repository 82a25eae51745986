import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const at = (...parts) => join(ROOT, ...parts);
const isRoot = process.getuid?.() === 0;

/** Says what is being done, on standard error: standard output belongs to the program. */
export function say(text) {
  process.stderr.write(`nlscope: ${text}\n`);
}

/** Ends with one clear message. */
export function stop(text, code = 1) {
  say(text);
  process.exit(code);
}

/**
 * Runs a command in the checkout with its output shown.
 * @returns {Promise<number>} its exit status; 127 when it cannot be started
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', (error) => {
      say(`cannot run ${command}: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
  });
}

async function mustRun(what, command, args, options) {
  say(what);
  const code = await run(command, args, options);
  if (code !== 0) stop(`${what}: ${command} ${args.join(' ')} failed (exit status ${code})`);
}

/** The path of a program, or null. */
export function findProgram(...names) {
  for (const name of names) {
    const found = spawnSync('sh', ['-c', `PATH="$PATH:/usr/sbin:/sbin" command -v ${name}`], { encoding: 'utf8' });
    if (found.status === 0) return found.stdout.trim();
  }
  return null;
}

/** Fails early and clearly on a Node that is too old. */
export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(`Node ${process.versions.node} is too old: nlscope needs 20.19 or newer`, 2);
}

/** A fingerprint of files (path, size, content) under folders. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (SKIPPED.has(name) || /\.(test|bench)\.tsx?$/.test(name)) continue;
        visit(join(path, name));
      }
      return;
    }
    hash.update(relative(ROOT, path));
    hash.update(readFileSync(path));
  };
  for (const path of paths) visit(path);
  return hash.digest('hex');
}

const SKIPPED = new Set(['node_modules', 'dist', 'build', 'testing', 'results', '.git']);

function isCurrent(stamp, inputs, outputs) {
  const file = at('dist', `.${stamp}`);
  return outputs.every((o) => existsSync(o)) && existsSync(file) && readFileSync(file, 'utf8') === fingerprint(inputs);
}

function remember(stamp, inputs) {
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(at('dist', `.${stamp}`), fingerprint(inputs));
}

/** Installs the npm packages of the lock file when they are missing or belong to another lock file. */
export async function ensurePackages() {
  const stamp = at('node_modules', '.nlscope-lock');
  const wanted = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  await mustRun('installing npm packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

/**
 * Installs Debian packages whose programs are missing: as root with apt-get, else by printing the command.
 * @param {{program: string | string[], debian: string[], why: string}[]} needs
 * @param {boolean} required stop when something is missing and cannot be installed
 * @returns {Promise<string[]>} what is still missing, a line each
 */
export async function ensurePrograms(needs, required) {
  const missing = needs.filter((need) => findProgram(...[need.program].flat()) === null);
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.flatMap((need) => need.debian))];
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (isRoot && findProgram('apt-get') !== null) {
    say(`installing Debian packages: ${packages.join(' ')}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] };
    await run('apt-get', ['update', '-qq'], quiet);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  const still = missing.filter((need) => findProgram(...[need.program].flat()) === null);
  if (still.length > 0 && required) {
    const names = still.map((need) => [need.program].flat()[0]).join(', ');
    stop(`${names} missing (${still[0].why}). Install with: sudo ${command}`, 2);
  }
  return still.map((need) => `${[need.program].flat()[0]} is missing (${need.why}): sudo ${command}`);
}

export const COMPILER = [
  { program: ['g++', 'c++'], debian: ['g++'], why: 'the addon is C++' },
  { program: 'make', debian: ['make'], why: 'node-gyp builds with make' },
  { program: 'python3', debian: ['python3'], why: 'node-gyp is configured by Python' },
];

const ADDON = at('native', 'build', 'Release', 'nlscope.node');
const HELPER = at('native', 'build', 'Release', 'nlscope-helper');
const ADDON_INPUTS = [at('native', 'src'), at('native', 'helper'), at('native', 'binding.gyp')];

/** Node's own headers where they are installed beside it: node-gyp then downloads nothing. */
function headersOption() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include', 'node', 'node_api.h')) ? [`--nodedir=${prefix}`] : [];
}

/** Builds the addon and the privileged helper when their sources changed. */
export async function ensureAddon() {
  if (isCurrent('addon', ADDON_INPUTS, [ADDON, HELPER])) return;
  await ensurePrograms(COMPILER, true);
  const gyp = at('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  await mustRun(
    'building the addon and the helper',
    process.execPath,
    [gyp, 'rebuild', '-C', 'native', '--loglevel=error', ...headersOption()],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  remember('addon', ADDON_INPUTS);
}

const VITE = at('node_modules', 'vite', 'bin', 'vite.js');
const SHARED_INPUTS = [at('app'), at('package.json'), at('package-lock.json')];
const BUNDLES = [
  {
    name: 'main',
    what: 'building the host',
    inputs: [...SHARED_INPUTS, at('main'), at('native', 'index.ts'), at('native', 'batch.ts')],
    output: at('dist', 'main', 'nlscope.js'),
    config: 'main/vite.config.ts',
  },
  {
    name: 'renderer',
    what: 'building the window',
    inputs: [...SHARED_INPUTS, at('renderer')],
    output: at('dist', 'renderer', 'index.html'),
    config: 'renderer/vite.config.ts',
  },
];

/** Bundles the host and the window when their sources changed. */
export async function ensureBundles() {
  for (const { name, what, inputs, output, config } of BUNDLES) {
    if (isCurrent(name, inputs, [output])) continue;
    await mustRun(what, process.execPath, [VITE, 'build', '-c', config, '--logLevel', 'warn']);
    remember(name, inputs);
  }
}

/** Everything that running nlscope needs. */
export async function ensureBuilt() {
  checkNode();
  await ensurePackages();
  await ensureAddon();
  await ensureBundles();
}

/** Path of Electron's binary, or null when it was never downloaded. */
export function electronBinary() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? at('node_modules', 'electron', 'dist');
  const binary = join(folder, 'electron');
  return existsSync(binary) ? binary : null;
}

/** Path of the built command. */
export const COMMAND = at('dist', 'main', 'nlscope.js');
