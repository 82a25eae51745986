import type { ByteRange, FieldNode } from '../../app/contracts/index.ts';
import type { FormPath } from './model.ts';

/**
 * Ties the form to the tree that encoding returns: attributes stand in both in the same order, so the n-th attribute of
 * the form is the n-th attribute node, and members go by name.
 */

/** The node of what stands at a path; null when the tree has none (a property of nlmsghdr has one by its own name). */
export function nodeAt(tree: readonly FieldNode[], path: FormPath): FieldNode | null {
  const [first, ...below] = path;
  if (first === 'header') return followHeader(tree, below);
  let found: FieldNode | null = null;
  let nodes = tree;
  for (const step of path) {
    found = (typeof step === 'number' ? attributesOf(nodes)[step] : memberNamed(nodes, step)) ?? null;
    if (found === null) return null;
    nodes = found.children;
  }
  return found;
}

/** The path of the innermost form field whose bytes hold `offset`; null when only the netlink headers do. */
export function pathAt(tree: readonly FieldNode[], offset: number): FormPath | null {
  const header = fixedHeader(tree);
  if (header !== null && holds(header.range, offset)) {
    const member = header.children.find((node) => holds(node.range, offset));
    return member === undefined ? ['header'] : ['header', member.name];
  }
  const path: (string | number)[] = [];
  let nodes = tree;
  for (;;) {
    const list = attributesOf(nodes);
    const index = list.findIndex((node) => holds(node.range, offset));
    if (index < 0) break;
    path.push(index);
    nodes = list[index]!.children;
  }
  if (path.length === 0) return null;
  const member = membersOf(nodes).find((node) => holds(node.range, offset));
  return member === undefined ? path : [...path, member.name];
}

/** The path of the outermost attribute that begins where `range` begins, else of the innermost field there. */
export function pathOfRange(tree: readonly FieldNode[], range: ByteRange): FormPath | null {
  const exact = attributeStartingAt(tree, range.start, []);
  return exact ?? pathAt(tree, range.start);
}

function attributeStartingAt(nodes: readonly FieldNode[], start: number, above: readonly number[]): FormPath | null {
  const list = attributesOf(nodes);
  for (const [index, node] of list.entries()) {
    if (node.range.start === start) return [...above, index];
    if (holds(node.range, start)) return attributeStartingAt(node.children, start, [...above, index]);
  }
  return null;
}

/** The family's own header: the last header node, unless that is one of netlink's. */
function fixedHeader(tree: readonly FieldNode[]): FieldNode | null {
  const last = tree.findLast((node) => node.kind === 'header');
  return last === undefined || last.name === 'nlmsghdr' || last.name === 'genlmsghdr' ? null : last;
}

function followHeader(tree: readonly FieldNode[], path: FormPath): FieldNode | null {
  let found = fixedHeader(tree);
  for (const step of path) found = found?.children.find((node) => node.name === step) ?? null;
  return found;
}

function attributesOf(nodes: readonly FieldNode[]): FieldNode[] {
  return nodes.filter((node) => node.kind === 'attr' || node.kind === 'nest' || node.kind === 'item');
}

/** Members, whether they stand directly in an attribute or in a struct or header inside it. */
function membersOf(nodes: readonly FieldNode[]): FieldNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'struct' || node.kind === 'header') return node.children;
    return node.kind === 'member' ? [node] : [];
  });
}

function memberNamed(nodes: readonly FieldNode[], name: string): FieldNode | undefined {
  return membersOf(nodes).find((node) => node.name === name);
}

function holds(range: ByteRange, offset: number): boolean {
  return offset >= range.start && offset < range.end;
}
