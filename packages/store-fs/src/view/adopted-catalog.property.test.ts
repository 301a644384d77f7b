import { sampleEntry } from '@catalog/testkit'
import { scaleRuns } from '@catalog/testkit/running'
import { isCatalogError } from '@catalog/types'
import { encodeEntry } from '@catalog/types/adapter'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CatalogState } from '../state/catalog-state.ts'
import { parseAdoptedCatalog } from './adopted-catalog.ts'
import { formatView } from './view-codec.ts'
import { planEdit } from './view-edit.ts'

const FIELDS = [
  ...['id', 'name', 'source', 'digest', 'state', 'registered_at', 'verified_at', 'revision', 'size', 'file'],
  ...[
    'location',
    'files',
    'tags',
    'digest_origin',
    'declared_by',
    'declared_digest',
    'links_into',
    'evidence',
    'failure',
    'download',
    'quarantine',
    'leases',
  ],
  ...['__proto__', 'constructor', 'toString', 'extra', ''],
]
const at = '2026-01-01T00:00:00+02:00'
const absurd = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, '', 'NaN', -0, 1e308, -1, 2 ** 53, true, [], {}, [[]], [null], '\u202e', at),
  fc.constantFrom<unknown>({ at }, [{ at }], { n: { at } }, { n: null }, { n: [] }, { at: {} }, [{ at: [] }]),
  fc.dictionary(fc.constantFrom(...FIELDS), fc.jsonValue()),
)
const models = fc
  .dictionary(fc.constantFrom(...FIELDS), absurd)
  .chain((wrong) => fc.constantFrom(wrong, { ...encodeEntry(sampleEntry({ id: 'a' })), ...wrong }))
const catalogs = fc.oneof(
  fc.record({ models: fc.array(fc.oneof(models, absurd), { maxLength: 4 }), revision: absurd }),
  fc.dictionary(fc.constantFrom('models', 'revision', 'checksum', 'inode', ...FIELDS), absurd),
  absurd,
)
const texts = fc
  .tuple(catalogs, fc.constantFrom(0, 2), fc.nat(), fc.constantFrom('', ',', '}', '"', '\u0000'))
  .map(([catalog, indent, place, slip]) => {
    const text = JSON.stringify(catalog, undefined, indent)
    const cut = place % (text.length + 1)
    return text.slice(0, cut) + slip + text.slice(cut)
  })

function parse(text: string): CatalogState | undefined {
  try {
    return parseAdoptedCatalog('catalog.json', Buffer.from(text))
  } catch (error) {
    if (isCatalogError(error, 'DAMAGED')) return undefined
    throw error
  }
}

it('a catalog.json of any form is a catalog, or DAMAGED and never another error', async () => {
  await fc.assert(
    fc.asyncProperty(texts, async (text) => {
      const state = parse(text)
      if (state === undefined) return
      const view = Buffer.concat([...(await formatView(state, 7, 1))])
      const again = parseAdoptedCatalog('catalog.json', view)
      expect(planEdit(state, again)).toBeUndefined()
      expect(planEdit(new CatalogState(), again)?.models?.changes.length ?? 0).toBe([...state.rows()].length)
    }),
    { numRuns: scaleRuns(500) },
  )
})
