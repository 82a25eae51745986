import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { findProgram, ROOT } from '../steps.mjs';
import { LabFailure, output } from './debian.mjs';
import { moduleFiles, modulesIn } from './kernel.mjs';

/** What tools load beside the libraries that they are linked with. */
const DATA_OF_TOOLS = {
  iptables: ['/usr/lib/x86_64-linux-gnu/xtables'],
  ip6tables: ['/usr/lib/x86_64-linux-gnu/xtables'],
  ip: ['/etc/iproute2', '/usr/share/iproute2'],
  tc: ['/usr/lib/tc'],
};

/** In every guest. What runs other programs is not left to busybox, which runs its applets in place of the tools. */
const BASE_TOOLS = [
  ...['busybox', 'modprobe', 'node'],
  ...['sh', 'env', 'timeout', 'xargs', 'setsid', 'setpriv', 'unshare', 'nsenter'],
];

const USER = { id: 1000, name: 'user', home: '/home/user' };

/**
 * @typedef {object} GuestPlan
 * @property {string[]} command program and arguments; a single word with spaces is a line for the shell
 * @property {boolean} asUser run it as an ordinary user
 * @property {string[]} modules loaded before the command: a name with options, or a .ko file of this machine
 * @property {string[]} moduleFolders folders of the module tree, or modules in it, that the kernel may load by itself
 * @property {string[]} tools programs of this machine
 * @property {string[]} copies SOURCE or SOURCE:PATH, files and folders
 */

/**
 * Makes the guest's root, an initramfs of a small merged-/usr tree.
 * @param {{version: string, root: string}} kernel
 * @param {GuestPlan} plan
 * @param {string} work folder to work in
 * @returns {string} path of the archive
 */
export function buildRoot(kernel, plan, work) {
  const root = join(work, 'root');
  skeleton(root);
  for (const tool of new Set([...BASE_TOOLS, ...plan.tools])) addTool(root, tool);
  addProduct(root);
  addModules(root, kernel, plan);
  for (const copy of plan.copies) addCopy(root, copy);
  addCommand(root, plan);
  return archive(root, join(work, 'root.cpio'));
}

