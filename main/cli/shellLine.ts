/** A word of a command line. */
export interface LineWord {
  /** What the program is given of it. */
  readonly text: string;
  /** As it was typed. */
  readonly raw: string;
}

/**
 * Takes a command line apart as shells do: blanks, quotes, backslashes. Nothing is expanded.
 * @returns the words before the last one, and the last one, which may be empty or have a quote that is not closed
 */
export function splitLine(line: string): { readonly words: readonly string[]; readonly last: LineWord } {
  const words: string[] = [];
  let text = '';
  let start = 0;
  let begun = false;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const character = line[at];
    if (quote === '' && /\s/.test(character)) {
      if (begun) words.push(text);
      [text, begun, start] = ['', false, at + 1];
      continue;
    }
    begun = true;
    if (character === quote) quote = '';
    else if (quote === '' && (character === "'" || character === '"')) quote = character;
    else if (character === '\\' && quote !== "'" && at + 1 < line.length) text += line[++at];
    else text += character;
  }
  return { words, last: { text, raw: line.slice(start) } };
}
