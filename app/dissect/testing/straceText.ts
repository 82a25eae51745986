import { NLMSG_HDRLEN } from '../../wire/index.ts';

/**
 * Reads what strace prints of netlink sockets. Its notation: structs `{a=1, b=X|Y}`, lists `[v, v]`, entries of lists by
 * constant `[NAME]=v`, strings of escapes, calls such as `inet_addr("…")`, and plain words; comments say what a number
 * is not (`0x3b` and then `IFLA_???`). A message is a list that begins with its nlmsghdr, an attribute one that begins
 * with its nlattr; of a message or attribute without payload the header stands alone.
 */

export type StraceValue =
  | { readonly kind: 'struct'; readonly members: readonly StraceMember[] }
  | { readonly kind: 'list'; readonly items: readonly StraceValue[] }
  /** `[NAME]=value` inside a list. */
  | { readonly kind: 'entry'; readonly key: string; readonly value: StraceValue }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly cut: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly StraceValue[] }
  /** Numbers, constants, flags joined by `|`, addresses without quotes. */
  | { readonly kind: 'word'; readonly text: string };

export interface StraceMember {
  readonly name: string;
  readonly value: StraceValue;
}

export interface StraceMessage {
  /** NETLINK_* without its prefix, as the descriptor's socket is called; '' for sockets that are not bound yet. */
  readonly protocol: string;
  readonly header: StraceValue & { kind: 'struct' };
  /** What follows the nlmsghdr. */
  readonly body: readonly StraceValue[];
}

/** The netlink messages of a trace, in the order of the calls. Reads that only peek are left out. */
export function straceMessages(trace: string): StraceMessage[] {
  const found: StraceMessage[] = [];
  for (const line of wholeCalls(trace)) {
    if (!line.includes('nlmsg_len=') || /MSG_PEEK[^)]*\) = /.test(line)) continue;
    const open = line.indexOf('(');
    const protocol = /^\(\d+<NETLINK:\[(\w+):/.exec(line.slice(open))?.[1] ?? '';
    const reader = new Reader(line, open + 1);
    for (const argument of reader.sequence(')')) collectMessages(argument, protocol, found);
  }
  return found;
}

/** The lines of a trace, with the halves of interrupted calls joined. */
export function wholeCalls(trace: string): string[] {
  const begun = new Map<string, string>();
  const lines: string[] = [];
  for (const line of trace.split('\n')) {
    const process = /^\d+ /.exec(line)?.[0] ?? '';
    const unfinished = line.indexOf(' <unfinished ...>');
    const resumed = /<\.\.\. \w+ resumed>/.exec(line);
    if (unfinished >= 0) begun.set(process, line.slice(0, unfinished));
    else if (resumed === null) lines.push(line);
    else lines.push((begun.get(process) ?? '') + line.slice(resumed.index + resumed[0].length));
  }
  return lines;
}

/** Reads one value: for tests of the reader. */
export function parseStrace(text: string): StraceValue {
  return new Reader(text, 0).value();
}

function collectMessages(value: StraceValue, protocol: string, into: StraceMessage[]): void {
  const message = messageOf(value, protocol);
  if (message !== undefined) {
    // Past the end of a message, zeros and what else is in the buffer are shown as one more.
    if (Number(wordOf(message.header, 'nlmsg_len')) >= NLMSG_HDRLEN) into.push(message);
  } else if (value.kind === 'list') for (const item of value.items) collectMessages(item, protocol, into);
  else if (value.kind === 'struct') {
    for (const member of value.members) {
      // Of a message in several pieces strace reads each piece as if it began there.
      const isPieces = member.name === 'msg_iov' && member.value.kind === 'list';
      collectMessages(isPieces ? member.value.items[0] : member.value, protocol, into);
    }
  }
}

/** The message that a value is; undefined when it is none. */
export function messageOf(value: StraceValue, protocol: string): StraceMessage | undefined {
  const [header, ...body] = value.kind === 'list' ? value.items : [value];
  return startsWith(header, 'nlmsg_len') ? { protocol, header, body } : undefined;
}

export interface StraceAttribute {
  readonly length: string;
  readonly type: string;
  /** What follows the header: nothing, a value, or a struct and the attributes after it. */
  readonly payload: readonly StraceValue[];
}

/** The attributes that a value lists: one alone stands without the outer brackets. Undefined when it is something else. */
export function attributesOf(value: StraceValue): StraceAttribute[] | undefined {
  const single = attributeOf(value);
  if (single !== undefined) return [single];
  if (value.kind !== 'list' || value.items.length === 0) return undefined;
  const all = value.items.map(attributeOf);
  return all.every((a) => a !== undefined) ? all : undefined;
}

