import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { windowMissing } from './browser.ts';
import type { Corpus } from './corpus.ts';
import { costOf, findProgram, median } from './cost.ts';
import type { Figures } from './probes.ts';
import type { Line } from './table.ts';

/** What rows measure with. */
export interface Setting {
  /** Path of this program. */
  readonly self: string;
  /** The capture, a part of it for what is slow, and one message of it for what starting a program costs. */
  readonly whole: Corpus;
  readonly part: Corpus;
  readonly one: Corpus;
  readonly runs: number;
}

/** Something that is run and yields figures. */
interface Runner {
  /** Why it cannot be run here; null when it can. */
  missing(): string | null;
  run(setting: Setting): Figures;
}

interface Measurement {
  readonly what: string;
  readonly unit: string;
  /** Runner and figure that are ours, and those they are compared with. */
  readonly ours: readonly [runner: string, figure: string];
  readonly peer?: readonly [name: string, runner: string, figure: string];
  /** Most our figure may be, or how many times better than the peer's it is to be. */
  readonly target?: { readonly most?: number; readonly ratio?: number };
}

/** One benchmark: what is run, one after another and that several times, and what is read from it. */
export interface Row {
  readonly name: string;
  /** How often at most it is run. */
  readonly runs?: number;
  readonly runners: { readonly [name: string]: Runner };
  readonly measurements: readonly Measurement[];
}

/** V8's parallel collector waits by spinning: on a machine with other work its CPU time says nothing about ours. */
const ONE_COLLECTOR = '--single-threaded-gc';

const always = { missing: () => null };

/** Runs a probe on a capture in a process of its own: its figures and its CPU seconds. */
function probed(self: string, name: string, { path }: Corpus, flags: readonly string[] = []): Figures {
  const { cpu, stdout } = costOf([process.execPath, ONE_COLLECTOR, ...flags, self, 'probe', name, path], true);
  return { cpu, ...JSON.parse(stdout) };
}

/** Measures inside a process of this program, on the whole capture or on a part of it. */
function probe(name: string, on: 'whole' | 'part' = 'whole'): Runner {
  return { ...always, run: (setting) => probed(setting.self, name, setting[on]) };
}

/** What each further message costs of what a probe says of the whole: two captures of different length tell. */
function slope(name: string, flags: readonly string[]): Runner {
  return {
    ...always,
    run({ self, whole, part }) {
      const [more, less] = [whole, part].map((corpus) => probed(self, name, corpus, flags));
      const messages = more['messages'] - less['messages'];
      return Object.fromEntries(Object.keys(more).map((figure) => [figure, (more[figure] - less[figure]) / messages]));
    },
  };
}

type Arguments = (path: string) => readonly string[];

/** Runs a program on the whole capture: its CPU seconds, its start included. */
function onWhole(program: string, debian: string, args: Arguments): Runner {
  return {
    missing: () => missingProgram(program, debian),
    run: ({ whole }) => ({ cpu: costOf([program, ...args(whole.path)]).cpu }),
  };
}

/** Runs a command on the capture or a part of it: microseconds a message, what its start costs taken away. */
function each(
  on: 'whole' | 'part',
  command: (setting: Setting) => readonly string[],
  args: Arguments,
): Omit<Runner, 'missing'> {
  return {
    run(setting) {
      const cpuOf = ({ path }: Corpus): number => costOf([...command(setting), ...args(path)]).cpu;
      const cost = cpuOf(setting[on]) - cpuOf(setting.one);
      if (cost <= 0) throw new Error('too few messages to tell their cost from that of starting the program');
      return { each: (cost * 1e6) / setting[on].messages };
    },
  };
}

const ourCommand = ({ self }: Setting): readonly string[] => [
  process.execPath,
  ONE_COLLECTOR,
  join(dirname(self), 'nlscope.js'),
];
/** The whole capture: compiling specs and code as they are needed is no cost of a message, but part of the figure. */
const ours = (args: Arguments): Runner => ({ ...always, ...each('whole', ourCommand, args) });
/** A part of it: each message costs the same. */
const tshark = (args: Arguments): Runner => ({
  missing: () => missingProgram('tshark', 'tshark'),
  ...each('part', () => ['tshark'], args),
});

