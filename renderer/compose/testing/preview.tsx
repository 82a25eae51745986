import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '../../theme/tokens.css';
import '../../theme/base.css';
import '../../widgets/widgets.css';
import type { ShellApi } from '../../../app/contracts/index.ts';
import { FilterBox } from '../../filter/FilterBox.tsx';
import { TooltipProvider } from '../../widgets/Tooltip.tsx';
import { ComposeDrawer } from '../ComposeDrawer.tsx';
import { previewHost } from './previewHost.ts';
import './preview.css';

/** Development only: the filter box and the compose drawer beside each other, without an engine process. */
const host = previewHost();
const shell: ShellApi = {
  edition: 'served',
  pickOpen: async () => null,
  pickSave: async () => null,
  saved: async () => undefined,
  tellUnsaved() {},
  copyText: async (text) => {
    document.body.dataset['copied'] = text;
  },
  openExternal: () => undefined,
  pathOfDropped: async () => null,
  onCommand: () => () => undefined,
  onOpenFile: () => () => undefined,
  onSaveAndClose: () => () => undefined,
  onUpload: () => () => undefined,
};
const parameters = new URLSearchParams(location.search);
document.documentElement.dataset['theme'] = parameters.get('theme') ?? 'dark';
const number = parameters.get('number');

function Preview() {
  const [applied, setApplied] = useState(parameters.get('filter') ?? '');
  const counts = { shown: 9604, total: 18521, progress: 1 };
  return (
    <div className="preview">
      <div className="preview-toolbar">
        <FilterBox host={host} applied={applied} counts={counts} onApplied={setApplied} />
      </div>
      <div className="preview-rest" />
      <ComposeDrawer
        host={host}
        shell={shell}
        initial={number === null ? { kind: 'new' } : { kind: 'message', number: Number(number) }}
        netns={[
          { name: '', path: '' },
          { name: 'lab', path: '/run/netns/lab' },
        ]}
        sequence={{ items: [], reads: 0, setItems: () => undefined, addReads: () => undefined }}
        onClose={() => undefined}
        onShowMessage={(shown) => {
          document.body.dataset['shown'] = String(shown);
        }}
      />
    </div>
  );
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <TooltipProvider>
      <Preview />
    </TooltipProvider>
  </StrictMode>,
);
