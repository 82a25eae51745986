/**
 * The same text in the form in which engines keep property names: comparing two of them looks at their places in
 * memory, not at their letters. Names of fields are compared all the time.
 */
export function interned(text: string): string {
  for (const key in { [text]: 0 }) return key;
  return text;
}
