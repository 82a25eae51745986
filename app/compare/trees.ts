import type { ByteRange, FieldKind, Standing } from '../contracts/index.ts';
import { EXPECTED } from './expected.ts';

/** What a comparison needs of a field, be it in the process that decoded it or beyond. */
export interface ComparableField {
  readonly name: string;
  readonly kind: FieldKind;
  readonly text: string;
  readonly range: ByteRange;
  readonly payload: ByteRange;
  readonly children: readonly ComparableField[];
}

/** A message as its decoder has it. */
export interface ComparableMessage<Node extends ComparableField = ComparableField> {
  readonly tree: readonly Node[];
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
}

/** A field of either message, or of both. */
export interface ComparedField<Node extends ComparableField = ComparableField> {
  readonly name: string;
  readonly a: Node | null;
  readonly b: Node | null;
  readonly standing: Standing;
  /** It, or whatever differs in it, is of a kind that differs by itself: a counter, an age, a sequence number. */
  readonly expected: boolean;
  readonly children: readonly ComparedField<Node>[];
}

/** Deeper fields are compared as a whole: decoders cap their own recursion long before. */
const DEPTH_LIMIT = 64;
/** Products of the lengths of two lists up to which their longest common part is looked for. */
const LONGEST_SEARCH = 1 << 18;
/** Names of fields that tell an element of a list from the others. */
const TELLING = /(^|_)(id|index|ifindex|name|vid|key|handle|vf|freq|mac|bssid|address)$/i;

/**
 * Compares two messages field by field. Attributes are matched by type wherever they stand, elements of lists by what
 * tells them apart, else by their place.
 * @returns the fields of both in the order of the first, those of the second alone after what they follow there
 */
export function compareTrees<Node extends ComparableField>(
  a: ComparableMessage<Node>,
  b: ComparableMessage<Node>,
): ComparedField<Node>[] {
  return new Comparison(a, b).level(a.tree, b.tree, 0, false);
}

class Comparison<Node extends ComparableField> {
  readonly #a: ComparableMessage<Node>;
  readonly #b: ComparableMessage<Node>;
  /** Bytes that read alike in both mean the same. */
  readonly #sameOrder: boolean;
  readonly #signatures = new Map<ComparableField, string>();

  constructor(a: ComparableMessage<Node>, b: ComparableMessage<Node>) {
    this.#a = a;
    this.#b = b;
    this.#sameOrder = a.littleEndian === b.littleEndian;
  }

  level(a: readonly ComparableField[], b: readonly ComparableField[], depth: number, expected: boolean) {
    const partners = this.#match(a, b);
    const partnerOfB = new Map<number, number>();
    partners.forEach((other, at) => {
      if (other >= 0) partnerOfB.set(other, at);
    });
    /** What only b has, by the place in a that it follows (-1: the beginning). */
    const added = new Map<number, number[]>();
    let after = -1;
    b.forEach((_, at) => {
      const partner = partnerOfB.get(at);
      if (partner !== undefined) after = partner;
      else addTo(added, after, at);
    });
    const out: ComparedField<Node>[] = [];
    const addFollowers = (place: number) => {
      for (const at of added.get(place) ?? []) out.push(this.#single(b[at], 'onlyB', depth, expected));
    };
    addFollowers(-1);
    a.forEach((field, at) => {
      const partner = partners[at];
      out.push(
        partner < 0 ? this.#single(field, 'onlyA', depth, expected) : this.#pair(field, b[partner], depth, expected),
      );
      addFollowers(at);
    });
    return out;
  }

  #single(field: ComparableField, standing: 'onlyA' | 'onlyB', depth: number, within: boolean): ComparedField<Node> {
    const expected = within || differsByItself(field);
    const children =
      depth >= DEPTH_LIMIT ? [] : field.children.map((child) => this.#single(child, standing, depth + 1, expected));
    const node = field as Node;
    return {
      name: field.name,
      a: standing === 'onlyA' ? node : null,
      b: standing === 'onlyB' ? node : null,
      standing,
      expected,
      children,
    };
  }

  #pair(a: ComparableField, b: ComparableField, depth: number, within: boolean): ComparedField<Node> {
    const differs = within || differsByItself(b);
    const isLeaf = (a.children.length === 0 && b.children.length === 0) || depth >= DEPTH_LIMIT;
    const children = isLeaf ? [] : this.level(a.children, b.children, depth + 1, differs);
    const same = isLeaf ? this.#isSame(a, b) : children.every(({ standing }) => standing === 'same');
    const expected =
      !same && (differs || (!isLeaf && children.every((child) => child.standing === 'same' || child.expected)));
    return {
      name: b.kind === 'item' && a.name !== b.name ? `${a.name} ${b.name}` : b.name,
      a: a as Node,
      b: b as Node,
      standing: same ? 'same' : 'changed',
      expected,
      children,
    };
  }

