import type { ByteRange, FieldNode } from '../../../app/contracts/index.ts';

/** One visible line of the tree. */
export interface TreeRow {
  readonly node: FieldNode;
  /** Positions from the top ("2.0.1"): names the node within this message. */
  readonly path: string;
  /** Names from the top ("ifinfomsg/ifi_index"): names the same field in other messages. */
  readonly namePath: string;
  readonly depth: number;
  readonly expandable: boolean;
  readonly open: boolean;
  /** For screen readers: which of how many siblings. */
  readonly position: number;
  readonly siblings: number;
}

/** What the user opened and closed, by name path, so that it holds when the next message is selected. */
export type Openness = ReadonlyMap<string, boolean>;

/** A nest with more children than this starts closed, unless it stands at the top. */
const LARGE_NEST = 8;
const LARGE_TOP = 40;
/** Deeper nodes are not shown: decoders cap their own recursion long before. */
const DEPTH_LIMIT = 64;

/** Whether a node is open before anyone touched it. Trouble inside is never hidden. */
export function opensByDefault(node: FieldNode, depth: number): boolean {
  if (hasTrouble(node, depth)) return true;
  if (node.name === 'nlmsghdr') return false;
  return depth === 0 ? node.children.length <= LARGE_TOP : depth < 3 && node.children.length <= LARGE_NEST;
}

function hasTrouble(node: FieldNode, depth: number): boolean {
  if (depth > DEPTH_LIMIT) return false;
  return node.children.some((child) => child.severity !== undefined || hasTrouble(child, depth + 1));
}

/** The lines of a tree that are visible with this openness, from top to bottom. */
export function visibleTreeRows(tree: readonly FieldNode[], openness: Openness): TreeRow[] {
  const rows: TreeRow[] = [];
  const walk = (nodes: readonly FieldNode[], parentPath: string, parentName: string, depth: number) => {
    nodes.forEach((node, at) => {
      const path = parentPath === '' ? `${at}` : `${parentPath}.${at}`;
      const namePath = parentName === '' ? node.name : `${parentName}/${node.name}`;
      const expandable = node.children.length > 0 && depth < DEPTH_LIMIT;
      const open = expandable && (openness.get(namePath) ?? opensByDefault(node, depth));
      rows.push({ node, path, namePath, depth, expandable, open, position: at + 1, siblings: nodes.length });
      if (open) walk(node.children, path, namePath, depth + 1);
    });
  };
  walk(tree, '', '', 0);
  return rows;
}

/** The node at a path, or null when this tree has none there. */
export function nodeAt(tree: readonly FieldNode[], path: string): FieldNode | null {
  let nodes = tree;
  let node: FieldNode | undefined;
  for (const step of path.split('.')) {
    node = nodes[Number(step)];
    if (!node) return null;
    nodes = node.children;
  }
  return node ?? null;
}

/** A node found in a tree, with both of its names. */
export interface Located {
  readonly node: FieldNode;
  readonly path: string;
  readonly namePath: string;
}

/** The deepest node whose bytes contain the offset: the field that owns it. */
export function nodeAtOffset(tree: readonly FieldNode[], offset: number): Located | null {
  return descend(tree, ({ range }) => range.start <= offset && offset < range.end);
}

/** The outermost node with exactly these bytes, else the deepest one that contains them. */
export function nodeAtRange(tree: readonly FieldNode[], range: ByteRange): Located | null {
  return descend(
    tree,
    (node) => node.range.start <= range.start && range.end <= node.range.end && node.range.end > node.range.start,
    (node) => node.range.start === range.start && node.range.end === range.end,
  );
}

/** The node with these names, taking the first of equal siblings. */
export function nodeByNames(tree: readonly FieldNode[], namePath: string): Located | null {
  const names = namePath.split('/');
  return descend(
    tree,
    (node, depth) => node.name === names[depth],
    (_, depth) => depth === names.length - 1,
    true,
  );
}

