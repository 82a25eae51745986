import type { FieldKind, FieldNode } from '../../app/contracts/index.ts';

type Extra = Partial<Pick<FieldNode, 'filter' | 'filterValue' | 'doc' | 'severity' | 'note'>>;

/** Writes a little-endian netlink message and its tree side by side, so that ranges and bytes agree. */
export class MessageBuilder {
  readonly #bytes: number[] = [];

  get bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** A fixed header of members. Each member: name, width in bytes, number, text. */
  header(name: string, text: string, members: readonly (readonly [string, number, number, string])[]): FieldNode {
    const start = this.#bytes.length;
    const children = members.map(([member, width, value, shown]) => {
      const at = this.#bytes.length;
      this.#integer(value, width);
      return this.#node(member, 'member', `u${width * 8}`, value, shown, at, at, []);
    });
    return this.#node(name, 'header', name, null, text, start, start, children);
  }

  number(name: string, type: number, value: number, text: string, extra: Extra = {}): FieldNode {
    return this.#attribute(name, type, 'u32', value, text, () => this.#integer(value, 4), extra);
  }

  byte(name: string, type: number, value: number, text: string): FieldNode {
    return this.#attribute(name, type, 'u8', value, text, () => this.#integer(value, 1), {});
  }

  text(name: string, type: number, value: string, extra: Extra = {}): FieldNode {
    const write = () => this.#bytes.push(...Array.from(value, (character) => character.charCodeAt(0)), 0);
    return this.#attribute(name, type, 'string', value, `"${value}"`, write, extra);
  }

  binary(name: string, type: number, bytes: readonly number[], text: string): FieldNode {
    return this.#attribute(name, type, 'binary', null, text, () => this.#bytes.push(...bytes), {});
  }

  /** A nest around what `children` writes. */
  nest(name: string, type: number, text: string, children: () => readonly FieldNode[]): FieldNode {
    const start = this.#bytes.length;
    this.#integer(0, 2);
    this.#integer(type | 0x8000, 2);
    const nodes = children();
    this.#setLength(start);
    return this.#node(name, 'nest', 'nest', null, text, start, start + 4, nodes);
  }

  /** Writes nlmsg_len when everything is there. */
  finish(): void {
    const length = this.#bytes.length;
    for (let at = 0; at < 4; at++) this.#bytes[at] = (length >>> (8 * at)) & 0xff;
  }

  #attribute(
    name: string,
    type: number,
    kind: string,
    value: number | string | null,
    text: string,
    write: () => void,
    extra: Extra,
  ) {
    const start = this.#bytes.length;
    this.#integer(0, 2);
    this.#integer(type, 2);
    write();
    this.#setLength(start);
    const node = { ...this.#node(name, 'attr', kind, value, text, start, start + 4, []), ...extra };
    while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
    return node;
  }

  #setLength(start: number): void {
    const length = this.#bytes.length - start;
    this.#bytes[start] = length & 0xff;
    this.#bytes[start + 1] = length >>> 8;
  }

  #integer(value: number, width: number): void {
    for (let at = 0; at < width; at++) this.#bytes.push(Math.floor(value / 2 ** (8 * at)) & 0xff);
  }

  #node(
    name: string,
    kind: FieldKind,
    type: string,
    value: number | string | null,
    text: string,
    start: number,
    payload: number,
    children: readonly FieldNode[],
  ): FieldNode {
    const end = this.#bytes.length;
    return { name, kind, type, value, text, range: { start, end }, payload: { start: payload, end }, children };
  }
}
