import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, relative } from 'node:path';
import { say } from '../steps.mjs';
import { CACHE, LabFailure, once, output, RELEASES, Release } from './debian.mjs';

/** Kernels by the name that --kernel takes: where Debian has them. */
export const KERNELS = {
  6.1: { release: 'bookworm', flavour: 'amd64' },
  6.12: { release: 'bookworm', flavour: '6.12-amd64' },
  newest: { release: 'sid', flavour: 'amd64' },
};
export const DEFAULT_KERNEL = '6.12';

/** Packages of one kernel; the packages that only name the latest of a series have no third number. */
const IMAGE = /^linux-(image|modules|binary|base)-\d+\.\d+\.\d/;

/** Release and package of what --kernel names. */
function find(kernel) {
  const known = KERNELS[kernel];
  if (known !== undefined) return { release: new Release(known.release), name: `linux-image-${known.flavour}` };
  for (const candidate of kernel.startsWith('linux-image-') ? Object.keys(RELEASES) : []) {
    const release = new Release(candidate);
    if (release.has(kernel)) return { release, name: kernel };
  }
  const names = Object.keys(KERNELS).join(', ');
  throw new LabFailure(`no kernel ${kernel}: it is one of ${names} or a package such as linux-image-6.12-amd64`);
}

/** File that names the folder of a kernel that was fetched before: it is not looked up again. */
const nameFile = (kernel) => join(CACHE, 'kernels', `${kernel}.name`);

function remembered(kernel) {
  const file = nameFile(kernel);
  const folder = existsSync(file) ? join(CACHE, 'kernels', readFileSync(file, 'utf8')) : null;
  return folder !== null && existsSync(folder) ? folder : null;
}

/**
 * A Debian kernel, unpacked into the cache and with its modules indexed.
 * @param {string} kernel 6.1, 6.12, newest, or the name of an image package
 * @returns {{version: string, image: string, root: string}} release as uname says, the bootable file, and a folder
 *   with /lib/modules
 */
export function kernelImage(kernel) {
  const root = remembered(kernel) ?? fetchImage(kernel);
  const version = readdirSync(join(root, 'usr', 'lib', 'modules'))[0];
  const places = [join('boot', `vmlinuz-${version}`), join('usr', 'lib', 'modules', version, 'vmlinuz')];
  const image = places.map((place) => join(root, place)).find((path) => existsSync(path));
  if (image === undefined) throw new LabFailure(`no bootable file is in ${root}`);
  return { version, root, image };
}

function fetchImage(kernel) {
  const { release, name } = find(kernel);
  const real = release.closure(name, IMAGE).filter((p) => IMAGE.test(p));
  if (real.length === 0) throw new LabFailure(`${name} of ${release.name} names no kernel`);
  const path = once(join(CACHE, 'kernels', real[0]), (folder) => {
    say(`fetching ${real.join(' ')} (once)`);
    release.unpack(real, folder);
    mergeUsr(folder);
    const [version] = readdirSync(join(folder, 'usr', 'lib', 'modules'));
    if (version === undefined) throw new LabFailure(`${real.join(' ')} holds no modules`);
    output('depmod', ['-b', folder, version]);
  });
  writeFileSync(nameFile(kernel), real[0]);
  return path;
}

/** Older packages have /lib, newer ones /usr/lib: both names work afterwards. */
function mergeUsr(folder) {
  const [old, merged] = [join(folder, 'lib'), join(folder, 'usr', 'lib')];
  mkdirSync(merged, { recursive: true });
  if (existsSync(old)) {
    for (const name of readdirSync(old)) renameSync(join(old, name), join(merged, name));
    rmdirSync(old);
  }
  symlinkSync('usr/lib', old);
}

/**
 * Files of modules and of what they need (soft dependencies too), in the order of loading.
 * @param {{version: string, root: string}} kernel
 * @param {string[]} names of modules; those built into the kernel need no file
 * @returns {string[]} paths relative to the kernel's folder
 */
export function moduleFiles(kernel, names) {
  if (names.length === 0) return [];
  const args = ['-d', kernel.root, '-S', kernel.version, '--show-depends', '-a', ...names];
  let text;
  try {
    text = output('modprobe', args);
  } catch (error) {
    const missing = /Module (\S+) not found/.exec(error.message)?.[1] ?? names.join(', ');
    throw new LabFailure(`Debian’s Linux ${kernel.version} has no module ${missing}`);
  }
  const files = [...text.matchAll(/^insmod (\S+)/gm)].map(([, file]) => relative(kernel.root, file));
  return [...new Set(files.map((file) => file.replace(/^lib\//, 'usr/lib/')))];
}

/** Files of every module in a folder of the module tree, such as net/sched, or of one in it, and of what they need. */
export function modulesIn(kernel, path) {
  const start = join(kernel.root, 'usr', 'lib', 'modules', kernel.version, 'kernel', path);
  if (['.ko', '.ko.xz'].some((suffix) => existsSync(`${start}${suffix}`))) return moduleFiles(kernel, [basename(path)]);
  if (!existsSync(start)) throw new LabFailure(`Debian’s Linux ${kernel.version} has no module or folder ${path}`);
  const names = readdirSync(start, { recursive: true }).filter((file) => /\.ko(\.\w+)?$/.test(file));
  return moduleFiles(
    kernel,
    names.map((file) => basename(file).replace(/\.ko.*/, '')),
  );
}
