import { statSync, utimesSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { buildGpt4all, GPT4ALL_WEIGHTS } from '@catalog/testkit/layouts'
import { expect, it } from 'vitest'
import { kindsOf, scanAll, temporaryStore } from './scanned.ts'

it('a scan of the directory of GPT4All finds the model and the download', async () => {
  const store = await temporaryStore('GPT4All')
  buildGpt4all(store)
  const { candidates, problems } = await scanAll(store.root)
  expect(candidates).toMatchObject([
    {
      layout: 'plain',
      id: 'plain/wren-1m-q4_0',
      location: store.at('wren-1m-q4_0.gguf'),
      sizeBytes: GPT4ALL_WEIGHTS.length,
    },
  ])
  expect(kindsOf(problems, store.root)).toEqual([['incomplete', 'incomplete-other.gguf']])
})

it('a scan does not read a remote model of GPT4All, which has a key in it', async (context) => {
  const store = await temporaryStore('GPT4All')
  buildGpt4all(store)
  const path = store.at('gpt4all-remote.rmodel')
  // Older than mtime: the next read updates it, also where reads are recorded once a day.
  const past = new Date('2020-01-01')
  utimesSync(path, past, new Date())
  await scanAll(store.root)
  expect(statSync(path).atime).toEqual(past)
  await readFile(path)
  context.skip(statSync(path).atimeMs === past.getTime(), 'this file system does not record reads')
})
