import { CAPTURE_SUFFIXES, type ShellApi, type Upload } from '../../app/contracts/index.ts';

/** Answer of POST /upload and POST /reserve: a path on the host that HostApi takes. */
interface PathAnswer {
  readonly path: string;
}

/**
 * The window's frame in a plain browser: files are uploaded to and downloaded from the host over HTTP, on the same
 * origin and with the same cookie as the socket.
 */
export function webShell(): ShellApi {
  let watch: (upload: Upload | null) => void = () => {};
  const upload = (file: File) => send(file, (state) => watch(state));
  return {
    edition: 'served',
    async pickOpen() {
      const file = await chooseFile(CAPTURE_SUFFIXES.map((suffix) => `.${suffix}`).join());
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
    // The host keeps what is not saved when a browser's window goes.
    tellUnsaved() {},
    pathOfDropped: (file) => (file instanceof File ? upload(file) : Promise.resolve(null)),
    onCommand: () => () => {},
    onOpenFile: () => () => {},
    onSaveAndClose: () => () => {},
    onUpload(handler) {
      watch = handler;
      return () => {
        watch = () => {};
      };
    },
  };
}

/** Sends a file to the host, telling how far it is: fetch() does not. Resolves to its path, null when it was stopped. */
function send(file: File, tell: (upload: Upload | null) => void): Promise<string | null> {
  const request = new XMLHttpRequest();
  const told = (progress: number) => tell({ name: file.name, progress, stop: () => request.abort() });
  const answer = new Promise<string | null>((resolve, reject) => {
    request.upload.onprogress = ({ loaded, total }) => told(total === 0 ? 1 : loaded / total);
    request.onload = () => {
      if (request.status === 200) resolve((JSON.parse(request.responseText) as PathAnswer).path);
      else reject(refused(request.status, request.responseText));
    };
    request.onerror = () => reject(new Error(`${file.name} did not reach the host: the connection broke. Try again.`));
    request.onabort = () => resolve(null);
  });
  request.open('POST', `/upload?name=${encodeURIComponent(file.name)}`);
  request.send(file);
  told(0);
  return answer.finally(() => tell(null));
}

async function post(url: string): Promise<PathAnswer> {
  const response = await fetch(url, { method: 'POST', credentials: 'same-origin' });
  if (!response.ok) throw refused(response.status, await response.text());
  return (await response.json()) as PathAnswer;
}

function refused(status: number, reason: string): Error {
  return new Error(`The host refused the file: ${status} ${reason}`);
}

function chooseFile(accept: string): Promise<File | null> {
  // Long after a press (a capture was saved in between) browsers show no dialog, and do not say so.
  if (!navigator.userActivation.isActive) {
    return Promise.reject(
      new Error('A browser lets files be chosen right after a press only: open the capture once more.'),
    );
  }
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
