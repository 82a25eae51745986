import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { say } from '../steps.mjs';
import { CACHE, LabFailure, once, Release } from './debian.mjs';
import { KERNELS } from './kernel.mjs';

/** What a kernel build runs beside the compiler that the headers depend on. */
const TOOLS = ['make', 'bash', 'dash', 'coreutils', 'sed', 'grep', 'mawk', 'findutils', 'diffutils', 'xz-utils'];

/**
 * A tree of Debian packages with the headers of every kernel that the release has and the compiler they were built
 * with, to build modules in with chroot. Unpacked once, never configured.
 */
function buildTree(release) {
  return once(join(CACHE, 'build', release.name), (folder) => {
    const kernels = Object.values(KERNELS).filter((kernel) => kernel.release === release.name);
    const headers = kernels.map((kernel) => `linux-headers-${kernel.flavour}`);
    const packages = release.withDependencies([...headers, ...TOOLS]);
    say(`fetching ${headers.join(' ')} with their compiler (once, ${packages.length} packages)`);
    for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
      mkdirSync(join(folder, 'usr', name), { recursive: true });
      symlinkSync(`usr/${name}`, join(folder, name));
    }
    release.unpack(packages, folder);
    if (!existsSync(join(folder, 'usr', 'bin', 'awk'))) symlinkSync('mawk', join(folder, 'usr', 'bin', 'awk'));
    for (const name of ['dev', 'proc', 'tmp']) mkdirSync(join(folder, name), { recursive: true });
  });
}

function headersFolder(tree, release, kernel) {
  const [name] = release.closure(`linux-headers-${KERNELS[kernel].flavour}`, /^linux-headers-\d.*-amd64$/).slice(-1);
  const folder = join(tree, 'usr', 'src', name);
  // A newer kernel appeared since the tree was unpacked: what is there is as good.
  const known = existsSync(folder) ? [name] : readdirSync(join(tree, 'usr', 'src')).filter((n) => headersOf(n, kernel));
  if (known.length === 0) throw new LabFailure(`no headers of ${kernel} are in ${tree}`);
  return `/usr/src/${known[0]}`;
}

function headersOf(name, kernel) {
  if (!/^linux-headers-.*-amd64$/.test(name)) return false;
  return kernel === 'newest' || name.startsWith(`linux-headers-${kernel}.`);
}

/**
 * Builds the modules of a folder with a Kbuild file.
 * @param {string} kernel 6.1, 6.12 or newest
 * @param {string} source the folder
 * @param {string} target folder for the .ko files
 * @returns {{modules: string[], log: string}} their paths, and what make printed
 */
export function buildModules(kernel, source, target) {
  const known = KERNELS[kernel];
  if (known === undefined) {
    throw new LabFailure(`modules can be built for ${Object.keys(KERNELS).join(', ')}, not for ${kernel}`);
  }
  const release = new Release(known.release);
  const tree = buildTree(release);
  const work = mkdtempSync(join(tree, 'tmp', 'module-'));
  try {
    cpSync(source, work, { recursive: true });
    const inside = `/${relative(tree, work)}`;
    const make = ['make', '-C', headersFolder(tree, release, kernel), `M=${inside}`];
    const script = 'mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" && exec chroot "$@"';
    const spaces = process.getuid() === 0 ? ['--mount', '--pid', '--fork'] : ['--mount', '--pid', '--fork', '-r'];
    const args = [...spaces, 'sh', '-c', script, 'sh', tree, ...make, 'modules'];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8' };
    const { error, status, stderr, stdout } = spawnSync('unshare', args, { encoding: 'utf8', env });
    const log = `${stdout}${stderr}`;
    if (error || status !== 0) {
      throw new LabFailure(`building ${source} for ${kernel} failed: ${error?.message ?? log.trim()}`);
    }
    mkdirSync(target, { recursive: true });
    const modules = readdirSync(work).filter((name) => name.endsWith('.ko'));
    for (const name of modules) cpSync(join(work, name), join(target, name));
    return { modules: modules.map((name) => join(target, name)), log };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
