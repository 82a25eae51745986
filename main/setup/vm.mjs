import { parseArgs } from 'node:util';
import { ensureBuilt, ensurePrograms, say, stop } from './steps.mjs';
import { LabFailure } from './vm/debian.mjs';
import { LAB_PROGRAMS, runGuest } from './vm/guest.mjs';
import { DEFAULT_KERNEL, KERNELS } from './vm/kernel.mjs';

const HELP = `Boots a Debian kernel in QEMU, runs a command in it and passes on what it prints and its exit status.

  npm run vm -- [options] COMMAND [ARGUMENT…]

  --kernel NAME      ${Object.keys(KERNELS).join(', ')} or an image package (default ${DEFAULT_KERNEL})
  --module NAME      load a module first: "NAME option=value", a .ko file of this machine, or a folder with a Kbuild
                     file such as kernel-module, which is built for the kernel; netdevsim, which Debian leaves out, is
                     built from the kernel's source; repeatable
  --modules-in PATH  modules that the kernel may load by itself: a folder of its tree, such as net/sched, or one module,
                     such as drivers/net/veth; repeatable
  --tool NAME        a program of this machine with its libraries; repeatable
  --copy FILE[:PATH] a file or folder for the guest (in /root unless PATH says where); repeatable
  --out FOLDER       where to put what the command leaves in /out
  --user             run the command as an ordinary user instead of root
  --timeout SECONDS  kill the guest when the command takes longer (default 600)
  --memory MIB       memory beside what the guest's files take (default 768)
  --cpus N           processors (default 1)
  --append WORDS     further words of the kernel's command line, such as slub_debug=FZPU; repeatable
  --console          show what the kernel prints, on standard error
  --help             this text

A COMMAND of one word with spaces is a line for the shell. The guest has busybox, Node and nlscope as built here, no
network, and all of it in memory. Kernels come from the Debian mirror that apt uses, are unpacked in
~/.cache/nlscope/vm (never installed) and are kept there; later runs need no network.
Exit status: the command's; 125 when the guest could not run it.
`;

const STATUS_FAILURE = 125;
const several = { type: 'string', multiple: true, default: [] };

function parse(argv) {
  // Options end where the command begins.
  const options = {
    kernel: { type: 'string' },
    module: several,
    'modules-in': several,
    tool: several,
    copy: several,
    out: { type: 'string' },
    user: { type: 'boolean', default: false },
    timeout: { type: 'string' },
    memory: { type: 'string' },
    cpus: { type: 'string' },
    append: several,
    console: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  };
  let start = 0;
  while (start < argv.length && argv[start].startsWith('-') && argv[start] !== '--') {
    const [name, inline] = argv[start].replace(/^-+/, '').split('=');
    start += options[name]?.type === 'string' && inline === undefined ? 2 : 1;
  }
  const { values } = parseArgs({ args: argv.slice(0, start), options });
  const command = argv.slice(argv[start] === '--' ? start + 1 : start);
  return { values, command };
}

function positive(name, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new TypeError(`--${name} ${text} is not a positive number`);
  return value;
}

let parsed;
let limits;
try {
  parsed = parse(process.argv.slice(2));
  limits = Object.fromEntries(['timeout', 'memory', 'cpus'].map((name) => [name, positive(name, parsed.values[name])]));
} catch (error) {
  stop(`${error.message}; see npm run vm -- --help`, STATUS_FAILURE);
}
const { command, values } = parsed;
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
if (command.length === 0) stop('which command is to run in the guest? See npm run vm -- --help', STATUS_FAILURE);

await ensureBuilt();
await ensurePrograms(LAB_PROGRAMS, true);
try {
  process.exitCode = await runGuest({
    ...limits,
    kernel: values.kernel,
    command,
    asUser: values.user,
    modules: values.module,
    moduleFolders: values['modules-in'],
    tools: values.tool,
    copies: values.copy,
    out: values.out,
    kernelArguments: values.append,
    onStdout: (chunk) => process.stdout.write(chunk),
    onStderr: (chunk) => process.stderr.write(chunk),
    onConsole: values.console ? (chunk) => process.stderr.write(chunk) : undefined,
    onReady: (version, seconds) => say(`Linux ${version} ready after ${seconds.toFixed(1)} s`),
  });
} catch (error) {
  if (!(error instanceof LabFailure)) throw error;
  stop(error.message, STATUS_FAILURE);
}
