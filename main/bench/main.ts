import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type Corpus, makeCorpus, repositoryCaptures } from './corpus.ts';
import { runPair } from './pair.ts';
import type { Figures } from './probes.ts';
import { measure, ROWS, withoutPeers } from './rows.ts';
import { printTable } from './table.ts';

/** What is slow is measured with so many times fewer messages. */
const PART = 10;

const SELF = fileURLToPath(import.meta.url);

interface Options {
  readonly messages: number;
  readonly corpus?: string;
  readonly runs: number;
  readonly json?: boolean;
  /** Messages of a capture that only we are measured with. */
  readonly scale?: number;
}

/** What is measured at scale. */
const AT_SCALE = ['open', 'memory', 'filter', 'save', 'window'];

async function bench(asked: readonly string[], options: Options): Promise<void> {
  const { scale } = options;
  const names = scale !== undefined && asked.length === 0 ? AT_SCALE : asked;
  const chosen = names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name));
  const rows = scale === undefined ? chosen : chosen.map(withoutPeers);
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    const known = ROWS.map(({ name }) => name).join(', ');
    program.error(`there is no benchmark "${unknown[0]}"; there are ${known}`);
  }
  const folder = options.corpus ?? repositoryCaptures();
  const size = scale ?? options.messages;
  const sizes = [size, Math.ceil(size / PART), 1];
  const made: Corpus[] = [];
  try {
    for (const count of sizes) made.push(makeCorpus(folder, count));
    const [whole, part, one] = made;
    process.stderr.write(`${whole.messages.toLocaleString('en')} messages, ${(whole.bytes / 1e6).toFixed(1)} MB\n`);
    const setting = { self: SELF, whole, part, one, runs: scale === undefined ? options.runs : 1 };
    const lines = rows.flatMap((row) => {
      process.stderr.write(`${row.name} …\n`);
      return measure(row, setting);
    });
    if (options.json) process.stdout.write(`${JSON.stringify(lines)}\n`);
    else process.stdout.write(printTable(lines));
  } finally {
    for (const corpus of made) corpus.remove();
  }
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It must be a number above 0.');
  return number;
}

const program = new Command('bench')
  .description('Measures nlscope and the programs it is compared with, in CPU time: medians of alternated runs.')
  .argument('[name...]', `what to measure: ${ROWS.map(({ name }) => name).join(', ')} (all by default)`)
  .option('--messages <count>', 'messages in the capture that is measured with', count, 1_000_000)
  .option('--corpus <folder>', 'captures (pcap) to make it of, instead of those of the repository')
  .option('--runs <count>', 'how often each is run', count, 3)
  .option('--scale <count>', 'measure opening, memory, filters, saving and the window once, alone, with so many', count)
  .option('--json', 'print one JSON array instead of a table')
  .exitOverride()
  .action((names: string[], options: Options) => bench(names, options));
// What the rows run in processes of their own.
program
  .command('probe', { hidden: true })
  .argument('<name>')
  .argument('<argument>')
  .action(async (name: string, argument: string) => (await import('./probes.ts')).runProbe(name, argument));
program
  .command('pair', { hidden: true })
  .argument('<count>')
  .argument('<listener>')
  .action(async (messages: string, listener: string) => {
    const figures: Figures = await runPair(SELF, Number(messages), listener);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else throw error;
}
