import type { FieldNode, NetnsInfo, OperationInfo } from '../../app/contracts/index.ts';
import { netnsTitle, type SendWarning, sendWarning } from './operations.ts';
import type { RawState } from './RawEditor.tsx';

/**
 * The warning for bytes typed by hand: that of the first message in them that changes something. What no spec knows may
 * change anything, so it is warned of; only what is known to ask is not.
 */
export function rawWarning(
  raw: Pick<RawState, 'protocol' | 'decoded'>,
  operations: readonly OperationInfo[],
  netns: NetnsInfo | undefined,
): SendWarning | null {
  const messages = raw.decoded?.messages ?? [];
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

function unknownWarning(protocol: string, netns: NetnsInfo | undefined): SendWarning {
  return {
    what: `${protocol} bytes that no spec describes may change something`,
    where: netnsTitle(netns),
    capability: '',
    ownHost: netns === undefined || netns.name === '',
  };
}
