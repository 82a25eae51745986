import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { COMMAND, electronBinary, ensureBuilt, ensurePrograms, ROOT, run, say } from './steps.mjs';

/** Every level of tests the machine can run, and one line for each that it cannot. */
const TOOLS = [
  { program: 'chromium', debian: ['chromium'], why: 'the window is tested in it' },
  { program: 'tshark', debian: ['tshark'], why: 'captures are compared with its reading' },
  { program: 'ip', debian: ['iproute2'], why: 'live tests make their traffic with it' },
  { program: 'unshare', debian: ['util-linux'], why: 'live tests run in namespaces of their own' },
  { program: 'setpriv', debian: ['util-linux'], why: 'tests without privilege drop it with this' },
];

const args = process.argv.slice(2);
const skipped = [];
let failed = false;

await ensureBuilt();
skipped.push(...(await ensurePrograms(TOOLS, false)));
const level = async (name, command, rest, env = {}) => {
  say(`tests: ${name}`);
  const code = await run(process.execPath, [join(ROOT, ...command), ...rest], { env: { ...process.env, ...env } });
  if (code !== 0) failed = true;
};

await level('types, style, imports', ['main', 'setup', 'check.mjs'], []);
await level('unit, corpus and live', ['node_modules', 'vitest', 'vitest.mjs'], ['run', ...args]);
const noElectron =
  electronBinary() === null ? 'its binary is not here' : process.getuid?.() === 0 ? 'it does not run as root' : null;
if (noElectron !== null) {
  skipped.push(`real Electron: ${noElectron}; its main and preload bundles run under a test double instead`);
}
await endToEnd();

/** The window's tests change links and routes: they run in a network namespace of their own, where one can be made. */
async function endToEnd() {
  const playwright = [
    process.execPath,
    join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js'),
    'test',
    '-c',
    'e2e',
  ];
  const env = { ...process.env, NLSCOPE_COMMAND: COMMAND };
  const own = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;
  say(`tests: end to end${own ? ', in a network namespace of their own' : ''}`);
  if (!own) skipped.push('live tests of the window: making a network namespace needs CAP_SYS_ADMIN');
  const code = own
    ? await run('unshare', ['-n', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh', ...playwright], {
        env: { ...env, NLSCOPE_TEST_NETNS: '1' },
      })
    : await run(playwright[0], playwright.slice(1), { env });
  if (code !== 0) failed = true;
}

for (const line of skipped) say(`skipped: ${line}`);
say(failed ? 'FAILED' : 'all tests passed');
process.exit(failed ? 1 : 0);
