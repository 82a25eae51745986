import { spawnSync } from 'node:child_process';

/** A field of tshark's dissection that stands for bytes of its own. */
export interface TsharkField {
  /** Filter name: netlink-route.ifla_mtu. */
  readonly name: string;
  /** The frame, counted from 0, and the bytes in it. */
  readonly frame: number;
  readonly start: number;
  readonly end: number;
  /** The value: a number, an address, text; hexadecimal bytes where tshark knows no type. */
  readonly show: string;
  /** The line of the packet tree: "MTU of device: 1500". */
  readonly line: string;
}

/** tshark's version, or undefined where it is not installed. */
export function tsharkVersion(): string | undefined {
  const { status, stdout } = spawnSync('tshark', ['--version'], { encoding: 'utf8' });
  return status === 0 ? /\d+\.\d+\.\d+/.exec(stdout)?.[0] : undefined;
}

/** All fields tshark finds in a capture, without the bits that it takes out of a number. */
export function tsharkFields(file: string): TsharkField[] {
  const run = spawnSync('tshark', ['-n', '-r', file, '-T', 'pdml'], { maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`tshark failed (${run.status ?? run.error?.message}): ${run.stderr}`);
  const fields: TsharkField[] = [];
  let frame = -1;
  for (const line of run.stdout.toString('utf8').split('\n')) {
    if (line.startsWith('<packet>')) frame++;
    const [, name, attributes] = /^\s*<field name="([^"]+)"(.*)/.exec(line) ?? [];
    if (name === undefined || attributes.includes('unmaskedvalue=')) continue;
    const start = Number(attributeOf(attributes, 'pos'));
    const end = start + Number(attributeOf(attributes, 'size'));
    if (end === start) continue;
    const show = attributeOf(attributes, 'show');
    fields.push({ name, frame, start, end, show, line: attributeOf(attributes, 'showname') });
  }
  return fields;
}

function attributeOf(attributes: string, name: string): string {
  const text = new RegExp(` ${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return text.replaceAll(/&(\w+);/g, (all, entity: string) => ENTITIES[entity] ?? all);
}

const ENTITIES: { readonly [name: string]: string } = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
