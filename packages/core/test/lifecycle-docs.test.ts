import { readFileSync } from 'node:fs'
import { sampleDigest, sampleEntry, sampleEvidence } from '@catalog/testkit'
import { LIFECYCLE_STATES, type LifecycleState } from '@catalog/types'
import { describe, expect, it } from 'vitest'
import { TRANSITIONS } from '../src/entry/lifecycle.ts'
import { edit, openTestCatalog, plant, type TestCatalog, withoutDev } from './test-catalog.ts'

const page = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8')
const right = sampleDigest(1)
const PATH = '/models/m.gguf'

/** The cells of the row that begins with this. */
function readRow(start: string): readonly string[] {
  const line = page.split('\n').find((text) => text.startsWith(`| ${start}`))
  return (line ?? expect.unreachable(`the page has no row ${start}`))
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim())
}

const WORDS = { free: 'yes', 'with-evidence': 'with evidence' } as const

it.each(LIFECYCLE_STATES)('the page says what a caller may set from %s', (from) => {
  const rules = LIFECYCLE_STATES.map((to) => {
    if (from === to) return '='
    const rule = TRANSITIONS[from][to]
    return rule === undefined ? '' : WORDS[rule]
  })
  expect(readRow(`**${from}**`)).toEqual(rules)
})

/** What the catalog does by itself, for each row of the page. */
const EVENTS: readonly (readonly [row: string, run: (opened: TestCatalog) => Promise<unknown>])[] = [
  [
    '`verify` or `downloads.finish` finds the right bytes',
    ({ catalog, files }) => {
      files.put(PATH, right)
      return catalog.verify('m')
    },
  ],
  [
    '`verify` or `downloads.finish` finds the wrong bytes',
    ({ catalog, files }) => {
      files.put(PATH, sampleDigest(2))
      return catalog.verify('m')
    },
  ],
  [
    '`update` replaces digest, size, source, file, location or files',
    ({ catalog }) => catalog.update('m', { digest: sampleDigest(3) }),
  ],
  [
    '`resolve` or `openVerified` finds that a file is not',
    ({ catalog, files }) => {
      files.put(PATH, right)
      return catalog.resolve('m')
    },
  ],
  [
    '`resolve` or `openVerified` finds that only the ctime',
    async (opened) => {
      await putAsRead(opened)
      opened.files.touchMode(PATH)
      return opened.catalog.resolve('m')
    },
  ],
  [
    '`resolve` or `openVerified` finds the file, its directory or its disk missing',
    async (opened) => {
      await putAsRead(opened)
      opened.files.delete(PATH)
      await opened.catalog.resolve('m').catch(() => undefined)
      opened.files.volumes.absent.add('/models')
      return opened.catalog.resolve('m')
    },
  ],
]

/** The model's file, as the evidence says. */
async function putAsRead({ files, other }: TestCatalog): Promise<void> {
  files.put(PATH, right)
  const fingerprint = withoutDev(files.readFingerprint(PATH))
  await edit(other, 'm', { evidence: { 'volume-1': { ...sampleEvidence(right), fingerprint } } })
}

describe.each(EVENTS)('the page says what comes of it that %s', (row, run) => {
  it.each(LIFECYCLE_STATES)('from %s', async (from: LifecycleState) => {
    const opened = await openTestCatalog()
    const evidence = { 'volume-1': sampleEvidence(right) }
    await plant(opened.other, sampleEntry({ id: 'm', state: from, digest: right, evidence }))
    await run(opened).catch(() => undefined)
    const to = readRow(row)[LIFECYCLE_STATES.indexOf(from)]
    expect((await opened.catalog.get('m'))?.state).toBe(to === '' ? from : to)
  })
})

it('the page explains every state', () => {
  for (const state of LIFECYCLE_STATES) expect(page).toMatch(new RegExp(`^\\| ${state} +\\|`, 'mu'))
})