function skeleton(root) {
  for (const folder of ['bin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  symlinkSync('usr/bin', join(root, 'sbin'));
  symlinkSync('bin', join(root, 'usr/sbin'));
  const folders = ['dev', 'etc', 'proc', 'sys', 'run', 'var', 'root', 'lab', 'usr/lib/busybox', USER.home];
  for (const folder of folders) mkdirSync(join(root, folder), { recursive: true });
  const text = {
    'etc/passwd': `root:x:0:0:root:/root:/bin/sh\n${USER.name}:x:${USER.id}:${USER.id}::${USER.home}:/bin/sh\n`,
    'etc/group': `root:x:0:\n${USER.name}:x:${USER.id}:\n`,
    'etc/hosts': '127.0.0.1 localhost\n::1 localhost\n',
    'etc/hostname': 'lab\n',
  };
  for (const [file, content] of Object.entries(text)) writeFileSync(join(root, file), content);
  copyFileSync(new URL('./init.sh', import.meta.url), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
}

function addTool(root, tool) {
  const path = tool === 'node' ? process.execPath : findProgram(tool);
  if (path === null) throw new LabFailure(`the tool ${tool} is not on this machine: install its Debian package`);
  const name = basename(tool);
  place(root, path, `/usr/bin/${name}`);
  addLibraries(root, path);
  for (const data of DATA_OF_TOOLS[name] ?? []) {
    if (!existsSync(data)) continue;
    place(root, data, data);
    for (const file of readdirSync(data)) if (/\.so(\.|$)/.test(file)) addLibraries(root, join(data, file));
  }
}

/** The libraries that a program or library is linked with; a static one has none. */
function addLibraries(root, path) {
  const result = spawnSync('ldd', [path], { encoding: 'utf8' });
  for (const line of result.stdout.split('\n')) {
    if (/=> not found/.test(line)) throw new LabFailure(`${path} needs a library that is missing: ${line.trim()}`);
    const library = /(?:=> |^\s*)(\/\S+)/.exec(line)?.[1];
    if (library !== undefined && !existsSync(join(root, library))) place(root, library, library);
  }
}

/** Copies a file or folder of this machine, links followed. */
function place(root, source, target) {
  const path = join(root, target);
  mkdirSync(dirname(path), { recursive: true });
  cpSync(realpathSync(source), path, { recursive: true, dereference: true });
}

/** The built product, self-contained but for its addon and helper, and `nlscope` on the path. */
function addProduct(root) {
  const native = ['native/build/Release/nlscope.node', 'native/build/Release/nlscope-helper'];
  for (const part of ['dist/main', 'dist/renderer', ...native, 'package.json']) {
    if (existsSync(join(ROOT, part))) place(root, join(ROOT, part), `/opt/nlscope/${part}`);
  }
  for (const file of native) addLibraries(root, join(ROOT, file));
  const wrapper = join(root, 'usr/bin/nlscope');
  // Where the processor is emulated, code that V8 makes is dear: it starts in half the time with little of it.
  writeFileSync(wrapper, '#!/bin/sh\nexec node --max-lazy --no-opt /opt/nlscope/dist/main/nlscope.js "$@"\n');
  chmodSync(wrapper, 0o755);
}

function addModules(root, kernel, plan) {
  const load = plan.modules.flatMap((module) => {
    if (!/\.ko(\.\w+)?(\s|$)/.test(module)) return [module];
    const [file, ...options] = module.split(/\s+/);
    const path = `/lab/${basename(file)}`;
    if (!existsSync(file)) throw new LabFailure(`no such module file: ${file}`);
    place(root, file, path);
    const needs = output('modinfo', ['-F', 'depends', file]).trim().split(',').filter(Boolean);
    return [...needs, [path, ...options].join(' ')];
  });
  writeFileSync(join(root, 'lab/modules'), load.map((line) => `${line}\n`).join(''));
  const names = load.filter((line) => !line.startsWith('/')).map((line) => line.split(' ')[0]);
  const files = new Set([
    ...moduleFiles(kernel, ['virtio_pci', 'virtio_console', ...names]),
    ...plan.moduleFolders.flatMap((folder) => modulesIn(kernel, folder)),
  ]);
  const tree = join('usr/lib/modules', kernel.version);
  // The whole index, so that the kernel finds by alias whatever is there.
  for (const file of readdirSync(join(kernel.root, tree))) {
    if (/^modules\..*\.bin$|^modules\.softdep$/.test(file)) files.add(join(tree, file));
  }
  for (const file of files) place(root, join(kernel.root, file), `/${file}`);
}

function addCopy(root, copy) {
  const [source, target] = copy.split(':');
  if (!existsSync(source)) throw new LabFailure(`no such file to copy into the guest: ${source}`);
  const path = resolve('/root', target ?? basename(source));
  place(root, source, path);
}

function addCommand(root, plan) {
  const { asUser, command } = plan;
  const line = command.length === 1 && /\s/.test(command[0]) ? command[0] : `exec ${command.map(quote).join(' ')}`;
  writeFileSync(join(root, 'lab/command'), `#!/bin/sh\n${line}\n`);
  chmodSync(join(root, 'lab/command'), 0o755);
  const { id, home } = USER;
  const privilege = `--reuid ${id} --regid ${id} --clear-groups --inh-caps=-all --no-new-privs`;
  writeFileSync(
    join(root, 'lab/user'),
    asUser ? `export HOME=${home}\nchown -R ${id}:${id} ${home}\nPRIVILEGE='${privilege}'\n` : 'PRIVILEGE=\n',
  );
}

function quote(word) {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function archive(root, path) {
  const names = output('find', ['.', '-print0'], { cwd: root });
  const file = openSync(path, 'w');
  try {
    const args = ['--null', '-o', '-H', 'newc', '-R', '+0:+0', '--quiet'];
    const result = spawnSync('cpio', args, { cwd: root, input: names, stdio: ['pipe', file, 'pipe'] });
    if (result.status !== 0) throw new LabFailure(`cpio failed: ${result.error?.message ?? result.stderr}`);
  } finally {
    closeSync(file);
  }
  return path;
}
