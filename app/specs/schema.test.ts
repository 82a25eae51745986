import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type AnySchemaObject } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KERNEL_SCHEMAS } from './testing/kernelSpecs.ts';
import ynlSchema from './testing/ynlSchema.yaml';
import type { YnlDocument } from './ynl.ts';

const specs = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.yaml') && !file.endsWith('.view.yaml'))
  .map((file) => parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as YnlDocument)
  .map((document) => [document.name, document] as const);

/** What a schema refuses in a spec: one line each. */
function refusals(schema: object, document: unknown): string[] {
  const { $schema, $id, ...rules } = schema as AnySchemaObject;
  const validate = new Ajv({ allErrors: true, strict: false }).compile(rules);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath} ${message} ${Object.values(params).join(', ')}`.trim(),
  );
}

describe('the schema of specs', () => {
  it.each(specs)('holds for %s', (_, document) => {
    expect(refusals(ynlSchema as object, document)).toEqual([]);
  });

  it('refuses what is no spec', () => {
    const set = (attribute: object): object => ({
      name: 'x',
      doc: 'x',
      'attribute-sets': [{ name: 'x', attributes: [attribute] }],
    });
    expect(refusals(ynlSchema as object, set({ name: 'a', type: 'u32' }))).toEqual([]);
    for (const wrong of [
      { name: 'a' },
      { name: 'A_B', type: 'u32' },
      { name: 'a', type: 'u33' },
      { name: 'a', type: 'nest' },
      { name: 'a', type: 'u32', 'byte-order': 'big' },
      { name: 'a', type: 'u32', 'enum-as-flags': true },
      { name: 'a', type: 'sub-message', 'sub-message': 'b' },
      { name: 'a', type: 'u32', unit: 'ms' },
    ]) {
      expect(refusals(ynlSchema as object, set(wrong)), JSON.stringify(wrong)).not.toEqual([]);
    }
  });
});

/** Where our specs say what the kernel's schemas have no word for, by what the schema says then. */
const BEYOND: readonly { readonly refusal: RegExp; readonly why: string }[] = [
  {
    refusal:
      /^\/definitions\/\d+\/members\/\d+ must (have required property '(len|struct)'|match exactly one|match "then")/,
    why: 'a last binary member without a length takes the rest',
  },
  {
    refusal: /^\/definitions\/\d+\/members\/\d+\/type must be equal to one of/,
    why: 'structs of generic netlink families have padding, too',
  },
  {
    refusal: /sub-message|selector|^\/attribute-sets\/\d+\/attributes\/\d+\/type must be equal to one of/,
    why: 'generic netlink families have sub-messages, too',
  },
  {
    refusal: /^\/definitions\/\d+ must NOT have additional properties name-prefix/,
    why: 'constants come out verbatim at every level of the format',
  },
  {
    refusal: /^\/definitions\/\d+\/members\/\d+ must NOT have additional properties (enum-as-flags|sub-type)/,
    why: 'structs of generic netlink families have flags and arrays, too',
  },
  {
    refusal: /^\/definitions\/\d+\/members\/\d+\/name must match pattern/,
    why: 'some members have capital letters in the headers',
  },
  { refusal: /^\/name must match pattern/, why: "a family's name is the kernel's own" },
  {
    refusal: /\/checks must NOT have additional properties unterminated-ok/,
    why: 'every kind may say so, not the newest alone',
  },
  { refusal: /^must have required property 'operations'/, why: 'what every protocol shares (nlmsg)' },
];

describe.skipIf(KERNEL_SCHEMAS.size === 0)('the kernel’s own schemas', () => {
  it('hold for our specs, but for what goes beyond them', () => {
    const found = specs.flatMap(([name, document]) =>
      refusals(KERNEL_SCHEMAS.get(document.protocol ?? 'genetlink')!, document).map((line) => ({ name, line })),
    );
    const beyond = (line: string) => BEYOND.find(({ refusal }) => refusal.test(line));
    expect(found.filter(({ line }) => beyond(line) === undefined)).toEqual([]);
    const used = new Set(found.map(({ line }) => beyond(line)));
    expect(BEYOND.filter((entry) => !used.has(entry))).toEqual([]);
  });
});