/**
 * Goes from the top to the first child that fits, as deep as it goes.
 * @param done ends the way before the deepest node
 * @param whole only a node for which `done` held counts
 */
function descend(
  tree: readonly FieldNode[],
  fits: (node: FieldNode, depth: number) => boolean,
  done: (node: FieldNode, depth: number) => boolean = () => false,
  whole = false,
): Located | null {
  let found: Located | null = null;
  let nodes = tree;
  for (let depth = 0; depth <= DEPTH_LIMIT; depth++) {
    const at = nodes.findIndex((node) => node.kind !== 'generated' && fits(node, depth));
    const node = nodes[at];
    if (!node) break;
    found = {
      node,
      path: found ? `${found.path}.${at}` : `${at}`,
      namePath: found ? `${found.namePath}/${node.name}` : node.name,
    };
    if (done(node, depth)) return found;
    nodes = node.children;
  }
  return whole ? null : found;
}

/** Name paths of a node's ancestors, outermost first: what has to be open for the node to be visible. */
export function ancestorsOf(namePath: string): string[] {
  const names = namePath.split('/');
  return names.slice(1).map((_, at) => names.slice(0, at + 1).join('/'));
}

/** Name paths of a node and everything below it that can be opened. */
export function subtreeNames(node: FieldNode, namePath: string, depth = 0): string[] {
  if (node.children.length === 0 || depth > DEPTH_LIMIT) return [];
  return [namePath, ...node.children.flatMap((child) => subtreeNames(child, `${namePath}/${child.name}`, depth + 1))];
}

/** What a key does to the tree: moves to another line, or opens and closes names. Null: nothing. */
export type TreeMove =
  | { readonly kind: 'go'; readonly row: number }
  | { readonly kind: 'set'; readonly names: readonly string[]; readonly open: boolean };

/**
 * Keys of the tree: arrows and j/k move; Left closes or goes to the parent, Right opens or goes to the first child;
 * Shift+Right opens all below, Ctrl+Right and Ctrl+Left everything; Enter toggles.
 */
export function treeKey(
  rows: readonly TreeRow[],
  current: number,
  event: { key: string; ctrlKey: boolean; shiftKey: boolean; altKey: boolean },
  pageRows: number,
): TreeMove | null {
  const { key, ctrlKey, shiftKey } = event;
  if (event.altKey || rows.length === 0) return null;
  const row = rows[current];
  const go = (to: number): TreeMove => ({ kind: 'go', row: Math.max(0, Math.min(rows.length - 1, to)) });
  if (ctrlKey) {
    if (key !== 'ArrowRight' && key !== 'ArrowLeft') return null;
    const tops = rows.filter(({ depth }) => depth === 0);
    const names = tops.flatMap(({ node, namePath }) => subtreeNames(node, namePath));
    return { kind: 'set', names, open: key === 'ArrowRight' };
  }
  const moves: { readonly [key: string]: number } = {
    ArrowDown: current + 1,
    j: current + 1,
    ArrowUp: current - 1,
    k: current - 1,
    PageDown: current + pageRows,
    PageUp: current - pageRows,
    Home: 0,
    End: rows.length - 1,
  };
  const target = moves[key];
  if (target !== undefined) return go(target);
  if (!row) return null;
  switch (key) {
    case 'ArrowLeft': {
      if (row.open) return { kind: 'set', names: [row.namePath], open: false };
      let parent = current - 1;
      while (parent >= 0 && rows[parent]!.depth >= row.depth) parent--;
      return parent >= 0 ? go(parent) : null;
    }
    case 'ArrowRight':
      if (!row.expandable) return null;
      if (shiftKey) return { kind: 'set', names: subtreeNames(row.node, row.namePath), open: true };
      return row.open ? go(current + 1) : { kind: 'set', names: [row.namePath], open: true };
    case 'Enter':
    case ' ':
      return row.expandable ? { kind: 'set', names: [row.namePath], open: !row.open } : null;
    default:
      return null;
  }
}
