import { InvalidArgumentError } from 'commander';

/** Limits of a file or a capture, each by its name of dumpcap(1). */
export interface Limits {
  /** Seconds. */
  readonly duration?: number;
  /** kB of 1000 bytes. */
  readonly filesize?: number;
  readonly messages?: number;
  readonly files?: number;
}

/** dumpcap counts packets where we count messages. */
const NAMES: { readonly [name: string]: keyof Limits } = {
  duration: 'duration',
  filesize: 'filesize',
  files: 'files',
  messages: 'messages',
  packets: 'messages',
};

/** How limits are named. */
export const LIMIT_NAMES: readonly string[] = Object.keys(NAMES);

/** Adds a limit such as "filesize:1000" to those before. Throws InvalidArgumentError. */
export function collectLimit(text: string, before: Limits): Limits {
  const [name, value = '', ...rest] = text.split(':');
  const key = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (key === undefined || rest.length > 0) {
    throw new InvalidArgumentError('It is one of filesize:KB, duration:SECONDS, files:N, messages:N.');
  }
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  const isValid = number > 0 && number <= 1e12 && (key === 'duration' || Number.isInteger(number));
  if (!isValid) throw new InvalidArgumentError(`${name} takes a ${key === 'duration' ? '' : 'whole '}number above 0.`);
  return { ...before, [key]: number };
}
