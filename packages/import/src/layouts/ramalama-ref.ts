import { z } from 'zod'
import { UnusableError } from '../candidate/scan-problem.ts'
import { readJson } from '../disk/read-json.ts'
import type { StoreReader } from '../disk/store-reader.ts'

/** One file of a model, as a ref names it. */
export interface RamalamaFile {
  /** What names the blob; undefined in old refs. It is a digest of the bytes only for some. */
  readonly hash: string | undefined
  readonly name: string
  /** `gguf`, `safetensor`, `mmproj`, `chat_template`, `other`. */
  readonly type: string
}

/** What one tag of a model consists of. */
export interface RamalamaRef {
  /** The name of the directory below `snapshots`. */
  readonly snapshot: string
  readonly files: readonly RamalamaFile[]
}

const MAX_REF_BYTES = 4 * 1024 * 1024
/** `sha256:` and 64 characters, also with a dash; nothing that leads elsewhere. */
const HASH = /^(?:sha256[:-])?[A-Za-z0-9]{1,128}$/u
const refSchema = z.object({
  hash: z.string().regex(HASH),
  files: z.array(z.object({ hash: z.string().regex(HASH), name: z.string().min(1), type: z.string() })),
})
const OLD_TYPES: Readonly<Record<string, string>> = { chat: 'chat_template', mmproj: 'mmproj', model: 'gguf' }

export async function readRef(reader: StoreReader, path: string): Promise<RamalamaRef> {
  if (!path.endsWith('.json')) return await readOldRef(reader, path)
  const { hash, files } = await readJson(reader, path, refSchema, MAX_REF_BYTES)
  return { snapshot: toHashName(hash), files }
}

/** Blobs and snapshots are named by hashes without a colon. */
export function toHashName(hash: string): string {
  return hash.replace(':', '-')
}

/** The first line is the hash, each other one `name---type`. */
async function readOldRef(reader: StoreReader, path: string): Promise<RamalamaRef> {
  const [hash = '', ...lines] = (await reader.readText(path, MAX_REF_BYTES)).split(/\r?\n/u)
  if (!HASH.test(hash)) throw new UnusableError('broken-manifest', path, 'does not begin with a hash')
  const files = lines.flatMap((line) => {
    const [, name, type = ''] = /^(.+)---(\w+)$/u.exec(line) ?? []
    return name === undefined ? [] : [{ hash: undefined, name, type: OLD_TYPES[type] ?? 'other' }]
  })
  return { snapshot: toHashName(hash), files }
}
