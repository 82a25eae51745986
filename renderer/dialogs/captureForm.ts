import {
  type Autostop,
  type CaptureOptions,
  DEFAULT_RECEIVE_BUFFER,
  type NetnsInfo,
  type RingBuffer,
} from '../../app/contracts/index.ts';
import { plural } from '../format/format.ts';

/** The capture options as they are being edited: numbers and lists are the text that stands in their fields. */
export interface CaptureForm {
  readonly everything: boolean;
  readonly tap: boolean;
  /** Names of the namespaces that are ticked, "" for our own. */
  readonly namespaces: readonly string[];
  /** Further ones, by process id or path, with commas between. */
  readonly moreNamespaces: string;
  /** FIFOs and hosts, with commas between. */
  readonly pipes: string;
  readonly remotes: string;
  readonly toFiles: boolean;
  readonly path: string;
  /** Limits; "" for none. Sizes are in MB. */
  readonly fileSize: string;
  readonly fileSeconds: string;
  readonly fileMessages: string;
  readonly keep: string;
  readonly stopSize: string;
  readonly stopSeconds: string;
  readonly stopMessages: string;
  readonly stopFiles: string;
  readonly allNsid: boolean;
  readonly receiveBuffer: number;
}

/** What is wrong with fields, by their names. */
export type FormProblems = { -readonly [field in keyof CaptureForm]?: string };

const KB_PER_MB = 1000;

/**
 * The form of options.
 * @param named namespaces that have a box of their own
 */
export function formOf(options: CaptureOptions, named: readonly NetnsInfo[]): CaptureForm {
  const wanted = options.namespaces ?? [options.netns ?? ''];
  const nameOf = (one: string) => named.find(({ name, path }) => name === one || path === one)?.name;
  const { ringBuffer: ring, autostop: stop } = options;
  const text = (value: number | undefined, unit = 1) => (value === undefined ? '' : `${value / unit}`);
  return {
    everything: options.everything ?? false,
    tap: options.tap ?? false,
    namespaces: wanted.flatMap((one) => nameOf(one) ?? []),
    moreNamespaces: wanted.filter((one) => nameOf(one) === undefined).join(', '),
    pipes: (options.pipes ?? []).join(', '),
    remotes: (options.remotes ?? []).map(({ host }) => host).join(', '),
    toFiles: ring !== undefined,
    path: ring?.path ?? '',
    fileSize: text(ring?.filesize, KB_PER_MB),
    fileSeconds: text(ring?.duration),
    fileMessages: text(ring?.messages),
    keep: text(ring?.files),
    stopSize: text(stop?.filesize, KB_PER_MB),
    stopSeconds: text(stop?.duration),
    stopMessages: text(stop?.messages),
    stopFiles: text(stop?.files),
    allNsid: options.allNsid ?? false,
    receiveBuffer: options.receiveBuffer ?? DEFAULT_RECEIVE_BUFFER,
  };
}

/** The options that a form says, on top of the groups that were chosen elsewhere; and what is wrong with it. */
export function optionsOf(
  form: CaptureForm,
  before: CaptureOptions,
): { readonly options: CaptureOptions; readonly problems: FormProblems } {
  const problems: FormProblems = {};
  const number = (field: keyof CaptureForm, fractions: boolean, unit = 1): number | undefined => {
    const text = `${form[field]}`.trim().replaceAll(',', '');
    if (text === '') return undefined;
    const value = Number(text) * unit;
    if (Number.isFinite(value) && value > 0 && (fractions || Number.isInteger(value))) return value;
    problems[field] = fractions ? 'A number above 0' : unit === 1 ? 'A whole number above 0' : 'A number of MB';
    return undefined;
  };
  const size = (field: keyof CaptureForm) => number(field, false, KB_PER_MB);
  const namespaces = [...form.namespaces, ...listOf(form.moreNamespaces)];
  const wrong = listOf(form.moreNamespaces).find((one) => !/^(\d+|\/.+)$/.test(one));
  if (wrong !== undefined) problems.moreNamespaces = `“${wrong}” is neither a process id nor a path`;
  const pipes = listOf(form.pipes);
  const relative = pipes.find((path) => !path.startsWith('/'));
  if (relative !== undefined) problems.pipes = `“${relative}” is no path that begins with /`;
  const remotes = listOf(form.remotes);
  if (remotes.some((host) => /\s/.test(host) || host.startsWith('-'))) problems.remotes = 'user@host, as ssh takes it';
  if (namespaces.length === 0 && pipes.length === 0 && remotes.length === 0)
    problems.moreNamespaces = 'Choose a namespace, or another source';

  let ringBuffer: RingBuffer | undefined;
  if (form.toFiles) {
    if (!form.path.trim().startsWith('/')) problems.path = 'A path that begins with /';
    ringBuffer = given({
      path: form.path.trim(),
      filesize: size('fileSize'),
      duration: number('fileSeconds', true),
      messages: number('fileMessages', false),
      files: number('keep', false),
    });
    const { filesize, duration, messages, files } = ringBuffer;
    if (files !== undefined && filesize === undefined && duration === undefined && messages === undefined)
      problems.keep = 'Needs a limit for each file';
  }
  const autostop: Autostop = given({
    filesize: size('stopSize'),
    duration: number('stopSeconds', true),
    messages: number('stopMessages', false),
    files: form.toFiles ? number('stopFiles', false) : undefined,
  });
  const isOwnAlone = namespaces.length === 1 && namespaces[0] === '';
  const options: CaptureOptions = given({
    groups: before.groups,
    everything: form.everything,
    tap: form.tap,
    namespaces: isOwnAlone ? undefined : namespaces,
    allNsid: form.allNsid,
    receiveBuffer: form.receiveBuffer,
    ringBuffer,
    autostop: Object.keys(autostop).length === 0 ? undefined : autostop,
    pipes: pipes.length === 0 ? undefined : pipes,
    // A command of the host's own, which the form does not show, stays.
    remotes:
      remotes.length === 0
        ? undefined
        : remotes.map((host) => before.remotes?.find((known) => known.host === host) ?? { host }),
  });
  return { options, problems };
}

/** Without the members that are undefined. */
function given<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What a capture with these options does beside listening to groups, in a few words each. */
export function extrasOf(options: CaptureOptions): string[] {
  const { tap, namespaces = [], pipes = [], remotes = [], ringBuffer, autostop } = options;
  return [
    tap ? 'tap' : '',
    namespaces.length > 1
      ? plural(namespaces.length, 'namespace')
      : namespaces.map((name) => `namespace ${name || 'of nlscope'}`).join(),
    pipes.length > 0 ? plural(pipes.length, 'pipe') : '',
    remotes.length > 0 ? plural(remotes.length, 'remote host') : '',
    ringBuffer ? 'written to files' : '',
    autostop ? 'stops by itself' : '',
  ].filter((word) => word !== '');
}
