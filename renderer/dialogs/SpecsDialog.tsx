import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SpecReport } from '../../app/contracts/index.ts';
import { specsSentence } from '../actions/decoding.ts';
import { useApp } from '../stores/app.ts';
import { useHostState } from '../stores/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { Dialog } from '../widgets/Dialog.tsx';

/** The user's own specs: where they come from, what is wrong with them, and a way to read them anew. */
export function SpecsDialog({ onClose }: { onClose(): void }) {
  const app = useApp();
  const decoding = useHostState((state) => state.decoding);
  const [report, setReport] = useState<SpecReport | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the host's count says that they were read anew
  useEffect(() => {
    void app.run(app.api.specs()).then((found) => found && setReport(found));
  }, [app, decoding]);
  const reload = async () => {
    const next = await app.run(app.api.reloadSpecs());
    if (next) setReport(next);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title="Specs of your own"
      description={report ? `${specsSentence(report)}.` : 'Asking…'}
      width="wide"
      testId="specs"
      actions={
        <>
          <Button icon={RefreshCw} onClick={() => void reload()} data-testid="specs-reload">
            Reload
          </Button>
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      {report && <Report report={report} />}
    </Dialog>
  );
}

function Report({ report: { folders, loaded, problems } }: { report: SpecReport }) {
  return (
    <div className="specs">
      {problems.length > 0 && (
        <section>
          <h3>What is wrong</h3>
          <ul data-testid="specs-problems">
            {problems.map((text) => (
              <li key={text} className="mono wrong">
                {text}
              </li>
            ))}
          </ul>
        </section>
      )}
      {loaded.length > 0 && (
        <section>
          <h3>In force</h3>
          <ul>
            {loaded.map(({ name, path }) => (
              <li key={path}>
                <span className="mono">{name}</span> <span className="mono muted">{path}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="muted">
        {folders.length > 0
          ? `They are read from ${folders.join(', ')}, and again when a file there changes.`
          : 'Put YAML files in YNL format into ~/.config/nlscope/specs: they are read when the folder is there. NLSCOPE_SPECS and --specs name other folders.'}{' '}
        “nlscope spec check FILE” lists everything that is wrong with a file.
      </p>
    </div>
  );
}
