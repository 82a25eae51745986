import type { OperationInfo } from '../../app/contracts/index.ts';
import { presetsOf } from './operations.ts';

interface StartPanelProps {
  operations: readonly OperationInfo[] | null;
  /** Why there is nothing to edit, '' when nothing was chosen yet. */
  failure: string;
  onChoose(id: string): void;
}

/** What stands in the drawer before an operation is chosen. */
export function StartPanel({ operations, failure, onChoose }: StartPanelProps) {
  const presets = presetsOf(operations ?? []);
  return (
    <div className="compose-start">
      {failure !== '' && <p className="tone-error">{failure}</p>}
      <p className="muted">
        {operations === null
          ? 'Fetching what the specs know.'
          : 'Choose an operation above, or begin with one of these.'}
      </p>
      <ul className="compose-presets">
        {presets.map(({ title, operation }) => (
          <li key={operation.id}>
            <button
              type="button"
              className="compose-preset"
              data-testid="compose-preset"
              onClick={() => onChoose(operation.id)}
            >
              <span>{title}</span>
              <span className="mono muted">
                {operation.name} {operation.mode}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
