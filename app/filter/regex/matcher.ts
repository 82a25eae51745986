import { contains, MAX_CODE, WORD } from './charSet.ts';
import type { Assertion } from './parse.ts';
import type { Program } from './program.ts';

/** What stands beside a position: nothing, a word character or another one. */
type Side = 'edge' | 'word' | 'other';

/** A state of the deterministic automaton: the program's states that may be next, and what stands before. */
interface Node {
  readonly states: readonly number[];
  readonly before: Side;
  /** By character class: the following node, MATCH, or undefined while unknown. */
  readonly next: (Node | undefined)[];
  matchesAtEnd: boolean | undefined;
}

const MATCH: Node = { states: [], before: 'other', next: [], matchesAtEnd: true };
const MAX_NODES = 1_000;
/** Longest text that is searched, in characters; the rest of a longer one is not looked at. */
export const MAX_REGEX_SUBJECT = 16_384;

/**
 * Tells whether a program matches anywhere in a text, in time proportional to the text whatever the program: the
 * deterministic automaton is built while it runs, and forgotten when it grows too large.
 */
export class Matcher {
  private readonly program: Program;
  /** First code unit of each class of code units that no part of the program tells apart. */
  private readonly classStarts: readonly number[];
  private readonly classOfAscii = new Uint16Array(128);
  private readonly nodes = new Map<string, Node>();
  private readonly marks: Uint32Array;
  private mark = 0;
  private initial: Node;

  constructor(program: Program) {
    this.program = program;
    this.classStarts = classStartsOf(program);
    this.marks = new Uint32Array(program.states.length);
    for (let code = 0; code < 128; code++) {
      this.classOfAscii[code] = this.searchClass(code);
    }
    this.initial = this.node([], 'edge');
  }

  test(subject: string): boolean {
    const length = Math.min(subject.length, MAX_REGEX_SUBJECT);
    let node = this.initial;
    for (let index = 0; index < length; index++) {
      const code = subject.charCodeAt(index);
      const charClass = code < 128 ? this.classOfAscii[code]! : this.searchClass(code);
      node = node.next[charClass] ?? this.step(node, charClass);
      if (node === MATCH) {
        return true;
      }
    }
    node.matchesAtEnd ??= this.closure(node, 'edge').accepts;
    return node.matchesAtEnd;
  }

  private step(node: Node, charClass: number): Node {
    const code = this.classStarts[charClass]!;
    const side: Side = contains(WORD, code) ? 'word' : 'other';
    const { accepts, sets } = this.closure(node, side);
    let following = MATCH;
    if (!accepts) {
      const targets: number[] = [];
      for (const index of sets) {
        const state = this.program.states[index]!;
        if (state.kind === 'set' && contains(state.set, code)) {
          targets.push(state.next);
        }
      }
      following = this.node(
        [...new Set(targets)].sort((a, b) => a - b),
        side,
      );
    }
    node.next[charClass] = following;
    return following;
  }

  /** States that wait for a character, reached from the node or from the program's start without reading one. */
  private closure(node: Node, after: Side): { accepts: boolean; sets: number[] } {
    const sets: number[] = [];
    const pending = [...node.states, this.program.start];
    const mark = ++this.mark;
    let accepts = false;
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (this.marks[index] === mark) {
        continue;
      }
      this.marks[index] = mark;
      const state = this.program.states[index]!;
      if (state.kind === 'accept') {
        accepts = true;
      } else if (state.kind === 'set') {
        sets.push(index);
      } else if (state.kind === 'split') {
        pending.push(state.next, state.other);
      } else if (holds(state.assertion, node.before, after)) {
        pending.push(state.next);
      }
    }
    return { accepts, sets };
  }

  private node(states: readonly number[], before: Side): Node {
    const key = `${before} ${states.join()}`;
    const known = this.nodes.get(key);
    if (known) {
      return known;
    }
    if (this.nodes.size >= MAX_NODES) {
      this.nodes.clear();
      this.initial = this.node([], 'edge');
    }
    const next = new Array<Node | undefined>(this.classStarts.length).fill(undefined);
    const made: Node = { states, before, next, matchesAtEnd: undefined };
    this.nodes.set(key, made);
    return made;
  }

  private searchClass(code: number): number {
    let low = 0;
    let high = this.classStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.classStarts[middle]! <= code) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}

function holds(assertion: Assertion, before: Side, after: Side): boolean {
  switch (assertion) {
    case 'start':
      return before === 'edge';
    case 'end':
      return after === 'edge';
    case 'boundary':
      return (before === 'word') !== (after === 'word');
    case 'noBoundary':
      return (before === 'word') === (after === 'word');
  }
}

function classStartsOf(program: Program): number[] {
  const starts = new Set([0]);
  const sets = [WORD, ...program.states.flatMap((state) => (state.kind === 'set' ? [state.set] : []))];
  for (const set of sets) {
    set.forEach((edge, index) => {
      const start = index % 2 === 0 ? edge : edge + 1;
      if (start <= MAX_CODE) {
        starts.add(start);
      }
    });
  }
  return [...starts].sort((a, b) => a - b);
}
