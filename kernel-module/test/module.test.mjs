import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KERNELS } from '../../main/setup/vm/kernel.mjs';
import { scratch } from '../../main/setup/vm/scenario.mjs';
import { buildLab, scenario, trouble } from './harness.mjs';

describe('the lab module', () => {
  it.each(Object.keys(KERNELS))('builds for %s without warnings', (kernel) => {
    const { log, modules } = buildLab(kernel);
    expect(modules.map((path) => existsSync(path))).toEqual([true]);
    expect(log.split('\n').filter((line) => /warning|error/i.test(line))).toEqual([]);
  });
});

describe('loading and unloading', () => {
  it('is done 200 times under traffic, with every slab checked, and leaks nothing', async () => {
    const traffic = join(scratch, 'traffic');
    execFileSync('gcc', ['-O1', '-Wall', '-static', '-o', traffic, join(import.meta.dirname, 'traffic.c')]);
    const [module] = buildLab('6.12').modules;
    const { texts: seen } = await scenario('reload', {
      kernel: '6.12',
      kernelArguments: ['slub_debug=FZPU'],
      copies: [`${module}:/root/nlscope_lab.ko`, traffic],
      tools: ['awk'],
    });
    expect(trouble(seen['dmesg'])).toEqual([]);
    const [loads, before, after] = seen['loads'].trim().split(' ').map(Number);
    expect(loads).toBe(200);
    // KiB; 180 more loads that each left one kilobyte behind would show.
    expect(after - before).toBeLessThan(2048);
  });
});
