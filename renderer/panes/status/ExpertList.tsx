import { plural } from '../../format/format.ts';
import { useHostState } from '../../stores/hooks.ts';
import { EmptyState } from '../../widgets/EmptyState.tsx';
import { SeverityIcon, severityWord } from '../../widgets/Icons.tsx';
import { MessageItems } from './MessageItems.tsx';

/** Errors, warnings and notes of the capture, message by message. */
export function ExpertList() {
  const revision = useHostState(({ severities, view }) => `${Object.values(severities)} ${view.total}`);
  return (
    <MessageItems
      fetch={(app, wanted) => app.run(app.api.experts(0, wanted))}
      revision={revision}
      header={(total) => `${plural(total, 'finding')}: errors, warnings and notes`}
      nothing={<EmptyState text="There are no errors, warnings or notes." />}
      keyOf={({ number, code, range, text }) => `${number} ${code} ${range?.start} ${text}`}
      icon={({ severity }) => <SeverityIcon severity={severity} size={12} label={severityWord(severity)} />}
      testId="expert"
    />
  );
}
