import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource } from '../../app/captureFile/index.ts';
import { ownDecoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { openDocument } from '../engine/openDocument.ts';
import { TextBuffer } from '../engine/textBuffer.ts';
import { loadDecoding } from '../engine/userSpecs.ts';
import { OWN_HOST } from '../sources/ownHost.ts';
import { makeNamespace, namespacesMissing, type TestNamespace } from '../sources/testing/namespace.ts';
import { type CaptureCommand, capture } from './capture.ts';
import { CommandFailure } from './failure.ts';
import { collectLimit } from './limits.ts';
import { type FormatOptions, rowFormat } from './rowFormat.ts';
import { addAddresses, capinfosCount } from './testing/addresses.ts';
import { type BuiltCommand, buildCommand, type RunningCommand, startCommand } from './testing/command.ts';

const skipped = namespacesMissing() !== undefined;
const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
const { decoding } = loadDecoding();
let command: BuiltCommand;
beforeAll(async () => {
  if (!skipped) command = await buildCommand();
});
afterAll(() => {
  command?.remove();
  rmSync(directory, { recursive: true });
});

/** A folder of a test's own. */
function folder(): string {
  return mkdtempSync(join(directory, 'files-'));
}

function filesIn(path: string): string[] {
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name));
}

function capturing(...args: string[]): Promise<RunningCommand> {
  return startCommand(command, ['capture', ...args], /Capturing/);
}

function added(namespace: TestNamespace, count: number): Promise<void> {
  return new Promise((resolve) => addAddresses(namespace, count).once('exit', () => resolve()));
}

/** A capture file as it is opened, without the command. */
function documentOf(path: string): Document {
  const opened = openDocument(memorySource(new Uint8Array(readFileSync(path))), ownDecoding(decoding));
  if (!opened.ok) throw new Error(opened.error.message);
  while (!opened.value.step().finished);
  return opened.value.document;
}

/** Values of filter fields of every message, as `read --fields` prints them. */
function fieldsOf(path: string, ...fields: string[]): string[] {
  const document = documentOf(path);
  return printedRows(document, { fields });
}

/** The lines that `read` prints. */
function linesOf(path: string): string[] {
  const document = documentOf(path);
  return printedRows(document, {});
}

function printedRows(document: Document, options: FormatOptions): string[] {
  const print = rowFormat(options, decoding).printer(document);
  const text = new TextBuffer();
  return Array.from({ length: document.store.count }, (_, row) => {
    print(row, row + 1, text);
    return text.take();
  });
}

