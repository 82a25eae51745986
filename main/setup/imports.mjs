import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { ROOT } from './steps.mjs';

/**
 * Who may import whom. The first rule whose `from` fits a file decides; `files` are path prefixes within the
 * repository, `packages` match module names. Tests and their helpers may use what they test with.
 */
const TEST_TOOLS = [/^node:/, /^vitest$/, /^fast-check$/, /^ajv$/, /^yaml$/, /^ws$/, /^vite$/, /^@playwright\/test$/];
const RULES = [
  { from: /^app\/.*(\.test\.ts|\.bench\.ts|\/testing\/.*)$/, files: ['app/'], packages: [...TEST_TOOLS, /^@lezer\//] },
  { from: /^app\//, files: ['app/'], packages: [/^@lezer\//, /^valibot$/, /^yaml$/] },
  { from: /^native\//, files: ['native/'], packages: [/^node:/, /^node-gyp-build$/, /^vitest$/] },
  { from: /^main\/electron\/preload\.ts$/, files: ['app/contracts/'], packages: [/^electron$/] },
  { from: /^main\/sources\//, files: ['app/', 'main/', 'native/'], packages: TEST_TOOLS },
  {
    from: /^main\//,
    files: ['app/', 'main/', 'package.json'],
    packages: [...TEST_TOOLS, /^electron$/, /^commander$/, /^fzstd$/, /^valibot$/],
  },
  {
    from: /^renderer\/widgets\//,
    files: ['app/', 'renderer/'],
    except: ['renderer/stores/', 'renderer/panes/'],
    packages: [/./],
    never: [/^node:/, /^electron$/],
  },
  {
    from: /^renderer\/.*(\.test\.tsx?|vite\.config\.ts|\/testing\/.*)$/,
    files: ['app/', 'renderer/'],
    packages: [/./],
    never: [/^electron$/],
  },
  { from: /^renderer\//, files: ['app/', 'renderer/'], packages: [/./], never: [/^node:/, /^electron$/] },
  { from: /^e2e\//, files: ['app/contracts/', 'app/captureFile/', 'e2e/'], packages: [/./] },
];

const FOLDERS = ['app', 'main', 'native', 'renderer', 'e2e'];
const SKIPPED = new Set(['node_modules', 'build', 'dist', 'results', 'setup']);

function* sources(folder) {
  for (const name of readdirSync(folder)) {
    if (SKIPPED.has(name)) continue;
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(name) && !name.endsWith('.d.ts')) yield path;
  }
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

/** Imports that the table forbids, a line each. */
export function forbiddenImports() {
  const problems = [];
  for (const folder of FOLDERS) {
    if (!existsSync(join(ROOT, folder))) continue;
    for (const path of sources(join(ROOT, folder))) {
      const file = relative(ROOT, path);
      const rule = RULES.find((r) => r.from.test(file));
      for (const match of readFileSync(path, 'utf8').matchAll(IMPORT)) {
        const target = match[1] ?? match[2] ?? match[3];
        if (!allowed(rule, path, target)) problems.push(`${file} may not import ${target}`);
      }
    }
  }
  return problems;
}

function allowed(rule, path, target) {
  if (target.startsWith('.')) {
    const file = relative(ROOT, resolve(dirname(path), target));
    return rule.files.some((f) => file.startsWith(f)) && !(rule.except ?? []).some((f) => file.startsWith(f));
  }
  return rule.packages.some((p) => p.test(target)) && !(rule.never ?? []).some((p) => p.test(target));
}
