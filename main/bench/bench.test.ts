import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCaptureFile } from '../cli/captureInput.ts';
import { type BuiltCommand, buildCommand } from '../cli/testing/command.ts';
import { createDecoding } from '../engine/decoding.ts';
import { makeCorpus, repositoryCaptures } from './corpus.ts';
import { median } from './cost.ts';
import { type Line, printTable } from './table.ts';

let built: BuiltCommand;

beforeAll(async () => {
  built = await buildCommand();
}, 120_000);
afterAll(() => built.remove());

function bench(...args: string[]) {
  const captures = ['--corpus', repositoryCaptures()];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(dirname(built.entry), 'bench.js'), ...args, ...captures],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('npm run bench', () => {
  test('measures the built product and says what it found, line by line', { timeout: 300_000 }, () => {
    const { status, stdout, stderr } = bench('filter', 'save', '--messages', '100', '--runs', '1', '--json');
    expect(stderr).toMatch(/^100 messages, /);
    expect(status).toBe(0);
    const lines: Line[] = JSON.parse(stdout);
    expect(new Set(lines.map(({ name }) => name))).toEqual(new Set(['filter', 'save']));
    for (const { ours } of lines) expect(ours).toBeGreaterThan(0);
    // Peers that are not installed are named; those that are have figures, unless so few messages cost nothing.
    for (const { peer, theirs, note } of lines) expect(peer === '' || theirs !== null || note !== '').toBe(true);
  });

  test('a benchmark that does not exist is told with those that do', () => {
    const { status, stderr } = bench('opne');
    expect(status).toBe(1);
    expect(stderr).toContain('there is no benchmark "opne"; there are open, memory');
  });
});

test('the capture has as many messages as asked for, whole and of all kinds, and is the same every time', async () => {
  const one = makeCorpus(repositoryCaptures(), 5000);
  const two = makeCorpus(repositoryCaptures(), 5000);
  try {
    const { document, broken } = await openCaptureFile(one.path, createDecoding());
    expect(broken).toBe('');
    let datagrams = 0;
    let cut = 0;
    for (let row = 0; row < document.store.count; row++) {
      if (document.store.isFirst(row)) datagrams++;
      if (document.store.isCut(row)) cut++;
    }
    expect(datagrams).toBe(5000);
    expect(document.store.count).toBe(5000);
    expect(document.store.counts().protocols.size).toBeGreaterThan(8);
    expect(cut / document.store.count).toBeLessThan(0.01);
    expect(two.bytes).toBe(one.bytes);
  } finally {
    one.remove();
    two.remove();
  }
});

test('the median is the middle figure', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1])).toBe(1);
});

test('the table tells what was missed and what is not installed', () => {
  const line: Line = {
    name: 'open',
    what: 'open and index',
    unit: 's',
    ours: 2,
    peer: 'other',
    theirs: 1,
    ratio: 0.5,
    target: '>= 12x',
    met: false,
    note: '',
  };
  const text = printTable([line, { ...line, theirs: null, ratio: null, met: null, note: 'other is not installed' }]);
  expect(text).toMatch(/open and index +2 s +other +1 s +0\.5x +>= 12x +MISSED\n/);
  expect(text).toMatch(/other +- .*other is not installed\n/);
});
