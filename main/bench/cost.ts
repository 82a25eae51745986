import { spawnSync } from 'node:child_process';

/** What a run of a program cost. */
export interface Cost {
  /** User and system time of the program and its children, seconds. */
  readonly cpu: number;
  readonly stdout: string;
}

/** The middle of some figures; the lower of the two middles of an even number. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[(figures.length - 1) >> 1];
}

/** The path of a program, null where it is not installed. */
export function findProgram(name: string): string | null {
  const found = spawnSync('sh', ['-c', 'PATH="$PATH:/usr/sbin:/sbin" command -v "$1"', 'sh', name], {
    encoding: 'utf8',
  });
  return found.status === 0 ? found.stdout.trim() : null;
}

/**
 * Runs a program to its end and measures it as the shell's `time` does (getrusage of its children).
 * @param keep whether its output is wanted; else it goes where it costs nothing
 * @throws Error with its last words when it fails
 */
export function costOf(command: readonly string[], keep = false): Cost {
  // Node reads these certificates before it begins, which nothing that is measured needs.
  const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;
  const script = `TIMEFORMAT='cpu %3U %3S'; time "$@" ${keep ? '' : '>/dev/null'}`;
  const done = spawnSync('bash', ['-c', script, 'bash', ...command], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { ...environment, LC_ALL: 'C' },
  });
  const times = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(done.stderr ?? '');
  if (done.status !== 0 || times === null) {
    throw new Error(`${command[0]} failed: ${(done.error?.message ?? done.stderr).trim().slice(-300)}`);
  }
  return { cpu: Number(times[1]) + Number(times[2]), stdout: done.stdout ?? '' };
}
