import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMAND, ensureBuilt, ROOT, say } from './steps.mjs';

await ensureBuilt();
// Packages put them where the shells look: see electron-builder.yml.
for (const [shell, name] of Object.entries({ bash: 'nlscope', zsh: '_nlscope', fish: 'nlscope.fish' })) {
  const path = join(ROOT, 'dist', 'completions', shell, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, execFileSync(process.execPath, [COMMAND, 'completion', shell]));
}
say('built');
