import { COMMAND, electronBinary, ensureBuilt, findProgram, ROOT, run, say } from './steps.mjs';

const HELP = `nlscope: an inspector for Linux netlink sockets.

  npm start                     install and build what is missing, then open the inspector
  npm start -- FILE             … and open a capture (pcap, pcapng)
  npm start -- -                … and show what comes through standard input
  npm start -- --served         use the served edition (a browser window) even where Electron is
  npm start -- --profile NAME   with the settings of this profile
  npm start -- --port N         port of the served edition (default: a free one)
  npm start -- --no-open        only print the link of the served edition
  npm start -- --help           this text

Electron opens where its binary is present or can be downloaded and there is a display. Otherwise, and always as
root, the served edition listens on loopback and opens a Chromium window, or prints a link that works once.
The command line is in dist/main/nlscope.js: node dist/main/nlscope.js --help
`;

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(HELP);
  process.exit(0);
}

const options = { served: false, open: true, port: undefined, file: undefined };
for (let i = 0; i < args.length; i++) {
  const word = args[i];
  if (word === '--served') options.served = true;
  else if (word === '--no-open') options.open = false;
  else if (word === '--port') options.port = args[++i];
  else if (word === '--profile') process.env.NLSCOPE_PROFILE = args[++i];
  else if (word.startsWith('-') && word !== '-') {
    say(`unknown option ${word}; see npm start -- --help`);
    process.exit(2);
  } else options.file = word;
}

await ensureBuilt();
const desktop = await desktopShell();
if (desktop.binary !== null) {
  process.exit(await run(desktop.binary, [ROOT, ...(options.file === undefined ? [] : [options.file])]));
}
say(`${desktop.why}; using the served edition`);
const serve = ['serve'];
if (options.open && (process.env.DISPLAY || process.env.WAYLAND_DISPLAY)) serve.push('--open');
if (options.port !== undefined) serve.push('--port', options.port);
if (options.file !== undefined) serve.push(options.file);
process.exit(await run(process.execPath, [COMMAND, ...serve]));

/** Electron's binary, or why it is not used. */
async function desktopShell() {
  if (options.served) return { binary: null, why: 'asked for' };
  if (process.getuid?.() === 0) return { binary: null, why: 'Electron does not run as root with its sandbox' };
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return { binary: null, why: 'there is no display' };
  if (electronBinary() === null && findProgram('npx') !== null) {
    say('downloading Electron (once)');
    await run('npx', ['--no-install', 'install-electron'], { stdio: 'ignore', timeout: 120_000 });
  }
  const binary = electronBinary();
  return binary === null
    ? { binary, why: 'Electron’s binary is not here and cannot be downloaded' }
    : { binary, why: '' };
}
