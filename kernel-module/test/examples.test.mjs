import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { COMMAND } from '../../main/setup/steps.mjs';
import { SCENARIO_KERNEL } from '../../main/setup/vm/scenario.mjs';
import { buildLab, scenario, trouble } from './harness.mjs';

const NLSCOPE_LAB_CMD_VALUES_SET = 2;

const KERNELS = ['6.12', 'newest'];

const SPEC = join(import.meta.dirname, '../../app/specs/nlscope_lab.yaml');

/** What the scenario sets of a family that no spec describes. */
const SET = ['U8', 'U16', 'U32', 'U64', 'S8', 'S16', 'S32', 'S64', 'UINT', 'SINT', 'NUL_STRING', 'FLAG', 'NEST'].map(
  (name) => `NLSCOPE_LAB_A_${name}`,
);

/** Names and values of the attributes of the one request in a capture that sets values; nests before what is inside. */
function attributes(file, ...options) {
  const filter = `genl.family == "nlscope_lab" and genl.cmd == ${NLSCOPE_LAB_CMD_VALUES_SET} and nl.dir == "request"`;
  const args = [COMMAND, 'read', file, '-Y', filter, '--json', ...options];
  const [message, ...others] = texts(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  expect(others).toEqual([]);
  const flat = (fields) => fields.flatMap(({ name, value, children }) => [[name, value], ...flat(children)]);
  return flat(JSON.parse(message).fields.filter(({ name }) => !/^(nlmsghdr|genlmsghdr|process)$/.test(name)));
}

/** A spec from `nlscope spec infer` with the names of ours, by number: what an author does with it. */
function renamed(skeleton) {
  const inferred = parse(skeleton);
  const ours = parse(readFileSync(SPEC, 'utf8'));
  const setOf = (spec, name) => spec['attribute-sets'].find((set) => set.name === name);
  const rename = (set, name) => {
    const { 'name-prefix': prefix, attributes: named } = setOf(ours, name);
    const names = {};
    for (const attribute of set.attributes) {
      const { name: known, 'nested-attributes': nest } = named[attribute.value - 1] ?? {};
      const inner = setOf(inferred, attribute['nested-attributes']);
      if (known === undefined) continue;
      names[attribute.name] = `${prefix}${known}`;
      attribute.name = names[attribute.name];
      if (nest !== undefined && inner !== undefined) rename(inner, nest);
    }
    for (const { do: asked, 'attribute-set': of } of inferred.operations.list) {
      if (of !== set.name) continue;
      for (const side of [asked?.request, asked?.reply]) {
        if (side !== undefined) side.attributes = side.attributes.map((one) => names[one] ?? one);
      }
    }
  };
  const operation = inferred.operations.list.find(({ value }) => value === NLSCOPE_LAB_CMD_VALUES_SET);
  rename(setOf(inferred, operation['attribute-set']), 'values');
  return stringify(inferred, { aliasDuplicateObjects: false });
}

const texts = (output) => output.split('\n').filter((line) => line !== '');
const having = (output, text) => texts(output).filter((line) => line.includes(text)).length;

describe.each(KERNELS)('examples on %s', (kernel) => {
  let seen = {};
  let out = '';
  beforeAll(async () => {
    const [module] = buildLab(kernel).modules;
    ({ out, texts: seen } = await scenario('examples', { kernel, modules: [module, 'nlmon'], tools: ['udevadm'] }));
  });

  it('greets both listeners', () => {
    expect(having(seen['both.out'], 'Greeting from kernel!')).toBeGreaterThan(0);
    expect(having(seen['greeted.out'], 'Greeting from kernel!')).toBeGreaterThan(0);
  });

  it('keeps to groups: the kernel alone, the kernel and one listener', () => {
    expect(['to-kernel', 'to-both', 'to-portid', 'by-kernel'].map((name) => seen[`${name}.status`])).toEqual(
      Array(4).fill('0\n'),
    );
    expect(having(seen['both.out'], 'to group one')).toBe(0);
    expect(having(seen['both.out'], 'to groups one and four')).toBe(1);
    expect(having(seen['greeted.out'], 'to group')).toBe(0);
    expect(seen['dmesg']).toMatch(/portid \d+, group 1: to group one/);
    expect(seen['dmesg']).toMatch(/portid \d+, group 1: to groups one and four/);
    expect(seen['dmesg']).not.toMatch(/group 4: /);
    expect(seen['stats.out']).toMatch(/3 received, 1 ignored/);
  });

  it('brings a unicast to a portid, straight and by way of the kernel', () => {
    expect(having(seen['both.out'], 'straight to it')).toBe(1);
    expect(having(seen['both.out'], 'by way of the kernel')).toBe(1);
    expect(having(seen['greeted.out'], 'straight') + having(seen['greeted.out'], 'by way')).toBe(0);
  });

  it('prints the uevents that udevadm monitor prints', () => {
    const events = [...seen['udevadm.out'].matchAll(/^KERNEL\[\S+\] (\S+)\s+(\S+) \((\S+)\)/gm)];
    expect(events.map(([, action, path]) => `${action} ${path}`)).toEqual([
      'add /devices/virtual/net/lo',
      'change /devices/virtual/mem/null',
      'remove /devices/virtual/mem/zero',
    ]);
    for (const [, action, path] of events) {
      expect(texts(seen['uevents.out']).filter((line) => line.includes(action) && line.includes(path))).toHaveLength(1);
    }
  });

  it('shows values of every type, and what was set as the kernel read it', () => {
    expect(seen['values.out']).toContain('u32 3200000000');
    expect(seen['values.out']).toContain('text with an end');
    expect(seen['values-set.out']).toContain('-5000000000');
  });

  it('dumps in parts and tells of an interrupted dump', () => {
    for (const dump of ['entries', 'interrupted']) {
      const entries = [...seen[`${dump}.out`].matchAll(/ entry (\d+)$/gm)].map(([, index]) => Number(index));
      expect(entries).toEqual(Array.from({ length: 500 }, (_, index) => index));
    }
    expect(seen['entries.out']).not.toContain('DUMP_INTR');
  });

  it.each([
    ['errno', /refused: ENOSPC/],
    ['message', /refused: EINVAL .*It was asked to fail, and it does/],
    ['offset', /refused: EINVAL .*NLSCOPE_LAB_FAIL_A_VALUE at bytes \d+\.\.\d+/],
    ['nested', /refused: EINVAL .*Nobody likes this id.*NLSCOPE_LAB_NEST_A_ID at bytes \d+\.\.\d+/],
    ['missing', /refused: EINVAL .*NLSCOPE_LAB_FAIL_A_REQUIRED/],
    ['missing-in-nest', /refused: EINVAL .*The nest has no name.*NLSCOPE_LAB_NEST_A_NAME/],
    ['policy', /refused: ERANGE .*NLSCOPE_LAB_FAIL_A_RANGED at bytes \d+\.\.\d+/],
  ])('explains the failure %s', (name, explanation) => {
    expect(seen[`fail-${name}.status`]).toBe('1\n');
    expect(seen[`fail-${name}.err`]).toMatch(explanation);
  });

  it('takes an acknowledgment with a cookie for a success', () => {
    expect(seen['fail-cookie.status']).toBe('0\n');
  });

  it('types a family that no spec describes by its policy, and names it by a spec that began with the policy', () => {
    const file = join(out, 'unknown.pcapng');
    const decoded = (...options) => attributes(file, '--without-spec', 'nlscope_lab', ...options);
    const known = attributes(file);
    expect(known.map(([name]) => name)).toEqual(expect.arrayContaining(SET));
    // The policy has a name for neither attributes nor commands.
    const typed = decoded();
    expect(typed.map(([name]) => name)).toEqual(known.map(() => expect.stringMatching(/^ATTR_\d+$/)));
    expect(typed.map(([, value]) => value)).toEqual(known.map(([, value]) => value));

    const folder = join(out, 'named');
    mkdirSync(folder);
    writeFileSync(join(folder, 'nlscope_lab.yaml'), renamed(seen['infer.out']));
    expect(decoded('--specs', folder)).toEqual(known);
  });

  it('hears a group again when the module has come back', () => {
    expect(seen['returned.status']).toBe('0\n');
    const told = texts(seen['returning.out']).map((line) => /(CTRL_CMD_\w+FAMILY|VALUES_NTF).*/.exec(line)?.[0]);
    expect(told.filter((line) => line !== undefined)).toEqual([
      expect.stringMatching(/^CTRL_CMD_DELFAMILY deleted family nlscope_lab /),
      expect.stringMatching(/^CTRL_CMD_NEWFAMILY new family nlscope_lab /),
      expect.stringMatching(/^VALUES_NTF .*-77000000000/),
    ]);
  });

  it('leaves the kernel without complaints', () => {
    expect(trouble(seen['dmesg'])).toEqual([]);
  });
});

describe('bursts', () => {
  let seen = {};
  const counters = (stats) => /(\d+) ticks, (\d+) undelivered/.exec(stats).slice(1).map(Number);
  beforeAll(async () => {
    const [module] = buildLab(SCENARIO_KERNEL).modules;
    ({ texts: seen } = await scenario('bursts', {
      modules: [`${module} interval_ms=0`],
      tools: ['awk'],
      memory: 1024,
    }));
  });

  it('receives 100,000 paced notifications complete', () => {
    expect(seen['paced.err']).toContain('100000 messages captured, 0 lost');
    const [[ticks, undelivered], before] = ['paced', 'before'].map((name) => counters(seen[`${name}-stats.out`]));
    expect([ticks - before[0], undelivered - before[1]]).toEqual([100000, 0]);
  });

  it('reports a loss as large as what the module could not deliver', () => {
    const [[, before], [, after]] = ['paced', 'full'].map((name) => counters(seen[`${name}-stats.out`]));
    const undelivered = after - before;
    const [, captured, lost] = /(\d+) messages captured, (\d+) lost/.exec(seen['full.err']).map(Number);
    expect(undelivered).toBeGreaterThan(0);
    expect(lost).toBe(undelivered);
    // The values that were set after the burst are one message more.
    expect(captured + lost).toBe(100001);
  });
});
