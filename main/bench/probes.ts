import { rmSync } from 'node:fs';
import { PcapngWriter } from '../../app/captureFile/index.ts';
import type { Field } from '../../app/dissect/index.ts';
import { kernel } from '../../app/kernel/index.ts';
import { CHUNK_ROWS, type RowFilter, saveMessages } from '../../app/session/index.ts';
import { openCaptureFile } from '../cli/captureInput.ts';
import { createDecoding, type Decoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { GrowingFile } from '../engine/fileBytes.ts';

/** Figures of a probe, by name. */
export type Figures = { readonly [name: string]: number };

/** Messages that are decoded before their cost is measured. */
const WARM_UP = 5000;

/** CPU microseconds this process has used. */
function used(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** CPU microseconds that some work takes. */
function costOf(work: () => void): number {
  const before = used();
  work();
  return used() - before;
}

async function opened(path: string): Promise<{ document: Document; decoding: Decoding }> {
  const decoding = createDecoding();
  const { document } = await openCaptureFile(path, decoding);
  return { document, decoding };
}

/** One step of listing. */
const LIST_MS = 1000;

/** Filters of the `filter` row, from cheap to dear. */
const FILTERS: readonly (readonly [name: string, text: string])[] = [
  ['columns', 'nl.protocol == NETLINK_ROUTE && nl.flags & NLM_F_MULTI && nl.len > 3000'],
  ['attribute', 'link.ifname == "no such interface"'],
  ['any', 'nft.expr.name == "no such expression"'],
];
/** As the filters; the `search` probe asks it of fewer messages. */
const SEARCHES: typeof FILTERS = [['anywhere', '"no such text"']];

/**
 * Measurements that need the product's modules rather than its command: each runs in a process of its own, on the code
 * of this very build, and loads what it measures with alone.
 */
const PROBES: { readonly [name: string]: (path: string) => Figures | Promise<Figures> } = {
  open: async (path) => ({ messages: (await opened(path)).document.store.count }),
  async memory(path) {
    const decoding = createDecoding();
    const collect = (globalThis as { gc?: () => void }).gc;
    const { document } = await openCaptureFile(path, decoding);
    collect?.();
    const after = process.memoryUsage();
    const { Listing } = await import('../engine/listing.ts');
    const listing = new Listing(document, 1);
    while (listing.step(LIST_MS));
    collect?.();
    const listed = process.memoryUsage();
    return {
      messages: document.store.count,
      index: after.heapUsed + after.external + kernel().weightless,
      rss: after.rss,
      list: listed.heapUsed + listed.external - after.heapUsed - after.external,
      notes: listing.experts.count,
    };
  },
  filter: (path) => askAll(path, FILTERS),
  search: (path) => askAll(path, SEARCHES),
  async decode(path) {
    const { document } = await opened(path);
    const { count } = document.store;
    const run = (work: (row: number) => void, end: number): void => {
      for (let row = 0; row < end; row++) work(row);
    };
    // What starting costs is taken from the peers' figures too: specs are compiled before it counts.
    const each = (work: (row: number) => void) => {
      run(work, Math.min(count, WARM_UP));
      return costOf(() => run(work, count)) / count;
    };
    return {
      messages: count,
      summary: each((row) => document.line(row)),
      notes: each((row) => document.notes(row)),
      values: each((row) => visit(document.decode(row).fields, lookAtValue)),
      texts: each((row) => visit(document.decode(row).fields, lookAtText)),
      tree: each((row) => document.dissect(row)),
    };
  },
  async save(path) {
    const { document } = await opened(path);
    const out = `${path}.saved`;
    const cost = costOf(() => {
      const file = new GrowingFile(out);
      saveMessages(document, new PcapngWriter(file, { application: 'nlscope bench' }), null);
      file.close();
    });
    rmSync(out);
    return { messages: document.store.count, each: cost / document.store.count };
  },
  window: async (path) => (await import('./window.ts')).measureWindow(process.argv[1], path),
  live: async (count) => (await import('./live.ts')).receiveOnce(Number(count)),
  soak: async (count) => (await import('./live.ts')).receiveSoak(Number(count)),
  flood: async (count) => (await import('./live.ts')).flood(Number(count)),
};

/** Milliseconds that each filter takes of a million messages. */
async function askAll(path: string, filters: typeof FILTERS): Promise<Figures> {
  const { document, decoding } = await opened(path);
  const { count } = document.store;
  const figures: { [name: string]: number } = { messages: count };
  const { rowFilter } = await import('../cli/filterOption.ts');
  for (const [name, text] of filters) {
    const filter = rowFilter(document, decoding, text);
    // Microseconds for all rows are milliseconds for a million when they are divided by thousands of rows.
    figures[name] = (costOf(() => narrowAll(filter, count)) * 1e3) / count;
  }
  return figures;
}

/** Asks a filter about all rows, block by block, as the list does. */
function narrowAll(filter: RowFilter, count: number): void {
  const picks = new Uint16Array(CHUNK_ROWS);
  for (let base = 0; base < count; base += CHUNK_ROWS) {
    const rows = Math.min(CHUNK_ROWS, count - base);
    for (let place = 0; place < rows; place++) picks[place] = place;
    looked += filter.narrow(base, picks, rows);
  }
}

let looked = 0;

/** Reads name, type and value of a field: what the tree holds before it is drawn. */
function lookAtValue(field: Field): void {
  looked += field.name.length + field.type.length + (field.raw === null ? 0 : 1);
}

/** The same, and the text the tree shows. */
function lookAtText(field: Field): void {
  lookAtValue(field);
  looked += field.text.length;
}

function visit(fields: readonly Field[], look: (field: Field) => void): void {
  for (const field of fields) {
    look(field);
    visit(field.children, look);
  }
}

/** Runs a probe and prints its figures as JSON. */
export async function runProbe(name: string, argument: string): Promise<void> {
  const probe = PROBES[name];
  if (probe === undefined) throw new Error(`no probe "${name}"`);
  const figures = await probe(argument);
  process.stdout.write(`${JSON.stringify({ ...figures, looked: looked > 0 ? 1 : 0 })}\n`);
}
