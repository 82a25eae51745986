import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { FileSource, GrowingFile, openReplacement } from './fileBytes.ts';

const directory = mkdtempSync(join(tmpdir(), 'nlscope-test-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('reads back what was appended', () => {
  const path = join(directory, 'spool');
  const file = new GrowingFile(path);
  file.write(Uint8Array.of(1, 2, 3));
  expect([...file.read(1, 5)]).toEqual([2, 3]);
  file.write(Uint8Array.of(4));
  expect(file.size).toBe(4);
  expect([...file.read(0, 4)]).toEqual([1, 2, 3, 4]);
  expect(file.read(9, 4).length).toBe(0);
  file.close();
  file.close();
  expect(statSync(path).mode & 0o077).toBe(0);
  const source = new FileSource(path);
  expect([...source.read(source.size - 1, 10)]).toEqual([4]);
  source.close();
});

it('takes no folder and no device', () => {
  expect(() => new FileSource(directory)).toThrow('is a folder');
  expect(() => new FileSource('/dev/null')).toThrow('not a regular file');
  expect(() => new FileSource(join(directory, 'absent'))).toThrow('ENOENT');
});

it('replaces a file only when all has been written, with its rights, and where a link leads to', () => {
  const folder = mkdtempSync(join(directory, 'replaced-'));
  const path = join(folder, 'kept');
  const link = join(folder, 'link');
  writeFileSync(path, 'before', { mode: 0o600 });
  symlinkSync('kept', link);
  const given = openReplacement(link);
  given.write(Buffer.from('never'));
  given.abandon();
  expect(readFileSync(path, 'utf8')).toBe('before');
  const file = openReplacement(link);
  file.write(Buffer.from('after'));
  expect(readFileSync(path, 'utf8')).toBe('before');
  file.finish();
  expect(readFileSync(path, 'utf8')).toBe('after');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder).toSorted()).toEqual(['kept', 'link']);
  expect(() => openReplacement(folder)).toThrow('is a folder');
});
