import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { forbiddenImports } from './imports.mjs';
import { checkNode, ensurePackages, ROOT, run, say, stop } from './steps.mjs';

/** Types of every environment, formatting and lint, and the table of who may import whom. */
const PROJECTS = ['app', 'main', 'main/electron', 'renderer', 'e2e', '.'];

checkNode();
await ensurePackages();
let failed = false;
const check = async (what, command, args) => {
  say(`checking ${what}`);
  if ((await run(process.execPath, [join(ROOT, 'node_modules', ...command), ...args])) !== 0) failed = true;
};
for (const project of PROJECTS.filter((p) => existsSync(join(ROOT, p, 'tsconfig.json')))) {
  await check(`types of ${project}`, ['typescript', 'bin', 'tsc'], ['-p', project]);
}
await check('style', ['@biomejs', 'biome', 'bin', 'biome'], ['check', '--error-on-warnings', '.']);
say('checking imports');
for (const problem of forbiddenImports()) {
  failed = true;
  say(problem);
}
if (failed) stop('the checks failed');
