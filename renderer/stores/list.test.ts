import { expect, it } from 'vitest';
import type { HostApi, RowPage, ViewInfo } from '../../app/contracts/index.ts';
import { createMessageList } from './list.ts';

const VIEW: ViewInfo = {
  generation: 1,
  rows: 1,
  shown: 1,
  total: 1,
  marked: 0,
  filter: '',
  grouped: true,
  progress: 1,
};

it('asks the pane to draw anew when replies came that add no row', () => {
  const rows = () => Promise.resolve<RowPage>({ generation: 1, first: 0, total: 1, rows: [] });
  const list = createMessageList({ rows } as unknown as HostApi);
  list.setView(VIEW, false);
  const { version } = list.store.getState();
  list.setView(VIEW, false);
  expect(list.store.getState().version).toBe(version);
  list.setView({ ...VIEW, shown: 4, total: 4 }, false);
  expect(list.store.getState().version).toBeGreaterThan(version);
});
