/** Reading numbers from the kernel's memory in the byte order of a capture. */

export function readU16(at: usize, littleEndian: bool): u32 {
  const value = load<u16>(at);
  return littleEndian ? value : bswap<u16>(value);
}

export function readU32(at: usize, littleEndian: bool): u32 {
  const value = load<u32>(at);
  return littleEndian ? value : bswap<u32>(value);
}

export function align4(length: u32): u32 {
  return (length + 3) & ~3;
}

export function isZero(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) if (load<u8>(at) !== 0) return false;
  return true;
}
