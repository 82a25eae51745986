import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSpec } from './checkSpec.ts';

const folder = import.meta.dirname;
const specs = readdirSync(folder).filter((file) => file.endsWith('.yaml') && !file.endsWith('.view.yaml'));
const kernelSpecs = process.env['NLSCOPE_YNL_SPECS'] ?? '/usr/src/linux/Documentation/netlink/specs';

function errorsOf(path: string): string[] {
  const problems = checkSpec(readFileSync(path, 'utf8')).filter(({ severity }) => severity === 'error');
  return problems.map(({ line, path: at, text }) => `${line}: ${at}: ${text}`);
}

describe('specs that are right', () => {
  it.each(specs)('%s', (file) => {
    expect(errorsOf(join(folder, file))).toEqual([]);
  });

  it.skipIf(!isFolder(kernelSpecs))('the kernel’s own', () => {
    const files = readdirSync(kernelSpecs).filter((file) => file.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const path = join(kernelSpecs, file);
      // The schemas of the format stand beside the specs.
      if (!readFileSync(path, 'utf8').includes('$schema')) expect(errorsOf(path), file).toEqual([]);
    }
  });
});

function isFolder(path: string): boolean {
  try {
    return readdirSync(path).length > 0;
  } catch {
    return false;
  }
}

const RIGHT = `name: demo
protocol: genetlink
definitions:
  -
    name: colour
    type: enum
    entries: [red, green]
attribute-sets:
  -
    name: main
    attributes:
      -
        name: id
        type: u32
      -
        name: paint
        type: nest
        nested-attributes: paint
  -
    name: paint
    attributes:
      -
        name: colour
        type: u8
        enum: colour
operations:
  list:
    -
      name: get
      attribute-set: main
      do:
        request:
          attributes: [id]
`;

describe('specs that are wrong', () => {
  const report = (text: string) =>
    checkSpec(text).map(({ line, column, path, text: what, hint }) =>
      `${line}:${column} ${path}: ${what} ${hint}`.trim(),
    );

  it('nothing is said of one that is right', () => {
    expect(checkSpec(RIGHT)).toEqual([]);
  });

  it.each([
    [
      'a type that does not exist',
      'type: u32',
      'type: u33',
      /^14:15 attribute-sets\[main\]\.attributes\[id\]\.type: "u33".*Did you mean "u32"/,
    ],
    [
      'a set that does not exist',
      'nested-attributes: paint',
      'nested-attributes: pain',
      /^18:28 .*no attribute set "pain"\. Did you mean "paint"/,
    ],
    ['an enum that does not exist', 'enum: colour', 'enum: color', /^25:15 .*no enum "color"/],
    ['an attribute that does not exist', '[id]', '[id, name]', /^33:28 .*no attribute of "main" "name"/],
    ['a key that does not exist', 'do:', 'doo:', /^32:\d+ operations\.list\[get\]\.doo: the key "doo".*"do"/],
    [
      'a name given twice',
      'name: paint\n        type',
      'name: id\n        type',
      /^16:15 .*a second attribute "id"; the first stands in line 13/,
    ],
    [
      'a missing key',
      '    name: colour\n    type: enum\n',
      '    name: colour\n',
      /^5:5 definitions\[colour\]: the key "type" is missing/,
    ],
    [
      'text for a number',
      'protocol: genetlink',
      'protocol: genetlink\nversion: two',
      /^3:10 version: must be a number, not "two"/,
    ],
    ['no protocol number', 'genetlink', 'netlink-raw', /^2:11 protocol: netlink-raw needs "protonum"/],
    ['no YAML', 'protocol: genetlink', 'protocol: "genetlink', /no YAML/],
    [
      'a number given twice',
      'name: paint\n        type: nest',
      'name: paint\n        value: 1\n        type: nest',
      /"paint" has number 1, as "id" has/,
    ],
  ])('%s', (_name, right, wrong, expected) => {
    const problems = report(RIGHT.replace(right, wrong));
    expect(
      problems.some((line) => expected.test(line)),
      problems.join('\n'),
    ).toBe(true);
  });

  it('all problems are listed, not the first alone', () => {
    expect(report(RIGHT.replace('u32', 'u33').replace('type: u8', 'type: u9')).length).toBe(2);
    // Words that are unknown leave what names lead to.
    const mixed = RIGHT.replace('u32', 'u33').replace('nested-attributes: paint', 'nested-attributes: pain');
    expect(report(mixed.replace('[id]', '[id, name]')).length).toBe(3);
  });

  it('what is no spec at all gets a sentence', () => {
    for (const text of ['', '[]', '42', 'a: &x [*x]', '- - -', '\u0000'])
      expect(checkSpec(text).length).toBeGreaterThan(0);
  });
});

it('what is no text is told once', () => {
  const bytes = new TextDecoder().decode(Uint8Array.from({ length: 4096 }, (_, at) => (at * 37) & 0xff));
  for (const text of [bytes, `${RIGHT}\0`, '\x7fELF\x02\x01\n: - [']) {
    expect(checkSpec(text)).toEqual([
      expect.objectContaining({ severity: 'error', text: expect.stringContaining('no text') }),
    ]);
  }
  expect(checkSpec(RIGHT.replaceAll('\n', '\r\n')).filter(({ text }) => text.includes('no text'))).toEqual([]);
});
