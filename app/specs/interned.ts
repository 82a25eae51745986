/** Texts as names of properties: only the names count. */
let names: { [text: string]: true } = Object.create(null);
let count = 0;

/** Names that are held at once: what has been made a property name stays in that form without. */
const MOST = 1 << 14;

/**
 * The same text in the form in which engines keep property names: comparing two of them looks at their places in
 * memory, not at their letters. Names of fields are compared all the time.
 */
export function interned(text: string): string {
  if (count++ === MOST) {
    names = Object.create(null);
    count = 0;
  }
  names[text] = true;
  return text;
}
