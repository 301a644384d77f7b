import { sampleEntry } from '@catalog/testkit'
import { lacks } from '@catalog/testkit/running'
import type { CatalogStore, Commit } from '@catalog/types'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { useDatabase } from './use-server.ts'

/** More than are compared at once. */
const MODELS = 1200

describe.skipIf(lacks('database'))('verifyHistory of a catalog in PostgreSQL', () => {
  const tests = useDatabase()
  let schema = ''
  let store: CatalogStore | undefined
  beforeAll(async () => {
    schema = tests.newSchema()
    store = await tests.open(schema, { segmentLength: 4 })
    const all = Array.from({ length: MODELS }, (_, index) => changeOf(`Model-${index}`, 0))
    await store.commit([
      { operation: 'register', changes: all },
      { operation: 'register', changes: [changeOf('gone', 0)] },
      {
        operation: 'rename',
        changes: [changeOf('Model-7', 1, { name: 'Seven', tags: ['a', 'b\u{1F600}'] })],
      },
      { operation: 'remove', changes: [{ ...changeOf('gone', 1), entry: null }] },
    ])
  })
  afterAll(() => store?.close())

  it('finds nothing if the entries are what was committed', async () => {
    expect(await store?.verifyHistory()).toMatchObject({ ok: true, records: 4 })
  })

  it.each([
    [
      'a text',
      `UPDATE ROWS SET entry = replace(entry, 'Model-900', 'Model-901')`,
      /^the entry of Model-900 is not what was committed at revision 1$/u,
    ],
    ['a column', `UPDATE ROWS SET state = 'Active'`, /^the state of Model-900 is not that of its entry$/u],
    ['the size', 'UPDATE ROWS SET size = 5', /^the size of Model-900 is not that of its entry$/u],
    ['the tags', `UPDATE ROWS SET tags = '{a}'`, /^the tags of Model-900 is not that of its entry$/u],
    ['the case of the id', `UPDATE ROWS SET id = 'MODEL-900'`, /^Model-900 is there as MODEL-900$/u],
    ['the revision', 'UPDATE ROWS SET revision = 5', /^Model-900 is at revision 5, not 1$/u],
    ['nothing: it removes the row', 'DELETE FROM ROWS', /^Model-900 is missing$/u],
    [
      'nothing: it removes the entry',
      'UPDATE ROWS SET entry = NULL',
      /^the entry of Model-900 is not what was committed/u,
    ],
  ])('names the model if an edit of its row changes %s', async (_what, edit, problem) => {
    const text = `${edit.replace('ROWS', `${schema}.entries`)} WHERE folded = 'model-900'`
    await expectProblem(text, problem)
  })

  it('names a model whose row was added', async () => {
    const text = `INSERT INTO ${schema}.entries SELECT 'new', 'new', 1, entry FROM ${schema}.entries WHERE folded = 'model-3'`
    await expectProblem(text, /^new is there, and was never registered$/u)
  })

  it('names a removed model whose entry came back', async () => {
    const text = `UPDATE ${schema}.entries AS e SET entry = o.entry FROM ${schema}.entries AS o WHERE e.folded = 'gone' AND o.folded = 'model-3'`
    await expectProblem(text, /^the entry of gone is not what was committed at revision 2$/u)
  })

  it('finds nothing wrong in a catalog that is written to meanwhile', async () => {
    const writer = await tests.open(schema)
    let isOver = false
    const writing = (async () => {
      for (let number = 0; !isOver; number += 1) {
        const id = `Model-${(number * 7) % MODELS}`
        const revision = (await writer.get(changeOf(id, 0).id))?.revision ?? 0
        await writer.commit([
          { operation: 'rename', changes: [changeOf(id, revision, { name: `n${number}` })] },
        ])
        await writer.commit([{ operation: 'register', changes: [changeOf(`a-new-${number}`, 0)] }])
      }
    })()
    for (let count = 0; count < 3; count += 1)
      expect(await store?.verifyHistory()).toMatchObject({ ok: true })
    isOver = true
    await writing
    await writer.close()
  })

  it('compares what it can if the beginning of the history was pruned', async () => {
    await store?.pruneHistory({ keepSegments: 2 })
    expect(await store?.verifyHistory()).toMatchObject({ ok: true })
    expect((await store?.verifyHistory())?.from).toBeGreaterThan(0)
  })

  /** Edits the table behind the back of the catalog, looks, and undoes it. */
  async function expectProblem(edit: string, problem: RegExp): Promise<void> {
    await tests.sql(`CREATE TABLE ${schema}.kept AS TABLE ${schema}.entries`)
    await tests.sql(edit)
    try {
      const path = expect.stringMatching(new RegExp(`\\?schema=${schema}/entries$`, 'u'))
      expect(await store?.verifyHistory()).toMatchObject({
        ...{ ok: false, records: 4, path, problem: expect.stringMatching(problem) },
      })
    } finally {
      await tests.sql(
        `DELETE FROM ${schema}.entries; INSERT INTO ${schema}.entries TABLE ${schema}.kept; DROP TABLE ${schema}.kept`,
      )
    }
  }
})

function changeOf(
  id: string,
  ifRevision: number,
  rest: Parameters<typeof sampleEntry>[0] = {},
): Commit['changes'][number] {
  const entry = sampleEntry({ ...rest, id })
  return { id: entry.id, ifRevision, entry }
}
