import type { Explanation } from '../../app/contracts/index.ts';
import { flagNames, NLMSG_HDRLEN, protocolByNumber } from '../../app/wire/index.ts';
import type { Decoding } from './decoding.ts';
import type { Document } from './document.ts';
import { explain } from './explain.ts';

/**
 * Why a request was refused, asked of the request's row or of the row that refuses it; null for rows that neither
 * failed nor report a failure.
 */
export function explainRow(document: Document, { dissector }: Decoding, row: number): Explanation | null {
  const { store } = document;
  const reply = refusingRow(document, row);
  if (reply < 0) return null;
  const decoded = document.decode(reply);
  if (decoded.errno === 0) return null;
  const envelope = store.envelope(reply);
  const { message, attribute, missing, range } = dissector.explain(decoded);
  const transaction = store.transaction(reply);
  const request = transaction === 0 ? -1 : store.transactions.requestOf(transaction);
  const seen = request >= 0 && request !== reply && store.length(request) >= NLMSG_HDRLEN;
  const asked = seen ? document.decode(request) : null;
  return explain({
    error: { errno: decoded.errnoName, message, attribute },
    code: decoded.errno,
    requestFlags: asked === null ? [] : flagNames(asked.flags, asked.flagTable).split(' | '),
    protocol: protocolByNumber(envelope.protocol).name,
    range,
    missing,
    requestNumber: seen ? request + 1 : null,
    replyNumber: reply + 1,
  });
}

function refusingRow({ store }: Document, row: number): number {
  const transaction = store.transaction(row);
  if (transaction === 0) return row;
  const { request, end, state } = store.transactions.get(transaction);
  return request === row ? (state === 'error' ? end : -1) : row;
}
