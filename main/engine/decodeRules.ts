import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fail, ok, type Result } from '../../app/contracts/index.ts';
import { thereIs } from '../../app/filter/near.ts';
import { type ChoiceProblem, type DecodeRule, parseDecodeRule, type SpecLibrary } from '../../app/specs/index.ts';
import { reasonOf } from './fileBytes.ts';
import { configFolder } from './settings.ts';

/** Decode-as rules of one run, a line each. */
export const DECODE_AS_VARIABLE = 'NLSCOPE_DECODE_AS';

/** Rules that a run was started with. */
export function givenRules(environment: NodeJS.ProcessEnv = process.env): string[] {
  return linesOf(environment[DECODE_AS_VARIABLE] ?? '');
}

function linesOf(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const rule = line.trim();
    return rule === '' || rule.startsWith('#') ? [] : [rule];
  });
}

/** Puts rules in force in place of those before. Returns those that cannot be, with the reason: they are left out. */
export function applyRules(library: SpecLibrary, texts: readonly string[]): ChoiceProblem[] {
  const problems: ChoiceProblem[] = [];
  const rules: DecodeRule[] = [];
  for (const text of texts) {
    const rule = parseDecodeRule(text);
    if (typeof rule === 'string') problems.push({ rule: text, text: rule });
    else rules.push(rule);
  }
  return [...problems, ...library.choose(rules)];
}

/**
 * What rules say of generic netlink families by names that no spec knows: slips most likely, and right where a kernel
 * has such a family. A sentence for each.
 */
export function unknownFamilies(library: SpecLibrary, texts: readonly string[]): ChoiceProblem[] {
  const known = new Set([...library.specs()].map(({ genlFamily }) => genlFamily).filter((name) => name !== ''));
  return texts.flatMap((text) => {
    const rule = parseDecodeRule(text);
    const family = typeof rule === 'string' ? '' : familyOf(rule);
    if (family === '' || /^\d+$/.test(family) || known.has(family)) return [];
    const near = thereIs(family, known);
    return [{ rule: text, text: `no spec knows a generic netlink family "${family}"${near}` }];
  });
}

function familyOf({ target }: DecodeRule): string {
  if (target.kind === 'genl') return target.family;
  return target.kind === 'attribute' ? (/^genl:([^/]+)/.exec(target.place)?.[1] ?? '') : '';
}

/** The rules that the window keeps: a line each in $XDG_CONFIG_HOME/nlscope/decode-as. */
export class KeptRules {
  readonly #path: string;

  constructor(path: string = join(configFolder(), 'decode-as')) {
    this.#path = path;
  }

  list(): string[] {
    try {
      return linesOf(readFileSync(this.#path, 'utf8'));
    } catch {
      return [];
    }
  }

  save(rules: readonly string[]): Result<null> {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      const next = `${this.#path}.${process.pid}`;
      writeFileSync(next, rules.map((rule) => `${rule}\n`).join(''), { mode: 0o600 });
      renameSync(next, this.#path);
      return ok(null);
    } catch (error) {
      return fail(`The rules are in force, but they cannot be kept in ${this.#path}: ${reasonOf(error)}.`);
    }
  }
}
