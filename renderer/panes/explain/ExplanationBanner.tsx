import { Send, SquarePen } from 'lucide-react';
import type { Explanation } from '../../../app/contracts/index.ts';
import { compose, resend } from '../../actions/message.ts';
import { goToMessage, selectedMessage, selectField } from '../../actions/navigate.ts';
import { type App, useApp } from '../../stores/app.ts';
import { type DetailModel, loadDetail } from '../../stores/detail.ts';
import { Button } from '../../widgets/Button.tsx';
import { SeverityIcon } from '../../widgets/Icons.tsx';
import { nodeAtRange } from '../tree/treeRows.ts';
import './explain.css';

/** Why a request failed, in this order: errno name, the kernel's words, the attribute, the next step. */
export function ExplanationBanner({ explanation, model }: { explanation: Explanation; model: DetailModel }) {
  const app = useApp();
  const { errno, meaning, message, attribute, range, requestNumber, advice } = explanation;
  const request = requestNumber ?? model.number;
  return (
    <section className="banner" aria-label="Why it failed" data-testid="explanation">
      <SeverityIcon severity="error" size={16} />
      <div className="banner-head">
        <strong>{errno}</strong>
        <span className="selectable">{message || meaning}</span>
      </div>
      <div className="banner-actions">
        <Button icon={Send} keys="Shift+R" className="wide-only" onClick={() => void resend(app, request)}>
          Resend
        </Button>
        <Button icon={SquarePen} variant="primary" keys="E" onClick={() => compose(app, request)}>
          Edit and resend
        </Button>
      </div>
      <div className="banner-body selectable">
        {attribute && (
          <p>
            {range && requestNumber !== null ? (
              <button
                type="button"
                className="banner-link mono"
                data-testid="explanation-attribute"
                onClick={() => void showInRequest(app, explanation)}
              >
                {attribute}
              </button>
            ) : (
              <span className="mono">{attribute}</span>
            )}
            {range ? (
              <>
                {' '}
                at offset <span className="mono">0x{range.start.toString(16)}</span> of the request
                {requestNumber !== null && requestNumber !== model.number && ` #${requestNumber}`}
                {message && meaning && `: ${meaning}`}
              </>
            ) : (
              ' is missing from the request'
            )}
          </p>
        )}
        {!attribute && message && <p>{meaning}</p>}
        {advice && <p>Next: {advice}</p>}
      </div>
    </section>
  );
}

/** Goes to the request and selects the attribute that the kernel pointed at. */
async function showInRequest(app: App, { requestNumber, range }: Explanation): Promise<void> {
  if (requestNumber === null || range === null) return;
  if (selectedMessage(app) !== requestNumber) await goToMessage(app, requestNumber);
  const model = await app.run(loadDetail(app.api, requestNumber));
  const found = model && nodeAtRange(model.detail.tree, range);
  if (found) selectField(app, requestNumber, found);
}
