import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { importBundle } from '@catalog/import'
import { sampleGguf } from '@catalog/testkit/models'
import { scaleRuns } from '@catalog/testkit/running'
import fc from 'fast-check'
import { type Catalog, type ModelEntry, openCatalog, type RegistrationInput } from 'model-catalog'
import { expect, it } from 'vitest'
import { exportBundle } from '../src/index.ts'

const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((each) => !/\p{Cc}/u.test(each))
const segment = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/u)
const file = fc.record({ path: segment.map((name) => `x${name}.gguf`), seed: fc.integer({ min: 1, max: 5 }) })
const model = fc.record({
  id: fc.array(segment, { minLength: 1, maxLength: 2 }).map((names) => `m${names.join('/m')}`),
  name: text,
  tags: fc.uniqueArray(text, { maxLength: 3 }),
  files: fc.option(fc.uniqueArray(file, { minLength: 1, maxLength: 3, selector: ({ path }) => path }), {
    nil: undefined,
  }),
  seed: fc.integer({ min: 1, max: 5 }),
  isDeclared: fc.boolean(),
})
const models = fc.uniqueArray(model, {
  maxLength: 5,
  // One must not be in the directory of another.
  selector: ({ id }) => id.split('/', 1)[0],
})

async function add(
  catalog: Catalog,
  root: string,
  given: (typeof models extends fc.Arbitrary<infer T> ? T : never)[number],
): Promise<void> {
  const { id, name, tags, files, seed } = given
  const put = (path: string, content: Uint8Array): void => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  const input: RegistrationInput = { id, name, tags, source: 'hf:acme/model' }
  await catalog.register(
    files === undefined ? input : { ...input, files: files.map(({ path }) => ({ path })) },
  )
  if (files === undefined) put(join(root, `${id}.gguf`), sampleGguf(seed))
  else for (const each of files) put(join(root, id, each.path), sampleGguf(each.seed))
  await catalog.verify(id)
  const { digest } = (await catalog.get(id)) ?? {}
  if (!given.isDeclared) return
  await catalog.update(id, { digest: digest ?? null, digestOrigin: 'hub' })
  await catalog.verify(id)
}

/** What has to be the same on both machines. */
function toComparable(entry: ModelEntry): unknown {
  const { id, name, source, digest, digestOrigin, state, tags = [], files, facts } = entry
  return {
    ...{ id, name, source, digest, state, files, facts },
    origin: digestOrigin === 'computed' ? 'list' : digestOrigin,
    tags: tags.filter((tag) => tag !== 'bundle'),
  }
}

it('a catalog that was exported and imported into an empty one has equal entries, files and digests there', async () => {
  await fc.assert(
    fc.asyncProperty(models, async (given) => {
      const directory = mkdtempSync(join(tmpdir(), 'round-trip-'))
      const home = await openCatalog({ root: join(directory, 'home'), create: true })
      const away = await openCatalog({ root: join(directory, 'away'), create: true })
      try {
        for (const each of given) await add(home, join(directory, 'home'), each)
        const bundle = join(directory, 'usb')
        await exportBundle(home, bundle)
        const { results, problems } = await importBundle(away, bundle, { keepOrigins: true })
        expect(problems).toEqual([])
        expect(results.every(({ outcome }) => outcome === 'added')).toBe(true)
        const [one, other] = [await home.list(), await away.list()]
        expect(other.map(toComparable)).toEqual(one.map(toComparable))
        for (const { id } of other) await away.resolve(id)
        // What came by a bundle is exported as the same bundle again.
        const again = await exportBundle(home, bundle)
        expect(again.models.every(({ outcome }) => outcome === 'known')).toBe(true)
      } finally {
        await home.close()
        await away.close()
        rmSync(directory, { recursive: true })
      }
    }),
    { numRuns: scaleRuns(3) },
  )
})
