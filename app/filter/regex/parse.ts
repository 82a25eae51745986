import {
  type CharSet,
  charSet,
  complement,
  DIGIT,
  ignoringCase,
  MAX_CODE,
  NEWLINE,
  SPACE,
  union,
  WORD,
} from './charSet.ts';

export type Pattern =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'repeat'; readonly part: Pattern; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly assertion: Assertion };

/** What must hold between two characters. */
export type Assertion = 'start' | 'end' | 'boundary' | 'noBoundary';

/** What is wrong with a regular expression, and at which of its characters. Never leaves this folder. */
export class RegexMistake extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Longest regular expression, in characters, and most often something may be repeated by a count. */
export const MAX_PATTERN = 1_000;
const MAX_COUNT = 1_000;

const CLASS_ESCAPES: Readonly<Record<string, CharSet>> = {
  d: DIGIT,
  w: WORD,
  s: SPACE,
  D: complement(DIGIT),
  W: complement(WORD),
  S: complement(SPACE),
};

const CHARACTER_ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11, a: 7, e: 27, 0: 0 };

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  b: 'boundary',
  B: 'noBoundary',
  A: 'start',
  z: 'end',
  Z: 'end',
};

const POSIX_CLASSES: ReadonlyMap<string, CharSet> = new Map([
  [
    'alpha',
    charSet([
      [0x41, 0x5a],
      [0x61, 0x7a],
    ]),
  ],
  ['digit', DIGIT],
  [
    'alnum',
    charSet([
      [0x30, 0x39],
      [0x41, 0x5a],
      [0x61, 0x7a],
    ]),
  ],
  ['space', SPACE],
  ['upper', charSet([[0x41, 0x5a]])],
  ['lower', charSet([[0x61, 0x7a]])],
  [
    'xdigit',
    charSet([
      [0x30, 0x39],
      [0x41, 0x46],
      [0x61, 0x66],
    ]),
  ],
  [
    'punct',
    charSet([
      [0x21, 0x2f],
      [0x3a, 0x40],
      [0x5b, 0x60],
      [0x7b, 0x7e],
    ]),
  ],
]);

const COUNT = /\{(\d{1,5})(?:(,)(\d{1,5})?)?\}/y;
const GROUP = /\((?:\?(?::|P?<[A-Za-z_]\w*>))?/y;
const CODE_ESCAPE = /x\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})/y;
const INLINE_CASE = /^\(\?(-?)i\)/;

/**
 * Reads a regular expression: the parts of Perl's and JavaScript's syntax that can be matched in linear time, which
 * leaves out back-references and look-around. Case is ignored unless it begins with (?-i).
 * @throws RegexMistake
 */
export function parsePattern(source: string): Pattern {
  if (source.length > MAX_PATTERN) {
    throw new RegexMistake(MAX_PATTERN, `A regular expression has at most ${MAX_PATTERN} characters`);
  }
  const caseFlag = INLINE_CASE.exec(source);
  return new PatternReader(source, caseFlag?.[0].length ?? 0, caseFlag?.[1] !== '-').read();
}

class PatternReader {
  private readonly source: string;
  private readonly ignoreCase: boolean;
  private at: number;

  constructor(source: string, at: number, ignoreCase: boolean) {
    this.source = source;
    this.at = at;
    this.ignoreCase = ignoreCase;
  }

  read(): Pattern {
    const pattern = this.choice();
    if (this.at < this.source.length) {
      throw new RegexMistake(this.at, '")" closes no group');
    }
    return pattern;
  }

  private choice(): Pattern {
    const parts = [this.sequence()];
    while (this.take('|')) {
      parts.push(this.sequence());
    }
    return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
  }

