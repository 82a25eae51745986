import type { Note, Severity } from '../contracts/index.ts';
import { growingU8, growingU16, growingU32, upperBound } from './columns.ts';

const SEVERITIES: readonly Severity[] = ['note', 'warn', 'error'];

/** One note of the list. Its text is not kept: the message yields it again when somebody looks. */
export interface ExpertRow {
  /** Message index. */
  readonly row: number;
  readonly severity: Severity;
  readonly code: string;
}

/** The notes of a session by row: 7 bytes each. Rows may be told in any order, each once. */
export class ExpertList {
  private readonly rows = growingU32();
  private readonly codes = growingU16();
  private readonly severities = growingU8();
  private readonly codeNames: string[] = [];
  private readonly codeNumbers = new Map<string, number>();
  private readonly byCode: number[] = [];
  private sorted = true;

  get count(): number {
    return this.rows.length;
  }

  get byteLength(): number {
    return this.rows.byteLength + this.codes.byteLength + this.severities.byteLength;
  }

  /** Adds the notes of a message. */
  add(row: number, notes: readonly Pick<Note, 'severity' | 'code'>[]): void {
    for (const { severity, code } of notes) {
      if (this.count > 0 && row < this.rows.values[this.count - 1]) this.sorted = false;
      const number = this.codeNumber(code);
      this.rows.push(row);
      this.codes.push(number);
      this.severities.push(SEVERITIES.indexOf(severity));
      this.byCode[number]++;
    }
  }

  /** `count` notes from `first`, in the order of their rows. */
  list(first: number, count: number): ExpertRow[] {
    this.sort();
    const end = Math.min(this.count, first + count);
    const list: ExpertRow[] = [];
    for (let i = Math.max(0, first); i < end; i++) {
      list.push({
        row: this.rows.values[i],
        severity: SEVERITIES[this.severities.values[i]],
        code: this.codeNames[this.codes.values[i]],
      });
    }
    return list;
  }

  /** Place in the list of the first note about a row after `row`. */
  placeAfter(row: number): number {
    this.sort();
    return upperBound(this.rows.values, this.count, row);
  }

  /** How many notes there are of each code. */
  counts(): ReadonlyMap<string, number> {
    return new Map(this.codeNames.map((name, number) => [name, this.byCode[number]]));
  }

  private codeNumber(code: string): number {
    let number = this.codeNumbers.get(code);
    if (number === undefined) {
      number = this.codeNames.length;
      this.codeNames.push(code);
      this.byCode.push(0);
      this.codeNumbers.set(code, number);
    }
    return number;
  }

  private sort(): void {
    if (this.sorted) return;
    const rows = this.rows.values.slice(0, this.count);
    const codes = this.codes.values.slice(0, this.count);
    const severities = this.severities.values.slice(0, this.count);
    const order = Uint32Array.from(rows, (_, i) => i).sort((a, b) => rows[a] - rows[b] || a - b);
    for (let i = 0; i < order.length; i++) {
      this.rows.values[i] = rows[order[i]];
      this.codes.values[i] = codes[order[i]];
      this.severities.values[i] = severities[order[i]];
    }
    this.sorted = true;
  }
}