  /** Whether two leaves have the same value: by their bytes, since texts may be cut, or tell names of their time. */
  #isSame(a: ComparableField, b: ComparableField): boolean {
    if (a.kind === 'generated' || b.kind === 'generated') return a.text === b.text;
    if (!this.#sameOrder) return a.text === b.text;
    return sameBytes(this.#a.bytes, a.payload, this.#b.bytes, b.payload);
  }

  /** For each of a the place of its counterpart in b, -1 where there is none. */
  #match(a: readonly ComparableField[], b: readonly ComparableField[]): number[] {
    const partners = new Array<number>(a.length).fill(-1);
    const groupsOfB = groups(b);
    for (const [key, ofA] of groups(a)) {
      const ofB = groupsOfB.get(key);
      if (ofB === undefined) continue;
      if (ofA.length === 1 && ofB.length === 1 && key !== ITEMS) partners[ofA[0]] = ofB[0];
      else this.#matchList(a, ofA, b, ofB, partners);
    }
    return partners;
  }

  /** Matches elements of two lists: equal ones in their order, then those that are told apart alike, then by place. */
  #matchList(
    a: readonly ComparableField[],
    ofA: readonly number[],
    b: readonly ComparableField[],
    ofB: readonly number[],
    partners: number[],
  ): void {
    const equal = commonPlaces(
      ofA.map((at) => this.#signature(a[at], this.#a)),
      ofB.map((at) => this.#signature(b[at], this.#b)),
    );
    let lastA = 0;
    let lastB = 0;
    for (const [placeA, placeB] of [...equal, [ofA.length, ofB.length] as const]) {
      matchGap(a, ofA.slice(lastA, placeA), b, ofB.slice(lastB, placeB), partners);
      if (placeA < ofA.length) partners[ofA[placeA]] = ofB[placeB];
      lastA = placeA + 1;
      lastB = placeB + 1;
    }
  }

  /** Two fields with the same signature are the same. */
  #signature(field: ComparableField, message: ComparableMessage): string {
    let known = this.#signatures.get(field);
    if (known === undefined) {
      known =
        this.#sameOrder && field.payload.end > field.payload.start
          ? latin1(message.bytes.subarray(field.payload.start, field.payload.end))
          : textOf(field, 0);
      this.#signatures.set(field, known);
    }
    return known;
  }
}

function differsByItself({ name, kind }: ComparableField): boolean {
  return kind === 'generated' || kind === 'padding' || EXPECTED.has(name);
}

const ITEMS = '';

