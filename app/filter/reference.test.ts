import { expect, test } from 'vitest';
import { compileFilter } from './compile.ts';
import { OPERATORS } from './operators.ts';
import { filterReference } from './reference.ts';
import { FIELDS, registry } from './testing/registry.ts';

const reference = filterReference(registry);

test('names every field under its group, and every operator', () => {
  expect(reference).toContain('### link\n');
  expect(reference).toContain('| `link.mtu` | number | number | The link.mtu field. |');
  for (const { name } of FIELDS) {
    expect(reference).toContain(`| \`${name}\` |`);
  }
  for (const spelling of OPERATORS.flatMap(({ spellings }) => spellings)) {
    expect(reference).toContain(`\`${spelling}\``);
  }
});

test('its tables are well formed', () => {
  for (const table of reference.match(/(?:^\|.*\n)+/gm) ?? []) {
    const columns = table
      .trim()
      .split('\n')
      .map((row) => row.replaceAll('\\|', '').split('|').length);
    expect(new Set(columns).size).toBe(1);
  }
});

test('its examples are filters', () => {
  const examples = ['link.mtu', 'link.mtu > 1400', 'nl.type == RTM_NEWLINK', '1280 <= link.mtu <= 1500', '"eth0"'];
  const bits = ['nl.flags & NLM_F_ACK', 'nl.flags & 0x300 == 0x100'];
  for (const example of [...examples, ...bits]) {
    expect(reference).toContain(`\`${example}\``);
    expect(compileFilter(example, registry).ok, example).toBe(true);
  }
});