function missingProgram(program: string, debian: string): string | null {
  return findProgram(program) === null ? `${program} is not installed (Debian: ${debian})` : null;
}

/** Lets a probe or `ip monitor` listen to a flood of route changes in a network namespace of its own. */
function pair(listener: 'live' | 'soak' | 'peer', factor = 2): Runner {
  return {
    missing() {
      const missing = missingProgram('unshare', 'util-linux') ?? missingProgram('ip', 'iproute2');
      if (missing !== null) return missing;
      const can = spawnSync('unshare', ['-n', 'true']).status === 0;
      return can ? null : 'a network namespace of its own needs CAP_SYS_ADMIN';
    },
    run({ self, whole }) {
      const command = ['unshare', '-n', process.execPath, self, 'pair', String(whole.messages * factor), listener];
      const figures: Figures = JSON.parse(costOf(command, true).stdout);
      const unexplained = figures['sent'] - figures['messages'] - (figures['dropped'] ?? 0);
      return { ...figures, lost: (100 * (figures['sent'] - figures['messages'])) / figures['sent'], unexplained };
    },
  };
}

/** tshark's own filters that ask for the same as those of the `filter` probe. */
const THEIR_FILTER = 'netlink-route.ifla_ifname == "no such interface"';

export const ROWS: readonly Row[] = [
  {
    name: 'open',
    runners: {
      ours: probe('open'),
      list: onWhole('tshark', 'tshark', (path) => ['-2', '-r', path]),
      phs: onWhole('tshark', 'tshark', (path) => ['-q', '-z', 'io,phs', '-r', path]),
      capinfos: onWhole('capinfos', 'tshark', (path) => [path]),
    },
    measurements: [
      {
        what: 'open and index, whole process',
        unit: 's',
        ours: ['ours', 'cpu'],
        peer: ['tshark -2', 'list', 'cpu'],
        target: { ratio: 12 },
      },
      { what: '', unit: 's', ours: ['ours', 'cpu'], peer: ['tshark -q -z io,phs', 'phs', 'cpu'] },
      { what: '', unit: 's', ours: ['ours', 'cpu'], peer: ['capinfos', 'capinfos', 'cpu'] },
    ],
  },
  {
    name: 'memory',
    runners: { ours: slope('memory', ['--expose-gc']) },
    measurements: [
      { what: 'index', unit: 'B/message', ours: ['ours', 'index'], target: { most: 40 } },
      { what: 'resident memory', unit: 'B/message', ours: ['ours', 'rss'], target: { most: 64 } },
      { what: "the list, with the expert's notes", unit: 'B/message', ours: ['ours', 'list'] },
      { what: 'such notes', unit: 'a message', ours: ['ours', 'notes'] },
    ],
  },
  {
    name: 'filter',
    runners: {
      ours: probe('filter'),
      part: probe('search', 'part'),
      theirs: {
        missing: () => missingProgram('tshark', 'tshark'),
        run({ whole }) {
          const { cpu } = costOf(['tshark', '-r', whole.path, '-Y', THEIR_FILTER]);
          return { attribute: (cpu * 1e9) / whole.messages };
        },
      },
    },
    measurements: [
      { what: 'by columns, per 1M messages', unit: 'ms', ours: ['ours', 'columns'], target: { most: 20 } },
      {
        what: 'by one attribute, per 1M messages',
        unit: 'ms',
        ours: ['ours', 'attribute'],
        peer: ['tshark -Y', 'theirs', 'attribute'],
        target: { most: 120 },
      },
      { what: 'by any attribute, per 1M messages', unit: 'ms', ours: ['ours', 'any'], target: { most: 250 } },
      { what: 'text of the summary, per 1M messages', unit: 'ms', ours: ['part', 'anywhere'] },
    ],
  },
  {
    name: 'decode',
    runs: 2,
    runners: { ours: probe('decode'), theirs: tshark((path) => ['-V', '-r', path]) },
    measurements: [
      { what: 'summary line', unit: 'us/message', ours: ['ours', 'summary'], target: { most: 1 } },
      { what: 'expert notes', unit: 'us/message', ours: ['ours', 'notes'] },
      {
        what: 'every field: name, type, value',
        unit: 'us/message',
        ours: ['ours', 'values'],
        target: { most: 2 },
      },
      {
        what: 'every field with its text',
        unit: 'us/message',
        ours: ['ours', 'texts'],
        peer: ['tshark -V', 'theirs', 'each'],
      },
      { what: 'tree as the window gets it', unit: 'us/message', ours: ['ours', 'tree'] },
    ],
  },
  {
    name: 'json',
    runners: {
      ours: ours((path) => ['read', '--json', path]),
      theirs: tshark((path) => ['-T', 'json', '-r', path]),
      tree: ours((path) => ['read', '-V', path]),
      theirTree: tshark((path) => ['-V', '-r', path]),
    },
    measurements: [
      {
        what: 'JSON of whole trees',
        unit: 'us/message',
        ours: ['ours', 'each'],
        peer: ['tshark -T json', 'theirs', 'each'],
        target: { ratio: 8 },
      },
      {
        what: 'text of whole trees',
        unit: 'us/message',
        ours: ['tree', 'each'],
        peer: ['tshark -V', 'theirTree', 'each'],
      },
    ],
  },
  {
    name: 'save',
    runners: {
      ours: probe('save'),
      theirs: {
        missing: () => missingProgram('tshark', 'tshark'),
        run({ whole }) {
          const out = `${whole.path}.theirs`;
          const { cpu } = costOf(['tshark', '-r', whole.path, '-w', out]);
          rmSync(out, { force: true });
          return { each: (cpu * 1e6) / whole.messages };
        },
      },
    },
    measurements: [
      {
        what: 'pcapng',
        unit: 'us/message',
        ours: ['ours', 'each'],
        peer: ['tshark -w', 'theirs', 'each'],
        target: { most: 0.5 },
      },
    ],
  },
  {
    name: 'live',
    runners: { ours: pair('live'), theirs: pair('peer') },
    measurements: [
      {
        what: 'lost of a flood of routes',
        unit: '%',
        ours: ['ours', 'lost'],
        peer: ['ip monitor', 'theirs', 'lost'],
        target: { most: 0 },
      },
      { what: 'lost without being told', unit: 'messages', ours: ['ours', 'unexplained'], target: { most: 0 } },
      {
        what: 'thread and JavaScript',
        unit: 'us/message',
        ours: ['ours', 'each'],
        peer: ['ip monitor', 'theirs', 'each'],
        target: { most: 1.5 },
      },
    ],
  },
  {
    name: 'window',
    runs: 1,
    runners: {
      ours: {
        missing: windowMissing,
        run({ self, whole }) {
          return JSON.parse(costOf([process.execPath, self, 'probe', 'window', whole.path], true).stdout);
        },
      },
    },
    measurements: [
      { what: 'first rows after opening', unit: 'ms', ours: ['ours', 'first'], target: { most: 1000 } },
      { what: 'open, the host with a window', unit: 'us/message', ours: ['ours', 'open'] },
      { what: 'memory of the host', unit: 'B/message', ours: ['ours', 'resident'] },
      { what: 'longest answer while opening', unit: 'ms', ours: ['ours', 'answer'] },
      {
        what: 'frame while scrolling, 95 of 100',
        unit: 'ms',
        ours: ['ours', 'frame'],
        peer: ['page of equal rows', 'ours', 'plainFrame'],
        target: { most: 17 },
      },
      {
        what: "the window's thread in a frame",
        unit: 'ms',
        ours: ['ours', 'thread'],
        peer: ['page of equal rows', 'ours', 'plainThread'],
      },
      { what: 'frames with a row that is not there yet', unit: '%', ours: ['ours', 'blank'] },
      { what: 'jump anywhere to rows, 95 of 100', unit: 'ms', ours: ['ours', 'jump'] },
      { what: 'selection to fields and bytes', unit: 'ms', ours: ['ours', 'select'], target: { most: 16 } },
      { what: 'filter by any attribute', unit: 's', ours: ['ours', 'filter'] },
      { what: 'steps of its progress that were told', unit: 'steps', ours: ['ours', 'steps'] },
      { what: 'giving a filter up', unit: 'ms', ours: ['ours', 'cancel'] },
      { what: 'save', unit: 'us/message', ours: ['ours', 'save'] },
      { what: 'longest answer while saving', unit: 'ms', ours: ['ours', 'answerWhileSaving'] },
    ],
  },
  {
    name: 'soak',
    runs: 1,
    runners: { ours: pair('soak', 20) },
    measurements: [
      { what: 'flood, the reader stalled at random', unit: 'messages', ours: ['ours', 'sent'] },
      { what: 'lost', unit: '%', ours: ['ours', 'lost'] },
      { what: 'lost without being told', unit: 'messages', ours: ['ours', 'unexplained'], target: { most: 0 } },
      { what: 'memory grown in the second half', unit: 'MB', ours: ['ours', 'grown'], target: { most: 8 } },
    ],
  },
];

