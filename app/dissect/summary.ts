import type { Envelope, RowError } from '../contracts/index.ts';
import type { MessageDef, SpecLibrary } from '../specs/index.ts';
import { NLMSG_HDRLEN, protocolByNumber, shortFlags } from '../wire/index.ts';
import type { Line, Summary } from './api.ts';
import { decodeStruct } from './decode.ts';
import { type ExtackMeaning, requestBytes, resolveExtack } from './extack.ts';
import type { DecodeState, Field } from './field.ts';
import { InfoWriter } from './infoWriter.ts';
import { KernelLine } from './kernelLine.ts';
import { type DecodedMessage, outlineOf, successOf } from './message.ts';
import { isEventMessage } from './messageKind.ts';
import { briefText, isEmptyValue } from './present.ts';
import { PlacedTemplate } from './render.ts';
import { Skim } from './skim.ts';
import { templateOf } from './template.ts';
import { summarizeUevent } from './uevent.ts';
import { leadingVerb, operationPhrase, type SummaryForm } from './verbs.ts';

/** What is to be known of another message in the circumstances of the first: of the request that an error is about. */
export interface Related {
  decode(about: Pick<DecodedMessage, 'state'>, bytes: Uint8Array, direction: Envelope['direction']): DecodedMessage;
  /** Type name of the request that an NLMSG_ERROR echoes; '' where it does not. */
  requestName(about: Pick<DecodedMessage, 'state' | 'echo'>): string;
}

/** Attributes a summary without a template shows at most. */
const DIGEST = 4;

/** One line about a decoded message. */
export function summarize(decoded: DecodedMessage, envelope: Envelope, related: Related): Summary {
  if (decoded.form === 'uevent') return summarizeUevent(decoded.fields);
  const info = new InfoWriter();
  let error: RowError | null = null;
  if (decoded.form === 'error' || decoded.form === 'done') error = summarizeOutcome(decoded, info, related);
  else if (decoded.form === 'data') {
    summarizeData(decoded, info);
    error = decoded.isRequest ? answeredError(decoded, related) : null;
  } else if (decoded.form === 'broken') info.muted(decoded.fields[0].note ?? '');
  else if (decoded.form === 'datagram') info.strong(brief(decoded.fields[0].text));
  return {
    family: protocolByNumber(envelope.protocol).code,
    type: decoded.typeName,
    info: info.finish(),
    flags: shortFlags(decoded.flags, decoded.flagTable),
    error,
    dump: decoded.isDump,
  };
}

/** The same line about a message that need not be decoded for it; null where it must be. */
export function skimSummary(library: SpecLibrary, state: DecodeState, related: Related): Summary | null {
  return skimData(library, state, related) ?? skimSuccess(library, state, related);
}

function skimData(library: SpecLibrary, state: DecodeState, related: Related): Summary | null {
  const outline = outlineOf(library, state);
  if (outline === null) return null;
  const { message, flags, flagTable, isRequest, isDump, start } = outline;
  const line = writerOf(message, formOf(outline, state));
  const info = line.parts(state, start, flags);
  if (info === null) return null;
  return {
    family: protocolByNumber(state.envelope.protocol).code,
    type: message.name,
    info,
    flags: shortFlags(flags, flagTable),
    error: isRequest ? answeredError({ state }, related) : null,
    dump: isDump,
  };
}

/** Type and text of the line about a message that need not be decoded for it; null where it must be. */
export function skimLine(library: SpecLibrary, state: DecodeState, related: Related): Line | null {
  const outline = outlineOf(library, state);
  if (outline === null) {
    const success = successOf(library, state);
    return success === null ? null : { type: success.typeName, text: `0 ${wordsOf(success, related)}`.trimEnd() };
  }
  const { message, flags, start } = outline;
  const text = writerOf(message, formOf(outline, state)).text(state, start, flags);
  return text === null ? null : { type: message.name, text };
}

function skimSuccess(library: SpecLibrary, state: DecodeState, related: Related): Summary | null {
  const success = successOf(library, state);
  if (success === null) return null;
  const info = new InfoWriter();
  tellSuccess(success, info, related);
  return {
    family: protocolByNumber(state.envelope.protocol).code,
    type: success.typeName,
    info: info.finish(),
    flags: shortFlags(success.flags, 'ack'),
    error: null,
    dump: false,
  };
}

