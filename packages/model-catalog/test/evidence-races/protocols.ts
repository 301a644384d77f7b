import { readSync } from 'node:fs'
import { join } from 'node:path'
import { sampleGguf } from '@catalog/testkit/models'
import type { Catalog, DedupeMethod } from '../../src/index.ts'
import type { WriterMoment } from './hostile-writer.ts'
import { type RaceGround, writeOld } from './race-ground.ts'

/** What stands before an operation begins. */
export interface Arranged {
  readonly ids: readonly string[]
  /** Where the file is that is attacked, and the names that it may have while the writer acts. */
  readonly path: string
  readonly targets: readonly string[]
  /** What a writer may wait for, besides a time. */
  readonly events: readonly WriterMoment[]
}

type Lane = 'attacked' | 'other'

export interface Protocol {
  /** Of the kinds of disks, those that it can be done on. */
  readonly kinds?: readonly string[]
  arrange(ground: RaceGround, lane: Lane, id: string): Promise<Arranged>
  /** Does it for both models at once. The attacked one may be refused; rejects if the other one is, where there is one. */
  run(ground: RaceGround, attacked: Arranged, other: Arranged | undefined): Promise<void>
}

const SOURCE = 'https://models.example/m.gguf'

/** One of each: what the attacked model comes to does not matter here. */
function forEach(work: (catalog: Catalog, arranged: Arranged) => Promise<unknown>): Protocol['run'] {
  return async ({ catalog }, attacked, other) => {
    const others = other === undefined ? undefined : work(catalog, other)
    const [, left] = await Promise.allSettled([work(catalog, attacked), others])
    if (left.status === 'rejected') throw left.reason
  }
}

async function registerOne(ground: RaceGround, lane: Lane, id: string, file: string): Promise<string> {
  const { digest, good } = ground[lane]
  await ground.catalog.register({ id, source: SOURCE, file, digest, sizeBytes: good.length })
  return join(ground.root, file)
}

const journalOf = ({ journal }: RaceGround): WriterMoment => ({ event: { kind: 'journal', path: journal } })
const listingOf = (path: string): WriterMoment => ({ event: { kind: 'listing', path } })
const nameOf = (path: string): WriterMoment => ({ event: { kind: 'name', path } })

const verify: Protocol = {
  async arrange(ground, lane, id) {
    const path = await registerOne(ground, lane, id, `${id}/m.gguf`)
    await writeOld(path, ground[lane].good)
    return { ids: [id], path, targets: [path], events: [journalOf(ground)] }
  },
  run: forEach((catalog, { ids: [id = ''] }) => catalog.verify(id)),
}

const finish = forEach((catalog, { ids: [id = ''] }) => catalog.downloads.finish(id))

async function collect(ground: RaceGround, lane: Lane, id: string): Promise<Arranged> {
  const begun = await ground.catalog.downloads.begin(id)
  if (!begun.needed) throw new Error('the download is needed')
  for (const { partialPath } of begun.files) await writeOld(partialPath, ground[lane].good)
  const [file] = begun.files
  const { path = '', partialPath = '' } = file ?? {}
  return {
    ...{ ids: [id], path: partialPath, targets: [partialPath, path] },
    events: [
      journalOf(ground),
      nameOf(path),
      nameOf(partialPath),
      listingOf(join(path, '..')),
      listingOf(ground.root),
    ],
  }
}

/** A model of several files whose directory does not exist. */
const finishOwnDirectory: Protocol = {
  async arrange(ground, lane, id) {
    const { digest, good } = ground[lane]
    const files = ['a.gguf', 'b.gguf'].map((path) => ({ path, digest, sizeBytes: good.length }))
    await ground.catalog.register({ id, source: SOURCE, files })
    const { targets, events, ...collected } = await collect(ground, lane, id)
    // Where they are read, before the directory gets its name.
    const whole = join(ground.root, `${id}.partial`, '.whole', 'a.gguf')
    const more = [nameOf(whole), listingOf(join(whole, '..'))]
    return { ...collected, targets: [...targets, whole], events: [...events, ...more] }
  },
  run: finish,
}

