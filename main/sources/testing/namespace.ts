import { execFileSync } from 'node:child_process';

/** A network namespace of a test's own. */
export interface TestNamespace {
  readonly name: string;
  readonly path: string;
  /** Runs `ip` inside of it. */
  ip(...args: string[]): void;
  remove(): void;
}

let made = 0;

/** Makes a namespace with a unique name by ip-netns(8). */
export function makeNamespace(): TestNamespace {
  const name = `nlscope-test-${process.pid}-${made++}`;
  execFileSync('ip', ['netns', 'add', name]);
  return {
    name,
    path: `/run/netns/${name}`,
    ip: (...args) => void execFileSync('ip', ['-n', name, ...args], { stdio: ['ignore', 'ignore', 'inherit'] }),
    remove: () => void execFileSync('ip', ['netns', 'del', name]),
  };
}

/** Why this machine cannot make namespaces; undefined when it can. Printed once, so that a skip is seen. */
export function namespacesMissing(): string | undefined {
  try {
    makeNamespace().remove();
    return undefined;
  } catch (error) {
    const reason = `skipped: no network namespace can be made (${error instanceof Error ? error.message : error})`;
    console.warn(reason);
    return reason;
  }
}

/** Resolves as soon as `done` says so; fails after a time that no healthy machine needs. */
export async function until(done: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !done(); waited += 5) {
    if (waited > 20_000) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
