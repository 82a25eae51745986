import { type ComparedObject, type DumpComparison, MAX_COMPARED, type Standing } from '../contracts/index.ts';
import { identityOf } from './identity.ts';
import { type ChangedField, changedFields } from './text.ts';
import { type ComparableMessage, compareTrees } from './trees.ts';

/** A message of a dump: what it takes to compare it is asked for when it is needed. */
export interface DumpedMessage {
  readonly number: number;
  /** RTM_NEWLINK. */
  readonly type: string;
  /** What tells the message from others with the same type: all bytes after the netlink header. */
  body(): Uint8Array;
  read(): ComparableMessage;
  summary(): string;
}

/** Changes that a ComparedObject lists. */
const MOST_CHANGES = 6;

/** Of so many objects with one key the one is looked for that differs least. */
const MOST_CANDIDATES = 8;

/**
 * Compares the objects of two dumps; objects are the same when what the kernel keeps them by is. It works as it is
 * iterated, a message or two at a time, and tells how many of the messages are done.
 * @param a messages of the dump before, without what ends it; `numberA` that of its request, 0 for none
 */
export function* compareDumps(
  numberA: number,
  a: readonly DumpedMessage[],
  numberB: number,
  b: readonly DumpedMessage[],
): Generator<number, DumpComparison> {
  let done = 0;
  const matched = new Map<string, Set<string>>();
  const keyOf = (message: DumpedMessage): string => {
    const { tree, bytes } = message.read();
    const { fields, key } = identityOf(message.type, tree, bytes);
    const known = matched.get(message.type) ?? new Set();
    matched.set(message.type, known);
    for (const field of fields) known.add(field);
    return key;
  };

  // What is the same byte for byte needs no decoding.
  const bodies = new Map<string, DumpedMessage[]>();
  for (const message of a) {
    add(bodies, bodyKey(message), message);
    yield ++done;
  }
  const sameOf = new Map<DumpedMessage, DumpedMessage>();
  const leftOfB: DumpedMessage[] = [];
  for (const message of b) {
    const same = bodies.get(bodyKey(message))?.shift();
    if (same === undefined) leftOfB.push(message);
    else sameOf.set(message, same);
    yield ++done;
  }
  const objects = new Map<string, DumpedMessage[]>();
  for (const same of bodies.values()) {
    for (const message of same) {
      add(objects, keyOf(message), message);
      yield done;
    }
  }
  // One pair of those that are the same tells by what all of their type are.
  for (const message of sameOf.keys()) if (!matched.has(message.type)) keyOf(message);

  const counts: { [standing in Standing]: number } = { same: sameOf.size, changed: 0, onlyA: 0, onlyB: 0 };
  let expected = 0;
  const differing: (ComparedObject & { readonly at: number })[] = [];
  const list = (object: ComparedObject, at: number) => {
    counts[object.standing]++;
    if (object.expected) expected++;
    if (object.standing !== 'same') differing.push({ ...object, at });
  };
  const placeOfB = new Map(b.map((message, at) => [message, at]));
  for (const message of leftOfB) {
    const before = takeNearest(objects.get(keyOf(message)), message);
    const at = placeOfB.get(message)!;
    if (before === undefined) list(single(message, 'onlyB'), at);
    else list(pair(before, message), at);
    yield done;
  }
  const placeOfA = new Map(a.map((message, at) => [message, at]));
  for (const removed of objects.values()) {
    for (const message of removed) {
      list(single(message, 'onlyA'), placeOfA.get(message)!);
      yield done;
    }
  }
  differing.sort((one, other) => one.at - other.at);
  return {
    a: numberA,
    b: numberB,
    objects: { a: a.length, b: b.length },
    counts,
    expected,
    matchedBy: [...matched].map(([type, fields]) => ({ type, fields: [...fields] })),
    differing: differing.slice(0, MAX_COMPARED).map(({ at: _, ...object }) => object),
  };
}

function bodyKey(message: DumpedMessage): string {
  let key = `${message.type} `;
  for (const byte of message.body()) key += String.fromCharCode(byte);
  return key;
}

function add(map: Map<string, DumpedMessage[]>, key: string, message: DumpedMessage): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [message]);
  else known.push(message);
}

/** Takes out of those with its key the message that differs least from another one. */
function takeNearest(candidates: DumpedMessage[] | undefined, message: DumpedMessage): DumpedMessage | undefined {
  if (candidates === undefined || candidates.length < 2) return candidates?.shift();
  const wanted = message.read();
  const distances = candidates
    .slice(0, MOST_CANDIDATES)
    .map((candidate) => changedFields(compareTrees(candidate.read(), wanted), false).length);
  const [nearest] = candidates.splice(distances.indexOf(Math.min(...distances)), 1);
  return nearest;
}

function single(message: DumpedMessage, standing: 'onlyA' | 'onlyB'): ComparedObject {
  const { number } = message;
  return {
    standing,
    expected: false,
    a: standing === 'onlyA' ? number : 0,
    b: standing === 'onlyB' ? number : 0,
    summary: message.summary(),
    changes: [],
    more: 0,
  };
}

function pair(a: DumpedMessage, b: DumpedMessage): ComparedObject {
  const compared = compareTrees(a.read(), b.read()).filter(({ name }) => name !== 'nlmsghdr');
  const isChanged = compared.some(({ standing }) => standing !== 'same');
  const all: ChangedField[] = changedFields(compared, false);
  const changes = all.length > 0 ? all : changedFields(compared, true);
  return {
    standing: isChanged ? 'changed' : 'same',
    expected: isChanged && all.length === 0,
    a: a.number,
    b: b.number,
    summary: b.summary(),
    changes: changes.slice(0, MOST_CHANGES).map(({ text }) => text),
    more: Math.max(0, changes.length - MOST_CHANGES),
  };
}
