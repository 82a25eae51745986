import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { FieldKind, Standing } from '../contracts/index.ts';
import { bareContext, createDissector, learnFamily } from '../dissect/index.ts';
import { CORPUS, newFamilies, readCorpus } from '../dissect/testing/corpus.ts';
import { builtinLibrary } from '../specs/index.ts';
import { compareDumps, type DumpedMessage } from './dumps.ts';
import { EXPECTED } from './expected.ts';
import { IDENTITIES } from './identities.ts';
import { find, identityOf } from './identity.ts';
import { changedFields, comparisonLines, dumpLines } from './text.ts';
import { type ComparableField, type ComparableMessage, type ComparedField, compareTrees } from './trees.ts';

const specs = fileURLToPath(new URL('../specs/', import.meta.url));
const library = builtinLibrary();
const dissector = createDissector(library);

interface Read extends ComparableMessage {
  readonly file: string;
  readonly number: number;
  readonly type: string;
}

/** Every message of a capture of the corpus. */
function readAll(file: string): Read[] {
  const messages = readCorpus(file);
  const families = newFamilies();
  const context = bareContext(families);
  for (const { bytes, envelope } of messages) learnFamily(bytes, envelope, context, families);
  return messages.map(({ number, bytes, envelope }) => {
    const { tree, summary } = dissector.dissect(bytes, envelope, context);
    return { file, number, tree, bytes, littleEndian: true, type: summary.type };
  });
}

const corpus = CORPUS.flatMap(readAll);
const message = (file: string, number: number) =>
  corpus.find((one) => one.file === file && one.number === number) ?? expect.fail(`${file} has no ${number}`);

/** A message out of nested names and values; every value is a byte or bytes of it. */
type Plain = readonly [name: string, value: number | readonly Plain[], kind?: FieldKind];
function made(fields: readonly Plain[]): ComparableMessage {
  const bytes: number[] = [];
  const build = ([name, value, kind = 'attr']: Plain): ComparableField => {
    const start = bytes.length;
    if (typeof value === 'number') bytes.push(value);
    const children = typeof value === 'number' ? [] : value.map(build);
    const range = { start, end: bytes.length };
    return { name, kind, text: typeof value === 'number' ? `${value}` : '', range, payload: range, children };
  };
  const tree = fields.map(build);
  return { tree, bytes: Uint8Array.from(bytes), littleEndian: true };
}

const compared = (a: readonly Plain[], b: readonly Plain[]) => compareTrees(made(a), made(b));
const lines = (fields: readonly ComparedField[]) => comparisonLines(fields, { differing: true, expected: true });

/** How often each standing is found among leaves. */
function tally(fields: readonly ComparedField[]): { [standing in Standing]: number } {
  const found = { same: 0, changed: 0, onlyA: 0, onlyB: 0 };
  const visit = (field: ComparedField) => {
    if (field.children.length === 0) found[field.standing]++;
    field.children.forEach(visit);
  };
  fields.forEach(visit);
  return found;
}

