import { mount } from '../mount.tsx';
import { createFakeHost, createFakeShell } from './fakeHost.ts';

// Development only: the window on samples. ?theme=light, ?rows=5000000.
const query = new URLSearchParams(location.search);
const { host, updateView, state } = createFakeHost({ rows: Number(query.get('rows') ?? 20) });
const theme = query.get('theme');
if (theme) localStorage.setItem('nlscope.preferences', JSON.stringify({ state: { theme }, version: 1 }));
mount(host, createFakeShell());
if (query.has('live')) {
  setInterval(() => {
    const { rows } = state().view;
    updateView({ rows: rows + 12, shown: rows + 12, total: rows + 12 });
  }, 100);
}
