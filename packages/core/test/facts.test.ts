import { sampleDigest, sampleRegistration, sampleVolume } from '@catalog/testkit'
import { CatalogError, type ModelFacts } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { openTestCatalog } from './test-catalog.ts'

const right = sampleDigest(1)
const wrong = sampleDigest(2)
const PATH = '/models/m.gguf'
const FACTS: ModelFacts = { format: 'gguf', architecture: 'llama', parameters: 7_241_732_096 }
const RECORDED = { ...FACTS, digest: right }

async function openWithFacts(fields: object = { digest: right }): ReturnType<typeof openTestCatalog> {
  const opened = await openTestCatalog()
  opened.files.facts.set(PATH, FACTS)
  await opened.catalog.register(sampleRegistration({ id: 'm', ...fields }))
  return opened
}

describe('the facts of a model', () => {
  it.each([
    ['a declared digest', { digest: right }],
    ['a computed digest', {}],
  ])('are recorded with %s by the verification that finds the bytes right', async (_name, fields) => {
    const { catalog, files } = await openWithFacts(fields)
    expect(await catalog.get('m')).not.toHaveProperty('facts')
    files.put(PATH, right)
    expect((await catalog.verify('m')).facts).toEqual(RECORDED)
    expect((await catalog.get('m'))?.facts).toEqual(RECORDED)
  })

  it('are read anew by each verification', async () => {
    const { catalog, files } = await openWithFacts()
    files.put(PATH, right)
    await catalog.verify('m')
    files.facts.set(PATH, { ...FACTS, name: 'as a later version reads it' })
    expect((await catalog.verify('m')).facts).toMatchObject({ name: 'as a later version reads it' })
    files.facts.delete(PATH)
    expect(await catalog.verify('m')).not.toHaveProperty('facts')
  })

  it('go with bytes that are found wrong, and stay as long as another volume has the right ones', async () => {
    const { catalog, files } = await openWithFacts()
    files.put(PATH, right)
    const first = await catalog.verify('m')
    files.volumes.present = [sampleVolume({ id: 'volume-2' })]
    files.put(PATH, wrong)
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    expect(await catalog.get('m')).toMatchObject({ state: 'Active', facts: first.facts })
    files.volumes.present = [sampleVolume({ id: 'volume-1' })]
    await expect(catalog.verify('m')).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' })
    const failed = await catalog.get('m')
    expect(failed).toMatchObject({ state: 'Failed' })
    expect(failed).not.toHaveProperty('facts')
  })

  it('go with bytes that are declared anew, and stay with another name', async () => {
    const { catalog, files } = await openWithFacts()
    files.put(PATH, right)
    await catalog.verify('m')
    expect(await catalog.update('m', { name: 'Llama' })).toMatchObject({ facts: RECORDED })
    expect(await catalog.update('m', { digest: wrong })).not.toHaveProperty('facts')
  })

  it('are never taken from a caller', async () => {
    const { catalog } = await openTestCatalog()
    const facts = { ...sampleRegistration({ id: 'a' }), facts: FACTS }
    await expect(catalog.register(facts)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
    await catalog.register(sampleRegistration({ id: 'a' }))
    const update: object = { facts: FACTS }
    await expect(catalog.update('a', update)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('are of the bytes that were read: a file that was replaced since has none, and the model is right all the same', async () => {
    const { catalog, files } = await openWithFacts()
    files.put(PATH, right)
    const readFacts = files.readFacts.bind(files)
    files.readFacts = async (seen) => {
      files.put(PATH, wrong)
      return await readFacts(seen)
    }
    const entry = await catalog.verify('m')
    expect(entry.state).toBe('Active')
    expect(entry).not.toHaveProperty('facts')
  })

  it('that cannot be read do not make a right model wrong, and an aborted verification is aborted', async () => {
    const { catalog, files } = await openWithFacts()
    files.put(PATH, right)
    files.readFacts = async () => {
      throw new CatalogError('IO', 'the disk failed', { operation: 'read', path: PATH, errno: 'EIO' })
    }
    expect(await catalog.verify('m')).toMatchObject({ state: 'Active' })
    const reason = new Error('enough')
    files.readFacts = async () => {
      throw reason
    }
    await expect(catalog.verify('m')).rejects.toBe(reason)
  })

  it('come with a download that is finished', async () => {
    const { catalog, files } = await openWithFacts()
    await catalog.downloads.begin('m')
    files.put(`${PATH}.partial`, right)
    expect((await catalog.downloads.finish('m')).facts).toEqual(RECORDED)
  })
})
