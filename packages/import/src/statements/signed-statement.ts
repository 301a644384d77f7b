import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseSha256 } from '../candidate/digest-text.ts'
import { UnusableError } from '../candidate/scan-problem.ts'
import { joinBelow } from '../disk/paths-below.ts'

/** What a signature of OpenSSF Model Signing states. It is not checked who signed it. */
export interface SignedStatement {
  /** What the signer called the model: the name of its directory, or of its one file. */
  readonly subject: string
  /** The signed files by their paths; `.` if the model is one file. */
  readonly files: ReadonlyMap<string, SignedFile>
  /** Paths that the signer left out, with all that is below them. */
  readonly ignored: readonly string[]
}

interface SignedFile {
  /** Undefined if the signature states digests of parts of the file, or by another algorithm. */
  readonly digest: string | undefined
}

const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=|\.)v?0\.\d/u
const PREDICATE = 'https://model_signing/signature/v1.0'
/** What the signing program leaves out unless it is told otherwise. */
const ALWAYS_IGNORED = ['.git', '.gitattributes', '.github', '.gitignore']

const bundleSchema = z.object({
  mediaType: z.string().regex(BUNDLE),
  dsseEnvelope: z.object({ payload: z.string() }),
})
const typedSchema = z.object({ predicateType: z.literal(PREDICATE) })
const statementSchema = z.object({
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })]),
  predicate: z.object({
    serialization: z.object({
      method: z.enum(['files', 'shards']),
      ignore_paths: z.array(z.string()).nullish(),
    }),
    resources: z.array(
      z.object({
        name: z.string().min(1),
        algorithm: z.string(),
        digest: z.string().regex(/^(?:[0-9a-f]{2})+$/u),
      }),
    ),
  }),
})
type Statement = z.infer<typeof statementSchema>
type Resource = Statement['predicate']['resources'][number]

/**
 * The statement in a bundle of sigstore; undefined if the text is something else, as the signature of another program.
 * UnusableError `broken-manifest` if it is one, and not whole.
 * Source: https://github.com/ossf/model-signing-spec
 */
export function parseSignedStatement(path: string, text: string): SignedStatement | undefined {
  const bundle = bundleSchema.safeParse(parseJson(text))
  if (!bundle.success) return undefined
  const payload = parseJson(Buffer.from(bundle.data.dsseEnvelope.payload, 'base64').toString())
  if (payload === undefined)
    throw new UnusableError('broken-manifest', path, 'has a payload that is not JSON')
  if (!typedSchema.safeParse(payload).success) return undefined
  const statement = statementSchema.safeParse(payload)
  if (!statement.success) {
    const where = statement.error.issues[0]?.path.join('.') ?? ''
    throw new UnusableError(
      'broken-manifest',
      path,
      `has a statement that is not of the expected form at ${where}`,
    )
  }
  return toStatement(path, statement.data)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toStatement(path: string, { subject: [subject], predicate }: Statement): SignedStatement {
  const { resources, serialization } = predicate
  assertRootDigest(path, resources, subject.digest.sha256)
  const files = serialization.method === 'files' ? toFiles(resources) : toShardedFiles(path, resources)
  for (const name of files.keys()) {
    if (name !== '.' && joinBelow('/', name) === undefined) {
      throw new UnusableError(
        'broken-manifest',
        path,
        `names a file out of the model: ${JSON.stringify(name)}`,
      )
    }
  }
  return { subject: subject.name, files, ignored: [...ALWAYS_IGNORED, ...(serialization.ignore_paths ?? [])] }
}

/** A statement from which something was cut out does not have the digest that it is known by. */
function assertRootDigest(path: string, resources: readonly Resource[], expected: string): void {
  const hash = createHash('sha256')
  for (const { digest } of resources) hash.update(digest, 'hex')
  if (hash.digest('hex') === expected) return
  throw new UnusableError(
    'broken-manifest',
    path,
    'has another root digest than that of the files that it names',
  )
}

function toFiles(resources: readonly Resource[]): ReadonlyMap<string, SignedFile> {
  return new Map(resources.map((resource) => [resource.name, { digest: digestOf(resource) }]))
}

/** A file with one shard has its digest. The path of a shard may have colons: the last two numbers count. */
function toShardedFiles(path: string, resources: readonly Resource[]): ReadonlyMap<string, SignedFile> {
  const files = new Map<string, SignedFile>()
  for (const resource of resources) {
    const [, name, start] = /^(.+):(\d+):\d+$/su.exec(resource.name) ?? []
    if (name === undefined) {
      throw new UnusableError(
        'broken-manifest',
        path,
        `has a shard without a range: ${JSON.stringify(resource.name)}`,
      )
    }
    const isWhole = start === '0' && !files.has(name)
    files.set(name, { digest: isWhole ? digestOf(resource) : undefined })
  }
  return files
}

function digestOf({ algorithm, digest }: Resource): string | undefined {
  return algorithm === 'sha256' ? parseSha256(digest) : undefined
}
