import { describe, expect, it } from 'vitest';
import { type ColumnChoice, type Row, TIME_FORMATS, type TimeFormat } from '../../../app/contracts/index.ts';
import { createFieldRegistry } from '../../../app/dissect/filterFields.ts';
import { checkFilter } from '../../../app/filter/index.ts';
import { builtinLibrary } from '../../../app/specs/index.ts';
import { addField, BUILTIN_COLUMNS, EXTRA_COLUMNS, setShown, USUAL_COLUMNS } from '../../stores/columnChoice.ts';
import { SAMPLE_ROWS } from '../../testing/samples.ts';
import { cellClause } from './cellFilters.ts';
import { COLUMNS, clampWidth, columnName, columnsFor, gridTemplate, holds, SOURCE_WIDTH } from './columns.ts';

describe('columns', () => {
  const ids = (width: number) => columnsFor(width, {}, 20_000).map((column) => column.id);

  it('of spans are there when they are asked for, in the room of others', () => {
    const choice = setShown(setShown(USUAL_COLUMNS, 'delta', true), 'deltaShown', true);
    const shown = (width: number) => columnsFor(width, {}, 20_000, false, 'clock', choice).map(({ id }) => id);
    expect(shown(1400).slice(0, 5)).toEqual(['number', 'time', 'delta', 'deltaShown', 'relation']);
    expect(shown(1400)).toHaveLength(COLUMNS.length - 1);
    expect(shown(1200)).not.toContain('length');
    expect(columnsFor(1200, {}, 20_000, false, 'clock', setShown(choice, 'delta', false)).map(({ id }) => id)).toEqual(
      ids(1200 - 112).toSpliced(2, 0, 'deltaShown'),
    );
  });

  it('drops length, flags, process and outcome, in this order, as the list gets narrower', () => {
    expect(columnsFor(1200, {}, 20_000, true)).toHaveLength(COLUMNS.length - EXTRA_COLUMNS.size);
    const usual = COLUMNS.map(({ id }) => id).filter((id) => id !== 'source' && !EXTRA_COLUMNS.has(id));
    expect(ids(1200)).toEqual(usual);
    expect(ids(1059)).not.toContain('length');
    expect(ids(1059)).toContain('flags');
    expect(ids(1000)).not.toContain('flags');
    expect(ids(1000)).toContain('process');
    expect(ids(700)).not.toContain('process');
    expect(ids(700)).toContain('outcome');
    expect(ids(600)).not.toContain('outcome');
  });

  it('always leaves room for the info', () => {
    for (const width of [480, 520, 604, 659, 660, 759, 760, 804, 899, 900, 1039, 1040, 1119, 1120, 1440]) {
      for (const sources of [false, true]) {
        const others = columnsFor(width, {}, 20_000, sources).reduce((sum, column) => sum + column.width, 18);
        expect(width + (sources ? SOURCE_WIDTH : 0) - others).toBeGreaterThanOrEqual(140);
      }
    }
  });

  it('calls the time what it tells, and gives it the room that takes', () => {
    const time = (format: TimeFormat) => columnsFor(800, {}, 20_000, false, format).find(({ id }) => id === 'time')!;
    expect(TIME_FORMATS.map((format) => time(format).title)).toEqual([
      'Time',
      'Date and time',
      'Since start',
      'Since row before',
    ]);
    expect(holds(time('date'), '2026-11-20 14:02:09.411957'.length)).toBe(true);
    expect(holds(time('start'), '86400.411957'.length)).toBe(true);
  });

  it('makes room for the largest number', () => {
    const width = (largest: number) => columnsFor(1200, {}, largest)[0]!.width;
    expect(width(18_521)).toBe(62);
    expect(width(10_000_000)).toBeGreaterThanOrEqual('10,000,000'.length * 7.2 + 12);
  });

  it('are in the order of their ids', () => {
    expect(COLUMNS.map(({ id }) => id)).toEqual(BUILTIN_COLUMNS);
    for (const id of BUILTIN_COLUMNS) expect(columnName(id)).not.toBe('');
  });

  const chosen = (...fields: string[]) => fields.reduce((choice, field) => addField(choice, field), USUAL_COLUMNS);
  const shownWith = (width: number, choice: ColumnChoice, widths = {}) =>
    columnsFor(width, widths, 20_000, false, 'clock', choice);

  it('shows fields where they were put, before built-in columns that there is no room for beside them', () => {
    const two = chosen('link.ifname', 'link.mtu');
    const wide = shownWith(1400, two).map(({ id }) => id);
    expect(wide).toEqual([...ids(1400).slice(0, -2), 'field:link.ifname', 'field:link.mtu', 'info', 'outcome']);
    const small = shownWith(900, two).map(({ id }) => id);
    expect(small).toContain('field:link.mtu');
    expect(small).toContain('type');
    expect(small).not.toContain('process');
    expect(shownWith(480, two).map(({ id }) => id)).toEqual(ids(480));
  });

  it('leaves room for the info whatever fields there are, and whatever is hidden', () => {
    const many = chosen('a.a', 'a.b', 'a.c', 'a.d', 'a.e', 'a.f', 'a.g');
    const hidden = ['time', 'relation', 'family', 'type', 'process', 'flags', 'length', 'outcome'];
    for (let width = 480; width <= 1920; width += 20) {
      for (let mask = 0; mask < 1 << hidden.length; mask += 5) {
        for (const order of [[], many.order]) {
          const choice = { order, hidden: hidden.filter((_, bit) => mask & (1 << bit)) };
          const others = shownWith(width, choice).reduce((sum, column) => sum + column.width, 18);
          if (width - others < 140) expect([width, choice, width - others]).toEqual([]);
        }
      }
    }
    // A field that is wider than the list is not shown, and the next one is.
    const wide = shownWith(900, many, { 'field:a.a': 800 }).map(({ id }) => id);
    expect([wide.includes('field:a.a'), wide.includes('field:a.b')]).toEqual([false, true]);
  });

  it('gives the room of hidden columns to those that had none', () => {
    const without = { order: [], hidden: ['type', 'info', 'number'] };
    const shown = shownWith(1000, without).map(({ id }) => id);
    expect(shown).toContain('length');
    expect(shown).toContain('info');
    expect(shown).not.toContain('type');
  });

  it('takes widths that the user gave', () => {
    expect(gridTemplate(columnsFor(1200, { type: 250 }, 1))).toContain(' 250px 108px');
    expect([clampWidth(2), clampWidth(99.6), clampWidth(5000)]).toEqual([36, 100, 800]);
  });
});

