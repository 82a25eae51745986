import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtinLibrary } from '../builtin.ts';
import { type HeaderName, headerNames } from '../testing/enumerators.ts';
import { AREAS, type Area, type AreaNames, areaTitle, declaredNames, headersVersion } from './areas.ts';
import { namesOf, specsOf } from './coverage.ts';

/**
 * names.yaml is what the uapi headers of one kernel release declare. Headers of that release (the system's, or those
 * of UAPI_INCLUDE=DIR) must give exactly the file, which `-u` writes anew. What older ones know beyond it, the specs
 * must still name; newer ones must still know all of it.
 */
const library = builtinLibrary();
const declared = AREAS.filter(({ headers }) => headers !== undefined);
const include = process.env['UAPI_INCLUDE'] ?? '/usr/include';

function read(header: string): string {
  const path = join(include, header);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

const OPENS = /_(UNSPEC|UNDEFINED|NONE|INVALID|MIN|BASE)$/;
const CLOSES = /_(MAX|CNT|NUM_OPS)$/;

/** Enumerators that count, end or open an enum. */
function isBookkeeping({ name, expression, first, last }: HeaderName): boolean {
  return (
    /^_|^(NUM|MAX)_/.test(name) ||
    /-\s*1\s*\)?$/.test(expression) ||
    (OPENS.test(name) && name === first) ||
    (CLOSES.test(name) && (name === last || first === ''))
  );
}

function namesIn(area: Area): AreaNames {
  const taken = (patterns: readonly string[] = []) => {
    const expressions = patterns.map((pattern) => new RegExp(pattern));
    return (name: string): boolean => expressions.some((expression) => expression.test(name));
  };
  const [isMessage, isAttribute, isSet, isValue] = [area.messages, area.attributes, area.sets, area.values].map(taken);
  const messages = new Set<string>();
  const attributes = new Set<string>();
  for (const header of area.headers ?? []) {
    const all = headerNames(read(header));
    const others = new Set(all.filter((entry) => !isBookkeeping(entry)).map(({ name }) => name));
    for (const entry of all) {
      const { name, first, expression } = entry;
      if (first === '' && area.defines !== true) continue;
      if (isValue!(name) || isBookkeeping(entry) || area.former?.includes(name)) continue;
      const alias = others.has(expression);
      if (alias && area.aliases !== true) continue;
      const written = alias ? `${name}=${expression}` : name;
      if (isMessage!(name)) messages.add(written);
      else if (isAttribute!(name) || isSet!(first)) attributes.add(written);
    }
  }
  return { messages: [...messages], attributes: [...attributes] };
}

/** The file's text: names in the headers' order, folded to lines of at most 118 characters. */
function document(): string {
  const folded = (key: string, names: readonly string[]): string[] => {
    if (names.length === 0) return [];
    const lines = [`    ${key}: >-`];
    let line = '     ';
    for (const name of names) {
      if (line.length + name.length > 118) {
        lines.push(line);
        line = '     ';
      }
      line += ` ${name}`;
    }
    return [...lines, line];
  };
  const areas = declared.flatMap((area) => {
    const { messages, attributes } = namesIn(area);
    return [`  '${areaTitle(area)}':`, ...folded('messages', messages), ...folded('attributes', attributes)];
  });
  return [
    '# SPDX-License-Identifier: MIT',
    '# Message types and attributes that the uapi headers declare, by the rules of areas.yaml.',
    '# Generated: UAPI_INCLUDE=DIR npx vitest run app/specs/uapi -u',
    `kernel: '${headersVersion()}'`,
    'areas:',
    ...areas,
    '',
  ].join('\n');
}

const code = Number(/LINUX_VERSION_CODE\s+(\d+)/.exec(read('linux/version.h'))?.[1] ?? 0);
const version = `${code >> 16}.${(code >> 8) & 0xff}`;
const [major = 0, minor = 0] = headersVersion().split('.').map(Number);
const age = Math.sign((code >> 8) - ((major << 8) | minor));

describe.skipIf(code === 0)(`names of the uapi headers (Linux ${version})`, () => {
  it.runIf(age === 0)('are the file’s', async () => {
    await expect(document()).toMatchFileSnapshot('names.yaml');
  });

  it.runIf(age !== 0).each(declared.map((area) => [areaTitle(area), area] as const))('%s', (_, area) => {
    const here = namesIn(area);
    const specs = namesOf(specsOf(library, area));
    const [all, some] = age < 0 ? [declaredNames(area), here] : [here, declaredNames(area)];
    for (const kind of ['messages', 'attributes'] as const) {
      const known = new Set([...all[kind], ...specs[kind], ...(area.former ?? [])]);
      expect(some[kind].filter((name) => !known.has(name))).toEqual([]);
    }
  });

  it('finds enumerators, macros, aliases and ends', () => {
    const names = headerNames('enum x { A, /* , */ B = 1 << (2, 3),\n#define C 7\n C2 = B, __X_MAX }; #define NOT\n');
    expect(names.map(({ name, expression, first }) => `${first}/${name}=${expression}`)).toEqual([
      'A/A=',
      'A/B=1 << (2, 3)',
      'A/C2=B',
      'A/__X_MAX=',
      '/C=7',
    ]);
  });
});
