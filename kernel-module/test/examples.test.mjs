import { beforeAll, describe, expect, it } from 'vitest';
import { buildLab, scenario, trouble } from './harness.mjs';

/** An emulated processor starts nlscope in seconds, and the examples do so often: one kernel unless all are asked for. */
const KERNELS = process.env.NLSCOPE_VM === 'all' ? ['6.12', 'newest'] : ['6.12'];

const texts = (output) => output.split('\n').filter((line) => line !== '');
const having = (output, text) => texts(output).filter((line) => line.includes(text)).length;

describe.each(KERNELS)('examples on %s', (kernel) => {
  let seen = {};
  beforeAll(async () => {
    const [module] = buildLab(kernel).modules;
    seen = await scenario('examples', { kernel, modules: [module], tools: ['udevadm'] });
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

  it('leaves the kernel without complaints', () => {
    expect(trouble(seen['dmesg'])).toEqual([]);
  });
});

describe.each(KERNELS)('bursts on %s', (kernel) => {
  let seen = {};
  beforeAll(async () => {
    const [module] = buildLab(kernel).modules;
    seen = await scenario('bursts', { kernel, modules: [`${module} interval_ms=0`], tools: ['awk'], memory: 1024 });
  });

  it('receives 100,000 paced notifications complete', () => {
    expect(seen['paced.err']).toContain('100000 messages captured, 0 lost');
    expect(seen['paced-stats.out']).toContain('100000 ticks, 0 undelivered');
  });

  it('reports a loss as large as what the module could not deliver', () => {
    const [before, after] = ['paced', 'full'].map((name) => /(\d+) undelivered/.exec(seen[`${name}-stats.out`])[1]);
    const undelivered = Number(after) - Number(before);
    const [, captured, lost] = /(\d+) messages captured, (\d+) lost/.exec(seen['full.err']).map(Number);
    expect(undelivered).toBeGreaterThan(0);
    expect(lost).toBe(undelivered);
    // The values that were set after the burst are one message more.
    expect(captured + lost).toBe(100001);
  });
});