describe('two trees', () => {
  it('are matched by the types of attributes, wherever these stand', () => {
    expect(
      lines(
        compared(
          [
            ['A', 1],
            ['B', 2],
            ['C', 3],
          ],
          [
            ['C', 3],
            ['D', 4],
            ['A', 9],
          ],
        ),
      ),
    ).toEqual(['~ A: 1 → 9', '- B: 2', '+ D: 4']);
  });

  it('tell of a nest only what changed in it', () => {
    const [nest] = compared(
      [
        [
          'N',
          [
            ['A', 1],
            [
              'M',
              [
                ['X', 1],
                ['Y', 2],
              ],
            ],
          ],
        ],
      ],
      [
        [
          'N',
          [
            ['A', 1],
            [
              'M',
              [
                ['X', 1],
                ['Y', 3],
              ],
            ],
          ],
        ],
      ],
    );
    expect(lines([nest!])).toEqual(['  N', '    M', '~     Y: 2 → 3']);
    expect(nest!.children.map(({ name, standing }) => [name, standing])).toEqual([
      ['A', 'same'],
      ['M', 'changed'],
    ]);
  });

  it('have elements of lists matched by what tells them apart, not by their place', () => {
    const port = (id: number, speed: number): Plain => [
      `[${id}]`,
      [
        ['PORT_ID', id],
        ['SPEED', speed],
      ],
      'item',
    ];
    const [list] = compared(
      [['PORTS', [port(1, 10), port(2, 10), port(3, 10)]]],
      [['PORTS', [port(2, 40), port(3, 10), port(4, 10)]]],
    );
    expect(lines([list!])).toEqual([
      '  PORTS',
      '-   [1]',
      '-     PORT_ID: 1',
      '-     SPEED: 10',
      '    [2]',
      '~     SPEED: 10 → 40',
      '+   [4]',
      '+     PORT_ID: 4',
      '+     SPEED: 10',
    ]);
  });

  it('have elements that nothing tells apart matched by value, then by place', () => {
    const list = (...values: number[]): Plain[] => values.map((value) => ['ELEM', value]);
    expect(lines(compared(list(1, 2, 3, 4), list(1, 3, 4)))).toEqual(['- ELEM: 2']);
    expect(lines(compared(list(1, 2, 3), list(1, 9, 3)))).toEqual(['~ ELEM: 2 → 9']);
    expect(lines(compared(list(1, 3), list(1, 2, 2, 3)))).toEqual(['+ ELEM: 2', '+ ELEM: 2']);
  });

  it('of thousands of elements are compared soon', () => {
    const list = (from: number): Plain[] =>
      Array.from({ length: 20_000 }, (_, at): Plain => ['ELEM', (at * 7 + from) % 251]);
    const start = performance.now();
    const found = tally(compared(list(0), list(3)));
    expect(found.same).toBeGreaterThan(1000);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it('of any depth are compared', () => {
    let deep: Plain = ['A', 1];
    let other: Plain = ['A', 2];
    for (let depth = 0; depth < 500; depth++) {
      deep = ['N', [deep]];
      other = ['N', [other]];
    }
    expect(compared([deep], [deep])[0]!.standing).toBe('same');
    expect(compared([deep], [other])[0]!.standing).toBe('changed');
  });

  it('tell what differs by itself from what was changed', () => {
    const [stats, mtu] = compared(
      [
        ['IFLA_STATS', [['rx', 1]]],
        ['IFLA_MTU', 1],
      ],
      [
        ['IFLA_STATS', [['rx', 2]]],
        ['IFLA_MTU', 2],
      ],
    );
    expect([stats!.standing, stats!.expected, mtu!.expected]).toEqual(['changed', true, false]);
    const [mixed] = compared(
      [
        [
          'N',
          [
            ['IFLA_STATS', 1],
            ['A', 1],
          ],
        ],
      ],
      [
        [
          'N',
          [
            ['IFLA_STATS', 2],
            ['A', 2],
          ],
        ],
      ],
    );
    expect(mixed!.expected).toBe(false);
    expect(changedFields([stats!, mtu!], false).map(({ text }) => text)).toEqual(['IFLA_MTU 1 → 2']);
  });
});

describe('real messages', () => {
  it('are the same as themselves', () => {
    for (const one of corpus) expect(tally(compareTrees(one, one))).toMatchObject({ changed: 0, onlyA: 0, onlyB: 0 });
  });

  it('have each of their fields in a comparison once', () => {
    const within = <Node extends { readonly children: readonly Node[] }>(
      nodes: readonly Node[],
      found: Node[] = [],
    ): Node[] => {
      for (const node of nodes) {
        found.push(node);
        within(node.children, found);
      }
      return found;
    };
    const pairs = new Map<string, number>();
    let differing = 0;
    const byType = new Map<string, Read>();
    for (const one of corpus) {
      const before = byType.get(one.type);
      byType.set(one.type, one);
      pairs.set(one.type, (pairs.get(one.type) ?? 0) + 1);
      if (before === undefined || pairs.get(one.type)! > 30) continue;
      const fields = within(compareTrees(before, one));
      for (const [side, tree] of [
        ['a', before.tree],
        ['b', one.tree],
      ] as const) {
        const found = fields.flatMap((field) => field[side] ?? []);
        const wanted = within(tree);
        expect(found.length).toBe(wanted.length);
        const distinct = new Set(found);
        expect(wanted.every((field) => distinct.has(field))).toBe(true);
      }
      if (fields.some(({ standing }) => standing !== 'same')) differing++;
    }
    expect(differing).toBeGreaterThan(500);
  });

  it('say that an interface was set up', () => {
    const changes = changedFields(compareTrees(message('route-a', 4), message('route-a', 8)), false);
    const names = changes.map(({ name }) => name);
    expect(names).toContain('ifinfomsg.ifi_flags');
    expect(names).toContain('IFLA_OPERSTATE');
    expect(changes.find(({ name }) => name === 'IFLA_QDISC')?.text).toBe('IFLA_QDISC "noop" → "noqueue"');
    expect(names).not.toContain('nlmsg_seq');
    expect(names).not.toContain('IFLA_MTU');
  });
});

describe('what is written down about objects', () => {
  const attributes = new Set<string>();
  const collect = (fields: readonly ComparableField[]) => {
    for (const { name, children } of fields) {
      attributes.add(name);
      collect(children);
    }
  };
  for (const { tree } of corpus) collect(tree);
  // Constants as the kernel's headers declare them; structs and their members as specs have them.
  for (const file of ['uapi/names.yaml', ...readdirSync(specs).filter((name) => name.endsWith('.yaml'))])
    for (const word of readFileSync(join(specs, file), 'utf8').match(/[\w-]+/g) ?? [])
      attributes.add(word.replaceAll('-', '_'));

  it('names fields that there are', () => {
    const named = Object.values(IDENTITIES).flatMap((paths) => paths.flatMap((path) => path.split(/[.|]/)));
    expect([...EXPECTED, ...named].filter((name) => !attributes.has(name))).toEqual([]);
  });

  it('finds every header member it names in messages of the type', () => {
    const seen = new Map<string, boolean>();
    for (const { type, tree } of corpus) {
      for (const path of IDENTITIES[type] ?? []) {
        if (!path.includes('.') || path.includes('|') || find(tree, path.split('.')[0]!) === null) continue;
        seen.set(`${type} ${path}`, seen.get(`${type} ${path}`) || find(tree, path) !== null);
      }
    }
    expect(seen.size).toBeGreaterThan(30);
    expect([...seen].filter(([, found]) => !found)).toEqual([]);
  });

  /** Told in several messages each; or (routes of IPv6) told apart by what they lead to alone. */
  const SHARED = ['NL80211_CMD_NEW_WIPHY', 'NFT_MSG_NEWSETELEM', 'RTM_NEWROUTE'];

  it('tells apart the objects of every dump', () => {
    const dumps = new Map<string, Read[]>();
    for (const one of corpus) {
      const header = one.tree.find(({ name }) => name === 'nlmsghdr');
      const text = (name: string) => header?.children.find((member) => member.name === name)?.text ?? '';
      if (!text('nlmsg_flags').includes('NLM_F_MULTI') || !(one.type in IDENTITIES) || SHARED.includes(one.type))
        continue;
      const dump = `${one.file} ${one.type} ${text('nlmsg_seq')} ${text('nlmsg_pid')}`;
      dumps.set(dump, [...(dumps.get(dump) ?? []), one]);
    }
    expect(dumps.size).toBeGreaterThan(100);
    const alike = [...dumps].flatMap(([dump, messages]) => {
      const keys = new Set(messages.map(({ type, tree, bytes }) => identityOf(type, tree, bytes).key));
      return keys.size === messages.length ? [] : [`${dump}: ${keys.size} of ${messages.length}`];
    });
    expect(alike).toEqual([]);
  });
});

describe('two dumps', () => {
  const dumped = (one: Read): DumpedMessage => ({
    number: one.number,
    type: one.type,
    body: () => one.bytes.subarray(16),
    read: () => one,
    summary: () => `${one.type} #${one.number}`,
  });
  const run = (a: readonly Read[], b: readonly Read[]) => {
    const steps = compareDumps(1, a.map(dumped), 2, b.map(dumped));
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
    }
  };
  const links = (from: number, to: number) =>
    corpus.filter(({ file, number }) => file === 'monitor-events' && number >= from && number <= to);

  it('that are equal differ in nothing', () => {
    const { counts, differing, objects } = run(links(2, 14), links(2, 14));
    expect(counts).toEqual({ same: 13, changed: 0, onlyA: 0, onlyB: 0 });
    expect(differing).toEqual([]);
    expect(objects).toEqual({ a: 13, b: 13 });
  });

  it('list what came, what went and what changed, by which objects are known', () => {
    const up = message('route-a', 8);
    const comparison = run([...links(2, 5), message('route-a', 4)], [...links(3, 6), up]);
    expect(comparison.counts).toEqual({ same: 3, changed: 1, onlyA: 1, onlyB: 1 });
    expect(comparison.matchedBy).toEqual([
      { type: 'RTM_NEWLINK', fields: ['ifinfomsg.ifi_family', 'ifinfomsg.ifi_index'] },
    ]);
    const changed = comparison.differing.find(({ standing }) => standing === 'changed')!;
    expect([changed.a, changed.b, changed.expected]).toEqual([4, 8, false]);
    expect(changed.changes.join()).toContain('ifi_flags');
    expect(dumpLines(comparison, true)[0]).toBe('1 added, 1 removed, 1 changed, 3 the same');
    expect(dumpLines(comparison, true)).toContain('- RTM_NEWLINK #2  (#2)');
  });

  it('of routes pair a route with itself when only its gateway is another', () => {
    const route = corpus.find(
      ({ file, type, tree }) =>
        file === 'route-a' &&
        type === 'RTM_NEWROUTE' &&
        tree.some(({ name }) => name === 'RTA_GATEWAY') &&
        tree.some(({ name }) => name === 'RTA_DST'),
    )!;
    const gateway = route.tree.find(({ name }) => name === 'RTA_GATEWAY')!;
    const bytes = route.bytes.slice();
    bytes[gateway.payload.end - 1]! ^= 1;
    const other = { ...route, bytes, number: 99 };
    const { counts, differing } = run([route], [other]);
    expect(counts).toEqual({ same: 0, changed: 1, onlyA: 0, onlyB: 0 });
    expect(differing[0]!.changes.length).toBe(1);
    expect(differing[0]!.changes[0]).toMatch(/^RTA_GATEWAY /);
  });

  it('pair what has one key by what differs least', () => {
    const local = corpus.filter(
      ({ file, type, tree }) =>
        file === 'route-b' && type === 'RTM_NEWROUTE' && find(tree, 'RTA_DST')?.text === 'ff00::',
    );
    const [first, second] = [
      local[0]!,
      local.find((one) => find(one.tree, 'RTA_OIF')?.text !== find(local[0]!.tree, 'RTA_OIF')?.text)!,
    ];
    const origin = find(second.tree, 'rtmsg.rtm_protocol') ?? expect.fail('no protocol');
    const bytes = second.bytes.slice();
    bytes[origin.payload.start]! ^= 1;
    const { counts, differing } = run([first, second], [{ ...second, bytes, number: 99 }]);
    expect(counts).toEqual({ same: 0, changed: 1, onlyA: 1, onlyB: 0 });
    expect(differing.find(({ standing }) => standing === 'changed')).toMatchObject({ a: second.number, b: 99 });
  });
});
