/** Longest line that is kept whole: strace may print a message of 1 MB as one line, four characters a byte. */
const LONGEST_LINE = 64 << 20;

const DECODER = new TextDecoder('latin1');

/** Text of bytes that are ASCII as far as it matters: every byte is a character of its own. */
export function decodeText(bytes: Uint8Array): string {
  return DECODER.decode(bytes);
}

/** Cuts text that arrives in pieces into lines. */
export class LineSplitter {
  #rest = '';

  /** The lines that a piece completes, without their ends. */
  push(bytes: Uint8Array): string[] {
    const lines = (this.#rest + decodeText(bytes)).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    return lines.map(withoutReturn);
  }

  /** What stands after the last line end; '' when there is nothing. */
  rest(): string {
    const rest = withoutReturn(this.#rest);
    this.#rest = '';
    return rest;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
