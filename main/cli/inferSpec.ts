import { stringify } from 'yaml';
import type { GenlFamily } from '../../app/dissect/index.ts';
import { isRequestMessage } from '../../app/dissect/messageKind.ts';
import { thereIs } from '../../app/filter/index.ts';
import { inferSpec, type SeenMessage } from '../../app/specs/index.ts';
import { align4, GENL_HDRLEN, NETLINK_GENERIC, NLM_F_DUMP, NLMSG_HDRLEN } from '../../app/wire/index.ts';
import { createDecoding } from '../engine/decoding.ts';
import type { Document } from '../engine/document.ts';
import { readPolicy } from '../engine/genlKnowledge.ts';
import { listGenlFamilies } from '../sources/genlFamilies.ts';
import { openCaptureFile, reportBreak } from './captureInput.ts';
import { CommandFailure } from './failure.ts';
import { createOutput } from './output.ts';

export interface SpecInferCommand {
  readonly family: string;
  readonly capture: readonly string[];
}

/**
 * Writes a spec to begin with: what the policy of a family (of the captures' host, else of this kernel) tells, and what the
 * captures show of it. Returns 2 when a capture breaks off, else 0.
 */
export async function specInfer({ family: name, capture }: SpecInferCommand): Promise<number> {
  const decoding = createDecoding();
  const seen: SeenMessage[] = [];
  const told = new Set<string>();
  let family: GenlFamily | undefined;
  let status = 0;
  for (const path of capture) {
    const input = await openCaptureFile(path, decoding);
    if (reportBreak(path, input)) status = 2;
    let isTold = false;
    for (const { host, families } of input.document.hosts) {
      for (const known of families.all()) told.add(known.name);
      const known = families.byName(name);
      if (known === undefined) continue;
      isTold = true;
      for (const message of seenMessages(input.document, host, known)) seen.push(message);
      if (family === undefined || known.policy !== undefined) family = known;
    }
    if (!isTold) process.stderr.write(`nlscope: ${path} tells of no family "${name}"\n`);
  }
  if (family?.policy === undefined) {
    const listed = await listGenlFamilies();
    const running = listed.ok ? listed.value : [];
    for (const known of running) told.add(known.name);
    family = (await withPolicy(running.find((known) => known.name === name))) ?? family;
  }
  if (family === undefined) {
    const near = thereIs(name, told);
    throw new CommandFailure(
      `neither this kernel nor a capture has a family "${name}"${near || '; load its module, or give --capture'}`,
    );
  }
  const output = createOutput();
  output.line(stringify(inferSpec(family, seen), { lineWidth: 120, aliasDuplicateObjects: false }).trimEnd());
  output.flush();
  return status;
}

async function withPolicy(family: GenlFamily | undefined): Promise<GenlFamily | undefined> {
  const policy = family && (await readPolicy(family));
  return family === undefined || policy === undefined ? family : { ...family, policy };
}

/** The messages of a family of a host in a capture, control messages left out. */
export function* seenMessages(
  { store }: Document,
  host: string | undefined,
  family: GenlFamily,
): Generator<SeenMessage> {
  const body = NLMSG_HDRLEN + GENL_HDRLEN + align4(family.headerSize);
  for (let row = 0; row < store.count; row++) {
    if (store.isGap(row) || store.type(row) !== family.id) continue;
    const { protocol, direction, littleEndian, ...from } = store.envelope(row);
    if (from.host !== host) continue;
    const flags = store.flags(row);
    const bytes = store.bytes(row);
    if (protocol !== NETLINK_GENERIC || bytes.length < body) continue;
    const asked = (flags & NLM_F_DUMP) === NLM_F_DUMP ? 'dump' : 'do';
    const answer = direction === 'notify' ? 'event' : 'reply';
    const kind = isRequestMessage(direction, flags) ? asked : answer;
    yield { cmd: bytes[NLMSG_HDRLEN], kind, bytes: bytes.slice(), start: body, end: bytes.length, littleEndian };
  }
}
