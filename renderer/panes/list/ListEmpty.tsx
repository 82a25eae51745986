import { togglePause } from '../../actions/capture.ts';
import { openFile } from '../../actions/files.ts';
import { clearFilter } from '../../actions/filter.ts';
import { toggleFamilies } from '../../commands/table.ts';
import { plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState } from '../../stores/hooks.ts';
import { Button } from '../../widgets/Button.tsx';
import { EmptyState } from '../../widgets/EmptyState.tsx';

/** Why the list shows no rows, and the one thing to do about it. Nothing while there are rows. */
export function ListEmpty() {
  const app = useApp();
  const { view, capture, viewPaused, job } = useHostState((state) => state);
  if (view.rows > 0 || job?.kind === 'open') return null;
  const cover = (text: string, label: string, run: () => void, testId: string) => (
    <div className="list-cover">
      <EmptyState text={text} action={<Button onClick={run}>{label}</Button>} testId={testId} />
    </div>
  );
  if (view.total > 0 && view.progress < 1) return null;
  // Messages that came while the list is paused are counted, but not hidden by anything.
  const waiting = capture === 'capturing' && viewPaused && view.filter === '';
  if (view.total > 0 && !waiting) {
    const text = `The filter hides all ${plural(view.total, 'message')}.`;
    return cover(text, 'Clear filter', () => clearFilter(app), 'empty-filtered');
  }
  if (capture === 'capturing' && viewPaused) {
    return cover(
      'The list is paused: messages are kept and appear when it goes on.',
      'Resume',
      () => togglePause(app),
      'empty-paused',
    );
  }
  if (capture === 'capturing') {
    const text = 'Listening. None of the chosen groups has said anything yet.';
    return cover(text, 'Choose more groups', () => toggleFamilies(app), 'empty-listening');
  }
  return cover('This capture holds no messages.', 'Open another file', () => openFile(app), 'empty-file');
}
