/** A C program that prints what headers say about the expressions of facts, one `index value` line each. */
export interface HeaderProgram {
  readonly source: string;
  /** Index of the expression that stands in a line (from 1) of the source, for reading compiler messages. */
  expressionAt(line: number): number | undefined;
}

/**
 * Writes the program. Headers that are not installed are left out; expressions of `skip` (by index) too.
 * @param headers to include, in order: `linux/if_link.h`.
 * @param expressions integer constant expressions of C.
 */
export function headerProgram(
  headers: readonly string[],
  expressions: readonly string[],
  skip: ReadonlySet<number>,
): HeaderProgram {
  const lines = [
    '#include <stddef.h>',
    '#include <stdio.h>',
    '#include <linux/version.h>',
    '#include <asm/byteorder.h>',
    // The kernel's own macro, which some uapi headers use without defining it.
    '#define BIT(number) (1U << (number))',
  ];
  for (const header of headers) lines.push(`#if __has_include(<${header}>)`, `#include <${header}>`, '#endif');
  lines.push('int main(void) {', 'printf("version %d\\n", LINUX_VERSION_CODE);');
  const firstLine = lines.length + 1;
  const printed = expressions.map((_, index) => index).filter((index) => !skip.has(index));
  for (const index of printed) lines.push(`printf("${index} %lld\\n", (long long)(${expressions[index]}));`);
  lines.push('return 0;', '}', '');
  return { source: lines.join('\n'), expressionAt: (line) => printed[line - firstLine] };
}

/** Lines (from 1) of the source `file` that gcc refused, by the messages it printed. */
export function refusedLines(messages: string, file: string): number[] {
  return messages.split('\n').flatMap((message) => {
    const rest = message.startsWith(`${file}:`) ? message.slice(file.length + 1) : '';
    const found = /^(\d+):(\d+): (fatal )?error:/.exec(rest);
    return found === null ? [] : [Number(found[1])];
  });
}
