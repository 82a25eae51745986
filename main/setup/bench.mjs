import { join } from 'node:path';
import { ensureBuilt, ROOT, run } from './steps.mjs';

await ensureBuilt();
process.exit(await run(process.execPath, [join(ROOT, 'dist', 'main', 'bench.js'), ...process.argv.slice(2)]));
