import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../steps.mjs';
import { LabFailure } from './debian.mjs';
import { DEFAULT_KERNEL, kernelImage } from './kernel.mjs';
import { buildModules } from './moduleBuild.mjs';
import { buildRoot } from './root.mjs';
import { addSourceModules } from './sourceModules.mjs';

/** Programs of this machine that the lab works with. */
export const LAB_PROGRAMS = [
  { program: 'qemu-system-x86_64', debian: ['qemu-system-x86'], why: 'it runs the virtual machine' },
  { program: 'busybox', debian: ['busybox-static'], why: 'the guest is made of it' },
  { program: 'cpio', debian: ['cpio'], why: 'it packs the guest’s files' },
  { program: 'depmod', debian: ['kmod'], why: 'it finds what kernel modules need' },
  { program: 'apt-get', debian: ['apt'], why: 'it fetches Debian’s kernels' },
  { program: 'setpriv', debian: ['util-linux'], why: 'the guest runs commands with it' },
];

/** Seconds until the command must have begun. */
const BOOT_LIMIT = 120;
/** QEMU's emulation of several processors now and then breaks a kernel that patches its own code while it boots. */
const BOOT_ATTEMPTS = 3;
const CONSOLE_KEPT = 1 << 16;
const PORTS = ['control', 'stdout', 'stderr', 'files'];

/**
 * @typedef {object} GuestOptions
 * @property {string} [kernel] as kernelImage takes it
 * @property {string} [out] folder for the files that the command left in /out
 * @property {number} [timeout] seconds that the command may take
 * @property {number} [memory] MiB
 * @property {number} [cpus] processors (default 1)
 * @property {string[]} [kernelArguments] further words of the kernel's command line
 * @property {(chunk: Buffer) => void} [onStdout]
 * @property {(chunk: Buffer) => void} [onStderr]
 * @property {(chunk: Buffer) => void} [onConsole] what the kernel prints
 * @property {(version: string, seconds: number) => void} [onReady]
 */

/**
 * Boots a guest, runs one command in it and waits for the end.
 * @param {Partial<import('./root.mjs').GuestPlan> & {command: string[]} & GuestOptions} options
 * @returns {Promise<number>} the command's exit status
 * @throws {LabFailure} when there is no status: a dead or hung guest, a missing module or tool
 */
