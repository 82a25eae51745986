import { readFileSync } from 'node:fs';
import { buildParserFile } from '@lezer/generator';
import { classHighlighter, highlightTree } from '@lezer/highlight';
import { expect, test } from 'vitest';
import { compileFilter } from './compile.ts';
import { parser } from './language.ts';
import { KEYWORDS, OPERATORS } from './operators.ts';
import { registry } from './testing/registry.ts';

function fileText(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

test('the generated parser is that of the grammar', () => {
  const { parser: generated } = buildParserFile(fileText('filter.grammar'), {
    fileName: 'filter.grammar',
    typeScript: true,
    warn: (message) => expect.fail(message),
  });
  expect(fileText('parser.generated.ts').trim()).toBe(generated.trim());
});

test('every part of a filter has a highlighting tag', () => {
  const text = 'not link.mtu[0:2] in {1..2} and len(a) == "x" || any b matches \'c\' xor c & 1|2 == 10.0.0.1';
  const highlighted: string[] = [];
  highlightTree(parser.parse(text), classHighlighter, (from, to, classes) => {
    highlighted.push(`${text.slice(from, to)}:${classes.replaceAll('tok-', '')}`);
  });
  expect(highlighted.join(' ')).toMatchInlineSnapshot(
    `"not:operator link.mtu:variableName [:punctuation 0:number ::punctuation 2:number ]:punctuation in:keyword {:punctuation 1:number ..:punctuation 2:number }:punctuation and:operator len:variableName (:punctuation a:variableName ):punctuation ==:operator "x":string ||:operator any:keyword b:variableName matches:operator 'c':string xor:operator c:variableName &:operator 1:number |:operator 2:number ==:operator 10.0.0.1:literal"`,
  );
});

test('the operators of the grammar are those of the table', () => {
  const grammar = fileText('filter.grammar');
  for (const keyword of KEYWORDS) {
    expect(grammar).toContain(`word<"${keyword}">`);
  }
  const words = [...grammar.matchAll(/word<"(\w+)">/g)].map(([, word]) => word);
  expect(new Set(words)).toEqual(KEYWORDS);
  for (const spelling of OPERATORS.flatMap(({ spellings }) => spellings)) {
    expect(parser.parse(`a ${spelling} b`).toString()).toBe('Filter(Comparison(Name,CompareOp,Name))');
  }
});

test('what is quickly typed or pasted is quickly refused', () => {
  for (const piece of ['a b ', '((', '"', ') (', '== ', '{,', 'a[', '..', 'ü', '&& ! ', 'a in {', '\\']) {
    const text = piece.repeat(Math.floor(20_000 / piece.length));
    expect(compileFilter(text, registry).ok).toBe(false);
  }
});
