/** A row of a dump: offset, then bytes, then perhaps their text. xxd and tcpdump write a colon, tcpdump also 0x. */
const ROW = /^\s*(0x)?([0-9a-f]{4,8})(:)?\s+([0-9a-f]{2,}.*)$/i;

/** A row of a hex dump. */
export interface HexRow {
  /** Of its first byte in the dump. */
  readonly offset: number;
  readonly bytes: readonly number[];
}

/** Reads a line as a row of a hex dump of any of the usual tools; null: it is none. */
export function hexRow(line: string): HexRow | null {
  const row = ROW.exec(line);
  return row && { offset: Number.parseInt(row[2], 16), bytes: rowBytes(row) };
}

/** Bytes of a dump's row, without the text beside them. */
function rowBytes([, x, offset, colon, rest]: RegExpExecArray): number[] {
  // hexdump -C and od -z mark their text; the others put two spaces before it.
  const marked = /^([^|>]*?)\s*[|>]/.exec(rest);
  const hex = marked === null || /[^0-9a-f\s]/i.test(marked[1]) ? rest.split(/\s{2,}/)[0] : marked[1];
  const bytes: number[] = [];
  // hexdump without options prints words of a little-endian host: seven digits of offset, no colon.
  const areWords = x === undefined && colon === undefined && offset.length === 7;
  for (const word of hex.trim().split(/\s+/)) {
    if (!/^(?:[0-9a-f]{2})+$/i.test(word)) break;
    const pairs = (word.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    bytes.push(...(areWords && pairs.length === 2 ? pairs.reverse() : pairs));
  }
  return bytes;
}
