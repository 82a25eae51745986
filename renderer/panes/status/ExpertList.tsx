import { useEffect, useState } from 'react';
import type { ExpertItem } from '../../../app/contracts/index.ts';
import { goToMessage } from '../../actions/navigate.ts';
import { count, plural } from '../../format/format.ts';
import { useApp } from '../../stores/app.ts';
import { useHostState } from '../../stores/hooks.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { SeverityIcon, severityWord } from '../../widgets/Icons.tsx';

/** Items fetched at once; "Show more" fetches the next. */
const PAGE = 200;

/** Errors, warnings and notes of the capture, message by message. A click goes to the message. */
export function ExpertList() {
  const app = useApp();
  const revision = useHostState(({ severities, view }) => `${Object.values(severities)} ${view.total}`);
  const [wanted, setWanted] = useState(PAGE);
  const [list, setList] = useState<{ total: number; items: readonly ExpertItem[] } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the revision says when to ask again
  useEffect(() => {
    void app.run(app.api.experts(0, wanted)).then((found) => found && setList(found));
  }, [app, wanted, revision]);
  if (!list) return null;
  if (list.total === 0) return <EmptyState text="There are no errors, warnings or notes." />;
  return (
    <div className="expert-list" data-testid="expert-list">
      <header>{plural(list.total, 'finding')}: errors, warnings and notes</header>
      <ul>
        {list.items.map((item) => (
          <li key={`${item.number} ${item.code} ${item.range?.start} ${item.text}`}>
            <button type="button" data-testid="expert-item" onClick={() => void goToMessage(app, item.number)}>
              <SeverityIcon severity={item.severity} size={12} label={severityWord(item.severity)} />
              <span className="mono muted">{count(item.number)}</span>
              <span className="ellipsis">{item.text}</span>
              <span className="ellipsis muted">{item.summary}</span>
            </button>
          </li>
        ))}
      </ul>
      {list.items.length < list.total && (
        <button type="button" className="link-button" onClick={() => setWanted(wanted + PAGE)}>
          Show more
        </button>
      )}
    </div>
  );
}
