import { NETLINK_GENERIC } from '../wire/index.ts';
import { compileSpec } from './compile.ts';
import nlmsgDocument from './nlmsg.yaml';
import type { AttrSpace, CompiledSpec, MessageDef, OperationDef, StructDef } from './tables.ts';
import type { ViewDocument, YnlDocument } from './ynl.ts';

/** The definitions every protocol shares (nlmsg.yaml). */
export interface SharedDefs {
  readonly nlmsghdr: StructDef;
  readonly genlmsghdr: StructDef;
  readonly nlmsgerr: StructDef;
  readonly nlmsgDone: StructDef;
  readonly nfgenmsg: StructDef;
  readonly extack: AttrSpace;
}

function sharedDefs(): SharedDefs {
  const spec = compileSpec(nlmsgDocument as YnlDocument);
  const struct = (name: string): StructDef => spec.structs.get(name)!;
  return {
    nlmsghdr: struct('nlmsghdr'),
    genlmsghdr: struct('genlmsghdr'),
    nlmsgerr: struct('nlmsgerr'),
    nlmsgDone: struct('nlmsg-done'),
    nfgenmsg: struct('nfgenmsg'),
    extack: spec.spaces.get('nlmsgerr-attrs')!,
  };
}

interface NumberSpace {
  readonly requests: Map<number, MessageDef>;
  readonly replies: Map<number, MessageDef>;
}

/**
 * The specs in force: finds what a message is by protocol, type and direction, and operations and attribute sets by
 * name. A spec added later takes the place of an earlier one of the same name.
 */
export class SpecLibrary {
  readonly shared: SharedDefs = sharedDefs();
  readonly #specs = new Map<string, CompiledSpec>();
  readonly #raw = new Map<number, NumberSpace>();
  readonly #genl = new Map<string, CompiledSpec>();
  readonly #spaces = new Map<string, AttrSpace>();
  readonly #operations = new Map<string, OperationDef>();

  /** Compiles a YNL document and puts it in force. Throws SpecError when the document is wrong. */
  add(document: YnlDocument, view?: ViewDocument): CompiledSpec {
    const spec = compileSpec(document, view);
    this.#specs.set(spec.name, spec);
    for (const space of spec.spaces.values()) this.#spaces.set(space.id, space);
    for (const operation of spec.operations) this.#operations.set(operation.id, operation);
    if (spec.protocol === NETLINK_GENERIC) {
      this.#genl.set(spec.genlFamily, spec);
      return spec;
    }
    const numbers = this.#raw.get(spec.protocol) ?? { requests: new Map(), replies: new Map() };
    this.#raw.set(spec.protocol, numbers);
    for (const [number, message] of spec.requests) numbers.requests.set(number, message);
    for (const [number, message] of spec.replies) numbers.replies.set(number, message);
    return spec;
  }

  /** What an nlmsg_type of a protocol other than generic netlink means; undefined when no spec covers it. */
  message(protocol: number, type: number, isRequest: boolean): MessageDef | undefined {
    const numbers = this.#raw.get(protocol);
    if (numbers === undefined) return undefined;
    return isRequest
      ? (numbers.requests.get(type) ?? numbers.replies.get(type))
      : (numbers.replies.get(type) ?? numbers.requests.get(type));
  }

  /** The spec of a generic netlink family by its name. */
  genlSpec(family: string): CompiledSpec | undefined {
    return this.#genl.get(family);
  }

  genlMessage(family: string, cmd: number, isRequest: boolean): MessageDef | undefined {
    const spec = this.#genl.get(family);
    if (spec === undefined) return undefined;
    return isRequest
      ? (spec.requests.get(cmd) ?? spec.replies.get(cmd))
      : (spec.replies.get(cmd) ?? spec.requests.get(cmd));
  }

  /**
   * A message by its constant (RTM_NEWLINK) within a protocol, or within a generic netlink family. Where a name stands
   * for different numbers as request and as reply, `isRequest` decides.
   */
  messageByName(protocol: number, family: string, name: string, isRequest: boolean): MessageDef | undefined {
    for (const spec of this.#specs.values()) {
      if (spec.protocol !== protocol || (family !== '' && spec.genlFamily !== family)) continue;
      for (const table of isRequest ? [spec.requests, spec.replies] : [spec.replies, spec.requests]) {
        for (const message of table.values()) if (message.name === name) return message;
      }
    }
    return undefined;
  }

  operation(id: string): OperationDef | undefined {
    return this.#operations.get(id);
  }

  operations(): Iterable<OperationDef> {
    return this.#operations.values();
  }

  /** An attribute set by its id, "rt-link/link-attrs". */
  space(id: string): AttrSpace | undefined {
    return this.#spaces.get(id);
  }

  specs(): Iterable<CompiledSpec> {
    return this.#specs.values();
  }
}
