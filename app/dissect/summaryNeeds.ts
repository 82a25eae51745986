import type { AttrDef, AttrSpace, MessageDef } from '../specs/index.ts';
import { templateHeads, templateOf } from './template.ts';

const FORMS = ['do', 'dump', 'reply', 'notify'] as const;

const needs = new WeakMap<MessageDef, Uint8Array | null>();

/**
 * Which of a message's own attributes its summaries look at, 1 by number: the others need not be read for one line.
 * Null when all of them may matter.
 */
export function summaryNeeds(message: MessageDef): Uint8Array | null {
  let known = needs.get(message);
  if (known === undefined) {
    known = findNeeds(message);
    needs.set(message, known);
  }
  return known;
}

function findNeeds({ spec, name, space }: MessageDef): Uint8Array | null {
  const forms = spec.summaries.get(name);
  // A message without a template shows the first attributes it has.
  if (forms === undefined || space === null || FORMS.some((form) => forms[form] === '')) return null;
  const heads = new Set(FORMS.flatMap((form) => templateHeads(templateOf(forms[form]))));
  const wanted = new Uint8Array(space.dense.length);
  const open = space.dense.filter((def) => def !== undefined && heads.has(def.name));
  for (let def = open.pop(); def !== undefined; def = open.pop()) {
    if (wanted[def.number] === 1) continue;
    wanted[def.number] = 1;
    open.push(...choosersOf(def, space.dense));
  }
  return wanted;
}

/** The siblings that tell how an attribute reads. */
function choosersOf({ selectors }: AttrDef, siblings: AttrSpace['dense']): AttrDef[] {
  return siblings.filter((def): def is AttrDef => def !== undefined && selectors.includes(def.specName));
}
