import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Candidate, importModels, scan } from '@catalog/import'
import { sampleGguf } from '@catalog/testkit/models'
import { digestFile, openCatalog } from 'model-catalog'
import { measureInRounds, timeMs } from '../rounds.ts'
import type { Results, Settings } from '../settings.ts'

const MEGABYTE = 1_000_000

/** Adopting a directory of models, against digesting the same files one after the other as `catalog digest` does. */
export async function measureVerification({ rounds, isQuick, workspace }: Settings): Promise<Results> {
  const count = isQuick ? 4 : 20
  const megabytes = isQuick ? 50 : 200
  const directory = workspace.newPath('models')
  mkdirSync(directory)
  const paths = Array.from({ length: count }, (_, index) => {
    const path = join(directory, `model-${index}.gguf`)
    writeFileSync(path, sampleGguf(index, { sizeBytes: megabytes * MEGABYTE }))
    return path
  })
  const samples = await measureInRounds(rounds, {
    ours: () => timeMs(() => adopt(directory, workspace.newPath('catalog'), count)),
    digest: () =>
      timeMs(async () => {
        for (const path of paths) await digestFile(path)
      }),
  })
  rmSync(directory, { recursive: true })
  return [
    {
      name: `import of ${count} models of ${megabytes} MB`,
      unit: 'ms',
      ours: samples.median('ours'),
      other: { name: 'their digests, one by one', value: samples.median('digest') },
      ratio: samples.ratio('ours', 'digest'),
      target: { is: 'at most', value: 1.05 },
    },
  ]
}

async function adopt(directory: string, root: string, count: number): Promise<void> {
  const candidates: Candidate[] = []
  for await (const item of scan(directory)) if (item.kind === 'candidate') candidates.push(item.candidate)
  const catalog = await openCatalog({ root })
  await importModels(catalog, candidates)
  const { Active } = await catalog.counts()
  await catalog.close()
  if (Active !== count) throw new Error(`${Active} of ${count} models are Active`)
}
