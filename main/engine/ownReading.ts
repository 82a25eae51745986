import { type FSWatcher, type Stats, unwatchFile, watch, watchFile } from 'node:fs';
import type { DecodeRuleInfo, Result, SpecReport } from '../../app/contracts/index.ts';
import { fail } from '../../app/contracts/index.ts';
import { type ChoiceProblem, parseDecodeRule } from '../../app/specs/index.ts';
import { applyRules, givenRules, KeptRules } from './decodeRules.ts';
import type { Decoding } from './decoding.ts';
import { loadDecoding, ownSpecFolder, specFolders } from './userSpecs.ts';

/** Editors write a file in several steps: specs are read anew when none came for so long. */
const SETTLE_MS = 300;

/** How often it is looked whether the user has made a folder for specs by now. */
const LOOK_MS = 1000;

/** How the user wants things read in the window: their own specs and their decode-as rules, kept up to date. */
export class OwnReading {
  readonly #kept = new KeptRules();
  readonly #specFilesChanged: () => void;
  #settling: NodeJS.Timeout | null = null;
  #watchers: FSWatcher[] = [];
  /** The user's own folder where there is none yet; else ''. */
  #awaited = '';
  readonly #appeared = ({ nlink }: Stats) => {
    if (nlink > 0) this.#changed();
  };
  #decoding: Decoding;
  #report: SpecReport;
  /** As they were given, the problematic ones too: a spec may come back. */
  #rules: string[];
  #problems: readonly ChoiceProblem[];

  /** @param specFilesChanged told when files in the folders of the user's specs have changed */
  constructor(specFilesChanged: () => void) {
    this.#specFilesChanged = specFilesChanged;
    this.#rules = [...new Set([...this.#kept.list(), ...givenRules()].map(usualText))];
    [this.#decoding, this.#report] = this.#load();
    this.#problems = applyRules(this.#decoding.library, this.#rules);
  }

  get decoding(): Decoding {
    return this.#decoding;
  }

  get specs(): SpecReport {
    return this.#report;
  }

  /** Texts of all rules. */
  get rules(): readonly string[] {
    return this.#rules;
  }

  ruleInfos(): DecodeRuleInfo[] {
    const problems = new Map(this.#problems.map(({ rule, text }) => [rule, text]));
    return this.#rules.map((rule) => ({ rule, problem: problems.get(rule) ?? '' }));
  }

  /** What a user should know at the start, a line each. */
  get complaints(): string[] {
    return [...this.#report.problems, ...this.#problems.map(({ rule, text }) => `Decode as ${rule}: ${text}`)];
  }

  /** Puts rules in force and keeps them. Fails, and changes nothing, when a rule that is new cannot be used. */
  setRules(rules: readonly string[]): Result<null> {
    const trial = applyRules(this.#decoding.library.copy(), rules);
    const wrong = trial.find(({ rule }) => !this.#rules.includes(rule));
    if (wrong !== undefined) return fail(wrong.text);
    const { library } = this.#decoding;
    this.#problems = applyRules(library, rules);
    this.#rules = [
      ...this.#problems.map(({ rule }) => rule),
      ...(library.choices?.rules ?? []).map(({ text }) => text),
    ];
    return this.#kept.save(this.#rules);
  }

  /** Reads the user's specs anew; the rules stay. */
  reload(): SpecReport {
    [this.#decoding, this.#report] = this.#load();
    this.#problems = applyRules(this.#decoding.library, this.#rules);
    return this.#report;
  }

  close(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#unwatch();
  }

  #load(): [Decoding, SpecReport] {
    const folders = specFolders();
    const { decoding, specs } = loadDecoding(folders);
    this.#unwatch();
    this.#watchers = folders.flatMap((folder) => this.#watch(folder));
    const own = ownSpecFolder();
    if (!folders.includes(own)) {
      this.#awaited = own;
      watchFile(own, { interval: LOOK_MS, persistent: false }, this.#appeared);
    }
    return [decoding, { folders, ...specs }];
  }

  #unwatch(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
    if (this.#awaited !== '') unwatchFile(this.#awaited, this.#appeared);
    this.#awaited = '';
  }

  #changed(): void {
    if (this.#settling !== null) clearTimeout(this.#settling);
    this.#settling = setTimeout(this.#specFilesChanged, SETTLE_MS);
  }

  /** Folders that cannot be watched are read anew when the user says so. */
  #watch(folder: string): FSWatcher[] {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => {
        if (name === null || /\.ya?ml$/.test(name)) this.#changed();
      });
      return [watcher.on('error', () => watcher.close())];
    } catch {
      return [];
    }
  }
}

/** A rule in its usual spelling; as it is where it means nothing. */
function usualText(text: string): string {
  const rule = parseDecodeRule(text);
  return typeof rule === 'string' ? text : rule.text;
}
