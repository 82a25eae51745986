/** One name that a C header gives to a number. */
export interface HeaderName {
  readonly name: string;
  /** The expression behind its `=` or `#define`; '' for the number after the one before. */
  readonly expression: string;
  /** First and last enumerator of its enum; '' for a macro. */
  readonly first: string;
  readonly last: string;
}

/**
 * The enumerators and simple macros of a C header, in their order. All branches of conditionals are read: uapi headers
 * have none that choose between numbers.
 */
export function headerNames(source: string): HeaderName[] {
  const text = source
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\/\/.*/g, '')
    .replaceAll('\\\n', ' ');
  const lines = text.split('\n');
  const macros = lines.flatMap((line): HeaderName[] => {
    const found = /^\s*#\s*define\s+(\w+)\s+(\S.*)$/.exec(line);
    return found === null ? [] : [{ name: found[1]!, expression: found[2]!.trim(), first: '', last: '' }];
  });
  const body = lines.filter((line) => !line.trimStart().startsWith('#')).join('\n');
  const enumerators = [...body.matchAll(/\benum\b\s*\w*\s*\{([^}]*)\}/g)].flatMap(([, list = '']) => {
    const items = split(list);
    return items.map((item) => ({ ...item, first: items[0]!.name, last: items.at(-1)!.name }));
  });
  return [...enumerators, ...macros];
}

/** Splits an enumerator list at its commas, those inside parentheses left alone. */
function split(list: string): { name: string; expression: string }[] {
  let depth = 0;
  let item = '';
  const items: string[] = [];
  for (const character of `${list},`) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      items.push(item.trim());
      item = '';
    } else item += character;
  }
  return items.flatMap((text) => {
    const found = /^(\w+)\s*(?:=\s*([\s\S]+))?$/.exec(text);
    return found === null ? [] : [{ name: found[1]!, expression: (found[2] ?? '').trim() }];
  });
}
