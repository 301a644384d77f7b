/** Equal seeds give equal samples, others different ones. `1` and `'1'` are equal. */
export type Seed = number | string

/** The head of a file, extended to the size of the file. */
export function appendSeededBytes(
  head: Uint8Array,
  { seed, sizeBytes }: { readonly seed: Seed; readonly sizeBytes: number },
): Buffer {
  return Buffer.concat([head, seededBytes(seed, sizeBytes - head.length)])
}

/** Bytes that look random and are the same for the same seed (mulberry32). */
function seededBytes(seed: Seed, sizeBytes: number): Buffer {
  const words = new Uint32Array(Math.ceil(sizeBytes / Uint32Array.BYTES_PER_ELEMENT))
  let state = hashSeed(seed)
  for (let index = 0; index < words.length; index += 1) {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    words[index] = mixed ^ (mixed >>> 14)
  }
  return Buffer.from(words.buffer, 0, sizeBytes)
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashSeed(seed: Seed): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(String(seed))) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
