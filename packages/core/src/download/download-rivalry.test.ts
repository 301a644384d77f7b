import { FakeFiles, fixedClock, sampleEntry } from '@catalog/testkit'
import { expect, it } from 'vitest'
import type { CatalogContext } from '../context/catalog-ports.ts'
import { toNamed } from '../ownership/claims.ts'
import { splitProgress } from './download-progress.ts'
import { findDownloadRivalry } from './download-rivalry.ts'

it('a model whose names are in the way stays in the way while it is downloaded', () => {
  const files = new FakeFiles()
  const context = { files, clock: fixedClock(), node: 'n' } as Partial<CatalogContext> as CatalogContext
  const times = { startedAt: '2025-10-01T00:00:00Z', until: '2025-10-02T00:00:00Z' }
  const download = { holder: 'h', node: 'n', path: '/models/x.gguf.partial', ...times }
  const mine = toNamed(context, sampleEntry({ id: 'a', file: 'x.gguf' }))
  const other = toNamed(context, sampleEntry({ id: 'b', file: 'x.gguf.partial', download }))
  expect(findDownloadRivalry(context, mine, other)).toMatchObject({ code: 'ALREADY_EXISTS' })
})

it('the progress of two readings never passes its total, though the second one finds more', () => {
  const seen: object[] = []
  const { first, second } = splitProgress((progress) => seen.push(progress))
  first?.({ doneBytes: 4, totalBytes: 10 })
  second?.({ doneBytes: 3, totalBytes: 10 })
  second?.({ doneBytes: 30, totalBytes: 30 })
  expect(seen).toEqual([4, 13, 20].map((doneBytes) => ({ doneBytes, totalBytes: 20 })))
})