describe('cellClause', () => {
  const registry = createFieldRegistry(builtinLibrary());
  const known = SAMPLE_ROWS.filter((row) => row.kind === 'message' && row.family === 'RT');

  it('is a valid filter for every cell that has one', () => {
    for (const row of known) {
      for (const { id } of COLUMNS) {
        const clause = cellClause(row, id);
        if (clause !== null) expect([clause, checkFilter(clause, registry)]).toEqual([clause, { state: 'ok' }]);
      }
    }
  });

  it('is made of what the host says of a field, where it says anything', () => {
    const row = {
      ...known[0]!,
      fields: {
        'link.ifname': { text: 'a "b"', filterValue: '"a \\"b\\""' },
        'link.linkinfo': { text: 'veth', filterValue: '' },
        'link.stats': { text: '00 …' },
      },
    };
    const clause = (field: string) => cellClause(row, `field:${field}`);
    expect(clause('link.ifname')).toBe('link.ifname == "a \\"b\\""');
    expect(checkFilter(clause('link.ifname')!, registry)).toEqual({ state: 'ok' });
    expect(clause('link.linkinfo')).toBe('link.linkinfo');
    for (const none of ['link.stats', 'link.mtu', 'constructor', '__proto__', 'a b']) expect(clause(none)).toBeNull();
    expect(cellClause(known[0]!, 'field:link.ifname')).toBeNull();
  });

  it('names what the cell shows', () => {
    const failed = SAMPLE_ROWS.find((row) => row.error)! as Row;
    expect(cellClause(failed, 'info')).toBe('errno == ENODEV');
    expect(cellClause(failed, 'family')).toBe('nl.protocol == NETLINK_GENERIC');
    expect(cellClause(known[0]!, 'type')).toBe('nl.type == "RTM_NEWLINK"');
    expect(cellClause(known[0]!, 'outcome')).toBe('tx.outcome == ack');
    expect(cellClause(known[0]!, 'time')).toBeNull();
    const gap = SAMPLE_ROWS.find((row) => row.kind === 'gap')! as Row;
    expect(cellClause(gap, 'number')).toBeNull();
  });
});
