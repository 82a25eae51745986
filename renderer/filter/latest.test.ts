import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLatest } from './latest.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A question whose answers the test gives by hand, in any order. */
function slowQuestion() {
  const asked: { input: string; answer: (text: string) => void; reject: (error: Error) => void }[] = [];
  const question = (input: string) =>
    new Promise<string>((resolve, reject) => {
      asked.push({ input, answer: resolve, reject });
    });
  return { asked, question };
}

test('asks once the input rests, with its last state', () => {
  const { asked, question } = slowQuestion();
  const latest = createLatest(question, () => undefined, 100);
  for (const text of ['l', 'li', 'link']) latest.ask(text);
  vi.advanceTimersByTime(99);
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(asked.map((a) => a.input)).toEqual(['link']);
});

test('drops the answer to a question that a newer one has overtaken, whatever the order of answers', async () => {
  const { asked, question } = slowQuestion();
  const heard: string[] = [];
  const latest = createLatest(question, (answer, input) => heard.push(`${input}: ${answer}`), 0);
  latest.askNow('old');
  latest.askNow('new');
  asked[1]!.answer('yes');
  asked[0]!.answer('no');
  await vi.runAllTimersAsync();
  expect(heard).toEqual(['new: yes']);
});

test('typing on makes an answer under way stale at once', async () => {
  const { asked, question } = slowQuestion();
  const heard: string[] = [];
  const latest = createLatest(question, (answer) => heard.push(answer), 50);
  latest.askNow('a');
  latest.ask('ab');
  asked[0]!.answer('about a');
  await vi.advanceTimersByTimeAsync(10);
  expect(heard).toEqual([]);
});

test('cancel silences everything, and failures of stale questions stay unheard', async () => {
  const { asked, question } = slowQuestion();
  const failures: unknown[] = [];
  const latest = createLatest(
    question,
    () => undefined,
    10,
    (error) => failures.push(error),
  );
  latest.askNow('a');
  latest.askNow('b');
  asked[0]!.reject(new Error('stale'));
  asked[1]!.reject(new Error('lost connection'));
  await vi.runAllTimersAsync();
  expect(failures.map(String)).toEqual(['Error: lost connection']);
  latest.ask('c');
  latest.cancel();
  await vi.runAllTimersAsync();
  expect(asked).toHaveLength(2);
});
