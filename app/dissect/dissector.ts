import type { Envelope, MessageValue, Note } from '../contracts/index.ts';
import type { SpecLibrary } from '../specs/index.ts';
import type { FlagTable } from '../wire/index.ts';
import type { DecodeContext, Dissection, Dissector, Line, Summary } from './api.ts';
import type { ExtackMeaning } from './extack.ts';
import type { DecodeState, Field } from './field.ts';
import { aloneContext, type DecodedMessage, decodeMessage, decodeWith, newState, requestName } from './message.ts';
import { type Needs, summaryNeeds } from './needs.ts';
import { explainOutcome, type Related, skimLine, skimSummary, summarize } from './summary.ts';
import { messageValue } from './values.ts';

/** A dissection, and how the message's flags read. */
export interface Inspection extends Dissection {
  readonly tree: readonly Field[];
  readonly flagTable: FlagTable;
}

/** A Dissector that also hands out the decoder's own fields, for callers in the same process. */
export interface FieldDissector extends Dissector {
  decode(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): DecodedMessage;
  /**
   * As `decode`, for a few of the fields: they are read when somebody looks at them, and the notes are not complete.
   * @param needs the attributes of the message that are to be there at all
   */
  glance(bytes: Uint8Array, envelope: Envelope, context: DecodeContext, needs?: Needs): DecodedMessage;
  /** As `dissect`, with the decoder's own fields for a tree: for callers in the same process, nothing is copied. */
  inspect(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): Inspection;
  /** Type and info of `summarize` alone: for searching, sorting and lists of text. */
  line(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): Line;
  /** What an NLMSG_ERROR or NLMSG_DONE says about its request. */
  explain(decoded: DecodedMessage): ExtackMeaning;
  /** The tree as the decoder's fields: texts are made on demand, nothing is copied. */
  fields(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): readonly Field[];
}

/** Makes the dissector that reads by these specs. */
export function createDissector(library: SpecLibrary): FieldDissector {
  function decode(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): DecodedMessage {
    return decodeMessage(library, bytes, envelope, context);
  }

  function glance(bytes: Uint8Array, envelope: Envelope, context: DecodeContext, needs?: Needs): DecodedMessage {
    return decodeMessage(library, bytes, envelope, context, true, needs);
  }

  /** Requests and answers are decoded without their own relations, or two messages could ask for each other forever. */
  const related: Related = {
    decode: ({ state }, bytes, direction) =>
      glance(bytes, { ...state.envelope, direction }, aloneContext(state.context)),
    requestName: (about) => requestName(library, about),
  };

  function summaryOf(decoded: DecodedMessage, envelope: Envelope): Summary {
    return summarize(decoded, envelope, related);
  }

  function summarizeState(state: DecodeState): Summary {
    const { envelope } = state;
    return skimSummary(library, state, related) ?? summaryOf(decodeWith(library, state, summaryNeeds), envelope);
  }

  function notesOf(decoded: DecodedMessage): readonly Note[] {
    if (decoded.errno === 0) return decoded.state.notes;
    const meaning = explainOutcome(decoded, related);
    const said = [decoded.errnoName, meaning.message, meaning.attribute].filter((t) => t !== '').join(': ');
    const note: Note = { severity: 'error', code: 'errno', text: said, range: { start: 16, end: 20 } };
    return [note, ...decoded.state.notes];
  }

  function inspect(bytes: Uint8Array, envelope: Envelope, context: DecodeContext): Inspection {
    const decoded = decode(bytes, envelope, context);
    const { fields, flagTable } = decoded;
    return { tree: fields, notes: notesOf(decoded), summary: summaryOf(decoded, envelope), flagTable };
  }

  return {
    decode,
    glance,
    explain: (decoded) => explainOutcome(decoded, related),
    fields: (bytes, envelope, context) => decode(bytes, envelope, context).fields,
    inspect,
    dissect(bytes, envelope, context): Dissection {
      const { tree, notes, summary } = inspect(bytes, envelope, context);
      return { tree: tree.map((field) => field.plain()), notes, summary };
    },
    summarize: (bytes, envelope, context) => summarizeState(newState(library, bytes, envelope, context, true)),
    line(bytes, envelope, context): Line {
      const state = newState(library, bytes, envelope, context, true);
      const line = skimLine(library, state, related);
      if (line !== null) return line;
      const { type, info } = summaryOf(decodeWith(library, state, summaryNeeds), envelope);
      return { type, text: info.join('') };
    },
    notes: (bytes, envelope, context) => notesOf(decode(bytes, envelope, context)),
    values(bytes, envelope, context): MessageValue | null {
      const decoded = decode(bytes, envelope, context);
      return isCovered(decoded) ? messageValue(decoded, envelope) : null;
    },
  };
}

/** Whether a spec or a dissector describes the message: control messages and uevents always are. */
export function isCovered(decoded: DecodedMessage): boolean {
  if (decoded.form !== 'data') return decoded.form !== 'broken';
  return decoded.message !== undefined || decoded.body !== null;
}

/** A context that knows nothing beyond the generic netlink families given. */
export function bareContext(genl: DecodeContext['genl']): DecodeContext {
  const unknown = () => undefined;
  return {
    genl,
    interfaceName: unknown,
    stringName: unknown,
    nftSet: unknown,
    request: unknown,
    answer: unknown,
    policyDump: unknown,
  };
}
