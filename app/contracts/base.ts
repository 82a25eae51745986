/** Half-open range of byte offsets, counted from the message's first byte (its nlmsghdr where it has one). */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The outcome of something a user asked for. `error` is one sentence: what failed and why; `hint` says what to do. */
export type Result<T, E = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export interface Failure {
  /** What failed and why, one sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** errno name where the kernel refused (EPERM, ENOENT, …). */
  readonly errno?: string;
  /** The capability that is missing, as capabilities(7) names it (CAP_NET_ADMIN, …). */
  readonly capability?: string;
  /** The one source that refuses, where the others that were asked for would do without it. */
  readonly source?: 'tap';
}

export type Severity = 'error' | 'warn' | 'note';

/** An integer that may exceed 2^53: a number where a double holds it exactly, else its decimal digits. */
export type Integer = number | string;

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T>(message: string, more: Omit<Failure, 'message'> = {}): Result<T> {
  return { ok: false, error: { message, ...more } };
}
