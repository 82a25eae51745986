import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './steps.mjs';

const SOURCE = 'app/kernel/assembly/index.ts';
const GENERATED = join(ROOT, 'app/kernel/kernel.generated.ts');

/** Most 64 KiB pages of memory: all that 32 bits address. */
const MOST_PAGES = 65_536;

const OPTIONS = ['-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--enable', 'threads', '--sharedMemory'];

/**
 * Compiles the kernel. Returns the module that carries it, as `app/kernel/kernel.generated.ts` should read.
 * @throws Error with the compiler's words
 */
export async function compileKernel() {
  const { main } = await import('assemblyscript/asc');
  let binary;
  const { error, stderr } = await main(
    [SOURCE, '--outFile', 'out.wasm', '--maximumMemory', `${MOST_PAGES}`, ...OPTIONS],
    {
      readFile: read,
      writeFile: (_, contents) => {
        binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error !== null || binary === undefined) throw new Error(stderr.toString() || String(error));
  const lines = Buffer.from(binary)
    .toString('base64')
    .match(/.{1,116}/g);
  return [
    '// Made from app/kernel/assembly by `node main/setup/kernel.mjs`: not to be edited.',
    '/** The compiled kernel in base64. */',
    'export const KERNEL = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
}

/** A source file. Its imports name their files with the extension, which the compiler adds once more. */
function read(name) {
  try {
    return readFileSync(join(ROOT, name), 'utf8').replace(/( from '\.[^']*)\.ts'/g, "$1'");
  } catch {
    return null;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(GENERATED, await compileKernel());