function attributeOf(value: StraceValue): StraceAttribute | undefined {
  const [header, ...payload] = value.kind === 'list' ? value.items : [value];
  if (!startsWith(header, 'nla_len')) return undefined;
  const length = wordOf(header, 'nla_len');
  // After an empty attribute the next one follows, where otherwise the payload would stand.
  if (payload.length > 0 && length === '4') return undefined;
  return payload.length > 1 && payload[0].kind !== 'struct'
    ? undefined
    : { length, type: wordOf(header, 'nla_type'), payload };
}

function startsWith(value: StraceValue | undefined, name: string): value is StraceValue & { kind: 'struct' } {
  return value?.kind === 'struct' && value.members[0]?.name === name;
}

/** A member's words; '' when it is not there. */
export function wordOf(struct: StraceValue & { kind: 'struct' }, name: string): string {
  const value = struct.members.find((m) => m.name === name)?.value;
  return value?.kind === 'word' ? value.text : '';
}

/** A recursive reader of one line. Throws on what it does not know: a trace that cannot be read proves nothing. */
class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** Values up to the closing bracket, which is consumed. */
  sequence(close: string): StraceValue[] {
    const values: StraceValue[] = [];
    for (;;) {
      this.#skip();
      if (this.#take(close)) return values;
      if (this.#take('...')) continue;
      values.push(this.#item());
      this.#skip();
      if (!this.#take(',') && this.#text[this.#at] !== close) throw this.#unexpected();
    }
  }

  #item(): StraceValue {
    const entry = /^\[([\w.+-]+)(?: \/\*[^*]*\*\/)?\]=/.exec(this.#text.slice(this.#at, this.#at + 80));
    if (entry === null) return this.value();
    this.#at += entry[0].length;
    return { kind: 'entry', key: entry[1], value: this.value() };
  }

  value(): StraceValue {
    this.#skip();
    switch (this.#text[this.#at]) {
      case '{':
        this.#at++;
        return { kind: 'struct', members: this.#members() };
      case '[':
        this.#at++;
        return { kind: 'list', items: this.sequence(']') };
      case '"':
        return this.#string();
      default:
        return this.#word();
    }
  }

  #members(): StraceMember[] {
    const members: StraceMember[] = [];
    for (;;) {
      this.#skip();
      if (this.#take('}')) return members;
      if (this.#take('...')) continue;
      const name = /^[\w.]+=/.exec(this.#text.slice(this.#at, this.#at + 80))?.[0] ?? '';
      this.#at += name.length;
      members.push({ name: name.slice(0, -1), value: this.value() });
      this.#skip();
      if (!this.#take(',') && this.#text[this.#at] !== '}') throw this.#unexpected();
    }
  }

  #string(): StraceValue {
    const bytes: number[] = [];
    for (this.#at++; this.#text[this.#at] !== '"'; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) throw this.#unexpected();
      if (char !== '\\') bytes.push(char.charCodeAt(0));
      else if (this.#text[this.#at + 1] === 'x') {
        bytes.push(Number.parseInt(this.#text.slice(this.#at + 2, this.#at + 4), 16));
        this.#at += 3;
      } else {
        const octal = /^[0-7]{1,3}/.exec(this.#text.slice(this.#at + 1, this.#at + 4))?.[0];
        bytes.push(octal === undefined ? escapeCode(this.#text[this.#at + 1]) : Number.parseInt(octal, 8));
        this.#at += octal?.length ?? 1;
      }
    }
    this.#at++;
    return { kind: 'bytes', bytes: Uint8Array.from(bytes), cut: this.#take('...') };
  }

  /** A word ends at a separator outside of brackets; the socket behind a descriptor is part of it. */
  #word(): StraceValue {
    const start = this.#at;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || ',]}) '.includes(char)) break;
      if (char === '(') {
        if (/[^\w]/.test(this.#text[this.#at - 1])) this.#at = this.#text.indexOf(')', this.#at) + 1;
        else return this.#call(start);
        continue;
      }
      this.#at = char === '<' && this.#text[this.#at + 1] !== '<' ? this.#text.indexOf('>', this.#at) : this.#at + 1;
      if (char === '<' && this.#text[this.#at] === '<') this.#at++;
    }
    if (this.#at === start) throw this.#unexpected();
    return { kind: 'word', text: this.#text.slice(start, this.#at) };
  }

  #call(start: number): StraceValue {
    const name = this.#text.slice(start, this.#at);
    this.#at++;
    return { kind: 'call', name, args: this.sequence(')') };
  }

  /** Blanks and comments. */
  #skip(): void {
    for (;;) {
      while (this.#text[this.#at] === ' ') this.#at++;
      if (!this.#text.startsWith('/*', this.#at)) return;
      this.#at = this.#text.indexOf('*/', this.#at) + 2;
    }
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #unexpected(): Error {
    return new Error(`not strace's notation at ${this.#at}: ${this.#text.slice(this.#at, this.#at + 60)}`);
  }
}

const ESCAPES: { readonly [letter: string]: number } = { n: 10, t: 9, r: 13, f: 12, v: 11 };

function escapeCode(letter: string): number {
  return ESCAPES[letter] ?? letter.charCodeAt(0);
}