const finishFreeName: Protocol = {
  async arrange(ground, lane, id) {
    await registerOne(ground, lane, id, `flat-${lane}/${id}.gguf`)
    await writeOld(join(ground.root, `flat-${lane}`, 'another.gguf'), Buffer.from('another file'))
    return collect(ground, lane, id)
  },
  run: finish,
}

/** An Active model whose declared digest changes. */
const finishTakenName: Protocol = {
  async arrange(ground, lane, id) {
    const { digest, good } = ground[lane]
    const file = `flat-${lane}/${id}.gguf`
    await ground.catalog.register({ id, source: SOURCE, file })
    await writeOld(join(ground.root, file), sampleGguf(`old ${lane}`))
    await writeOld(join(ground.root, `flat-${lane}`, 'another.gguf'), Buffer.from('another file'))
    await ground.catalog.verify(id)
    await ground.catalog.update(id, { digest, sizeBytes: good.length })
    return collect(ground, lane, id)
  },
  run: finish,
}

/** Applies a plan; what came of it if the files of the model that is not disturbed are two afterwards. */
async function shareAll(
  catalog: Catalog,
  method: DedupeMethod,
  other: Arranged | undefined,
): Promise<string | undefined> {
  const { findings, ...plan } = await catalog.upkeep.dedupe({ method })
  const { done, skipped, failed } = await catalog.upkeep.apply({ findings, ...plan })
  const shared = done.map((action) => ('replace' in action ? action.replace.file : ''))
  const isShared = shared.some((file) => other?.targets.some((path) => path.endsWith(file)))
  return other === undefined || isShared ? undefined : JSON.stringify({ findings, skipped, failed })
}

function dedupe(method: DedupeMethod): Omit<Protocol, 'kinds'> {
  return {
    async arrange(ground, lane, id) {
      const ids = [`${id}-a`, `${id}-b`]
      const paths: string[] = []
      for (const each of ids) {
        const path = await registerOne(ground, lane, each, `${each}/m.gguf`)
        await writeOld(path, ground[lane].good)
        paths.push(path)
      }
      await Promise.all(ids.map((each) => ground.catalog.verify(each)))
      const events = paths.flatMap((path): WriterMoment[] => [
        { event: { kind: 'links', path } },
        listingOf(join(path, '..')),
      ])
      return { ids, path: paths[0] ?? '', targets: paths, events: [journalOf(ground), ...events] }
    },
    async run({ catalog }, _attacked, other) {
      const first = await shareAll(catalog, method, other)
      if (first === undefined) return
      // Told, because nothing has disturbed it: the next plan has to do what this one left.
      console.info(`dedupe by ${method}: needed a second plan: ${first}`)
      const second = await shareAll(catalog, method, other)
      if (second !== undefined) throw new Error(`not shared: ${second}`)
    },
  }
}

async function arrangeActive(ground: RaceGround, lane: Lane, id: string): Promise<Arranged> {
  const arranged = await verify.arrange(ground, lane, id)
  await ground.catalog.verify(id)
  return arranged
}

const LOOKS = 12

/** Again and again, while the writer acts. */
const resolve: Protocol = {
  arrange: arrangeActive,
  run: forEach(async (catalog, { ids: [id = ''] }) => {
    for (let look = 0; look < LOOKS; look += 1) await catalog.resolve(id)
  }),
}

const openVerified: Protocol = {
  arrange: arrangeActive,
  run: forEach(async (catalog, { ids: [id = ''] }) => {
    for (let look = 0; look < LOOKS; look += 1) {
      await using model = await catalog.openVerified(id)
      readSync(model.files[0]?.fd ?? -1, Buffer.alloc(1), 0, 1, 0)
    }
  }),
}

export type ProtocolName =
  | 'verify'
  | 'finish in a directory of its own'
  | 'finish on a free name'
  | 'finish on a taken name'
  | 'dedupe by reference'
  | 'dedupe by link'
  | 'dedupe by reflink'
  | 'resolve'
  | 'openVerified'

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  verify,
  'finish in a directory of its own': finishOwnDirectory,
  'finish on a free name': finishFreeName,
  'finish on a taken name': finishTakenName,
  'dedupe by reference': dedupe('reference'),
  'dedupe by link': dedupe('hard-link'),
  'dedupe by reflink': { ...dedupe('reflink'), kinds: ['xfs', 'btrfs'] },
  resolve,
  openVerified,
}