export async function runGuest(options) {
  if (process.arch !== 'x64')
    throw new LabFailure(`the lab boots x86-64 kernels only, this machine is ${process.arch}`);
  const work = mkdtempSync(join(tmpdir(), 'nlscope-vm-'));
  try {
    const kernel = kernelImage(options.kernel ?? DEFAULT_KERNEL);
    const plan = { asUser: false, modules: [], moduleFolders: [], tools: [], copies: [], ...options };
    addSourceModules(options.kernel ?? DEFAULT_KERNEL, kernel, [...plan.modules, ...plan.moduleFolders]);
    plan.modules = plan.modules.map((module) => builtModule(module, options.kernel ?? DEFAULT_KERNEL, work));
    const archive = buildRoot(kernel, plan, work);
    rmSync(join(work, 'root'), { recursive: true });
    for (let attempt = 1; ; attempt++) {
      const { begun, failure, status } = await boot(kernel.image, archive, options);
      if (failure === null) return status;
      if (begun || attempt === BOOT_ATTEMPTS) throw new LabFailure(failure);
      say('the guest did not come up; booting it again');
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A folder with a Kbuild file stands for the module that it makes. */
function builtModule(module, kernel, work) {
  const [path, ...parameters] = module.split(/\s+/);
  if (!existsSync(join(path, 'Kbuild'))) return module;
  const [file] = buildModules(kernel, path, join(work, 'modules')).modules;
  return [file, ...parameters].join(' ');
}

function qemuArguments(image, archive, { cpus = 1, kernelArguments = [], memory = 768 }) {
  const size = Math.ceil(statSync(archive).size / (1 << 20));
  return [
    ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', `${cpus}`, '-m', `${memory + 2 * size}`],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-no-reboot'],
    ...['-kernel', image, '-initrd', archive],
    ...['-append', ['console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on', ...kernelArguments].join(' ')],
    ...['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'],
    ...['-device', 'virtio-serial-pci'],
    ...PORTS.flatMap((name, i) => [
      ...['-chardev', `socket,id=${name},fd=${3 + i}`],
      ...['-device', `virtserialport,chardev=${name},name=lab.${name},nr=${1 + i}`],
    ]),
  ];
}

/**
 * One life of a guest.
 * @returns {Promise<{begun: boolean, failure: string | null, status: number | null}>} whether there is no point in
 *   another attempt, and the exit status or why there is none
 */
function boot(image, archive, options) {
  const { onConsole, onReady, onStderr, onStdout, out, timeout = 600 } = options;
  const start = Date.now();
  let begun = false;
  const args = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...qemuArguments(image, archive, options)];
  const qemu = spawn('setpriv', args, { stdio: ['ignore', 'pipe', 'pipe', ...PORTS.map(() => 'pipe')] });
  const [, console_, complaints, control, stdout, stderr, files] = qemu.stdio;
  let log = '';
  let said = '';
  let words = '';
  let status = null;
  let failure = null;
  let limit = setTimeout(() => hung('did not boot', BOOT_LIMIT), BOOT_LIMIT * 1000);
  const end = (text) => {
    failure ??= text;
    qemu.kill('SIGKILL');
  };
  const hung = (what, seconds) => end(`the guest ${what} within ${seconds} s and was killed`);
  const stopped = () => {
    begun = true;
    end('stopped');
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopped);

  console_.on('data', (chunk) => {
    log = (log + chunk.toString('latin1')).slice(-CONSOLE_KEPT);
    onConsole?.(chunk);
  });
  complaints.on('data', (chunk) => {
    said += chunk;
  });
  stdout.on('data', (chunk) => onStdout?.(chunk));
  stderr.on('data', (chunk) => onStderr?.(chunk));
  const unpacked = receiveFiles(files, out);
  // It may be gone before it is told that it can go.
  control.on('error', () => {});
  control.on('data', (chunk) => {
    words += chunk;
    for (let stop = words.indexOf('\n'); stop >= 0; stop = words.indexOf('\n')) {
      const [, word, rest] = /^(\S+) ?(.*)$/.exec(words.slice(0, stop)) ?? [];
      words = words.slice(stop + 1);
      begun = true;
      if (word === 'failed') failure = `the guest ${rest}`;
      if (word === 'exit') {
        status = Number(rest);
        unpacked.then(() => control.write('off\n'));
      }
      if (word !== 'ready') continue;
      clearTimeout(limit);
      limit = setTimeout(() => hung('did not finish', timeout), timeout * 1000);
      onReady?.(rest, (Date.now() - start) / 1000);
    }
  });

  return new Promise((resolve) => {
    qemu.on('error', (error) => {
      failure = `cannot run QEMU: ${error.message}`;
    });
    qemu.on('close', async () => {
      clearTimeout(limit);
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, stopped);
      const complete = await unpacked;
      if (failure === null && status === null) failure = 'the guest died';
      if (failure === null && !complete) failure = `cannot unpack the guest’s files into ${out}`;
      if (failure !== null) failure = [failure, said.trim(), lastLines(log)].filter(Boolean).join('\n');
      resolve({ begun, failure, status });
    });
  });
}

/** Unpacks the archive that the guest sends, or throws it away; whether that went well. */
function receiveFiles(stream, out) {
  if (out === undefined) {
    stream.resume();
    return Promise.resolve(true);
  }
  mkdirSync(out, { recursive: true });
  // The stream goes on after the archive: with blocks on their own, tar sees its end.
  const tar = spawn('tar', ['-x', '-b', '1', '--no-same-owner', '-C', out], { stdio: ['pipe', 'ignore', 'inherit'] });
  tar.stdin.on('error', () => {});
  stream.pipe(tar.stdin);
  return new Promise((resolve) => {
    tar.on('error', () => resolve(false));
    tar.on('close', (code) => resolve(code === 0));
  });
}

function lastLines(log) {
  const lines = log.trimEnd().split('\n').slice(-30);
  return lines.join('') === '' ? '' : ['the kernel’s last lines:', ...lines].join('\n');
}
