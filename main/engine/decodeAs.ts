import type { DecodeOptions, DecodePreview, DecodeReadingInfo, FieldNode, Result } from '../../app/contracts/index.ts';
import { fail, ok } from '../../app/contracts/index.ts';
import { createDissector, decodeTargets } from '../../app/dissect/index.ts';
import { parseDecodeRule, READINGS, type SpecLibrary } from '../../app/specs/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { applyRules } from './decodeRules.ts';
import type { Document } from './document.ts';
import { summaryText } from './printers.ts';

/** What can be read otherwise at a field of a message, and how (see HostApi.decodeOptions). */
export function decodeOptions(document: Document, row: number, path: readonly number[]): DecodeOptions {
  const { library } = document.decoding;
  const inForce = new Map(
    (library.choices?.rules ?? []).map(({ text, reading }) => [text.slice(0, -reading.length - 1), reading]),
  );
  const targets = decodeTargets(document.decode(row), document.store.envelope(row), path);
  return {
    targets: targets.map((target) => ({ ...target, reading: inForce.get(target.target) ?? '' })),
    readings: readings(library),
  };
}

function readings(library: SpecLibrary): DecodeReadingInfo[] {
  const kinds = ['attribute', 'protocol', 'genl'] as const;
  const plain = READINGS.map(({ name, doc }) => ({ reading: name, doc, group: 'Plain', kinds }));
  const specs = library.specs();
  const whole = specs.map(({ name, protocol, doc }) => ({
    reading: name,
    doc: firstLine(doc),
    group: 'Specs',
    kinds: [protocol === NETLINK_GENERIC ? ('genl' as const) : ('protocol' as const)],
  }));
  const sets = specs.flatMap((spec) =>
    [...spec.spaces.values()].map(({ id }) => ({ reading: id, doc: '', group: 'Attribute sets', kinds })),
  );
  const structs = specs.flatMap((spec) =>
    [...spec.structs].map(([name, struct]) => ({
      reading: `${spec.name}/${name}`,
      doc: `struct ${struct.name}`,
      group: 'Structs',
      kinds,
    })),
  );
  return [...plain, ...whole, ...sets, ...structs];
}

function firstLine(doc: string): string {
  return doc.split('\n', 1)[0];
}

/** Fields that a preview has at most. */
const MOST_FIELDS = 64;

/** How a message would read with one more rule (see HostApi.previewRule). */
export function previewRule(
  document: Document,
  row: number,
  rules: readonly string[],
  rule: string,
): Result<DecodePreview> {
  const parsed = parseDecodeRule(rule);
  if (typeof parsed === 'string') return fail(parsed);
  const library = document.decoding.library.copy();
  const problem = applyRules(library, [...rules, rule]).find((one) => one.rule === parsed.text);
  if (problem !== undefined) return fail(problem.text);
  const { store } = document;
  const dissector = createDissector(library);
  const { tree, summary } = dissector.dissect(store.bytes(row), store.envelope(row), document.context(row));
  return ok({ summary: summaryText(summary), fields: readBy(tree, parsed.text) });
}

/** What a rule is about: attributes that it is about, or all of a message but its headers. */
function readBy(tree: readonly FieldNode[], rule: string): FieldNode[] {
  const found: FieldNode[] = [];
  const visit = (nodes: readonly FieldNode[]): void => {
    for (const node of nodes) {
      if (node.decodedAs !== rule) visit(node.children);
      else if (node.kind === 'header') found.push(...tree.slice(tree.indexOf(node) + 1));
      else found.push(node);
      if (found.length >= MOST_FIELDS) return;
    }
  };
  visit(tree);
  return [...new Set(found)].slice(0, MOST_FIELDS);
}
