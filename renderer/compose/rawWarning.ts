import type { FieldNode, NetnsInfo, OperationInfo } from '../../app/contracts/index.ts';
import { type SendWarning, sendWarning, unknownWarning } from './operations.ts';
import type { RawState } from './RawEditor.tsx';

/**
 * The warning for bytes typed by hand: that of the first message in them that changes something. What no spec knows may
 * change anything, so it is warned of; only what is known to ask is not. Null also while there is nothing decoded: then
 * nothing can be sent either.
 */
export function rawWarning(
  raw: Pick<RawState, 'protocol' | 'decoded'>,
  operations: readonly OperationInfo[],
  netns: NetnsInfo | undefined,
): SendWarning | null {
  if (raw.decoded === null) return null;
  const { messages } = raw.decoded;
  if (messages.length === 0) return unknownWarning(raw.protocol, netns);
  for (const { tree } of messages) {
    const names = namesIn(tree);
    const known = operations.filter(({ protocol, name }) => protocol === raw.protocol && names.has(name));
    if (known.length === 0) return unknownWarning(raw.protocol, netns);
    const warning = sendWarning(known.find(({ mutating }) => mutating) ?? null, netns);
    if (warning !== null) return warning;
  }
  return null;
}

/** Words in the values of the netlink headers: the type of a message is among them. */
function namesIn(tree: readonly FieldNode[]): Set<string> {
  const headers = tree.filter(({ name }) => name === 'nlmsghdr' || name === 'genlmsghdr');
  const texts = headers.flatMap(({ children }) => children.map(({ text }) => text));
  return new Set(texts.flatMap((text) => text.split(/[^A-Z0-9_]+/)));
}