function tellSuccess(outcome: Outcome, info: InfoWriter, related: Related): void {
  info.strong('0');
  info.muted(` ${wordsOf(outcome, related)}`);
}

type Outcome = Pick<DecodedMessage, 'form' | 'echo' | 'state'>;

/** What the success of a request is told in. */
function wordsOf(outcome: Outcome, related: Related): string {
  return outcome.form === 'done' ? 'dump complete' : `acknowledges ${related.requestName(outcome)}`;
}

function summarizeOutcome(decoded: DecodedMessage, info: InfoWriter, related: Related): RowError | null {
  const meaning = explainOutcome(decoded, related);
  if (decoded.errno === 0) {
    tellSuccess(decoded, info, related);
    if (meaning.message !== '') info.strong(` ${meaning.message}`);
    return null;
  }
  const error = rowError(decoded, meaning);
  info.strong(error.errno);
  info.muted(` ${decoded.form === 'error' ? related.requestName(decoded) : ''}`);
  if (error.message !== '') info.strong(` ${error.message}`);
  if (error.attribute !== '') info.muted(meaning.missing ? ` missing ` : ` in `);
  if (error.attribute !== '') info.strong(error.attribute);
  return error;
}

function rowError({ errnoName }: DecodedMessage, meaning: ExtackMeaning): RowError {
  return { errno: errnoName, message: meaning.message, attribute: meaning.attribute };
}

/** What the extended acknowledgement of an NLMSG_ERROR or NLMSG_DONE means. */
export function explainOutcome(decoded: DecodedMessage, related: Related): ExtackMeaning {
  if (decoded.extack.length === 0) return { message: '', attribute: '', missing: false, range: null };
  return resolveExtack(decoded, () => {
    const request = requestBytes(decoded);
    return request === undefined ? undefined : related.decode(decoded, request, 'request');
  });
}

/** The failure of a request whose answer was seen. */
function answeredError(asked: Pick<DecodedMessage, 'state'>, related: Related): RowError | null {
  const { state } = asked;
  const bytes = state.context.answer();
  if (bytes === undefined) return null;
  const answer = related.decode(asked, bytes, 'reply');
  if (answer.errno === 0) return null;
  // A summary may not have read the attribute that the answer is about.
  return rowError(
    answer,
    resolveExtack(answer, () => related.decode(asked, state.bytes, 'request')),
  );
}

export function formOf(
  { isRequest, isDump }: Pick<DecodedMessage, 'isRequest' | 'isDump'>,
  state: DecodeState,
): SummaryForm {
  if (isRequest) return isDump ? 'dump' : 'do';
  return isEventMessage(state.envelope.direction, state.u32(8), state.u32(12)) ? 'notify' : 'reply';
}

/** Bits of nlmsg_flags that words of messages depend on: modifiers of what makes something (linux/netlink.h). */
const MODIFIERS = 0xf00;

/** So many messages of one kind are worth a program for the kernel. */
const WORTH_A_PROGRAM = 8;

/** What is known of the lines about a message before any is seen, in one of its forms. */
class LineWriter {
  /** What the message does, in a word or two before what it is about, by the modifiers. */
  readonly #leads: (string | undefined)[] = [];
  readonly #form: SummaryForm;
  readonly #message: MessageDef;
  readonly template: PlacedTemplate | null;
  /** The same for messages that are not decoded; null where there is no such way. */
  readonly #skim: Skim | null;
  /** And in the kernel; undefined until there have been some. */
  #kernel: KernelLine | null | undefined;
  #seen = 0;
  /** A notification's own template says what happened in the tool's own words. */
  readonly isTold: boolean;

  constructor(message: MessageDef, form: SummaryForm) {
    this.#message = message;
    this.#form = form;
    const forms = message.spec.summaries.get(message.name);
    const text = forms?.[form] ?? '';
    this.template = text === '' ? null : new PlacedTemplate(templateOf(text), message);
    this.#skim = text === '' ? null : Skim.of(templateOf(text), message);
    this.isTold = form === 'notify' && forms !== undefined && forms.notify !== forms.reply;
  }

  lead(flags: number): string {
    const place = (flags & MODIFIERS) >> 8;
    this.#leads[place] ??= `${this.#wordOf(flags)} `;
    return this.#leads[place];
  }

