import { createHash } from 'node:crypto'
import { z } from 'zod'
import { UnusableError } from '../candidate/scan-problem.ts'
import { readJson } from '../disk/read-json.ts'
import type { StoreReader } from '../disk/store-reader.ts'

/** Registries refuse larger ones. Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md */
export const MAX_MANIFEST_BYTES: number = 4 * 1024 * 1024
/** `sha256:` with 64 characters; for other algorithms nothing that a path could be made of. */
const DIGEST =
  /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|(?!sha(?:256|512):)[a-z0-9]+:[A-Za-z0-9]{32,128})$/u

export const FILE_PATH = 'org.cncf.model.filepath'
export const FILE_TITLE = 'org.opencontainers.image.title'
export const REF_NAME = 'org.opencontainers.image.ref.name'
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json'
const IMAGE_NAME = 'io.containerd.image.name'

/** What a manifest or an index says of one blob. */
export interface Descriptor {
  readonly mediaType: string
  /** With its algorithm. */
  readonly digest: string
  readonly size: number
  readonly annotations?: Annotations | null | undefined
}

interface Annotations {
  readonly [FILE_PATH]?: string | undefined
  readonly [FILE_TITLE]?: string | undefined
  readonly [REF_NAME]?: string | undefined
  readonly [IMAGE_NAME]?: string | undefined
}

/** The manifest of one model. */
export interface RegistryManifest {
  readonly config?: Descriptor | null | undefined
  readonly layers?: readonly Descriptor[] | null | undefined
}

/** A list of manifests. */
interface RegistryIndex {
  readonly manifests?: readonly Descriptor[] | null | undefined
}

const descriptorSchema: z.ZodType<Descriptor> = z.object({
  mediaType: z.string().default(''),
  digest: z.string().regex(DIGEST),
  size: z.number().int().nonnegative(),
  annotations: z
    .object({
      [FILE_PATH]: z.string().optional(),
      [FILE_TITLE]: z.string().optional(),
      [REF_NAME]: z.string().optional(),
      [IMAGE_NAME]: z.string().optional(),
    })
    .nullish(),
})
const manifestSchema: z.ZodType<RegistryManifest> = z.object({
  config: descriptorSchema.nullish(),
  layers: z.array(descriptorSchema).nullish(),
})
const indexSchema: z.ZodType<RegistryIndex> = z.object({ manifests: z.array(descriptorSchema).nullish() })

const typedSchema = z.object({ mediaType: z.string().optional(), manifests: z.array(z.unknown()).optional() })

export async function readManifest(reader: StoreReader, path: string): Promise<RegistryManifest> {
  return await readJson(reader, path, manifestSchema, MAX_MANIFEST_BYTES)
}

export async function readIndex(reader: StoreReader, path: string): Promise<readonly Descriptor[]> {
  return (await readJson(reader, path, indexSchema, MAX_MANIFEST_BYTES)).manifests ?? []
}

/** The media type of a manifest or an index whose descriptor is not known. */
export async function readMediaType(reader: StoreReader, path: string): Promise<string> {
  const { mediaType, manifests } = await readJson(reader, path, typedSchema, MAX_MANIFEST_BYTES)
  return manifests === undefined ? (mediaType ?? '') : INDEX_TYPE
}

/** The name that an index gives to one of its manifests. */
export function refNameOf({ annotations }: Descriptor): string | undefined {
  return annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME]
}

/** Rejects with an UnusableError `broken-manifest` if a small blob is not what its digest says. */
export async function assertDigest(reader: StoreReader, path: string, digest: string): Promise<void> {
  const [algorithm = '', hex] = digest.split(':')
  if (algorithm !== 'sha256' && algorithm !== 'sha512') return
  const text = await reader.readText(path, MAX_MANIFEST_BYTES)
  if (createHash(algorithm).update(text).digest('hex') === hex) return
  throw new UnusableError('broken-manifest', path, 'does not have the digest that it is named by')
}
