import { type AddressOwner, type FieldNode, type ProcessInfo, processName } from '../../app/contracts/index.ts';
import { quote } from '../../app/filter/index.ts';
import { type Hosts, type MessageStore, userPortid } from '../../app/session/index.ts';

/**
 * Which part a process has in a message: it sent it, it received the kernel's answer, or its request caused the
 * kernel's notification.
 */
export type SpeakerRole = 'sender' | 'receiver' | 'cause';

/** The process on the user space side of a message. */
export interface Speaker {
  readonly role: SpeakerRole;
  readonly owner: AddressOwner;
}

/** What is asked about: a document's messages and who owned which address. */
export interface SpeakerSources {
  readonly store: MessageStore;
  readonly hosts: Hosts;
}

/** The process on the user space side of a message; null when nothing tells its address or nobody has looked. */
export function speakerOf({ store, hosts }: SpeakerSources, row: number): Speaker | null {
  const portid = userPortid(store, row);
  if (portid === 0) return null;
  const { protocol, direction, netns, host } = store.envelope(row);
  const owner = hosts.of(host).owners.lookup(protocol, portid, store.timeNs(row), netns);
  if (owner === undefined) return null;
  return { role: ROLES[direction] ?? 'cause', owner };
}

const ROLES: { readonly [direction: string]: SpeakerRole } = { request: 'sender', user: 'sender', reply: 'receiver' };

const ROLE_WORDS: { readonly [role in SpeakerRole]: string } = {
  sender: 'Sent by',
  receiver: 'The kernel’s answer to',
  cause: 'The kernel’s notification of what was caused by',
};

const PROVENANCE_WORDS: { readonly [provenance in AddressOwner['provenance']]: string } = {
  exact: 'seen holding the socket',
  told: 'named by the kernel in a message',
  inferred: 'inferred: nobody saw the socket, but its address is the process id',
  gone: '',
};

/** A speaker in one line: part, process, and how it was found. */
export function speakerText({ role, owner: { process, provenance, portid } }: Speaker): string {
  if (process === null) return `Portid ${portid}: its process had ended before it could be looked up`;
  return `${ROLE_WORDS[role]} ${processName(process)}, portid ${portid} (${PROVENANCE_WORDS[provenance]})`;
}

/** What a reader should know about a speaker, in a few lines. */
export function speakerNote(speaker: Speaker): string {
  const { process } = speaker.owner;
  const { command = '', user = '', container = '' } = process ?? {};
  return [speakerText(speaker), command, user === '' ? '' : `user ${user}`, container]
    .filter((line) => line !== '')
    .join('\n');
}

const NOWHERE = { start: 0, end: 0 };

/** A speaker as a node of the message's tree, which no byte of it holds. */
export function speakerNode(speaker: Speaker): FieldNode {
  const { process, provenance, portid } = speaker.owner;
  const children = [
    node('comm', process?.comm, 'nl.comm'),
    node('pid', process?.pid, 'nl.pid'),
    node('command', process?.command, 'nl.command'),
    node('user', process?.user, 'nl.user'),
    node('cgroup', process?.cgroup, 'nl.cgroup'),
    node('container', process?.container, 'nl.container'),
    node('portid', portid, ''),
    node('provenance', provenance, 'nl.provenance'),
  ].filter((child) => child.text !== '');
  const text = process === null ? speakerText(speaker) : `${processName(process)}, ${provenance}`;
  return { ...node('process', undefined, ''), text, children, doc: speakerText(speaker) };
}

function node(name: string, value: string | number | undefined, filter: string): FieldNode {
  const text = value === undefined ? '' : String(value);
  const base = { name, kind: 'generated', type: 'process', value: value ?? null, text, children: [] } as const;
  const clause = filter === '' ? {} : { filter, filterValue: typeof value === 'string' ? quote(value) : text };
  return { ...base, range: NOWHERE, payload: NOWHERE, ...clause };
}

/** A speaker as JSON has it. */
export function speakerJson({ role, owner: { process, provenance, portid } }: Speaker) {
  return { role, provenance, portid, ...(process === null ? {} : processJson(process)) };
}

/** A process without what is of use to this program alone. */
export function processJson({ startedNs: _started, ...process }: ProcessInfo): Omit<ProcessInfo, 'startedNs'> {
  return process;
}
