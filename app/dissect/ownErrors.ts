import type { AttrSpace, MessageDef } from '../specs/index.ts';
import { forEachAttribute, NLMSG_HDRLEN, readText } from '../wire/index.ts';
import type { DecodeState } from './field.ts';

/**
 * The constant of an error number that only the requests of a spec fail with; '' where errno's own counts.
 * @param message what the request is; undefined where that is not known
 * @param errno a positive number
 * @param state holds the request, from its nlmsghdr at `start` up to `end`
 */
export function ownErrorName(
  message: MessageDef | undefined,
  errno: number,
  { bytes, littleEndian }: DecodeState,
  start: number,
  end: number,
): string {
  if (message === undefined) return '';
  const { errors, errorKinds } = message.spec;
  if (errors === null) return '';
  const from = start + NLMSG_HDRLEN + (message.header?.size ?? 0);
  const fits = errorKinds.find(({ path, begins, table }) => {
    if (!table.byValue.has(errno)) return false;
    return textAt(message.space, path, 0)?.startsWith(begins) ?? false;
  });
  return (fits?.table ?? errors).byValue.get(errno)?.name ?? '';

  function textAt(
    space: AttrSpace | null,
    path: readonly string[],
    depth: number,
    at = from,
    stop = end,
  ): string | undefined {
    const name = path[depth];
    let found: string | undefined;
    forEachAttribute(bytes, at, stop, littleEndian, (number, valueStart, valueEnd) => {
      const def = space?.dense[number];
      if (def?.name !== name || found !== undefined) return;
      const isLast = depth + 1 === path.length;
      found = isLast ? readText(bytes, valueStart, valueEnd) : textAt(def.space, path, depth + 1, valueStart, valueEnd);
    });
    return found;
  }
}
