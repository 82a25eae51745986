import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensurePrograms, findProgram, ROOT, run, say, stop } from './steps.mjs';
import { LabFailure } from './vm/debian.mjs';
import { LAB_PROGRAMS, runGuest } from './vm/guest.mjs';

/**
 * Compares what the kernel's tools print with our reading, in a guest whose kernel has everything (main/oracle holds
 * the comparison, which `npm test` runs on the kernel of this machine). Arguments: words that names of comparisons
 * begin with; `--record` keeps what the guest's kernel and the tools answered in main/oracle/recordings, which
 * `npm test` compares on every machine; `--tools FOLDER` has programs that are taken rather than this machine's;
 * `--kernel NAME` takes another kernel than the default.
 * Exit status 1 when something differs, 125 when the guest failed.
 */
const { positionals: wanted, values } = parseArgs({
  options: { kernel: { type: 'string' }, record: { type: 'boolean' }, tools: { type: 'string' } },
  allowPositionals: true,
});
const GUEST_TOOLS = '/opt/tools';
const GUEST_OUT = '/out';
const TOOLS = ['ip', 'bridge', 'tc', 'nft', 'conntrack', 'ss', 'devlink', 'ethtool', 'tcpdump', 'cat'];
const PACKAGES = {
  cat: 'coreutils',
  conntrack: 'conntrack',
  ethtool: 'ethtool',
  nft: 'nftables',
  tcpdump: 'tcpdump',
};
/** Names of protocols, tables and scopes that the tools print. */
const NAMES = ['/etc/protocols', '/etc/iproute2'];
const MODULES = ['net', 'drivers/net', 'crypto', 'arch/x86/crypto'];
const MINUTES = 15;

await ensureBuilt();
await ensurePrograms(LAB_PROGRAMS, true);
await ensurePrograms(
  TOOLS.map((program) => ({ program, debian: [PACKAGES[program] ?? 'iproute2'], why: 'its words are compared' })),
  true,
);
const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js');
const config = join(ROOT, 'main', 'oracle', 'vite.config.ts');
if ((await run(process.execPath, [vite, 'build', '-c', config, '--logLevel', 'warn'])) !== 0) stop('cannot build it');

try {
  process.exitCode = await runGuest({
    command: [
      ...['env', `PATH=${GUEST_TOOLS}:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/busybox`],
      ...['node', '/opt/nlscope/dist/oracle/oracle.js', ...wanted],
      ...(values.record ? ['--record', GUEST_OUT] : []),
    ],
    out: values.record ? join(ROOT, 'main', 'oracle', 'recordings') : undefined,
    moduleFolders: MODULES,
    modules: ['tun', 'netdevsim'],
    kernel: values.kernel,
    tools: TOOLS.filter((tool) => findProgram(tool) !== null),
    copies: [
      `${join(ROOT, 'dist', 'oracle')}:/opt/nlscope/dist/oracle`,
      ...NAMES.map((path) => `${path}:${path}`),
      ...(values.tools === undefined ? [] : [`${values.tools}:${GUEST_TOOLS}`]),
    ],
    timeout: MINUTES * 60,
    onStdout: (chunk) => process.stdout.write(chunk),
    onStderr: (chunk) => process.stderr.write(chunk),
    onReady: (version, seconds) => say(`Linux ${version} ready after ${seconds.toFixed(1)} s`),
  });
} catch (error) {
  if (!(error instanceof LabFailure)) throw error;
  stop(error.message, 125);
}
