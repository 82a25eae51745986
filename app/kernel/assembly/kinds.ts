/** Numbers kinds of messages (see KindColumn of app/session). */
import { NLM_F_REQUEST } from '../../wire/numbers.ts';
import {
  COLUMN_ENVELOPE,
  COLUMN_FLAGS,
  COLUMN_TYPE,
  KIND_SLOT_BITS,
  KIND_SLOTS,
  KIND_VALUES,
  KINDS_NEXT,
} from './layout.ts';

/** A slot: number + 1, nlmsg_type with NLM_F_REQUEST, envelope. */
const NUMBER: usize = 0;
const HEAD: usize = 4;
const ENVELOPE: usize = 8;
const SLOT: u32 = 12;
const SLOTS: u32 = 1 << KIND_SLOT_BITS;
/** Slots that are looked at before one gives way. */
const MOST_STEPS: u32 = 4;

/**
 * Numbers the rows from `from` to before `to` of a chunk.
 * @param envelopes where the numbers of their envelopes are, a word each; 0: in the chunk's column
 */
export function numberKinds(kinds: usize, chunk: usize, envelopes: usize, from: u32, to: u32): void {
  let next = load<u32>(kinds, KINDS_NEXT);
  for (let row = from; row < to; row++) {
    const halves = chunk + row * 2;
    const type = <u32>load<u16>(halves, COLUMN_TYPE);
    const head = type * 2 + (<u32>load<u16>(halves, COLUMN_FLAGS) & NLM_F_REQUEST);
    const envelope = envelopes === 0 ? <u32>load<u16>(halves, COLUMN_ENVELOPE) : load<u32>(envelopes + row * 4);
    const first = ((head * 0x9e3779b1) ^ (envelope * 0x85ebca6b)) >>> (32 - KIND_SLOT_BITS);
    let slot: usize = 0;
    let number: u32 = 0;
    for (let step: u32 = 0; step < MOST_STEPS; step++) {
      slot = kinds + KIND_SLOTS + ((first + step) & (SLOTS - 1)) * SLOT;
      number = load<u32>(slot, NUMBER);
      if (number === 0 || (load<u32>(slot, HEAD) === head && load<u32>(slot, ENVELOPE) === envelope)) break;
      number = 0;
    }
    if (number === 0) {
      number = ++next;
      store<u32>(slot, number, NUMBER);
      store<u32>(slot, head, HEAD);
      store<u32>(slot, envelope, ENVELOPE);
    }
    store<u16>(kinds + KIND_VALUES + row * 2, <u16>(number - 1));
  }
  store<u32>(kinds, next, KINDS_NEXT);
}
