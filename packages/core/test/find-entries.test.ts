import { sampleRegistration } from '@catalog/testkit'
import { describe, expect, it } from 'vitest'
import { edit, openTestCatalog, type TestCatalog } from './test-catalog.ts'

async function openWithModels(): Promise<TestCatalog> {
  const opened = await openTestCatalog()
  const { catalog, other } = opened
  await catalog.register(sampleRegistration({ id: 'llama', source: 'hf:org/llama/x.gguf@v1' }))
  await catalog.register(
    sampleRegistration({ id: 'copy', source: 'hf:org/llama/x.gguf@v1', file: 'sub/x.gguf' }),
  )
  await catalog.register(sampleRegistration({ id: 'org/packed', source: 'https://host.example/p.tar.gz' }))
  await catalog.register(sampleRegistration({ id: 'placed', source: 'ftp://a b', location: '/srv/p.gguf' }))
  await catalog.register(sampleRegistration({ id: 'many' }))
  await catalog.register(sampleRegistration({ id: 'away', location: '/srv/away/' }))
  const files = [{ path: '1.gguf' }, { path: 'sub/2.gguf' }, { path: '3.partial' }]
  await edit(other, 'many', { files })
  await edit(other, 'away', { files })
  return opened
}

describe('locate and exists', () => {
  it.each([
    ['an id', 'llama', ['llama']],
    ['a source', 'hf:org/llama/x.gguf@v1', ['copy', 'llama']],
    [
      'another spelling of it',
      'https://huggingface.co/org/llama/resolve/v1/x.gguf?download=true',
      ['copy', 'llama'],
    ],
    ['a source that is not a reference', 'ftp://a b', ['placed']],
    ['the path of the file', '/models/llama.gguf', ['llama']],
    ['a URL of it', 'file:///models/./llama.gguf', ['llama']],
    ['the path of a file that an entry names', '/models/sub/x.gguf', ['copy']],
    ['a path with two extensions', '/models/org/packed.tar.gz', ['org/packed']],
    ['a path outside the root', '/srv/p.gguf', ['placed']],
    ['one of many files', '/models/many/sub/2.gguf', ['many']],
    ['one of many files that is called like a partial file', '/models/many/3.partial', ['many']],
    ['one that is called like a partial file', '/models/many/3.partial', ['many']],
    ['the directory of many files', '/models/many', ['many']],
    ['one of many files outside the root', '/srv/away/1.gguf', ['away']],
    ['a name that only looks like a file of theirs', '/models/many/3.gguf', []],
    ['a directory that is none of theirs', '/models/many/sub', []],
    ['an id in another case', 'LLAMA', []],
    ['another revision', 'hf:org/llama/x.gguf', []],
    ['what is nothing', '::', []],
  ])('take %s', async (_what, reference, ids) => {
    const { catalog } = await openWithModels()
    expect((await catalog.locate(reference)).map(({ id }) => id)).toEqual(ids)
  })

  it('have the model of the id first, each model once', async () => {
    const { catalog } = await openTestCatalog()
    await catalog.register(sampleRegistration({ id: 'b', source: 'a' }))
    await catalog.register(sampleRegistration({ id: 'a', source: 'z' }))
    await catalog.register(sampleRegistration({ id: 'z', source: './z' }))
    expect((await catalog.locate('a')).map(({ id }) => id)).toEqual(['a', 'b'])
    expect((await catalog.locate('z')).map(({ id }) => id)).toEqual(['z', 'a'])
  })

  it('tell where every file is to be, without looking', async () => {
    const { catalog, files } = await openWithModels()
    expect(await catalog.locate('many')).toMatchObject([
      {
        id: 'many',
        entry: { revision: 2 },
        paths: ['/models/many/1.gguf', '/models/many/sub/2.gguf', '/models/many/3.partial'],
      },
    ])
    expect(await catalog.locate('away')).toMatchObject([
      { paths: ['/srv/away/1.gguf', '/srv/away/sub/2.gguf', '/srv/away/3.partial'] },
    ])
    expect([files.read, files.done]).toEqual([[], []])
  })

  it.each(['', 'a\0b', undefined, 7])('refuse %j', async (reference) => {
    const { catalog } = await openTestCatalog()
    await expect(catalog.locate(reference as string)).rejects.toMatchObject({ code: 'INVALID_INPUT' })
  })
})
