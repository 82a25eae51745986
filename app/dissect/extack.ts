import type { ByteRange } from '../contracts/index.ts';
import { unknownName } from '../specs/index.ts';
import { NLA_HDRLEN, NLMSG_HDRLEN } from '../wire/index.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { isZero } from './text.ts';

/** What an extended acknowledgement says, resolved against the request it is about. */
export interface ExtackMeaning {
  /** The kernel's words, "" if it gave none. */
  readonly message: string;
  /** Name of the offending or missing attribute, "" if not told or not found. */
  readonly attribute: string;
  /** True when `attribute` is missing from the request rather than wrong in it. */
  readonly missing: boolean;
  /** The offending attribute (or the nest that lacks one) in the request's bytes. */
  readonly range: ByteRange | null;
}

/**
 * Bytes of the request that an error message is about: its echo when it is complete, else what was remembered. What was in
 * requests that may have keys is wiped before it is echoed (NL80211_FLAG_CLEAR_SKB in net/wireless/nl80211.c).
 */
export function requestBytes(error: Pick<DecodedMessage, 'echo' | 'state'>): Uint8Array | undefined {
  const { echo, state } = error;
  if (echo === null || echo.end - echo.start <= NLMSG_HDRLEN) return state.context.request();
  const echoed = state.bytes.subarray(echo.start, echo.end);
  return isZero(echoed, NLMSG_HDRLEN, echoed.length) ? (state.context.request() ?? echoed) : echoed;
}

function numberOf(fields: readonly Field[], name: string): number | undefined {
  const raw = fields.find((f) => f.name === name)?.raw;
  return typeof raw === 'number' ? raw : undefined;
}

/**
 * Resolves NLMSGERR_ATTR_MSG, _OFFS, _MISS_TYPE and _MISS_NEST (linux/netlink.h: offsets count from the request's
 * nlmsghdr; the missing type is a number in the set of the nest at MISS_NEST, or of the top level).
 */
export function resolveExtack(error: DecodedMessage, findRequest: () => DecodedMessage | undefined): ExtackMeaning {
  const message = error.extack.find((f) => f.name === 'NLMSGERR_ATTR_MSG')?.raw;
  const words = typeof message === 'string' ? message : '';
  const offset = numberOf(error.extack, 'NLMSGERR_ATTR_OFFS');
  const missType = numberOf(error.extack, 'NLMSGERR_ATTR_MISS_TYPE');
  const missNest = numberOf(error.extack, 'NLMSGERR_ATTR_MISS_NEST');
  const request = missType === undefined && offset === undefined ? undefined : findRequest();
  if (missType !== undefined) {
    const nest = missNest === undefined || request === undefined ? undefined : fieldAt(request.fields, missNest);
    const space = nest === undefined ? (missNest === undefined ? request?.message?.space : null) : nest.space;
    const name = space?.byNumber.get(missType)?.name ?? unknownName(space ?? null, missType);
    return { message: words, attribute: name, missing: true, range: nest?.range ?? null };
  }
  if (offset !== undefined) {
    const field = request === undefined ? undefined : fieldAt(request.fields, offset);
    const name = request === undefined || field === undefined ? '' : nameOf(request.fields, field);
    return { message: words, attribute: name, missing: false, range: field?.range ?? null };
  }
  return { message: words, attribute: '', missing: false, range: null };
}

/** A field's name; that of a list's member, which is a number, after the list's own. */
function nameOf(fields: readonly Field[], field: Field): string {
  if (!field.name.startsWith('[')) return field.name;
  const list = fields.find(({ start, end }) => start <= field.start && field.end <= end);
  if (list === undefined || list === field) return field.name;
  const around = list.children.includes(field) ? list.name : '';
  return around === '' ? nameOf(list.children, field) : `${around}${field.name}`;
}

/** The innermost field that begins at an offset; the innermost that contains it when none begins there. */
export function fieldAt(fields: readonly Field[], offset: number): Field | undefined {
  let found: Field | undefined;
  let level = fields;
  for (;;) {
    const inside = level.find((f) => f.start <= offset && offset < f.end);
    if (inside === undefined) return found;
    if (inside.start === offset && inside.payloadStart === offset + NLA_HDRLEN) return inside;
    found = inside;
    level = inside.children;
  }
}
