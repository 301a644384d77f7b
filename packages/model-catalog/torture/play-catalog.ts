import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRandom } from '@catalog/testkit/running'
import { openCatalog } from '../src/index.ts'
import { HostileWriter, WRITER_MODES, type WriterMode } from '../test/evidence-races/hostile-writer.ts'
import { Crew, TortureTally } from './crew.ts'
import { lookAtServed } from './look.ts'
import { planModels, rightBytes, type TortureModel, wrongBytes } from './models.ts'
import { registerModel } from './operations.ts'
import { TortureSite } from './site.ts'

export interface CatalogTorture {
  readonly seconds: number
  readonly seed: number
}

const WORKERS = 4
/** Writes and looks between two times that the disks are taken away. */
const ROUNDS_PER_MOUNT = 12
const WRITES_PER_ROUND = 3

type Random = () => number

/**
 * Four processes do all that a catalog can be asked for, while another one changes files in nine ways, processes are killed
 * and come back under other names, and disks come back under other numbers. Never is a file served whose bytes are wrong.
 */
export async function playCatalog({ seconds, seed }: CatalogTorture): Promise<TortureTally> {
  const tally = new TortureTally()
  const random = createRandom(seed)
  const end = performance.now() + seconds * 1000
  await using site = await TortureSite.open()
  const models = planModels(site.places)
  await begin(site, models)
  let nodes = 0
  const { root, anchors, places } = site
  const crew = new Crew(tally, (slot) => {
    nodes += 1
    const names = { node: `node-${nodes}`, holder: `holder-${slot}` }
    return { root, anchors, places, ...names, seed: seed + nodes }
  })
  while (performance.now() < end) {
    await crew.start(WORKERS)
    await playMounted(site, { models, crew, tally, random, end })
    await crew.stop(random() < 0.5 ? 'end' : 'kill')
    await takeDisksAway(site, tally)
    tally.add('times the disks were mounted in another order')
  }
  return tally
}

interface MountedPlay {
  readonly models: readonly TortureModel[]
  readonly crew: Crew
  readonly tally: TortureTally
  readonly random: Random
  readonly end: number
}

async function playMounted(site: TortureSite, play: MountedPlay): Promise<void> {
  const { models, crew, tally, random, end } = play
  const { root, anchors } = site
  // Both hold files open, and end before the disks are unmounted.
  await using writer = new HostileWriter()
  await using catalog = await openCatalog({ root, anchors, node: 'looker' })
  for (let round = 0; round < ROUNDS_PER_MOUNT && performance.now() < end; round += 1) {
    const targets = Array.from({ length: WRITES_PER_ROUND }, () => pick(models, random))
    for (const model of new Set(targets)) {
      putRightFile(site, model, random)
      await registerModel(catalog, model).catch(() => undefined)
      await catalog.verify(model.id).catch(() => undefined)
    }
    const killed = random() < 0.3 ? crew.replace(Math.floor(random() * WORKERS)) : undefined
    await Promise.all([...new Set(targets)].map((model) => attack(site, model, { writer, tally, random })))
    await killed
    await lookAtServed(catalog, models, tally)
  }
}

interface Attack {
  readonly writer: HostileWriter
  readonly tally: TortureTally
  readonly random: Random
}

async function attack(
  site: TortureSite,
  model: TortureModel,
  { writer, tally, random }: Attack,
): Promise<void> {
  const mode = pick(model.hasOwnDirectory ? WRITER_MODES : WRITER_MODES.filter(isOfFile), random)
  const path = join(site.root, model.file)
  const moment =
    random() < 0.3
      ? { event: { kind: 'journal' as const, path: join(site.root, '.catalog') } }
      : { delayMs: random() * 60 }
  const bytes = { bad: site.at(`${model.id}.wrong`), good: site.at(`${model.id}.right`) }
  const job = await writer.prepare({ mode, path, target: path, ...bytes, moment, longestMs: 500 })
  if (await job.go()) tally.add(mode)
}

/** Others share the directory. */
function isOfFile(mode: WriterMode): boolean {
  return mode !== 'link-for-parent'
}

/** Makes good what a writer left, so that there is something to verify and to attack. */
function putRightFile(site: TortureSite, { id, file, hasOwnDirectory }: TortureModel, random: Random): void {
  const path = join(site.root, file)
  try {
    if (hasOwnDirectory && random() < 0.5) {
      for (const end of ['', '.away', '.hostile'])
        rmSync(`${dirname(path)}${end}`, { recursive: true, force: true })
    }
    mkdirSync(dirname(path), { recursive: true })
    for (const end of ['', '.away', '.hostile', '.hostile-link'])
      rmSync(`${path}${end}`, { recursive: true, force: true })
    writeFileSync(path, rightBytes(id))
  } catch {
    // A process of the catalog does something else there at this moment.
  }
}

/** All models are there and right, and the writer has its bytes. */
async function begin(site: TortureSite, models: readonly TortureModel[]): Promise<void> {
  const { root, anchors } = site
  await using catalog = await openCatalog({ root, anchors, node: 'beginner' })
  for (const model of models) {
    const { id } = model
    writeFileSync(site.at(`${id}.right`), rightBytes(id))
    writeFileSync(site.at(`${id}.wrong`), wrongBytes(id))
    putRightFile(site, model, () => 1)
    await registerModel(catalog, model)
  }
  await Promise.all(models.map(({ id }) => catalog.verify(id)))
}

/** Once without those below the root, when doctor finds them away and forgets nothing; and then all, in another order. */
async function takeDisksAway(site: TortureSite, tally: TortureTally): Promise<void> {
  const { root, anchors } = site
  await site.unmountOthers()
  {
    await using catalog = await openCatalog({ root, anchors, node: 'doctor' })
    const plan = await catalog.upkeep.doctor()
    await catalog.upkeep.apply(plan)
    tally.add('doctors without disks')
  }
  await site.unmount()
  await site.mount()
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T
}
