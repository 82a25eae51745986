import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { say } from '../steps.mjs';
import { LabFailure, output, Release } from './debian.mjs';
import { KERNELS } from './kernel.mjs';
import { buildModules } from './moduleBuild.mjs';

/**
 * Modules that Debian leaves out of its kernels, by name: the kernels that have all of their source (folders and files),
 * the Kbuild file of ours that makes them, and where the kernel would have installed each .ko file.
 */
const SOURCE_MODULES = {
  netdevsim: {
    kernels: ['6.12', 'newest'],
    source: ['drivers/net/netdevsim', 'drivers/ptp/ptp_mock.c'],
    kbuild: 'netdevsim.Kbuild',
    places: { 'netdevsim.ko': 'drivers/net/netdevsim', 'ptp_mock.ko': 'drivers/ptp' },
  },
};

/**
 * Builds what is named, a module or its folder of the module tree, and is made of the kernel's source, unless a former
 * run did. It becomes part of the kernel's tree in the cache, as if Debian had built it.
 * @param {string} kernel as kernelImage takes it
 * @param {{version: string, root: string}} image of that kernel
 * @param {string[]} names
 */
export function addSourceModules(kernel, image, names) {
  for (const name of new Set(names.map((name) => basename(name.split(' ')[0])))) {
    const known = SOURCE_MODULES[name];
    if (known === undefined) continue;
    const tree = join(image.root, 'usr', 'lib', 'modules', image.version);
    const placed = Object.entries(known.places).map(([file, folder]) => [file, join('kernel', folder, file)]);
    const index = readFileSync(join(tree, 'modules.dep'), 'utf8');
    if (placed.every(([, path]) => index.includes(`${path}:`))) continue;
    const work = mkdtempSync(join(tmpdir(), 'nlscope-source-'));
    try {
      const source = sourceOf(kernel, image, name, known, work);
      say(`building ${name} for Linux ${image.version} (once)`);
      buildModules(kernel, source, work);
      for (const [file, path] of placed) {
        mkdirSync(join(tree, dirname(path)), { recursive: true });
        copyFileSync(join(work, file), join(tree, path));
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
    output('depmod', ['-b', image.root, image.version]);
  }
}

/** A folder with a module's source, of the package that the kernel was built from, and our Kbuild file. */
function sourceOf(kernel, image, name, { kbuild, kernels, source }, work) {
  if (!kernels.includes(kernel))
    throw new LabFailure(`${name} can be built for ${kernels.join(', ')}, not for ${kernel}`);
  const [series] = /^\d+\.\d+/.exec(image.version);
  const release = new Release(KERNELS[kernel].release);
  const sourcePackage = `linux-source-${series}`;
  say(`fetching ${sourcePackage} for ${name} (once)`);
  release.unpack([release.ofSameSource(sourcePackage, `linux-image-${image.version}`)], work);
  const paths = source.map((path) => `${sourcePackage}/${path}`);
  output('tar', ['-C', work, '-xJf', join(work, 'usr', 'src', `${sourcePackage}.tar.xz`), ...paths]);
  const folder = join(work, name);
  for (const path of paths) cpSync(join(work, path), join(folder, basename(path)), { recursive: true });
  copyFileSync(join(import.meta.dirname, kbuild), join(folder, 'Kbuild'));
  return folder;
}
