import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainEnvelope } from '../../app/captureFile/index.ts';
import type { ByteRange, Envelope, Explanation, FieldNode } from '../../app/contracts/index.ts';
import { encodeMessage } from '../../app/craft/index.ts';
import { bareContext } from '../../app/dissect/index.ts';
import { GenlFamilyTable } from '../../app/session/index.ts';
import { NETLINK_GENERIC } from '../../app/wire/index.ts';
import { openCaptureFile } from '../cli/captureInput.ts';
import { createDecoding } from '../engine/decoding.ts';
import { explainRow } from '../engine/refusalOf.ts';
import { HOST_LITTLE_ENDIAN } from '../sources/batches.ts';
import { netlinkRequest } from '../sources/request.ts';
import { namespacesMissing } from '../sources/testing/namespace.ts';
import { INCOMPLETE, REFUSAL_LINES, REFUSED, type Refused } from './scenes/refusals.ts';
import { NamespaceKernel } from './testing/kernel.ts';

const decoding = createDecoding();
const lacking = ['ip', 'strace'].find((tool) => spawnSync('which', [tool]).status !== 0);
if (lacking !== undefined) console.warn(`skipped: refusals: ${lacking} not installed`);

/** What a tool tells of a refusal, as far as it comes from the kernel. */
interface Told {
  /** The kernel's words. */
  readonly message: string;
  /** Offset in the request (ethtool). */
  readonly offset: number | undefined;
  /** What is underlined of the command (nft). */
  readonly underlined: string;
}

interface Refusal {
  readonly told: Told;
  /** Where the kernel points in the request, as strace reads its answer. */
  readonly offset: number | undefined;
  readonly explained: Explanation;
  /** What we show of the field that the kernel points at. */
  readonly pointed: string;
}

/** iproute2 ends the kernel's words with a dot; nft has a line of its own for errno, and underlines. */
function toldBy(printed: string): Told {
  const [, message = '', offset] =
    /^(?:netlink error|Error): (.*?)\.?(?: \(offset (\d+)\))?$/m.exec(printed.replace(/^Error: Could not .*$/m, '')) ??
    [];
  const [, line = '', marks = ''] = /^(.*)\n( *\^+)\s*$/m.exec(printed) ?? [];
  return {
    message,
    offset: offset === undefined ? undefined : Number(offset),
    underlined: line.slice(marks.indexOf('^'), marks.length),
  };
}

/** Who asked why EINVAL: the tool that the kernel refused says the same as we do. */
describe.skipIf(lacking !== undefined || namespacesMissing() !== undefined)('refusals', () => {
  let kernel: NamespaceKernel;
  let folder: string;

  beforeAll(() => {
    kernel = new NamespaceKernel();
    folder = mkdtempSync(join(tmpdir(), 'nlscope-refusals-'));
    for (const line of REFUSAL_LINES) tryTo(line);
  });
  afterAll(() => {
    kernel.remove();
    rmSync(folder, { recursive: true });
  });

  /** What a command complains of, "" when it does not. */
  function tryTo(line: string): string {
    try {
      kernel.run(line);
      return '';
    } catch (error) {
      return String((error as { readonly stderr?: unknown }).stderr);
    }
  }

  /** The field that a range of a message's bytes is. */
  function fieldOf(fields: readonly FieldNode[], { start, end }: ByteRange): FieldNode | undefined {
    const around = fields.find(({ range }) => range.start <= start && end <= range.end);
    if (around === undefined || (around.range.start === start && around.range.end === end)) return around;
    return fieldOf(around.children, { start, end });
  }

  /** Runs a command and reads what passed between it and the kernel; the last refusal, and the bytes it is about. */
  async function refuse(command: string): Promise<Refusal> {
    const trace = join(folder, 'trace');
    const told = toldBy(tryTo(`strace -f -s 512 -o ${trace} -e trace=%network -e read=all -e write=all ${command}`));
    const offset = [...readFileSync(trace, 'latin1').matchAll(/NLMSGERR_ATTR_OFFS\}, (\d+)/g)].at(-1)?.[1];
    const { document } = await openCaptureFile(trace, decoding);
    const rows = Array.from({ length: document.store.count }, (_, row) => row).reverse();
    for (const row of rows) {
      if (document.store.envelope(row).direction === 'request') continue;
      const explained = explainRow(document, decoding, row);
      if (explained === null) continue;
      const { range, requestNumber } = explained;
      if (requestNumber === null) throw new Error(`no request for the refusal of ${command}`);
      const field = range === null ? undefined : fieldOf(document.dissect(requestNumber - 1).tree, range);
      return {
        told,
        offset: offset === undefined ? undefined : Number(offset),
        explained,
        pointed: JSON.stringify(field ?? null),
      };
    }
    throw new Error(`nothing was refused of ${command}`);
  }

  it.each(REFUSED)('$command', { timeout: 60_000 }, async ({ command, attribute }: Refused) => {
    const [tool = ''] = command.split(' ');
    if (spawnSync('which', [tool]).status !== 0) return void console.warn(`skipped: ${command}: not installed`);
    const { told, offset, explained, pointed } = await refuse(command);
    expect(explained.message).toBe(told.message);
    expect(explained.range?.start).toBe(offset);
    if (attribute === undefined) expect(told.message).not.toBe('');
    else expect(explained.attribute).toBe(attribute);
    expect(explained.attribute === '').toBe(offset === undefined);
    if (told.offset !== undefined) expect(told.offset).toBe(offset);
    if (told.underlined !== '') expect(pointed).toContain(told.underlined);
  });

  it.each(INCOMPLETE)('$command without $missing', async ({ family, command, missing }) => {
    const genl = new GenlFamilyTable();
    for (const known of await kernel.families()) genl.learn(known);
    if (genl.byName(family) === undefined) return void console.warn(`skipped: this kernel has no ${family}`);
    const { bytes } = encodeMessage(
      {
        protocol: 'NETLINK_GENERIC',
        genlFamily: family,
        flags: ['NLM_F_REQUEST', 'NLM_F_ACK'],
        seq: 1,
        portid: 0,
        genl: { cmd: command, version: 1 },
        attributes: [],
      },
      { library: decoding.library, genl, littleEndian: HOST_LITTLE_ENDIAN },
    );
    const asked = await netlinkRequest({ protocol: NETLINK_GENERIC, netns: kernel.path, extAck: true }, bytes);
    const [reply] = asked.ok ? asked.value.replies : [];
    const envelope: Envelope = { ...plainEnvelope(NETLINK_GENERIC, HOST_LITTLE_ENDIAN), direction: 'reply', group: 0 };
    const context = { ...bareContext(genl), request: () => bytes };
    const decoded = decoding.dissector.decode(reply?.bytes ?? new Uint8Array(), envelope, context);
    expect(decoding.dissector.explain(decoded)).toMatchObject({ attribute: missing, missing: true });
  });
});
