import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NamespaceKernel } from './testing/kernel.ts';
import { consult } from './testing/oracle.ts';
import { ORACLES, recordingName } from './testing/oracles.ts';
import { RecordingKernel } from './testing/recording.ts';

/**
 * Asks every oracle and prints a line for each (ok, not ok) and for each kind of thing that this kernel cannot make.
 * Arguments are words that the names of the wanted oracles begin with; `--record FOLDER` also keeps what the kernel and
 * the tools answered. Exit status 1 when something differs.
 */
const { positionals: wanted, values } = parseArgs({
  options: { record: { type: 'string' } },
  allowPositionals: true,
});
let failed = false;
const print = (line: string) => process.stdout.write(`${line}\n`);

for (const oracle of ORACLES) {
  if (wanted.length > 0 && !wanted.some((start) => oracle.name.startsWith(start))) continue;
  const kernel = oracle.isLive ? new NamespaceKernel() : new RecordingKernel(new NamespaceKernel());
  try {
    const { objects, findings, refused } = await consult(oracle, kernel);
    for (const [kind, reason] of refused) print(`skipped ${oracle.name}: ${kind}: ${reason}`);
    for (const { path, theirs, ours } of findings.differences) {
      print(`differs ${path}: the tool says ${JSON.stringify(theirs)}, we say ${JSON.stringify(ours, plain)}`);
    }
    const ok = findings.differences.length === 0;
    if (!ok) failed = true;
    print(
      `${ok ? 'ok' : 'not ok'} ${oracle.name}: ${objects} objects, ${findings.values} values, ${findings.used.size} keys`,
    );
  } catch (error) {
    failed = true;
    print(`not ok ${oracle.name}: ${error instanceof Error ? error.message : error}`);
  }
  if (values.record === undefined || !(kernel instanceof RecordingKernel)) continue;
  mkdirSync(values.record, { recursive: true });
  writeFileSync(join(values.record, recordingName(oracle)), kernel.save());
}
process.exitCode = failed ? 1 : 0;

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
