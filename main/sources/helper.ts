import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Failure, Result } from '../../app/contracts/index.ts';
import { builtHelper, loadAddon, type NativeError, type NativeHelperChannel } from '../../native/index.ts';
import { CAPABILITY_NAMES, effectiveCapabilities } from './capabilities.ts';

/** What the helper can do for a process that lacks these (native/helper/privileges.cc keeps the same). */
export const HELPER_CAPABILITIES = [
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_SYS_ADMIN',
  'CAP_AUDIT_READ',
  'CAP_NET_BROADCAST',
] as const;

/** native/helper/channel.h. */
const HELPER_VERSION = 1;
const INSTALLED = '/usr/local/libexec/nlscope-helper';
/** Where packages put it. */
const PACKAGED = '/usr/libexec/nlscope-helper';
const GROUP = 'nlscope';

/** A busy machine may take long to start a program. */
const GREETING_MS = 20_000;
/** One that did not come up is tried again after so long. */
const RETRY_MS = 10_000;
/** Somebody has to type a password. */
const PASSWORD_MS = 120_000;

/** The command that lets the built helper be used by the members of a group, and the current user a member. */
export function installCommand(): string {
  const built = builtHelper() ?? 'native/build/Release/nlscope-helper';
  const capabilities = `${HELPER_CAPABILITIES.map((name) => name.toLowerCase()).join(',')}+ep`;
  const steps = [
    `groupadd -f ${GROUP}`,
    `install -D -o root -g ${GROUP} -m 0750 '${built}' ${INSTALLED}`,
    `setcap ${capabilities} ${INSTALLED}`,
    `usermod -aG ${GROUP} ${userInfo().username}`,
  ];
  return `sudo sh -c "${steps.join(' && ')}"`;
}

/** A connected helper. */
export interface Helper {
  readonly path: string;
  /** Those of HELPER_CAPABILITIES that it has. */
  readonly capabilities: readonly string[];
  readonly channel: NativeHelperChannel;
}

/** Why a helper that was found does not serve. */
export interface UselessHelper {
  readonly path: string;
  readonly reason: string;
}

interface Program {
  readonly command: readonly string[];
  readonly path: string;
  readonly patience: number;
}

/** Programs that may be the helper, best first. NLSCOPE_HELPER names one; NLSCOPE_ELEVATE ("sudo", "pkexec") starts it. */
function candidates(): Program[] {
  const { NLSCOPE_HELPER: override, NLSCOPE_ELEVATE: elevate } = process.env;
  const paths = override ? [override] : [INSTALLED, PACKAGED, builtHelper()].filter((path) => path !== undefined);
  return paths
    .filter(isExecutable)
    .map((path) =>
      elevate === 'sudo' || elevate === 'pkexec'
        ? { command: [elevate, path], path, patience: PASSWORD_MS }
        : { command: [path], path, patience: GREETING_MS },
    );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Changes when a candidate was built, installed, or given capabilities. */
function fingerprint(programs: readonly Program[]): string {
  return programs.map(({ command, path }) => `${command} ${statSync(path).ctimeMs}`).join();
}

function connect({ command: [program, ...args], path, patience }: Program): Result<Helper> {
  const channel = new (loadAddon().HelperChannel)();
  // Its standard input is the channel: when this process ends, however it ends, so does the helper.
  const child = spawn(program, args, { stdio: [channel.peer, 'ignore', 'inherit'] });
  child.on('error', () => {});
  child.unref();
  try {
    const { version, capabilities } = channel.greet(patience);
    if (version === HELPER_VERSION) return { ok: true, value: { path, capabilities: namesOf(capabilities), channel } };
    channel.close();
    return { ok: false, error: { message: 'it is of another version of nlscope: install it anew' } };
  } catch (error) {
    channel.close();
    return { ok: false, error: { message: error instanceof Error ? error.message : String(error) } };
  }
}

function namesOf(bits: number): string[] {
  return HELPER_CAPABILITIES.filter((name) => (BigInt(bits) >> BigInt(CAPABILITY_NAMES.indexOf(name))) & 1n);
}

/** What was found when it was looked last. */
interface Known {
  readonly of: string;
  readonly helper: Helper | null;
  readonly useless: readonly UselessHelper[];
  /** When it is looked again although nothing has changed, as performance.now() has it. */
  readonly until: number;
}

let known: Known | null = null;

function look(): Known {
  const programs = candidates();
  const of = fingerprint(programs);
  if (known?.of === of && performance.now() < known.until) return known;
  known?.helper?.channel.close();
  const useless: UselessHelper[] = [];
  let best: Helper | null = null;
  let until = Number.POSITIVE_INFINITY;
  for (const program of programs) {
    const connected = connect(program);
    if (!connected.ok) {
      useless.push({ path: program.path, reason: connected.error.message });
      until = performance.now() + RETRY_MS;
      continue;
    }
    const helper = connected.value;
    if (helper.capabilities.length > (best?.capabilities.length ?? 0)) {
      best?.channel.close();
      best = helper;
    } else {
      helper.channel.close();
      if (best === null) useless.push({ path: helper.path, reason: 'it has no capabilities' });
    }
    if (best?.capabilities.length === HELPER_CAPABILITIES.length) break;
  }
  // One that serves is not given up for another that may come up later.
  if (best !== null) until = Number.POSITIVE_INFINITY;
  known = { of, helper: best, useless, until };
  return known;
}

/** The privileged helper, started on first use; null when there is none that has any capability. */
export function privilegedHelper(): Helper | null {
  return look().helper;
}

/** Helpers that were found and are of no use. */
export function uselessHelpers(): readonly UselessHelper[] {
  return look().useless;
}

/** The helper is gone: the next use starts it anew. */
function forgetHelper(): void {
  known?.helper?.channel.close();
  known = null;
}

const ECONNRESET = 104;
/** EBADF, EPIPE: nobody was there to take the call. */
const NOT_TAKEN: ReadonlySet<number> = new Set([9, 32]);
/** Nobody could be asked. */
export const NO_HELPER = -1;

const EPIPE = 32;

/** True for what a channel throws when nobody answers, or when the helper went while it was asked. */
function isGone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { call, errno } = error as NativeError;
  return call === 'helper' || ((call === 'sendmsg' || call === 'recvmsg') && (errno === EPIPE || errno === ECONNRESET));
}

