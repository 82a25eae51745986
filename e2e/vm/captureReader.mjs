import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { COMMAND } from '../../main/setup/steps.mjs';

/** The lines of a text that say something. */
export const lines = (content) => content.split('\n').filter((line) => line !== '');

/** What the built command prints, a line each. */
export const nlscope = (...args) =>
  lines(execFileSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 }));

/** A capture as the built command reads it. */
export class CaptureReader {
  constructor(path) {
    this.path = path;
  }

  /** Types and summaries of the messages that pass a filter. */
  read(filter) {
    return nlscope('read', this.path, '-Y', filter).map((line) => {
      const [, type, summary] = /^ *\d+ +\S+ +\S+ +\S+ +(\S+) ?(.*)$/.exec(line);
      return { type, summary };
    });
  }

  /** Values of fields (names with commas between) of those messages. */
  fields(filter, names) {
    return nlscope('read', this.path, '-Y', filter, '--fields', names).map((line) => line.split('\t'));
  }

  /** The report of `nlscope coverage`. */
  coverage() {
    return JSON.parse(nlscope('coverage', this.path, '--json')[0]);
  }

  /** The report of `nlscope roundtrip`. */
  roundtrip() {
    return JSON.parse(nlscope('roundtrip', this.path, '--json')[0]);
  }

  /** A capture of the messages that pass a filter, beside this one. */
  part(filter, name) {
    const path = this.path.replace(/[^/]*$/, name);
    nlscope('read', this.path, '-Y', filter, '-w', path);
    return new CaptureReader(path);
  }
}

/** Expects that of more than so many messages nearly all attributes are named and typed, and nothing is malformed. */
export function expectCovered(capture, messages) {
  const report = capture.coverage();
  expect(report.messages).toBeGreaterThan(messages);
  expect(report.malformed).toBe(0);
  expect(report.named / report.attributes).toBeGreaterThanOrEqual(0.995);
  expect(report.typed / report.attributes).toBeGreaterThanOrEqual(0.99);
}

/** Expects that every message can be written again byte for byte. */
export function expectExact(capture) {
  const report = capture.roundtrip();
  expect(report).toMatchObject({ different: 0, notCovered: 0, exact: report.messages });
}
