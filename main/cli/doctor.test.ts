import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeNamespace, namespacesMissing, type TestNamespace } from '../sources/testing/namespace.ts';
import { type BuiltCommand, buildCommand } from './testing/command.ts';

const NATIVE = fileURLToPath(new URL('../../native/build/Release/', import.meta.url));
const HELPER = join(NATIVE, 'nlscope-helper');
const CAPABILITIES = 'cap_net_admin,cap_net_raw,cap_sys_admin,cap_audit_read,cap_net_broadcast+ep';
/** RTM_NEWLINK that sets the first interface up, with NLM_F_REQUEST | NLM_F_ACK. */
const SET_LO_UP = '20000000 1000 0500 01000000 00000000 00000000 01000000 01000000 01000000';

const directory = mkdtempSync(join(tmpdir(), 'nlscope-helper-'));
const helper = join(directory, 'nlscope-helper');
let command: BuiltCommand;
let namespace: TestNamespace;

/** Why an ordinary user with a helper cannot be played here; undefined when it can. */
function missing(): string | undefined {
  if (process.getuid?.() !== 0) return 'skipped: only root can give a file capabilities and become another user';
  copyFileSync(HELPER, helper);
  chmodSync(directory, 0o755);
  chmodSync(helper, 0o755);
  if (spawnSync('setcap', [CAPABILITIES, helper]).status !== 0)
    return 'skipped: setcap (libcap2-bin) does not work here';
  return namespacesMissing();
}
const reason = missing();
if (reason !== undefined) console.warn(reason);

beforeAll(async () => {
  if (reason !== undefined) return;
  command = await buildCommand();
  chmodSync(dirname(command.entry), 0o755);
  namespace = makeNamespace();
});
afterAll(() => {
  namespace?.remove();
  command?.remove();
  rmSync(directory, { recursive: true });
});

/** Runs nlscope as nobody, with a helper at this path. */
function asNobody(helperPath: string, ...args: string[]) {
  const user = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const env = {
    ...process.env,
    HOME: '/nonexistent',
    NLSCOPE_HELPER: helperPath,
    NLSCOPE_ADDON: join(NATIVE, 'nlscope.node'),
  };
  return spawnSync('setpriv', [...user, process.execPath, command.entry, ...args], { env, encoding: 'utf8' });
}

const isUp = () =>
  /[<,]UP[,>]/.test(execFileSync('ip', ['-n', namespace.name, 'link', 'show', 'lo'], { encoding: 'utf8' }));

describe.skipIf(reason !== undefined)('an ordinary user', () => {
  it('is told what is missing without the helper, and how to install it', () => {
    const { status, stdout } = asNobody(HELPER, 'doctor');
    expect(status).toBe(0);
    expect(stdout).toMatch(/nlscope-helper is of no use: it has no capabilities/);
    expect(stdout).toMatch(/CAP_NET_ADMIN is missing for .*NETLINK_XFRM \(\d+ groups\)/);
    expect(stdout).toMatch(/sudo sh -c ".*setcap cap_net_admin,cap_net_raw,cap_sys_admin,cap_audit_read/);
    const tap = asNobody(HELPER, 'capture', '--tap', '--duration', '1');
    expect(tap.status).toBe(2);
    expect(tap.stderr).toMatch(/Making an nlmon device needs CAP_NET_ADMIN, and there is no helper that has it/);
  });

  it('joins with the helper what the kernel refuses otherwise', () => {
    const { stdout } = asNobody(helper, 'doctor');
    expect(stdout).toMatch(/joined, with the helper/);
    expect(stdout).not.toMatch(/is missing for/);
    const refused = asNobody(HELPER, 'capture', '--group', 'netfilter/nftables', '--duration', '1');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringMatching(/needs CAP_NET_ADMIN: EPERM/)]);
    const heard = asNobody(helper, 'capture', '--group', 'netfilter/nftables', '--duration', '1');
    expect([heard.status, heard.stderr]).toEqual([0, expect.stringMatching(/Capturing 1 group\./)]);
  });

  it('sends with the helper, also into a namespace, what the kernel refuses otherwise', () => {
    const send = ['send', '--protocol', 'ROUTE', '--netns', namespace.path, '--hex', SET_LO_UP];
    expect(asNobody(HELPER, ...send).status).not.toBe(0);
    expect(isUp()).toBe(false);
    expect(asNobody(helper, ...send)).toMatchObject({ status: 0 });
    expect(isUp()).toBe(true);
  });
});

describe('the helper', () => {
  it('does nothing for who is not nlscope', () => {
    const { status, stderr } = spawnSync(HELPER, { input: 'hello', encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/nlscope starts this program/);
  });
});
