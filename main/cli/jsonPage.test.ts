import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltCommand, buildCommand, capturePath } from './testing/command.ts';

/** What docs/json.md says of each section: paths, and whether they may be absent. */
function documented(): Map<string, Map<string, boolean>> {
  const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
  const sections = new Map<string, Map<string, boolean>>();
  for (const section of page.split(/^## /m).slice(1)) {
    const paths = new Map<string, boolean>();
    for (const [, first, absent] of section.matchAll(/^\| (`.*?) \| .* \| ?(yes)? ?\|$/gm)) {
      for (const [, path] of first.matchAll(/`([^`]+)`/g)) paths.set(path, absent === 'yes');
    }
    sections.set(section.split('\n')[0].replaceAll('`', ''), paths);
  }
  return sections;
}

/** Paths to the innermost of a value, as the page writes them: fields inside fields are like those around them. */
function pathsIn(value: unknown, path = '', found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) {
    const inner = `${path}[]`;
    found.add(value.length > 0 ? inner : path);
    for (const item of value)
      pathsIn(item, path.endsWith('.children') ? path.replace(/\.children$/, '') : inner, found);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item !== 'object' || item === null) found.add(`${path}.${key}`);
      pathsIn(item, `${path}.${key}`, found);
    }
  }
  return found;
}

/** Sections of what prints one object a line. */
const LINES = new Set(['Messages', 'spec check', 'spec list', 'recover']);

describe('docs/json.md', () => {
  let command: BuiltCommand;
  const folder = mkdtempSync(join(tmpdir(), 'nlscope-json-'));
  beforeAll(async () => {
    command = await buildCommand();
    // A capture that a host of another boot did not save.
    const spool = join(folder, 'nlscope-host-dead', 'spool-1');
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    const host = { pid: 1, started: '0', boot: 'another', pidNamespace: '' };
    writeFileSync(join(folder, 'nlscope-host-dead', 'host.json'), JSON.stringify(host));
    command.run(['read', capturePath('route-a.pcap'), '-w', join(spool, 'capture-1.pcapng')]);
    command.env.TMPDIR = folder;
  });
  afterAll(() => {
    command?.remove();
    rmSync(folder, { recursive: true });
  });

  const CAPTURES = ['nft-a.pcap', 'errors-rtnl.pcap', 'audit-events.pcap', 'monitor-events.pcap'];
  const rule = ['--decode-as', 'attr:IFLA_QDISC=hex'];
  const runs: readonly (readonly [section: string, runs: readonly (readonly string[])[]])[] = [
    ['Messages', [...CAPTURES, 'route-a.pcap'].map((name) => ['read', capturePath(name), '--json', ...rule])],
    ['stats', [['stats', capturePath('nft-a.pcap'), '--json']]],
    ['diff', [['diff', capturePath('route-a.pcap'), '4', '8', '--json']]],
    ['sockets', [['sockets', '--json']]],
    ['families', [['families', '--json']]],
    ['families --coverage', [['families', '--coverage', '--json']]],
    ['coverage', [['coverage', capturePath('nfs-d.pcap.gz'), '--json']]],
    ['roundtrip', [['roundtrip', capturePath('route-a.pcap'), '--json']]],
    ['spec check', [['spec', 'check', capturePath('nft-a.pcap'), '--json']]],
    ['spec list', [['spec', 'list', '--json']]],
    ['recover', [['recover', '--json']]],
  ];

  it('has a section for each of these', () => {
    expect([...documented().keys()]).toEqual(runs.map(([section]) => section));
  });

  it.each(runs)('%s is what is printed', (section, all) => {
    const paths = documented().get(section) ?? new Map<string, boolean>();
    // Tables of statistics are alike, and so are sums and entries.
    const told = (path: string) => path.replace(/^\.(families|addresses|processes)\./, '.types.');
    const sums = (path: string) => path.replace(/^\.types\.entries\[\]\./, '.total.');
    const printed = new Set<string>();
    for (const args of all) {
      const { status, stdout } = command.run(args);
      expect(status).toBeLessThan(2);
      expect(stdout).not.toBe('');
      for (const text of LINES.has(section) ? stdout.trim().split('\n') : [stdout])
        for (const path of pathsIn(JSON.parse(text))) printed.add(told(path));
    }
    const known = (path: string) =>
      paths.has(path) ||
      paths.has(sums(path)) ||
      // What is in parts that the page tells of as a whole: a process, groups, the values of fields.
      [...paths.keys()].some((whole) => path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`)) ||
      // A part that is empty, or null.
      [...paths.keys()].some((whole) => whole.startsWith(`${sums(path)}.`) || whole.startsWith(`${sums(path)}[`)) ||
      (section === 'diff' && /^\.[ab]$/.test(path));
    expect([...printed].filter((path) => !known(path))).toEqual([]);
    const missing = [...paths].filter(([path, maybe]) => {
      const there = [...printed].some(
        (one) => one === path || one.startsWith(`${path}.`) || one.startsWith(`${path}[`),
      );
      return !maybe && !there;
    });
    expect(missing.map(([path]) => path)).toEqual([]);
  });
});
