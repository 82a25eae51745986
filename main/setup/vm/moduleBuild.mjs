import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { say } from '../steps.mjs';
import { CACHE, LabFailure, once, Release } from './debian.mjs';
import { KERNELS, kernelImage } from './kernel.mjs';

/** What a kernel build runs beside the compiler that the headers depend on. */
const TOOLS = ['make', 'bash', 'dash', 'coreutils', 'sed', 'grep', 'mawk', 'findutils', 'diffutils', 'xz-utils'];

const HEADERS = /^linux-(headers|kbuild)-\d/;

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

/** Folder, as seen in the tree, of the headers of exactly this kernel: it may be older than the tree. */
function headersFolder(tree, release, version) {
  const folder = join('usr', 'src', `linux-headers-${version}`);
  if (!existsSync(join(tree, folder))) {
    const packages = release.closure(basename(folder), HEADERS);
    say(`fetching ${packages.join(' ')} (once)`);
    release.unpack(packages, tree);
  }
  return `/${folder}`;
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
    const make = ['make', '-C', headersFolder(tree, release, kernelImage(kernel).version), `M=${inside}`];
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
    const modules = readdirSync(work, { recursive: true }).filter((name) => name.endsWith('.ko'));
    for (const name of modules) cpSync(join(work, name), join(target, basename(name)));
    return { modules: modules.map((name) => join(target, basename(name))), log };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
