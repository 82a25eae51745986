import type { Envelope, RowError } from '../contracts/index.ts';
import { NLMSG_HDRLEN, protocolByNumber, shortFlags } from '../wire/index.ts';
import type { Summary } from './api.ts';
import { decodeStruct } from './decode.ts';
import { type ExtackMeaning, requestBytes, resolveExtack } from './extack.ts';
import type { Field } from './field.ts';
import type { DecodedMessage } from './message.ts';
import { isEventMessage } from './messageKind.ts';
import { type Needs, summaryNeeds } from './needs.ts';
import { briefText, isEmptyValue } from './present.ts';
import { InfoWriter, renderTemplate, templateOf } from './template.ts';
import { summarizeUevent } from './uevent.ts';
import { leadingVerb, operationPhrase, type SummaryForm } from './verbs.ts';

/** Decodes another message in the circumstances of the first: the request that an error is about. */
export type DecodeOther = (
  about: DecodedMessage,
  bytes: Uint8Array,
  direction: Envelope['direction'],
  needs?: Needs,
) => DecodedMessage;

/** Attributes a summary without a template shows at most. */
const DIGEST = 4;

/** One line about a decoded message. */
export function summarize(decoded: DecodedMessage, envelope: Envelope, decodeOther: DecodeOther): Summary {
  if (decoded.form === 'uevent') return summarizeUevent(decoded.fields);
  const info = new InfoWriter();
  let error: RowError | null = null;
  if (decoded.form === 'error' || decoded.form === 'done') error = summarizeOutcome(decoded, info, decodeOther);
  else if (decoded.form === 'data') {
    summarizeData(decoded, envelope, info);
    error = answeredError(decoded, decodeOther);
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

function summarizeOutcome(decoded: DecodedMessage, info: InfoWriter, decodeOther: DecodeOther): RowError | null {
  const asked = decoded.form === 'error' ? innerName(decoded, decodeOther) : '';
  const meaning = explainOutcome(decoded, decodeOther);
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
function innerName(decoded: DecodedMessage, decodeOther: DecodeOther): string {
  if (decoded.echo === null) return '';
  const whole = requestBytes(decoded);
  const bytes = whole ?? decoded.state.bytes.subarray(decoded.echo.start, decoded.echo.end);
  return decodeOther(decoded, bytes, 'request', summaryNeeds).typeName;
}

/** What the extended acknowledgement of an NLMSG_ERROR or NLMSG_DONE means. */
export function explainOutcome(decoded: DecodedMessage, decodeOther: DecodeOther): ExtackMeaning {
  if (decoded.extack.length === 0) return { message: '', attribute: '', missing: false, range: null };
  const request = requestBytes(decoded);
  return resolveExtack(decoded, request === undefined ? undefined : decodeOther(decoded, request, 'request'));
}

/** The failure of a request whose answer was seen. */
function answeredError(decoded: DecodedMessage, decodeOther: DecodeOther): RowError | null {
  if (!decoded.isRequest) return null;
  const bytes = decoded.state.context.answer();
  if (bytes === undefined) return null;
  const answer = decodeOther(decoded, bytes, 'reply');
  if (answer.errno === 0) return null;
  // A summary may not have read the attribute that the answer is about.
  return rowError(answer, resolveExtack(answer, decodeOther(decoded, decoded.state.bytes, 'request')));
}

function formOf(decoded: DecodedMessage, envelope: Envelope): SummaryForm {
  if (decoded.isRequest) return decoded.isDump ? 'dump' : 'do';
  const { state } = decoded;
  return isEventMessage(envelope.direction, state.u32(8), state.u32(12)) ? 'notify' : 'reply';
}

/** What the message does, in a word or two before what it is about. */
function leadOf({ message, typeName, flags }: DecodedMessage, form: SummaryForm): string {
  if (message === undefined) return leadingVerb(typeName, form, flags, {});
  const { genlFamily, verbs } = message.spec;
  return genlFamily === '' ? leadingVerb(message.name, form, flags, verbs) : operationPhrase(message, form);
}

function summarizeData(decoded: DecodedMessage, envelope: Envelope, info: InfoWriter): void {
  const { message, fields } = decoded;
  const forms = message?.spec.summaries.get(message.name);
  const form = formOf(decoded, envelope);
  const text = forms?.[form] ?? '';
  if (text === '' && decoded.body?.summarize !== undefined) {
    if (form === 'dump') info.muted('dump ');
    decoded.body.summarize(fields.slice(1), info);
    return;
  }
  // A notification's own template says what happened in the tool's own words.
  const told = form === 'notify' && forms !== undefined && forms.notify !== forms.reply;
  if (!told) info.muted(`${leadOf(decoded, form)} `);
  if (text !== '') {
    renderTemplate(templateOf(text), withOwnHeader(decoded), info);
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
