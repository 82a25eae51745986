import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './theme/tokens.css';
import './theme/base.css';
import './widgets/widgets.css';
import type { ShellApi } from '../app/contracts/index.ts';
import type { Host } from './host/createHost.ts';
import { AppContext, createApp } from './stores/app.ts';
import { Window } from './Window.tsx';
import { TooltipProvider } from './widgets/Tooltip.tsx';

/** Puts the window into the document's #root, on a host and a shell. */
export function mount(host: Host, shell: ShellApi): void {
  passNonceToLibraries();
  const root = document.getElementById('root');
  if (!root) throw new Error('The page has no #root');
  createRoot(root).render(
    <StrictMode>
      <AppContext value={createApp(host, shell)}>
        <TooltipProvider>
          <Window />
        </TooltipProvider>
      </AppContext>
    </StrictMode>,
  );
}

/** Libraries that add style elements look for the page's nonce under this name, which bundlers gave it. */
function passNonceToLibraries(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content;
  if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce });
}
