import { expect, test } from 'vitest';
import { Jobs } from './jobs.ts';

test('the job that began last is told of, and is the one that is stopped', async () => {
  let changes = 0;
  const jobs = new Jobs(() => changes++);
  expect(jobs.state).toBeNull();
  jobs.stop();
  const ends: (() => void)[] = [];
  const goesOn: boolean[] = [];
  const run = (name: string, at: number) =>
    jobs.run('save', name, async ({ advance }) => {
      await new Promise<void>((resolve) => {
        ends[at] = resolve;
      });
      goesOn[at] = advance(1, 4);
    });
  const first = run('a', 0);
  const second = run('b', 1);
  expect(jobs.state).toEqual({ kind: 'save', name: 'b', progress: 0 });
  jobs.stop();
  ends[1]();
  await second;
  expect(jobs.state).toEqual({ kind: 'save', name: 'a', progress: 0 });
  const before = changes;
  ends[0]();
  await first;
  expect([goesOn, jobs.state, changes > before]).toEqual([[true, false], null, true]);
  await expect(
    jobs.run('open', 'c', async ({ advance }) => {
      expect([advance(0, 0), jobs.state?.progress]).toEqual([true, 1]);
      throw new Error('failed');
    }),
  ).rejects.toThrow('failed');
  expect(jobs.state).toBeNull();
});