  private sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.at < this.source.length && this.peek() !== '|' && this.peek() !== ')') {
      parts.push(this.repeated());
    }
    return { kind: 'sequence', parts };
  }

  private repeated(): Pattern {
    let part = this.atom();
    for (;;) {
      const start = this.at;
      const bounds = this.bounds();
      if (!bounds) {
        return part;
      }
      const [min, max] = bounds;
      if (min > max || min > MAX_COUNT || (max > MAX_COUNT && max !== Number.POSITIVE_INFINITY)) {
        throw new RegexMistake(start, `A count is at most ${MAX_COUNT}, the smaller one first`);
      }
      this.take('?');
      part = { kind: 'repeat', part, min, max };
    }
  }

  private bounds(): [number, number] | undefined {
    if (this.take('*')) {
      return [0, Number.POSITIVE_INFINITY];
    }
    if (this.take('+')) {
      return [1, Number.POSITIVE_INFINITY];
    }
    if (this.take('?')) {
      return [0, 1];
    }
    const count = this.match(COUNT);
    if (!count) {
      return undefined;
    }
    const min = Number(count[1]);
    return [min, count[3] ? Number(count[3]) : count[2] ? Number.POSITIVE_INFINITY : min];
  }

  private atom(): Pattern {
    const start = this.at;
    const char = this.peek();
    if (char === '(') {
      return this.group();
    }
    if (char === '[') {
      return this.oneOf(this.bracket());
    }
    this.at++;
    switch (char) {
      case '.':
        return { kind: 'set', set: complement(NEWLINE) };
      case '^':
        return { kind: 'assert', assertion: 'start' };
      case '$':
        return { kind: 'assert', assertion: 'end' };
      case '*':
      case '+':
      case '?':
        throw new RegexMistake(start, `"${char}" repeats nothing`);
      case '\\': {
        const assertion = ASSERTIONS[this.peek()];
        if (assertion) {
          this.at++;
          return { kind: 'assert', assertion };
        }
        return this.oneOf(this.escape());
      }
      default:
        return this.oneOf(single(char.charCodeAt(0)));
    }
  }

  private group(): Pattern {
    const start = this.at;
    this.match(GROUP);
    if (this.peek() === '?') {
      throw new RegexMistake(start, 'Look-around and flags inside a regular expression are not supported');
    }
    const inner = this.choice();
    if (!this.take(')')) {
      throw new RegexMistake(start, '"(" is not closed');
    }
    return inner;
  }

  private bracket(): CharSet {
    const start = this.at++;
    const negated = this.take('^');
    const sets: CharSet[] = [];
    for (let first = true; first || this.peek() !== ']'; first = false) {
      if (this.at >= this.source.length) {
        throw new RegexMistake(start, '"[" is not closed');
      }
      sets.push(this.bracketItem());
    }
    this.at++;
    const set = union(sets);
    return negated ? complement(this.folded(set)) : set;
  }

  private bracketItem(): CharSet {
    const posix = this.match(/\[:(\w+):\]/y);
    if (posix) {
      const set = POSIX_CLASSES.get(posix[1]!);
      if (!set) {
        throw new RegexMistake(this.at - posix[0].length, `[:${posix[1]}:] is no character class`);
      }
      return set;
    }
    const start = this.at;
    const low = this.bracketChar();
    const isRange = this.peek() === '-' && this.at + 1 < this.source.length && this.source[this.at + 1] !== ']';
    if (!isRange) {
      return low;
    }
    this.at++;
    const high = this.bracketChar();
    if (!isSingle(low) || !isSingle(high) || low[0]! > high[0]!) {
      throw new RegexMistake(start, 'A range of characters goes from a smaller to a greater one');
    }
    return [low[0]!, high[0]!];
  }

  private bracketChar(): CharSet {
    const char = this.source[this.at++] ?? '';
    if (char !== '\\') {
      return single(char.charCodeAt(0));
    }
    return this.take('b') ? single(8) : this.escape();
  }

  /** What follows a backslash, assertions apart. */
  private escape(): CharSet {
    const start = this.at - 1;
    const code = this.match(CODE_ESCAPE);
    if (code) {
      const value = Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16);
      if (value > MAX_CODE) {
        throw new RegexMistake(start, 'Characters beyond U+FFFF are written as they are');
      }
      return single(value);
    }
    const char = this.source[this.at++];
    if (char === undefined) {
      throw new RegexMistake(start, 'A backslash escapes nothing');
    }
    const known = CLASS_ESCAPES[char] ?? (char in CHARACTER_ESCAPES ? single(CHARACTER_ESCAPES[char]!) : undefined);
    if (known) {
      return known;
    }
    if (/[1-9]/.test(char)) {
      throw new RegexMistake(start, 'Back-references are not supported');
    }
    if (/[A-Za-z]/.test(char)) {
      throw new RegexMistake(start, `\\${char} is not a known escape`);
    }
    return single(char.charCodeAt(0));
  }

  private oneOf(set: CharSet): Pattern {
    return { kind: 'set', set: this.folded(set) };
  }

  private folded(set: CharSet): CharSet {
    return this.ignoreCase ? ignoringCase(set) : set;
  }

  private peek(): string {
    return this.source[this.at] ?? '';
  }

  private take(char: string): boolean {
    const found = this.source[this.at] === char;
    this.at += found ? 1 : 0;
    return found;
  }

  private match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.source);
    this.at += found?.[0].length ?? 0;
    return found;
  }
}

function single(code: number): CharSet {
  return [code, code];
}

function isSingle(set: CharSet): boolean {
  return set.length === 2 && set[0] === set[1];
}
