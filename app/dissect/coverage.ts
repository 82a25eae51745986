import type { Envelope } from '../contracts/index.ts';
import { saysWhatItMeans } from '../specs/index.ts';
import { protocolByNumber } from '../wire/index.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';

/** What is not covered: an attribute (or a message type without a spec) by where it stands, and how often. */
export interface UncoveredItem {
  readonly protocol: string;
  readonly type: string;
  readonly path: string;
  count: number;
}

export interface CoverageReport {
  messages: number;
  attributes: number;
  /** Attributes whose constant is known. */
  named: number;
  /** Attributes whose value is shown as what it means. */
  typed: number;
  bytes: number;
  /** Bytes that belong to headers, named attributes and typed values. */
  bytesDecoded: number;
  /** Messages with a length, alignment or value that cannot be. */
  malformed: number;
  readonly unknown: UncoveredItem[];
}

/** Counts, message by message, what was understood. */
export class CoverageCounter {
  readonly report: CoverageReport = {
    messages: 0,
    attributes: 0,
    named: 0,
    typed: 0,
    bytes: 0,
    bytesDecoded: 0,
    malformed: 0,
    unknown: [],
  };
  readonly #items = new Map<string, UncoveredItem>();

  add(decoded: DecodedMessage, envelope: Envelope): void {
    const { report } = this;
    report.messages++;
    report.bytes += decoded.state.bytes.length;
    if (decoded.state.notes.some((n) => MALFORMED.has(n.code))) report.malformed++;
    let opaque = 0;
    const protocol = protocolByNumber(envelope.protocol).name;
    const visit = (field: Field, path: string): void => {
      const here = path === '' ? field.name : `${path}.${field.name}`;
      if (field.kind === 'attr' || field.kind === 'nest') {
        report.attributes++;
        const named = field.def !== null;
        const typed = isTyped(field);
        if (named) report.named++;
        if (typed) report.typed++;
        else opaque += field.end - field.payloadStart;
        if (!named || !typed) this.#miss(protocol, decoded.typeName, here);
      } else if (field.kind === 'payload' && !ownedByText(decoded, field) && !saysMore(field)) {
        opaque += field.end - field.start;
        if (path === '') this.#miss(protocol, decoded.typeName, '(payload)');
      }
      for (const child of field.children) visit(child, here);
    };
    for (const field of decoded.fields) visit(field, '');
    report.bytesDecoded += Math.max(0, decoded.state.bytes.length - opaque);
  }

  /** The report with the most frequent gaps first. */
  finish(): CoverageReport {
    this.report.unknown.push(...[...this.#items.values()].sort((a, b) => b.count - a.count));
    return this.report;
  }

  #miss(protocol: string, type: string, path: string): void {
    const key = `${protocol} ${type} ${path}`;
    const item = this.#items.get(key);
    if (item === undefined) this.#items.set(key, { protocol, type, path, count: 1 });
    else item.count++;
  }
}

const MALFORMED: ReadonlySet<string> = new Set(['malformed', 'bad-length', 'truncated', 'too-deep']);

/** The request that an error message echoes is decoded where it was sent. */
function ownedByText(decoded: DecodedMessage, field: Field): boolean {
  return decoded.form === 'error' && decoded.echo !== null && field.start < decoded.echo.end;
}

/** A payload that the user chose to read as something. */
function saysMore({ def }: Field): boolean {
  return def !== null && saysWhatItMeans(def);
}

/** An attribute is typed when its value reads as what it means, not as bytes of unknown meaning. */
function isTyped(field: Field): boolean {
  const { def } = field;
  if (def === null) return false;
  if (field.severity === 'error' || field.severity === 'warn') return false;
  switch (def.layout) {
    case 'binary':
      return saysWhatItMeans(def) || field.end === field.payloadStart;
    case 'sub-message':
      return field.note === undefined || field.children.every((c) => c.kind !== 'payload');
    default:
      return true;
  }
}
