import type { HostState, NoteKind } from '../../app/contracts/index.ts';
import { plural } from './format.ts';

/** What users add to messages, as a sentence names it. */
const NOTES: { readonly [kind in NoteKind]: string } = {
  comments: 'comments on messages',
  marks: 'marks',
  references: 'time references',
};

/** What would be lost with the capture: its messages, or what was written about them. "" for nothing. */
export function whatIsUnsaved({ view, unsavedParts }: Pick<HostState, 'view' | 'unsavedParts'>): string {
  if (unsavedParts.length === 0) return '';
  if (unsavedParts.includes('messages')) {
    return `${plural(view.total, 'message')} ${view.total === 1 ? 'is' : 'are'} not saved and will be lost.`;
  }
  const kinds = unsavedParts.flatMap((part) => (part === 'messages' ? [] : [NOTES[part]]));
  const last = kinds.pop();
  const named = kinds.length === 0 ? last : `${kinds.join(', ')} and ${last}`;
  return `Changes to the ${named} are not saved and will be lost.`;
}

/** What the title of the window tells: the capture, with a star before it while something of it is not saved. */
export function windowTitle({ capture, fileName, unsaved, view }: HostState): string {
  const name = fileName !== '' ? fileName : captureName(capture, unsaved, view.total);
  return name === '' ? 'nlscope' : `${unsaved ? '*' : ''}${name} – nlscope`;
}

function captureName(capture: HostState['capture'], unsaved: boolean, messages: number): string {
  if (capture === 'capturing') return 'Capturing';
  if (unsaved) return 'Unsaved capture';
  return messages > 0 ? 'Capture' : '';
}