  /** The line about a message that is not decoded, in parts; null where there is no such way. */
  parts(state: DecodeState, start: number, flags: number): string[] | null {
    const skim = this.#skim;
    if (skim === null) return null;
    const lead = this.#leadOf(flags);
    return this.#kernelLine(skim)?.parts(state, start, lead) ?? skimmed(skim, state, start, lead);
  }

  /** The same in one. */
  text(state: DecodeState, start: number, flags: number): string | null {
    const skim = this.#skim;
    if (skim === null) return null;
    const lead = this.#leadOf(flags);
    return this.#kernelLine(skim)?.text(state, start, lead) ?? skimmed(skim, state, start, lead).join('');
  }

  #leadOf(flags: number): string {
    return this.isTold ? '' : this.lead(flags);
  }

  /** Few messages are not worth a program. */
  #kernelLine(skim: Skim): KernelLine | null {
    if (this.#kernel === undefined && ++this.#seen >= WORTH_A_PROGRAM) {
      this.#kernel = KernelLine.of(this.#message, skim);
    }
    return this.#kernel ?? null;
  }

  #wordOf(flags: number): string {
    const { spec, name } = this.#message;
    return spec.genlFamily === ''
      ? leadingVerb(name, this.#form, flags, spec.verbs)
      : operationPhrase(this.#message, this.#form);
  }
}

/** The line that a Skim renders, in parts. */
function skimmed(skim: Skim, state: DecodeState, start: number, lead: string): string[] {
  const info = new InfoWriter();
  info.fixed(lead);
  skim.render(state, start, info);
  return info.finish();
}

type LineWriters = { [form in SummaryForm]?: LineWriter };

const writers = new WeakMap<MessageDef, LineWriters>();

function writerOf(message: MessageDef, form: SummaryForm): LineWriter {
  let known = writers.get(message);
  if (known === undefined) {
    known = { do: undefined, dump: undefined, reply: undefined, notify: undefined };
    writers.set(message, known);
  }
  known[form] ??= new LineWriter(message, form);
  return known[form];
}

function summarizeData(decoded: DecodedMessage, info: InfoWriter): void {
  const { message, fields } = decoded;
  const form = formOf(decoded, decoded.state);
  const line = message === undefined ? null : writerOf(message, form);
  const template = line?.template ?? null;
  if (template === null && decoded.body?.summarize !== undefined) {
    if (form === 'dump') info.muted('dump ');
    decoded.body.summarize(fields.slice(1), info);
    return;
  }
  if (line === null) info.muted(`${leadingVerb(decoded.typeName, form, decoded.flags, {})} `);
  else if (!line.isTold) info.muted(line.lead(decoded.flags));
  if (template !== null) {
    template.render(withOwnHeader(decoded), info);
    return;
  }
  const hidden = message?.spec.hidden;
  let shown = 0;
  for (const field of fields) {
    if (shown === DIGEST) break;
    if (field.kind === 'header' || field.kind === 'padding') {
      if (field.name === 'nfgenmsg' && shown === 0) {
        const proto = field.children[0];
        if (proto !== undefined && proto.raw !== 0) {
          info.strong(briefText(proto, 'lower'));
          info.muted(' ');
          shown++;
        }
      }
      continue;
    }
    if (hidden?.has(field.name) === true || isEmptyValue(field)) continue;
    const value = briefValue(field);
    if (value === '') continue;
    info.muted(`${labelOf(field)} `);
    info.strong(value);
    info.muted('  ');
    shown++;
  }
}

/**
 * The fields that a template asks for. Of a header of old the kernel reads the address family alone, the first byte of
 * the message's own header too.
 */
function withOwnHeader({ state, message, fields }: DecodedMessage): readonly Field[] {
  const own = message?.ownHeader ?? null;
  return own === null ? fields : [...fields, decodeStruct(state, own, NLMSG_HDRLEN, NLMSG_HDRLEN + 1)];
}

function labelOf(field: Field): string {
  return field.def === null ? field.name : field.def.specName.replaceAll('_', '-');
}

function briefValue(field: Field): string {
  return brief(briefText(field, 'plain'));
}

function brief(text: string): string {
  return text.length > 48 ? `${text.slice(0, 47)}…` : text;
}
