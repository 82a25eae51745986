import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND, electronBinary, ensureBuilt, ensurePrograms, ROOT, run, say } from './steps.mjs';
import { LabFailure } from './vm/debian.mjs';
import { LAB_PROGRAMS } from './vm/guest.mjs';
import { KERNELS, kernelImage } from './vm/kernel.mjs';

/** Every level of tests the machine can run, and one line for each that it cannot. */
const TOOLS = [
  { program: 'chromium', debian: ['chromium'], why: 'the window is tested in it' },
  { program: 'tshark', debian: ['tshark'], why: 'captures are compared with its reading' },
  { program: 'ip', debian: ['iproute2'], why: 'live tests make their traffic with it' },
  { program: 'tc', debian: ['iproute2'], why: 'what it prints is compared with our reading' },
  { program: 'nft', debian: ['nftables'], why: 'what it prints is compared with our reading' },
  { program: 'conntrack', debian: ['conntrack'], why: 'what it prints is compared with our reading' },
  { program: 'strace', debian: ['strace'], why: 'refusals are read from what it sees of the tools' },
  { program: 'ethtool', debian: ['ethtool'], why: 'the refusals that it prints are compared with ours' },
  { program: 'udevadm', debian: ['udev'], why: 'uevents are compared with its reading' },
  { program: 'unshare', debian: ['util-linux'], why: 'live tests run in namespaces of their own' },
  { program: 'setpriv', debian: ['util-linux'], why: 'tests without privilege drop it with this' },
  { program: 'python3', debian: ['python3'], why: 'a client of the helper that is not ours is written in it' },
  { program: 'setcap', debian: ['libcap2-bin'], why: 'tests of the helper give it its capabilities' },
];

const LAB_TESTS = 'kernel-module/test/vitest.config.mjs';

/** What the tests in virtual machines use beside the lab's own programs. */
const LAB_TOOLS = [
  { program: 'gcc', debian: ['gcc', 'libc6-dev'], why: 'it builds what disturbs the module under test' },
  { program: 'awk', debian: ['mawk'], why: 'guests count with it' },
  { program: 'tcpdump', debian: ['tcpdump'], why: 'a tap is compared with its capture' },
  { program: 'editcap', debian: ['wireshark-common'], why: 'captures are compared frame by frame' },
  { program: 'nft', debian: ['nftables'], why: 'a tap is shown its traffic' },
  { program: 'iw', debian: ['iw'], why: 'simulated radios are used with it' },
  { program: 'hostapd', debian: ['hostapd'], why: 'a simulated radio is an access point with it' },
  { program: 'ethtool', debian: ['ethtool'], why: 'links are changed with it' },
  { program: 'conntrack', debian: ['conntrack'], why: 'connection events are compared with its reading' },
  { program: 'devlink', debian: ['iproute2'], why: 'a simulated network card is used with it' },
  { program: 'auditctl', debian: ['auditd'], why: 'audit rules are compared with its reading' },
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
const kernelSpecs = kernelSpecFolder();
if (kernelSpecs === undefined) {
  skipped.push(
    "comparison with the kernel's own specs: none are here; NLSCOPE_YNL_SPECS=DIR names Documentation/netlink/specs of a kernel tree",
  );
}
await level('unit, corpus and live', ['node_modules', 'vitest', 'vitest.mjs'], ['run', ...args], {
  ...(kernelSpecs === undefined ? {} : { NLSCOPE_YNL_SPECS: kernelSpecs }),
});
const noElectron =
  electronBinary() === null ? 'its binary is not here' : process.getuid?.() === 0 ? 'it does not run as root' : null;
if (noElectron !== null) {
  skipped.push(`real Electron: ${noElectron}; its main and preload bundles run under a test double instead`);
}
await endToEnd();
const noLab = await labMissing();
if (noLab.length === 0) {
  await level('virtual machines', ['node_modules', 'vitest', 'vitest.mjs'], ['run', '-c', LAB_TESTS]);
} else skipped.push(...noLab.map((reason) => `virtual machines: ${reason}`));

/** Why Debian's kernels cannot be booted here, a line each. */
async function labMissing() {
  if (process.arch !== 'x64') return [`x86-64 kernels are booted, this machine is ${process.arch}`];
  const missing = await ensurePrograms([...LAB_PROGRAMS, ...LAB_TOOLS], false);
  if (missing.length > 0) return missing;
  try {
    for (const kernel of Object.keys(KERNELS)) kernelImage(kernel);
    return [];
  } catch (error) {
    if (!(error instanceof LabFailure)) throw error;
    return [error.message];
  }
}

/** Where the kernel's YNL specs are: as the user says, beside the checkout, or in the newest kernel tree of /usr/src. */
function kernelSpecFolder() {
  const trees = existsSync('/usr/src')
    ? readdirSync('/usr/src').sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    : [];
  return [
    process.env.NLSCOPE_YNL_SPECS,
    join(ROOT, '..', 'shared', 'ynl-specs'),
    ...trees.map((tree) => join('/usr/src', tree, 'Documentation', 'netlink', 'specs')),
  ].find((path) => path !== undefined && existsSync(path));
}

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
