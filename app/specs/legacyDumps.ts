import type { StructValue } from '../contracts/index.ts';
import { align4, looksLikeAttributes, NLM_F_DUMP, NLMSG_HDRLEN, readU16 } from '../wire/index.ts';
import type { MessageBytes } from './library.ts';
import { messageDef } from './messageDef.ts';
import type { AttrSpace, MessageDef, StructDef } from './tables.ts';

/**
 * Programs of old put one header into all dump requests of a protocol, whatever they ask for: iproute2 before 4.20 sent
 * struct ifinfomsg with IFLA_EXT_MASK for addresses, routes and neighbours too (rtnl_wilddump_request). The kernel still
 * takes it of those who do not ask for strict checking (NETLINK_GET_STRICT_CHK).
 */
export class LegacyDumps {
  readonly #header: StructDef;
  readonly #space: AttrSpace;
  readonly #made = new Map<MessageDef, MessageDef>();

  /** @param header the header of such requests, and the set of the attributes after it */
  constructor(header: StructDef, space: AttrSpace) {
    this.#header = header;
    this.#space = space;
  }

  /** The message as its bytes have it: with its own header, or with the one of old. */
  fromBytes(message: MessageDef, { bytes, littleEndian }: MessageBytes): MessageDef {
    if (!this.#canHave(message) || (readU16(bytes, 6, littleEndian) & NLM_F_DUMP) === 0) return message;
    const follows = (size: number): boolean =>
      looksLikeAttributes(bytes, NLMSG_HDRLEN + align4(size), bytes.length, littleEndian);
    const length = bytes.length - NLMSG_HDRLEN;
    const own = message.header!.size;
    // The kernel reads no more than the address family of a header that is cut short (struct rtgenmsg).
    if (length <= align4(own) || follows(own)) return message;
    return length === this.#header.size || follows(this.#header.size) ? this.#variant(message) : message;
  }

  /** The message with the header of old, where it may have it. */
  ofOld(message: MessageDef): MessageDef[] {
    return this.#canHave(message) ? [this.#variant(message)] : [];
  }

  /** The message as values have it that were read so. */
  fromValues(message: MessageDef, header: StructValue | undefined): MessageDef {
    const names = Object.keys(header ?? {});
    if (names.length === 0 || !this.#canHave(message)) return message;
    const isOwn = names.some((name) => message.header!.byName.has(name));
    return isOwn || !names.every((name) => this.#header.byName.has(name)) ? message : this.#variant(message);
  }

  #canHave({ header, name }: MessageDef): boolean {
    return header !== null && header.name !== this.#header.name && name.includes('_GET');
  }

  #variant(message: MessageDef): MessageDef {
    let made = this.#made.get(message);
    if (made === undefined) {
      made = messageDef(message, { header: this.#header, space: this.#space, ownHeader: message.header });
      this.#made.set(message, made);
    }
    return made;
  }
}
