/** A line of the result: a figure of ours beside that of another program and the target. */
export interface Line {
  readonly name: string;
  /** What is measured. */
  readonly what: string;
  readonly unit: string;
  readonly ours: number | null;
  /** The program it is compared with, and its figure; null where it was not run. */
  readonly peer: string;
  readonly theirs: number | null;
  /** How many times better than the peer, where both were measured. */
  readonly ratio: number | null;
  /** What ours is not to exceed, or the ratio it is to reach. */
  readonly target: string;
  readonly met: boolean | null;
  /** Why something was not measured, and what to install. */
  readonly note: string;
}

const HEAD = ['', 'measured', 'nlscope', 'compared with', '', 'ratio', 'target', ''];

/** The lines as a table for people. */
export function printTable(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.name,
    line.what,
    line.ours === null ? '-' : `${figure(line.ours)} ${line.unit}`,
    line.peer,
    line.theirs === null ? (line.peer === '' ? '' : '-') : `${figure(line.theirs)} ${line.unit}`,
    line.ratio === null ? '' : `${figure(line.ratio)}x`,
    line.target,
    line.met === null ? line.note : line.met ? `met ${line.note}` : `MISSED ${line.note}`,
  ]);
  const widths = HEAD.map((_, i) => Math.max(...[HEAD, ...rows].map((cells) => cells[i].length)));
  const text = [HEAD, ...rows].map((cells) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
  return `${text.join('\n')}\n`;
}

function figure(number: number): string {
  return number >= 100 ? String(Math.round(number)) : String(Number(number.toPrecision(3)));
}
