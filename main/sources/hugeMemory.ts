import { loadAddon } from '../../native/index.ts';

/** Memory, all zero, in huge pages where the system has them: filling it then costs a quarter. */
export function hugeMemory(bytes: number): ArrayBuffer {
  const memory = new ArrayBuffer(bytes);
  try {
    loadAddon().useHugePages(memory);
  } catch {
    // Without the addon it is memory all the same.
  }
  return memory;
}
