import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Figures } from './probes.ts';

/** How long `ip monitor` is given to begin to listen, and to print what it has received. */
const SETTLE_MS = 700;

/**
 * Lets one process listen and another flood, in the network namespace this process is in.
 * @param listener the probe that listens, or `peer` for `ip monitor`
 */
export async function runPair(self: string, count: number, listener: string): Promise<Figures> {
  spawnSync('ip', ['link', 'set', 'lo', 'up']);
  return listener === 'peer' ? listenWithIp(self, count) : listenWithUs(self, count, listener);
}

async function listenWithUs(self: string, count: number, probe: string): Promise<Figures> {
  const listener = spawn(process.execPath, [self, 'probe', probe, String(count)]);
  const output = collect(listener);
  const closed = once(listener, 'close');
  await once(listener.stderr, 'data');
  const { sent } = await floodWith(self, count);
  await closed;
  return { sent, ...JSON.parse(output()) };
}

async function listenWithIp(self: string, count: number): Promise<Figures> {
  // `ip` ends when its socket overflows: the count of lines tells how far it got.
  const script = `TIMEFORMAT='cpu %3U %3S'; time ip monitor route 2>/dev/null | wc -l`;
  const listener = spawn('bash', ['-c', script], { detached: true });
  const closed = once(listener, 'close');
  const output = collect(listener);
  let errors = '';
  listener.stderr.on('data', (data) => {
    errors += data;
  });
  await pause(SETTLE_MS);
  const { sent } = await floodWith(self, count);
  await pause(SETTLE_MS);
  // The group of the shell, which itself waits for `time`.
  spawnSync('pkill', ['-INT', '-g', String(listener.pid), '-x', 'ip']);
  await closed;
  const [, user = '0', system = '0'] = /cpu ([\d.]+) ([\d.]+)/.exec(errors) ?? [];
  const messages = Number(output());
  return { sent, messages, each: ((Number(user) + Number(system)) * 1e6) / Math.max(1, messages) };
}

async function floodWith(self: string, count: number): Promise<{ sent: number }> {
  const child = spawn(process.execPath, [self, 'probe', 'flood', String(count)]);
  const output = collect(child);
  await once(child, 'close');
  return JSON.parse(output());
}

function collect(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (data) => {
    text += data;
  });
  return () => text;
}
