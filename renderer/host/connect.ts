import type { ShellApi } from '../../app/contracts/index.ts';
import { createHost, type Host } from './createHost.ts';
import { portTransport, webSocketTransport } from './transports.ts';
import { webShell } from './webShell.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload script; absent in a browser. */
    readonly nlscopeShell?: ShellApi;
  }
}

/** The host and the shell of the edition this window runs in. */
export function connect(): { readonly host: Host; readonly shell: ShellApi } {
  const shell = window.nlscopeShell;
  if (shell) return { host: createHost(portTransport()), shell };
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return { host: createHost(webSocketTransport(`${scheme}://${location.host}/socket`)), shell: webShell() };
}
