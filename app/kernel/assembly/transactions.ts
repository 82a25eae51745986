import {
  CHUNK_BITS,
  CHUNK_MASK,
  TRANSACTION_CHUNKS,
  TRANSACTION_END,
  TRANSACTION_ERRNO,
  TRANSACTION_LAST,
  TRANSACTION_REQUEST,
  TRANSACTION_STATE,
} from './layout.ts';
import { action, BEGINS, ENDS, ERROR, errno, state, transaction } from './pairing.ts';

/** Notes what a row did to its transaction. There must be memory for it. */
export function keepTransaction(session: usize, row: u32): void {
  const chunk = load<u32>(session + TRANSACTION_CHUNKS + (transaction >>> CHUNK_BITS) * 4);
  const place = transaction & CHUNK_MASK;
  const words = chunk + place * 4;
  store<u32>(words, row, TRANSACTION_LAST);
  if (action === BEGINS) {
    store<u32>(words, row, TRANSACTION_REQUEST);
    store<u8>(chunk + place, <u8>state, TRANSACTION_STATE);
    return;
  }
  // The kernel's refusal is not forgotten for what comes after it.
  if (action !== ENDS || load<u8>(chunk + place, TRANSACTION_STATE) === ERROR) return;
  store<u8>(chunk + place, <u8>state, TRANSACTION_STATE);
  store<u16>(chunk + place * 2, <u16>errno, TRANSACTION_ERRNO);
  store<u32>(words, row + 1, TRANSACTION_END);
}
