import { useTemporaryDirectory } from '@catalog/testkit'
import { expect, it } from 'vitest'
import { openCatalog } from '../src/index.ts'

const directory = useTemporaryDirectory()

it('an open catalog verifies and prunes its own history', async () => {
  await using catalog = await openCatalog({ root: directory.path })
  await catalog.register({ id: 'm', source: 'hf:org/m', digest: null })
  const report = await catalog.history.verify()
  expect(report).toMatchObject({ ok: true, segments: 1, to: await catalog.refresh() })
  expect(await catalog.history.prune({ dryRun: true })).toEqual({ removed: [], segments: 1 })
})

it('a catalog that is open read-only verifies its history, and prunes nothing', async () => {
  await (await openCatalog({ root: directory.path })).close()
  await using catalog = await openCatalog({ root: directory.path, readOnly: true })
  expect(await catalog.history.verify()).toMatchObject({ ok: true })
  await expect(catalog.history.prune()).rejects.toMatchObject({ code: 'READ_ONLY' })
})
