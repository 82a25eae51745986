import { combine, type FilterJoin, formatClause } from '../../app/filter/index.ts';
import type { App } from '../stores/app.ts';

/** Applies a clause, alone or together with the current filter. */
export function applyClause(app: App, clause: string, join: FilterJoin): void {
  const { filter } = app.session.getState().state.view;
  app.filterBox?.setText(combine(filter, clause, join), true);
}

/** The clause that a field and its value make, or null when it has none. */
export function clauseOf(field: { readonly filter?: string; readonly filterValue?: string }): string | null {
  if (!field.filter) return null;
  return formatClause(field.filter, field.filterValue ?? '');
}

/** Shows everything again. */
export function clearFilter(app: App): void {
  app.filterBox?.setText('', true);
}

/** The window has a new filter in force: takes over the view it made. */
export async function filterApplied(app: App): Promise<void> {
  app.ui.setState({ view: 'messages' });
  const { generation } = app.session.getState().state.view;
  const page = await app.run(app.api.rows(0, 0));
  if (page && page.generation !== generation) {
    const { view } = app.session.getState().state;
    app.applyView({ ...view, generation: page.generation, rows: page.total });
  }
}
