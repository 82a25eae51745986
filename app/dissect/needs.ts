import type { AttrDef, AttrSpace, MessageDef } from '../specs/index.ts';
import { templateHeads, templateOf } from './template.ts';

/**
 * Which of a message's own attributes somebody looks at, 1 by number: the others need not be read. Null when all of them
 * may matter.
 */
export type Needs = (message: MessageDef) => Uint8Array | null;

const FORMS = ['do', 'dump', 'reply', 'notify'] as const;

/** What other numbers of nlctrl mean depends on the family they are about. */
const ALWAYS: ReadonlySet<string> = new Set(['CTRL_ATTR_FAMILY_ID', 'CTRL_ATTR_FAMILY_NAME']);

/** The attributes of a set that are wanted, and those that tell how they read. */
export function neededOf({ dense }: AttrSpace, isWanted: (def: AttrDef) => boolean): Uint8Array {
  const needed = new Uint8Array(dense.length);
  const open = dense.filter((def) => def !== undefined && (isWanted(def) || ALWAYS.has(def.name)));
  for (let def = open.pop(); def !== undefined; def = open.pop()) {
    if (needed[def.number] === 1) continue;
    needed[def.number] = 1;
    open.push(...choosersOf(def, dense));
  }
  return needed;
}

/** The siblings that tell how an attribute reads. */
function choosersOf({ selectors }: AttrDef, siblings: AttrSpace['dense']): AttrDef[] {
  return siblings.filter((def): def is AttrDef => def !== undefined && selectors.includes(def.specName));
}

const summaries = new WeakMap<MessageDef, Uint8Array | null>();

/** What a message's summaries look at. */
export const summaryNeeds: Needs = (message) => {
  let known = summaries.get(message);
  if (known === undefined) {
    known = namedBySummaries(message);
    summaries.set(message, known);
  }
  return known;
};

function namedBySummaries({ spec, name, space }: MessageDef): Uint8Array | null {
  const forms = spec.summaries.get(name);
  // A message without a template shows the first attributes it has.
  if (forms === undefined || space === null || FORMS.some((form) => forms[form] === '')) return null;
  const templates = FORMS.map((form) => templateOf(forms[form]));
  if (templates.some(({ hasRest }) => hasRest)) return null;
  const heads = new Set(templates.flatMap(templateHeads));
  return neededOf(space, (def) => heads.has(def.name));
}
