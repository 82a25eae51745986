/** A zstd frame (RFC 8878) whose blocks are not compressed: enough to prove that the format is taken. */
export function rawZstd(bytes: Uint8Array): Buffer {
  const blocks: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0b1010_0000])];
  const size = Buffer.alloc(4);
  size.writeUInt32LE(bytes.length);
  blocks.push(size);
  for (let at = 0; at < bytes.length; at += 4096) {
    const part = bytes.subarray(at, at + 4096);
    const header = (part.length << 3) | (at + part.length === bytes.length ? 1 : 0);
    blocks.push(Buffer.from([header & 0xff, (header >> 8) & 0xff, header >> 16]), Buffer.from(part));
  }
  return Buffer.concat(blocks);
}
