import type { MessageDef } from './tables.ts';

/**
 * A message like another but for what is its own, in the one shape that all messages have: what looks at messages of all
 * kinds in turn stays fast by it.
 */
export function messageDef(base: MessageDef, own: Partial<MessageDef>): MessageDef {
  return {
    spec: own.spec ?? base.spec,
    number: own.number ?? base.number,
    name: own.name ?? base.name,
    specName: own.specName ?? base.specName,
    doc: own.doc ?? base.doc,
    header: own.header ?? base.header,
    space: own.space ?? base.space,
    options: own.options ?? base.options,
    bareDump: own.bareDump ?? base.bareDump,
    ownHeader: own.ownHeader ?? base.ownHeader,
  };
}
