import type { Envelope, RowError } from '../contracts/index.ts';
import type { MessageDef } from '../specs/index.ts';
import { NLMSG_HDRLEN, protocolByNumber, shortFlags } from '../wire/index.ts';
import type { Summary } from './api.ts';
import { decodeStruct } from './decode.ts';
import { type ExtackMeaning, requestBytes, resolveExtack } from './extack.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { isEventMessage } from './messageKind.ts';
import { briefText, isEmptyValue } from './present.ts';
import { InfoWriter, MessageTemplate, templateOf } from './template.ts';
import { summarizeUevent } from './uevent.ts';
import { leadingVerb, operationPhrase, type SummaryForm } from './verbs.ts';

/** What is to be known of another message in the circumstances of the first: of the request that an error is about. */
export interface Related {
  decode(about: DecodedMessage, bytes: Uint8Array, direction: Envelope['direction']): DecodedMessage;
  /** What `decode` would call the type of a request. */
  requestName(about: DecodedMessage, bytes: Uint8Array): string;
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
    summarizeData(decoded, envelope, info);
    error = answeredError(decoded, related);
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

function summarizeOutcome(decoded: DecodedMessage, info: InfoWriter, related: Related): RowError | null {
  const asked = decoded.form === 'error' ? innerName(decoded, related) : '';
  const meaning = explainOutcome(decoded, related);
  if (decoded.errno === 0) {
    info.strong('0');
    info.muted(decoded.form === 'done' ? ' dump complete' : ` acknowledges ${asked}`);
    if (meaning.message !== '') info.strong(` ${meaning.message}`);
    return null;
  }
  const error = rowError(decoded, meaning);
  info.strong(error.errno);
  info.muted(` ${asked}`);
  if (error.message !== '') info.strong(` ${error.message}`);
  if (error.attribute !== '') info.muted(meaning.missing ? ` missing ` : ` in `);
  if (error.attribute !== '') info.strong(error.attribute);
  return error;
}

function rowError({ errnoName }: DecodedMessage, meaning: ExtackMeaning): RowError {
  return { errno: errnoName, message: meaning.message, attribute: meaning.attribute };
}

/** Type name of the request whose header an NLMSG_ERROR carries. */
function innerName(decoded: DecodedMessage, related: Related): string {
  if (decoded.echo === null) return '';
  const whole = requestBytes(decoded);
  const bytes = whole ?? decoded.state.bytes.subarray(decoded.echo.start, decoded.echo.end);
  return related.requestName(decoded, bytes);
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
function answeredError(decoded: DecodedMessage, related: Related): RowError | null {
  if (!decoded.isRequest) return null;
  const bytes = decoded.state.context.answer();
  if (bytes === undefined) return null;
  const answer = related.decode(decoded, bytes, 'reply');
  if (answer.errno === 0) return null;
  // A summary may not have read the attribute that the answer is about.
  return rowError(
    answer,
    resolveExtack(answer, () => related.decode(decoded, decoded.state.bytes, 'request')),
  );
}

function formOf(decoded: DecodedMessage, envelope: Envelope): SummaryForm {
  if (decoded.isRequest) return decoded.isDump ? 'dump' : 'do';
  const { state } = decoded;
  return isEventMessage(envelope.direction, state.u32(8), state.u32(12)) ? 'notify' : 'reply';
}

/** Bits of nlmsg_flags that words of messages depend on: modifiers of what makes something (linux/netlink.h). */
const MODIFIERS = 0xf00;

/** What is known of the lines about a message before any is seen, in one of its forms. */
class Line {
  /** What the message does, in a word or two before what it is about, by the modifiers. */
  readonly #leads: (string | undefined)[] = [];
  readonly #form: SummaryForm;
  readonly #message: MessageDef;
  readonly template: MessageTemplate | null;
  /** A notification's own template says what happened in the tool's own words. */
  readonly isTold: boolean;

  constructor(message: MessageDef, form: SummaryForm) {
    this.#message = message;
    this.#form = form;
    const forms = message.spec.summaries.get(message.name);
    const text = forms?.[form] ?? '';
    this.template = text === '' ? null : new MessageTemplate(templateOf(text), message);
    this.isTold = form === 'notify' && forms !== undefined && forms.notify !== forms.reply;
  }

  lead(flags: number): string {
    const place = (flags & MODIFIERS) >> 8;
    this.#leads[place] ??= `${this.#wordOf(flags)} `;
    return this.#leads[place];
  }

  #wordOf(flags: number): string {
    const { spec, name } = this.#message;
    return spec.genlFamily === ''
      ? leadingVerb(name, this.#form, flags, spec.verbs)
      : operationPhrase(this.#message, this.#form);
  }
}

type Lines = { [form in SummaryForm]?: Line };

const lines = new WeakMap<MessageDef, Lines>();

function lineOf(message: MessageDef, form: SummaryForm): Line {
  let known = lines.get(message);
  if (known === undefined) {
    known = { do: undefined, dump: undefined, reply: undefined, notify: undefined };
    lines.set(message, known);
  }
  known[form] ??= new Line(message, form);
  return known[form];
}

function summarizeData(decoded: DecodedMessage, envelope: Envelope, info: InfoWriter): void {
  const { message, fields } = decoded;
  const form = formOf(decoded, envelope);
  const line = message === undefined ? null : lineOf(message, form);
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
  const own = message?.ownHeader;
  return own === undefined ? fields : [...fields, decodeStruct(state, own, NLMSG_HDRLEN, NLMSG_HDRLEN + 1)];
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
