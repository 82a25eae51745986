import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { factsOf, type HeaderFact, type HeaderView, headersOf } from './testing/headerFacts.ts';
import { headerProgram, refusedLines } from './testing/headerProgram.ts';
import type { YnlDocument } from './ynl.ts';

/**
 * Every spec against the C headers of the machine: each constant's number, each struct's size and member offsets.
 * UAPI_INCLUDE=DIR tries other kernel headers (the `include` directory of a headers_install) before the system's.
 *
 * Headers older than a spec do not know everything it names. Those from NEWEST on must know all of it; for older ones
 * an unknown attribute is accepted only above the last number its set has there, an unknown member only beyond the
 * struct's end: anything else is a name that does not exist.
 */
const NEWEST = '7.2';
const folder = import.meta.dirname;
const include = process.env['UAPI_INCLUDE'];
const hasCompiler = spawnSync('gcc', ['--version']).status === 0;

interface Reading {
  /** LINUX_VERSION_CODE of the headers. */
  readonly version: number;
  /** By the fact's index; undefined where the headers do not know the names in it. */
  readonly values: readonly (bigint | undefined)[];
}

/** A kernel version (6.7) as LINUX_VERSION_CODE counts it. */
function versionCode(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major << 16) | (minor << 8);
}

/** Enumerators are ints in C: 1 << 31 comes out negative there. */
function same(a: bigint, b: bigint): boolean {
  return a === b || (BigInt.asIntN(32, a) === BigInt.asIntN(32, b) && a >> 32n <= 0n && b >> 32n <= 0n);
}

const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
const specNames = files.filter((file) => !file.endsWith('.view.yaml')).map((file) => file.slice(0, -'.yaml'.length));

function load(file: string): unknown {
  return parse(readFileSync(join(folder, file), 'utf8'));
}

function loadView(name: string): HeaderView {
  const file = `${name}.view.yaml`;
  return files.includes(file) ? (load(file) as HeaderView) : { spec: name };
}

describe.skipIf(!hasCompiler)('specs against the C headers', () => {
  let scratch = '';
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'nlscope-headers-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  /** Compiles what the headers know: expressions the compiler refuses are taken out until it accepts the rest. */
  function read(name: string, headers: readonly string[], facts: readonly HeaderFact[]): Reading {
    const source = join(scratch, `${name}.c`);
    const binary = join(scratch, name);
    const unknown = new Set<number>();
    const expressions = facts.map((fact) => fact.expression);
    for (;;) {
      const program = headerProgram(headers, expressions, unknown);
      writeFileSync(source, program.source);
      const flags = ['-w', '-O0', '-fmax-errors=0', '-fno-diagnostics-show-caret', '-fdiagnostics-color=never'];
      const search = ['-isystem', join(folder, '../../kernel-module')];
      if (include !== undefined) search.push('-isystem', include);
      const run = spawnSync('gcc', [...flags, ...search, '-o', binary, source], { encoding: 'utf8' });
      if (run.status === 0) break;
      const refused = refusedLines(run.stderr, source).map((line) => program.expressionAt(line));
      const fresh = refused.filter((index) => index !== undefined && !unknown.has(index));
      if (fresh.length === 0) throw new Error(`the headers of ${name} do not compile:\n${run.stderr}`);
      for (const index of fresh) unknown.add(index as number);
    }
    const lines = execFileSync(binary, { encoding: 'utf8' }).trim().split('\n');
    const printed = new Map(lines.map((line) => line.split(' ') as [string, string]));
    const values = facts.map((_, index) => {
      const text = printed.get(String(index));
      return text === undefined ? undefined : BigInt(text);
    });
    return { version: Number(printed.get('version')), values };
  }

  /** What the headers contradict: one line per claim. */
  function contradictions(spec: YnlDocument, view: HeaderView): string[] {
    const facts = factsOf(spec, view);
    const { version, values } = read(spec.name, headersOf(spec, view), facts);
    const readings = facts.map((fact, index) => ({ fact, value: values[index] }));
    const complete = version >= versionCode(NEWEST);
    const grown = new Set(readings.filter(({ value }) => value === undefined).map(({ fact }) => fact.owner));
    const highest = (owner: string, kind: HeaderFact['kind']): bigint =>
      readings
        .filter(({ fact }) => fact.owner === owner && fact.kind === kind)
        .reduce((last, { value = -1n }) => (value > last ? value : last), -1n);
    const tooNew = (fact: HeaderFact): boolean => {
      if (complete) return false;
      if (fact.kind === 'attribute') return fact.expected > highest(fact.owner, 'attribute');
      if (fact.kind === 'offset') return fact.expected >= highest(fact.owner, 'size');
      return true;
    };
    if (version < versionCode(view.since?.[spec.name] ?? '0')) return [];
    if (facts.length > 0 && values.every((value) => value === undefined)) return ['the headers know none of its names'];
    return readings.flatMap(({ fact, value }) => {
      const since = [fact.path, fact.owner].map((path) => versionCode(view.since?.[path] ?? '0'));
      if (since.some((first) => version < first)) return [];
      const claim = `${fact.path}: ${fact.expression} = ${fact.expected}`;
      if (value === undefined) return tooNew(fact) ? [] : [`${claim}, unknown to the headers`];
      if (same(value, fact.expected)) return [];
      if (fact.kind === 'size' && grown.has(fact.owner) && !complete) return [];
      return [`${claim}, headers say ${value}`];
    });
  }

  it.each(specNames)('%s', (name) => {
    expect(contradictions(load(`${name}.yaml`) as YnlDocument, loadView(name))).toEqual([]);
  });

  it('sees a wrong number, an invented name, a misplaced member and a wrong size', () => {
    const spec: YnlDocument = {
      name: 'mistaken',
      'uapi-header': 'linux/if_link.h',
      definitions: [
        {
          name: 'ifla-vf-vlan',
          type: 'struct',
          members: [
            { name: 'vf', type: 'u32' },
            { name: 'qos', type: 'u32' },
          ],
        },
      ],
      'attribute-sets': [
        {
          name: 'link-attrs',
          'name-prefix': 'ifla-',
          attributes: [
            { name: 'address', type: 'binary' },
            { name: 'brodcast', type: 'binary' },
            { name: 'ifname', type: 'string', value: 4 },
          ],
        },
      ],
    };
    expect(contradictions(spec, { spec: 'mistaken' })).toEqual([
      'link-attrs/brodcast: IFLA_BRODCAST = 2, unknown to the headers',
      'link-attrs/ifname: IFLA_IFNAME = 4, headers say 3',
      'ifla-vf-vlan/qos: offsetof(struct ifla_vf_vlan, qos) = 4, headers say 8',
      'ifla-vf-vlan: sizeof(struct ifla_vf_vlan) = 8, headers say 12',
    ]);
  });
});
