import { kernel } from '../../app/kernel/index.ts';
import { loadAddon } from '../../native/index.ts';

/** Has large captures' indexes in huge pages where the system has them: filling fresh memory then costs a quarter. */
export function preferHugeMemory(): void {
  kernel().grown = (bytes) => {
    try {
      loadAddon().useHugePages(bytes);
    } catch {
      // Without the addon it is memory all the same.
    }
  };
}
