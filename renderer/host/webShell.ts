import type { ShellApi } from '../../app/contracts/index.ts';

/** Answer of POST /upload and POST /reserve: a path on the host that HostApi takes. */
interface PathAnswer {
  readonly path: string;
}

/**
 * The window's frame in a plain browser: files are uploaded to and downloaded from the host over HTTP, on the same
 * origin and with the same cookie as the socket.
 */
export function webShell(): ShellApi {
  return {
    edition: 'served',
    async pickOpen() {
      const file = await chooseFile('.pcap,.pcapng,.cap');
      return file && upload(file);
    },
    async pickSave(suggestedName) {
      return (await post(`/reserve?name=${encodeURIComponent(suggestedName)}`)).path;
    },
    async saved(path) {
      const link = document.createElement('a');
      link.href = `/download?path=${encodeURIComponent(path)}`;
      link.download = '';
      link.click();
    },
    copyText: (text) => navigator.clipboard.writeText(text),
    openExternal(url) {
      window.open(url, '_blank', 'noopener,noreferrer');
    },
    pathOfDropped: (file) => (file instanceof File ? upload(file) : Promise.resolve(null)),
    onCommand: () => () => {},
    onOpenFile: () => () => {},
  };
}

async function upload(file: File): Promise<string> {
  return (await post(`/upload?name=${encodeURIComponent(file.name)}`, file)).path;
}

async function post(url: string, body?: Blob): Promise<PathAnswer> {
  const response = await fetch(url, { method: 'POST', body, credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The host refused the file: ${response.status} ${await response.text()}`);
  return (await response.json()) as PathAnswer;
}

function chooseFile(accept: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = accept;
    input.onchange = () => resolve(input.files?.[0] ?? null);
    input.oncancel = () => resolve(null);
    // In the document, or some browsers drop the picker's answer; and automation finds it there.
    input.hidden = true;
    document.body.append(input);
    input.addEventListener('change', () => input.remove());
    input.addEventListener('cancel', () => input.remove());
    input.click();
  });
}