describe.skipIf(skipped)('limits', () => {
  let namespace: TestNamespace;
  beforeAll(() => {
    namespace = makeNamespace();
  });
  afterAll(() => namespace.remove());
  const group = () => ['--group', 'ROUTE/5', '--netns', namespace.name];

  it('go on in the next file at a size and keep the last ones, each complete', async () => {
    const files = folder();
    const ring = ['-b', 'filesize:20', '-b', 'files:3', '-w', join(files, 'ring.pcapng')];
    const running = await capturing(...group(), ...ring);
    await added(namespace, 2000);
    await running.sees(/10\.0\.7\.207/);
    const { status, err } = await running.stop();
    expect(status).toBe(0);
    const paths = filesIn(files);
    expect(paths).toHaveLength(3);
    const begun = Number(/captured to (\d+) files/.exec(err)?.[1]);
    // As dumpcap names them: number from 00001, then the local time.
    for (const [i, path] of paths.entries()) {
      expect(path).toMatch(new RegExp(`/ring_${String(begun - 2 + i).padStart(5, '0')}_\\d{14}\\.pcapng$`));
    }
    for (const path of paths.slice(0, -1)) {
      expect(statSync(path).size).toBeGreaterThanOrEqual(20_000);
      expect(statSync(path).size).toBeLessThan(23_000);
    }
    // Nothing is missing between the files.
    const addresses = paths.flatMap((path) => fieldsOf(path, 'addr.local'));
    const all = Array.from({ length: 2000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`);
    expect(addresses).toEqual(all.slice(-addresses.length));
    for (const path of paths) {
      const count = fieldsOf(path, 'nl.len').length;
      expect([null, count]).toContain(capinfosCount(path));
      // Each tells the names by itself.
      expect(linesOf(path)[0]).toMatch(/RTM_NEWADDR 1: lo inet/);
    }
  });

  it('stop after so many files, messages or bytes', async () => {
    const files = folder();
    const ring = ['-b', 'messages:10', '-w', join(files, 'f.pcapng'), '-a', 'files:2'];
    const running = await capturing(...group(), ...ring);
    namespace.ip('addr', 'flush', 'dev', 'lo');
    expect(await running.ended).toMatchObject({ status: 0, err: expect.stringContaining('stopped at 2 files') });
    expect(filesIn(files).map((path) => fieldsOf(path, 'nl.len').length)).toEqual([10, 10]);

    const limited = await capturing(...group(), '-a', 'messages:25', '-w', join(files, 'm.pcapng'));
    await added(namespace, 100);
    const { out, err } = await limited.ended;
    expect(err).toContain('25 messages captured, 0 lost, stopped at 25 messages');
    expect(out.split('\n').filter(Boolean)).toHaveLength(25);
    expect(fieldsOf(join(files, 'm.pcapng'), 'nl.len')).toHaveLength(25);

    const large = await capturing(...group(), '-a', 'filesize:10', '-w', join(files, 's.pcapng'));
    namespace.ip('addr', 'flush', 'dev', 'lo');
    await large.ended;
    expect(statSync(join(files, 's.pcapng')).size).toBeGreaterThanOrEqual(10_000);
    expect(statSync(join(files, 's.pcapng')).size).toBeLessThan(11_000);
  });

  it('go on in the next file when the time of one is over, but not with an empty one', async () => {
    const files = folder();
    const running = await capturing(...group(), '-b', 'duration:0.2', '-w', join(files, 'd.pcapng'));
    for (const number of [1, 2, 3]) {
      namespace.ip('addr', 'add', `10.200.0.${number}/32`, 'dev', 'lo');
      await running.sees(new RegExp(`10\\.200\\.0\\.${number}/`));
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    await running.stop();
    expect(filesIn(files).map((path) => fieldsOf(path, 'addr.local'))).toEqual(
      expect.arrayContaining([['10.200.0.1'], ['10.200.0.2'], ['10.200.0.3']]),
    );
  });
});

describe('wrong use', () => {
  const nothing = { group: [], netns: [], a: {}, b: {} };
  it.each<[string, Partial<CaptureCommand>, RegExp]>([
    ['a ring without -w', { b: { filesize: 10 } }, /name them by -w/],
    ['a ring on standard output', { b: { filesize: 10 }, w: '-' }, /name them by -w/],
    ['a ring that never turns', { b: { files: 3 }, w: 'x' }, /add -b filesize/],
    ['files without a ring', { a: { files: 3 } }, /add -b/],
    ['a namespace that is not there', { netns: ['nowhere'] }, /no network namespace "nowhere"/],
    ['a process that is not there', { netns: ['4194304'] }, /no process 4194304/],
    ['a path to something else', { netns: ['/etc/passwd'] }, /is no network namespace/],
  ])('%s is refused in one line', async (_name, options, words) => {
    const refused = capture({ ...nothing, ...options });
    await expect(refused).rejects.toThrow(CommandFailure);
    await expect(refused).rejects.toThrow(words);
  });

  it('limits are told by name and number', () => {
    const before = collectLimit('filesize:100', {});
    expect(collectLimit('duration:0.5', before)).toEqual({ filesize: 100, duration: 0.5 });
    expect(collectLimit('packets:7', {})).toEqual({ messages: 7 });
    for (const text of ['size:3', 'filesize:0', 'filesize:1.5', 'filesize:x', 'files', 'files:1:2', 'toString:1']) {
      expect(() => collectLimit(text, {}), text).toThrow(InvalidArgumentError);
    }
  });
});

describe.skipIf(skipped)('several network namespaces', () => {
  it('are captured at once, told apart, kept in the file, and left when they go', async () => {
    const [first, second] = [makeNamespace(), makeNamespace()];
    const inside = spawn('ip', ['netns', 'exec', second.name, 'sleep', '60'], { stdio: 'ignore' });
    const file = join(folder(), 'two.pcapng');
    const speakers = [first, second].map(({ name }) => spawn('ip', ['-n', name, '-batch', '-']));
    let removed = false;
    try {
      // The same interface index has another name in each.
      first.ip('link', 'add', 'one', 'index', '7', 'type', 'veth');
      second.ip('link', 'add', 'two', 'index', '7', 'type', 'veth');
      const netns = [first.name, second.path, String(inside.pid)].flatMap((where) => ['--netns', where]);
      const running = await capturing('--group', 'ROUTE/5', ...netns, '-w', file);
      expect(running.err()).toMatch(/in 2 network namespaces/);
      speakers[0].stdin.write('addr add 10.1.0.1/24 dev one\n');
      speakers[1].stdin.write('addr add 10.2.0.1/24 dev two\n');
      await running.sees(/10\.1\.0\.1/);
      await running.sees(/10\.2\.0\.1/);
      inside.kill('SIGKILL');
      speakers[1].kill('SIGKILL');
      second.remove();
      removed = true;
      await running.complains(new RegExp(`namespace ${second.name} is gone`));
      speakers[0].stdin.write('addr add 10.1.0.2/24 dev one\n');
      await running.sees(/10\.1\.0\.2/);
      expect((await running.stop()).status).toBe(0);
    } finally {
      for (const child of [inside, ...speakers]) child.kill('SIGKILL');
      first.remove();
      if (!removed) second.remove();
    }
    expect(fieldsOf(file, 'nl.netns', 'addr.local').sort()).toEqual(
      [`${first.name}\t10.1.0.1`, `${first.name}\t10.1.0.2`, `${second.name}\t10.2.0.1`].sort(),
    );
    const lines = linesOf(file).join('\n');
    expect(lines).toMatch(/10\.1\.0\.1.* one/);
    expect(lines).toMatch(/10\.2\.0\.1.* two/);
    // Who spoke is known where it lives on; every account tells its namespace.
    const ours = fieldsOf(file, 'nl.netns', 'nl.comm').filter((line) => line.startsWith(first.name));
    expect(ours).toEqual([`${first.name}\tip`, `${first.name}\tip`]);
    const owners = [...documentOf(file).hosts.of(OWN_HOST).owners.all()];
    expect(new Set(owners.map(({ netns }) => netns))).toEqual(new Set([first.name, second.name]));
  });

  it('ends with a message when the only one goes', async () => {
    const namespace = makeNamespace();
    const running = await capturing('--group', 'ROUTE/5', '--netns', namespace.name);
    namespace.remove();
    const { status, err } = await running.ended;
    expect(err).toMatch(/is gone: nothing more/);
    expect(err).toMatch(/nothing is left to capture from/);
    expect(status).toBe(2);
  });
});
