import type { Severity } from '../../app/contracts/index.ts';

type Mark = Severity | 'gap';

const WORDS: { readonly [mark in Mark]: string } = { error: 'error', warn: 'warning', note: 'note', gap: 'gap' };

/**
 * The four marks of severity, told apart by shape and not by colour alone: error is a filled octagon, warning a
 * triangle, note a dot, a gap of lost messages a zig-zag.
 * @param size edge in pixels
 * @param label spoken text; without it the icon is decoration
 */
export function SeverityIcon({ severity, size = 14, label }: { severity: Mark; size?: number; label?: string }) {
  return (
    <svg
      className={`severity-icon severity-${severity}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role={label ? 'img' : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    >
      {SHAPES[severity]}
    </svg>
  );
}

/** The word for a severity as it is shown and spoken: "error", "warning", "note", "gap". */
export function severityWord(severity: Mark): string {
  return WORDS[severity];
}

const SHAPES = {
  error: (
    <>
      <path d="M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2z" fill="currentColor" />
      <path d="M8 4.6v4M8 11v.4" stroke="var(--bg)" strokeWidth="1.7" strokeLinecap="round" />
    </>
  ),
  warn: (
    <>
      <path d="M8 1.8 15 14.2H1z" fill="currentColor" strokeLinejoin="round" />
      <path d="M8 6.2v3.6M8 12v.3" stroke="var(--bg)" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  note: <circle cx="8" cy="8" r="3" fill="currentColor" />,
  gap: (
    <path
      d="M1.5 10l2.6-4 2.6 4 2.6-4 2.6 4 2.6-4"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
  ),
} as const;
