import { describe, expect, it } from 'vitest';
import { GenlFamilyTable } from './genlFamilies.ts';

function family(id: number, name: string) {
  return { id, name, version: 1, headerSize: 0, maxAttr: 0, groups: [], operations: [] };
}

describe('a capture that says nothing about families', () => {
  it('still knows those whose ids are fixed, without listing them as seen', () => {
    const table = new GenlFamilyTable();
    expect(table.byId(16)?.name).toBe('nlctrl');
    expect(table.byId(17)?.name).toBe('VFS_DQUOT');
    expect(table.byName('nlctrl')?.id).toBe(16);
    expect(table.byId(30)).toBeUndefined();
    expect([...table.all()]).toEqual([]);
  });

  it('takes what a capture says over what it assumed', () => {
    const table = new GenlFamilyTable();
    table.learn(family(17, 'other'));
    expect(table.byId(17)?.name).toBe('other');
  });
});
