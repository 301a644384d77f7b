/** The bytes of every file below the root, by path. */
export type Files = ReadonlyMap<string, Buffer>

type DamageKind = 'truncated' | 'zeroed' | 'zeroed to the end of the sector' | `bit ${number} flipped`

/** What happens to one file, from one byte on. */
export interface Damage {
  readonly path: string
  readonly kind: DamageKind
  readonly offset: number
  /** The file afterwards. */
  readonly bytes: Buffer
}

const SECTOR_BYTES = 512
const BITS = [0, 1, 2, 3, 4, 5, 6, 7]

/** Which damages to try. */
export interface DamageChoice {
  /** Whether each byte is damaged in every way, or in one way, which changes from byte to byte. */
  readonly inEveryWay: boolean
  /** 10 damages every tenth byte. Default: 1. */
  readonly oneByteIn?: number
}

/** Yields the damages of each file. A change that leaves the bytes as they were is not a damage. */
export function* inventDamages(files: Files, { inEveryWay, oneByteIn = 1 }: DamageChoice): Generator<Damage> {
  for (const [path, intact] of files) {
    for (let offset = 0; offset < intact.length; offset += oneByteIn) {
      for (const [index, { kind, damage }] of WAYS.entries()) {
        if (!inEveryWay && offset % WAYS.length !== index) continue
        const bytes = damage(intact, offset)
        if (!bytes.equals(intact)) yield { path, kind, offset, bytes }
      }
    }
  }
}

const WAYS: readonly { kind: DamageKind; damage: (intact: Buffer, offset: number) => Buffer }[] = [
  { kind: 'truncated', damage: (intact, offset) => intact.subarray(0, offset) },
  { kind: 'zeroed', damage: (intact, offset) => Buffer.from(intact).fill(0, offset, offset + 1) },
  { kind: 'zeroed to the end of the sector', damage: zeroSector },
  ...BITS.map((bit) => ({
    kind: `bit ${bit} flipped` as const,
    damage: (intact: Buffer, offset: number) => flip(intact, offset, bit),
  })),
]

function zeroSector(intact: Buffer, offset: number): Buffer {
  const sectorEnd = (Math.floor(offset / SECTOR_BYTES) + 1) * SECTOR_BYTES
  return Buffer.from(intact).fill(0, offset, Math.min(sectorEnd, intact.length))
}

function flip(intact: Buffer, offset: number, bit: number): Buffer {
  const bytes = Buffer.from(intact)
  bytes[offset] = (bytes[offset] ?? 0) ^ (1 << bit)
  return bytes
}
