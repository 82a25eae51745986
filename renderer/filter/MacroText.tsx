import type { FilterError } from '../../app/contracts/index.ts';

/** The text of the macro that is wrong, with what is wrong in it underlined. */
export function MacroText({ macro: { text, range } }: { macro: NonNullable<FilterError['macro']> }) {
  const end = Math.max(range.end, range.start + 1);
  return (
    <code className="macro-text" data-testid="filter-error-macro">
      {text.slice(0, range.start)}
      <span className="filter-wrong">{text.slice(range.start, end)}</span>
      {text.slice(end)}
    </code>
  );
}
