import { type Catalog, CatalogError, type CommittedChange, type WatchOptions } from 'model-catalog'
import { expect, it } from 'vitest'
import { changeEvents, formatEvent } from './change-events.ts'
import { parsePlace, type StreamPlace } from './stream-place.ts'

/** A catalog with these positions, one change each, of which those up to `prunedTo` are gone. */
function fakeCatalog(positions: readonly number[], prunedTo = 0): Catalog {
  const refresh = async (): Promise<number> => positions.at(-1) ?? 0
  async function* watch({ since = 0 }: WatchOptions = {}): AsyncGenerator<CommittedChange, void, undefined> {
    if (since < prunedTo) throw new CatalogError('INVALID_INPUT', 'gone', { problems: [] })
    for (const position of positions) {
      if (position > since) yield { position } as CommittedChange
    }
  }
  return { refresh, watch } as unknown as Catalog
}

async function idsOf(catalog: Catalog, place?: StreamPlace): Promise<readonly string[]> {
  const ids: string[] = []
  const toData = ({ position }: CommittedChange): number => position
  for await (const { event, id } of changeEvents(catalog, {
    place,
    signal: new AbortController().signal,
    toData,
  }))
    ids.push(event === 'reset' ? `reset ${id}` : id)
  return ids
}

const POSITIONS = [3, 3, 3, 5, 9, 9]

it.each([
  ['0', ['3.0', '3.1', '3.2', '5.0', '9.0', '9.1']],
  ['2', ['3.0', '3.1', '3.2', '5.0', '9.0', '9.1']],
  ['3', ['5.0', '9.0', '9.1']],
  ['3.0', ['3.1', '3.2', '5.0', '9.0', '9.1']],
  ['3.2', ['5.0', '9.0', '9.1']],
  ['5.0', ['9.0', '9.1']],
  ['9.0', ['9.1']],
  ['9.1', []],
  ['9', []],
  ['10', ['reset 9']],
])('after %s come %j', async (place, ids) => {
  expect(await idsOf(fakeCatalog(POSITIONS), parsePlace(place))).toEqual(ids)
})

it.each(['0', '3', '3.1', '4.0'])(
  'a place %s that the history does not reach back to is reset',
  async (place) => {
    expect(await idsOf(fakeCatalog(POSITIONS, 5), parsePlace(place))).toEqual(['reset 9'])
  },
)

it('the places that the history reaches back to are not', async () => {
  expect(await idsOf(fakeCatalog(POSITIONS, 5), parsePlace('5'))).toEqual(['9.0', '9.1'])
  expect(await idsOf(fakeCatalog(POSITIONS, 5), parsePlace('9.0'))).toEqual(['9.1'])
})

it('an event is one block, whatever is in its data', () => {
  const text = formatEvent({ event: 'change', id: '1.0', data: { reason: 'a\n\nb\rc' } })
  expect(text).toBe('event: change\nid: 1.0\ndata: {"reason":"a\\n\\nb\\rc"}\n\n')
})