/** A row that is measured without the programs it is compared with, but for figures that come with ours. */
export function withoutPeers(row: Row): Row {
  const measurements = row.measurements
    .filter(({ what }) => what !== '')
    .map(({ peer, ...rest }) => (peer?.[1] === rest.ours[0] ? { ...rest, peer } : rest));
  const used = new Set(measurements.map(({ ours: [runner] }) => runner));
  const runners = Object.fromEntries(Object.entries(row.runners).filter(([name]) => used.has(name)));
  return { ...row, runners, measurements };
}

/** Runs a row's runners in turn, as often as the setting says, and reads its lines from the medians. */
export function measure(row: Row, setting: Setting): Line[] {
  const notes = new Map<string, string>();
  const seen = new Map<string, number[]>();
  const runners = Object.entries(row.runners).filter(([name, runner]) => {
    const missing = runner.missing();
    if (missing !== null) notes.set(name, missing);
    return missing === null;
  });
  for (let run = 0; run < Math.min(setting.runs, row.runs ?? setting.runs); run++) {
    for (const [name, runner] of runners) {
      if (notes.has(name)) continue;
      try {
        const figures = runner.run(setting);
        for (const [figure, value] of Object.entries(figures)) {
          const key = `${name}.${figure}`;
          seen.set(key, [...(seen.get(key) ?? []), value]);
        }
      } catch (error) {
        notes.set(name, error instanceof Error ? error.message : String(error));
      }
    }
  }
  const figureOf = (runner: string, figure: string): number | null => {
    const values = seen.get(`${runner}.${figure}`);
    return values === undefined ? null : median(values);
  };
  return row.measurements.map((measurement) => lineOf(row.name, measurement, figureOf, notes));
}

function lineOf(
  name: string,
  { what, unit, ours: from, peer, target = {} }: Measurement,
  figureOf: (runner: string, figure: string) => number | null,
  notes: ReadonlyMap<string, string>,
): Line {
  const mine = figureOf(...from);
  const theirs = peer === undefined ? null : figureOf(peer[1], peer[2]);
  const ratio = mine === null || theirs === null || mine === 0 ? null : theirs / mine;
  const { most, ratio: times } = target;
  let met: boolean | null = null;
  if (mine !== null && most !== undefined) met = mine <= most;
  else if (ratio !== null && times !== undefined) met = ratio >= times;
  const words = most !== undefined ? `<= ${most}` : times !== undefined ? `>= ${times}x` : '';
  const note = [notes.get(from[0]), peer === undefined ? undefined : notes.get(peer[1])].filter(Boolean).join('; ');
  return { name, what, unit, ours: mine, peer: peer?.[0] ?? '', theirs, ratio, target: words, met, note };
}