/** Places of fields by what they are: elements of an array are all alike, whatever number they have. */
function groups(fields: readonly ComparableField[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  fields.forEach(({ name, kind }, at) => {
    addTo(found, kind === 'item' ? ITEMS : name, at);
  });
  return found;
}

function addTo<Key>(places: Map<Key, number[]>, key: Key, at: number): void {
  const known = places.get(key);
  if (known === undefined) places.set(key, [at]);
  else known.push(at);
}

/** Elements between equal ones: those that are told apart alike, then, where as many are left in both, by place. */
function matchGap(
  a: readonly ComparableField[],
  ofA: readonly number[],
  b: readonly ComparableField[],
  ofB: readonly number[],
  partners: number[],
): void {
  if (ofA.length === 0 || ofB.length === 0) return;
  const byLabel = new Map<string, number[]>();
  for (const at of ofB) {
    const label = labelOf(b[at]);
    if (label !== null) addTo(byLabel, label, at);
  }
  const taken = new Set<number>();
  const left: number[] = [];
  for (const at of ofA) {
    const label = labelOf(a[at]);
    const partner = label === null ? undefined : byLabel.get(label)?.shift();
    if (partner === undefined) left.push(at);
    else {
      partners[at] = partner;
      taken.add(partner);
    }
  }
  const free = ofB.filter((at) => !taken.has(at));
  if (left.length !== free.length) return;
  left.forEach((at, place) => {
    // Things that are told apart are not the same because they stand at the same place.
    if (labelOf(a[at]) === null && labelOf(b[free[place]]) === null) partners[at] = free[place];
  });
}

/** What tells an element from the others of its list; null: nothing does. */
function labelOf(field: ComparableField): string | null {
  const named = findTelling(field.children, 0);
  return named === null ? null : `${named.name} ${textOf(named, 0)}`;
}

function findTelling(fields: readonly ComparableField[], depth: number): ComparableField | null {
  const found = fields.find(({ name }) => TELLING.test(name));
  if (found !== undefined) return found;
  // Only an element that holds one thing is told by what is in it.
  const [only] = fields;
  return fields.length === 1 && depth < 3 && only ? findTelling(only.children, depth + 1) : null;
}

/** All that a field says. */
function textOf(field: ComparableField, depth: number): string {
  if (field.children.length === 0 || depth >= DEPTH_LIMIT) return `${field.name}=${field.text}`;
  return `${field.name}{${field.children.map((child) => textOf(child, depth + 1)).join(',')}}`;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}

function sameBytes(a: Uint8Array, rangeA: ByteRange, b: Uint8Array, rangeB: ByteRange): boolean {
  const length = rangeA.end - rangeA.start;
  if (length !== rangeB.end - rangeB.start) return false;
  for (let at = 0; at < length; at++) if (a[rangeA.start + at] !== b[rangeB.start + at]) return false;
  return true;
}

/** Pairs of places that a longest common part of two lists has, ascending; of long lists a good one, not the longest. */
function commonPlaces(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) {
    pairs.push([start, start]);
    start++;
  }
  let endA = a.length;
  let endB = b.length;
  const tail: (readonly [number, number])[] = [];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) tail.push([--endA, --endB]);
  const isShort = (endA - start) * (endB - start) <= LONGEST_SEARCH;
  const middle = isShort ? longest(a, b, start, endA, endB) : inOrder(a, b, start, endA, endB);
  return [...pairs, ...middle, ...tail.reverse()];
}

/** Longest common subsequence by the usual table, over a small rectangle. */
function longest(
  a: readonly string[],
  b: readonly string[],
  start: number,
  endA: number,
  endB: number,
): (readonly [number, number])[] {
  const columns = endB - start + 1;
  const lengths = new Uint32Array((endA - start + 1) * columns);
  for (let i = endA - start - 1; i >= 0; i--) {
    for (let j = columns - 2; j >= 0; j--) {
      lengths[i * columns + j] =
        a[start + i] === b[start + j]
          ? lengths[(i + 1) * columns + j + 1] + 1
          : Math.max(lengths[(i + 1) * columns + j], lengths[i * columns + j + 1]);
    }
  }
  const pairs: (readonly [number, number])[] = [];
  let i = 0;
  let j = 0;
  while (i < endA - start && j < endB - start) {
    if (a[start + i] === b[start + j]) pairs.push([start + i++, start + j++]);
    else if (lengths[(i + 1) * columns + j] >= lengths[i * columns + j + 1]) i++;
    else j++;
  }
  return pairs;
}

/** Equal elements as far as their places ascend in both. */
function inOrder(
  a: readonly string[],
  b: readonly string[],
  start: number,
  endA: number,
  endB: number,
): (readonly [number, number])[] {
  const places = new Map<string, number[]>();
  for (let at = endB - 1; at >= start; at--) addTo(places, b[at], at);
  const pairs: (readonly [number, number])[] = [];
  let last = -1;
  for (let at = start; at < endA; at++) {
    const free = places.get(a[at]);
    while (free !== undefined && free.length > 0 && free.at(-1)! <= last) free.pop();
    const place = free?.pop();
    if (place === undefined) continue;
    pairs.push([at, place]);
    last = place;
  }
  return pairs;
}
