import { readSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { type Catalog, type DedupeMethod, LIFECYCLE_STATES, type UpkeepPlan } from '../src/index.ts'
import { rightBytes, type TortureModel, wrongBytes } from './models.ts'

export interface Turn {
  readonly catalog: Catalog
  readonly model: TortureModel
  readonly random: () => number
}

const METHODS: readonly DedupeMethod[] = ['reference', 'hard-link', 'reflink']

/** Everything that a caller can ask of a catalog. What is refused with a code is right. */
export const OPERATIONS: Readonly<Record<string, (turn: Turn) => Promise<unknown>>> = {
  register: ({ catalog, model }) => registerModel(catalog, model),
  verify: ({ catalog, model: { id } }) => catalog.verify(id),
  'verify once more': ({ catalog, model: { id } }) => catalog.verify(id),
  resolve: ({ catalog, model: { id } }) => catalog.resolve(id),
  async openVerified({ catalog, model: { id } }) {
    await using model = await catalog.openVerified(id)
    for (const { fd } of model.files) readSync(fd, Buffer.alloc(16), 0, 16, 0)
  },
  download,
  'download again': download,
  async 'abandon a download'({ catalog, model: { id } }) {
    await catalog.downloads.begin(id)
    await catalog.downloads.renew(id)
    await catalog.downloads.abandon(id)
  },
  update: ({ catalog, model: { id }, random }) =>
    catalog.update(id, { tags: [`tag-${Math.floor(random() * 9)}`] }),
  'set state': ({ catalog, model: { id }, random }) =>
    catalog.setState(id, pick(LIFECYCLE_STATES, random), { reason: 'torture' }),
  async remove({ catalog, model }) {
    await catalog.remove(model.id)
    await registerModel(catalog, model)
  },
  async lease({ catalog, model: { id } }) {
    const { id: lease } = await catalog.leases.take(id, { forMs: 60_000 })
    await catalog.leases.renew(id, lease, { forMs: 60_000 })
    await catalog.resolve(id)
    await catalog.leases.release(id, lease)
  },
  doctor: async ({ catalog }) => apply(catalog, await catalog.upkeep.doctor()),
  collect: async ({ catalog }) => apply(catalog, await catalog.upkeep.collect()),
  dedupe: async ({ catalog, random }) =>
    apply(catalog, await catalog.upkeep.dedupe({ method: pick(METHODS, random) })),
  audit: ({ catalog }) => catalog.upkeep.audit(),
  async read({ catalog, model: { id } }) {
    await catalog.get(id)
    await catalog.list({ state: 'Active' })
    await catalog.counts()
    await catalog.upkeep.stats()
  },
  async history({ catalog, model: { id } }) {
    await catalog.history.of(id)
    await catalog.history.stateAt(new Date().toISOString())
  },
}

export async function registerModel(
  catalog: Catalog,
  { id, file, digest, sizeBytes }: TortureModel,
): Promise<void> {
  await catalog.register({ id, source: 'https://models.example/m.gguf', file, digest, sizeBytes })
}

/** One in four has the wrong bytes. */
async function download({ catalog, model: { id }, random }: Turn): Promise<void> {
  const begun = await catalog.downloads.begin(id)
  if (!begun.needed) return
  const bytes = random() < 0.25 ? wrongBytes(id) : rightBytes(id)
  for (const { partialPath } of begun.files) await writeFile(partialPath, bytes)
  await catalog.downloads.finish(id)
}

/** Not what lies beside the models: those are the files of the writer, which moves them back. */
async function apply(catalog: Catalog, plan: UpkeepPlan): Promise<void> {
  await catalog.upkeep.apply({ ...plan, actions: plan.actions.filter(({ kind }) => kind !== 'remove-file') })
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T
}
