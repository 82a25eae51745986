import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Set anew at every boot (random(4)). */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/**
 * Envelope.host of what is captured here: the host's name, and which boot of it. What kernels number, such as generic
 * netlink families, is numbered anew at the next.
 */
export const OWN_HOST = `${hostname()} ${bootId()}`.trim();

function bootId(): string {
  try {
    return readFileSync(BOOT_ID, 'utf8').trim();
  } catch {
    return '';
  }
}
