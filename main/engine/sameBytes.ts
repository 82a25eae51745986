/** Bytes that are hashed; all are compared. */
const HASHED = 512;
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over a seed, the length and the first bytes: for tables whose entries are compared with `sameBytes`. */
export function hashOf(bytes: Uint8Array, seed = 0): number {
  let hash = Math.imul(FNV_OFFSET ^ seed, FNV_PRIME);
  hash = Math.imul(hash ^ bytes.length, FNV_PRIME);
  const end = Math.min(bytes.length, HASHED);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ bytes[i], FNV_PRIME);
  return hash;
}

/** Whether two arrays hold the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