/**
 * Lets a helper do something that may be done twice: when the helper has gone since it was last used, a new one does it.
 * Null where there is none. Throws what `work` throws.
 * @param find the helper to use, anew each time
 */
export function withHelper<T>(find: () => Helper | null, work: (helper: Helper) => T): T | null {
  for (let isLast = false; ; isLast = true) {
    const helper = find();
    if (helper === null) return null;
    try {
      return work(helper);
    } catch (error) {
      if (!isGone(error)) throw error;
      forgetHelper();
      if (isLast) throw error;
    }
  }
}

/**
 * Makes a call that answers with an errno: of a new helper where the one before had gone. NO_HELPER when there is none;
 * ECONNRESET when it went before it answered, so that nobody knows whether it did it.
 * @param mayRepeat the call may be made once more then
 */
export function askHelper(call: (channel: NativeHelperChannel) => number, mayRepeat = false): number {
  for (let isLast = false; ; isLast = true) {
    const helper = socketHelper();
    if (helper === null) return NO_HELPER;
    const errno = call(helper.channel);
    const isUntaken = NOT_TAKEN.has(errno);
    if (!isUntaken && errno !== ECONNRESET) return errno;
    forgetHelper();
    if (isLast || !(isUntaken || mayRepeat)) return isUntaken ? NO_HELPER : errno;
  }
}

/**
 * The helper that sockets are opened through: when this process may not do what most of netlink asks for, and the helper
 * may. Null when it would be of no use.
 */
export function socketHelper(): Helper | null {
  if (effectiveCapabilities().includes('CAP_NET_ADMIN')) return null;
  const helper = privilegedHelper();
  return helper?.capabilities.includes('CAP_NET_ADMIN') ? helper : null;
}

/** What to do about a capability that neither this process nor a helper has. */
export function helperAdvice(capability: string): string {
  return HELPER_CAPABILITIES.some((name) => name === capability)
    ? `Run nlscope as root, or install its helper: ${installCommand()}`
    : `Run nlscope with ${capability}, for example as root.`;
}

/** Why something that only the helper does cannot be done. */
export function helperMissing(what: string, capability: string): Failure {
  const [useless] = uselessHelpers();
  const reason = useless === undefined ? '' : ` (${useless.path}: ${useless.reason})`;
  return {
    message: `${what} needs ${capability}, and there is no helper that has it${reason}.`,
    hint: helperAdvice(capability),
    errno: 'EPERM',
    capability,
  };
}
